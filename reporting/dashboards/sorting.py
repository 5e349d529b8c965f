"""The order of the project table, chosen in the address; rows without a value come last, either way."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from reporting.dashboards.domain.facts import WEATHERS, PortfolioFacts, ProjectRow

Key = Callable[[ProjectRow, date], Any]
_TRENDS: Final = ("down", "flat", "up")


def _rank(value: str, order: Sequence[str]) -> int | None:
    return order.index(value) if value in order else None


SORTS: Final[dict[str, Key]] = {
    "name": lambda row, today: row.name.casefold(),
    "weather": lambda row, today: _rank(row.weather, WEATHERS),
    "trend": lambda row, today: _rank(row.trend, _TRENDS),
    "progress": lambda row, today: row.progress,
    "spent": lambda row, today: row.money.spent_share,
    "variance": lambda row, today: None if row.money.is_empty else row.money.variance,
    "milestone": lambda row, today: row.next_milestone and row.next_milestone.due_on,
    "risk": lambda row, today: row.top_risk and row.top_risk.score,
}


def sorted_projects(facts: PortfolioFacts, sort: str) -> list[ProjectRow]:
    """The projects by one of SORTS, a minus before it for the other way; worst first for anything else."""
    key = SORTS.get(sort.lstrip("-"))
    if key is None:
        return list(facts.projects)
    known = [row for row in facts.projects if key(row, facts.today) is not None]
    unknown = [row for row in facts.projects if key(row, facts.today) is None]
    known.sort(key=lambda row: key(row, facts.today), reverse=sort.startswith("-"))
    return known + unknown
