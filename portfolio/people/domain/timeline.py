"""A calendar's working time as sorted arrays of whole minutes, for who asks hundreds of thousands of times.

Minutes are counted from the first day of year 1, so that instants are plain integers. Tables grow by years as they
are asked for; each question is then a binary search.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from itertools import accumulate

from portfolio.people.domain.calendar import DAY_MINUTES, HORIZON_YEARS, Calendar, CalendarError, Intervals

EPOCH = datetime.combine(date.min, time())
FIRST_ORDINAL = EPOCH.toordinal()


def to_minutes(instant: datetime) -> int:
    """A wall-clock instant in minutes; seconds are left out."""
    return (instant.toordinal() - FIRST_ORDINAL) * DAY_MINUTES + instant.hour * 60 + instant.minute


def to_instant(minutes: int) -> datetime:
    """The instant of `to_minutes`. Raises CalendarError(out_of_range)."""
    try:
        return EPOCH + timedelta(minutes=minutes)
    except OverflowError as error:
        raise CalendarError("out_of_range", minutes=minutes) from error


class Timeline:
    """Working time around `anchor` (minutes): it answers up to 200 years from there.

    Raises CalendarError: no_working_time, out_of_range.
    """

    __slots__ = ("_anchor", "_days", "before", "ends", "first_year", "high", "last_year", "low", "starts")

    def __init__(
        self, days_of_year: Callable[[int], Sequence[Intervals]], anchor: int, *, works: bool = True
    ) -> None:
        if not works:
            raise CalendarError("no_working_time")
        self._days, self._anchor = days_of_year, to_instant(anchor).year
        self.starts: list[int] = []
        self.ends: list[int] = []
        # Minutes worked before each interval, and before what follows the last: one more than there are intervals.
        self.before: list[int] = [0]
        self.first_year, self.last_year = self._anchor, self._anchor - 1
        self.low = self.high = _year_start(self._anchor)
        self._after(self._anchor + 1)

    @classmethod
    def of(cls, calendar: Calendar, anchor: int) -> "Timeline":
        """The timeline of a calendar."""
        works = any(calendar.week) or any(exception.intervals for exception in calendar.exceptions)
        return cls(calendar.days_of_year, anchor, works=works)

    @classmethod
    def common(cls, one: Calendar, other: Calendar, anchor: int) -> "Timeline":
        """The time that both calendars work."""

        def days(year: int) -> Sequence[Intervals]:
            pairs = zip(one.days_of_year(year), other.days_of_year(year), strict=True)
            return [_intersection(mine, theirs) for mine, theirs in pairs]

        return cls(days, anchor)

    def worked(self, minute: int) -> int:
        """Minutes of work before `minute`, from a fixed origin: differences are what counts."""
        if not self.low <= minute < self.high:
            self._cover(minute)
        index = bisect_right(self.starts, minute) - 1
        if index < 0:
            return self.before[0]
        end = self.ends[index]
        return self.before[index] + (minute if minute < end else end) - self.starts[index]

    def between(self, start: int, finish: int) -> int:
        """Minutes of work from `start` to `finish`; negative when `finish` comes first."""
        return self.worked(finish) - self.worked(start)

    def add(self, minute: int, work: int) -> int:
        """The instant reached by `work` minutes from `minute`, itself for none.

        Forward the earliest such instant (an evening), backward the latest (a morning).
        """
        if not work:
            return minute
        target = self.worked(minute) + work
        if work > 0:
            while target > self.before[-1]:
                self._after(self._further(self.last_year + 1))
            index = bisect_left(self.before, target) - 1
        else:
            while target < self.before[0] or not self.starts:
                self._earlier(self._further(self.first_year - 1))
            index = bisect_right(self.before, target) - 1
        return self.starts[index] + target - self.before[index]

    def next_start(self, minute: int) -> int:
        """`minute` when work can begin then, else the next start of work."""
        if not self.low <= minute < self.high:
            self._cover(minute)
        index = bisect_right(self.ends, minute)
        while index == len(self.ends):
            self._after(self._further(self.last_year + 1))
            index = bisect_right(self.ends, minute)
        start = self.starts[index]
        return minute if minute > start else start

    def previous_finish(self, minute: int) -> int:
        """`minute` when work can end then, else the last end of work before it."""
        if not self.low <= minute < self.high:
            self._cover(minute)
        index = bisect_left(self.starts, minute) - 1
        while index < 0:
            self._earlier(self._further(self.first_year - 1))
            index = bisect_left(self.starts, minute) - 1
        end = self.ends[index]
        return minute if minute < end else end

    def is_finish(self, minute: int) -> bool:
        """Whether a stretch of work ends exactly then."""
        if not self.low <= minute < self.high:
            self._cover(minute)
        index = bisect_left(self.ends, minute)
        return index < len(self.ends) and self.ends[index] == minute

    # --- growth

    def _cover(self, minute: int) -> None:
        year = to_instant(minute).year
        self._further(year)
        if year > self.last_year:
            self._after(year)
        if year < self.first_year:
            self._earlier(year)
        if year == self.last_year:  # what ends at midnight of 31 December is followed by something
            self._after(min(year + 1, MAXYEAR))

    def _further(self, year: int) -> int:
        if abs(year - self._anchor) > HORIZON_YEARS or not MINYEAR < year < MAXYEAR:
            raise CalendarError("out_of_range" if self.starts else "no_working_time", year=year)
        return year

    def _after(self, year: int) -> None:
        """Count the years up to `year`, twice what is known at least."""
        wanted = min(max(year, 2 * self.last_year - self.first_year + 1), self._anchor + HORIZON_YEARS, MAXYEAR - 1)
        for number in range(self.last_year + 1, max(wanted, year) + 1):
            starts, ends = self._count(number)
            totals = accumulate(
                (end - start for start, end in zip(starts, ends, strict=True)), initial=self.before[-1]
            )
            self.before[-1:] = totals
            self.starts += starts
            self.ends += ends
            self.last_year = number
        self.high = _year_start(self.last_year + 1)

    def _earlier(self, year: int) -> None:
        for number in range(self.first_year - 1, year - 1, -1):
            starts, ends = self._count(number)
            lengths = [end - start for start, end in zip(starts, ends, strict=True)]
            self.before[:1] = accumulate(lengths, initial=self.before[0] - sum(lengths))
            self.starts[:0] = starts
            self.ends[:0] = ends
            self.first_year = number
        self.low = _year_start(self.first_year)

    def _count(self, year: int) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        midnight = _year_start(year)
        for intervals in self._days(year):
            for start, end in intervals:
                starts.append(midnight + start)
                ends.append(midnight + end)
            midnight += DAY_MINUTES
        return starts, ends


def _year_start(year: int) -> int:
    return (date(year, 1, 1).toordinal() - FIRST_ORDINAL) * DAY_MINUTES


def _intersection(mine: Intervals, theirs: Intervals) -> Intervals:
    pairs = ((max(a, c), min(b, d)) for a, b in mine for c, d in theirs)
    return tuple((start, end) for start, end in pairs if start < end)
