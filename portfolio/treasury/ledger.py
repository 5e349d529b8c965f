"""The rows of the treasury and the live plan, read together and handed to the domain."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from portfolio.planning.models import Task
from portfolio.projects.models import Milestone
from portfolio.simulation.domain.outcome import LEVELS
from portfolio.simulation.models import ProjectForecast
from portfolio.treasury.domain import books as domain
from portfolio.treasury.domain.band import Spread
from portfolio.treasury.domain.books import Books, Direction, PaymentKind, Trigger
from portfolio.treasury.domain.vat import VatBasis, VatKind
from portfolio.treasury.models import (
    BankAccount,
    Contract,
    ContractInstalment,
    Invoice,
    InvoiceStatus,
    Payment,
    PayrollRule,
    TriggerKind,
)
from portfolio.treasury.terms import rates_of, recurrence_of, term_of, vat_rules

MILESTONE: Final = "milestone:"
TASK: Final = "task:"


@dataclass(frozen=True)
class Ledger:
    """The books, and the rows that their keys name. `triggers` are the names of milestones and tasks; `undated` the
    instalments whose milestone or task is no longer in the plan; `unpriced` the currencies without a rate, whose
    contracts and accounts are left out."""

    books: Books
    contracts: Mapping[str, Contract]
    instalments: Mapping[str, ContractInstalment]
    invoices: Mapping[str, Invoice]
    payrolls: Mapping[str, PayrollRule]
    payments: Mapping[str, Payment]
    triggers: Mapping[str, str]
    undated: tuple[ContractInstalment, ...]
    unpriced: tuple[str, ...] = ()


def trigger_key(row: ContractInstalment) -> str:
    """What the books call the milestone or the task that an instalment waits for; empty for none."""
    if row.trigger_kind != TriggerKind.PLAN:
        return ""
    return f"{MILESTONE}{row.milestone_id}" if row.milestone_id else f"{TASK}{row.task_id}"


def load_ledger() -> Ledger:
    """Everything, in some twelve statements."""
    rates = rates_of()
    contracts = {str(row.pk): row for row in Contract.objects.select_related("project")}
    accounts = list(BankAccount.objects.all())
    priced = {rates.base, *rates.steps}
    unpriced = {row.currency for row in (*contracts.values(), *accounts)} - priced
    contracts = {key: row for key, row in contracts.items() if row.currency in priced}
    instalments = {str(row.pk): row for row in ContractInstalment.objects.all() if str(row.contract_id) in contracts}
    invoices = {
        str(row.pk): row
        for row in Invoice.objects.exclude(status=InvoiceStatus.CANCELLED)
        if str(row.contract_id) in contracts
    }
    payrolls = {str(row.pk): row for row in PayrollRule.objects.all()}
    payments = {str(row.pk): row for row in Payment.objects.all()}
    found, names = plan_triggers(instalments.values())
    by_contract: dict[str, list[domain.Instalment]] = defaultdict(list)
    for row in instalments.values():
        by_contract[str(row.contract_id)].append(_instalment(row))
    books = Books(
        rates=rates,
        vat=vat_rules(),
        accounts=tuple(_account(row) for row in accounts if row.currency in priced),
        contracts=tuple(_contract(row, by_contract[key]) for key, row in contracts.items()),
        invoices=tuple(_invoice(row, instalments) for row in invoices.values()),
        payments=tuple(_payment(row) for row in payments.values()),
        payrolls=tuple(_payroll(row) for row in payrolls.values()),
        triggers=found,
    )
    taken = {str(row.instalment_id) for row in invoices.values() if row.instalment_id}
    undated = tuple(
        row
        for key, row in instalments.items()
        if row.trigger_kind == TriggerKind.PLAN and trigger_key(row) not in found and key not in taken
    )
    return Ledger(
        books, contracts, instalments, invoices, payrolls, payments, names, undated, tuple(sorted(unpriced))
    )


def plan_triggers(rows: Iterable[ContractInstalment]) -> tuple[dict[str, Trigger], dict[str, str]]:
    """When the milestones and tasks that instalments wait for are to end, as the plan says now, and their names.

    A milestone that is not met is due on its date, or when the last task that stands for it ends if that is later,
    as for drifts. Three statements.
    """
    waited = [row for row in rows if row.trigger_kind == TriggerKind.PLAN]
    milestone_ids = {row.milestone_id for row in waited if row.milestone_id}
    task_ids = {row.task_id for row in waited if row.task_id}
    found: dict[str, Trigger] = {}
    names: dict[str, str] = {}
    ends = milestone_ends(milestone_ids)
    milestones = Milestone.objects.filter(pk__in=milestone_ids, project__deleted_at=None).order_by()
    for key, name, due_on, actual_on in milestones.values_list("pk", "name", "due_on", "actual_on"):
        on = actual_on or max(due_on, ends.get(key, due_on))
        found[f"{MILESTONE}{key}"] = Trigger(on, actual_on is not None)
        names[f"{MILESTONE}{key}"] = name
    tasks = Task.objects.filter(pk__in=task_ids, project__deleted_at=None).order_by()
    for key, name, ends_at, actual_end_at, done in tasks.values_list(
        "pk", "name", "ends_at", "actual_end_at", "percent_complete"
    ):
        on = (actual_end_at or ends_at).date() if done == 1 else ends_at.date()
        found[f"{TASK}{key}"] = Trigger(on, done == 1)
        names[f"{TASK}{key}"] = name
    return found, names


def milestone_ends(keys: Collection[UUID]) -> dict[UUID, date]:
    """When the last open task that stands for each milestone ends. One statement."""
    ends: dict[UUID, date] = {}
    rows = Task.objects.filter(milestone__in=keys, percent_complete__lt=1).order_by()
    for milestone, ends_at in rows.values_list("milestone_id", "ends_at"):
        if milestone is not None:
            ends[milestone] = max(ends.get(milestone, ends_at.date()), ends_at.date())
    return ends


def spreads_of(ledger: Ledger) -> dict[str, Spread]:
    """What the last simulation of each project found of the triggers; nothing for those that it does not know. Three
    statements."""
    waited = [row for row in ledger.instalments.values() if row.trigger_kind == TriggerKind.PLAN]
    milestone_ids = {row.milestone_id for row in waited if row.milestone_id}
    projects = {ledger.contracts[str(row.contract_id)].project_id for row in waited}
    stored: dict[str, tuple[str, list[Any]]] = {}
    rows = ProjectForecast.objects.filter(project__in=projects, made_at__isnull=False).order_by()
    for project, data in rows.values_list("project_id", "data"):
        for key, values in data.get("milestones", {}).items():
            stored[key] = (str(project), values)
    joined: dict[UUID, list[str]] = defaultdict(list)
    standing = Task.objects.filter(milestone__in=milestone_ids, percent_complete__lt=1).order_by()
    for key, milestone in standing.values_list("pk", "milestone_id"):
        if milestone is not None:
            joined[milestone].append(str(key))
    promised = dict(Milestone.objects.filter(pk__in=milestone_ids).order_by().values_list("pk", "due_on"))
    found = {}
    for row in waited:
        keys = joined[row.milestone_id] if row.milestone_id else [str(row.task_id)]
        known = [stored[key] for key in keys if key in stored]
        if known:
            group, values = max(known, key=lambda one: str(one[1][0]))
            floor = promised.get(row.milestone_id) if row.milestone_id else None
            found[trigger_key(row)] = _spread(group, values, floor)
    return found


def _spread(group: str, values: list[Any], floor: date | None) -> Spread:
    """The stored percentiles; a milestone is not invoiced before the day that it is due."""
    planned, _held, *levels = values

    def day(text: str) -> date:
        found = datetime.fromisoformat(text).date()
        return found if floor is None else max(found, floor)

    return Spread(group, day(planned), tuple(zip(LEVELS, (day(text) for text in levels), strict=True)))


def _account(row: BankAccount) -> domain.Account:
    return domain.Account(str(row.pk), row.opening_on, row.opening_balance, row.currency, row.threshold)


def _contract(row: Contract, instalments: list[domain.Instalment]) -> domain.Contract:
    return domain.Contract(
        key=str(row.pk),
        direction=Direction(row.direction),
        currency=row.currency,
        instalments=tuple(instalments),
        net=row.net_amount,
        term=term_of(row),
        vat=VatKind(row.vat_kind),
        vat_basis=VatBasis(row.vat_basis),
        project=str(row.project_id or ""),
    )


def _instalment(row: ContractInstalment) -> domain.Instalment:
    recurs = row.trigger_kind == TriggerKind.RECURRENCE
    return domain.Instalment(
        key=str(row.pk),
        amount=row.amount,
        share=row.share,
        trigger=trigger_key(row),
        on=None if recurs else row.starts_on,
        recurrence=recurrence_of(row) if recurs else None,
        offset_days=row.offset_days,
    )


def _invoice(row: Invoice, instalments: Mapping[str, ContractInstalment]) -> domain.Invoice:
    key = str(row.instalment_id or "")
    return domain.Invoice(
        key=str(row.pk),
        contract=str(row.contract_id),
        issued_on=row.issued_on,
        net=row.net_amount,
        vat=row.vat_amount,
        instalment=key if key in instalments else "",
        period_on=row.period_on,
        delivered_on=row.delivered_on,
        due_on=row.due_on,
        awaited=row.status == InvoiceStatus.OPEN,
    )


def _payment(row: Payment) -> domain.Payment:
    return domain.Payment(
        key=str(row.pk),
        account=str(row.account_id),
        paid_on=row.paid_on,
        amount=row.amount,
        kind=PaymentKind(row.kind),
        invoice=str(row.invoice_id or ""),
        payroll=str(row.payroll_id or ""),
        month=row.month,
        label=row.label,
    )


def _payroll(row: PayrollRule) -> domain.Payroll:
    return domain.Payroll(
        key=str(row.pk),
        net=row.net_amount,
        charges=row.charges_amount,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        pay_day=row.pay_day,
        charges_day=row.charges_day,
    )
