"""Working time: weekly hours, dated exceptions and public holidays, to the minute.

Instants are wall-clock (naive) datetimes in the calendar's own place; durations are whole working minutes.
Years are counted once into tables of running totals, so that a question spanning years costs a few look-ups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType

import holidays

DAY_MINUTES = 24 * 60
# A project that needs more is a mistake in its data; the bound is also what stops a search for working time.
HORIZON_YEARS = 200

Interval = tuple[int, int]
"""Start and end in minutes since midnight, the end excluded; 1440 is midnight at the end of the day."""

Intervals = tuple[Interval, ...]


class CalendarError(ValueError):
    """A calendar that cannot be built, or a question that it cannot answer.

    `code` is one of: bad_interval, bad_week, bad_exception, unknown_holidays, no_working_time, out_of_range.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class CalendarException:
    """The working time of the days from `start` to `finish` (both included), instead of the weekly one.

    No interval means that nobody works. A later exception wins over an earlier one, and over public holidays.
    """

    start: date
    finish: date
    intervals: Intervals = ()
    name: str = ""

    def __post_init__(self) -> None:
        if self.finish < self.start:
            raise CalendarError("bad_exception", start=self.start, finish=self.finish)
        _check_intervals(self.intervals)


@dataclass(frozen=True)
class HolidayRegion:
    """Where public holidays come from: ISO country, and a subdivision ("57" is Moselle, "6AE" Alsace)."""

    country: str
    subdivision: str | None = None


@dataclass(frozen=True)
class _Year:
    """One year counted: the intervals of each day, and the minutes worked before each day (n + 1 totals)."""

    first: int  # ordinal of 1 January
    days: tuple[Intervals, ...]
    before: tuple[int, ...]

    @property
    def minutes(self) -> int:
        return self.before[-1]


