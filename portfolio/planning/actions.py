"""Every write on the tasks of a plan. Links, people and baselines have their own modules, re-exported here.

Each action takes the plan's lock, and dates the whole plan again unless `schedule=False` (the caller then ends a
series of actions with `scheduling.reschedule`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, values_of
from portfolio.planning.assignment_actions import assign, change_assignment, follow_duration, set_people, unassign
from portfolio.planning.baseline_actions import delete_baseline, restore_baseline, take_baseline
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.link_actions import change_link, link_tasks, set_predecessors, unlink
from portfolio.planning.models import Assignment, Dependency, Task, TaskKind
from portfolio.planning.outline_actions import (
    indent_task,
    indent_tasks,
    make_plain,
    make_summary,
    move_task,
    move_tasks,
    outdent_task,
    outdent_tasks,
    place,
    refuse_parent,
    shift_task,
)
from portfolio.planning.plan_replacement import (
    PlannedAssignment,
    PlannedBaseline,
    PlannedDates,
    PlannedLink,
    PlannedTask,
    ReplacedPlan,
    replace_plan,
)
from portfolio.planning.scheduling import (
    Plan,
    load_plan,
    lock_plan,
    plan_calendar,
    renumber,
    reschedule,
    under,
)
from portfolio.planning.settings_actions import set_plan_calendar
from portfolio.planning.task_rules import checked, dated, first_instant
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import undo_batch
from tech4value.audit.writing import create, delete_many, object_type, update
from tech4value.fields.values import with_custom
from tech4value.tenancy.models import uuid7

# What a task says beside its dates: the plan need not be dated again.
UNDATED = {"custom_fields", "notes", "milestone"}

__all__ = [
    "PlannedAssignment",
    "PlannedBaseline",
    "PlannedDates",
    "PlannedLink",
    "PlannedTask",
    "ReplacedPlan",
    "assign",
    "change_assignment",
    "change_link",
    "change_task",
    "create_task",
    "delete_baseline",
    "delete_task",
    "delete_tasks",
    "indent_task",
    "indent_tasks",
    "link_tasks",
    "move_task",
    "move_tasks",
    "outdent_task",
    "outdent_tasks",
    "replace_plan",
    "reschedule",
    "restore_baseline",
    "set_people",
    "set_plan_calendar",
    "set_predecessors",
    "shift_task",
    "take_baseline",
    "unassign",
    "undo_deletion",
    "unlink",
]


@transaction.atomic
def create_task(
    *,
    actor: Actor,
    project: Project,
    name: str,
    parent: Task | None = None,
    index: int | None = None,
    schedule: bool = True,
    **fields: Any,
) -> Task:
    """A new task at rank `index` (the last by default) under `parent`.

    Dates: `starts_at`, and `duration_minutes` or `ends_at`; a working day from the project's start when nothing is
    said. In automatic mode a start that is given becomes "start no earlier than", unless a constraint is.
    """
    lock_plan(project)
    calendar = plan_calendar(project)
    refuse_parent(parent, project)
    fields = with_custom("task", fields)
    given = set(fields)
    fields.setdefault("starts_at", first_instant(project, calendar))
    if fields.get("kind") == TaskKind.MILESTONE:
        fields["duration_minutes"] = 0
    elif not given & {"ends_at", "duration_minutes"}:
        fields["duration_minutes"] = day_minutes(calendar)
    fields.setdefault("ends_at", fields["starts_at"])
    task = cleaned(Task(project=project, name=name.strip(), parent=parent, **fields))
    for field_name, value in dated(task, fields, given, calendar).items():
        setattr(task, field_name, value)
    task.position = _last_position(project) + 1
    create(actor, checked(cleaned(task), project))
    if parent is not None:
        make_summary(actor, parent)
    plan = load_plan(project)
    if index is None and parent is None:
        renumber(plan)
    else:
        place(plan, [task.pk], parent.pk if parent else None, len(plan.tasks) if index is None else index)
    return _scheduled(actor, project, plan, task, schedule)


@transaction.atomic
def change_task(
    *,
    actor: Actor,
    task: Task,
    values: Mapping[str, Any],
    version: int | None = None,
    schedule: bool = True,
) -> bool:
    """Change a task; returns whether anything differed. Its place in the outline changes by `move_task`.

    Dates follow one another as in `create_task`. A summary's dates and progress come from what is under it.
    """
    project = task.project
    lock_plan(project)
    if "parent" in values:
        raise ValidationError({"parent": _("Déplacez la tâche pour changer sa tâche mère.")})
    values = with_custom("task", values, task.custom_fields)
    calendar = plan_calendar(project)
    has_children = Task.objects.filter(parent=task).exists()
    wanted = dated(changed(task, values), dict(values), set(values), calendar, before=task, summary=has_children)
    candidate = checked(changed(task, wanted), project, has_children=has_children)
    old_duration = task.duration_minutes
    differs = update(actor, task, values_of(candidate, wanted), version=version)
    if not differs:
        return False
    if not set(wanted) - UNDATED:
        return True
    if task.duration_minutes != old_duration:
        follow_duration(actor, task, old_duration)
    if schedule:
        _scheduled(actor, project, load_plan(project), task, schedule)
    else:
        task.refresh_from_db()
    return True


def delete_task(*, actor: Actor, task: Task, schedule: bool = True) -> UUID:
    """Delete a task and all under it, with their links and assignments; returns the batch that `undo_deletion`
    takes back. What follows from it (codes, dates) is outside the batch."""
    return delete_tasks(actor=actor, project=task.project, tasks=[task], schedule=schedule)


@transaction.atomic
def delete_tasks(*, actor: Actor, project: Project, tasks: Sequence[Task], schedule: bool = True) -> UUID:
    """Delete tasks of a plan, as `delete_task` does one."""
    lock_plan(project)
    doomed = under(load_plan(project), {task.pk for task in tasks})
    batch = actor.batch_id or uuid7()
    within = actor.within(batch)
    delete_many(within, list(Assignment.objects.filter(task__in=doomed)))
    # The links of other projects' plans sleep while the task is in the bin, and are theirs to take away.
    own = Dependency.objects.filter(Q(predecessor__in=doomed) | Q(successor__in=doomed), project=project)
    delete_many(within, list(own))
    delete_many(within, doomed)
    plan = load_plan(project)
    left = plan.by_id
    for key in {task.parent_id for task in doomed if task.parent_id in left} - plan.parents:
        make_plain(actor, left[key])
    renumber(plan)
    if schedule:
        reschedule(actor=actor, project=project, plan=plan)
    return batch


@transaction.atomic
def undo_deletion(*, actor: Actor, project: Project, batch: UUID) -> int:
    """Bring back what `delete_task` removed; returns the number of rows. Raises ValidationError when the summary that
    held the task has gone since, or LookupError when the batch is not the deletion of tasks of `project`."""
    lock_plan(project)
    events = AuditEvent.objects.filter(
        batch_id=batch, project_id=project.pk, object_type=object_type(Task), verb="task.deleted"
    )
    ids = set(events.values_list("object_id", flat=True))
    rows = list(Task.everything.filter(pk__in=ids).select_related("parent"))
    # A deletion, and nothing else: the batch of an import is undone where imports are, by those who may.
    others = AuditEvent.objects.filter(batch_id=batch).exclude(project_id=project.pk, verb__endswith=".deleted")
    if not rows or others.exists():
        raise LookupError(f"batch {batch} deleted no task of this project")
    for row in rows:
        if row.parent is not None and row.parent.deleted_at is not None and row.parent_id not in ids:
            raise ValidationError(
                _("« %(task)s » ne peut pas revenir : son récapitulatif « %(parent)s » a été supprimé depuis.")
                % {"task": row.name, "parent": row.parent.name}
            )
    count = undo_batch(actor, batch)
    plan = load_plan(project)
    for parent_id in {row.parent_id for row in rows if row.parent_id is not None} - ids:
        make_summary(actor, plan.by_id[parent_id])
    renumber(plan)
    reschedule(actor=actor, project=project)
    return count


def _last_position(project: Project) -> int:
    last = Task.objects.filter(project=project).order_by("-position").values_list("position", flat=True).first()
    return -1 if last is None else last


def _scheduled(actor: Actor, project: Project, plan: Plan, task: Task, schedule: bool) -> Task:
    """Date the plan again, and show the task as it now is."""
    if schedule:
        reschedule(actor=actor, project=project, plan=plan)
    task.refresh_from_db()
    return task
