"""Alerts on the cash, kept in step with what they follow from: before the commit of what is written to the treasury
or to the plans that date its invoices, and each morning, since days go by without a write.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Project
from portfolio.treasury.domain.balance import Breach
from portfolio.treasury.models import (
    BankAccount,
    CashAlert,
    Contract,
    ContractInstalment,
    ExchangeRate,
    Invoice,
    Payment,
    PayrollRule,
    TreasurySettings,
    VatRate,
)
from portfolio.treasury.queries import CashPlan, cash_plan
from portfolio.treasury.words import facts_of_breach
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, object_type, update_many
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.clock import today as clock_today
from tech4value.tenancy.context import before_commit, current_tenant_id

OWN: Final = frozenset(
    object_type(model)
    for model in (
        BankAccount,
        Contract,
        ContractInstalment,
        ExchangeRate,
        Invoice,
        Payment,
        PayrollRule,
        TreasurySettings,
        VatRate,
    )
)
# What of the plans moves an invoice; coming, going and coming back always count.
OF_PLANS: Final[dict[str, set[str]]] = {
    object_type(Task): {"ends_at", "percent_complete", "actual_end_at", "milestone"},
    object_type(Milestone): {"due_on", "actual_on"},
    object_type(Project): set(),
}
MEASURES: Final = ("first_on", "lowest_on", "lowest", "threshold", "facts")


class _Written:
    """What a transaction wrote: looked at once, at its end."""

    def __init__(self) -> None:
        self.own = False
        self.keys: set[UUID] = set()

    def __call__(self) -> None:
        if self.own or _dates_invoices(self.keys):
            watch()


def _dates_invoices(keys: set[UUID]) -> bool:
    """Whether one of these tasks, milestones or projects dates an invoice. One statement: most plans date none, and
    a plan that is dated again moves few of those that do."""
    triggers = Q(task__in=keys) | Q(milestone__in=keys) | Q(milestone__tasks__in=keys)
    whole = Q(milestone__project__in=keys) | Q(task__project__in=keys)
    return bool(keys) and ContractInstalment.objects.filter(triggers | whole, contract__deleted_at=None).exists()


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    written: Any = None
    for event in events:
        watched = OF_PLANS.get(event.object_type)
        own = event.object_type in OWN
        comes_or_goes = event.verb.endswith((".created", ".deleted", ".restored"))
        if own or (watched is not None and (comes_or_goes or watched & set(event.changes))):
            written = written or before_commit("treasury.watch", _Written())
            written.own = written.own or own
            if not own and event.object_id is not None:
                # A task that stood for a milestone dates it no more.
                stood = event.changes.get("milestone", ())
                written.keys |= {event.object_id, *(UUID(str(key)) for key in stood if key)}


def watch_every_morning(_since: date, _until: date) -> None:
    """The sweep of the morning."""
    watch()


def watch() -> None:
    """Open an alert for each month in which the balance goes under its threshold, close those that are over, follow
    the others."""
    _take_turns()
    plan = cash_plan()
    found: dict[date, Breach] = {}
    for breach in plan.breaches if plan else ():
        found.setdefault(breach.month, breach)
    held = {row.month: row for row in CashAlert.objects.filter(closed_on=None).select_for_update().order_by("pk")}
    if not found and not held:
        return
    day = clock_today()
    fresh = [month for month in found if month not in held]
    if plan is not None:
        create_many(
            SYSTEM,
            [CashAlert(month=month, opened_on=day, **_measures(found[month], plan)) for month in fresh],
        )
        _follow([(row, found[month]) for month, row in held.items() if month in found], plan)
    over = [row for month, row in held.items() if month not in found]
    update_many(SYSTEM, [(row, {"closed_on": day}) for row in over], verb="cashalert.closed")


def _take_turns() -> None:
    """Let one writer of the organisation at a time follow its cash, to the end of its transaction: the next one sees
    what it wrote, and an alert is opened once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cash:{current_tenant_id()}"])


def _measures(breach: Breach, plan: CashPlan) -> dict[str, Any]:
    return {
        "first_on": breach.first_on,
        "lowest_on": breach.lowest_on,
        "lowest": breach.lowest,
        "threshold": breach.threshold,
        "facts": facts_of_breach(breach, plan),
    }


def _follow(kept: Sequence[tuple[CashAlert, Breach]], plan: CashPlan) -> None:
    """What an alert measures follows from the plan, and is written without an event: it was told once."""
    moved = []
    for row, breach in kept:
        values = _measures(breach, plan)
        if any(getattr(row, name) != values[name] for name in MEASURES):
            for name in MEASURES:
                setattr(row, name, values[name])
            moved.append(row)
    if moved:
        update_rows(moved, list(MEASURES))
