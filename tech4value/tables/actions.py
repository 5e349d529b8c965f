"""Bulk edit of a list's rows, its undo, and saved views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoRefusedError, undo_batch
from tech4value.audit.writing import create, delete, restore, update
from tech4value.fields.values import checked_value
from tech4value.tables.models import SavedView
from tech4value.tables.table import Table

MOST_ROWS: Final = 1000
MOST_VIEWS: Final = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that stayed as it was, and why."""

    label: str
    reason: str


@dataclass(slots=True)
class BulkChange:
    """What a bulk edit did; `batch_id` takes it back as a whole."""

    batch_id: UUID
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def change_rows(*, table: Table, actor: Actor, keys: Sequence[UUID], values: Mapping[str, Any]) -> BulkChange:
    """Set `values` (of `table.bulk_form_fields`) on the rows of `keys`, each by the room's action and under its
    permission; refused rows are told with their reasons, the others are changed, all in one batch."""
    if not table.may_change():
        raise PermissionDenied
    if len(keys) > MOST_ROWS:
        raise ValidationError(_("Au plus %(n)s lignes à la fois : filtrez la liste.") % {"n": MOST_ROWS})
    wanted = _with_custom(table, values)
    done = BulkChange(uuid4())
    batched = actor.within(done.batch_id)
    touched = []
    for row in table.locked(keys):
        try:
            with transaction.atomic():
                table.demand(row)
                differs = table.change(batched, row, wanted)
        except PermissionDenied as error:
            reason = str(error) or _("Vous n’avez pas le droit de modifier cette fiche.")
            done.refused.append(Refusal(str(row), reason))
        except ValidationError as error:
            done.refused.append(Refusal(str(row), " ".join(error.messages)))
        else:
            if differs:
                done.changed += 1
                touched.append(row)
            else:
                done.unchanged += 1
    if touched:
        table.settle(batched, touched)
    return done


def _with_custom(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    custom = {}
    plain = dict(values)
    for one in table.fields:
        if one.form_name in plain:
            value = plain.pop(one.form_name)
            custom[one.key] = checked_value(one, getattr(value, "pk", value))
    return {**plain, "custom_fields": custom} if custom else plain


@transaction.atomic
def undo_change(*, table: Table, actor: Actor, batch_id: UUID) -> int:
    """Take a bulk edit back, by who made it; returns how many rows. Raises LookupError for no batch of theirs,
    PermissionDenied for a row that they may no longer change, and ValidationError, with who changed what, when
    somebody has worked on a row since."""
    events = AuditEvent.objects.filter(batch_id=batch_id).exclude(object_id=None)
    first = events.first()
    if first is None or first.actor_id != actor.user_id:
        raise LookupError(batch_id)
    if not table.may_change():
        raise PermissionDenied
    touched: dict[str, set[UUID | None]] = {}
    for event in events:
        touched.setdefault(event.object_type, set()).add(event.object_id)
    model = table.rows().model._meta.label_lower
    # An import, or what was made at once, is undone from its own page.
    if model not in touched or any(event.verb.endswith(".created") for event in events):
        raise LookupError(batch_id)
    table.locked([key for key in touched[model] if key is not None])
    try:
        undone = undo_batch(actor, batch_id)
    except UndoRefusedError as error:
        one = error.conflicts[0]
        raise ValidationError(
            _("%(who)s a modifié « %(row)s » depuis : rien n’a été annulé.") % {"who": one.by, "row": one.label}
        ) from error
    # Asked once rows are as before: whoever gave a project away takes that back.
    for row in table.locked([key for key in touched[model] if key is not None]):
        table.demand(row)
    rows = list(apps.get_model(model)._base_manager.filter(pk__in=touched.get(model, set())))
    table.settle(actor.within(uuid4()), rows)
    return undone


@transaction.atomic
def save_view(
    *, actor: Actor, owner: Membership, table: str, name: str, query: str, is_shared: bool, is_default: bool
) -> SavedView:
    """Keep the list as it is under a name; one's view of the same name takes the new state."""
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Donnez un nom à la vue.")})
    if len(name) > 80 or len(query) > 2000:
        raise ValidationError({"name": _("Ce nom, ou cette liste de filtres, est trop long pour une vue.")})
    mine = SavedView.objects.filter(table=table, owner=owner)
    if is_default:
        for other in mine.filter(is_default=True).exclude(name=name):
            update(actor, other, {"is_default": False})
    row = mine.filter(name=name).first()
    values = {"query": query, "is_shared": is_shared, "is_default": is_default}
    if row is not None:
        update(actor, row, values)
        return row
    if mine.count() >= MOST_VIEWS:
        message = _("Vous avez déjà %(n)s vues de cette liste : supprimez-en une.")
        raise ValidationError({"name": message % {"n": MOST_VIEWS}})
    return create(actor, SavedView(table=table, name=name, owner=owner, **values))


def delete_view(*, actor: Actor, view: SavedView) -> None:
    """Take a view out; it can be brought back."""
    delete(actor, view)


def restore_view(*, actor: Actor, view: SavedView) -> None:
    """Bring a view back, no longer the default. Raises ValidationError when its name was taken since."""
    if SavedView.objects.filter(table=view.table, owner=view.owner, name=view.name).exists():
        raise ValidationError(_("Une autre vue porte maintenant ce nom."))
    if view.is_default:
        SavedView.everything.filter(pk=view.pk).update(is_default=False)
        view.is_default = False
    restore(actor, view)
