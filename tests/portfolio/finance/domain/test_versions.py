"""Two plans side by side: every difference by category and month, sums of them, and the way back from rows."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.versions import Place, compared, from_rows, to_rows

PLACES = st.tuples(
    st.sampled_from(["staff", "licences", "other"]),
    st.sampled_from(["capex", "opex"]),
    st.integers(0, 35).map(lambda index: date(2025 + index // 12, index % 12 + 1, 1)),
)
PLANS = st.dictionaries(PLACES, st.integers(0, 10**9).map(lambda value: Decimal(value) / 100), max_size=8)


def order(nature: str, category: str) -> tuple[int, ...]:
    return ["capex", "opex"].index(nature), ["staff", "licences", "other"].index(category)


@given(PLANS, PLANS)
def test_the_parts_are_the_difference(before: dict[Place, Decimal], after: dict[Place, Decimal]) -> None:
    found = compared(before, after, order)
    difference = sum(after.values(), Decimal(0)) - sum(before.values(), Decimal(0))
    assert found.total.difference == difference
    assert sum((row.total.difference for row in found.rows), Decimal(0)) == difference
    assert sum((cell.difference for cell in found.by_month), Decimal(0)) == difference
    for row in found.rows:
        assert sum((cell.difference for cell in row.cells), Decimal(0)) == row.total.difference
    moved = {place for place in {*before, *after} if before.get(place, 0) != after.get(place, 0)}
    assert found.months == tuple(sorted({place[2] for place in moved}))
    assert found.differs is bool(moved)


@given(PLANS)
def test_a_plan_comes_back_from_its_rows(plan: dict[Place, Decimal]) -> None:
    assert from_rows(to_rows(plan)) == {place: amount for place, amount in plan.items() if amount}
