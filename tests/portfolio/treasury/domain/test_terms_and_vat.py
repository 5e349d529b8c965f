"""Payment terms, VAT and rounding, against the cases of the textbooks that are named."""

from datetime import date
from decimal import Decimal as D

import pytest

from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import Dated, Rates, in_force, shared
from portfolio.treasury.domain.terms import PaymentTerm, TermKind, months_later
from portfolio.treasury.domain.vat import FRENCH_RATES, VatKind, VatRules, vat_of_parts, vat_returns

NET, DAYS_EOM, EOM_DAYS = TermKind.NET, TermKind.DAYS_THEN_MONTH_END, TermKind.MONTH_END_THEN_DAYS


@pytest.mark.parametrize(
    ("term", "invoiced", "due"),
    [
        # DGCCRF, « Les délais de paiement » : a 45-day term, end of month, of 10 January, read both ways.
        (PaymentTerm(DAYS_EOM, 45), date(2026, 1, 10), date(2026, 2, 28)),
        (PaymentTerm(EOM_DAYS, 45), date(2026, 1, 10), date(2026, 3, 17)),
        # The same of 20 March: 4 May, hence 31 May; 31 March, hence 15 May.
        (PaymentTerm(DAYS_EOM, 45), date(2026, 3, 20), date(2026, 5, 31)),
        (PaymentTerm(EOM_DAYS, 45), date(2026, 3, 20), date(2026, 5, 15)),
        (PaymentTerm(NET, 30), date(2026, 1, 31), date(2026, 3, 2)),
        (PaymentTerm(NET, 60), date(2024, 1, 1), date(2024, 3, 1)),  # a leap year
        (PaymentTerm(), date(2026, 1, 31), date(2026, 1, 31)),  # on receipt
        (PaymentTerm(NET, 30, 10), date(2026, 1, 5), date(2026, 2, 10)),
        (PaymentTerm(NET, 30, 10), date(2026, 1, 15), date(2026, 3, 10)),
        # « 30 jours fin de mois le 10 »
        (PaymentTerm(DAYS_EOM, 30, 10), date(2026, 1, 5), date(2026, 3, 10)),
        (PaymentTerm(NET, 0, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (PaymentTerm(DAYS_EOM, 0), date(2026, 12, 31), date(2026, 12, 31)),
        (PaymentTerm(EOM_DAYS, 45), date(2026, 12, 2), date(2027, 2, 14)),
    ],
)
def test_an_invoice_is_due_as_its_terms_say(term: PaymentTerm, invoiced: date, due: date) -> None:
    assert term.due_on(invoiced) == due


@pytest.mark.parametrize(
    ("days", "day", "code"), [(-1, None, "bad_days"), (366, None, "bad_days"), (0, 32, "bad_day")]
)
def test_terms_that_cannot_be_are_refused(days: int, day: int | None, code: str) -> None:
    with pytest.raises(TreasuryError) as error:
        PaymentTerm(NET, days, day)
    assert error.value.code == code


def test_the_last_day_of_a_month_stays_the_last() -> None:
    assert [months_later(date(2026, 1, 31), count) for count in (1, 2, 12)] == [
        date(2026, 2, 28), date(2026, 3, 31), date(2027, 1, 31)
    ]  # fmt: skip


def test_shares_make_the_whole_and_the_remainder_goes_to_the_largest() -> None:
    third = D("0.3333")
    assert shared(D("100.00"), [third, third, D("0.3334")]) == (D("33.33"), D("33.33"), D("33.34"))
    assert shared(D("0.05"), [D("0.5"), D("0.25"), D("0.25")]) == (D("0.03"), D("0.01"), D("0.01"))
    assert shared(D("1000.01"), [D("0.5"), D("0.5")]) == (D("500.00"), D("500.01"))
    # Not the whole: nothing is added.
    assert shared(D("100"), [D("0.3"), D("0.3")]) == (D("30.00"), D("30.00"))
    with pytest.raises(TreasuryError):
        shared(D("100"), [D("0.7"), D("0.4")])


def test_amounts_are_converted_at_the_rate_of_their_day() -> None:
    # European Central Bank: euro reference rates of the US dollar.
    steps = (Dated(date(2023, 1, 2), D("1.0683")), Dated(date(2023, 7, 3), D("1.0899")))
    rates = Rates("EUR", 2, {"USD": steps})
    assert rates.converted(D("10683"), "USD", date(2023, 3, 1)) == D("10000.00")
    assert rates.converted(D("10683"), "USD", date(2023, 7, 3)) == D("9801.82")
    assert rates.converted(D("10683"), "USD", date(2022, 7, 3)) == D("10000.00")
    assert rates.converted(D("1.005"), "EUR", date(2023, 7, 3)) == D("1.01")
    with pytest.raises(TreasuryError, match="no_rate: GBP"):
        rates.converted(D(1), "GBP", date(2023, 7, 3))


def test_rates_of_vat_change_with_the_law() -> None:
    rules = VatRules(FRENCH_RATES)
    assert rules.rate(VatKind.STANDARD, date(2013, 12, 31)) == D("0.196")
    assert rules.rate(VatKind.STANDARD, date(2014, 1, 1)) == D("0.2")
    assert rules.rate(VatKind.NONE, date(2026, 1, 1)) == 0
    assert in_force((), date(2026, 1, 1)) is None


def test_a_month_that_deducts_more_carries_its_credit_on() -> None:
    """Form CA3: January collects 20 000 and deducts 26 000; February collects 9 000 and deducts 1 000."""
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    january, february, march = vat_returns(
        months, {months[0]: D(20000), months[1]: D(9000)}, {months[0]: D(26000), months[1]: D(1000)}, D(500)
    )
    assert (january.due, january.credit) == (D(0), D(6500))
    assert (february.due, february.credit) == (D(1500), D(0))
    assert (march.due, march.credit) == (D(0), D(0))


def test_parts_of_a_price_hold_its_vat_to_the_cent() -> None:
    parts = [D("33.33"), D("33.33"), D("53.34")]
    vat = vat_of_parts(D("20.00"), D("120.00"), parts)
    assert sum(vat) == D("20.00")
    assert vat == (D("5.56"), D("5.55"), D("8.89"))
