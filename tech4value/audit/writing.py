"""Every write of a room passes here: the row, its version and its event, in one transaction.

create(actor, Risk(...))                     -> risk.created
create_many, update_many, delete_many         the same for many rows, in a few statements
update(actor, risk, {"impact": 4}, version=3) -> risk.updated with before and after
delete(actor, risk) / restore(actor, risk)
record(actor, "pack.downloaded", pack)        for what is not a write of a row
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from tech4value.audit.actor import Actor
from tech4value.audit.listeners import notify
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import EditableModel, TenantModel

Row = TypeVar("Row", bound=TenantModel)
Editable = TypeVar("Editable", bound=EditableModel)
NOT_JOURNALED = {"id", "tenant", "version", "created_at", "updated_at", "deleted_at"}


class StaleVersionError(ValidationError):
    """Somebody saved the row after it was read. `changes` says what they changed, `by` who, `at` when; `labels` are
    the changed fields' names for people, `authors` who wrote each of them last, and when; `row` is the row as it is
    now: what was read is `audit.merging.as_read(row, changes)`."""

    def __init__(
        self,
        by: str,
        changes: Mapping[str, Sequence[Any]],
        at: Any = None,
        labels: Iterable[str] = (),
        authors: Mapping[str, tuple[str, datetime]] | None = None,
        row: EditableModel | None = None,
    ) -> None:
        self.by, self.changes, self.at = by, changes, at
        self.authors, self.row = dict(authors or {}), row
        super().__init__(
            _(
                "%(who)s a modifié cette fiche pendant que vous l’éditiez (%(fields)s). Vos valeurs sont "
                "conservées ci-dessous : relisez-les puis enregistrez de nouveau."
            )
            % {"who": by, "fields": ", ".join(labels or changes) or "—"},
            code="stale",
        )

    @classmethod
    def joined(cls, errors: Sequence["StaleVersionError"]) -> "StaleVersionError":
        """Of several rows that one form edits, what was written to any; the latest writer speaks for all."""
        last = max(errors, key=lambda error: str(error.at))
        changes = {name: pair for error in errors for name, pair in error.changes.items()}
        authors = {name: author for error in errors for name, author in error.authors.items()}
        return cls(last.by, changes, last.at, (), authors, last.row)


class CollisionError(ValidationError):
    """Somebody has just written the row that only one may be: both had found its place free."""

    def __init__(self) -> None:
        super().__init__(
            _("Quelqu’un vient d’enregistrer la même fiche. Rechargez la page pour la voir, puis recommencez."),
            code="collision",
        )


@contextmanager
def _first_come() -> Iterator[None]:
    """What two writers do at once is an answer to the second, in words; its transaction is over."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise CollisionError from error
        raise


def object_type(row: models.Model | type[models.Model]) -> str:
    """The name of a row's table in the journal: `portfolio_projects.project`."""
    return str(row._meta.label_lower)


def verb_prefix(row: models.Model) -> str:
    return str(row._meta.model_name)


def field_value(row: models.Model, field: models.Field) -> Any:
    """A field as JSON: what the journal keeps and what an undo puts back."""
    value = field.value_from_object(row)
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(field.value_to_string(row)) if not isinstance(field, models.ForeignKey) else str(value)


def journaled_fields(row: models.Model) -> list[models.Field]:
    return [field for field in row._meta.local_fields if field.name not in NOT_JOURNALED and not field.generated]


