"""The staff part of actual costs, when an organisation takes it from time: from a month on, the actual of the budget
lines of the category Personnel is time x daily rate, and nobody types it.

It is written on the lines themselves, so that every sum, list, export, pack and earned value reads the same cents.
The lines follow before the commit of what changed a time, a rate, a calendar or the settings.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from portfolio.finance.domain.budget import ZERO, first_of_month, split
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.people.models import Person, Rate, WorkCalendar
from portfolio.projects.models import Project
from portfolio.timesheets.costs import time_costs
from portfolio.timesheets.models import TimeSettings, Timesheet, TimesheetLine
from portfolio.timesheets.settings import time_settings
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, object_type, update_many
from tech4value.tenancy.context import before_commit, current_tenant

SHEET: Final = object_type(Timesheet)
# What changes the price of time everywhere; None: whatever is written.
PRICES: Final[dict[str, set[str] | None]] = {
    object_type(Rate): None,
    object_type(TimeSettings): {"feed", "staff_costs_from"},
    object_type(Person): {"daily_rate", "profile", "calendar"},
    object_type(WorkCalendar): {"week", "is_default"},
}


@dataclass
class _Written:
    """The weeks that a transaction moved, or all of them: their projects are settled once, at its end."""

    sheets: set[UUID] = field(default_factory=set)
    everything: bool = False

    def __call__(self) -> None:
        if self.everything:
            settle(None)
            return
        lines = TimesheetLine.everything.filter(timesheet__in=self.sheets, project__isnull=False)
        settle(set(lines.values_list("project_id", flat=True)))


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    for event in events:
        fields = PRICES.get(event.object_type, set())
        prices = fields is None or bool(fields & set(event.changes))
        if not prices and not (event.object_type == SHEET and "state" in event.changes):
            continue
        written: Any = before_commit("finance.staff_costs", _Written())
        written.everything = written.everything or prices
        if event.object_type == SHEET and event.object_id is not None:
            written.sheets.add(event.object_id)


def staff_costs_from() -> date | None:
    """The month from which staff costs follow time; None when they are typed."""
    return time_settings().staff_costs_from


def follows_time(category: str, month: date) -> bool:
    """Whether the actual of such a line is written here; one statement for a line of staff, none for another."""
    if category != Category.STAFF:
        return False
    since = staff_costs_from()
    return since is not None and month >= since


def settle(projects: Collection[UUID] | None) -> None:
    """Write the actual staff costs of these projects (all when None) as time says them, where they follow it.

    A month with several lines (capex and opex) shares the cost by what was planned; a month without a line gets one
    of opex, whose forecast is what was spent. A forecast that was the actual stays so; another is left alone.
    """
    since = staff_costs_from()
    if since is None:
        return
    chosen = Project.objects.all() if projects is None else Project.objects.filter(pk__in=projects)
    # One writer of a project's budget at a time, always in one order.
    keys = list(chosen.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    costs = {(one.project_id, one.month): one.amount for one in time_costs(keys, since)}
    held: dict[tuple[UUID, date], list[BudgetLine]] = {}
    lines = BudgetLine.objects.filter(project__in=keys, envelope=None, category=Category.STAFF, month__gte=since)
    for line in lines.select_for_update(no_key=True).order_by("pk"):
        held.setdefault((line.project_id, first_of_month(line.month)), []).append(line)
    changes: list[tuple[BudgetLine, dict[str, Decimal]]] = []
    for place, found in held.items():
        parts = split(costs.get(place, ZERO), [line.planned for line in found])
        changes += [(line, _actual(line, part)) for line, part in zip(found, parts, strict=True)]
    update_many(SYSTEM, changes, verb="budgetline.time_costed")
    currency = current_tenant().currency
    fresh = [
        BudgetLine(
            project_id=project_id,
            category=Category.STAFF,
            nature=Nature.OPEX,
            month=month,
            currency=currency,
            actual=amount,
            forecast=amount,
        )
        for (project_id, month), amount in costs.items()
        if amount and (project_id, month) not in held
    ]
    create_many(SYSTEM, fresh)


def _actual(line: BudgetLine, amount: Decimal) -> dict[str, Decimal]:
    """The cost of time, and what orders of staff invoice beside it."""
    amount += line.invoiced
    if line.forecast == line.actual:
        return {"actual": amount, "forecast": amount}
    return {"actual": amount}
