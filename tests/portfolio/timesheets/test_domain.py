"""What people type, and what is left to do."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.timesheets.domain import (
    TimeError,
    Unit,
    WeekOfWork,
    monday_of,
    parse_minutes,
    still_to_do,
    week_days,
    written,
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        ("  ", 0),
        ("0", 0),
        ("3,5", 210),
        ("3.5", 210),
        (",5", 30),
        ("3h30", 210),
        ("3 h 30", 210),
        ("3H", 180),
        ("3:30", 210),
        ("3h5", 185),
        ("0,5j", 210),
        ("0.5d", 210),
        ("1 j", 420),
        ("45min", 45),
        ("45 m", 45),
        ("24", 1440),
        ("0,333j", 140),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert parse_minutes(text, Unit.HOURS, 420) == minutes


def test_a_number_alone_is_in_the_unit_of_the_organisation() -> None:
    assert parse_minutes("0,5", Unit.DAYS, 468) == 234
    assert parse_minutes("0,5", Unit.HOURS, 468) == 30


@pytest.mark.parametrize("text", ["-1", "3h75", "abc", "3,5,5", "1e3", "²", "3h30h", "9" * 30, "NaN", "--"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(TimeError) as refused:
        parse_minutes(text, Unit.HOURS, 420)
    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("text", ["25", "24h01", "4j", "1441min"])
def test_no_day_is_longer_than_24_hours(text: str) -> None:
    with pytest.raises(TimeError) as refused:
        parse_minutes(text, Unit.HOURS, 420)
    assert refused.value.code == "too_long"


@given(st.integers(0, 1440), st.sampled_from(list(Unit)), st.integers(60, 720), st.sampled_from([",", "."]))
def test_what_is_written_is_read_back_as_the_same(minutes: int, unit: Unit, day: int, comma: str) -> None:
    assert parse_minutes(written(minutes, unit, day, comma), unit, day) == minutes


@given(st.text(max_size=25))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    with contextlib.suppress(TimeError):
        assert 0 <= parse_minutes(text, Unit.DAYS, 420) <= 1440


def test_a_week_begins_on_monday() -> None:
    assert monday_of(date(2026, 3, 8)) == date(2026, 3, 2) == monday_of(date(2026, 3, 2))
    assert week_days(date(2026, 3, 2))[-1] == date(2026, 3, 8)


def week(day: int, minutes: int, remaining: int | None = None) -> WeekOfWork:
    return WeekOfWork(date(2026, 3, day), minutes, remaining)


@pytest.mark.parametrize(
    ("weeks", "left"),
    [
        ([], 1000),
        ([week(2, 300)], 700),
        ([week(2, 300), week(9, 900)], 0),
        ([week(2, 300, 900)], 900),
        ([week(2, 300, 900), week(9, 200)], 700),
        ([week(9, 200), week(2, 300, 900)], 700),
        ([week(2, 300, 900), week(9, 200, 0)], 0),
        ([week(2, 300, 100), week(9, 200)], 0),
    ],
    ids=str,
)
def test_what_is_left_is_what_was_said_last_less_what_was_done_since(weeks: list[WeekOfWork], left: int) -> None:
    assert still_to_do(1000, weeks) == left
