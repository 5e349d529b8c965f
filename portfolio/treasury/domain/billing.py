"""What is invoiced and when it is due: by the invoices that there are, else by contracts and the live plan. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from portfolio.finance.domain.budget import to_cents
from portfolio.treasury.domain.books import Books, Contract, Instalment, Invoice, Recurrence, Trigger
from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import shared
from portfolio.treasury.domain.terms import months_later
from portfolio.treasury.domain.vat import VatRules


@dataclass(frozen=True, slots=True)
class Billing:
    """An invoice, or the forecast of one (`invoice` is then empty). Amounts are in the contract's currency, positive
    but for a credit note. `trigger` is what dates a forecast, when it is the plan."""

    contract: Contract
    instalment: str
    period_on: date | None
    invoiced_on: date
    delivered_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    invoice: str = ""
    trigger: str = ""
    awaited: bool = True

    @property
    def gross(self) -> Decimal:
        """What is paid in all."""
        return self.net + self.vat


def periods(recurrence: Recurrence, until: date) -> Iterator[tuple[date, date]]:
    """(first day of the period, day of its invoice), for invoices up to `until`."""
    count = 0
    while True:
        first = months_later(recurrence.starts_on, count * recurrence.every.months)
        if recurrence.ends_on is not None and first > recurrence.ends_on:
            return
        count += 1
        invoiced = months_later(recurrence.starts_on, count * recurrence.every.months)
        invoiced = invoiced if recurrence.in_arrears else first
        if invoiced > until:
            return
        yield first, invoiced


def amounts_of(contract: Contract, decimals: int = 2) -> dict[str, Decimal]:
    """What each instalment invoices before tax, each time: its amount, or its share of the contract to the cent.

    Raises TreasuryError: bad_amount (neither, or a share of a contract without a total), bad_share.
    """
    by_share = [one for one in contract.instalments if one.share is not None]
    if by_share and contract.net is None:
        raise TreasuryError("bad_amount", by_share[0].key)
    found = {}
    parts = shared(contract.net or Decimal(0), [one.share or Decimal(0) for one in by_share], decimals)
    for one, part in zip(by_share, parts, strict=True):
        found[one.key] = part
    for one in contract.instalments:
        if one.share is None:
            if one.amount is None:
                raise TreasuryError("bad_amount", one.key)
            found[one.key] = to_cents(one.amount, decimals)
    return found


def due_dates(
    contract: Contract, one: Instalment, triggers: Mapping[str, Trigger], today: date, until: date
) -> Iterator[tuple[date | None, date]]:
    """(period, day of the invoice) of an instalment, up to `until`. What the plan has not done yet is never done
    before today. Raises TreasuryError: no_trigger (nothing dates it, or what does is gone)."""
    if one.recurrence is not None:
        for first, invoiced in periods(one.recurrence, until):
            if invoiced + timedelta(days=one.offset_days) <= until:
                yield first, invoiced + timedelta(days=one.offset_days)
        return
    if one.trigger:
        trigger = triggers.get(one.trigger)
        if trigger is None:
            raise TreasuryError("no_trigger", one.key)
        on = trigger.on if trigger.done else max(trigger.on, today)
    elif one.on is not None:
        on = one.on
    else:
        raise TreasuryError("no_trigger", one.key)
    # A far date is left before it is added to: the calendar has an end.
    if on <= until and on + timedelta(days=one.offset_days) <= until:
        yield None, on + timedelta(days=one.offset_days)


def billings(books: Books, today: date, until: date) -> tuple[Billing, ...]:
    """Every invoice, and the forecast of each that is still to come up to `until`: what an invoice stands for is no
    longer forecast. An instalment whose task or milestone is gone is forecast no more."""
    contracts = {contract.key: contract for contract in books.contracts}
    found = [_invoiced(contracts[one.contract], one) for one in books.invoices if one.contract in contracts]
    taken = {(one.instalment, one.period_on) for one in found if one.instalment}
    for contract in books.contracts:
        amounts = amounts_of(contract, books.rates.decimals)
        for one in contract.instalments:
            if one.trigger and one.trigger not in books.triggers:
                continue
            for period, invoiced in due_dates(contract, one, books.triggers, today, until):
                if (one.key, period) not in taken:
                    forecast = _forecast(contract, one, period, invoiced, amounts[one.key], books.vat)
                    found.append(forecast)
    return tuple(found)


def _invoiced(contract: Contract, one: Invoice) -> Billing:
    return Billing(
        contract=contract,
        instalment=one.instalment,
        period_on=one.period_on,
        invoiced_on=one.issued_on,
        delivered_on=one.delivered_on or one.issued_on,
        due_on=one.due_on or contract.term.due_on(one.issued_on),
        net=one.net,
        vat=one.vat,
        invoice=one.key,
        trigger=next((each.trigger for each in contract.instalments if each.key == one.instalment), ""),
        awaited=one.awaited,
    )


def _forecast(
    contract: Contract, one: Instalment, period: date | None, invoiced: date, net: Decimal, vat: VatRules
) -> Billing:
    return Billing(
        contract=contract,
        instalment=one.key,
        period_on=period,
        invoiced_on=invoiced,
        delivered_on=invoiced,
        due_on=contract.term.due_on(invoiced),
        net=net,
        vat=to_cents(net * vat.rate(contract.vat, invoiced)),
        trigger=one.trigger,
    )


def moved(billing: Billing, invoiced_on: date, vat: VatRules) -> Billing:
    """A forecast as it would be on another day: its VAT and its payment follow."""
    return replace(
        billing,
        invoiced_on=invoiced_on,
        delivered_on=invoiced_on,
        due_on=billing.contract.term.due_on(invoiced_on),
        vat=to_cents(billing.net * vat.rate(billing.contract.vat, invoiced_on)),
    )
