"""Undo and redo of the editor, from the journal: what one batch wrote is put back, in a batch that can be undone too.

A value is put back only where it still is what the batch left: what others have written since is never lost, and is
told. What the scheduler moved since follows from the rest, and is computed again: the journal says which of the two
it was, by the verb under which the value was written.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portfolio.planning import actions
from portfolio.planning.kept_plans import KeptPlan, taken
from portfolio.planning.models import Assignment, Dependency, Task, TaskMode
from portfolio.planning.outline_actions import move_tasks
from portfolio.planning.scheduling import Plan, load_plan, lock_plan, renumber
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import put_back
from tech4value.audit.writing import delete_many, field_value, object_type, restore, update_many
from tech4value.tenancy.models import EditableModel, uuid7

TABLES: Final = {object_type(model) for model in (Task, Dependency, Assignment)}
# How the journal calls what the scheduler writes by itself.
BY_SCHEDULER: Final = "task.rescheduled"
# Of a task that the scheduler places, these follow from what was typed beside them (a constraint, a duration).
DATES: Final = {"starts_at", "ends_at"}
TASK: Final = object_type(Task)
PLACE: Final = {"parent", "position"}


@transaction.atomic
def undo_edit(*, actor: Actor, project: Project, batch: UUID) -> tuple[UUID, KeptPlan]:
    """Put back what `batch`, an edit of `project` by the same person, had changed; returns the batch that puts it
    forward again, and the plan. All or nothing.

    Raises LookupError for a batch that is none of theirs here, ValidationError when others have since written over
    it, in words.
    """
    lock_plan(project)
    events = list(AuditEvent.objects.filter(batch_id=batch).order_by("-id"))
    if not events or any(_is_foreign(event, actor, project) for event in events):
        raise LookupError(f"batch {batch} is no edit of this plan by this person")
    undoing = actor.within(uuid7())
    rows = _rows(events)
    fields: dict[Any, dict[str, Any]] = {}
    for event in events:
        row = rows.get(event.object_id)
        what = event.verb.rsplit(".", 1)[-1]
        if row is None or not event.changes:
            continue
        if what in {"created", "deleted", "restored"}:
            continue
        fields.setdefault(row.pk, {}).update(_values(event, row))
    _bring_back(undoing, [event for event in events if event.verb.endswith(".deleted")], rows)
    _move_back(undoing, project, {event.object_id: event.changes for event in events if event.verb == "task.moved"})
    _put_back(undoing, [(rows[key], values) for key, values in fields.items()])
    _take_out(undoing, project, [event for event in events if event.verb.endswith((".created", ".restored"))], rows)
    if any(event.object_type == TASK and (PLACE & event.changes.keys()) for event in events):
        renumber(load_plan(project))
    plan = taken(project)
    plan.date(undoing)
    return undoing.batch_id or batch, plan


def _is_foreign(event: AuditEvent, actor: Actor, project: Project) -> bool:
    mine = event.actor_id == actor.user_id and event.project_id == project.pk
    return not mine or event.object_type not in TABLES


def _rows(events: Iterable[AuditEvent]) -> dict[UUID | None, Any]:
    """The rows that the events speak of, deleted ones too."""
    keys: dict[str, set[UUID | None]] = {}
    for event in events:
        keys.setdefault(event.object_type, set()).add(event.object_id)
    found: dict[UUID | None, Any] = {}
    for name, ids in keys.items():
        rows = apps.get_model(name)._base_manager.select_for_update().filter(pk__in=ids).order_by("pk")
        found |= {row.pk: row for row in rows}
    return found


def _values(event: AuditEvent, row: EditableModel) -> dict[str, Any]:
    """The values before an event, where the row still holds those after it."""
    kept: dict[str, Any] = {}
    model_fields = {field.name: field for field in row._meta.local_fields}
    for name, (before, after) in event.changes.items():
        if name in PLACE and event.object_type == object_type(Task):
            continue
        if name in model_fields and _same(field_value(row, model_fields[name]), after):
            kept[name] = before
            put_back(row, {name: before})  # so that an earlier event of the batch finds what it left
        elif not _follows(row, event, name):
            raise ValidationError(_over(row, event, name))
    return {model_fields[name].attname: getattr(row, model_fields[name].attname) for name in kept}


def _same(one: Any, other: Any) -> bool:
    return one == other or (one in (None, "", [], {}) and other in (None, "", [], {}))


def _follows(row: EditableModel, event: AuditEvent, name: str) -> bool:
    """Whether the value that `row` has now in place of the event's is the scheduler's doing, and nobody's work."""
    if not isinstance(row, Task):
        return False
    if event.verb == BY_SCHEDULER or name == "work_minutes":  # the sum of its assignments, which are looked at too
        return True
    if name in DATES and row.mode == TaskMode.AUTO:
        return True
    return not _later(row, event, name).exists()


def _later(row: EditableModel, event: AuditEvent, name: str) -> QuerySet[AuditEvent]:
    """What people have since written in that field of `row`, the last first."""
    after = AuditEvent.objects.filter(object_id=row.pk, id__gt=event.id, changes__has_key=name)
    return after.exclude(batch_id=event.batch_id).exclude(verb=BY_SCHEDULER)


def _over(row: EditableModel, event: AuditEvent, name: str) -> str:
    """Who wrote over what is to be undone."""
    later = _later(row, event, name).first()
    return _overwritten(row, later or event)


def _overwritten(row: EditableModel, later: AuditEvent) -> str:
    return _("« %(row)s » a été modifié depuis par %(who)s : annuler effacerait cette modification.") % {
        "row": row,
        "who": later.actor_label,
    }


