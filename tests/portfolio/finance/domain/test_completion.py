"""An estimate at completion on the months of a budget: always its sum, never what is over."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.completion import CompletionError, MonthLine, spread

NOW = date(2026, 6, 1)
cents = st.integers(0, 10**8).map(lambda value: Decimal(value) / 100)
MONTHS = st.integers(1, 12).map(lambda month: date(2026, month, 1))
LINES = st.tuples(MONTHS, cents, cents, cents).map(lambda values: MonthLine(*values))


@given(st.lists(LINES, max_size=8), cents)
def test_the_forecasts_add_up_and_months_over_expect_what_they_cost(lines: list[MonthLine], more: Decimal) -> None:
    spent = sum((line.actual for line in lines), Decimal(0))
    try:
        found = spread(spent + more, lines, NOW)
    except CompletionError as error:
        assert error.code == "no_month" and more and all(line.month < NOW for line in lines)
        return
    assert sum(found, Decimal(0)) == spent + more
    for line, forecast in zip(lines, found, strict=True):
        assert forecast >= line.actual
        assert forecast == line.actual or line.month >= NOW


def test_the_rest_is_shared_as_what_was_still_to_come() -> None:
    def line(month: int, actual: int, forecast: int) -> MonthLine:
        return MonthLine(date(2026, month, 1), Decimal(0), Decimal(actual), Decimal(forecast))

    lines = [line(5, 100, 90), line(6, 40, 100), line(7, 0, 120)]
    assert spread(Decimal(230), lines, NOW) == [100, 70, 60]
    with pytest.raises(CompletionError) as refusal:
        spread(Decimal(139), lines, NOW)
    assert (refusal.value.code, refusal.value.amount) == ("spent", 140)
