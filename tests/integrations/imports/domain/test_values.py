"""What people type, read as dates, months and numbers."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.imports.domain.problem import ProblemCode
from integrations.imports.domain.values import (
    Reading,
    ValueRefused,
    fold,
    read_amount,
    read_date,
    read_integer,
    read_month,
    read_number,
    read_percent,
)

TWELFTH = date(2026, 3, 12)


@pytest.mark.parametrize(
    "raw",
    [
        "12/03/2026", "2026-03-12", "12 mars 2026", "Mar 12, 2026", "12-Mar-26", "12.03.2026", "12-03-2026",
        "12/3/26", "2026/03/12", "jeudi 12 mars 2026", "Thursday, March 12, 2026", "12 MARS 2026", "12 Mar 2026",
        "March 12th, 2026", "2026-03-12 00:00:00", "2026-03-12T09:30:00", " 12/03/2026\u00a0",
        datetime(2026, 3, 12, 9), TWELFTH,
    ],
)  # fmt: skip
def test_dates(raw: object) -> None:
    assert read_date(raw) == Reading(TWELFTH)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("1er avril 2026", date(2026, 4, 1)),
        ("15 févr. 2026", date(2026, 2, 15)),
        ("3 août 2026", date(2026, 8, 3)),
        ("3 aout 2026", date(2026, 8, 3)),
        ("31 déc. 2026", date(2026, 12, 31)),
        ("1 mai 2026", date(2026, 5, 1)),
        ("29/02/2028", date(2028, 2, 29)),
    ],
)
def test_french_months(raw: str, day: date) -> None:
    assert read_date(raw).value == day


def test_month_first_dates_and_lost_formats_are_told() -> None:
    assert read_date("12/31/2026") == Reading(date(2026, 12, 31), ProblemCode.MONTH_FIRST_DATE)
    assert read_date(46093) == Reading(TWELFTH, ProblemCode.DATE_FROM_NUMBER)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("31/02/2026", ProblemCode.IMPOSSIBLE_DATE),
        ("2026-13-01", ProblemCode.IMPOSSIBLE_DATE),
        ("12/03/1066", ProblemCode.IMPOSSIBLE_DATE),
        ("30 février 2026", ProblemCode.IMPOSSIBLE_DATE),
        ("bientôt", ProblemCode.NOT_A_DATE),
        ("T1 2026", ProblemCode.NOT_A_DATE),
        (12, ProblemCode.NOT_A_DATE),
        (True, ProblemCode.NOT_A_DATE),
    ],
)
def test_dates_that_are_refused(raw: object, code: ProblemCode) -> None:
    with pytest.raises(ValueRefused) as caught:
        read_date(raw)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "raw", ["2026-03", "03/2026", "mars 2026", "Mar 2026", "March 2026", "mars-26", "12/03/2026", TWELFTH, "3/2026"]
)
def test_months(raw: object) -> None:
    assert read_month(raw).value == date(2026, 3, 1)


@pytest.mark.parametrize("raw", ["2026-13", "2026", "marsouin 2026", "", 3])
def test_months_that_are_refused(raw: object) -> None:
    with pytest.raises(ValueRefused) as caught:
        read_month(raw)
    assert caught.value.code is ProblemCode.NOT_A_MONTH


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1 234,56", "1234.56"), ("1\u00a0234,56", "1234.56"), ("1\u202f234,56 €", "1234.56"), ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("12 %", "0.12"), ("12,5%", "0.125"), ("(1 234)", "-1234"),
        ("-1 234", "-1234"), ("−12", "-12"), ("€ 1 200", "1200"), ("1 200 EUR", "1200"), ("$1,200,000", "1200000"),
        ("1'234.5", "1234.5"), (",5", "0.5"), ("0,125", "0.125"), ("12345,678", "12345.678"), (12, "12"),
        (0.1, "0.1"), ("1 234 567", "1234567"), ("(12,50 €)", "-12.50"), ("1 234,567", "1234.567"),
    ],
)  # fmt: skip
def test_numbers(raw: object, expected: str) -> None:
    assert read_number(raw) == Reading(Decimal(expected))


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "abc",
        "12 34",
        "1,23,456",
        "1.2.3",
        "12..",
        "1 2345",
        "--1",
        "12 k",
        "inf",
        "NaN",
        "1e400",
        True,
        None,
        "٣",
    ],
)
def test_numbers_that_are_refused(raw: object) -> None:
    with pytest.raises(ValueRefused) as caught:
        read_number(raw)
    assert caught.value.code is ProblemCode.NOT_A_NUMBER


def test_what_can_be_read_two_ways_is_told() -> None:
    assert read_amount("1,234") == Reading(Decimal("1234.00"), ProblemCode.AMBIGUOUS_NUMBER)
    assert read_amount("1.234") == Reading(Decimal("1234.00"), ProblemCode.AMBIGUOUS_NUMBER)
    assert read_number("1,234") == Reading(Decimal("1.234"), ProblemCode.AMBIGUOUS_NUMBER)
    assert read_amount("0,234") == Reading(Decimal("0.23"), ProblemCode.ROUNDED_AMOUNT)
    assert read_amount("12,345") == Reading(Decimal(12345), ProblemCode.AMBIGUOUS_NUMBER)
    assert read_amount(0.1 + 0.2) == Reading(Decimal("0.30"))
    assert read_amount("2,345 €").value == 2345
    assert read_amount(10.005).value == Decimal("10.01")


@pytest.mark.parametrize(
    ("raw", "share"),
    [("80 %", "0.8"), (80, "0.8"), (0.8, "0.8"), ("0,8", "0.8"), (1, "1"), ("100%", "1"), ("150 %", "1.5")],
)
def test_shares(raw: object, share: str) -> None:
    assert read_percent(raw).value == Decimal(share)


def test_whole_numbers() -> None:
    assert read_integer("3") == read_integer(3.0) == Reading(3)
    for raw in ("3,5", "trois", None, "3-4"):
        with pytest.raises(ValueRefused) as caught:
            read_integer(raw)
        assert caught.value.code is ProblemCode.NOT_AN_INTEGER


def test_words_without_case_accents_or_spaces() -> None:
    assert fold("  Chef\u00a0de   PROJET * ") == fold("chef-de-projet") == "chef de projet"
    assert fold("Météo") == "meteo"


def french(cents: int) -> str:
    """An amount as a French spreadsheet shows it."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", "\u202f") + f",{rest:02}"
    return f"-{text}" if cents < 0 else text


@given(st.integers(-(10**12), 10**12))
def test_any_amount_survives_either_notation(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert read_amount(french(cents)) == Reading(amount)
    assert read_amount(f"{amount:,.2f}") == Reading(amount)
    assert read_amount(float(amount)).value == amount


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_any_day_survives_any_notation(day: date) -> None:
    assert read_date(f"{day:%d/%m/%Y}").value == day
    assert read_date(day.isoformat()).value == day
    assert read_date(f"{day:%d %b %Y}").value == day
    assert read_date(f"{day:%B %d, %Y}").value == day
    assert read_month(f"{day:%m/%Y}").value == day.replace(day=1)


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.none())
def test_whatever_the_cell_only_a_refusal_is_raised(raw: object) -> None:
    for reader in (read_date, read_month, read_number, read_amount, read_percent, read_integer):
        try:
            reader(raw)
        except ValueRefused:
            continue
