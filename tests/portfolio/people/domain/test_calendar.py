"""Working time against a minute-by-minute oracle, and the public holidays that French projects meet."""

import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.people.domain.calendar import (
    DAY_MINUTES,
    STANDARD_DAY,
    Calendar,
    CalendarError,
    CalendarException,
    HolidayRegion,
    holiday_subdivisions,
    public_holidays,
    standard_calendar,
)

FRANCE = standard_calendar(HolidayRegion("FR"))
PLAIN = standard_calendar()
NIGHT = Calendar(
    "Nuit", (((1380, 1440),),) + (((0, 180), (240, 480), (1380, 1440)),) * 4 + (((0, 180), (240, 480)), ())
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_french_day_is_seven_hours() -> None:
    assert PLAIN.minutes_on(date(2026, 3, 2)) == 420
    assert PLAIN.working_minutes_between(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == 35 * 60


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-02 09:00", 420, "2026-03-02 17:00"),
        ("2026-03-02 09:00", 180, "2026-03-02 12:00"),
        ("2026-03-02 09:00", 181, "2026-03-02 13:01"),
        ("2026-03-06 16:00", 120, "2026-03-09 10:00"),
        ("2026-03-07 10:00", 60, "2026-03-09 10:00"),
        ("2026-03-02 17:00", -420, "2026-03-02 09:00"),
        ("2026-03-02 13:00", -180, "2026-03-02 09:00"),
        ("2026-03-09 09:00", -60, "2026-03-06 16:00"),
        ("2026-03-08 12:00", 0, "2026-03-08 12:00"),
        ("2026-01-01 09:00", -420, "2025-12-31 09:00"),
        ("2026-12-31 09:00", 840, "2027-01-01 17:00"),
    ],
)
def test_adding_working_minutes(start: str, minutes: int, expected: str) -> None:
    assert PLAIN.add_working_minutes(at(start), minutes) == at(expected)


def test_edges_of_working_time() -> None:
    assert PLAIN.next_working_instant(at("2026-03-02 12:00")) == at("2026-03-02 13:00")
    assert PLAIN.next_working_instant(at("2026-03-06 17:00")) == at("2026-03-09 09:00")
    assert PLAIN.next_working_instant(at("2026-03-02 10:30")) == at("2026-03-02 10:30")
    assert PLAIN.previous_working_instant(at("2026-03-02 13:00")) == at("2026-03-02 12:00")
    assert PLAIN.previous_working_instant(at("2026-03-09 09:00")) == at("2026-03-06 17:00")
    assert PLAIN.previous_working_instant(at("2026-03-08 09:00")) == at("2026-03-06 17:00")


def test_a_shift_that_crosses_midnight() -> None:
    assert NIGHT.add_working_minutes(at("2026-03-02 23:00"), 120) == at("2026-03-03 01:00")
    assert NIGHT.is_working_instant(at("2026-03-07 08:00"))
    assert NIGHT.is_working_instant(at("2026-03-03 00:00"))
    assert not NIGHT.is_working_instant(at("2026-03-02 00:00"))


def test_french_public_holidays() -> None:
    assert not FRANCE.is_working_day(date(2026, 7, 14))
    assert FRANCE.working_days_between(date(2026, 5, 1), date(2026, 5, 31)) == 17
    assert FRANCE.add_working_minutes(at("2026-05-07 13:00"), 480) == at("2026-05-11 14:00")
    assert public_holidays(HolidayRegion("FR"), 2026)[date(2026, 7, 14)] == "Fête nationale"


@pytest.mark.parametrize("subdivision", ["57", "6AE"])
def test_alsace_and_moselle_rest_on_good_friday_and_on_saint_stephen(subdivision: str) -> None:
    local = standard_calendar(HolidayRegion("FR", subdivision))
    assert FRANCE.is_working_day(date(2026, 4, 3))
    assert not local.is_working_day(date(2026, 4, 3))
    assert not local.is_working_day(date(2025, 12, 26))
    assert subdivision in holiday_subdivisions("FR")
    assert not any("Zone" in code for code in holiday_subdivisions("FR"))


def test_overseas_and_other_countries() -> None:
    assert not standard_calendar(HolidayRegion("FR", "974")).is_working_day(date(2027, 12, 20))
    assert not standard_calendar(HolidayRegion("DE", "BY")).is_working_day(date(2026, 1, 6))
    assert standard_calendar(HolidayRegion("DE", "BE")).is_working_day(date(2026, 1, 6))


@pytest.mark.parametrize("region", [HolidayRegion("XX"), HolidayRegion("FR", "ZZ")])
def test_unknown_holidays_are_refused(region: HolidayRegion) -> None:
    with pytest.raises(CalendarError) as caught:
        standard_calendar(region)
    assert caught.value.code == "unknown_holidays"


def test_exceptions_win_over_holidays_and_the_later_over_the_earlier() -> None:
    works = CalendarException(date(2026, 7, 14), date(2026, 7, 14), ((600, 720),))
    closed = CalendarException(date(2026, 8, 3), date(2026, 8, 14))
    back = CalendarException(date(2026, 8, 10), date(2026, 8, 10), STANDARD_DAY)
    calendar = FRANCE.with_exceptions(works, closed, back)
    assert calendar.minutes_on(date(2026, 7, 14)) == 120
    assert calendar.working_days_between(date(2026, 8, 1), date(2026, 8, 16)) == 1
    assert calendar.working_days_between(date(2026, 8, 16), date(2026, 8, 1)) == 0


