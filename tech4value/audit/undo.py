"""Undo of a whole batch: an import or a sync run, from its own events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import field_value, record, verb_prefix
from tech4value.tenancy.models import EditableModel


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """A row that somebody changed after the batch: undoing would lose their work."""

    label: str
    by: str
    fields: tuple[str, ...]


class UndoRefusedError(Exception):
    """The batch cannot be undone; nothing was written. `conflicts` says why, row by row."""

    def __init__(self, conflicts: list[UndoConflict]) -> None:
        self.conflicts = conflicts
        super().__init__(f"{len(conflicts)} rows were changed after the batch")


def undo_batch(actor: Actor, batch_id: UUID) -> int:
    """Put every row of the batch back as it was before; returns how many rows. All or nothing.

    Raises UndoRefusedError when a row has been changed by others since.
    """
    events = list(AuditEvent.objects.filter(batch_id=batch_id).exclude(object_id=None).order_by("-id"))
    conflicts = list(_conflicts(events, batch_id))
    if conflicts:
        raise UndoRefusedError(conflicts)
    undoing = actor.within(uuid4())
    touched = set()
    for event in events:
        if _undo_event(undoing, event):
            touched.add(event.object_id)
    return len(touched)


def _conflicts(events: list[AuditEvent], batch_id: UUID) -> Iterable[UndoConflict]:
    ids = {event.object_id for event in events}
    first = min((event.id for event in events), default=None)
    if first is None:
        return
    later = AuditEvent.objects.filter(object_id__in=ids, id__gt=first).exclude(batch_id=batch_id)
    for event in later.exclude(changes={}).order_by("id"):
        yield UndoConflict(event.object_label, event.actor_label, tuple(event.changes))


def _undo_event(actor: Actor, event: AuditEvent) -> bool:
    verb = event.verb.rsplit(".", 1)[-1]
    if verb in {"moved", "rescheduled"}:  # updates by another name
        verb = "updated"
    if verb not in {"created", "updated", "deleted", "restored"}:
        return False
    model = apps.get_model(event.object_type)
    row = model._base_manager.filter(pk=event.object_id).first()
    if verb == "deleted" and row is None:
        row = model(pk=event.object_id)
        _assign(row, {name: before for name, (before, _after) in event.changes.items()})
        row.save(force_insert=True)
        record(actor, f"{verb_prefix(row)}.restored", row, _reversed(event))
        return True
    if row is None:
        return False
    if verb == "created" and not isinstance(row, EditableModel):
        record(actor, f"{verb_prefix(row)}.deleted", row, _reversed(event))
        row.delete()
        return True
    if verb in {"created", "restored"}:
        row.deleted_at = timezone.now()
    elif verb == "deleted":
        row.deleted_at = None
    else:
        _assign(row, {name: before for name, (before, _after) in event.changes.items()})
    if isinstance(row, EditableModel):
        row.version += 1
    row.save()
    undone = {"created": "deleted", "restored": "deleted", "deleted": "restored"}.get(verb, "updated")
    record(actor, f"{verb_prefix(row)}.{undone}", row, _reversed(event))
    return True


def _reversed(event: AuditEvent) -> dict[str, list[Any]]:
    return {name: [after, before] for name, (before, after) in event.changes.items()}


def _assign(row: models.Model, values: dict[str, Any]) -> None:
    """Set fields from the journal's JSON values."""
    for name, value in values.items():
        field = row._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            setattr(row, field.attname, value)
        elif field_value(row, field) != value:  # type: ignore[arg-type]  # only local fields are journaled
            blank = "" if isinstance(field, models.CharField | models.TextField) else field.get_default()  # type: ignore[union-attr]
            setattr(row, name, field.to_python(value) if value is not None else (None if field.null else blank))  # type: ignore[union-attr]
