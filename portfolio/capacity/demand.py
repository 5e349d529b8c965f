"""What makes a load: the tasks and the allocations of a person in a period, and their absences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q

from portfolio.capacity.domain.booking import counted
from portfolio.capacity.domain.load import Grain
from portfolio.capacity.models import Allocation
from portfolio.capacity.rollup import allocation_load, assignment_load
from portfolio.people.models import Absence, Person
from portfolio.people.queries import absences_of
from portfolio.planning.models import Assignment


@dataclass(frozen=True, slots=True)
class TaskLoad:
    """What one task asks of a person in a period."""

    task_id: UUID
    task: str
    project_id: UUID
    project: str
    minutes: int


@dataclass(frozen=True, slots=True)
class BookedLoad:
    """What the allocations of a person on a project ask in a period; `beyond` is what they add to the tasks there."""

    project_id: UUID
    project: str
    allocations: tuple[Allocation, ...]
    minutes: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Demand:
    """The load of a person in a period: `minutes` is the sum of the tasks and of what is booked beyond them."""

    tasks: tuple[TaskLoad, ...]
    booked: tuple[BookedLoad, ...]
    absences: tuple[Absence, ...]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.tasks) + sum(one.beyond for one in self.booked)


def demand(person: Person, first: date, grain: Grain, projects: Any = None) -> Demand:
    """What `person` has to do in the period that begins on `first`, the heaviest first."""
    last = grain.last(first)
    tasks = Q(
        person=person,
        task__starts_at__lt=datetime.combine(grain.following(first), time()),
        task__ends_at__gte=datetime.combine(first, time()),
    )
    bookings = Q(person=person, starts_on__lte=last, ends_on__gte=first)
    if projects is not None:
        tasks &= Q(project__in=projects)
        bookings &= Q(project__in=projects)
    assigned: dict[UUID, dict[date, int]] = {}
    found: list[TaskLoad] = []
    for row, slices in assignment_load(tasks):
        within = _within(slices, first, last)
        if within:
            _add(assigned.setdefault(row.project_id, {}), within)
            found.append(_of_task(row, sum(within.values())))
    allocated: dict[UUID, dict[date, int]] = {}
    rows: dict[UUID, list[Allocation]] = {}
    for booking, slices in allocation_load(bookings):
        within = _within(slices, first, last)
        if within:
            _add(allocated.setdefault(booking.project_id, {}), within)
            rows.setdefault(booking.project_id, []).append(booking)
    booked = [_booked(allocated[key], assigned.get(key, {}), mine) for key, mine in rows.items()]
    away = absences_of([person], first, last).get(person.pk, [])
    return Demand(
        tuple(sorted(found, key=lambda one: (-one.minutes, one.project, one.task))),
        tuple(sorted(booked, key=lambda one: (-one.minutes, one.project))),
        tuple(away),
    )


def _of_task(row: Assignment, minutes: int) -> TaskLoad:
    return TaskLoad(row.task_id, row.task.name, row.project_id, row.project.name, minutes)


def _booked(allocated: Mapping[date, int], assigned: Mapping[date, int], rows: list[Allocation]) -> BookedLoad:
    beyond = sum(counted(assigned, allocated).values()) - sum(assigned.values())
    return BookedLoad(rows[0].project_id, rows[0].project.name, tuple(rows), sum(allocated.values()), beyond)


def _within(slices: Mapping[date, int], first: date, last: date) -> dict[date, int]:
    return {one: minutes for one, minutes in slices.items() if first <= one <= last}


def _add(total: dict[date, int], more: Mapping[date, int]) -> None:
    for one, minutes in more.items():
        total[one] = total.get(one, 0) + minutes
