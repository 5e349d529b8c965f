"""Undo of a whole batch: an import or a sync run, from its own events."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from typing import Any, Final, cast
from uuid import UUID, uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from tech4value.audit.actor import Actor, ActorKind
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import delete_many, field_value, object_type, record, verb_prefix
from tech4value.tenancy.models import EditableModel

# What the limits of the organisation's plan make of a row (billing.surplus) is nobody's work on it.
OF_THE_LIMITS: Final = (".made_read_only", ".made_editable")
# Nor is what the plan of another project makes of a plan that waits for it: it follows again from what is put back.
FOLLOWED: Final = "task.rescheduled"


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """A row that somebody changed after the batch: undoing would lose their work. `batch_id`: of what they did it by,
    when that was a batch too; `fields` are those of the table `object_type`."""

    label: str
    by: str
    fields: tuple[str, ...]
    object_type: str = ""
    object_id: UUID | None = None
    project_id: UUID | None = None
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: rows put back, what was changed since, the keys of the rows that were kept for it and what
    they are called."""

    count: int
    conflicts: tuple[UndoConflict, ...] = ()
    kept: frozenset[UUID] = frozenset()
    kept_labels: tuple[str, ...] = ()


class UndoRefusedError(Exception):
    """The batch cannot be undone; nothing was written. `conflicts` says why, row by row."""

    def __init__(self, conflicts: list[UndoConflict]) -> None:
        self.conflicts = conflicts
        super().__init__(f"{len(conflicts)} rows were changed after the batch")


def undo_batch(actor: Actor, batch_id: UUID) -> int:
    """Put every row of the batch back as it was before; returns how many rows. All or nothing.

    Raises UndoRefusedError when a row has been changed by others since, or when others have since worked in a
    project that the batch made. The rows are locked first, so that nobody changes them meanwhile.
    """
    events = _events(batch_id)
    rows = _locked_rows(events)
    if conflicts := _conflicts(events, batch_id):
        raise UndoRefusedError(conflicts)
    return _put_all_back(actor, events, rows)


def undo_rest(actor: Actor, batch_id: UUID) -> Undone:
    """Undo the batch but for what others have changed since.

    A row that was changed stays as it is, with the rows of the batch that it points at; a project of the batch in
    which others have worked stays whole.
    """
    events = _events(batch_id)
    rows = _locked_rows(events)
    conflicts = _conflicts(events, batch_id)
    kept = _kept(events, rows, conflicts)
    left = [event for event in events if event.object_id not in kept]
    labels = {event.object_id: event.object_label for event in reversed(events) if event.object_id in kept}
    return Undone(_put_all_back(actor, left, rows), tuple(conflicts), frozenset(kept), tuple(labels.values()))


def _events(batch_id: UUID) -> list[AuditEvent]:
    """The batch's writes, the last first."""
    return list(AuditEvent.objects.filter(batch_id=batch_id).exclude(object_id=None).order_by("-id"))


def _kept(events: list[AuditEvent], rows: "Rows", conflicts: Iterable[UndoConflict]) -> set[UUID]:
    """The keys of the batch's rows that cannot be put back without losing somebody's work."""
    projects = {event.object_id for event in events if event.verb == "project.created"}
    whole = {one.project_id for one in conflicts if one.project_id in projects}
    touched = {one.object_id for one in conflicts}
    kept = {event.object_id for event in events if event.object_id in touched or event.project_id in whole} - {None}
    made_events = _made(events)
    made = {event.object_id for event in events if event.id in made_events}
    waiting = list(kept)
    while waiting:
        row = rows.get(waiting.pop())
        for field in row._meta.local_fields if row is not None else ():
            key = getattr(row, field.attname) if isinstance(field, models.ForeignKey) else None
            if key in made and key not in kept:
                kept.add(key)
                waiting.append(key)
    return cast(set[UUID], kept)


def _put_all_back(actor: Actor, events: list[AuditEvent], rows: "Rows") -> int:
    undoing = actor.within(uuid4())
    made = _made(events)
    touched: set[UUID | None] = set()
    for _key, run in groupby(events, partial(_table_of_created, rows=rows, made=made)):
        same = list(run)
        if _table_of_created(same[0], rows, made):  # many rows of one table, made together: gone together
            delete_many(undoing, [cast(EditableModel, rows[event.object_id]) for event in same])
            touched.update(event.object_id for event in same)
            continue
        for event in same:
            if _undo_event(undoing, event, rows, made):
                touched.add(event.object_id)
    return len(touched)


def _table_of_created(event: AuditEvent, rows: "Rows", made: set[UUID]) -> str:
    """The table of an event that made a row which can go to the bin; empty for any other event."""
    row = rows.get(event.object_id)
    plain = (
        event.changes and {field.name for field in row._meta.local_fields}.issuperset(event.changes) if row else False
    )
    created = plain and isinstance(row, EditableModel) and _what(event, made) == "created"
    return event.object_type if created else ""


Rows = dict[UUID | None, models.Model]


def _locked_rows(events: list[AuditEvent]) -> Rows:
    """The rows that the events speak of, by key, locked until the end of the transaction."""
    keys: dict[str, set[UUID | None]] = {}
    for event in events:
        keys.setdefault(event.object_type, set()).add(event.object_id)
    rows: Rows = {}
    for table in sorted(keys):
        manager = apps.get_model(table)._base_manager
        found = manager.select_for_update().filter(pk__in=keys[table]).order_by("pk")
        rows.update((row.pk, row) for row in found)
    return rows


