"""Calendars of an MSPDI file: weeks, alternative weeks, recurrent exceptions, and base calendars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from xml.etree.ElementTree import Element  # the type only: parsing goes through defusedxml

from integrations.imports.domain.mspdi import MspdiCalendar, MspdiProject
from integrations.imports.domain.mspdi_fields import Fields
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Where
from portfolio.people.domain.calendar import DAY_MINUTES, Calendar, CalendarException, Interval, Intervals

# What Project gives to a working day without hours, and to a project without a calendar.
DEFAULT_DAY: Intervals = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
DEFAULT_WEEK: tuple[Intervals, ...] = (DEFAULT_DAY,) * 5 + ((), ())
MAX_OCCURRENCES = 5000

# The types of an exception.
DAILY, YEARLY_BY_DAY, YEARLY_BY_POSITION, MONTHLY_BY_DAY, MONTHLY_BY_POSITION, WEEKLY = range(1, 7)


@dataclass(frozen=True)
class Recurrence:
    """How an exception recurs, in the format's own terms: Sunday is bit 0, January is month 0."""

    type: int
    start: date
    finish: date
    period: int = 1
    days_of_week: int = 0
    month_item: int = 0
    month_position: int = 0
    month: int = 0
    month_day: int = 1


def read_calendar(element: Element, problems: list[ImportProblem]) -> MspdiCalendar:
    """One `Calendar` element."""
    plain = Fields(element, Where(element="Calendar"), problems)
    uid = plain.integer("UID", serious=True)
    name = plain.text("Name")
    fields = Fields(element, Where(element=f"Calendar {uid} “{name}”" if name else f"Calendar {uid}"), problems)
    week: list[Intervals | None] = [None] * 7
    dated: list[CalendarException] = []
    for day in fields.within("WeekDays", "WeekDay"):
        inner = fields.nested(day)
        kind = inner.integer("DayType", 0) or 0
        if 1 <= kind <= 7:
            week[(kind - 2) % 7] = _intervals(inner)
        else:
            dated += _exceptions(inner)  # as Project 2003 and before write them
    for day in fields.within("Exceptions", "Exception"):
        dated += _exceptions(fields.nested(day))
    weeks = [
        exception
        for alternative in fields.within("WorkWeeks", "WorkWeek")
        for exception in _work_week(fields.nested(alternative))
    ]
    base = fields.integer("BaseCalendarUID")
    return MspdiCalendar(
        uid=uid if uid is not None else -1,
        name=name,
        is_base=fields.flag("IsBaseCalendar", default=True),
        base_uid=base if base is not None and base > 0 else None,
        week=tuple(week),
        exceptions=(*weeks, *dated),
    )


def working_calendar(project: MspdiProject, uid: int | None = None) -> Calendar:
    """A calendar of the file with all that it takes from its base; the project's own for None.

    Where the file does not have it: Monday to Friday, 8-12 and 13-17, as Project does.
    """
    chain: list[MspdiCalendar] = []
    following = uid if uid is not None else project.calendar_uid
    while following is not None and following in project.calendars_by_uid:
        calendar = project.calendars_by_uid[following]
        if calendar in chain:
            break
        chain.append(calendar)
        following = calendar.base_uid
    week = list(DEFAULT_WEEK)
    exceptions: list[CalendarException] = []
    for calendar in reversed(chain):
        for index, intervals in enumerate(calendar.week):
            if intervals is not None:
                week[index] = intervals
        exceptions += calendar.exceptions
    return Calendar(chain[0].name if chain else "Standard", tuple(week), tuple(exceptions))


def occurrences(recurrence: Recurrence) -> Iterator[date]:
    """The days of a recurrent exception, in order."""
    match recurrence.type:
        case 2 | 3:
            found = _yearly(recurrence)
        case 4 | 5:
            found = _monthly(recurrence)
        case 6:
            found = _weekly(recurrence)
        case _:
            step = max(recurrence.period, 1)
            span = (recurrence.finish - recurrence.start).days
            found = (recurrence.start + timedelta(days=number) for number in range(0, span + 1, step))
    within = (day for day in found if recurrence.start <= day <= recurrence.finish)
    return islice(within, MAX_OCCURRENCES)


def _intervals(fields: Fields) -> Intervals:
    """The working times of a day; those of Project when it is worked and has none."""
    if not fields.flag("DayWorking"):
        return ()
    times = [fields.nested(one) for one in fields.within("WorkingTimes", "WorkingTime")]
    if not times:
        return DEFAULT_DAY
    found: list[Interval] = []
    for one in times:
        begin, end = _minute(one.text("FromTime")), _minute(one.text("ToTime"))
        if begin is not None and end is not None and begin < (end or DAY_MINUTES):
            found.append((begin, end or DAY_MINUTES))
        elif one.text("FromTime") or one.text("ToTime"):
            fields.warn(ProblemCode.BAD_WORKING_TIME, value=f"{one.text('FromTime')}-{one.text('ToTime')}")
    return _merged(found)


