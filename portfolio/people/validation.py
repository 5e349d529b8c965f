"""Checks that the actions of the portfolio's rooms share: fields, twins, order of dates."""

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from tech4value.tenancy.folding import fold
from tech4value.tenancy.models import TenantModel

Row = TypeVar("Row", bound=TenantModel)


def cleaned(row: Row) -> Row:
    """`row` with its values converted to their types. Raises ValidationError by field.

    Foreign keys are not looked up again: callers fetched them within the tenant, and the database holds them to it.
    """
    foreign = [field for field in row._meta.local_fields if isinstance(field, models.ForeignKey)]
    missing = {
        field.name: _("Ce champ est obligatoire.")
        for field in foreign
        if not field.null and field.name != "tenant" and getattr(row, field.attname) is None
    }
    try:
        row.clean_fields(exclude={field.name for field in foreign})
    except ValidationError as error:
        raise ValidationError({**missing, **error.error_dict}) from None
    if missing:
        raise ValidationError(missing)
    return row


def changed(row: Row, values: Mapping[str, Any]) -> Row:
    """A copy of `row` with `values`, to be checked before `audit.writing.update` writes them on the row itself."""
    candidate = copy.copy(row)
    for name, value in values.items():
        setattr(candidate, name, value)
    return cleaned(candidate)


def values_of(candidate: TenantModel, names: Iterable[str]) -> dict[str, Any]:
    """The checked values, by the names that were asked to change."""
    return {name: getattr(candidate, name) for name in names}


def refuse_twin(row: TenantModel, message: str, *names: str) -> None:
    """Raise ValidationError when another live row has the same `names`; the error is on the last of them."""
    if twins(row, *names).exists():
        raise ValidationError({names[-1]: message})


def refuse_namesake(row: Any, message: str) -> None:
    """Raise ValidationError on `name` when another live row has it, whatever the case and the accents."""
    if type(row).objects.filter(sort_name=fold(row.name)).exclude(pk=row.pk).exists():
        raise ValidationError({"name": message})


def twins(row: TenantModel, *names: str) -> models.QuerySet[Any]:
    """The other live rows with the same values of `names`."""
    same = {name: getattr(row, row._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]  # local
    rows: models.QuerySet[Any] = type(row).objects.filter(**same).exclude(pk=row.pk)
    return rows


def refuse_disorder(first: date | None, last: date | None, field: str, message: str) -> None:
    """Raise ValidationError on `field` when `last` comes before `first`; an open end is in order."""
    if first is not None and last is not None and last < first:
        raise ValidationError({field: message})


def refuse_repeated(keys: list[Any], field: str, message: str) -> None:
    """Raise ValidationError when a batch has the same key twice; `message` takes %(key)s."""
    seen: set[Any] = set()
    for key in keys:
        if key in seen:
            raise ValidationError({field: message % {"key": key}})
        seen.add(key)
