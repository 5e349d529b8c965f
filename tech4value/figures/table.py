"""A chart's values as a table, for those who read rather than look."""

from dataclasses import dataclass

from django.utils.translation import gettext

from tech4value.figures import formats
from tech4value.figures.chart import (
    AreaBand,
    BarChart,
    BulletChart,
    Chart,
    Donut,
    Heatmap,
    LineChart,
    MilestoneTimeline,
    Sparkline,
    Value,
    Waterfall,
)
from tech4value.figures.svg.drawing import plain


@dataclass(frozen=True, slots=True)
class ChartTable:
    """Header and rows, all text, as wide as each other; the first column names the row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(chart: Chart, language: str) -> ChartTable:
    """The values, written in the chart's unit."""

    def write(value: Value | None, unit: str, *, signed: bool = False) -> str:
        return formats.in_unit(None if plain(value) is None else value, unit, language, signed=signed)

    def by_category(
        names: tuple[str, ...], columns: list[tuple[str, tuple[Value | None, ...]]], unit: str
    ) -> ChartTable:
        rows = tuple(
            (
                name,
                *(write(values[index] if index < len(values) else None, unit) for _label, values in columns),
            )
            for index, name in enumerate(names)
        )
        return ChartTable(("", *(label for label, _values in columns)), rows)

    match chart:
        case BarChart():
            return by_category(chart.categories, [(one.name, one.values) for one in chart.series], chart.unit)
        case LineChart():
            series = (*chart.bars, *chart.series)
            return by_category(chart.categories, [(one.name, one.values) for one in series], chart.unit)
        case AreaBand():
            columns = [
                (gettext("Bas"), chart.low),
                (chart.middle.name, chart.middle.values),
                (gettext("Haut"), chart.high),
            ]
            return by_category(chart.categories, columns, chart.unit)
        case Heatmap():
            rows = tuple(
                (
                    name,
                    *(
                        write(values[index] if index < len(values) else None, chart.unit)
                        for index in range(len(chart.columns))
                    ),
                )
                for name, values in zip(chart.rows, chart.values, strict=False)
            )
            return ChartTable(("", *chart.columns), rows)
        case Donut():
            return ChartTable(
                ("", gettext("Valeur")),
                tuple((name, write(value, chart.unit)) for name, value in chart.parts),
            )
        case BulletChart():
            header = (
                "",
                chart.value_name or gettext("Valeur"),
                chart.target_name or gettext("Cible"),
                chart.reference_name or gettext("Référence"),
            )
            rows = tuple(
                (one.label, *(write(value, chart.unit) for value in (one.value, one.target, one.reference)))
                for one in chart.bullets
            )
            return ChartTable(header, rows)
        case Waterfall():
            steps = ((one.label, write(one.value, chart.unit, signed=one.total is None)) for one in chart.steps)
            return ChartTable(("", gettext("Valeur")), tuple(steps))
        case MilestoneTimeline():
            dates = tuple(
                (one.label, formats.date_short(one.due, language), formats.date_short(one.baseline, language))
                for one in chart.milestones
            )
            return ChartTable(("", gettext("Date"), gettext("Date de référence")), dates)
        case Sparkline():
            rows = tuple((str(index + 1), write(value, chart.unit)) for index, value in enumerate(chart.values))
            return ChartTable(("", gettext("Valeur")), rows)
