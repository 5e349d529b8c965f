"""LoadMonth and LoadWeek, kept in step with what they sum: in the transaction of the change, before it commits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q

from portfolio.capacity.domain.booking import Booking, booked_slices, counted
from portfolio.capacity.domain.load import monday_of, month_of, slice_of, spread_slices
from portfolio.capacity.models import Allocation, LoadMonth, LoadWeek, StaffingRequest
from portfolio.capacity.overload_watch import touch
from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.models import Absence, CalendarException, Person, WorkCalendar
from portfolio.people.queries import personal_calendars, working_calendar, working_day_minutes
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.context import before_commit

OF_PROJECT = {object_type(Task), object_type(Assignment), object_type(Allocation), object_type(Project)}
ASKING = {object_type(Assignment), object_type(Allocation)}
OF_PERSON = object_type(Person)
OF_ABSENCE = object_type(Absence)
OF_CALENDAR = {object_type(WorkCalendar), object_type(CalendarException)}
# What in a task and in a person changes when work is done; renaming them does not.
TASK_FIELDS = {"starts_at", "ends_at"}
PERSON_FIELDS = {"calendar", "joined_on", "left_on"}


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    for event in events:
        kind, changes = event.object_type, set(event.changes)
        comes_or_goes = event.verb.endswith((".created", ".deleted", ".restored"))
        if kind in OF_PROJECT and event.project_id is not None:
            relevant = kind in ASKING or comes_or_goes or changes & TASK_FIELDS
            if relevant:
                before_commit(("capacity", event.project_id), partial(refresh, event.project_id))
        elif kind == OF_ABSENCE and event.object_id is not None:
            before_commit(("capacity.absence", event.object_id), partial(_refresh_absence, event.object_id, event))
        elif kind == OF_PERSON and event.object_id is not None and (comes_or_goes or changes & PERSON_FIELDS):
            before_commit(("capacity.person", event.object_id), partial(_refresh_person, event.object_id))
        elif kind in OF_CALENDAR:
            before_commit("capacity.all", rebuild)


def _refresh_absence(absence_id: UUID, event: AuditEvent) -> None:
    # What comes or goes says whose it is; many absences of one person are one refresh.
    person_ids = {UUID(str(value)) for value in event.changes.get("person", []) if value}
    if not person_ids or not event.verb.endswith((".created", ".deleted")):
        person_ids |= set(Absence.everything.filter(pk=absence_id).values_list("person_id", flat=True))
    for person_id in person_ids:
        before_commit(("capacity.person", person_id), partial(_refresh_person, person_id))


def _refresh_person(person_id: UUID) -> None:
    projects = set(Assignment.objects.filter(person_id=person_id).values_list("project_id", flat=True))
    projects |= set(Allocation.objects.filter(person_id=person_id).values_list("project_id", flat=True))
    for project_id in sorted(projects):  # always in one order: two writers never wait for each other
        before_commit(("capacity", project_id), partial(refresh, project_id))
    touch([person_id])  # their capacity, whatever becomes of their load


def rebuild() -> None:
    """Refresh every project that has, or had, any load."""
    ids = set(Assignment.objects.values_list("project_id", flat=True))
    ids |= set(Allocation.objects.values_list("project_id", flat=True))
    for project_id in sorted(ids | set(LoadMonth.objects.values_list("project_id", flat=True))):
        before_commit(("capacity", project_id), partial(refresh, project_id))


def complete_weeks(_since: date, _until: date) -> None:
    """The sweep of the morning: projects whose months were rolled up before weeks were kept get their weeks."""
    known = LoadWeek.objects.values("project_id")
    waiting = LoadMonth.objects.exclude(project__in=known).order_by("project_id").values_list("project_id", flat=True)
    for project_id in waiting.distinct():
        before_commit(("capacity", project_id), partial(refresh, project_id))


def refresh(project_id: UUID) -> None:
    """Bring the load of one project to what its assignments and allocations say.

    Writers of one project follow one another, so that the later one counts what the earlier one has committed.
    """
    Project.everything.select_for_update(no_key=True).filter(pk=project_id).values_list("pk").first()
    months: dict[tuple[UUID, date], int] = {}
    weeks: dict[tuple[UUID, date], int] = {}
    for person_id, slices in project_load(project_id).items():
        for one, minutes in slices.items():
            for total, key in ((months, (person_id, month_of(one))), (weeks, (person_id, monday_of(one)))):
                total[key] = total.get(key, 0) + minutes
    _store(LoadMonth, "month", project_id, months)
    touch(_store(LoadWeek, "week", project_id, weeks))


def _store(model: Any, period: str, project_id: UUID, wanted: Mapping[tuple[UUID, date], int]) -> set[UUID]:
    """The rows of one project in a roll-up become `wanted`: at most four statements. Returns whose differed."""
    stored = {(row.person_id, getattr(row, period)): row for row in model.objects.filter(project_id=project_id)}
    gone = [row for key, row in stored.items() if key not in wanted]
    if gone:
        model.objects.filter(pk__in=[row.pk for row in gone]).delete()
    changed = []
    for key, minutes in wanted.items():
        row = stored.get(key)
        if row is not None and row.minutes != minutes:
            row.minutes = minutes
            changed.append(row)
    if changed:
        update_rows(changed, ["minutes"])
    new = [
        model(project_id=project_id, person_id=person_id, minutes=minutes, **{period: first})
        for (person_id, first), minutes in wanted.items()
        if (person_id, first) not in stored
    ]
    model.objects.bulk_create(new, batch_size=1000)
    return {row.person_id for row in (*gone, *changed, *new)}


def project_load(project_id: UUID) -> dict[UUID, dict[date, int]]:
    """Minutes by person and slice that one project asks for: in each, the work assigned, or the time booked when that
    is more (docs/algorithms/capacity.md)."""
    of_project = Q(project_id=project_id)
    assigned = _by_person(assignment_load(of_project))
    allocated = _by_person(allocation_load(of_project & Q(person__isnull=False)))
    return {
        person: counted(assigned.get(person, {}), allocated.get(person, {}))
        for person in assigned.keys() | allocated.keys()
    }


def _by_person(rows: Iterable[tuple[Any, Mapping[date, int]]]) -> dict[UUID, dict[date, int]]:
    total: dict[UUID, dict[date, int]] = {}
    for row, slices in rows:
        mine = total.setdefault(row.person_id, {})
        for one, minutes in slices.items():
            mine[one] = mine.get(one, 0) + minutes
    return total


def assignment_load(which: Q) -> list[tuple[Assignment, dict[date, int]]]:
    """The assignments chosen by `which`, live in every respect, each with its minutes by slice. Five statements."""
    rows = list(
        Assignment.objects.filter(
            which,
            work_minutes__gt=0,
            task__deleted_at=None,
            person__deleted_at=None,
            project__deleted_at=None,
        )
        .select_related("task", "person", "project")
        .order_by("task__position", "id")
    )
    if not rows:
        return []
    persons = list({row.person_id: row.person for row in rows}.values())
    first = min(row.task.starts_at for row in rows).date()
    last = max(row.task.ends_at for row in rows).date()
    calendars = personal_calendars(persons, first, last)
    return [(row, _spread(row, calendars[row.person_id])) for row in rows]


def allocation_load(which: Q) -> list[tuple[Allocation, dict[date, int]]]:
    """The allocations chosen by `which`, live in every respect, each with its minutes by slice; those of a profile
    follow the default calendar. Five statements."""
    rows = list(
        Allocation.objects.filter(which, project__deleted_at=None)
        .exclude(person__isnull=False, person__deleted_at__isnull=False)
        .select_related("person", "profile", "project", "skill")
    )
    if not rows:
        return []
    persons = list({row.person_id: row.person for row in rows if row.person is not None}.values())
    first, last = min(row.starts_on for row in rows), max(row.ends_on for row in rows)
    calendars: dict[UUID | None, Calendar] = dict(personal_calendars(persons, first, last).items())
    if any(row.person_id is None for row in rows):
        calendars[None] = working_calendar(None)
    return [
        (row, booked_slices(booking_of(row), calendars[row.person_id], working_day_minutes(calendars[row.person_id])))
        for row in rows
    ]


def booking_of(row: Allocation | StaffingRequest) -> Booking:
    """What the row asks, as the domain takes it."""
    return Booking(row.starts_on, row.ends_on, row.share, getattr(row, "days", None))


def _spread(row: Assignment, calendar: Calendar) -> dict[date, int]:
    try:
        return spread_slices(row.work_minutes, row.task.starts_at, row.task.ends_at, calendar)
    except CalendarError:
        # A calendar that has no working time at all still leaves the work where the task begins.
        return {slice_of(row.task.starts_at.date()): row.work_minutes}
