"""A calendar's timeline answers as the calendar does, which counts in another way."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.people.domain.calendar import (
    Calendar,
    CalendarError,
    CalendarException,
    HolidayRegion,
    standard_calendar,
)
from portfolio.people.domain.timeline import Timeline, to_instant, to_minutes

# A busy machine draws its examples slowly: that says nothing of what is tried.
ANCHOR = datetime(2026, 3, 2, 9)
CALENDARS = [
    standard_calendar(HolidayRegion("FR")),
    Calendar("Nuit", (((0, 360), (1320, 1440)),) * 5 + ((), ())),
    Calendar("Continu", (((0, 1440),),) * 7),
    standard_calendar().with_exceptions(
        CalendarException(date(2026, 1, 1), date(2027, 6, 30)),
        CalendarException(date(2026, 5, 2), date(2026, 5, 2), ((0, 9),)),
    ),
]
MOMENTS = st.integers(-900 * 1440, 1500 * 1440).map(lambda minutes: ANCHOR + timedelta(minutes=minutes))


@settings(max_examples=300)
@given(st.sampled_from(CALENDARS), MOMENTS, MOMENTS, st.integers(-60_000, 60_000))
def test_a_timeline_answers_as_its_calendar(calendar: Calendar, moment: datetime, other: datetime, work: int) -> None:
    timeline = Timeline.of(calendar, to_minutes(ANCHOR))
    minute = to_minutes(moment)
    assert to_instant(timeline.add(minute, work)) == calendar.add_working_minutes(moment, work)
    assert to_instant(timeline.next_start(minute)) == calendar.next_working_instant(moment)
    if timeline.previous_finish(minute) % 1440:  # midnight has two names, which are one instant
        assert to_instant(timeline.previous_finish(minute)) == calendar.previous_working_instant(moment)
    assert timeline.between(minute, to_minutes(other)) == calendar.working_minutes_between(moment, other)


def test_common_time_is_what_both_work() -> None:
    night = Calendar("Soir", (((960, 1200),),) * 7)
    both = Timeline.common(standard_calendar(), night, to_minutes(ANCHOR))
    assert to_instant(both.add(to_minutes(ANCHOR), 90)) == datetime(2026, 3, 3, 16, 30)


def test_a_calendar_without_work_is_refused_at_once() -> None:
    with pytest.raises(CalendarError) as caught:
        Timeline.of(Calendar("Vide", ((),) * 7), to_minutes(ANCHOR))
    assert caught.value.code == "no_working_time"


def test_two_centuries_are_the_limit() -> None:
    timeline = Timeline.of(standard_calendar(), to_minutes(ANCHOR))
    for question in (
        lambda: timeline.add(to_minutes(ANCHOR), 10**9),
        lambda: timeline.add(to_minutes(ANCHOR), -(10**9)),
    ):
        with pytest.raises(CalendarError) as caught:
            question()
        assert caught.value.code == "out_of_range"
