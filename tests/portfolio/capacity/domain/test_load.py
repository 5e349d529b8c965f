"""Work spread over months keeps its sum, and a load has its word."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.capacity.domain.load import LoadState, load_state, months_from, spread
from portfolio.people.domain.calendar import Calendar, CalendarException, standard_calendar

CALENDAR = standard_calendar()


def test_work_follows_the_working_time_of_each_month() -> None:
    # 30 and 31 March, then 1 to 3 April 2026: two days and three.
    got = spread(2100, datetime(2026, 3, 30, 9), datetime(2026, 4, 3, 17), CALENDAR)
    assert got == {date(2026, 3, 1): 840, date(2026, 4, 1): 1260}


def test_days_away_carry_no_work() -> None:
    away = CALENDAR.with_exceptions(CalendarException(date(2026, 4, 1), date(2026, 4, 2)))
    got = spread(2100, datetime(2026, 3, 30, 9), datetime(2026, 4, 3, 17), away)
    assert got == {date(2026, 3, 1): 1400, date(2026, 4, 1): 700}


def test_work_of_somebody_away_all_along_is_not_lost() -> None:
    away = CALENDAR.with_exceptions(CalendarException(date(2026, 3, 1), date(2026, 4, 30)))
    got = spread(100, datetime(2026, 3, 31, 9), datetime(2026, 4, 3, 17), away)
    assert got == {date(2026, 3, 1): 25, date(2026, 4, 1): 75}
    nobody = Calendar("vide", ((),) * 7)
    assert spread(7, datetime(2026, 3, 31), datetime(2026, 3, 31), nobody) == {date(2026, 3, 1): 7}


@given(
    work=st.integers(0, 10**6),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
    length=st.timedeltas(timedelta(0), timedelta(days=900)),
)
def test_the_sum_is_the_work_to_the_minute(work: int, start: datetime, length: timedelta) -> None:
    got = spread(work, start, start + length, CALENDAR)
    assert sum(got.values()) == work
    assert all(minutes > 0 for minutes in got.values())


@pytest.mark.parametrize(
    ("load", "capacity", "state"),
    [
        (0, 0, LoadState.NONE),
        (1, 0, LoadState.OVER),
        (0, 100, LoadState.UNDER),
        (79, 100, LoadState.UNDER),
        (80, 100, LoadState.BALANCED),
        (100, 100, LoadState.BALANCED),
        (110, 100, LoadState.TIGHT),
        (111, 100, LoadState.OVER),
    ],
)
def test_thresholds(load: int, capacity: int, state: LoadState) -> None:
    assert load_state(load, capacity) is state


def test_months_cross_years() -> None:
    assert months_from(date(2026, 11, 15), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
