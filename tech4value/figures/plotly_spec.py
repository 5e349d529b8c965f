"""A chart as Plotly's JSON, for those who explore it. SVG traces only: the GL ones need `unsafe-eval`.

Colours are the tokens' names; the page resolves them, so that the theme is kept.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tech4value.figures.chart import (
    AreaBand,
    BarChart,
    BulletChart,
    Chart,
    Donut,
    Heatmap,
    LineChart,
    MilestoneTimeline,
    Series,
    Sparkline,
    Value,
    Waterfall,
)
from tech4value.figures.svg.axes import looks
from tech4value.figures.svg.drawing import cut, plain
from tech4value.figures.svg.palette import SCREEN

Trace = dict[str, Any]
NAME_ROOM = 170


def plotly_spec(chart: Chart, language: str) -> dict[str, Any]:
    """`{"data": traces, "layout": layout}`, with only what JSON knows."""
    layout = _layout(chart, language)
    match chart:
        case BarChart():
            data = _bars(chart.series, chart.categories, lying=chart.horizontal)
            layout["barmode"] = "relative" if chart.stacked else "group"
            if chart.horizontal:
                layout["xaxis"], layout["yaxis"] = layout["yaxis"], _rows(layout["xaxis"], chart.categories)
        case LineChart():
            data = _bars(chart.bars, chart.categories, lying=False) + _lines(chart.series, chart.categories)
            if chart.unit == "date":
                layout["yaxis"]["type"] = "date"
                for trace in data:
                    trace["y"] = [
                        None if day is None else date.fromordinal(int(day)).isoformat() for day in trace["y"]
                    ]
            layout["yaxis"]["rangemode"] = "tozero" if chart.from_zero else "normal"
        case AreaBand():
            edge = {"mode": "lines", "line": {"width": 0}, "type": "scatter", "x": list(chart.categories)}
            data = [
                {**edge, "y": _values(chart.low), "showlegend": False, "hoverinfo": "skip"},
                {
                    **edge,
                    "y": _values(chart.high),
                    "fill": "tonexty",
                    "fillcolor": "var(--accent-soft)",
                    "name": chart.band_name,
                },
                *_lines((chart.middle,), chart.categories),
            ]
        case Donut():
            data = [
                {
                    "type": "pie",
                    "hole": 0.6,
                    "labels": [name for name, _value in chart.parts],
                    "values": _values([value for _name, value in chart.parts]),
                    "marker": {"colors": list(SCREEN.others)},
                    "sort": False,
                }
            ]
        case Heatmap():
            data = [
                {
                    "type": "heatmap",
                    "x": list(chart.columns),
                    "y": list(chart.rows),
                    "z": [_values(row) for row in chart.values],
                    "zmin": 0,
                    "zmax": (plain(chart.full) or 1.0) * 1.2,
                    "colorscale": [[0, "var(--neutral-3)"], [0.8, "var(--accent)"], [1, "var(--bad)"]],
                }
            ]
            layout["yaxis"]["autorange"] = "reversed"
        case BulletChart():
            data = _bullets(chart)
            layout["barmode"] = "overlay"
            names = [one.label for one in chart.bullets]
            layout["xaxis"], layout["yaxis"] = layout["yaxis"], _rows(layout["xaxis"], names)
        case Waterfall():
            data = [_steps(chart)]
            names = [one.label for one in chart.steps]
            layout["xaxis"], layout["yaxis"] = layout["yaxis"], _rows(layout["xaxis"], names)
        case MilestoneTimeline():
            data = _milestones(chart)
            layout["yaxis"] = _rows(layout["yaxis"], [one.label for one in chart.milestones])
        case Sparkline():
            data = _lines(
                (Series(chart.title, chart.values, "actual"),), [str(i + 1) for i in range(len(chart.values))]
            )
    return {"data": data, "layout": layout}


def _layout(chart: Chart, language: str) -> dict[str, Any]:
    unit = getattr(chart, "unit", "")
    kind, _colon, currency = unit.partition(":")
    axis: dict[str, Any] = {
        "gridcolor": "var(--chart-grid)",
        "zerolinecolor": "var(--chart-plan)",
        "automargin": True,
    }
    measure = dict(axis)
    if kind == "percent":
        measure["tickformat"] = ".0%"
    elif kind == "money":
        measure["title"] = {"text": currency}
        measure["tickformat"] = ",.0f"
    return {
        "font": {"family": "Source Sans Pro, sans-serif", "size": 13, "color": "var(--text-muted)"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"t": 24, "r": 16, "b": 40, "l": 48},
        "separators": ".," if language.startswith("en") else ",\u202f",
        "hovermode": "closest",
        "legend": {"orientation": "h", "y": 1.12},
        "xaxis": dict(axis),
        "yaxis": measure,
    }


def _rows(axis: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """An axis of names, from the top down, long ones cut (they are whole on hover)."""
    words = [cut(name, NAME_ROOM) for name in names]
    return {**axis, "autorange": "reversed", "tickmode": "array", "tickvals": list(names), "ticktext": words}


def _values(values: Sequence[Value | None]) -> list[float | None]:
    return [plain(value) for value in values]


def _bars(series: Sequence[Series], categories: Sequence[str], *, lying: bool) -> list[Trace]:
    traces: list[Trace] = []
    for one, look in zip(series, looks(series, SCREEN), strict=True):
        names, values = list(categories), _values(one.values)
        trace: Trace = {"type": "bar", "name": one.name, "marker": {"color": look.colour}}
        if look.dash:
            trace["opacity"] = 0.5
        trace |= {"y": names, "x": values, "orientation": "h"} if lying else {"x": names, "y": values}
        traces.append(trace)
    return traces


def _lines(series: Sequence[Series], categories: Sequence[str]) -> list[Trace]:
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": one.name,
            "x": list(categories),
            "y": _values(one.values),
            "line": {"color": look.colour, "width": 2, "dash": "dash" if look.dash else "solid"},
        }
        for one, look in zip(series, looks(series, SCREEN), strict=True)
    ]


def _bullets(chart: BulletChart) -> list[Trace]:
    names = [one.label for one in chart.bullets]
    bars = (
        (chart.reference_name, "reference", SCREEN.baseline, 0.7),
        (chart.value_name, "value", SCREEN.actual, 0.3),
    )
    traces: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": names,
            "x": _values([getattr(one, attribute) for one in chart.bullets]),
            "marker": {"color": colour},
            "width": width,
        }
        for name, attribute, colour, width in bars
    ]
    targets = _values([one.target for one in chart.bullets])
    marker = {"symbol": "line-ns-open", "size": 22, "color": SCREEN.text}
    return [
        *traces,
        {
            "type": "scatter",
            "mode": "markers",
            "name": chart.target_name,
            "y": names,
            "x": targets,
            "marker": marker,
        },
    ]


def _steps(chart: Waterfall) -> Trace:
    return {
        "type": "waterfall",
        "orientation": "h",
        "name": chart.title,
        "showlegend": False,
        "y": [one.label for one in chart.steps],
        "x": _values([one.value for one in chart.steps]),
        "measure": ["relative" if one.total is None else "absolute" for one in chart.steps],
        "increasing": {"marker": {"color": SCREEN.others[1]}},
        "decreasing": {"marker": {"color": SCREEN.others[0]}},
        "totals": {"marker": {"color": SCREEN.plan}},
        "connector": {"line": {"color": SCREEN.grid}},
    }


def _milestones(chart: MilestoneTimeline) -> list[Trace]:
    names = [one.label for one in chart.milestones]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "y": names,
            "x": [one.baseline.isoformat() if one.baseline else None for one in chart.milestones],
            "marker": {"symbol": "diamond-open", "size": 11, "color": SCREEN.plan},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "y": names,
            "x": [one.due.isoformat() for one in chart.milestones],
            "marker": {
                "symbol": "diamond",
                "size": 12,
                "color": [SCREEN.status[one.status] for one in chart.milestones],
            },
        },
    ]
