"""Many tasks of one plan at once, in a few statements: what a table brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person
from portfolio.people.validation import changed, cleaned, values_of
from portfolio.planning.assignment_actions import ONE, work_of
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Assignment, ConstraintKind, Task, TaskKind, TaskMode
from portfolio.planning.outline_actions import arrange, refuse_parent
from portfolio.planning.scheduling import Plan, load_plan, lock_plan, plan_calendar, reschedule
from portfolio.planning.task_rules import checked, dated, first_instant
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create_many, delete_many, update_many
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of, with_custom
from tech4value.tenancy.bulk import update_rows


@dataclass(slots=True)
class TaskEntry:
    """A task to make (`task` None) or to change. `values` are fields of Task; `depth` is its outline level, 1 at the
    top, when it is new. `people` are those on it, in the place of those who were; None leaves them."""

    values: Mapping[str, Any]
    task: Task | None = None
    depth: int = 1
    people: Sequence[Person] | None = None


@dataclass
class Outline:
    """Where new tasks go, from one call to the next: the open ancestors by level, and the last rank."""

    above: list[tuple[int, Task]] = field(default_factory=list)
    position: int | None = None

    def place(self, task: Task, depth: int) -> None:
        """Put a new task after all others, under the last one that is above it."""
        while self.above and (self.above[-1][0] >= depth or self.above[-1][1].kind == TaskKind.MILESTONE):
            self.above.pop()
        task.parent = self.above[-1][1] if self.above else None
        self.above.append((depth, task))
        self.position = (self.position or 0) + 1
        task.position = self.position


def set_tasks(
    *,
    actor: Actor,
    project: Project,
    entries: Sequence[TaskEntry],
    outline: Outline,
    fields: Sequence[FieldDefinition] = (),
) -> list[Task]:
    """Make and change tasks of a plan; the same rules as for one. Returns the task of each entry.

    The caller ends a series with `scheduling.renumber` and `reschedule`. `fields` are the custom fields of tasks.
    Raises ValidationError: nothing of it may then be kept.
    """
    lock_plan(project)
    calendar = plan_calendar(project)
    if outline.position is None:
        last = Task.objects.filter(project=project).order_by("-position").values_list("position", flat=True).first()
        outline.position = last if last is not None else -1
    new: list[Task] = []
    changes: list[tuple[Task, Mapping[str, Any]]] = []
    tasks: list[Task] = []
    parents = set(Task.objects.filter(project=project).exclude(parent=None).values_list("parent", flat=True))
    for entry in entries:
        values = with_custom("task", entry.values, entry.task.custom_fields if entry.task else None, fields=fields)
        if entry.task is None:
            task = _new(project, values, calendar)
            outline.place(task, entry.depth)
            new.append(task)
        else:
            task = entry.task
            has_children = task.pk in parents
            candidate = changed(task, values)
            wanted = dated(candidate, values, set(values), calendar, before=task, summary=has_children)
            candidate = checked(changed(task, wanted), project, has_children=has_children)
            changes.append((task, values_of(candidate, wanted)))
        tasks.append(task)
    _make_summaries(actor, new)
    create_many(actor, new)
    update_many(actor, changes)
    _set_people(actor, project, entries, tasks)
    return tasks


@transaction.atomic
def create_tasks(*, actor: Actor, project: Project, values: Sequence[Mapping[str, Any]]) -> list[Task]:
    """Make tasks of a plan in a few statements: each as `actions.create_task` does, under its `parent` (a task that
    is there already) at rank `index`; the plan is dated once. Raises ValidationError: nothing may then be kept."""
    lock_plan(project)
    calendar = plan_calendar(project)
    definitions = fields_of("task") if any(one.get("custom_fields") for one in values) else []
    last = Task.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    new: list[Task] = []
    for rank, one in enumerate(values, start=0 if last is None else last + 1):
        fields = {name: value for name, value in one.items() if name not in {"project", "parent", "index"}}
        parent = one.get("parent")
        refuse_parent(parent, project)
        task = _new(project, with_custom("task", fields, fields=definitions), calendar)
        task.parent, task.position = parent, rank
        new.append(task)
    create_many(actor, new)
    _make_summaries(actor, new)
    plan = load_plan(project)
    _arrange(plan, new, [one.get("index") for one in values])
    reschedule(actor=actor, project=project, plan=plan)
    found = {task.pk: task for task in Task.objects.filter(pk__in=[task.pk for task in new])}
    return [found[task.pk] for task in new]


def _arrange(plan: Plan, new: Sequence[Task], indexes: Sequence[int | None]) -> None:
    """Put new tasks where they were asked for, and save the plan's ranks and codes once."""
    moved: dict[Any, Task] = {}
    pairs = zip(new, indexes, strict=True)
    for (parent_id, index), run in groupby(pairs, lambda pair: (pair[0].parent_id, pair[1])):
        keys = [task.pk for task, _index in run]
        # One after the other at the same rank: each pushes the former down.
        for group in [keys] if index is None else [[key] for key in keys]:
            rank = len(plan.tasks) if index is None else index
            moved |= {task.pk: task for task in arrange(plan, group, parent_id, rank)}
    if moved:
        update_rows(list(moved.values()), ["position", "wbs"])


