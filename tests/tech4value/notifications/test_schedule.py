"""When a message may go: quiet nights and digests, on the nights when the clocks change too."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.notifications.schedule import Wishes, after_quiet, next_moment

PARIS = ZoneInfo("Europe/Paris")


def wall(text: str, fold: int = 0) -> datetime:
    """An instant, by what a clock in Paris shows."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


NIGHT = Wishes(PARIS, quiet_from=time(22), quiet_until=time(7))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-18 21:59", "2026-11-18 21:59"),
        ("2026-11-18 22:00", "2026-11-19 07:00"),
        ("2026-11-19 06:59", "2026-11-19 07:00"),
        ("2026-11-19 07:00", "2026-11-19 07:00"),
        # The night that summer time begins is an hour shorter, the one that it ends an hour longer.
        ("2026-03-28 23:30", "2026-03-29 07:00"),
        ("2026-03-29 03:10", "2026-03-29 07:00"),
        ("2026-10-24 23:30", "2026-10-25 07:00"),
        ("2026-10-25 02:30", "2026-10-25 07:00"),
    ],
)
def test_a_message_of_the_night_waits_for_the_morning(now: str, then: str) -> None:
    assert next_moment(wall(now), NIGHT) == wall(then)


def test_the_night_is_an_hour_shorter_or_longer() -> None:
    start, end = wall("2026-03-28 22:00"), next_moment(wall("2026-03-28 22:00"), NIGHT)
    assert end - start == timedelta(hours=8)
    start, end = wall("2026-10-24 22:00"), next_moment(wall("2026-10-24 22:00"), NIGHT)
    assert end - start == timedelta(hours=10)


def test_a_quiet_time_that_ends_in_the_hour_that_comes_twice_does_not_begin_again() -> None:
    until = Wishes(PARIS, quiet_from=time(22), quiet_until=time(2, 30))
    assert after_quiet(wall("2026-10-25 02:10"), until) == wall("2026-10-25 02:30")
    second = wall("2026-10-25 02:10", fold=1)
    assert after_quiet(second, until) == second


def test_a_quiet_time_that_ends_in_the_hour_that_does_not_come_ends_after_it() -> None:
    until = Wishes(PARIS, quiet_from=time(22), quiet_until=time(2, 30))
    assert after_quiet(wall("2026-03-29 01:50"), until) == wall("2026-03-29 03:30")


def test_a_digest_comes_at_its_hour_and_on_its_day() -> None:
    daily = Wishes(PARIS, rhythm="daily", hour=8)
    assert next_moment(wall("2026-11-18 07:59"), daily) == wall("2026-11-18 08:00")
    assert next_moment(wall("2026-11-18 08:01"), daily) == wall("2026-11-19 08:00")
    weekly = Wishes(PARIS, rhythm="weekly", hour=9, weekday=0)
    assert next_moment(wall("2026-11-18 12:00"), weekly) == wall("2026-11-23 09:00")
    assert next_moment(wall("2026-03-27 12:00"), weekly) == wall("2026-03-30 09:00")


def test_a_digest_whose_hour_is_quiet_waits_too() -> None:
    wishes = Wishes(PARIS, rhythm="daily", hour=6, quiet_from=time(20), quiet_until=time(7))
    assert next_moment(wall("2026-11-18 12:00"), wishes) == wall("2026-11-19 07:00")


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.sampled_from(["at_once", "daily", "weekly"]),
)
def test_a_message_is_never_early_nor_lost(now: datetime, start: time, end: time, zone: str, rhythm: str) -> None:
    wishes = Wishes(ZoneInfo(zone), rhythm, 8, 2, start.replace(tzinfo=None), end.replace(tzinfo=None))  # type: ignore[arg-type]
    moment = now.replace(tzinfo=UTC)
    found = next_moment(moment, wishes)
    assert moment <= found <= moment + timedelta(days=9)
    assert after_quiet(found, wishes) == found
