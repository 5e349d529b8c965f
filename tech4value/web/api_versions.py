"""Writes on what others may have written since: `version` in the body (409), `If-Match` (412), `?merge=fields`."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from tech4value.audit.merging import FieldConflict, merge_values
from tech4value.audit.writing import StaleVersionError, stale_error
from tech4value.tenancy.models import EditableModel
from tech4value.web.api_answers import entity_tag, tags_of

MERGE = "merge"


class StaleRequestError(exceptions.APIException):
    """The row has moved on: 412 when the caller said so by `If-Match`, 409 by `version`. Nothing is written."""

    def __init__(
        self,
        code: int,
        *,
        stale: StaleVersionError | None = None,
        shown: Sequence[str] = (),
        conflicts: Sequence[FieldConflict] = (),
        etag: str = "",
    ) -> None:
        self.status_code = code
        self.etag = etag
        self.body: dict[str, Any] = {}
        if stale is None:
            super().__init__(_("La fiche n’est plus telle que vous l’avez lue. Relisez-la, puis recommencez."))
            return
        changes = {name: list(pair) for name, pair in stale.changes.items() if name in shown}
        self.body = {
            "changed_by": stale.by,
            "changed_at": stale.at,
            "changes": changes,
            "version": stale.row.version if stale.row else None,
            "conflicts": [
                {"field": one.field, "base": one.base, "theirs": one.theirs, "mine": one.mine}
                for one in conflicts
                if one.field.split(".")[0] in shown
            ],
        }
        super().__init__(
            _(
                "%(who)s a modifié cette fiche depuis votre lecture (%(fields)s). Relisez-la et renvoyez vos champs "
                "avec sa version, ou demandez la fusion par champ avec ?merge=fields."
            )
            % {"who": stale.by, "fields": ", ".join(changes) or "—"}
        )


def tag_of(view: Any, row: Any) -> str:
    """The tag that a GET of `row` carries now."""
    body = JSONRenderer().render(view.get_serializer(row).data)
    return entity_tag(body, getattr(row, "version", None))


def demand_match(view: Any, request: Request, row: Any) -> int | None:
    """Raise StaleRequestError (412) unless `If-Match` names the row as it is; the version that it names, if any."""
    header = request.headers.get("If-Match", "")
    tags = tags_of(header)
    if not tags or "*" in tags:
        return None
    version: int | None = getattr(row, "version", None)
    if version is None:
        tag = tag_of(view, row)
        if tag.strip('"') not in tags:
            raise StaleRequestError(status.HTTP_412_PRECONDITION_FAILED, etag=tag)
        return None
    named = [int(head) for tag in tags if (head := tag.partition(".")[0]).isdecimal() and len(head) < 10]
    if version in named:
        return version
    if not named:
        raise StaleRequestError(status.HTTP_412_PRECONDITION_FAILED, etag=tag_of(view, row))
    return max(named)


def reconciled(
    view: Any, request: Request, row: Any, data: dict[str, Any], version: int | None
) -> tuple[dict[str, Any], int | None]:
    """The values to write and the version that they are written on.

    As asked when nobody has saved since; merged by field when the caller wants it and no field was changed by both.
    Raises StaleRequestError otherwise.
    """
    matched = demand_match(view, request, row)
    read = version if matched is None else matched
    if not isinstance(row, EditableModel) or read is None or read == row.version:
        return data, read
    if row._state.adding:  # the defaults, version 0: nobody has ever written what was named
        code = status.HTTP_409_CONFLICT if matched is None else status.HTTP_412_PRECONDITION_FAILED
        raise StaleRequestError(code, etag=tag_of(view, row))
    stale = stale_error(row, read)
    merged, conflicts = merge_values(row, data, stale)
    if request.query_params.get(MERGE) == "fields" and not conflicts:
        return merged, row.version
    code = status.HTTP_409_CONFLICT if matched is None else status.HTTP_412_PRECONDITION_FAILED
    shown = set(view.get_serializer().fields)
    raise StaleRequestError(code, stale=stale, shown=sorted(shown), conflicts=conflicts, etag=tag_of(view, row))
