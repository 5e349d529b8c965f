"""The bin: what was deleted and can be brought back for `KEPT_DAYS`. Rooms register what they let people delete:

    register_kind(BinKind(Milestone, _("Jalons"), deleted_milestones, restore_milestone, order=20))

`rows(member)` are the deleted rows that the member could delete or edit: one sees in the bin what one may bring back,
and nothing else. What hangs below a row (a project's plan, a task's tasks) went with it and comes back with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, ForeignKey, ForeignObjectRel, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type, record, verb_prefix
from tech4value.tenancy.models import EditableModel
from tech4value.web.toasts import toast

KEPT_DAYS: Final = 30
PURGE_BATCH: Final = 500
Rows = Callable[[Membership], QuerySet[Any]]


class Restore(Protocol):
    """Brings a row back. Raises ValidationError with a sentence that says what to do first."""

    def __call__(self, actor: Actor, row: Any) -> object: ...


@dataclass(frozen=True, slots=True)
class BinKind:
    """One kind of thing that can be deleted.

    `owns`: the tables (by model name, `*` for all) whose rows hang below it and go with it when it is purged; any
    other row that points at it keeps it. `seen`: the deleted rows that the member could see, when more than those
    that they may bring back.
    """

    model: type[EditableModel]
    label: str | Promise
    rows: Rows
    restore: Restore
    order: int = 100
    owns: tuple[str, ...] = ()
    seen: Rows | None = None

    @property
    def key(self) -> str:
        """`portfolio_projects.project`, as the journal names it."""
        return object_type(self.model)

    def of_project(self, project_id: UUID) -> Q:
        """The rows of one project; none for what belongs to no project."""
        names = {field.name for field in self.model._meta.local_fields}
        if "project" in names:
            return Q(project_id=project_id)
        return Q(pk=project_id) if self.model._meta.model_name == "project" else Q(pk__in=[])


_kinds: dict[str, BinKind] = {}


def register_kind(kind: BinKind) -> None:
    """Called from a room's `AppConfig.ready`; the same model registered twice is there once."""
    _kinds[kind.key] = kind


