"""Shares of an amount: they add up to the cent, follow their weights, and do not depend on the order."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.allocation_keys import AllocationError, allocate, check, fractions

CENT = Decimal("0.01")
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
weights = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.decimals(min_value=0, max_value=10**6, places=2),
    min_size=1,
    max_size=12,
).filter(lambda found: any(found.values()))


@given(amount=amounts, weights=weights)
def test_parts_add_up_and_keep_quota(amount: Decimal, weights: dict[str, Decimal]) -> None:
    parts = allocate(amount, weights)
    assert sum(parts.values()) == amount
    whole = sum(map(Fraction, weights.values()))
    for key, part in parts.items():
        exact = Fraction(amount) * Fraction(weights[key]) / whole
        assert abs(Fraction(part) - exact) < Fraction(CENT), "no part is a cent away from its exact value"
        assert part == 0 or weights[key] > 0, "who weighs nothing carries nothing"


@given(amount=amounts, weights=weights)
def test_the_larger_weight_never_has_the_smaller_part(amount: Decimal, weights: dict[str, Decimal]) -> None:
    parts = allocate(amount, weights)
    ordered = sorted(weights, key=lambda key: weights[key])
    for less, more in pairwise(ordered):
        if weights[less] < weights[more]:
            assert abs(parts[less]) <= abs(parts[more])
        else:
            assert abs(parts[less] - parts[more]) <= CENT


@given(amount=amounts, weights=weights, data=st.data())
def test_the_order_of_the_weights_changes_nothing(
    amount: Decimal, weights: dict[str, Decimal], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    assert allocate(amount, shuffled) == allocate(amount, weights)


@given(amount=amounts, weights=weights)
def test_a_credit_note_is_shared_as_its_opposite(amount: Decimal, weights: dict[str, Decimal]) -> None:
    back = {key: -part for key, part in allocate(amount, weights).items()}
    assert allocate(-amount, weights) == back


@pytest.mark.parametrize(
    ("amount", "shares", "expected"),
    [
        # 100,00 between three: the cent that is left goes to the first of equals.
        ("100.00", {"a": "1", "b": "1", "c": "1"}, {"a": "33.34", "b": "33.33", "c": "33.33"}),
        # Balinski and Young's example of quotas 1.5, 1.4, 0.1 in units of a cent.
        ("0.03", {"a": "50", "b": "46.67", "c": "3.33"}, {"a": "0.02", "b": "0.01", "c": "0.00"}),
        ("1000.01", {"a": "32.5", "b": "67.5"}, {"a": "325.00", "b": "675.01"}),
        ("0.00", {"a": "1", "b": "2"}, {"a": "0.00", "b": "0.00"}),
    ],
)
def test_known_shares(amount: str, shares: dict[str, str], expected: dict[str, str]) -> None:
    found = allocate(Decimal(amount), {key: Decimal(one) for key, one in shares.items()})
    assert found == {key: Decimal(one) for key, one in expected.items()}


def test_a_currency_without_cents_is_shared_in_whole_units() -> None:
    assert allocate(Decimal(100), {"a": Decimal(1), "b": Decimal(2)}, 0) == {"a": 33, "b": 67}
    with pytest.raises(ValueError, match="decimals"):
        allocate(Decimal("0.5"), {"a": Decimal(1)}, 0)


@pytest.mark.parametrize(
    ("shares", "percents", "code"),
    [
        ({}, False, "nobody"),
        ({"a": "0", "b": "0"}, False, "nothing"),
        ({"a": "-1", "b": "2"}, False, "negative"),
        ({"a": "NaN"}, False, "negative"),
        ({"a": "60", "b": "39.99"}, True, "not_whole"),
        ({"a": "60", "b": "40.01"}, True, "not_whole"),
    ],
)
def test_weights_that_share_nothing_are_refused(shares: dict[str, str], percents: bool, code: str) -> None:
    with pytest.raises(AllocationError) as refused:
        check({key: Decimal(one) for key, one in shares.items()}, percents=percents)
    assert refused.value.code == code


def test_fractions_are_what_is_shown() -> None:
    assert fractions({"a": Decimal(1), "b": Decimal(3)}) == {"a": Decimal("0.25"), "b": Decimal("0.75")}
