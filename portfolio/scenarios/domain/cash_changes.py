"""Operations on contracts and on what a new project or a new colleague costs the cash. Pure.

Instalments that wait for the plan follow it by themselves: their triggers are read from the world that is dated
(`evaluation`). What a scenario adds is a contract or a payroll of its own, named after the operation.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portfolio.finance.domain.budget import ZERO, add_months, first_of_month, month_range, split, to_cents
from portfolio.people.domain.calendar import Calendar
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import AddProject, Hire, MoveContract
from portfolio.treasury.domain.billing import amounts_of, due_dates
from portfolio.treasury.domain.books import Books, Contract, Direction, Instalment, Payroll
from portfolio.treasury.domain.terms import PaymentTerm, TermKind, month_end

STAFF: Final = "staff"
NEW: Final = "new:"
HIRED: Final = "hire:"
TERM: Final = PaymentTerm(TermKind.NET, 30)


def move_contract(operation: MoveContract, books: Books | None) -> Books:
    """The books with the dates of a contract later. Raises ScenarioError: no_cash (the books may not be seen),
    unknown_subject, nothing_moves (all is invoiced, or waits for the plan)."""
    if books is None:
        raise ScenarioError("no_cash", "contract")
    found = next((one for one in books.contracts if one.key == operation.contract), None)
    if found is None:
        raise ScenarioError("unknown_subject", "contract")
    invoiced = {one.instalment for one in books.invoices if one.instalment}
    by = timedelta(days=operation.days)
    instalments = tuple(one if one.key in invoiced else _later(one, by) for one in found.instalments)
    if instalments == found.instalments:
        raise ScenarioError("nothing_moves", "contract")
    return _with(books, replace(found, instalments=instalments))


def _later(one: Instalment, by: timedelta) -> Instalment:
    if one.recurrence is not None:
        ends_on = one.recurrence.ends_on
        return replace(
            one,
            recurrence=replace(
                one.recurrence,
                starts_on=one.recurrence.starts_on + by,
                ends_on=None if ends_on is None else ends_on + by,
            ),
        )
    return replace(one, on=one.on + by) if one.on is not None and not one.trigger else one


def without_unissued(books: Books | None, project: str, on: date, today: date) -> Books | None:
    """The books without what the contracts of a project would invoice after a day."""
    if books is None:
        return None
    taken = {(one.instalment, one.period_on) for one in books.invoices if one.instalment}
    contracts = []
    for contract in books.contracts:
        if contract.project != project:
            contracts.append(contract)
            continue
        # Shares are made amounts first: what is left must not be shared anew.
        amounts = amounts_of(contract, books.rates.decimals)
        kept = []
        for one in contract.instalments:
            fixed = replace(one, amount=amounts[one.key], share=None)
            if one.recurrence is not None:
                last = min(one.recurrence.ends_on or on, on)
                if one.recurrence.starts_on <= last:
                    kept.append(replace(fixed, recurrence=replace(one.recurrence, ends_on=last)))
            elif (one.key, None) in taken or _due_by(contract, one, books, today, on):
                kept.append(fixed)
        contracts.append(replace(contract, instalments=tuple(kept)))
    return replace(books, contracts=tuple(contracts))


def _due_by(contract: Contract, one: Instalment, books: Books, today: date, on: date) -> bool:
    if one.trigger and one.trigger not in books.triggers:
        return False
    return any(True for _one in due_dates(contract, one, books.triggers, today, on))


def contract_of(operation: AddProject) -> Contract | None:
    """What a new project buys, as a contract of its own: all but its staff, by month, paid as suppliers are by
    default (30 days). None when it buys nothing."""
    amount = sum((one.amount for one in operation.budget if one.category != STAFF), ZERO)
    if not amount:
        return None
    months = month_range(operation.starts_on, operation.ends_on)
    parts = split(amount, [Decimal(1)] * len(months))
    key = f"{NEW}{operation.key}"
    instalments = tuple(
        Instalment(f"{key}:{month:%Y-%m}", amount=part, on=min(month_end(month), operation.ends_on))
        for month, part in zip(months, parts, strict=True)
        if part
    )
    return Contract(key, Direction.SUPPLIER, "", instalments, term=TERM, project=operation.key)


def payrolls_of(key: str, operation: Hire, rate: Decimal, calendar: Calendar, until: date) -> tuple[Payroll, ...]:
    """What a new colleague costs each month up to a day: the working days of the month, at the daily rate of their
    profile, times their share, paid at its end."""
    last = min(operation.ends_on or until, until)
    found = []
    for month in month_range(operation.starts_on, last) if last >= operation.starts_on else ():
        first = max(operation.starts_on, month)
        end = min(add_months(month, 1) - timedelta(days=1), last)
        days = calendar.working_days_between(first, end)
        amount = to_cents(rate * operation.share * days)
        if amount:
            found.append(Payroll(f"{key}:{month:%Y-%m}", amount, ZERO, first_of_month(month), first_of_month(month)))
    return tuple(found)


def with_contract(books: Books | None, contract: Contract | None, key: str) -> Books | None:
    """The books with the contract of a new project in the place of the one that it had."""
    if books is None:
        return None
    kept = tuple(one for one in books.contracts if one.key != f"{NEW}{key}")
    if contract is None:
        return replace(books, contracts=kept)
    return replace(books, contracts=(*kept, replace(contract, currency=books.rates.base)))


def _with(books: Books, contract: Contract) -> Books:
    contracts = tuple(contract if one.key == contract.key else one for one in books.contracts)
    return replace(books, contracts=contracts)
