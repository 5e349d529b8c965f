"""Load against capacity, by pole, person and month.

Load: the work of assignments spread over the working days of their tasks, or the time booked when it is more (see
docs/algorithms/capacity.md). Capacity: the working time of persons
(their calendar, less absences, within arrival and departure) times their share of a full time. A full-time equivalent
is the working time of the tenant's default calendar in the month.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import Grain, LoadState, following_month, load_state, months_from
from portfolio.capacity.models import LoadMonth
from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person, Pole
from portfolio.people.queries import capacities, working_calendar

MONTHS_SHOWN = 12
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LoadFilters:
    """What to count: the persons of `poles` (none: all) and of `people` (None: all), the load of `projects` (ids or a
    queryset; None: all).

    Capacity never depends on projects: it is the whole time of the persons.
    """

    poles: Collection[UUID] = ()
    projects: Any = None
    people: Collection[UUID] | None = None


@dataclass(frozen=True, slots=True)
class _Month:
    """A load against a capacity, in minutes and in full-time equivalents (2 decimals)."""

    month: date
    load_minutes: int
    capacity_minutes: int
    load_fte: Decimal
    capacity_fte: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """Load over capacity (1 is full, 4 decimals); None without capacity."""
        if self.capacity_minutes <= 0:
            return None
        return (Decimal(self.load_minutes) / self.capacity_minutes).quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def state(self) -> LoadState:
        return load_state(self.load_minutes, self.capacity_minutes)


@dataclass(frozen=True, slots=True)
class PoleMonth(_Month):
    """A pole in a month; `pole_id` None gathers the persons without one."""

    pole_id: UUID | None = None
    pole: str = ""


@dataclass(frozen=True, slots=True)
class PersonMonth(_Month):
    """A person in a month."""

    person_id: UUID
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Everything that the answers are summed from."""

    months: tuple[date, ...]
    persons: tuple[Person, ...]
    capacity: dict[UUID, tuple[int, ...]]
    load: dict[tuple[UUID, date], int]
    full_time: dict[date, int] = field(default_factory=dict)


def pole_load(
    first_month: date, months: int = MONTHS_SHOWN, filters: LoadFilters | None = None
) -> tuple[PoleMonth, ...]:
    """Each pole that has persons, by name, for each month in order. At most eight statements."""
    filters = filters or LoadFilters()
    counted = _count(first_month, months, filters)
    names = dict(Pole.objects.values_list("pk", "name"))
    members: dict[UUID | None, list[Person]] = {}
    for person in counted.persons:
        members.setdefault(person.pole_id if person.pole_id in names else None, []).append(person)
    ordered = sorted(members, key=lambda key: (key is None, names.get(key, "") if key else ""))
    return tuple(
        PoleMonth(
            *_sums(counted, members[pole_id], index, month),
            pole_id=pole_id,
            pole=names[pole_id] if pole_id is not None else _("Sans pôle"),
        )
        for pole_id in ordered
        for index, month in enumerate(counted.months)
    )


def person_load(
    first_month: date, months: int = MONTHS_SHOWN, filters: LoadFilters | None = None
) -> tuple[PersonMonth, ...]:
    """Each person, by name, for each month in order. At most seven statements."""
    counted = _count(first_month, months, filters or LoadFilters())
    return tuple(
        PersonMonth(*_sums(counted, [person], index, month), person_id=person.pk, person=person.name)
        for person in counted.persons
        for index, month in enumerate(counted.months)
    )


def full_time_minutes(months: Sequence[date]) -> dict[date, int]:
    """Working minutes of one full-time equivalent in each month: the default calendar's. Two statements."""
    calendar = working_calendar(None)
    return {
        month: calendar.working_minutes_between(
            datetime.combine(month, time()), datetime.combine(following_month(month), time())
        )
        for month in months
    }


def full_time_in(calendar: Calendar, first: date, grain: Grain) -> int:
    """Working minutes of one full-time equivalent in the period that begins on `first`; `calendar` is the default."""
    return calendar.working_minutes_between(
        datetime.combine(first, time()), datetime.combine(grain.following(first), time())
    )


def _count(first_month: date, months: int, filters: LoadFilters) -> _Counted:
    shown = months_from(first_month, months)
    persons = Person.objects.all()
    if filters.poles:
        persons = persons.filter(pole__in=list(filters.poles))
    if filters.people is not None:
        persons = persons.filter(pk__in=list(filters.people))
    listed = tuple(persons)
    loads = LoadMonth.objects.filter(month__in=shown)
    if filters.poles or filters.people is not None:
        loads = loads.filter(person__in=[person.pk for person in listed])
    if filters.projects is not None:
        loads = loads.filter(project__in=filters.projects)
    summed = loads.values("person_id", "month").annotate(minutes=Sum("minutes")).order_by()
    load = {(row["person_id"], row["month"]): row["minutes"] for row in summed}
    periods = [(month, date.fromordinal(following_month(month).toordinal() - 1)) for month in shown]
    here = tuple(
        person for person in listed if _is_there(person, shown) or any((person.pk, month) in load for month in shown)
    )
    return _Counted(shown, here, capacities(here, periods), load, full_time_minutes(shown))


def _is_there(person: Person, months: Sequence[date]) -> bool:
    """Whether the person is in the company at some time of the period."""
    arrives, leaves = person.joined_on, person.left_on
    return (arrives is None or arrives < following_month(months[-1])) and (leaves is None or leaves >= months[0])


def _sums(
    counted: _Counted, persons: Sequence[Person], index: int, month: date
) -> tuple[date, int, int, Decimal, Decimal]:
    load = sum(counted.load.get((person.pk, month), 0) for person in persons)
    capacity = sum(counted.capacity[person.pk][index] for person in persons)
    full = counted.full_time[month]
    return month, load, capacity, _fte(load, full), _fte(capacity, full)


def _fte(minutes: int, full_time: int) -> Decimal:
    if not full_time:
        return Decimal(0)
    return (Decimal(minutes) / full_time).quantize(CENT, ROUND_HALF_UP)
