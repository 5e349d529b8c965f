"""Many rows in one call: `POST …/bulk/` creates them all or none, `DELETE …/bulk/<batch>/` takes them back."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

from tech4value.web.api_bodies import refuse_unknown, unknown_name
from tech4value.web.problems import as_drf

MOST_ROWS: Final = 1000
SHOWN_ERRORS: Final = 100


class Fetched:
    """Rows read in one query, found one by one by the fields that name them."""

    def __init__(self, queryset: Any, keys: set[str]) -> None:
        self.queryset = queryset
        self.rows = {row.pk: row for row in queryset.filter(pk__in=keys)}

    def get(self, pk: Any) -> Any:
        """As QuerySet.get: the row, or DoesNotExist."""
        try:
            return self.rows[UUID(str(pk))]
        except (KeyError, ValueError) as error:
            raise ObjectDoesNotExist(str(pk)) from error


def prefetch_links(serializer: Any, rows: Sequence[Any]) -> None:
    """Let the fields that name other rows find them in one query each, whatever the number of rows sent."""
    for name, field in serializer.fields.items():
        if not isinstance(field, serializers.PrimaryKeyRelatedField) or field.read_only:
            continue
        keys = {row[name] for row in rows if isinstance(row, dict) and isinstance(row.get(name), str)}
        fetched = Fetched(field.get_queryset(), {key for key in keys if _is_key(key)})
        field.get_queryset = partial(_given, fetched)  # type: ignore[method-assign]  # of this serializer only


def _given(fetched: Fetched) -> Any:
    return fetched


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def checked_rows(serializer: Any, sent: Any) -> list[dict[str, Any]]:
    """The validated rows. Raises ValidationError with the errors of each row at its index."""
    if not isinstance(sent, dict) or not isinstance(sent.get("rows"), list) or not sent["rows"]:
        raise exceptions.ValidationError({"rows": [_("Donnez une liste « rows » d’au moins une ligne.")]})
    if unknown := [name for name in sent if name != "rows"]:
        raise exceptions.ValidationError({name: [unknown_name(name, ["rows"])] for name in unknown})
    rows = sent["rows"]
    if len(rows) > MOST_ROWS:
        raise exceptions.ValidationError(
            {
                "rows": [
                    _("%(n)s lignes : une requête en crée au plus %(most)s. Envoyez-en plusieurs.")
                    % {"n": len(rows), "most": MOST_ROWS}
                ]
            }
        )
    prefetch_links(serializer, rows)
    errors: dict[Any, Any] = {}
    values: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        try:
            refuse_unknown(serializer, row)
            values.append(dict(serializer.run_validation(row)))
        except exceptions.ValidationError as error:
            errors[index] = error.detail
            if len(errors) >= SHOWN_ERRORS:
                break
    if errors:
        raise exceptions.ValidationError(_at_rows(errors))
    return values


def create_all(
    many: Callable[[list[dict[str, Any]]], list[Model]],
    one: Callable[[dict[str, Any]], Model],
    rows: list[dict[str, Any]],
) -> list[Model]:
    """Create the rows by `many`; when it refuses, find by `one` which rows are at fault, and say so by index."""
    try:
        with transaction.atomic():
            return many([dict(row) for row in rows])
    except (DjangoValidationError, PermissionDenied) as refusal:
        errors: dict[Any, Any] = {}
        with transaction.atomic():
            for index, row in enumerate(rows):
                try:
                    with transaction.atomic():
                        one(dict(row))
                except (DjangoValidationError, PermissionDenied) as error:
                    errors[index] = _detail(error)
                    if len(errors) >= SHOWN_ERRORS:
                        break
            transaction.set_rollback(True)
        if not errors or isinstance(refusal, PermissionDenied):
            raise
        raise exceptions.ValidationError(_at_rows(errors)) from refusal


def _at_rows(errors: dict[Any, Any]) -> Any:
    """Errors by the index of their row, where the body has them."""
    return {"rows": errors}


def _detail(error: Exception) -> Any:
    found = as_drf(error)
    return found.detail if isinstance(found, exceptions.APIException) else str(error)


class BulkAnswer(serializers.Serializer[Any]):
    """What a bulk creation made."""

    batch_id = serializers.UUIDField()
    count = serializers.IntegerField()


def bulk_serializers(serializer_class: Any) -> tuple[Any, Any]:
    """The body and the answer of a bulk creation, for the document."""
    name = serializer_class.__name__.removesuffix("Serializer")
    rows = serializer_class(many=True)
    asked = type(f"{name}BulkSerializer", (serializers.Serializer,), {"rows": rows, "__doc__": "1 to 1 000 rows."})
    answer = type(
        f"{name}BulkAnswerSerializer",
        (BulkAnswer,),
        {"rows": serializer_class(many=True), "__doc__": BulkAnswer.__doc__},
    )
    return asked, answer
