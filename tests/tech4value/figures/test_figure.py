"""A figure knows its change and whether it is good news."""

from decimal import Decimal

import pytest

from tech4value.figures.figure import Figure


@pytest.mark.parametrize(
    ("value", "previous", "good_when", "delta", "sentiment"),
    [
        (Decimal(12), Decimal(10), "up", Decimal(2), "good"),
        (Decimal(12), Decimal(10), "down", Decimal(2), "bad"),
        (0.1, 0.3, "down", Decimal("-0.2"), "good"),
        (3, 3, "up", 0, "neutral"),
        (3, 1, None, 2, "neutral"),
        (None, 3, "up", None, "neutral"),
        (3, None, "up", None, "neutral"),
    ],
)
def test_change(value: Decimal, previous: Decimal, good_when: "str", delta: Decimal, sentiment: str) -> None:
    figure = Figure("k", "Libellé", value, previous=previous, good_when=good_when)  # type: ignore[arg-type]  # cases
    assert figure.delta == delta
    assert figure.sentiment == sentiment
