"""Working time of persons, read in a bounded number of statements."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from portfolio.people.calendar_actions import intervals_of, week_intervals
from portfolio.people.domain.calendar import (
    Calendar,
    CalendarException,
    HolidayRegion,
    public_holidays,
    standard_calendar,
)
from portfolio.people.domain.work_rules import DaysCount, Regime, days_count
from portfolio.people.models import Absence, Person, WorkCalendar
from portfolio.people.models import CalendarException as ExceptionRow
from portfolio.people.work_rules import yearly_cap
from tech4value.tenancy.context import current_tenant

Period = tuple[date, date]
"""First and last day, both included."""


def working_calendar(row: WorkCalendar | None) -> Calendar:
    """`row` as the domain's calendar, with its exceptions and public holidays.

    None is the tenant's default calendar; without one, 35 hours a week with the holidays of the tenant's country.
    """
    if row is None:
        row = _rows().filter(is_default=True).first()
    return _tenant_standard() if row is None else _calendar(row)


def calendars_by_id() -> dict[UUID | None, Calendar]:
    """Every live calendar of the tenant, the default one under None; two statements."""
    rows = list(_rows())
    found: dict[UUID | None, Calendar] = {row.pk: _calendar(row) for row in rows}
    default = next((row.pk for row in rows if row.is_default), None)
    found[None] = found[default] if default is not None else _tenant_standard()
    return found


def working_calendars(persons: Iterable[Person]) -> dict[UUID, Calendar]:
    """The calendar of each person, absences left out; persons of one calendar share one object. Two statements."""
    calendars = calendars_by_id()
    return {person.pk: calendars.get(person.calendar_id, calendars[None]) for person in persons}


def personal_calendars(persons: Sequence[Person], first: date, last: date) -> dict[UUID, Calendar]:
    """The calendar of each person, with absences, arrival and departure as days off, right from `first` to `last`.

    Three statements, however many persons.
    """
    calendars, away = working_calendars(persons), absences_of(persons, first, last)
    found = {}
    for person in persons:
        off = [
            CalendarException(absence.starts_on, absence.ends_on, name=str(absence.get_kind_display()))
            for absence in away.get(person.pk, [])
        ]
        if person.joined_on is not None and person.joined_on > first:
            off.append(CalendarException(first, person.joined_on - timedelta(days=1)))
        if person.left_on is not None and person.left_on < last:
            off.append(CalendarException(person.left_on + timedelta(days=1), last))
        calendar = calendars[person.pk]
        found[person.pk] = calendar.with_exceptions(*off) if off else calendar
    return found


def days_of(person: Person, day: date) -> DaysCount | None:
    """The days of this year's package, worked and planned; None for who has no package. Three statements."""
    if person.work_regime != Regime.DAYS:
        return None
    calendar = personal_calendars([person], date(day.year, 1, 1), date(day.year, 12, 31))[person.pk]
    return days_count(calendar, day.year, day, yearly_cap(person))


def absences_of(persons: Iterable[Person], first: date, last: date) -> dict[UUID, list[Absence]]:
    """The absences of each person that touch the period, by date. One statement."""
    rows = Absence.objects.filter(person__in=[person.pk for person in persons])
    found: dict[UUID, list[Absence]] = {}
    for absence in rows.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on"):
        found.setdefault(absence.person_id, []).append(absence)
    return found


def capacity_minutes(person: Person, first: date, last: date) -> int:
    """Minutes that `person` can work from `first` to `last`, both included: the calendar's, less absences, within
    arrival and departure, times the share of a full time (rounded half up)."""
    return capacities([person], [(first, last)])[person.pk][0]