def _made(events: list[AuditEvent]) -> set[UUID]:
    """The keys of the events that made their row: the first that the journal says of it, all from nothing."""
    from_nothing = [
        event for event in events if event.changes and all(before is None for before, _now in event.changes.values())
    ]
    ids = {event.object_id for event in from_nothing}
    first: dict[UUID | None, UUID] = {}
    for object_id, event_id in (
        AuditEvent.objects.filter(object_id__in=ids).order_by("-id").values_list("object_id", "id")
    ):
        first[object_id] = event_id
    return {event.id for event in from_nothing if first[event.object_id] == event.id}


def _conflicts(events: list[AuditEvent], batch_id: UUID) -> list[UndoConflict]:
    """What was changed since, a line for each row and author."""
    ids = {event.object_id for event in events}
    first = min((event.id for event in events), default=None)
    if first is None:
        return []
    made = {event.object_id for event in events if event.verb == "project.created"}
    # What follows by itself from a project (an alert of drift), or is drawn from it (a file of its plan), is nobody's
    # work: only what people edit is.
    worked = models.Q(project_id__in=made, object_type__in=_edited()) & ~models.Q(actor_kind=ActorKind.SYSTEM)
    theirs = models.Q(object_id__in=ids) | worked
    later = AuditEvent.objects.filter(theirs, id__gt=first).exclude(batch_id=batch_id)
    for suffix in OF_THE_LIMITS:
        later = later.exclude(verb__endswith=suffix)
    later = later.exclude(verb=FOLLOWED, actor_kind=ActorKind.SYSTEM)
    found: dict[Any, UndoConflict] = {}
    for event in later.exclude(changes={}).order_by("id"):
        place = (event.object_id, event.actor_label, event.batch_id)
        fields = tuple(dict.fromkeys((*(found[place].fields if place in found else ()), *event.changes)))
        found[place] = UndoConflict(
            event.object_label,
            event.actor_label,
            fields,
            event.object_type,
            event.object_id,
            event.project_id,
            event.batch_id,
        )
    return list(found.values())


@cache
def _edited() -> tuple[str, ...]:
    """The tables whose rows people edit, by their names in the journal."""
    return tuple(object_type(model) for model in apps.get_models() if issubclass(model, EditableModel))


def _what(event: AuditEvent, made: set[UUID]) -> str:
    """created, updated, deleted or restored, whatever the room calls it (file.stored, task.rescheduled)."""
    verb = event.verb.rsplit(".", 1)[-1]
    if verb in {"created", "updated", "deleted", "restored"}:
        return verb
    return "created" if event.id in made else "updated"


def _undo_event(actor: Actor, event: AuditEvent, rows: Rows, made: set[UUID]) -> bool:
    model = apps.get_model(event.object_type)
    if not event.changes or not {field.name for field in model._meta.local_fields}.issuperset(event.changes):
        return False  # a remark, not a write of the row's fields
    what = _what(event, made)
    row = rows.get(event.object_id)
    if what == "deleted" and row is None:
        row = model(pk=event.object_id)
        put_back(row, {name: before for name, (before, _after) in event.changes.items()})
        row.save(force_insert=True)
        rows[event.object_id] = row
        record(actor, f"{verb_prefix(row)}.restored", row, _reversed(event))
        return True
    if row is None:
        return False
    if what == "created" and not isinstance(row, EditableModel):
        record(actor, f"{verb_prefix(row)}.deleted", row, _reversed(event))
        row.delete()
        del rows[event.object_id]
        return True
    if isinstance(row, EditableModel):
        if what in {"created", "restored"}:
            row.deleted_at = timezone.now()
        elif what == "deleted":
            row.deleted_at = None
        row.version += 1
    if what == "updated":
        put_back(row, {name: before for name, (before, _after) in event.changes.items()})
    row.save()
    undone = {"created": "deleted", "restored": "deleted", "deleted": "restored"}.get(what, "updated")
    record(actor, f"{verb_prefix(row)}.{undone}", row, _reversed(event))
    return True


def _reversed(event: AuditEvent) -> dict[str, list[Any]]:
    return {name: [after, before] for name, (before, after) in event.changes.items()}


def _is_key(field: models.ForeignKey, value: Any) -> bool:
    """Whether the journal's value is a key: what a field said when it was a text, before it named a row, is not."""
    try:
        field.target_field.to_python(value)
    except ValidationError:
        return False
    return True


def put_back(row: models.Model, values: dict[str, Any]) -> None:
    """Set fields of `row` from the journal's JSON values; nothing is saved."""
    for name, value in values.items():
        field = row._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            if value is None or _is_key(field, value):
                setattr(row, field.attname, value)
        elif field_value(row, field) != value:  # type: ignore[arg-type]  # only local fields are journaled
            blank = "" if isinstance(field, models.CharField | models.TextField) else field.get_default()  # type: ignore[union-attr]
            setattr(row, name, field.to_python(value) if value is not None else (None if field.null else blank))  # type: ignore[union-attr]
