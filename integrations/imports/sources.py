"""Where imported rows came from: one ExternalRef each, kept with the file that set each field."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from tech4value.audit.models import ExternalRef
from tech4value.audit.writing import object_type
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.models import TenantModel

WORKBOOK = "workbook"
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """One imported row: what the source calls it, and the fields that this file set."""

    type: str
    id: str
    row: TenantModel
    fields: Sequence[str]


def plan_connection(project_id: UUID) -> str:
    """The connection of a Microsoft Project file into a project."""
    return f"mspdi:{project_id}"


def remember(connection: str, origins: Iterable[Origin], file_name: str, batch_id: UUID) -> list[dict[str, Any]]:
    """Note that a file set these rows; returns what the refs that changed said before, for `forget`."""
    before: list[dict[str, Any]] = []
    pending = iter(origins)
    while chunk := list(islice(pending, _CHUNK)):
        before += _remember(connection, {(one.type, one.id[:200]): one for one in chunk}, file_name, batch_id)
    return before


def _remember(
    connection: str, origins: dict[tuple[str, str], Origin], file_name: str, batch_id: UUID
) -> list[dict[str, Any]]:
    held = {
        (ref.external_type, ref.external_id): ref
        for ref in ExternalRef.objects.filter(
            connection=connection, external_id__in={external_id for _type, external_id in origins}
        )
    }
    new, changed, before = [], [], []
    for (kind, external_id), origin in origins.items():
        fields = dict.fromkeys(origin.fields, file_name)
        ref = held.get((kind, external_id))
        if ref is None:
            new.append(
                ExternalRef(
                    connection=connection,
                    external_type=kind,
                    external_id=external_id,
                    object_type=object_type(origin.row),
                    object_id=origin.row.pk,
                    fields=fields,
                    batch_id=batch_id,
                )
            )
            continue
        # A row that was deleted since and made again has lost what the former file said of it.
        merged = {**(ref.fields if ref.object_id == origin.row.pk else {}), **fields}
        if (ref.object_id, ref.fields) != (origin.row.pk, merged):
            before.append(_state(ref))
            ref.object_id, ref.fields, ref.batch_id = origin.row.pk, merged, batch_id
            changed.append(ref)
    ExternalRef.objects.bulk_create(new, batch_size=_CHUNK)
    update_rows(changed, ["object_id", "fields", "batch_id"])
    return before


def _state(ref: ExternalRef) -> dict[str, Any]:
    return {
        "id": str(ref.pk),
        "object_id": str(ref.object_id),
        "fields": ref.fields,
        "batch_id": str(ref.batch_id) if ref.batch_id else None,
    }


def forget(batch_id: UUID, before: Sequence[dict[str, Any]], kept: Collection[UUID] = ()) -> None:
    """Undo `remember`: refs of the batch go, those that it changed say what they said before; but for the rows that
    are `kept` as the file set them."""
    states = {UUID(one["id"]): one for one in before}
    refs = ExternalRef.objects.filter(batch_id=batch_id).exclude(object_id__in=kept)
    changed = list(refs.filter(pk__in=states))
    for ref in changed:
        state = states[ref.pk]
        ref.object_id, ref.fields = UUID(state["object_id"]), state["fields"]
        ref.batch_id = UUID(state["batch_id"]) if state["batch_id"] else None
    update_rows(changed, ["object_id", "fields", "batch_id"])
    refs.exclude(pk__in=states).delete()


def objects_of(connection: str, kind: str) -> dict[str, UUID]:
    """What each id of the source became."""
    refs = ExternalRef.objects.filter(connection=connection, external_type=kind)
    return dict(refs.values_list("external_id", "object_id"))
