"""Work that was done, as a room above counts it from the time that people spend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.models import Task
from portfolio.planning.scheduling import lock_plans, plan_calendar, reschedule
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import update_many


@dataclass(frozen=True, slots=True)
class WorkDone:
    """All the work done on a task in minutes, what people say is left (None: nobody did), and the first day of it."""

    actual_minutes: int
    remaining_minutes: int | None
    started_on: date | None


@transaction.atomic
def record_work(*, actor: Actor, work: Mapping[UUID, WorkDone]) -> list[Task]:
    """Write what was done on tasks (by key, of any project); returns those that differed.

    A task that has not begun begins on the first day of its work; one whose work is all taken back, and that has no
    progress, has not. The plan is dated again where a task begins otherwise than before.
    """
    owners = dict(Task.everything.filter(pk__in=work).values_list("pk", "project_id"))
    lock_plans(sorted(set(owners.values())))
    tasks = list(Task.everything.filter(pk__in=owners).order_by("pk"))
    projects = {row.pk: row for row in Project.everything.filter(pk__in=set(owners.values()))}
    calendars = {key: plan_calendar(project) for key, project in projects.items()}
    wanted = [(task, _values(task, work[task.pk], calendars[task.project_id])) for task in tasks]
    begun = {task.project_id for task, values in wanted if values["actual_start_at"] != task.actual_start_at}
    changed = update_many(actor, wanted, verb="task.worked")
    for key in sorted(begun):
        if projects[key].deleted_at is None:
            reschedule(actor=actor, project=projects[key])
    return changed


def _values(task: Task, done: WorkDone, calendar: Calendar) -> dict[str, Any]:
    values: dict[str, Any] = {
        "actual_work_minutes": done.actual_minutes,
        "remaining_work_minutes": done.remaining_minutes,
        "actual_start_at": task.actual_start_at,
    }
    if done.started_on is not None and task.actual_start_at is None:
        values["actual_start_at"] = _first_instant(done.started_on, calendar)
    elif done.started_on is None and task.actual_work_minutes and not task.percent_complete:
        values["actual_start_at"] = None
    return values


def _first_instant(day: date, calendar: Calendar) -> datetime:
    """When work begins on `day`; a day off keeps its midnight."""
    midnight = datetime.combine(day, time())
    try:
        instant = calendar.next_working_instant(midnight)
    except CalendarError:
        return midnight
    return instant if instant.date() == day else midnight
