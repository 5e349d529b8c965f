"""Money and months are read as people write them; derived amounts are exact."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.budget import (
    Amounts,
    add_months,
    fiscal_months,
    fiscal_year,
    month_range,
    to_cents,
    total,
)
from portfolio.finance.fields import MonthField, read_amount
from tech4value.figures import formats


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("1 234,56", "fr", "1234.56"),
        ("1\u202f234,56\u00a0€", "fr", "1234.56"),
        ("1234.56", "fr", "1234.56"),
        ("1.234,56", "fr", "1234.56"),
        ("1,234.56", "en", "1234.56"),
        ("1,234", "en", "1234"),
        ("1,234", "fr", "1.234"),
        ("\u2212120", "fr", "-120"),
        ("(120)", "en", "-120"),
        ("€0.5", "en", "0.5"),
    ],
)
def test_an_amount_is_read_as_it_is_written(text: str, language: str, amount: str) -> None:
    assert read_amount(text, language) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "douze", "1,2,3", "NaN", "1e5", "Infinity", "--5", "1" * 40, "=2+2"])
def test_anything_else_is_not_an_amount(text: str) -> None:
    with pytest.raises(ValueError):
        read_amount(text, "fr")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(["fr", "en"]))
def test_what_is_shown_is_read_back(amount: Decimal, language: str) -> None:
    assert read_amount(formats.number(amount, language, decimals=2), language) == amount
    assert read_amount(formats.money(amount, "EUR", language), language) == amount


def test_a_month_is_read_in_each_of_its_forms() -> None:
    for text in ("2026-03", "2026-03-17", "03/2026", "17/03/2026", "3/2026"):
        assert MonthField().clean(text) == date(2026, 3, 1), text
    for text in ("2026-13", "mars", "0000-01", "2026"):
        with pytest.raises(Exception, match="n’est pas un mois"):
            MonthField().clean(text)


def test_variance_and_shares() -> None:
    amounts = Amounts(Decimal(100), Decimal(40), Decimal(50), Decimal(103))
    assert (amounts.variance, amounts.variance_share) == (3, Decimal("0.03"))
    assert (amounts.spent_share, amounts.committed_share) == (Decimal("0.5"), Decimal("0.4"))
    assert Amounts(actual=Decimal(5)).spent_share is None
    assert total([]) == Amounts()
    assert total([amounts, amounts]).forecast == 206


def test_cents_are_rounded_half_up() -> None:
    assert [to_cents(Decimal(text)) for text in ("0.005", "-0.005", "2.675")] == [
        Decimal("0.01"),
        Decimal("-0.01"),
        Decimal("2.68"),
    ]


def test_months_and_fiscal_years() -> None:
    assert add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert month_range(date(2025, 12, 1), date(2026, 2, 1))[1] == date(2026, 1, 1)
    assert month_range(date(2026, 2, 1), date(2026, 1, 1)) == ()
    assert fiscal_year(date(2026, 3, 1), 4) == 2025
    assert fiscal_months(2025, 4) == (date(2025, 4, 1), date(2026, 3, 1))
