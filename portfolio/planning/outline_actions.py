"""What moves tasks in the outline: under another, out of it, up and down; one, or several together."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.planning.domain import wbs
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.models import ConstraintKind, Task, TaskKind, TaskMode
from portfolio.planning.scheduling import Plan, explained, load_plan, lock_plan, outline_items, reschedule
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import update, update_many
from tech4value.tenancy.bulk import update_rows


@transaction.atomic
def move_tasks(
    *,
    actor: Actor,
    project: Project,
    tasks: Sequence[Task],
    parent: Task | None,
    index: int | None = None,
    schedule: bool = True,
    plan: Plan | None = None,
) -> None:
    """Put tasks of a plan, each with all under it, one after the other from rank `index` (0 first, the last by
    default) under `parent`. The rank is among the children that are not moved.

    Raises ValidationError when `parent` is one of them or under one.
    """
    lock_plan(project)
    refuse_parent(parent, project)
    plan = plan or load_plan(project)
    rows = plan.by_id
    before = {task.pk: (rows[task.pk].parent_id, rows[task.pk].position) for task in tasks}
    place(plan, list(before), parent.pk if parent else None, len(plan.tasks) if index is None else index)
    after = {key: (rows[key].parent_id, rows[key].position) for key in before}
    for key, (parent_id, position) in after.items():
        if before[key] != after[key]:
            # The rank was written with the others'; the event says where the task was and where it is.
            rows[key].parent_id, rows[key].position = before[key]
            update(actor, rows[key], {"parent_id": parent_id, "position": position}, verb="task.moved")
    if before == after:
        return
    if parent is not None:
        make_summary(actor, rows[parent.pk])
    parents = plan.parents
    for key in {old for old, _position in before.values() if old is not None} - parents:
        make_plain(actor, rows[key])
    if schedule:
        reschedule(actor=actor, project=project, plan=load_plan(project))


def move_task(
    *, actor: Actor, task: Task, parent: Task | None, index: int | None = None, schedule: bool = True
) -> Task:
    """Put a task, and all under it, at rank `index` (0 first, the last by default) under `parent`.

    Raises ValidationError when `parent` is the task itself or under it.
    """
    move_tasks(actor=actor, project=task.project, tasks=[task], parent=parent, index=index, schedule=schedule)
    task.refresh_from_db()
    return task


def indent_task(*, actor: Actor, task: Task) -> Task:
    """Put a task under the one above it, which becomes a summary."""
    indent_tasks(actor=actor, project=task.project, tasks=[task])
    task.refresh_from_db()
    return task


@transaction.atomic
def indent_tasks(*, actor: Actor, project: Project, tasks: Sequence[Task], schedule: bool = True) -> None:
    """Put each task under the one above it of its level; neighbours go under the same."""
    plan = load_plan(project)
    for run in _runs(plan, tasks):
        siblings = [one for one in plan.tasks if one.parent_id == run[0].parent_id]
        rank = [one.pk for one in siblings].index(run[0].pk)
        if rank == 0:
            raise ValidationError(
                _("« %(task)s » est la première de sa liste : rien au-dessus ne peut la contenir.")
                % {"task": run[0].name}
            )
        above = siblings[rank - 1]
        move_tasks(actor=actor, project=project, tasks=run, parent=above, schedule=False, plan=plan)
    if schedule:
        reschedule(actor=actor, project=project)


def outdent_task(*, actor: Actor, task: Task) -> Task:
    """Take a task out of its summary, to come just after it."""
    outdent_tasks(actor=actor, project=task.project, tasks=[task])
    task.refresh_from_db()
    return task


@transaction.atomic
def outdent_tasks(*, actor: Actor, project: Project, tasks: Sequence[Task], schedule: bool = True) -> None:
    """Take each task out of its summary, to come just after it."""
    plan = load_plan(project)
    for run in _runs(plan, tasks):
        old = plan.by_id.get(run[0].parent_id) if run[0].parent_id else None
        if old is None:
            raise ValidationError(_("« %(task)s » est déjà au premier niveau.") % {"task": run[0].name})
        uncles = [one.pk for one in plan.tasks if one.parent_id == old.parent_id]
        above = plan.by_id[old.parent_id] if old.parent_id else None
        index = uncles.index(old.pk) + 1
        move_tasks(actor=actor, project=project, tasks=run, parent=above, index=index, schedule=False, plan=plan)
    if schedule:
        reschedule(actor=actor, project=project)


def shift_task(*, actor: Actor, task: Task, by: int) -> Task:
    """Move a task `by` ranks among those of its own level: -1 is up, 1 is down; nothing at the ends."""
    plan = load_plan(task.project)
    siblings = [one.pk for one in plan.tasks if one.parent_id == task.parent_id]
    rank = siblings.index(task.pk) + by
    if not 0 <= rank < len(siblings):
        return task
    return move_task(actor=actor, task=task, parent=task.parent, index=rank)


def _runs(plan: Plan, tasks: Sequence[Task]) -> list[list[Task]]:
    """The tasks in reading order, without those under another of them, neighbours of one level together."""
    wanted = {task.pk for task in tasks}
    inside: set[UUID] = set()
    runs: list[list[Task]] = []
    last: dict[UUID | None, Task] = {}
    for task in plan.tasks:
        above = last.get(task.parent_id)
        last[task.parent_id] = task
        if task.parent_id in inside:
            inside.add(task.pk)
        elif task.pk in wanted:
            inside.add(task.pk)
            if runs and above is not None and runs[-1][-1].pk == above.pk:
                runs[-1].append(task)
            else:
                runs.append([task])
    return runs


def place(plan: Plan, keys: Sequence[UUID], parent_id: UUID | None, index: int) -> None:
    """Write the order in which these tasks are children of the parent from rank `index`; the plan's rows follow."""
    if changed_rows := arrange(plan, keys, parent_id, index):
        update_rows(changed_rows, ["position", "wbs"])


