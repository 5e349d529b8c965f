"""What labour law lets be asked of somebody: rest, hours a week, days a year. Pure.

French Labour Code: daily rest L3131-1 (11 consecutive hours), weekly rest L3132-1 and L3132-2 (six days a week at
most, and 24 hours more than the daily rest: 35), longest day L3121-18 (10 hours), legal week L3121-27 (35 hours),
longest week L3121-20 (48 hours), days package L3121-64 (at most 218 days a year).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portfolio.people.domain.calendar import DAY_MINUTES, Calendar, Intervals

HOUR = 60
WEEK_MINUTES = 7 * DAY_MINUTES
DAILY_REST = 11 * HOUR
WEEKLY_REST = 35 * HOUR
LEGAL_WEEK = 35 * HOUR
LONGEST_DAY = 10 * HOUR
LONGEST_WEEK = 48 * HOUR
MOST_DAYS = 6
YEARLY_DAYS = 218


class Regime(StrEnum):
    """How the working time of a person is counted."""

    NONE = "none"
    HOURS = "hours"
    DAYS = "days"


class Rule(StrEnum):
    """What a breach breaks."""

    DAILY_REST = "daily_rest"
    WEEKLY_REST = "weekly_rest"
    WEEKLY_HOURS = "weekly_hours"
    LONGEST_DAY = "longest_day"
    LONGEST_WEEK = "longest_week"
    SEVENTH_DAY = "seventh_day"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a week breaks: its limit and what the week gives, in minutes (in days for the seventh day).
    `weekday` (Monday is 0) is the day that is too long, or after which the rest is too short; None when the whole
    week is meant."""

    rule: Rule
    limit: int
    actual: int
    weekday: int | None = None

    @property
    def gap(self) -> int:
        """By how much, in minutes; always positive."""
        return abs(self.limit - self.actual)


@dataclass(frozen=True, slots=True)
class DaysCount:
    """Days of a year under a days package: worked until today included, planned after, and the cap."""

    used: int
    ahead: int
    cap: int

    @property
    def excess(self) -> int:
        """Days beyond the cap if the rest of the year goes as planned; 0 when it holds."""
        return max(self.used + self.ahead - self.cap, 0)

    @property
    def left(self) -> int:
        """Days that may still be worked; 0 when the cap is reached."""
        return max(self.cap - self.used, 0)


def week_breaches(week: Sequence[Intervals], regime: Regime, weekly_minutes: int = LEGAL_WEEK) -> tuple[Breach, ...]:
    """The rules that a week of seven days of intervals (Monday first), repeated for ever, breaks.

    Somebody without a regime has no rule. Under a days package hours are not counted, rest is.
    """
    if regime is Regime.NONE:
        return ()
    found = [*_daily_rest(week), *_weekly_rest(week)]
    worked = sum(end - start for day in week for start, end in day)
    if regime is Regime.HOURS and worked > weekly_minutes:
        found.append(Breach(Rule.WEEKLY_HOURS, weekly_minutes, worked))
    return tuple(found)


def worked_breaches(minutes: Sequence[int], regime: Regime, weekly_minutes: int = LEGAL_WEEK) -> tuple[Breach, ...]:
    """The rules that a week as it was worked breaks: `minutes` of each of its seven days, Monday first.

    When in the day the work was done is not known: a day of more than 13 hours is what leaves less than the daily
    rest. Of two limits of a week the one that is broken most is told. Somebody without a regime has no rule.
    """
    if regime is Regime.NONE:
        return ()
    found = []
    for weekday, worked in enumerate(minutes):
        if worked > DAY_MINUTES - DAILY_REST:
            found.append(Breach(Rule.DAILY_REST, DAILY_REST, max(DAY_MINUTES - worked, 0), weekday))
        elif regime is Regime.HOURS and worked > LONGEST_DAY:
            found.append(Breach(Rule.LONGEST_DAY, LONGEST_DAY, worked, weekday))
    total, days = sum(minutes), sum(1 for worked in minutes if worked)
    if days > MOST_DAYS:
        found.append(Breach(Rule.SEVENTH_DAY, MOST_DAYS, days))
    if regime is Regime.HOURS and total > LONGEST_WEEK:
        found.append(Breach(Rule.LONGEST_WEEK, LONGEST_WEEK, total))
    elif regime is Regime.HOURS and total > weekly_minutes:
        found.append(Breach(Rule.WEEKLY_HOURS, weekly_minutes, total))
    return tuple(found)


def days_count(calendar: Calendar, year: int, today: date, cap: int) -> DaysCount:
    """The working days of `year` in a person's own calendar (absences, arrival and departure are days off in it)."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    pivot = min(max(today, first - timedelta(days=1)), last)
    used = calendar.working_days_between(first, pivot)
    return DaysCount(used, calendar.working_days_between(pivot + timedelta(days=1), last), cap)


def _spans(week: Sequence[Intervals]) -> list[tuple[int, int]]:
    """Work in minutes since Monday, what touches joined: a night shift is one span."""
    spans: list[tuple[int, int]] = []
    for index, day in enumerate(week):
        for start, end in day:
            low, high = index * DAY_MINUTES + start, index * DAY_MINUTES + end
            if spans and spans[-1][1] == low:
                spans[-1] = (spans[-1][0], high)
            else:
                spans.append((low, high))
    return spans


def _rests(spans: list[tuple[int, int]]) -> list[int]:
    """The minutes off after each span; the week begins again after the last."""
    nexts = [*(start for start, _end in spans[1:]), spans[0][0] + WEEK_MINUTES]
    return [start - end for (_start, end), start in zip(spans, nexts, strict=True)]


def _weekly_rest(week: Sequence[Intervals]) -> list[Breach]:
    spans = _spans(week)
    longest = max(_rests(spans)) if spans else WEEK_MINUTES
    return [Breach(Rule.WEEKLY_REST, WEEKLY_REST, longest)] if longest < WEEKLY_REST else []


def _daily_rest(week: Sequence[Intervals]) -> list[Breach]:
    """Between two rests of 11 hours at most 13 hours go by: the shortest of the rests that fall short, once."""
    spans = _spans(week)
    if not spans:
        return []
    rests = _rests(spans)
    long = [index for index, rest in enumerate(rests) if rest >= DAILY_REST]
    if not long:
        worst = max(rests)
        return [Breach(Rule.DAILY_REST, DAILY_REST, worst, _weekday(spans[rests.index(worst)][1]))]
    # Turned so that the week begins after a long rest: no stretch of work runs over its end.
    turn = long[0] + 1
    spans = spans[turn:] + [(start + WEEK_MINUTES, end + WEEK_MINUTES) for start, end in spans[:turn]]
    rests = rests[turn:] + rests[:turn]
    found: list[Breach] = []
    begun = 0
    for index, rest in enumerate(rests):
        if rest < DAILY_REST:
            continue
        length = spans[index][1] - spans[begun][0]
        if length > DAY_MINUTES - DAILY_REST:
            inner = rests[begun:index]
            actual = max(DAY_MINUTES - length, max(inner, default=0), 0)
            after = begun + inner.index(max(inner)) if inner else begun
            found.append(Breach(Rule.DAILY_REST, DAILY_REST, actual, _weekday(spans[after][1])))
        begun = index + 1
    return [min(found, key=lambda one: one.actual)] if found else []


def _weekday(instant: int) -> int:
    """The day of the week whose work ends at `instant`, minutes since some Monday."""
    return (instant - 1) % WEEK_MINUTES // DAY_MINUTES
