"""Ticks are round numbers that hold every value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.figures.scale import nice_scale, nice_step

values = st.lists(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False), max_size=20)


@pytest.mark.parametrize(
    ("data", "ticks"),
    [
        ([0, 97], (0, 25, 50, 75, 100)),
        ([130], (0, 50, 100, 150)),
        ([-40, 60], (-50, -25, 0, 25, 50, 75)),
        ([0], (0,)),
        ([], (0, 0.25, 0.5, 0.75, 1)),
    ],
)
def test_ticks(data: list[float], ticks: tuple[float, ...]) -> None:
    assert nice_scale(data, 0, 100).ticks == ticks


@given(values, st.booleans())
def test_every_value_is_within_the_ends_and_zero_is_shown(data: list[float], from_zero: bool) -> None:
    scale = nice_scale(data, 200, 0, from_zero=from_zero)
    assert len(scale.ticks) <= 12
    assert list(scale.ticks) == sorted(set(scale.ticks))
    tolerance = max(map(abs, data), default=0) * 1e-6
    assert all(scale.low - tolerance <= value <= scale.high + tolerance for value in data)
    assert all(0 <= scale.at(value) <= 200 for value in data)
    if from_zero:
        assert scale.low <= 0 <= scale.high


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_counts_have_whole_ticks(data: list[int]) -> None:
    scale = nice_scale([float(value) for value in data], 0, 1, whole=True)
    assert all(tick == int(tick) for tick in scale.ticks)


@given(st.floats(1e-6, 1e12))
def test_a_step_is_one_two_two_and_a_half_or_five(span: float) -> None:
    mantissa = float(f"{nice_step(span, 4):e}".split("e")[0])
    assert mantissa in {1.0, 2.0, 2.5, 5.0}
    assert span / nice_step(span, 4) <= 4.0001
