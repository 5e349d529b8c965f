"""The heatmap's rows and cells, in words: what is drawn, and what each cell says of itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.capacity.domain.load import LoadState
from portfolio.capacity.queries import PersonMonth, PoleMonth
from tech4value.figures.figure import Figure, Input, RowRef
from tech4value.web.formats import fte, month, percent, quantity

Month = PoleMonth | PersonMonth
One = TypeVar("One", PoleMonth, PersonMonth)

STATE_WORDS = {
    LoadState.NONE: gettext_lazy("Sans charge ni capacité"),
    LoadState.UNDER: gettext_lazy("Sous-charge"),
    LoadState.BALANCED: gettext_lazy("Équilibre"),
    LoadState.TIGHT: gettext_lazy("Tension"),
    LoadState.OVER: gettext_lazy("Surcharge"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A load in a month: its text, its word and where it explains itself."""

    month: date
    state: str
    text: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A pole, a person, or all of them together."""

    name: str
    url: str
    cells: tuple[Cell, ...]


def heat_row(
    name: str, months: Sequence[Month], language: str, *, url: str, explain: Callable[[Month], str], in_fte: bool
) -> HeatRow:
    """One row of the heatmap from its months in order."""
    return HeatRow(name, url, tuple(_cell(name, one, language, explain(one), in_fte) for one in months))


def _cell(name: str, one: Month, language: str, url: str, in_fte: bool) -> Cell:
    word = str(STATE_WORDS[one.state])
    text = ratio_text(one, language)
    if in_fte and one.state is not LoadState.NONE:
        text = f"{quantity(one.load_fte, language)} / {quantity(one.capacity_fte, language)}"
    title = _("%(name)s, %(month)s : %(word)s, %(load)s de charge pour %(capacity)s") % {
        "name": name,
        "month": month(one.month, language),
        "word": word,
        "load": fte(one.load_fte, language),
        "capacity": fte(one.capacity_fte, language),
    }
    return Cell(one.month, str(one.state), text, title, url)


def ratio_text(one: Month, language: str) -> str:
    """`84 %`; a dash for nothing at all, a sentence's word for load without capacity."""
    if one.state is LoadState.NONE:
        return "–"
    return _("sans capacité") if one.ratio is None else percent(one.ratio, language)


def grouped(rows: Iterable[One], key: Callable[[One], object]) -> list[list[One]]:
    """The rows by group, in the order of first appearance."""
    groups: dict[object, list[One]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.values())


def load_figure(
    name: str, one: Month, *, full_time_minutes: int, day_minutes: int, rows: tuple[RowRef, ...], rows_url: str,
    as_of: datetime | None, language: str, source: str = "",
) -> Figure:  # fmt: skip
    """How a cell is made: load over capacity, in days and full-time equivalents."""

    def days(minutes: int) -> Decimal:
        return Decimal(minutes) / day_minutes if day_minutes else Decimal(0)

    return Figure(
        key="load",
        label=_("Charge de %(name)s, %(month)s") % {"name": name, "month": month(one.month, language)},
        value=one.ratio,
        unit="percent",
        formula=_(
            "Charge ÷ capacité. La charge est le travail des affectations, réparti sur les jours ouvrés de chaque "
            "tâche. La capacité est le temps ouvré des personnes, sans leurs absences, multiplié par leur temps de "
            "travail."
        ),
        inputs=(
            Input(_("Charge"), days(one.load_minutes), "days"),
            Input(_("Capacité"), days(one.capacity_minutes), "days"),
            Input(_("Charge (ETP)"), one.load_fte, "fte"),
            Input(_("Capacité (ETP)"), one.capacity_fte, "fte"),
            Input(_("Un temps plein dans ce mois"), days(full_time_minutes), "days"),
        ),
        rows=rows,
        rows_url=rows_url,
        source=source or _("Affectations des plans"),
        as_of=as_of,
        note=str(STATE_WORDS[one.state]),
    )