@dataclass(frozen=True)
class Calendar:
    """Working intervals by weekday (Monday first), dated exceptions, and public holidays."""

    name: str
    week: tuple[Intervals, ...]
    exceptions: tuple[CalendarException, ...] = ()
    region: HolidayRegion | None = None
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise CalendarError("bad_week", days=len(self.week))
        for intervals in self.week:
            _check_intervals(intervals)
        if self.region is not None:
            public_holidays(self.region, 2000)

    def intervals_on(self, day: date) -> Intervals:
        """The working intervals of one day, in order; empty when nobody works."""
        year = self._year(day.year)
        return year.days[day.toordinal() - year.first]

    def minutes_on(self, day: date) -> int:
        """Working minutes of one day."""
        return _total(self.intervals_on(day))

    def is_working_day(self, day: date) -> bool:
        """Whether there is any working time on that day."""
        return bool(self.intervals_on(day))

    def days_of_year(self, number: int) -> Sequence[Intervals]:
        """The working intervals of each day of a year, from 1 January."""
        return self._year(number).days

    def exception_on(self, day: date, language: str = "fr") -> tuple[str, Intervals] | None:
        """What makes `day` other than its weekday: the name of the exception (which may be empty), or of the public
        holiday in `language`, and the hours that are worked instead; None for an ordinary day."""
        for exception in reversed(self.exceptions):
            if exception.start <= day <= exception.finish:
                return exception.name, exception.intervals
        if self.region is not None and day in public_holidays(self.region, day.year):
            return public_holidays(self.region, day.year, language).get(day, ""), ()
        return None

    def is_working_instant(self, instant: datetime) -> bool:
        """Whether work happens just before or just after this instant (so both ends of a working day are)."""
        minute = _minute(instant)
        if any(start <= minute <= end for start, end in self.intervals_on(instant.date())):
            return True
        if minute or instant.date() == date.min:
            return False
        return any(end == DAY_MINUTES for _, end in self.intervals_on(instant.date() - timedelta(days=1)))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Working minutes from `start` to `end`; negative when `end` comes first. Seconds are left out."""
        if end < start:
            return -self.working_minutes_between(end, start)
        if end.year - start.year > HORIZON_YEARS:
            raise CalendarError("out_of_range", start=start, end=end)
        whole_years = sum(self._year(year).minutes for year in range(start.year, end.year))
        return whole_years + self._worked_in_year(end) - self._worked_in_year(start)

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The instant reached by working `minutes` from `start`; `start` itself when zero.

        Forward, the earliest such instant (the evening, not the next morning); backward, with negative
        minutes, the latest (the morning, not the evening before).
        Raises CalendarError(no_working_time | out_of_range).
        """
        if minutes == 0:
            return start
        if abs(minutes) > HORIZON_YEARS * 366 * DAY_MINUTES:
            raise CalendarError("out_of_range", start=start, minutes=minutes)
        return self._forward(start, minutes) if minutes > 0 else self._backward(start, -minutes)

    def next_working_instant(self, instant: datetime) -> datetime:
        """`instant` when work can begin then, else the next start of work."""
        minute = _minute(instant)
        for start, end in self.intervals_on(instant.date()):
            if minute < end:
                return instant if minute >= start else _at(instant.date(), start)
        # One minute of work from here ends one minute after the start that we look for.
        return self.add_working_minutes(instant, 1) - timedelta(minutes=1)

    def previous_working_instant(self, instant: datetime) -> datetime:
        """`instant` when work can end then, else the last end of work before it."""
        minute = _minute(instant)
        for start, end in reversed(self.intervals_on(instant.date())):
            if minute > start:
                return instant if minute <= end else _at(instant.date(), end)
        return self.add_working_minutes(instant, -1) + timedelta(minutes=1)

    def working_days_between(self, first: date, last: date) -> int:
        """Days with working time from `first` to `last`, both included; 0 when `last` comes first."""
        if last < first:
            return 0
        if last.year - first.year > HORIZON_YEARS:
            raise CalendarError("out_of_range", start=first, end=last)
        count = 0
        for number in range(first.year, last.year + 1):
            year = self._year(number)
            low = max(first.toordinal() - year.first, 0)
            high = min(last.toordinal() - year.first, len(year.days) - 1)
            count += sum(1 for index in range(low, high + 1) if year.days[index])
        return count

    def with_exceptions(self, *exceptions: CalendarException, name: str | None = None) -> "Calendar":
        """The same calendar with more exceptions (a person's absences, for one), which win over its own."""
        return Calendar(name or self.name, self.week, self.exceptions + exceptions, self.region)

    def _forward(self, start: datetime, minutes: int) -> datetime:
        target = self._worked_in_year(start) + minutes
        for number in range(start.year, min(start.year + HORIZON_YEARS, MAXYEAR) + 1):
            year = self._year(number)
            if year.minutes >= target:
                return self._instant_after(year, target)
            target -= year.minutes
        raise self._nowhere(start, minutes)

    def _backward(self, start: datetime, minutes: int) -> datetime:
        # Counted from the end of the year, so that years are left behind as they are used up.
        needed = minutes - self._worked_in_year(start)
        if needed <= 0:
            return self._instant_before(self._year(start.year), -needed)
        for number in range(start.year - 1, max(start.year - HORIZON_YEARS, MINYEAR) - 1, -1):
            year = self._year(number)
            if year.minutes >= needed:
                return self._instant_before(year, year.minutes - needed)
            needed -= year.minutes
        raise self._nowhere(start, -minutes)

    def _instant_after(self, year: _Year, worked: int) -> datetime:
        """The earliest instant by which `worked` (> 0) minutes of the year are done."""
        low, high = 0, len(year.days) - 1
        while low < high:
            middle = (low + high) // 2
            if year.before[middle + 1] >= worked:
                high = middle
            else:
                low = middle + 1
        left = worked - year.before[low]
        for start, end in year.days[low]:
            if left <= end - start:
                return _at(date.fromordinal(year.first + low), start + left)
            left -= end - start
        raise AssertionError("running totals disagree with the days")  # pragma: no cover

    def _instant_before(self, year: _Year, worked: int) -> datetime:
        """The latest instant at which only `worked` (< the year's) minutes of the year are done."""
        low, high = 0, len(year.days) - 1
        while low < high:
            middle = (low + high) // 2
            if year.before[middle + 1] > worked:
                high = middle
            else:
                low = middle + 1
        left = worked - year.before[low]
        for start, end in year.days[low]:
            if left < end - start:
                return _at(date.fromordinal(year.first + low), start + left)
            left -= end - start
        raise AssertionError("running totals disagree with the days")  # pragma: no cover

    def _worked_in_year(self, instant: datetime) -> int:
        """Minutes worked from 1 January to `instant`."""
        year = self._year(instant.year)
        index = instant.toordinal() - year.first
        minute = _minute(instant)
        today = sum(max(min(minute, end) - start, 0) for start, end in year.days[index])
        return year.before[index] + today

    def _nowhere(self, start: datetime, minutes: int) -> CalendarError:
        works = any(self.week) or any(exception.intervals for exception in self.exceptions)
        return CalendarError("out_of_range" if works else "no_working_time", start=start, minutes=minutes)

    def _year(self, number: int) -> _Year:
        if number not in self._years:
            self._years[number] = self._count(number)
        return self._years[number]

    def _count(self, number: int) -> _Year:
        first = date(number, 1, 1)
        length = date(number, 12, 31).toordinal() - first.toordinal() + 1
        days = [self.week[(first.weekday() + index) % 7] for index in range(length)]
        if self.region is not None:
            for day in public_holidays(self.region, number):
                days[day.toordinal() - first.toordinal()] = ()
        for exception in self.exceptions:
            low = max(exception.start.toordinal() - first.toordinal(), 0)
            high = min(exception.finish.toordinal() - first.toordinal(), length - 1)
            for index in range(low, high + 1):
                days[index] = exception.intervals
        before = tuple(accumulate((_total(intervals) for intervals in days), initial=0))
        return _Year(first.toordinal(), tuple(days), before)