def arrange(plan: Plan, keys: Sequence[UUID], parent_id: UUID | None, index: int) -> list[Task]:
    """The same in the plan's rows only; returns those whose rank or code differs, to be saved."""
    items = outline_items(plan.tasks)
    places = {item.key: item for item in items}
    parent = str(parent_id) if parent_id else None
    moving = {str(key) for key in keys}
    stays = [item.key for item in items if item.parent == parent and item.key not in moving]
    index = min(index, len(stays))
    try:
        for rank, key in enumerate(item.key for item in items if item.key in moving):
            places |= {item.key: item for item in wbs.move(places.values(), key, parent=parent, index=index + rank)}
    except PlanningError as error:
        raise ValidationError({"parent": explained(error, plan)}) from error
    by_id = plan.by_id
    rows = wbs.outline(replace(item) for item in places.values())
    changed_rows = []
    for position, row in enumerate(rows):
        task = by_id[UUID(row.key)]
        code = row.code[:60]
        if (task.position, task.wbs) != (position, code):
            changed_rows.append(task)
        task.position, task.wbs = position, code
        task.parent_id = UUID(row.parent) if row.parent else None
    plan.tasks = [by_id[UUID(row.key)] for row in rows]
    return changed_rows


def make_summary(actor: Actor, parent: Task) -> None:
    """A task that gets one under it is a summary; dates and progress come from below."""
    if parent.kind != TaskKind.SUMMARY:
        values = {"kind": TaskKind.SUMMARY, "constraint_kind": ConstraintKind.ASAP, "constraint_at": None}
        update_many(actor, [(parent, {**values, "mode": TaskMode.AUTO})])


def make_plain(actor: Actor, task: Task) -> None:
    """A summary that holds nothing any more is a task; it stays where its last tasks were."""
    if task.kind == TaskKind.SUMMARY:
        kept = {"constraint_kind": ConstraintKind.SNET, "constraint_at": task.starts_at}
        update_many(actor, [(task, {"kind": TaskKind.TASK, **kept})])


def refuse_parent(parent: Task | None, project: Project) -> None:
    """Raise ValidationError for a task that may not hold others."""
    if parent is None:
        return
    if parent.project_id != project.pk:
        raise ValidationError({"parent": _("Cette tâche mère est dans un autre projet.")})
    if parent.kind == TaskKind.MILESTONE:
        raise ValidationError(
            {"parent": _("« %(task)s » est un jalon : il ne peut pas contenir de tâches.") % {"task": parent.name}}
        )
