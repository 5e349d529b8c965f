"""The rows of a plan as the engine takes them: tasks, links, and the calendars of tasks and people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from portfolio.people.domain.calendar import Calendar, CalendarException
from portfolio.people.models import Person
from portfolio.people.queries import absences_of, calendars_by_id, working_calendars
from portfolio.planning.domain import network
from portfolio.planning.domain.compiled import DATELESS
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.schedule import Planner
from portfolio.planning.models import (
    Assignment,
    Dependency,
    EffortType,
    LagUnit,
    PlanSettings,
    Task,
    TaskKind,
    TaskMode,
)
from portfolio.projects.models import Project

# Absences further from the project's dates move nothing yet.
ABSENCES_AROUND = timedelta(days=366)


def planner_of(
    project: Project,
    tasks: Sequence[Task],
    links: Sequence[Dependency],
    *,
    calendar: Calendar,
    data_date: date | None,
    keep_dates: bool = False,
    outside: Sequence[Dependency] = (),
) -> Planner:
    """The engine with these rows in it; with `keep_dates` every task stays where it is. `outside` are the links from
    tasks of other projects (read with them), which stay where they are planned.

    Calendars are read for tasks that have their own, people for tasks whose length follows from their work.
    Raises PlanningError, CalendarError.
    """
    parents = {task.parent_id for task in tasks}
    own = calendars_by_id() if any(task.calendar_id for task in tasks) else {}
    first, last = project.starts_on - ABSENCES_AROUND, project.ends_on + ABSENCES_AROUND
    people = {} if keep_dates else people_of([task.pk for task in tasks if follows_work(task)], first, last)
    plan_tasks = []
    for task in tasks:
        one = engine_task(task, task.pk in parents, own.get(task.calendar_id) if task.calendar_id else None)
        if keep_dates and task.pk not in parents:
            one = replace(one, manual=True, start=task.starts_at, finish=task.ends_at)
        plan_tasks.append(replace(one, assignments=people.get(task.pk, ())))
    plan_tasks += _fixed(outside)
    return Planner(
        plan_tasks,
        [engine_link(link) for link in (*links, *outside)],
        calendar=calendar,
        project_start=datetime.combine(project.starts_on, time()),
        data_date=None if data_date is None or keep_dates else datetime.combine(data_date, time()),
        near_critical=day_minutes(calendar),
    )


def _fixed(links: Sequence[Dependency]) -> list[network.PlanTask]:
    """The tasks of other projects that a plan waits for, each once, where they are planned."""
    tasks = {link.predecessor_id: link.predecessor for link in links}
    # A lag in percent counts the working time of its predecessor, on the calendar of that one's plan.
    counted = {link.predecessor.project_id for link in links if link.lag_unit == LagUnit.PERCENT}
    calendars = calendars_by_id() if counted else {}
    chosen = dict(PlanSettings.objects.filter(project__in=counted).values_list("project_id", "calendar_id"))
    return [
        network.PlanTask(
            str(task.pk),
            manual=True,
            start=task.starts_at,
            finish=task.ends_at,
            calendar=calendars.get(task.calendar_id or chosen.get(task.project_id)),
            outside=True,
        )
        for task in tasks.values()
    ]


def follows_work(task: Task) -> bool:
    """Whether the task's length may follow from the work of its people."""
    return task.effort_type != EffortType.DURATION and task.kind == TaskKind.TASK


def work_led() -> Q:
    """The rows of `follows_work`."""
    return Q(kind=TaskKind.TASK) & ~Q(effort_type=EffortType.DURATION)


def engine_task(task: Task, is_summary: bool, calendar: Calendar | None) -> network.PlanTask:
    """A task as the engine takes it, without its people; `calendar` is its own."""
    key, parent = str(task.pk), str(task.parent_id) if task.parent_id else None
    if is_summary:
        return network.PlanTask(key, parent=parent, deadline=task.deadline_at, calendar=calendar)
    constraint = network.ConstraintType(task.constraint_kind)
    if task.constraint_at is None and constraint not in DATELESS:
        constraint = network.ConstraintType.AS_SOON_AS_POSSIBLE
    manual = task.mode == TaskMode.MANUAL
    return network.PlanTask(
        key,
        0 if task.kind == TaskKind.MILESTONE else task.duration_minutes,
        parent,
        manual=manual,
        start=task.starts_at if manual else None,
        finish=task.ends_at if manual else None,
        percent_complete=float(task.percent_complete),
        constraint=constraint,
        constraint_date=task.constraint_at,
        deadline=task.deadline_at,
        calendar=calendar,
        actual_start=task.actual_start_at,
        actual_finish=task.actual_end_at,
        effort=network.EffortType(task.effort_type),
    )


def engine_link(link: Dependency) -> network.Dependency:
    """A link as the engine takes it."""
    return network.Dependency(
        str(link.predecessor_id),
        str(link.successor_id),
        network.DependencyType(link.kind),
        link.lag,
        network.LagUnit(link.lag_unit),
    )


def people_of(tasks: Sequence[UUID], first: date, last: date) -> dict[UUID, tuple[network.TaskAssignment, ...]]:
    """Who works on these tasks, on their own calendars with their absences from `first` to `last`. Four statements,
    none without tasks."""
    if not tasks:
        return {}
    rows = list(
        Assignment.objects.filter(task__in=tasks, person__deleted_at=None).select_related("person").order_by("id")
    )
    persons = list({row.person_id: row.person for row in rows}.values())
    calendars = _with_absences(persons, first, last)
    found: dict[UUID, list[network.TaskAssignment]] = {}
    for row in rows:
        one = network.TaskAssignment(row.work_minutes, row.units, calendars[row.person_id])
        found.setdefault(row.task_id, []).append(one)
    return {key: tuple(ones) for key, ones in found.items()}


def _with_absences(persons: Sequence[Person], first: date, last: date) -> dict[UUID, Calendar]:
    away = absences_of(persons, first, last)
    found = {}
    for key, calendar in working_calendars(persons).items():
        off = [
            CalendarException(one.starts_on, one.ends_on, name=str(one.get_kind_display()))
            for one in away.get(key, [])
        ]
        found[key] = calendar.with_exceptions(*off) if off else calendar
    return found