STANDARD_DAY: Intervals = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))


def standard_calendar(region: HolidayRegion | None = None, name: str = "Standard") -> Calendar:
    """Monday to Friday, 9-12 and 13-17: the French week of 35 hours."""
    return Calendar(name, (STANDARD_DAY,) * 5 + ((), ()), region=region)


@lru_cache(maxsize=4096)
def public_holidays(region: HolidayRegion, year: int, language: str = "fr") -> Mapping[date, str]:
    """Public holidays of one year and their names, in `language` where the library knows it, else in the country's.

    Raises CalendarError(unknown_holidays) for a country or subdivision that it does not know.
    """
    spoken = getattr(getattr(holidays, region.country, None), "supported_languages", ())
    name = next((one for one in spoken if one.split("_")[0] == language), None)
    try:
        found = holidays.country_holidays(region.country, subdiv=region.subdivision, years=year, language=name)
    except NotImplementedError as error:
        raise CalendarError("unknown_holidays", country=region.country, subdivision=region.subdivision) from error
    return MappingProxyType({day: name for day, name in sorted(found.items()) if day.year == year})


def holiday_subdivisions(country: str) -> Sequence[str]:
    """The subdivisions of a country whose holidays differ, as the library codes them."""
    found = holidays.list_supported_countries().get(country, ())
    # The zones of French schools have the public holidays of the country.
    return tuple(code for code in found if not code.startswith("Zone "))


def _check_intervals(intervals: Intervals) -> None:
    previous_end = 0
    for start, end in intervals:
        if not previous_end <= start < end <= DAY_MINUTES:
            raise CalendarError("bad_interval", intervals=intervals)
        previous_end = end


def _total(intervals: Intervals) -> int:
    return sum(end - start for start, end in intervals)


def _minute(instant: datetime) -> int:
    return instant.hour * 60 + instant.minute


def _at(day: date, minute: int) -> datetime:
    try:
        return datetime.combine(day, time()) + timedelta(minutes=minute)
    except OverflowError as error:
        raise CalendarError("out_of_range", day=day) from error
