"""Numbers, money, dates as French and English finance directors write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.figures import formats

MINUS, THIN, NBSP = "\u2212", "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("amount", "currency", "french", "english"),
    [
        (Decimal("1234.56"), "EUR", f"1{THIN}234,56{NBSP}€", "€1,234.56"),
        (Decimal("-0.005"), "EUR", f"{MINUS}0,01{NBSP}€", f"{MINUS}€0.01"),
        (Decimal("0.004"), "EUR", f"0,00{NBSP}€", "€0.00"),
        (1234567, "USD", f"1{THIN}234{THIN}567,00{NBSP}$", "$1,234,567.00"),
        (500, "JPY", f"500{NBSP}JPY", f"JPY{NBSP}500"),
        (Decimal("12.5"), "CHF", f"12,50{NBSP}CHF", f"CHF{NBSP}12.50"),
        (None, "EUR", "–", "–"),
    ],
)
def test_money(amount: Decimal | None, currency: str, french: str, english: str) -> None:
    assert formats.money(amount, currency, "fr") == french
    assert formats.money(amount, currency, "en") == english


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (1_240_000, f"1,24{NBSP}M€", "€1.24M"),
        (340_000, f"340{NBSP}k€", "€340k"),
        (999_950, f"1{NBSP}M€", "€1M"),
        (999_400, f"999{NBSP}k€", "€999k"),
        (850, f"850{NBSP}€", "€850"),
        (-4500, f"{MINUS}4,5{NBSP}k€", f"{MINUS}€4.5k"),
        (98_765_432_109, f"98,8{NBSP}Md€", "€98.8bn"),
        (0, f"0{NBSP}€", "€0"),
    ],
)
def test_compact_money(amount: int, french: str, english: str) -> None:
    assert formats.compact_money(amount, "EUR", "fr") == french
    assert formats.compact_money(amount, "EUR", "en") == english


def test_shares_are_written_in_percent() -> None:
    assert formats.percent(Decimal("0.824"), "fr") == f"82{NBSP}%"
    assert formats.percent(0.824, "en", decimals=1) == "82.4%"
    assert formats.percent(-0.03, "fr", signed=True) == f"{MINUS}3{NBSP}%"
    assert formats.points(0.06, "fr") == f"+6{NBSP}pts"


def test_halves_are_rounded_away_from_zero() -> None:
    assert formats.number(Decimal("2.5"), "fr") == "3"
    assert formats.number(Decimal("-2.5"), "fr") == f"{MINUS}3"


def test_a_quantity_shows_the_decimals_that_it_needs() -> None:
    assert [formats.quantity(value, "fr") for value in (3, 2.5, 1.005, Decimal("0.125"))] == [
        "3",
        "2,5",
        "1,01",
        "0,13",
    ]


def test_dates() -> None:
    day = date(2026, 3, 12)
    assert formats.date_short(day, "fr") == "12/03/2026"
    assert formats.date_short(day, "en") == f"12{NBSP}Mar{NBSP}2026"
    assert formats.date_long(date(2026, 3, 1), "fr") == "dimanche 1er mars 2026"
    assert formats.date_time(datetime(2026, 3, 12, 9, 5), "fr") == "12/03/2026 à 09:05"
    assert formats.month(day, "fr") == f"mars{NBSP}2026"


@pytest.mark.parametrize(
    ("days", "french", "english"),
    [
        (0, "aujourd’hui", "today"),
        (1, "demain", "tomorrow"),
        (-1, "hier", "yesterday"),
        (-3, f"il y a 3{NBSP}jours", f"3{NBSP}days ago"),
        (21, f"dans 3{NBSP}semaines", f"in 3{NBSP}weeks"),
        (90, f"dans 3{NBSP}mois", f"in 3{NBSP}months"),
        (-800, f"il y a 2{NBSP}ans", f"2{NBSP}years ago"),
    ],
)
def test_days_are_told_from_today(days: int, french: str, english: str) -> None:
    today = date(2026, 3, 12)
    then = date.fromordinal(today.toordinal() + days)
    assert formats.relative_day(then, today, "fr") == french
    assert formats.relative_day(then, today, "en") == english


def test_days_of_work_and_of_the_calendar_are_told_apart() -> None:
    assert formats.working_days(10, "fr") == f"10{NBSP}j ouvrés"
    assert formats.working_days(1.5, "fr", signed=True) == f"+1,5{NBSP}j ouvré"
    assert formats.working_days(-1, "en") == f"{formats.MINUS}1{NBSP}working day"
    assert formats.calendar_days(14, "fr", signed=True) == f"+14{NBSP}j calendaires"
    assert formats.calendar_days(1.5, "en", decimals=1) == f"1.5{NBSP}calendar days"
    assert formats.calendar_days(None, "fr") == formats.DASH


def test_durations_are_days_and_hours_of_work() -> None:
    assert formats.duration(1380, "fr") == f"3{NBSP}j 2{NBSP}h"
    assert formats.duration(45, "en") == "45min"
    assert formats.duration(0, "fr") == f"0{NBSP}j"
    assert formats.duration(-420, "fr") == f"{MINUS}1{NBSP}j"


def test_an_axis_has_one_scale_and_exact_words() -> None:
    assert formats.tick_labels([0, 500_000, 1_000_000], "money:EUR", "fr") == [
        f"0{NBSP}M€",
        f"0,5{NBSP}M€",
        f"1,0{NBSP}M€",
    ]
    assert formats.tick_labels([0, 2500, 5000], "count", "fr") == ["0", f"2{THIN}500", f"5{THIN}000"]
    assert formats.tick_labels([0, 0.25, 0.5], "percent", "en") == ["0%", "25%", "50%"]
    assert formats.tick_labels([0, 500, 1500], "days", "en") == [f"0{NBSP}d", f"500{NBSP}d", f"1,500{NBSP}d"]


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_value_can_be_written(value: Decimal | float) -> None:
    for unit in ("money:EUR", "percent", "count", "days", "fte", "ratio", "points"):
        for language in ("fr", "en"):
            for compact in (True, False):
                text = formats.in_unit(value, unit, language, compact=compact, signed=True)
                assert text and "-" not in text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_reads_back(amount: Decimal) -> None:
    text = formats.money(amount, "EUR", "fr")
    digits = text.removesuffix(f"{NBSP}€").replace(THIN, "").replace(",", ".").replace(MINUS, "-")
    assert Decimal(digits) == amount
