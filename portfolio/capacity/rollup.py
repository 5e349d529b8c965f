"""LoadMonth, kept in step with what it sums: in the transaction of the change, once, before it commits."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from django.db.models import Q

from portfolio.capacity.domain.load import spread
from portfolio.capacity.models import LoadMonth
from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.models import Absence, CalendarException, Person, WorkCalendar
from portfolio.people.queries import personal_calendars
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.context import before_commit

OF_PROJECT = {object_type(Task), object_type(Assignment), object_type(Project)}
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
            relevant = kind == object_type(Assignment) or comes_or_goes or changes & TASK_FIELDS
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
    projects = Assignment.objects.filter(person_id=person_id).values_list("project_id", flat=True)
    for project_id in sorted(set(projects)):  # always in one order: two writers never wait for each other
        before_commit(("capacity", project_id), partial(refresh, project_id))


def rebuild() -> None:
    """Refresh every project that has, or had, any load."""
    ids = set(Assignment.objects.values_list("project_id", flat=True))
    for project_id in sorted(ids | set(LoadMonth.objects.values_list("project_id", flat=True))):
        before_commit(("capacity", project_id), partial(refresh, project_id))


def refresh(project_id: UUID) -> None:
    """Bring the load of one project to what its assignments say.

    Writers of one project follow one another, so that the later one counts what the earlier one has committed.
    """
    Project.everything.select_for_update(no_key=True).filter(pk=project_id).values_list("pk").first()
    wanted = project_load(project_id)
    stored = {(row.person_id, row.month): row for row in LoadMonth.objects.filter(project_id=project_id)}
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    if gone:
        LoadMonth.objects.filter(pk__in=gone).delete()
    changed = []
    for key, minutes in wanted.items():
        row = stored.get(key)
        if row is not None and row.minutes != minutes:
            row.minutes = minutes
            changed.append(row)
    if changed:
        update_rows(changed, ["minutes"])
    LoadMonth.objects.bulk_create(
        [
            LoadMonth(project_id=project_id, person_id=person_id, month=month, minutes=minutes)
            for (person_id, month), minutes in wanted.items()
            if (person_id, month) not in stored
        ],
        batch_size=1000,
    )


def project_load(project_id: UUID) -> dict[tuple[UUID, date], int]:
    """Minutes by person and month that the assignments of one project ask for."""
    total: dict[tuple[UUID, date], int] = {}
    for assignment, months in assignment_load(Q(project_id=project_id)):
        for month, minutes in months.items():
            key = (assignment.person_id, month)
            total[key] = total.get(key, 0) + minutes
    return total


def assignment_load(which: Q) -> list[tuple[Assignment, dict[date, int]]]:
    """The assignments chosen by `which`, live in every respect, each with its minutes by month. Five statements."""
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


def _spread(row: Assignment, calendar: Calendar) -> dict[date, int]:
    try:
        return spread(row.work_minutes, row.task.starts_at, row.task.ends_at, calendar)
    except CalendarError:
        # A calendar that has no working time at all still leaves the work where the task begins.
        return {row.task.starts_at.date().replace(day=1): row.work_minutes}
