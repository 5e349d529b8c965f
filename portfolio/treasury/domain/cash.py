"""The flows of cash, dated: what has been paid, and what is expected, each with its origin. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from portfolio.finance.domain.budget import ZERO, add_months, first_of_month, month_range, to_cents
from portfolio.treasury.domain.billing import Billing, billings
from portfolio.treasury.domain.books import Books, Direction, Payment, PaymentKind, Payroll
from portfolio.treasury.domain.terms import day_in
from portfolio.treasury.domain.vat import VatBasis, VatReturn, vat_of_parts, vat_returns

MONTHS: Final = 12


class FlowKind(StrEnum):
    """What a flow is, in the order of a cash plan."""

    RECEIPT = "receipt"
    SUPPLIER = "supplier"
    PAYROLL = "payroll"
    VAT = "vat"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moves on a day, in the base currency: in is positive. `due_on` is when it was to move; `late` says
    that the day has passed and that it is expected from today on. Of its origins (keys) those that there are."""

    day: date
    amount: Decimal
    kind: FlowKind
    due_on: date
    actual: bool = False
    late: bool = False
    project: str = ""
    contract: str = ""
    instalment: str = ""
    period_on: date | None = None
    invoice: str = ""
    trigger: str = ""
    payroll: str = ""
    payment: str = ""
    account: str = ""
    month: date | None = None
    charges: bool = False


@dataclass(frozen=True, slots=True)
class VatPart:
    """VAT that becomes due on a day: what a customer pays is collected, what a supplier charges is deducted. Negative
    for a credit note."""

    day: date
    amount: Decimal
    collected: bool
    project: str
    contract: str
    invoice: str
    instalment: str
    actual: bool = False


@dataclass(frozen=True)
class Cash:
    """Flows after `opened_on`, by day, up to `until`. What is late is expected on the day `soon`: today, or the day
    after the opening when the cash was opened today. `promised` are those that were due from then to today, as they
    were due, paid or not; `returns` are the VAT returns that `vat_parts` make."""

    opened_on: date
    today: date
    soon: date
    until: date
    opening: Decimal
    threshold: Decimal
    flows: tuple[Flow, ...]
    promised: tuple[Flow, ...]
    vat_parts: tuple[VatPart, ...]
    returns: tuple[VatReturn, ...]


def horizon(today: date, months: int = MONTHS) -> date:
    """The last day of a plan of so many months, the current one included."""
    return add_months(today, months) - timedelta(days=1)


def forecast(books: Books, today: date, until: date | None = None) -> Cash:
    """The cash from its opening to `until` (twelve months by default).

    What was due by the opening and has no invoice is held to be in the opening balance. What was due since and is not
    paid is expected today. Raises TreasuryError: no_account, no_rate, and those of `billings`.
    """
    opened, end = books.opened_on, until or horizon(today)
    soon = max(today, opened + timedelta(days=1))
    flows = _others(books, opened)
    promised: list[Flow] = []
    parts: list[VatPart] = []
    paid: dict[str, list[Payment]] = defaultdict(list)
    for payment in sorted(books.payments, key=lambda one: (one.paid_on, one.key)):
        if payment.kind is PaymentKind.INVOICE:
            paid[payment.invoice].append(payment)
    openings = {account.key: account.opening_on for account in books.accounts}
    places: set[Place] = {(one.kind, one.payroll, one.month) for one in books.payments}
    months = vat_months(opened, end)
    for billing in billings(books, today, end):
        # What was due before the first return that counts has left nothing to come.
        if not billing.invoice and max(billing.due_on, billing.delivered_on) < months[0]:
            continue
        made = settled(billing, paid.get(billing.invoice, ()), books, soon)
        flows += [flow for flow in made.flows if not flow.actual or flow.day > opened]
        promised += made.promised
        parts += made.vat
    for payroll in books.payrolls:
        for flow in _payroll(payroll, books, opened, end):
            promised.append(flow)
            if _place(flow) not in places:
                flows.append(expected(flow, soon))
    returns = vat_returns(months, *vat_by_month(parts), books.vat.credit)
    for one in returns:
        day = books.vat.paid_on(one.month)
        if one.due and day > opened:
            flow = Flow(day, -one.due, FlowKind.VAT, day, month=one.month)
            promised.append(flow)
            if _place(flow) not in places:
                flows.append(expected(flow, soon))
    return Cash(
        opened_on=opened,
        today=today,
        soon=soon,
        until=end,
        opening=_opening(books, openings, opened),
        threshold=sum((books.rates.converted(one.threshold, one.currency, today) for one in books.accounts), ZERO),
        flows=tuple(sorted((one for one in flows if one.day <= end), key=_order)),
        promised=tuple(sorted((one for one in promised if opened < one.due_on <= today), key=_order)),
        vat_parts=tuple(sorted(parts, key=lambda one: (one.day, one.contract, one.invoice, one.instalment))),
        returns=returns,
    )