def _digest(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _project_of(row: models.Model | None) -> UUID | None:
    if row is None:
        return None
    if row._meta.label_lower == "portfolio_projects.project":
        return row.pk
    return getattr(row, "project_id", None)


def _event(actor: Actor, verb: str, row: models.Model | None, changes: Mapping[str, Any]) -> AuditEvent:
    event = AuditEvent(
        effective_on=actor.effective_on,
        actor_kind=str(actor.kind),
        actor_id=actor.user_id,
        actor_label=actor.label[:200],
        verb=verb,
        object_type="" if row is None else object_type(row),
        object_id=None if row is None else row.pk,
        object_label="" if row is None else str(row)[:250],
        project_id=_project_of(row),
        changes=dict(changes),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        batch_id=actor.batch_id,
    )
    event.digest = digest_of(event)
    return event


def digest_of(event: AuditEvent) -> str:
    """The digest of an event's contents (hex sha256 over sorted JSON); its time and order are the seal's."""
    return _digest(
        {
            name: getattr(event, name)
            for name in [
                "id",
                "tenant_id",
                "effective_on",
                "actor_kind",
                "actor_id",
                "actor_label",
                "verb",
                "object_type",
                "object_id",
                "object_label",
                "project_id",
                "changes",
                "request_id",
                "batch_id",
            ]
        }
    )


def record(
    actor: Actor, verb: str, row: models.Model | None = None, changes: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append one event. `changes` is {field: [before, after]} in JSON values."""
    event = _event(actor, verb, row, changes or {})
    event.save(force_insert=True)
    notify([event])
    return event


def create(actor: Actor, row: Row, *, verb: str | None = None) -> Row:
    """Insert `row` and journal it."""
    row.tenant_id = current_tenant().pk
    with _first_come():
        row.save(force_insert=True)
    record(actor, verb or f"{verb_prefix(row)}.created", row, _created(row))
    return row


def _created(row: models.Model) -> dict[str, list[Any]]:
    values = ((field.name, field_value(row, field)) for field in journaled_fields(row))
    return {name: [None, value] for name, value in values if value not in (None, "", [], {})}


def create_many(actor: Actor, rows: Sequence[Row], *, batch_size: int = 1000) -> list[Row]:
    """Insert rows of one model and journal each, in a few statements."""
    if not rows:
        return []
    model = type(rows[0])
    tenant = current_tenant()
    for row in rows:
        row.tenant_id = tenant.pk
    with _first_come():
        made = list(model._base_manager.bulk_create(rows, batch_size=batch_size))
    events = [_event(actor, f"{verb_prefix(row)}.created", row, _created(row)) for row in made]
    AuditEvent.objects.bulk_create(events, batch_size=batch_size)
    notify(events)
    return made


def update(
    actor: Actor,
    row: Row,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
    verb: str | None = None,
) -> bool:
    """Set `values` on `row`, save what differs and journal it. Returns whether anything differed.

    `version` is the one that the person had read (None: whatever it is now). Raises StaleVersionError when the row
    has moved on since: nothing is written, and the error says who changed what.
    """
    editable: EditableModel | None = row if isinstance(row, EditableModel) else None
    before = {field.name: field_value(row, field) for field in journaled_fields(row)}
    if editable is not None and version is not None and version != editable.version:
        raise stale_error(editable, version)
    for name, value in values.items():
        setattr(row, name, value)
    changes = {
        field.name: [before[field.name], after]
        for field in journaled_fields(row)
        if (after := field_value(row, field)) != before[field.name]
    }
    if not changes:
        return False
    if editable is not None:
        read_version = editable.version
        taken = (
            type(row)._base_manager.filter(pk=row.pk, version=read_version).update(version=models.F("version") + 1)
        )
        if not taken:
            raise stale_error(editable, read_version)
        editable.version = read_version + 1
        with _first_come():
            row.save(update_fields=[*changes, "updated_at"])
    else:
        row.save(update_fields=list(changes))
    record(actor, verb or f"{verb_prefix(row)}.updated", row, changes)
    return True


def update_many(
    actor: Actor, changes: Sequence[tuple[Editable, Mapping[str, Any]]], *, verb: str | None = None
) -> list[Editable]:
    """Set values on rows of one model and journal each, in a few statements; returns the rows that differed.

    The rows must have been read in this transaction under a lock of their owner: their versions are not compared.
    """
    changed: list[Editable] = []
    events: list[AuditEvent] = []
    fields: set[str] = set()
    now = timezone.now()
    for row, values in changes:
        watched = [field for field in journaled_fields(row) if field.name in values or field.attname in values]
        before = {field.name: field_value(row, field) for field in watched}
        for name, value in values.items():
            setattr(row, name, value)
        differences = {
            field.name: [before[field.name], after]
            for field in watched
            if (after := field_value(row, field)) != before[field.name]
        }
        if not differences:
            continue
        row.version += 1
        row.updated_at = now
        fields.update(differences)
        changed.append(row)
        events.append(_event(actor, verb or f"{verb_prefix(row)}.updated", row, differences))
    if changed:
        update_rows(changed, [*sorted(fields), "version", "updated_at"])
        AuditEvent.objects.bulk_create(events, batch_size=1000)
        notify(events)
    return changed


def delete_many(actor: Actor, rows: Sequence[Editable]) -> None:
    """Put rows of one model in the bin and journal each, in a few statements."""
    if not rows:
        return
    now = timezone.now()
    model = type(rows[0])
    events = []
    for row in rows:
        values = {name: [value, None] for name, (_none, value) in _created(row).items()}
        events.append(_event(actor, f"{verb_prefix(row)}.deleted", row, values))
        row.deleted_at = now
        row.version += 1
    keys = [row.pk for row in rows]
    model._base_manager.filter(pk__in=keys).update(deleted_at=now, updated_at=now, version=models.F("version") + 1)
    AuditEvent.objects.bulk_create(events, batch_size=1000)
    notify(events)


def stale_error(row: EditableModel, version: int) -> StaleVersionError:
    """What has been written to `row` since `version`: at most the last `now - version` updates."""
    now: Any = type(row)._base_manager.get(pk=row.pk)
    # A version that was never the row's (any number may be sent) is as stale as the first.
    since = max(1, min(now.version - version, now.version))
    events = AuditEvent.objects.filter(object_id=row.pk).exclude(changes={}).order_by("-id")[:since]
    changes: dict[str, Sequence[Any]] = {}
    authors: dict[str, tuple[str, datetime]] = {}
    for event in reversed(events):
        for name, (old, new) in event.changes.items():
            changes[name] = (changes[name][0] if name in changes else old, new)
            authors[name] = (event.actor_label, event.at)
    labels = [str(field.verbose_name) for field in journaled_fields(row) if field.name in changes]
    by, at = (events[0].actor_label, events[0].at) if events else ("?", None)
    return StaleVersionError(by, changes, at, labels, authors, now)


def delete(actor: Actor, row: TenantModel) -> None:
    """Delete `row`: an EditableModel goes to the bin (undone by `restore`), any other row is removed."""
    values = {name: [value, None] for name, (_none, value) in _created(row).items()}
    if isinstance(row, EditableModel):
        _mark(row, timezone.now())
    record(actor, f"{verb_prefix(row)}.deleted", row, values)
    if not isinstance(row, EditableModel):
        row.delete()


def _mark(row: EditableModel, deleted_at: datetime | None) -> None:
    """Put `row` in the bin or take it out; its version counts on from what the database holds, whatever was read."""
    stored = type(row)._base_manager.select_for_update().values_list("version", flat=True).get(pk=row.pk)
    row.deleted_at = deleted_at
    row.version = stored + 1
    row.save(update_fields=["deleted_at", "version", "updated_at"])


def restore(actor: Actor, row: EditableModel) -> None:
    """Bring a deleted row back."""
    with _first_come():
        _mark(row, None)
    record(actor, f"{verb_prefix(row)}.restored", row, _created(row))


def history(row_id: UUID) -> Iterable[AuditEvent]:
    """The events of one row, newest first."""
    return AuditEvent.objects.filter(object_id=row_id)
