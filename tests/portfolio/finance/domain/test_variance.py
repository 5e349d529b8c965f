"""The causes of a variance: the textbook's, and what holds whatever the amounts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.budget import add_months
from portfolio.finance.domain.variance import Cause, Causes, MonthFacts, explained, price_and_efficiency, summed

JANUARY = date(2026, 1, 1)
money = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)


def month(number: int, *, counted: bool = False, **amounts: Any) -> MonthFacts:
    """A month of 2026; amounts as numbers."""
    decimals: dict[str, Any] = {name: Decimal(str(one)) for name, one in amounts.items()}
    return MonthFacts(date(2026, number, 1), counted=counted, **decimals)


def causes_of(*months: MonthFacts) -> Causes:
    return explained("staff", "opex", months).causes


@pytest.mark.parametrize(
    ("planned", "actual", "at_planned_price", "price", "efficiency"),
    [
        # Horngren, Cost Accounting, Webb Company, April: direct manufacturing labor, 9 000 hours at 22 where 8 000 at
        # 20 were budgeted for the output; direct materials, 22 200 yards at 28 where 20 000 at 30 were.
        (160_000, 198_000, 180_000, 18_000, 20_000),
        (600_000, 621_600, 666_000, -44_400, 66_000),
    ],
)
def test_the_textbook(planned: int, actual: int, at_planned_price: int, price: int, efficiency: int) -> None:
    found = price_and_efficiency(Decimal(planned), Decimal(actual), Decimal(at_planned_price))
    assert found == (Decimal(price), Decimal(efficiency))
    causes = causes_of(
        month(
            4,
            reference=planned,
            planned=planned,
            actual=actual,
            forecast=actual,
            repriced=actual - at_planned_price,
            counted=True,
        )
    )
    assert causes == Causes(rate=Decimal(price), volume=Decimal(efficiency))


def test_a_transfer_or_a_revision_is_scope() -> None:
    assert causes_of(month(1, reference=100, planned=130, forecast=130)) == Causes(scope=Decimal(30))
    # The forecast that did not follow says so.
    assert causes_of(month(1, reference=100, planned=130, forecast=100)) == Causes(
        scope=Decimal(30), rest=Decimal(-30)
    )


def test_money_that_changes_month_is_date_and_nothing_over_the_whole() -> None:
    row = explained(
        "licences", "capex", [month(3, reference=100, planned=100), month(7, reference=0, planned=0, forecast=100)]
    )
    assert [one.causes for one in row.months] == [Causes(date=Decimal(-100)), Causes(date=Decimal(100))]
    assert row.causes == Causes() and row.causes.is_empty


def test_what_changes_month_and_grows_is_both() -> None:
    row = explained(
        "staff",
        "opex",
        [
            month(3, reference=100, planned=100, counted=True),
            month(4, forecast=90, counted=True),
            month(5, forecast=30, counted=True),
        ],
    )
    assert row.causes == Causes(volume=Decimal(20))
    assert [one.causes.volume for one in row.months] == [0, 15, 5]
    assert [one.causes.date for one in row.months] == [-100, 75, 25]


def test_a_row_in_no_budget_and_one_withdrawn_are_scope() -> None:
    added = explained("other", "opex", [month(1, actual=40, forecast=50, repriced=5, counted=True)])
    assert added.unplanned and added.causes == Causes(scope=Decimal(50))
    gone = explained("other", "opex", [month(1, reference=40, planned=40), month(2, reference=2, planned=2)])
    assert gone.withdrawn and gone.causes == Causes(scope=Decimal(-42))
    emptied = explained("other", "opex", [month(1, reference=40, forecast=10)])
    assert emptied.withdrawn and not emptied.unplanned and emptied.causes == Causes(scope=Decimal(-30))
    still = explained("other", "opex", [month(1, reference=40, planned=40, committed=40)])
    assert not still.withdrawn and still.causes == Causes(rest=Decimal(-40))


@pytest.mark.parametrize(
    ("forecast", "rate", "volume"),
    [
        (1100, 100, 0),  # the forecast follows the dearer price, and nothing else
        (1320, 120, 200),  # two tenths more days too
        (1050, 50, 0),  # the price explains no more than the variance that is there
        (1000, 0, 0),  # a forecast that nobody changed holds no variance to explain
        (900, 0, -100),  # fewer days: a dearer price explains no saving
    ],
)
def test_a_price_to_come(forecast: int, rate: int, volume: int) -> None:
    one = month(6, reference=1000, planned=1000, forecast=forecast, price_to_come="1.1", counted=True)
    assert causes_of(one) == Causes(rate=Decimal(rate), volume=Decimal(volume))


def test_what_is_not_counted_is_not_explained() -> None:
    assert causes_of(month(1, reference=10, planned=10, forecast=15)) == Causes(rest=Decimal(5))


facts = st.builds(
    MonthFacts,
    month=st.just(JANUARY),
    reference=money,
    planned=st.one_of(st.just(Decimal(0)), money),
    committed=money,
    actual=money,
    forecast=st.one_of(st.just(Decimal(0)), money),
    repriced=money,
    price_to_come=st.one_of(st.none(), st.decimals(min_value=0, max_value=10, places=6)),
    counted=st.booleans(),
)


@given(st.lists(facts, max_size=8))
def test_causes_add_up_whatever_the_amounts(rows: list[MonthFacts]) -> None:
    months = [
        MonthFacts(
            add_months(JANUARY, index),
            one.reference,
            one.planned,
            one.committed,
            one.actual,
            one.forecast,
            one.repriced,
            one.price_to_come,
            one.counted,
        )
        for index, one in enumerate(rows)
    ]
    row = explained("staff", "opex", months)
    for one in row.months:
        assert one.reference + one.causes.total == one.forecast
        assert all(one.causes.of(cause) == round(one.causes.of(cause), 2) for cause in Cause)
    assert row.reference + row.causes.total == row.forecast
    assert row.causes.date == 0, "over the whole, money that changed month is nothing"
    assert summed(one.causes for one in row.months) == row.causes
    if not any(one.counted for one in months):
        assert row.causes.volume == 0
