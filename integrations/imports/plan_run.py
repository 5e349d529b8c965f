"""Write a Microsoft Project file into a plan, through the rooms' actions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from integrations.imports.domain.mspdi_calendars import working_calendar as calendar_of
from integrations.imports.plan_changes import NEW, SKIP, PlanChanges, own_calendar
from integrations.imports.sources import Origin, objects_of, plan_connection, remember
from portfolio.people.actions import (
    add_exception,
    change_calendar,
    create_calendar,
    create_people,
    delete_exception,
)
from portfolio.people.domain.calendar import Calendar, Intervals
from portfolio.people.models import CalendarException, Person, WorkCalendar
from portfolio.planning.actions import PlannedAssignment, replace_plan, set_plan_calendar
from portfolio.planning.models import Assignment, Dependency, Task
from portfolio.planning.scheduling import load_plan, lock_plan, renumber, reschedule
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type, update_many

Progress = Callable[[int, str], None]
STEPS = 5
_OF_PLAN = [object_type(model) for model in (Task, Dependency, Assignment)]


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the person chose in the preview. `people`: resource uid to a person's key, NEW or SKIP."""

    people: Mapping[str, str]
    reschedule: bool = False


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """What was written; `before` is what undoing the sources needs."""

    created: int
    updated: int
    deleted: int
    links: int
    assignments: int
    people: int
    before: list[dict[str, Any]]


def write_plan(
    changes: PlanChanges,
    *,
    actor: Actor,
    project: Project,
    choices: PlanChoices,
    file_name: str,
    batch_id: UUID,
    progress: Progress,
) -> WrittenPlan:
    """Bring the plan to what the file says. Dates stand as the file has them unless `choices.reschedule`."""
    acting = actor.within(batch_id)
    connection = plan_connection(project.pk)
    lock_plan(project)
    origins: list[Origin] = []
    progress(1, _("Calendriers"))
    calendars = _Calendars(acting, project, connection, origins)
    plan_calendar = calendars.written(changes.source.calendar_uid, changes.calendar, project.code)
    set_plan_calendar(actor=acting, project=project, calendar=plan_calendar, schedule=False)
    of_tasks = {
        uid: calendars.written(calendar, calendar_of(changes.source, calendar), project.code)
        for uid, calendar in changes.task_calendars.items()
    }
    progress(2, _("Personnes"))
    people, made = _people(acting, changes, choices, calendars, origins)
    progress(3, _("Tâches, liens et affectations"))
    outcome = replace_plan(
        actor=acting,
        project=project,
        tasks=[
            replace(row, calendar_id=of_tasks[row.uid].pk) if row.uid in of_tasks else row for row in changes.tasks
        ],
        links=changes.links,
        assignments=[
            PlannedAssignment(one.task, people[one.resource], one.units, one.work_minutes)
            for one in changes.assignments
            if one.resource in people
        ],
        baseline=changes.baseline,
        known=changes.known,
        keep_dates=not choices.reschedule,
    )
    progress(4, _("Provenances"))
    tasks = Task.objects.in_bulk(list(outcome.task_ids.values()))
    if changes.custom.taken:
        held = {uid: tasks[key] for uid, key in outcome.task_ids.items()}
        after = ((row, changes.custom.after(uid, row.custom_fields)) for uid, row in held.items())
        update_many(acting, [(row, {"custom_fields": values}) for row, values in after])
    origins += [Origin("task", uid, tasks[key], ["plan"]) for uid, key in outcome.task_ids.items()]
    return WrittenPlan(
        outcome.created,
        outcome.updated,
        outcome.deleted,
        outcome.links,
        outcome.assignments,
        made,
        remember(connection, origins, file_name, batch_id),
    )


def plans_of(batch_id: UUID) -> dict[UUID, bool]:
    """The projects whose plan an import has written, and whether others have worked on it since."""
    events = AuditEvent.objects.filter(object_type__in=_OF_PLAN).exclude(project_id=None)
    written = events.filter(batch_id=batch_id).order_by("project_id", "id").distinct("project_id")
    others = events.exclude(batch_id=batch_id)
    return {
        project_id: others.filter(project_id=project_id, id__gt=first).exists()
        for project_id, first in written.values_list("project_id", "id")
    }


def settle_plans(actor: Actor, plans: Mapping[UUID, bool]) -> None:
    """Number and rate again the plans of an import that has been undone: what the journal does not keep.

    Dates are those of before. Where others have worked on the plan since (`plans`, as `plans_of` gives them), they
    follow from one another again, as after any change.
    """
    for project in Project.objects.filter(pk__in=plans).order_by("pk"):
        lock_plan(project)
        plan = load_plan(project)
        renumber(plan)
        reschedule(actor=actor, project=project, plan=plan, keep_dates=not plans[project.pk])