def kinds() -> list[BinKind]:
    """Every kind, in order."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


@dataclass(frozen=True, slots=True)
class Discarded:
    """A row in the bin: who put it there, when, and until when it stays."""

    kind: BinKind
    row: Any
    by: str
    at: datetime
    may_restore: bool = True

    @property
    def key(self) -> str:
        """What a form sends to name it."""
        return f"{self.kind.key}:{self.row.pk}"

    @property
    def until(self) -> datetime:
        """When it is purged."""
        return self.at + timedelta(days=KEPT_DAYS)

    @property
    def project(self) -> Any:
        """The project that it belongs to, None for what belongs to none."""
        return getattr(self.row, "project", None)


@dataclass(frozen=True, slots=True)
class BinFilters:
    """What of the bin is asked for; empty for all."""

    kind: str = ""
    project: UUID | None = None
    actor: UUID | None = None
    days: int = KEPT_DAYS


def contents(member: Membership, asked: BinFilters, limit: int) -> list[Discarded]:
    """The latest `limit` rows that the member could bring back, newest first; a query for each kind and one more."""
    since = timezone.now() - timedelta(days=min(asked.days, KEPT_DAYS))
    found: list[tuple[BinKind, Any]] = []
    for kind in kinds():
        if asked.kind not in ("", kind.key):
            continue
        rows = kind.rows(member).filter(deleted_at__gte=since)
        if asked.project is not None:
            rows = rows.filter(kind.of_project(asked.project))
        if asked.actor is not None:
            deletions = AuditEvent.objects.filter(
                actor_id=asked.actor, object_type=kind.key, verb__endswith=".deleted", at__gte=since
            )
            rows = rows.filter(pk__in=deletions.values("object_id"))
        if any(field.name == "project" for field in kind.model._meta.local_fields):
            rows = rows.select_related("project")
        found += [(kind, row) for row in rows.order_by("-deleted_at", "-pk")[:limit]]
    found.sort(key=lambda pair: pair[1].deleted_at, reverse=True)
    return _told(found[:limit])


def _told(found: Sequence[tuple[BinKind, Any]]) -> list[Discarded]:
    authors = {
        event.object_id: event.actor_label
        for event in AuditEvent.objects.filter(
            object_id__in=[row.pk for _kind, row in found], verb__endswith=".deleted"
        ).order_by("id")
    }
    return [Discarded(kind, row, authors.get(row.pk, "–"), row.deleted_at) for kind, row in found]


def discarded(member: Membership, key: UUID) -> Discarded | None:
    """The row with this key, or the project that it belongs to, when that was deleted and the member could see it."""
    last = AuditEvent.objects.filter(object_id=key).order_by("-id").first()
    for found in (key, None if last is None else last.project_id):
        event = AuditEvent.objects.filter(object_id=found, verb__endswith=".deleted").order_by("-id").first()
        kind = None if event is None or found is None else _kinds.get(event.object_type)
        if kind is None:
            continue
        if (row := kind.rows(member).filter(pk=found).first()) is not None:
            return _told([(kind, row)])[0]
        if kind.seen is not None and (row := kind.seen(member).filter(pk=found).first()) is not None:
            return replace(_told([(kind, row)])[0], may_restore=False)
    return None


def named(member: Membership, keys: Iterable[str]) -> list[Discarded]:
    """The rows that `keys` (see `Discarded.key`) name, of those that the member may bring back."""
    wanted: dict[str, list[UUID]] = {}
    for key in keys:
        kind_key, _colon, pk = key.partition(":")
        try:
            wanted.setdefault(kind_key, []).append(UUID(pk))
        except ValueError:
            continue
    # What holds comes back before what it holds, whatever the order in which they were chosen.
    found = [
        (kind, row)
        for kind in kinds()
        if kind.key in wanted
        for row in kind.rows(member).filter(pk__in=wanted[kind.key]).order_by("deleted_at")
    ]
    return _told(found)


def bring_back(request: MemberRequest, found: Discarded | None) -> None:
    """Restore one row on the way to something else; a refusal is a toast, and the row stays in the bin."""
    if found is None or not found.may_restore:
        return
    try:
        with transaction.atomic():
            found.kind.restore(actor=request.member.actor, row=found.row)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    else:
        toast(request, _("« %(name)s » est de retour.") % {"name": found.row})


def purge() -> int:
    """Remove for good what has been in the current tenant's bin for longer than `KEPT_DAYS`, with what hangs below
    it; returns how many rows of the kinds, at most `PURGE_BATCH`.

    What others still refer to is kept. The journal keeps its lines, and gets one more for each row.
    """
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    count = 0
    for kind in reversed(kinds()):  # what is held before what holds it
        expired = kind.model._base_manager.filter(deleted_at__lt=limit).order_by("-deleted_at")
        for key in list(expired.values_list("pk", flat=True)):
            # Locked, and read again: somebody may be bringing it back.
            row = expired.order_by().select_for_update(of=("self",)).filter(pk=key).first()
            if row is None or _is_referred_to(kind, row, limit):
                continue
            record(SYSTEM, f"{verb_prefix(row)}.purged", row)
            kind.model._base_manager.filter(pk=key).delete()
            count += 1
            if count >= PURGE_BATCH:
                return count
    return count


def _is_referred_to(kind: BinKind, row: EditableModel, limit: datetime) -> bool:
    """Whether a row that would not go with `row` points at it."""
    for relation in row._meta.get_fields(include_hidden=True):  # most of ours have no name on the other side
        field: Any = getattr(relation, "field", None)
        if not isinstance(relation, ForeignObjectRel) or not isinstance(field, ForeignKey):
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{field.name: row.pk})
        if field.remote_field.on_delete is CASCADE:
            if "*" in kind.owns or model._meta.model_name in kind.owns:
                continue
            if issubclass(model, EditableModel):
                rows = rows.exclude(deleted_at__lt=limit)  # its own time is over, too
        if rows.exists():
            return True
    return False