def _new(project: Project, values: dict[str, Any], calendar: Calendar) -> Task:
    given = set(values)
    values.setdefault("starts_at", first_instant(project, calendar))
    if values.get("kind") == TaskKind.MILESTONE:
        values["duration_minutes"] = 0
    elif not given & {"ends_at", "duration_minutes"}:
        values["duration_minutes"] = day_minutes(calendar)
    values.setdefault("ends_at", values["starts_at"])
    task = cleaned(Task(project=project, **values))
    for name, value in dated(task, values, given, calendar).items():
        setattr(task, name, value)
    return checked(cleaned(task), project)


def _make_summaries(actor: Actor, new: Sequence[Task]) -> None:
    """A task that gets one under it is a summary, whether it is new or was there."""
    made = {task.pk for task in new}
    values: dict[str, Any] = {"kind": TaskKind.SUMMARY, "constraint_kind": ConstraintKind.ASAP, "constraint_at": None}
    values["mode"] = TaskMode.AUTO
    parents = {task.parent.pk: task.parent for task in new if task.parent is not None}
    plain = [parent for parent in parents.values() if parent.kind != TaskKind.SUMMARY]
    update_many(actor, [(parent, values) for parent in plain if parent.pk not in made])
    for parent in plain:
        for name, value in values.items():
            setattr(parent, name, value)


def _set_people(actor: Actor, project: Project, entries: Sequence[TaskEntry], tasks: Sequence[Task]) -> None:
    """Who is on each task; its work is shared among them when it is given, and is the sum of theirs otherwise."""
    wanted = {
        task.pk: (task, entry)
        for entry, task in zip(entries, tasks, strict=True)
        if entry.people is not None and task.kind == TaskKind.TASK
    }
    held: dict[Any, dict[Any, Assignment]] = {}
    for row in Assignment.objects.filter(task__in=list(wanted)):
        held.setdefault(row.task_id, {})[row.person_id] = row
    new, gone = [], []
    for key, (task, entry) in wanted.items():
        now, people = held.get(key, {}), entry.people or ()
        keep = {person.pk for person in people}
        gone += [row for person, row in now.items() if person not in keep]
        work = work_of(ONE, task.duration_minutes)
        if "work_minutes" in entry.values and people:
            work = task.work_minutes // len(people)
        new += [
            Assignment(project=project, task=task, person=person, work_minutes=work)
            for person in people
            if person.pk not in now
        ]
    delete_many(actor, gone)
    create_many(actor, new)
    said = {task.pk for task, entry in wanted.values() if "work_minutes" in entry.values}
    _sum_work(actor, [task for task, _entry in wanted.values() if task.pk not in said])


def _sum_work(actor: Actor, tasks: Sequence[Task]) -> None:
    keys = [task.pk for task in tasks]
    sums = Assignment.objects.filter(task__in=keys).values_list("task").annotate(total=Sum("work_minutes"))
    totals = dict(sums.order_by())
    update_many(actor, [(task, {"work_minutes": totals.get(task.pk) or 0}) for task in tasks])


def set_assignments(
    *, actor: Actor, project: Project, entries: Sequence[tuple[Task, Person, Mapping[str, Any]]]
) -> list[Assignment]:
    """Put people on tasks, or change how much they are on them (`units`, `work_minutes`); returns each row.

    Without work, it follows from the units and the task's duration. Raises ValidationError by field.
    """
    lock_plan(project)
    held = {
        (row.task_id, row.person_id): row
        for row in Assignment.objects.filter(task__in={task.pk for task, _person, _values in entries})
    }
    rows, new, changes = [], [], []
    for task, person, values in entries:
        if task.kind == TaskKind.MILESTONE:
            raise ValidationError(_("« %(task)s » est un jalon : personne n’y travaille.") % {"task": task.name})
        row = held.get((task.pk, person.pk))
        wanted = dict(values)
        if "work_minutes" not in wanted and (row is None or "units" in wanted):
            wanted["work_minutes"] = work_of(wanted.get("units", ONE), task.duration_minutes)
        if row is None:
            row = cleaned(Assignment(project=project, task=task, person=person, **wanted))
            new.append(row)
        else:
            changed(row, wanted)
            changes.append((row, wanted))
        rows.append(row)
    create_many(actor, new)
    update_many(actor, changes)
    _sum_work(actor, list({task.pk: task for task, _person, _values in entries}.values()))
    return rows