def test_no_working_time_ends_with_its_own_error() -> None:
    empty = Calendar("Vide", ((),) * 7)
    for question in (
        lambda: empty.add_working_minutes(at("2026-03-02 09:00"), 1),
        lambda: empty.add_working_minutes(at("2026-03-02 09:00"), -1),
        lambda: empty.next_working_instant(at("2026-03-02 09:00")),
        lambda: empty.previous_working_instant(at("2026-03-02 09:00")),
    ):
        with pytest.raises(CalendarError) as caught:
            question()
        assert caught.value.code == "no_working_time"
    once = empty.with_exceptions(CalendarException(date(2030, 1, 1), date(2030, 1, 1), ((600, 660),)))
    assert once.next_working_instant(at("2026-03-02 09:00")) == at("2030-01-01 10:00")
    with pytest.raises(CalendarError) as caught:
        once.add_working_minutes(at("2026-03-02 09:00"), 61)
    assert caught.value.code == "out_of_range"


@pytest.mark.parametrize("instant", [datetime.min, datetime.max, at("9999-12-31 23:00"), at("0001-01-01 08:00")])
@pytest.mark.parametrize("minutes", [-(10**30), -1, 1, 10**30])
def test_the_ends_of_time_raise_only_the_calendar_error(instant: datetime, minutes: int) -> None:
    for question in (
        lambda: PLAIN.add_working_minutes(instant, minutes),
        lambda: NIGHT.add_working_minutes(instant, minutes),
        lambda: PLAIN.next_working_instant(instant),
        lambda: PLAIN.previous_working_instant(instant),
        lambda: PLAIN.is_working_instant(instant),
    ):
        try:
            question()
        except CalendarError as error:
            assert error.code == "out_of_range"


@pytest.mark.parametrize(
    "intervals",
    [((60, 60),), ((60, 30),), ((0, 1441),), ((-1, 5),), ((0, 60), (30, 90)), ((60, 90), (0, 30))],
)
def test_bad_intervals_are_refused(intervals: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(CalendarError):
        Calendar("x", (intervals,) * 7)
    with pytest.raises(CalendarError):
        Calendar("x", ((),) * 6)
    with pytest.raises(CalendarError):
        CalendarException(date(2026, 1, 2), date(2026, 1, 1))


def test_years_of_dates_are_quick() -> None:
    calendar = standard_calendar(HolidayRegion("FR"))
    calendar.working_minutes_between(at("2000-01-01 00:00"), at("2060-01-01 00:00"))
    begun = time.perf_counter()
    for _ in range(1000):
        calendar.add_working_minutes(at("2026-01-05 09:00"), 10 * 52 * 5 * 420)
    assert time.perf_counter() - begun < 1.0


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Odd working days: any hours, midnight included, with exceptions over the fortnight of the oracle."""

    def intervals() -> tuple[tuple[int, int], ...]:
        hours = draw(st.lists(st.integers(0, 24), max_size=6, unique=True))
        edges = sorted(hour * 60 for hour in hours[: len(hours) // 2 * 2])
        return tuple(zip(edges[::2], edges[1::2], strict=True))

    week = tuple(intervals() for _ in range(7))
    exceptions = []
    for offset in draw(st.lists(st.integers(0, 20), max_size=3)):
        day = date(2025, 12, 25) + timedelta(days=offset)
        exceptions.append(CalendarException(day, day + timedelta(days=draw(st.integers(0, 2))), intervals()))
    return Calendar("tiré", week, tuple(exceptions))


def minute_by_minute(calendar: Calendar, start: datetime, end: datetime) -> int:
    """The slow oracle: asks each minute whether it is worked."""
    count, moment = 0, start
    while moment < end:
        day = moment.date()
        intervals = calendar.week[day.weekday()]
        for exception in calendar.exceptions:
            if exception.start <= day <= exception.finish:
                intervals = exception.intervals
        minute = moment.hour * 60 + moment.minute
        count += any(low <= minute < high for low, high in intervals)
        moment += timedelta(minutes=1)
    return count


instants = st.integers(0, 10 * DAY_MINUTES).map(lambda m: datetime(2025, 12, 27) + timedelta(minutes=m))


@settings(max_examples=60)
@given(calendars(), instants, instants)
def test_minutes_between_equal_the_oracle(calendar: Calendar, one: datetime, two: datetime) -> None:
    start, end = sorted((one, two))
    expected = minute_by_minute(calendar, start, end)
    assert calendar.working_minutes_between(start, end) == expected
    assert calendar.working_minutes_between(end, start) == -expected


@settings(max_examples=150)
@given(calendars(), instants, st.integers(1, 3000))
def test_adding_then_counting_gives_back_the_minutes(calendar: Calendar, start: datetime, minutes: int) -> None:
    try:
        later = calendar.add_working_minutes(start, minutes)
        earlier = calendar.add_working_minutes(start, -minutes)
    except CalendarError:
        return
    one = timedelta(minutes=1)
    assert calendar.working_minutes_between(start, later) == minutes
    assert calendar.working_minutes_between(start, later - one) == minutes - 1
    assert calendar.working_minutes_between(earlier, start) == minutes
    assert calendar.working_minutes_between(earlier + one, start) == minutes - 1
    assert calendar.is_working_instant(later)
    assert calendar.is_working_instant(earlier)