def _minute(text: str) -> int | None:
    parts = text.rpartition("T")[2].split(":")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() for part in parts[:2]):
        return None
    minute = int(parts[0]) * 60 + int(parts[1])
    return minute if minute < DAY_MINUTES and int(parts[1]) < 60 else None


def _merged(intervals: Sequence[Interval]) -> Intervals:
    merged: list[Interval] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def _period(fields: Fields) -> tuple[date, date] | None:
    for element in fields.children("TimePeriod"):
        inner = fields.nested(element)
        start, finish = inner.instant("FromDate"), inner.instant("ToDate")
        if start is not None and finish is not None and finish >= start:
            return start.date(), finish.date()
        fields.warn(ProblemCode.BAD_WORKING_TIME, value=f"{inner.text('FromDate')}-{inner.text('ToDate')}")
    return None


def _exceptions(fields: Fields) -> list[CalendarException]:
    period = _period(fields)
    if period is None:
        return []
    start, finish = period
    name, intervals = fields.text("Name"), _intervals(fields)
    recurrence = Recurrence(
        type=fields.integer("Type", DAILY) or DAILY,
        start=start,
        finish=finish,
        period=fields.integer("Period", 1) or 1,
        days_of_week=fields.integer("DaysOfWeek", 0) or 0,
        month_item=fields.integer("MonthItem", 0) or 0,
        month_position=fields.integer("MonthPosition", 0) or 0,
        month=fields.integer("Month", 0) or 0,
        month_day=fields.integer("MonthDay", 1) or 1,
    )
    every_day = recurrence.type not in range(YEARLY_BY_DAY, WEEKLY + 1) and recurrence.period <= 1
    if every_day:
        return [CalendarException(start, finish, intervals, name)]
    return [CalendarException(day, day, intervals, name) for day in occurrences(recurrence)]


def _work_week(fields: Fields) -> list[CalendarException]:
    """The days of an alternative week, one by one: the others keep the usual hours."""
    period = _period(fields)
    if period is None:
        return []
    by_weekday: dict[int, Intervals] = {}
    for element in fields.within("WeekDays", "WeekDay"):
        inner = fields.nested(element)
        kind = inner.integer("DayType", 0) or 0
        if 1 <= kind <= 7:
            by_weekday[(kind - 2) % 7] = _intervals(inner)
    start, finish = period
    length = min((finish - start).days + 1, MAX_OCCURRENCES)
    days = (start + timedelta(days=number) for number in range(length))
    name = fields.text("Name")
    return [
        CalendarException(day, day, by_weekday[day.weekday()], name) for day in days if day.weekday() in by_weekday
    ]


def _weekly(recurrence: Recurrence) -> Iterator[date]:
    sunday = recurrence.start - timedelta(days=recurrence.start.isoweekday() % 7)
    while sunday <= recurrence.finish:
        for index in range(7):
            if recurrence.days_of_week >> index & 1:
                yield sunday + timedelta(days=index)
        sunday += timedelta(weeks=max(recurrence.period, 1))


def _monthly(recurrence: Recurrence) -> Iterator[date]:
    year, month = recurrence.start.year, recurrence.start.month
    while (year, month) <= (recurrence.finish.year, recurrence.finish.month):
        yield from _in_month(recurrence, year, month, recurrence.type == MONTHLY_BY_POSITION)
        ahead = month - 1 + max(recurrence.period, 1)
        year, month = year + ahead // 12, ahead % 12 + 1


def _yearly(recurrence: Recurrence) -> Iterator[date]:
    month = min(max(recurrence.month, 0), 11) + 1
    for year in range(recurrence.start.year, recurrence.finish.year + 1):
        yield from _in_month(recurrence, year, month, recurrence.type == YEARLY_BY_POSITION)


def _in_month(recurrence: Recurrence, year: int, month: int, by_position: bool) -> Iterator[date]:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    if not by_position:
        if 1 <= recurrence.month_day <= len(days):
            yield days[recurrence.month_day - 1]
        return
    item = recurrence.month_item
    if item == 1:
        days = [day for day in days if day.weekday() < 5]
    elif item == 2:
        days = [day for day in days if day.weekday() >= 5]
    elif 3 <= item <= 9:
        days = [day for day in days if day.isoweekday() % 7 == item - 3]
    yield days[-1] if recurrence.month_position >= 4 else days[max(recurrence.month_position, 0)]
