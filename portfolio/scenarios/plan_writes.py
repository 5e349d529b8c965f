"""The differences of two worlds in plans, milestones and bookings, written to the live rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portfolio.capacity.allocation_actions import change_allocation, create_allocation, delete_allocation
from portfolio.capacity.models import Allocation
from portfolio.people.models import Person
from portfolio.planning.actions import change_task, create_task, delete_tasks
from portfolio.planning.assignment_actions import assign, change_assignment, unassign
from portfolio.planning.domain.network import Dependency as Link
from portfolio.planning.domain.network import PlanTask
from portfolio.planning.link_actions import link_tasks, unlink
from portfolio.planning.models import Assignment, Dependency, Task, TaskMode
from portfolio.projects.actions import change_milestone, change_project, delete_milestone
from portfolio.projects.models import Milestone, Project
from portfolio.scenarios.domain.world import SECOND, TaskFacts, World
from tech4value.audit.actor import Actor

Rows = Mapping[str, Any]


def touched(live: World, wanted: World) -> set[str]:
    """The projects whose plans differ in something else than the dates that follow."""
    found = set()
    for key in live.plan.keys() | wanted.plan.keys():
        facts = wanted.tasks.get(key) or live.tasks.get(key)
        if facts is not None and live.plan.get(key) != wanted.plan.get(key):
            found.add(facts.project)
    works = live.works.keys() | wanted.works.keys()
    for key in works:
        if live.works.get(key) != wanted.works.get(key):
            found.add((wanted.works.get(key) or live.works[key]).project)
    for key, facts in live.tasks.items():
        now = wanted.tasks.get(key)
        if now is not None and now.work_minutes != facts.work_minutes:
            found.add(facts.project)
    return found


def write_projects(actor: Actor, live: World, wanted: World, rows: Rows) -> None:
    """The dates of projects."""
    for key, row in rows.items():
        before, after = live.projects[key], wanted.projects[key]
        values = {
            name: getattr(after, name)
            for name in ("starts_on", "ends_on")
            if getattr(before, name) != getattr(after, name)
        }
        if values:
            change_project(actor=actor, project=row, values=values)


def write_milestones(actor: Actor, live: World, wanted: World) -> None:
    """The dates of milestones; those that a stopped project will not meet are deleted."""
    moved = {key for key, one in live.milestones.items() if wanted.milestones.get(key) != one}
    for row in Milestone.objects.filter(pk__in=moved).select_related("project"):
        after = wanted.milestones.get(str(row.pk))
        if after is None:
            delete_milestone(actor=actor, milestone=row)
        else:
            change_milestone(actor=actor, milestone=row, values={"due_on": after.due_on})


def write_plan(actor: Actor, live: World, wanted: World) -> dict[str, Task]:
    """Tasks, then their links, then who works on them. Plans are dated afterwards. Returns the second parts of tasks
    that are split, by the keys of the first."""
    rows = _tasks(live, wanted)
    for key in [key for key in wanted.plan if key in live.plan]:
        before, after = live.plan[key], wanted.plan[key]
        values = _values(before, after, live.tasks.get(key), wanted.tasks.get(key))
        if values and key in rows:
            change_task(actor=actor, task=rows[key], values=values, schedule=False)
    for key in [key for key in wanted.tasks if key not in live.tasks]:
        rows[key] = _second(actor, rows[key.removesuffix(SECOND)], wanted, key)
    gone = [rows[key] for key in live.tasks if key not in wanted.tasks and key in rows]
    _relink(actor, live, wanted, rows)
    _people(actor, live, wanted, rows)
    for project in {row.project_id: row.project for row in gone}.values():
        mine = [row for row in gone if row.project_id == project.pk]
        tops = [row for row in mine if row.parent_id is None or all(one.pk != row.parent_id for one in mine)]
        delete_tasks(actor=actor, project=project, tasks=tops, schedule=False)
    return {key.removesuffix(SECOND): row for key, row in rows.items() if key.endswith(SECOND)}


def _tasks(live: World, wanted: World) -> dict[str, Task]:
    keys = {
        key.removesuffix(SECOND)
        for key in live.tasks.keys() | wanted.tasks.keys()
        if live.plan.get(key) != wanted.plan.get(key)
        or live.works_of.get(key) != wanted.works_of.get(key)
        or _written(live.tasks.get(key)) != _written(wanted.tasks.get(key))
    }
    rows = Task.objects.filter(pk__in=keys).select_related("project", "parent", "calendar", "milestone")
    return {str(row.pk): row for row in rows}


def _written(facts: TaskFacts | None) -> Any:
    """What of a task is written on it, beside how it is dated."""
    return None if facts is None else (facts.work_minutes, facts.percent, facts.milestone)


def _values(before: PlanTask, after: PlanTask, facts: TaskFacts | None, wanted: TaskFacts | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if (before.constraint, before.constraint_date) != (after.constraint, after.constraint_date):
        values |= {"constraint_kind": after.constraint.value, "constraint_at": after.constraint_date}
    if (before.manual, before.start, before.finish) != (after.manual, after.start, after.finish):
        values |= {"mode": TaskMode.MANUAL, "starts_at": after.start, "ends_at": after.finish}
    elif before.duration_minutes != after.duration_minutes:
        values["duration_minutes"] = after.duration_minutes
    if facts is not None and wanted is not None:
        if facts.milestone != wanted.milestone:
            values["milestone"] = None
        if facts.percent != wanted.percent:
            values["percent_complete"] = wanted.percent
        if facts.work_minutes != wanted.work_minutes:
            values["work_minutes"] = wanted.work_minutes
    return values


def _second(actor: Actor, first: Task, wanted: World, key: str) -> Task:
    """The part of a task that goes on later: the next line of the plan."""
    facts, plan = wanted.tasks[key], wanted.plan[key]
    siblings = Task.objects.filter(project=first.project_id, parent=first.parent_id).order_by("position")
    index = list(siblings.values_list("pk", flat=True)).index(first.pk) + 1
    milestone = Milestone.objects.filter(pk=facts.milestone).first() if facts.milestone else None
    return create_task(
        actor=actor,
        project=first.project,
        name=(_("%(name)s (suite)") % {"name": first.name})[:255],
        parent=first.parent,
        index=index,
        schedule=False,
        starts_at=_given(plan.constraint_date),
        duration_minutes=plan.duration_minutes,
        work_minutes=facts.work_minutes,
        effort_type=first.effort_type,
        calendar=first.calendar,
        percent_complete=facts.percent,
        milestone=milestone,
    )


def _given(moment: datetime | None) -> datetime:
    if moment is None:
        raise LookupError("a second part has a date")
    return moment


def _relink(actor: Actor, live: World, wanted: World, rows: dict[str, Task]) -> None:
    """The links that a split moved. Those of tasks that go, go with them."""
    added = [link for link in wanted.links if link not in set(live.links)]
    left = set(wanted.links)
    removed = [
        link
        for link in live.links
        if link not in left and link.predecessor in wanted.plan and link.successor in wanted.plan
    ]
    for link in removed:
        row = Dependency.objects.select_related("project").get(predecessor=link.predecessor, successor=link.successor)
        unlink(actor=actor, link=row, schedule=False)
    ends = {key for link in added for key in (link.predecessor, link.successor)} - rows.keys()
    for row in Task.objects.filter(pk__in=ends).select_related("project"):
        rows[str(row.pk)] = row
    for link in added:
        _link(actor, link, rows)


def _link(actor: Actor, link: Link, rows: Mapping[str, Task]) -> None:
    link_tasks(
        actor=actor,
        predecessor=rows[link.predecessor],
        successor=rows[link.successor],
        kind=link.type.value,
        lag=link.lag,
        lag_unit=link.lag_unit.value,
        schedule=False,
    )


def _people(actor: Actor, live: World, wanted: World, rows: Mapping[str, Task]) -> None:
    """Who works on the tasks whose people differ, and how much."""
    tasks = [
        key for key in wanted.tasks if key in rows and live.works_of.get(key, ()) != wanted.works_of.get(key, ())
    ]
    held: dict[str, dict[str, Assignment]] = {}
    for row in Assignment.objects.filter(task__in=[rows[key].pk for key in tasks]).select_related("task__project"):
        held.setdefault(str(row.task_id), {})[str(row.person_id)] = row
    persons = {one.person for key in tasks for one in wanted.works_of.get(key, ())}
    people = {str(row.pk): row for row in Person.objects.filter(pk__in=[key for key in persons if ":" not in key])}
    for key in tasks:
        now = held.get(str(rows[key].pk), {})
        after = {one.person: one for one in wanted.works_of.get(key, ())}
        for person, row in now.items():
            if person not in after:
                unassign(actor=actor, assignment=row)
            elif (row.work_minutes, row.units) != (after[person].work_minutes, after[person].units):
                values = {"work_minutes": after[person].work_minutes, "units": after[person].units}
                change_assignment(actor=actor, assignment=row, values=values)
        for person, work in after.items():
            if person not in now:
                assign(
                    actor=actor,
                    task=rows[key],
                    person=people[person],
                    units=work.units,
                    work_minutes=work.work_minutes,
                )


def write_bookings(actor: Actor, live: World, wanted: World, new: Mapping[str, Project]) -> None:
    """Allocations: moved, made larger or smaller, made, deleted."""
    changed = {key for key, one in live.bookings.items() if wanted.bookings.get(key) != one}
    for row in Allocation.objects.filter(pk__in=changed).select_related("project", "person", "profile"):
        after = wanted.bookings.get(str(row.pk))
        if after is None:
            delete_allocation(actor=actor, allocation=row)
            continue
        one = after.booking
        values = {"starts_on": one.first, "ends_on": one.last, "share": one.share, "days": one.days}
        change_allocation(actor=actor, allocation=row, values=values)
    for key, row in wanted.bookings.items():
        if key in live.bookings:
            continue
        project = new.get(row.project) or Project.objects.get(pk=row.project)
        create_allocation(
            actor=actor,
            project=project,
            person_id=row.person or None,
            profile_id=row.profile or None,
            skill_id=row.skill or None,
            starts_on=row.booking.first,
            ends_on=row.booking.last,
            share=row.booking.share,
            days=row.booking.days,
        )