def expected(flow: Flow, soon: date) -> Flow:
    """A flow that is to come: what was due before `soon` is late, and expected then."""
    if flow.day >= soon:
        return flow
    return replace(flow, day=soon, late=True)


_RANKS: Final = {kind: rank for rank, kind in enumerate(FlowKind)}


def _order(flow: Flow) -> tuple[date, int, str, str, str]:
    return flow.day, _RANKS[flow.kind], flow.contract, flow.invoice, flow.instalment


@dataclass(frozen=True, slots=True)
class Settled:
    """What one billing makes: its flows, what was promised, and its VAT (day, amount)."""

    flows: tuple[Flow, ...]
    promised: tuple[Flow, ...]
    vat: tuple[VatPart, ...]


def settled(billing: Billing, paid: Iterable[Payment], books: Books, soon: date) -> Settled:
    """The payments of a billing, what of it is still expected (on `soon` at the earliest), and the VAT of both: on
    each payment for services, on delivery for goods."""
    sign, contract = billing.contract.direction.sign, billing.contract
    payments = list(paid)
    rates, opened = books.rates, books.opened_on
    rest = billing.gross - sum((one.amount for one in payments), ZERO)
    over = rest == 0 or (rest < 0) != (billing.gross < 0)
    known = bool(billing.invoice)
    # Without an invoice, what was due by the opening is in the opening balance.
    gone = not known and billing.due_on <= opened
    kind = FlowKind.RECEIPT if contract.direction is Direction.CUSTOMER else FlowKind.SUPPLIER

    def flow(day: date, amount: Decimal, payment: Payment | None = None) -> Flow:
        return Flow(
            day=day,
            amount=rates.converted(sign * amount, contract.currency, day),
            kind=kind,
            due_on=billing.due_on,
            actual=payment is not None,
            project=contract.project,
            contract=contract.key,
            instalment=billing.instalment,
            period_on=billing.period_on,
            invoice=billing.invoice,
            trigger=billing.trigger,
            payment=payment.key if payment else "",
            account=payment.account if payment else "",
        )

    flows = [flow(one.paid_on, one.amount, one) for one in payments]
    comes = not over and not gone and billing.awaited
    later = expected(flow(billing.due_on, rest), soon) if comes else None
    vat: list[VatPart] = []

    def part(day: date, amount: Decimal, *, actual: bool) -> None:
        if amount:
            value = rates.converted(amount, contract.currency, day)
            key = (contract.project, contract.key, billing.invoice, billing.instalment)
            vat.append(VatPart(day, value, sign > 0, *key, actual))

    if contract.vat_basis is VatBasis.DELIVERY:
        part(billing.delivered_on, billing.vat, actual=known)
    else:
        last = later.day if later else billing.due_on
        amounts = [one.amount for one in payments] + ([rest] if later or gone else [])
        days = [one.paid_on for one in payments] + ([last] if later or gone else [])
        for day, amount, index in zip(
            days, vat_of_parts(billing.vat, billing.gross, amounts), range(len(days)), strict=True
        ):
            part(day, amount, actual=index < len(payments))
    whole = (flow(billing.due_on, billing.gross),) if billing.awaited or payments else ()
    return Settled((*flows, later) if later else tuple(flows), whole, tuple(vat))


