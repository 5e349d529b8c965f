"""The heatmap in words and in HTML: its rows, what each cell says of itself, and how a figure is explained.

A year of weeks of two hundred persons is ten thousand cells: they are written here rather than by the template, and a
script asks for the explanation of the one that is opened (static/js/heatmap.js).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.capacity.domain.load import Grain, LoadState
from portfolio.capacity.grid import Grid, GridCell, GridRow
from tech4value.figures.figure import Figure, Input, RowRef
from tech4value.figures.formats import date_short
from tech4value.web.formats import fte, month, percent, quantity

STATE_WORDS = {
    LoadState.NONE: gettext_lazy("Sans charge ni capacité"),
    LoadState.UNDER: gettext_lazy("Sous-charge"),
    LoadState.BALANCED: gettext_lazy("Équilibre"),
    LoadState.TIGHT: gettext_lazy("Tension"),
    LoadState.OVER: gettext_lazy("Surcharge"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its word, the Monday of a week under it, and what it is in full."""

    text: str
    title: str
    day: str = ""


def slug_of(first: date, grain: Grain) -> str:
    """A period in an address: `2026-03`, `2026-W12`."""
    if grain is Grain.MONTH:
        return f"{first:%Y-%m}"
    year, week, _day = first.isocalendar()
    return f"{year}-W{week:02}"


def period_name(first: date, grain: Grain, language: str) -> str:
    """A period in words: `mars 2026`, `semaine 12 (16/03/2026)`."""
    if grain is Grain.MONTH:
        return month(first, language)
    return _("semaine %(number)s (%(monday)s)") % {
        "number": first.isocalendar()[1],
        "monday": date_short(first, language),
    }


def heads(grid: Grid, language: str) -> list[Head]:
    """The columns: months, or weeks by their number."""
    if grid.grain is Grain.MONTH:
        return [Head(month(one, language), month(one, language)) for one in grid.periods]
    return [
        Head(
            _("S%(number)s") % {"number": one.isocalendar()[1]},
            period_name(one, grid.grain, language),
            f"{one:%d/%m}",
        )
        for one in grid.periods
    ]


class CellWriter:
    """Cells as HTML, each load against a capacity worked out once."""

    def __init__(self, grid: Grid, language: str, *, in_fte: bool) -> None:
        self.grid, self.language, self.in_fte = grid, language, in_fte
        self.slugs = [slug_of(one, grid.grain) for one in grid.periods]
        self._known: dict[tuple[int, int, int], tuple[str, str]] = {}

    def row(self, row: GridRow, address: str, cells_address: str) -> SafeString:
        """One row: its name, which leads to `address` when there is one, and its cells."""
        name = escape(row.name)
        head = f'<a href="{escape(address)}">{name}</a>' if address else name
        cells = "".join(
            f'<td><button type="button" class="load {css}" data-at="{slug}" {title}</button></td>'
            for (css, title), slug in zip(self._drawn(row.cells), self.slugs, strict=True)
        )
        return SafeString(
            f'<tr data-cells="{escape(cells_address)}"><th scope="row" class="cell-name" title="{name}">{head}</th>'
            f"{cells}</tr>"
        )

    def total(self, name: str) -> SafeString:
        """The last row: all of them together."""
        cells = "".join(
            f'<td><span class="load {css}" {title}</span></td>' for css, title in self._drawn(self.grid.total)
        )
        return SafeString(f'<tr class="load-total"><th scope="row" class="cell-name">{escape(name)}</th>{cells}</tr>')

    def _drawn(self, cells: Sequence[GridCell]) -> list[tuple[str, str]]:
        found = []
        for cell, full in zip(cells, self.grid.full_time, strict=True):
            key = (cell.load, cell.capacity, full)
            if key not in self._known:
                self._known[key] = self._cell(cell, full)
            found.append(self._known[key])
        return found

    def _cell(self, cell: GridCell, full_time: int) -> tuple[str, str]:
        """The class of a cell, and the rest of its element from its title on."""
        state, language = cell.state, self.language
        load, capacity = in_fte(cell.load, full_time), in_fte(cell.capacity, full_time)
        text = ratio_text(cell, language)
        if self.in_fte and state is not LoadState.NONE:
            text = f"{quantity(load, language)} / {quantity(capacity, language)}"
        title = _("%(word)s : %(load)s de charge pour %(capacity)s") % {
            "word": STATE_WORDS[state],
            "load": fte(load, language),
            "capacity": fte(capacity, language),
        }
        return f"load-{state}", f'title="{escape(title)}">{escape(text)}'


def in_fte(minutes: int, full_time: int) -> Decimal:
    """Full-time equivalents, 2 decimals; 0 in a period that nobody works."""
    return (Decimal(minutes) / full_time).quantize(Decimal("0.01")) if full_time else Decimal(0)


def ratio_text(one: GridCell, language: str) -> str:
    """`84 %`; a dash for nothing at all, words for load without capacity."""
    if one.state is LoadState.NONE:
        return "–"
    return _("sans capacité") if one.ratio is None else percent(one.ratio, language)


def load_figure(
    name: str,
    one: GridCell,
    period: str,
    *,
    full_time: int,
    day_minutes: int,
    rows: tuple[RowRef, ...],
    rows_url: str,
    as_of: datetime | None,
    away: Decimal | None = None,
) -> Figure:
    """How a cell is made: load over capacity, in days and full-time equivalents. `away`: days of absence."""

    def days(minutes: int) -> Decimal:
        return Decimal(minutes) / day_minutes if day_minutes else Decimal(0)

    absences = (Input(_("Absences"), away, "days"),) if away is not None else ()
    return Figure(
        key="load",
        label=_("Charge de %(name)s, %(period)s") % {"name": name, "period": period},
        value=one.ratio,
        unit="percent",
        formula=_(
            "Charge ÷ capacité. La charge est le travail des affectations, réparti sur les jours ouvrés de chaque "
            "tâche, ou le temps alloué au même projet quand il est plus grand. La capacité est le temps ouvré des "
            "personnes, sans leurs absences, multiplié par leur temps de travail."
        ),
        inputs=(
            Input(_("Charge"), days(one.load), "days"),
            Input(_("Capacité"), days(one.capacity), "days"),
            *absences,
            Input(_("Charge (ETP)"), in_fte(one.load, full_time), "fte"),
            Input(_("Capacité (ETP)"), in_fte(one.capacity, full_time), "fte"),
            Input(_("Un temps plein dans cette période"), days(full_time), "days"),
        ),
        rows=rows,
        rows_url=rows_url,
        source=_("Plans, allocations et calendriers"),
        as_of=as_of,
        note=str(STATE_WORDS[one.state]),
    )