def _put_back(actor: Actor, changes: Sequence[tuple[Any, dict[str, Any]]]) -> None:
    """Write the values; the rows hold them already, and are read again so that the journal sees the difference."""
    for model in (Task, Dependency, Assignment):
        wanted = {row.pk: values for row, values in changes if isinstance(row, model) and values}
        fresh = model._base_manager.in_bulk(list(wanted))
        update_many(actor, [(fresh[key], values) for key, values in wanted.items() if fresh[key].deleted_at is None])


def _bring_back(actor: Actor, events: Sequence[AuditEvent], rows: dict[UUID | None, Any]) -> None:
    """Restore what the batch deleted, tasks before what hangs on them, parents before children."""
    found = [rows[event.object_id] for event in events if event.object_id in rows]
    tasks = sorted((row for row in found if isinstance(row, Task)), key=lambda task: task.position)
    ids = {task.pk for task in tasks}
    parents = Task.objects.in_bulk({task.parent_id for task in tasks if task.parent_id} - ids)
    for task in tasks:
        if task.parent_id and task.parent_id not in ids and task.parent_id not in parents:
            raise ValidationError(
                _("« %(task)s » ne peut pas revenir : son récapitulatif a été supprimé depuis.") % {"task": task.name}
            )
    for row in [*tasks, *(row for row in found if not isinstance(row, Task))]:
        if row.deleted_at is not None:
            restore(actor, row)
    tops = [task for task in tasks if task.parent_id not in ids]
    for task in tops:
        project = task.project
        plan = load_plan(project)
        siblings = [one for one in plan.tasks if one.parent_id == task.parent_id and one.pk != task.pk]
        index = sum(1 for one in siblings if one.position < task.position)
        parent = parents.get(task.parent_id) if task.parent_id else None
        move_tasks(actor=actor, project=project, tasks=[task], parent=parent, index=index, schedule=False, plan=plan)


def _move_back(actor: Actor, project: Project, moves: dict[UUID | None, dict[str, Sequence[Any]]]) -> None:
    """Put the tasks that were moved under their former parents, at their former ranks among the plan's lines."""
    now = dict(Task.objects.filter(pk__in=list(moves)).values_list("pk", "position"))
    # A move that kept its rank, under another parent, does not tell it.
    waiting = {
        key: changes["position"][0] if "position" in changes else now.get(key, 0) for key, changes in moves.items()
    }
    for key, former in sorted(waiting.items(), key=lambda item: (item[1], str(item[0]))):
        plan = load_plan(project)
        task = plan.by_id.get(key) if key else None
        # Those that still wait are not where they were: ranks are counted without them.
        away = {one.pk for other in waiting if other in plan.by_id for one in _below(plan, plan.by_id[other])}
        del waiting[key]
        if task is None:
            continue
        parent_id = task.parent_id
        if "parent" in moves[key]:
            parent_id = UUID(moves[key]["parent"][0]) if moves[key]["parent"][0] else None
        parent = plan.by_id.get(parent_id) if parent_id else None
        if parent_id is not None and parent is None:
            raise ValidationError(
                _("« %(task)s » ne peut pas revenir : son récapitulatif a été supprimé depuis.") % {"task": task.name}
            )
        rest = [one for one in plan.tasks if one.pk not in away]
        above = [one.pk for one in rest[:former] if one.parent_id == parent_id]
        stays = [one.pk for one in plan.tasks if one.parent_id == parent_id and one.pk != key]
        index = stays.index(above[-1]) + 1 if above else 0
        move_tasks(actor=actor, project=project, tasks=[task], parent=parent, index=index, schedule=False, plan=plan)


def _below(plan: Plan, task: Task) -> list[Task]:
    inside = {task.pk}
    found = []
    for one in plan.tasks:
        if one.parent_id in inside or one.pk == task.pk:
            inside.add(one.pk)
            found.append(one)
    return found


def _take_out(actor: Actor, project: Project, events: Sequence[AuditEvent], rows: dict[UUID | None, Any]) -> None:
    """Delete what the batch made; a task that others have filled or changed since is left, and told."""
    made = [rows[event.object_id] for event in events if event.object_id in rows]
    live = [row for row in made if type(row).objects.filter(pk=row.pk).exists()]
    tasks = [row for row in live if isinstance(row, Task)]
    ids = {row.pk for row in tasks}
    stranger = Task.objects.filter(parent__in=ids).exclude(pk__in=ids).first()
    if stranger is not None:
        raise ValidationError(
            _("« %(task)s » a reçu d’autres tâches depuis : annuler les supprimerait.") % {"task": stranger.parent}
        )
    _refuse_changed(tasks, events)
    delete_many(actor, [row for row in live if isinstance(row, Assignment)])
    delete_many(actor, [row for row in live if isinstance(row, Dependency)])
    if tasks:
        actions.delete_tasks(actor=actor, project=project, tasks=tasks, schedule=False)


def _refuse_changed(tasks: Sequence[Task], events: Sequence[AuditEvent]) -> None:
    """Raise ValidationError for a task that somebody else has changed since it was made."""
    first = {event.object_id: event for event in events}
    for task in tasks:
        event = first[task.pk]
        later = AuditEvent.objects.filter(object_id=task.pk, id__gt=event.id).exclude(verb=BY_SCHEDULER)
        other = later.exclude(actor_id=event.actor_id).exclude(changes={}).first()
        if other is not None:
            raise ValidationError(_overwritten(task, other))