# --- people


def _people(
    actor: Actor,
    changes: PlanChanges,
    choices: PlanChoices,
    calendars: "_Calendars",
    origins: list[Origin],
) -> tuple[dict[int, Person], int]:
    """The person of each resource that has one, and how many were made: external, without an account."""
    wanted = {one.uid: choices.people.get(str(one.uid), "") for one in changes.resources}
    chosen = Person.objects.in_bulk([UUID(value) for value in wanted.values() if value not in {"", NEW, SKIP}])
    found: dict[int, Person] = {}
    new = []
    for resource in changes.resources:
        value = wanted[resource.uid]
        if value == SKIP:
            continue
        person = changes.matches.get(resource.uid) if value == "" else None
        if value not in {"", NEW}:
            person = chosen.get(UUID(value))
        if person is not None:
            found[resource.uid] = person
        else:
            new.append(resource)
    taken = set(Person.objects.exclude(email="").values_list("email", flat=True))
    values = []
    for resource in new:
        calendar = None
        if own_calendar(changes.source, resource):
            hours = calendar_of(changes.source, resource.calendar_uid)
            calendar = calendars.written(resource.calendar_uid, hours, resource.name)
        values.append(
            {
                "name": resource.name.strip()[:120],
                "email": _free_email(resource.email, taken),
                "is_external": True,
                "calendar": calendar,
            }
        )
    for resource, person in zip(new, create_people(actor=actor, values=values), strict=True):
        found[resource.uid] = person
        origins.append(Origin("resource", str(resource.uid), person, ["name", "email"]))
    return found, len(new)


def _free_email(text: str, taken: set[str]) -> str:
    """The address when it is one that nobody has; adds it to `taken`."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    if email in taken:
        return ""
    taken.add(email)
    return email


# --- calendars


class _Calendars:
    """The file's calendars as rows: made the first time, changed when the file is read again."""

    def __init__(self, actor: Actor, project: Project, connection: str, origins: list[Origin]) -> None:
        self.actor, self.project, self.origins = actor, project, origins
        self.former = objects_of(connection, "calendar")
        self.rows: dict[int | None, WorkCalendar] = {}

    def written(self, uid: int | None, calendar: Calendar, owner: str) -> WorkCalendar:
        """The row of one calendar, brought to what the file says."""
        if uid not in self.rows:
            self.rows[uid] = self._write(str(uid or 0), calendar, owner)
        return self.rows[uid]

    def _write(self, uid: str, calendar: Calendar, owner: str) -> WorkCalendar:
        week = {str(day): [list(pair) for pair in hours] for day, hours in enumerate(calendar.week) if hours}
        row = WorkCalendar.objects.filter(pk=self.former.get(uid)).first() if uid in self.former else None
        if row is None:
            row = create_calendar(actor=self.actor, name=_free_name(calendar.name or "Standard", owner), week=week)
        else:
            change_calendar(actor=self.actor, calendar=row, values={"week": week})
        self._write_exceptions(row, calendar)
        self.origins.append(Origin("calendar", uid, row, ["week", "exceptions"]))
        return row

    def _write_exceptions(self, row: WorkCalendar, calendar: Calendar) -> None:
        wanted = {
            (one.start, one.finish, one.name[:120], tuple(one.intervals)): one.intervals
            for one in calendar.exceptions
        }
        for held in CalendarException.objects.filter(calendar=row):
            key = (held.starts_on, held.ends_on, held.label, tuple(tuple(pair) for pair in held.intervals))
            if key in wanted:
                del wanted[key]
            else:
                delete_exception(actor=self.actor, exception=held)
        for (starts, ends, label, _hours), intervals in wanted.items():
            add_exception(
                actor=self.actor,
                calendar=row,
                starts_on=starts,
                ends_on=ends,
                label=label,
                intervals=_pairs(intervals),
            )


def _pairs(intervals: Intervals) -> list[list[int]]:
    return [list(pair) for pair in intervals]


def _free_name(name: str, owner: str) -> str:
    """« Standard (VPN) », with a number when that name is taken."""
    stem = f"{name} ({owner})"[:110]
    taken = set(WorkCalendar.objects.filter(name__startswith=stem).values_list("name", flat=True))
    return next(one for one in _names(stem) if one not in taken)


def _names(stem: str) -> Iterable[str]:
    yield stem
    yield from (f"{stem} {number}" for number in range(2, 10_000))