def capacities(persons: Sequence[Person], periods: Sequence[Period]) -> dict[UUID, tuple[int, ...]]:
    """`capacity_minutes` of each person in each period; three statements, whatever their numbers."""
    if not periods:
        return {person.pk: () for person in persons}
    first, last = min(start for start, _end in periods), max(end for _start, end in periods)
    calendars, away = working_calendars(persons), absences_of(persons, first, last)
    shared = {id(calendar): calendar for calendar in calendars.values()}

    @cache  # most persons share a calendar, and are there all the time
    def worked(calendar: int, start: date, end: date) -> int:
        return shared[calendar].working_minutes_between(_midnight(start), _midnight(end + timedelta(days=1)))

    @cache  # and are never away: they have one answer
    def always(calendar: int, share: Decimal) -> tuple[int, ...]:
        return tuple(_share_of(worked(calendar, start, end), share) for start, end in periods)

    found = {}
    for person in persons:
        minutes = always(id(calendars[person.pk]), person.capacity)
        touched = _touched(person, away.get(person.pk, []), periods, first, last)
        if touched:
            mine = list(minutes)
            for at in touched:
                start, end = periods[at]
                mine[at] = _capacity(person, calendars[person.pk], away.get(person.pk, []), start, end, worked)
            minutes = tuple(mine)
        found[person.pk] = minutes
    return found


def _touched(
    person: Person, away: Sequence[Absence], periods: Sequence[Period], first: date, last: date
) -> list[int]:
    """The periods that an absence, the arrival or the departure of the person makes other than their calendar's."""
    off = [(absence.starts_on, absence.ends_on) for absence in away]
    if person.joined_on is not None and person.joined_on > first:
        off.append((date.min, person.joined_on - timedelta(days=1)))
    if person.left_on is not None and person.left_on < last:
        off.append((person.left_on + timedelta(days=1), date.max))
    if not off:
        return []
    return [at for at, (start, end) in enumerate(periods) if any(low <= end and start <= high for low, high in off)]


def _share_of(minutes: int, share: Decimal) -> int:
    return int((Decimal(minutes) * Decimal(share)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _capacity(
    person: Person,
    calendar: Calendar,
    away: Sequence[Absence],
    first: date,
    last: date,
    worked: Callable[[int, date, date], int],
) -> int:
    if person.joined_on is not None:
        first = max(first, person.joined_on)
    if person.left_on is not None:
        last = min(last, person.left_on)
    if last < first:
        return 0
    minutes = worked(id(calendar), first, last)
    off = {
        day
        for absence in away
        for day in _days(max(first, absence.starts_on), min(last, absence.ends_on))  # a day off twice counts once
    }
    minutes -= sum(calendar.minutes_on(day) for day in off)
    return _share_of(minutes, person.capacity)


def working_day_minutes(calendar: Calendar) -> int:
    """Minutes of a usual working day: the most frequent length among the days that are worked; 420 when none is."""
    lengths = [sum(end - start for start, end in hours) for hours in calendar.week if hours]
    return max(lengths, key=lengths.count, default=420)


def holidays_of(country: str, subdivision: str, year: int, language: str) -> list[tuple[date, str]]:
    """The public holidays of one year, by date; none without a country. Raises CalendarError for unknown ones."""
    if not country:
        return []
    return list(public_holidays(HolidayRegion(country, subdivision or None), year, language).items())


def _rows() -> QuerySet[WorkCalendar]:
    return WorkCalendar.objects.prefetch_related(Prefetch("exceptions", ExceptionRow.objects.all()))


def _calendar(row: WorkCalendar) -> Calendar:
    # `.all()` reads what was prefetched, which the live rows of an unfetched calendar would not.
    exceptions = [exception for exception in row.exceptions.all() if exception.deleted_at is None]
    return Calendar(
        row.name,
        week_intervals(row.week),
        tuple(
            CalendarException(one.starts_on, one.ends_on, intervals_of(one.intervals), one.label)
            for one in sorted(exceptions, key=lambda one: one.created_at)
        ),
        HolidayRegion(row.country, row.subdivision or None) if row.country else None,
    )


def _tenant_standard() -> Calendar:
    country = current_tenant().country
    return standard_calendar(HolidayRegion(country) if country else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=index) for index in range((last - first).days + 1))
