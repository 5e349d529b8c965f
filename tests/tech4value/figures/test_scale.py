"""Ticks are round numbers that hold every value."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tech4value.figures.scale import date_scale, nice_scale, nice_step

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
@example([-1e-300], True)
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


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (date(2026, 3, 4), date(2026, 3, 6), ["2026-03-04", "2026-03-05", "2026-03-06"]),
        (date(2026, 3, 4), date(2026, 3, 25), ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]),
        (date(2025, 5, 29), date(2025, 8, 20),
         ["2025-05-01", "2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01"]),
        (date(2025, 4, 29), date(2026, 2, 20),
         ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"]),
        (date(2024, 12, 1), date(2028, 1, 1), ["2024-01-01", "2025-01-01", "2026-01-01", "2027-01-01", "2028-01-01"]),
    ],
)  # fmt: skip
def test_dates_have_ticks_on_mondays_firsts_of_months_and_of_quarters(
    first: date, last: date, ticks: list[str]
) -> None:
    scale = date_scale([float(first.toordinal()), float(last.toordinal())], 100, 0)
    assert [date.fromordinal(int(tick)).isoformat() for tick in scale.ticks] == ticks


@given(st.lists(st.floats(min_value=-1e9, max_value=1e9) | st.dates().map(lambda day: float(day.toordinal()))))
def test_every_date_is_within_the_ends(data: list[float]) -> None:
    scale = date_scale(data, 200, 0)
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert all(scale.low - 1e-3 <= value <= scale.high + 1e-3 for value in data)