def _payroll(payroll: Payroll, books: Books, opened: date, end: date) -> Iterable[Flow]:
    """Net pay and charges that fall after the opening, as they are due."""
    first = first_of_month(payroll.starts_on)
    last = min(first_of_month(payroll.ends_on or end), first_of_month(end))
    for month in month_range(max(first, add_months(opened, -1)), last):
        pay = day_in(month, payroll.pay_day)
        charges = day_in(add_months(month, 1), payroll.charges_day)
        for day, amount, is_charges in ((pay, payroll.net, False), (charges, payroll.charges, True)):
            if day > opened and amount:
                value = -to_cents(amount, books.rates.decimals)
                yield Flow(day, value, FlowKind.PAYROLL, day, payroll=payroll.key, month=month, charges=is_charges)


Place = tuple[PaymentKind, str, date | None]


def _place(flow: Flow) -> Place:
    """What a flow of payroll or VAT is called by the payments that stand for it."""
    if flow.kind is FlowKind.VAT:
        return PaymentKind.VAT, "", flow.month
    return PaymentKind.CHARGES if flow.charges else PaymentKind.NET_PAY, flow.payroll, flow.month


_KINDS: Final = {
    PaymentKind.NET_PAY: FlowKind.PAYROLL,
    PaymentKind.CHARGES: FlowKind.PAYROLL,
    PaymentKind.VAT: FlowKind.VAT,
    PaymentKind.OTHER: FlowKind.OTHER,
}


def _others(books: Books, opened: date) -> list[Flow]:
    """Payments of what is no invoice: they went out, but for the others, which have their sign."""
    found = []
    for one in books.payments:
        kind = _KINDS.get(one.kind)
        if kind is not None and one.paid_on > opened:
            amount = to_cents(one.amount, books.rates.decimals)
            found.append(
                Flow(
                    one.paid_on,
                    amount if kind is FlowKind.OTHER else -amount,
                    kind,
                    one.paid_on,
                    actual=True,
                    payroll=one.payroll,
                    payment=one.key,
                    account=one.account,
                    month=one.month,
                    charges=one.kind is PaymentKind.CHARGES,
                )
            )
    return found


def vat_months(opened: date, end: date) -> tuple[date, ...]:
    """The months whose returns a plan needs: from the one before its opening, whose return may still be to pay."""
    return month_range(add_months(opened, -1), first_of_month(end))


def vat_by_month(parts: Iterable[VatPart]) -> tuple[dict[date, Decimal], dict[date, Decimal]]:
    """What is collected and what is deducted, by month (its first day)."""
    collected: dict[date, Decimal] = defaultdict(lambda: ZERO)
    deductible: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for one in parts:
        side = collected if one.collected else deductible
        side[first_of_month(one.day)] += one.amount
    return collected, deductible


def _opening(books: Books, openings: Mapping[str, date], opened: date) -> Decimal:
    """What all accounts hold on the evening of `opened`: each one's opening, and what was paid on it since."""
    total = sum((books.rates.converted(one.opening, one.currency, one.opening_on) for one in books.accounts), ZERO)
    directions = {one.key: one.contract for one in books.invoices}
    contracts = {one.key: one for one in books.contracts}
    for one in books.payments:
        since = openings.get(one.account)
        if since is None or not since < one.paid_on <= opened:
            continue
        if one.kind is PaymentKind.INVOICE:
            contract = contracts.get(directions.get(one.invoice, ""))
            if contract is not None:
                total += books.rates.converted(contract.direction.sign * one.amount, contract.currency, one.paid_on)
        else:
            total += one.amount if one.kind is PaymentKind.OTHER else -one.amount
    return total
