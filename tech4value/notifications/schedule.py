"""When a message may go. Pure: no Django, no clock.

Hours are those that the person reads on a wall, whatever the offset of the day: on the night when summer time begins
or ends, a quiet night is an hour shorter or longer, and never begins twice.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Rhythm = Literal["at_once", "daily", "weekly"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """`hour` (0-23) and `weekday` (0 Monday) of digests; no e-mail from `quiet_from` until `quiet_until`, which may
    be on the next day; both None: at any time. All in `zone`."""

    zone: ZoneInfo
    rhythm: Rhythm = "at_once"
    hour: int = 8
    weekday: int = 0
    quiet_from: time | None = None
    quiet_until: time | None = None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time; of one that comes twice the first, of one that does not come the instant
    as far after the change of the clocks."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def next_moment(now: datetime, wishes: Wishes) -> datetime:
    """The first instant, `now` (UTC) or later, at which a message that is ready now should go."""
    return after_quiet(_next_digest(now, wishes), wishes)


def after_quiet(moment: datetime, wishes: Wishes) -> datetime:
    """`moment`, or the end of the quiet time that it falls in."""
    start_at, end_at = wishes.quiet_from, wishes.quiet_until
    if start_at is None or end_at is None or start_at == end_at:
        return moment
    today = moment.astimezone(wishes.zone).date()
    for day in (today - DAY, today):
        start = instant(day, start_at, wishes.zone)
        end = instant(day if start_at < end_at else day + DAY, end_at, wishes.zone)
        if start <= moment < end:
            return end
    return moment


def _next_digest(now: datetime, wishes: Wishes) -> datetime:
    if wishes.rhythm == "at_once":
        return now
    day = now.astimezone(wishes.zone).date()
    while True:
        moment = instant(day, time(wishes.hour), wishes.zone)
        if moment >= now and (wishes.rhythm == "daily" or day.weekday() == wishes.weekday):
            return moment
        day += DAY
