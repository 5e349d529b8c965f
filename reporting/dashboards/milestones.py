"""The milestones of the portfolio: which, and how they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from reporting.dashboards import links
from reporting.dashboards.domain.facts import MilestoneRow

HORIZON_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class ShownMilestone:
    """A milestone as a table shows it. `state` is late, slipping, due or met; days are late, or of variance."""

    row: MilestoneRow
    state: str
    days_late: int
    url: str


def milestone_rows(rows: Iterable[MilestoneRow], today: date) -> list[ShownMilestone]:
    """Each with its state on `today`."""
    return [
        ShownMilestone(row, _state(row, today), row.days_late(today), links.milestones(row.project_id))
        for row in rows
    ]


def _state(row: MilestoneRow, today: date) -> str:
    if row.actual_on is not None:
        return "met"
    if row.is_late(today):
        return "late"
    return "slipping" if row.is_slipping() else "due"


def read_milestones(rows: QuerySet[Any]) -> list[MilestoneRow]:
    """A queryset of milestones, in its order, as plain rows: model instances would cost twice as much."""
    values = rows.values_list(
        "id",
        "project_id",
        "project__code",
        "project__name",
        "name",
        "due_on",
        "baseline_on",
        "actual_on",
        Coalesce("owner__name", Value("")),
        "success_criterion",
    )
    return [MilestoneRow(*row) for row in values]
