"""The cash of an organisation against a ledger kept by hand, a day at a time, that shares no code with it."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.treasury.domain.balance import breaches, columns, daily_balances, months_of, weeks_of
from portfolio.treasury.domain.band import Spread, band
from portfolio.treasury.domain.books import (
    Account,
    Books,
    Contract,
    Direction,
    Every,
    Instalment,
    Invoice,
    Payment,
    PaymentKind,
    Payroll,
    Recurrence,
    Trigger,
)
from portfolio.treasury.domain.cash import FlowKind, forecast
from portfolio.treasury.domain.contribution import contributions
from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import Dated, Rates
from portfolio.treasury.domain.terms import PaymentTerm, TermKind
from portfolio.treasury.domain.vat import FRENCH_RATES, VatBasis, VatKind, VatRules

DAY = timedelta(days=1)
TODAY = date(2026, 1, 15)
GOODS, FREE = VatBasis.DELIVERY, VatKind.NONE
IN, OUT = Direction.CUSTOMER, Direction.SUPPLIER


def books(*contracts: Contract, opening: str = "100000", threshold: str = "0", **rest: object) -> Books:
    """Books opened on 31 December 2025."""
    account = Account("bank", date(2025, 12, 31), D(opening), "EUR", D(threshold))
    return Books(Rates("EUR"), VatRules(FRENCH_RATES), (account,), contracts, **rest)  # type: ignore[arg-type]


def once(key: str, direction: Direction, net: str, on: date, **rest: object) -> Contract:
    instalment = Instalment(f"{key}.1", amount=D(net), on=on)
    return Contract(key, direction, "EUR", (instalment,), **rest)  # type: ignore[arg-type]


def moved_on(found: object) -> list[tuple[date, D, str]]:
    return [(flow.day, flow.amount, flow.kind.value) for flow in found.flows]  # type: ignore[attr-defined]


# --- one case for each rule


def test_an_invoice_is_received_with_its_vat_which_is_paid_on_the_month_after() -> None:
    """10 000 before tax invoiced on 20 January at 30 days: 12 000 on 19 February, 2 000 of VAT on 20 March."""
    term = PaymentTerm(TermKind.NET, 30)
    found = forecast(books(once("c", IN, "10000", date(2026, 1, 20), term=term)), TODAY)
    assert moved_on(found) == [
        (date(2026, 2, 19), D("12000.00"), "receipt"),
        (date(2026, 3, 20), D("-2000.00"), "vat"),
    ]


def test_the_vat_of_goods_is_due_on_delivery_before_they_are_paid_for() -> None:
    term = PaymentTerm(TermKind.DAYS_THEN_MONTH_END, 45)
    found = forecast(books(once("c", IN, "10000", date(2026, 1, 20), term=term, vat_basis=GOODS)), TODAY)
    assert moved_on(found) == [
        (date(2026, 2, 20), D("-2000.00"), "vat"),
        (date(2026, 3, 31), D("12000.00"), "receipt"),
    ]


def test_what_suppliers_charge_is_deducted_from_what_customers_paid() -> None:
    found = forecast(
        books(once("c", IN, "10000", date(2026, 2, 3)), once("s", OUT, "4000", date(2026, 2, 20))), TODAY
    )
    assert moved_on(found)[-1] == (date(2026, 3, 20), D("-1200.00"), "vat")


def test_a_milestone_that_slips_moves_its_invoice_its_vat_and_its_payment() -> None:
    term = PaymentTerm(TermKind.NET, 30)
    contract = Contract("c", IN, "EUR", (Instalment("i", share=D("0.3"), trigger="golive"),), D("50000"), term)
    before = forecast(books(contract, triggers={"golive": Trigger(date(2026, 2, 27))}), TODAY)
    after = forecast(books(contract, triggers={"golive": Trigger(date(2026, 4, 10))}), TODAY)
    assert moved_on(before) == [
        (date(2026, 3, 29), D("18000.00"), "receipt"),
        (date(2026, 4, 20), D("-3000.00"), "vat"),
    ]
    assert moved_on(after) == [
        (date(2026, 5, 10), D("18000.00"), "receipt"),
        (date(2026, 6, 20), D("-3000.00"), "vat"),
    ]


def test_a_milestone_that_is_not_reached_is_never_before_today() -> None:
    contract = Contract("c", IN, "EUR", (Instalment("i", amount=D(1000), trigger="m", offset_days=2),), vat=FREE)
    late = forecast(books(contract, triggers={"m": Trigger(date(2026, 1, 5))}), TODAY)
    met = forecast(books(contract, triggers={"m": Trigger(date(2026, 1, 5), done=True)}), TODAY)
    assert [(one.day, one.late) for one in late.flows] == [(date(2026, 1, 17), False)]
    assert [(one.day, one.late) for one in met.flows] == [(TODAY, True)]
    assert forecast(books(contract), TODAY).flows == ()


def test_an_invoice_stands_for_its_forecast_and_a_payment_for_its_settlement() -> None:
    every = Recurrence(Every.MONTH, date(2026, 1, 1))
    contract = Contract("c", OUT, "EUR", (Instalment("i", amount=D(1000), recurrence=every),), vat=FREE)
    invoice = Invoice("f", "c", date(2026, 1, 4), D(1100), D(0), "i", date(2026, 1, 1), due_on=date(2026, 1, 25))
    part = Payment("p", "bank", date(2026, 1, 10), D(300), invoice="f")
    found = forecast(books(contract, invoices=(invoice,), payments=(part,)), TODAY, date(2026, 2, 28))
    assert [(one.day, one.amount, one.actual) for one in found.flows] == [
        (date(2026, 1, 10), D("-300.00"), True),
        (date(2026, 1, 25), D("-800.00"), False),
        (date(2026, 2, 1), D("-1000.00"), False),
    ]


def test_an_invoice_that_is_late_is_expected_today_and_one_without_invoice_before_the_opening_is_not() -> None:
    invoice = Invoice("f", "c", date(2025, 11, 1), D(500), D(0), due_on=date(2025, 12, 1))
    found = forecast(
        books(once("c", IN, "900", date(2025, 12, 15), vat=FREE), invoices=(invoice,)),
        TODAY,
        date(2026, 3, 31),
    )
    assert [(one.day, one.amount, one.late, one.invoice) for one in found.flows] == [(TODAY, D("500.00"), True, "f")]


def test_a_subscription_is_invoiced_at_the_start_of_its_periods_or_after_them() -> None:
    def days(recurrence: Recurrence) -> list[date]:
        contract = Contract("c", OUT, "EUR", (Instalment("i", amount=D(1), recurrence=recurrence),), vat=FREE)
        return [one.day for one in forecast(books(contract), TODAY).flows]

    first = date(2026, 1, 31)
    assert days(Recurrence(Every.QUARTER, first, date(2026, 8, 1))) == [first, date(2026, 4, 30), date(2026, 7, 31)]
    assert days(Recurrence(Every.QUARTER, first, date(2026, 4, 29), in_arrears=True)) == [date(2026, 4, 30)]
    assert days(Recurrence(Every.YEAR, first)) == [first]


def test_pay_leaves_at_the_end_of_the_month_and_its_charges_on_the_15th_of_the_next() -> None:
    payroll = Payroll("team", D("80000"), D("52000"), date(2026, 1, 1))
    paid = Payment(
        "p", "bank", date(2026, 2, 27), D("81000"), PaymentKind.NET_PAY, payroll="team", month=date(2026, 2, 1)
    )
    found = forecast(books(payrolls=(payroll,), payments=(paid,)), date(2026, 3, 1), date(2026, 3, 31))
    assert moved_on(found) == [
        (date(2026, 2, 27), D("-81000.00"), "payroll"),
        (date(2026, 3, 1), D("-80000.00"), "payroll"),  # January's: nobody has said that it was paid
        (date(2026, 3, 1), D("-52000.00"), "payroll"),
        (date(2026, 3, 15), D("-52000.00"), "payroll"),
        (date(2026, 3, 31), D("-80000.00"), "payroll"),
    ]


def test_without_an_account_there_is_no_forecast() -> None:
    with pytest.raises(TreasuryError, match="no_account"):
        forecast(Books(Rates("EUR"), VatRules(FRENCH_RATES)), TODAY)


def test_another_currency_is_converted_on_the_day_it_moves() -> None:
    rates = Rates("EUR", 2, {"USD": (Dated(date(2025, 1, 1), D("1.1")), Dated(date(2026, 3, 1), D("1.25")))})
    one = replace(once("c", OUT, "1100", date(2026, 2, 1), vat=FREE), currency="USD")
    two = replace(once("d", OUT, "1100", date(2026, 4, 1), vat=FREE), currency="USD")
    found = forecast(replace(books(one, two), rates=rates), TODAY)
    assert [flow.amount for flow in found.flows] == [D("-1000.00"), D("-880.00")]


# --- columns, thresholds, projects


def test_columns_add_up_and_a_breach_names_what_crosses_and_what_is_awaited() -> None:
    golive = Contract(
        "sale", IN, "EUR", (Instalment("s", amount=D(30000), trigger="golive"),), vat=FREE, project="ODOO"
    )
    licence = once("licence", OUT, "20000", date(2026, 5, 18), vat=FREE, project="ODOO")
    rent = once("rent", OUT, "5000", date(2026, 5, 18), vat=FREE)
    made = books(golive, licence, rent, opening="22000", triggers={"golive": Trigger(date(2026, 4, 30))})
    fine = forecast(made, TODAY)
    assert breaches(fine, daily_balances(fine)) == ()
    slipped = replace(made, triggers={"golive": Trigger(date(2026, 6, 11))})
    cash = forecast(slipped, TODAY)
    balances = daily_balances(cash)
    (breach,) = breaches(cash, balances)
    assert (breach.first_on, breach.last_on, breach.lowest) == (date(2026, 5, 18), date(2026, 6, 10), D("-3000.00"))
    assert breach.crossing is not None
    assert breach.crossing.contract == "licence"
    assert breach.awaited is not None
    assert breach.awaited.trigger == "golive"
    months = columns(cash, months_of(cash), balances)
    assert months[0].opening == D("22000")
    assert all(one.closing == other.opening for one, other in pairwise(months))
    assert months[-1].closing == balances[cash.until]
    assert len(months) == 12
    assert len(weeks_of(cash)) == 13
    may = next(one for one in months_of(cash) if one.first == date(2026, 5, 1))
    (odoo,) = contributions(slipped, cash, may)
    assert (odoo.spent, odoo.lowest, odoo.lowest_without, odoo.breaks) == (
        D("-20000.00"),
        D("-3000.00"),
        D("17000.00"),
        True,
    )


def test_without_a_project_the_balance_is_that_of_books_without_its_contracts() -> None:
    made = books(
        once("a", IN, "9000", date(2026, 2, 10), project="A"),
        once("b", OUT, "14000", date(2026, 2, 12), project="B"),
        once("c", IN, "5000", date(2026, 3, 1)),
    )
    cash = forecast(made, TODAY)
    for span in months_of(cash):
        for found in contributions(made, cash, span):
            rest = replace(made, contracts=tuple(one for one in made.contracts if one.project != found.project))
            without = daily_balances(forecast(rest, TODAY))
            days = [day for day in without if span.first <= day <= span.last]
            assert found.lowest_without == min(without[day] for day in days)


# --- the band


def spread(group: str, planned: date, *days: int) -> Spread:
    levels = zip((0.1, 0.5, 0.8, 0.9), days, strict=True)
    return Spread(group, planned, tuple((level, planned + timedelta(days=shift)) for level, shift in levels))


def test_a_milestone_that_nothing_moves_has_a_band_as_thin_as_the_balance() -> None:
    contract = Contract("c", IN, "EUR", (Instalment("i", amount=D("1234.56"), trigger="m"),))
    made = books(contract, triggers={"m": Trigger(date(2026, 3, 2))})
    cash = forecast(made, TODAY)
    found = band(made, cash, {"m": spread("P", date(2026, 3, 2), 0, 0, 0, 0)}, runs=20)
    balances = daily_balances(cash)
    assert found is not None
    assert list(found.low) == list(found.high) == [balances[day] for day in found.days]
    assert band(made, cash, {}) is None


def test_a_late_milestone_opens_the_band_between_its_earliest_and_its_latest_day() -> None:
    contract = Contract("c", IN, "EUR", (Instalment("i", amount=D(10000), trigger="m"),), vat=FREE)
    made = books(contract, opening="1000", threshold="5000", triggers={"m": Trigger(date(2026, 3, 2))})
    cash = forecast(made, TODAY)
    found = band(made, cash, {"m": spread("P", date(2026, 3, 2), 0, 10, 20, 40)})
    assert found is not None
    at = dict(zip(found.days, zip(found.low, found.high, strict=True), strict=True))
    assert at[date(2026, 3, 1)] == (D(1000), D(1000))
    assert at[date(2026, 3, 20)] == (D(1000), D(11000))
    assert at[date(2026, 4, 12)] == (D(11000), D(11000))
    assert found.breaking == 1.0  # it is under its threshold today already
    again = band(made, cash, {"m": spread("P", date(2026, 3, 2), 0, 10, 20, 40)})
    assert again == found


# --- the ledger kept by hand

month_days = st.dates(date(2025, 10, 1), date(2026, 12, 31))
terms = st.builds(
    PaymentTerm, st.sampled_from(TermKind), st.integers(0, 90), st.one_of(st.none(), st.integers(1, 31))
)
prices = st.integers(1, 5_000_000).map(lambda cents: D(cents) / 100)


@st.composite
def contracts_made(draw: st.DrawFn) -> Contract:
    key = draw(st.uuids()).hex
    kind = draw(st.sampled_from(["once", "month", "quarter", "trigger"]))
    rest: dict[str, object] = {"amount": draw(prices)}
    if kind == "once":
        rest["on"] = draw(month_days)
    elif kind == "trigger":
        rest["trigger"] = draw(st.sampled_from(["m1", "m2"]))
        rest["offset_days"] = draw(st.integers(0, 20))
    else:
        rest["recurrence"] = Recurrence(Every(kind), draw(month_days), in_arrears=draw(st.booleans()))
    return Contract(
        key, draw(st.sampled_from(Direction)), "EUR", (Instalment(f"{key}.1", **rest),), None, draw(terms),  # type: ignore[arg-type]
        draw(st.sampled_from([VatKind.STANDARD, VatKind.REDUCED, VatKind.NONE])), draw(st.sampled_from(VatBasis)),
    )  # fmt: skip


def cents(amount: D) -> D:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


def last_of(day: date) -> date:
    while (day + DAY).month == day.month:
        day += DAY
    return day


def due(term: PaymentTerm, day: date) -> date:
    """Walks the days one by one."""
    if term.kind is TermKind.MONTH_END_THEN_DAYS:
        day = last_of(day)
    for _count in range(term.days):
        day += DAY
    if term.kind is TermKind.DAYS_THEN_MONTH_END:
        day = last_of(day)
    if term.day is not None:
        while day.day != min(term.day, monthrange(day.year, day.month)[1]):
            day += DAY
    return day


def invoices_of(one: Instalment, triggers: dict[str, Trigger], today: date, end: date) -> list[date]:
    if one.on:
        return [one.on]
    if one.trigger:
        trigger = triggers[one.trigger]
        day = trigger.on
        while not trigger.done and day < today:
            day += DAY
        return [day + DAY * one.offset_days]
    found, recurrence = [], one.recurrence
    assert recurrence is not None
    step = {"month": 1, "quarter": 3}[recurrence.every.value]
    year, month = recurrence.starts_on.year, recurrence.starts_on.month
    for index in range(40):
        day = date(year, month, min(recurrence.starts_on.day, monthrange(year, month)[1]))
        if not (recurrence.in_arrears and index == 0):
            found.append(day)
        for _count in range(step):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return [day for day in found if day <= end]


def kept_by_hand(made: Books, today: date, end: date) -> dict[date, D]:
    opened = made.accounts[0].opening_on
    moves: dict[date, D] = {}
    vat: dict[tuple[int, int], D] = {}
    rates = {VatKind.STANDARD: D("0.2"), VatKind.REDUCED: D("0.055"), VatKind.NONE: D(0)}
    for contract in made.contracts:
        (one,) = contract.instalments
        assert one.amount is not None
        sign = 1 if contract.direction is IN else -1
        for invoiced in invoices_of(one, dict(made.triggers), today, end):
            if invoiced > end:
                continue
            tax = cents(one.amount * rates[contract.vat])
            on = due(contract.term, invoiced)
            paid = on
            if on > opened:
                paid = max(on, today)
                moves[paid] = moves.get(paid, D(0)) + sign * (one.amount + tax)
            day = invoiced if contract.vat_basis is GOODS else paid
            vat[day.year, day.month] = vat.get((day.year, day.month), D(0)) + sign * tax
    credit, year, month = D(0), 2025, 11
    while (year, month) <= (end.year, end.month):
        owed = vat.get((year, month), D(0)) - credit
        credit = max(-owed, D(0))
        year, month, _before = (year + 1, 1, month) if month == 12 else (year, month + 1, month)
        day = date(year, month, 20)
        if owed > 0 and day > opened:
            moves[max(day, today)] = moves.get(max(day, today), D(0)) - owed
    found, balance, day = {}, made.accounts[0].opening, opened
    while day <= end:
        balance += moves.get(day, D(0))
        found[day] = balance
        day += DAY
    return found


@given(
    st.lists(contracts_made(), max_size=6), month_days, st.booleans(), st.dates(date(2026, 1, 1), date(2026, 3, 31))
)
@settings(max_examples=120)
def test_the_balance_is_that_of_a_ledger_kept_by_hand(
    made: list[Contract], on: date, done: bool, today: date
) -> None:
    triggers = {"m1": Trigger(on, done), "m2": Trigger(date(2026, 6, 1))}
    kept = books(*made, triggers=triggers)
    cash = forecast(kept, today)
    balances = daily_balances(cash)
    assert balances == kept_by_hand(kept, today, cash.until)
    for spans in (months_of(cash), weeks_of(cash)):
        for one in columns(cash, spans, balances):
            assert one.closing == balances[one.span.last]
            assert sum((one.of(kind) for kind in FlowKind), D(0)) == one.net
