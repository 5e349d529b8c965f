"""Rows by the values of their custom fields: what lists and the API order and filter by, in the JSONB column."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, DecimalField, IntegerField, JSONField, Q, TextField, Value, When
from django.db.models.fields.json import DataContains, KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from tech4value.fields.domain import NUMERIC, Kind
from tech4value.fields.models import FieldDefinition
from tech4value.tenancy.sort_keys import Fold


def value_of(field: FieldDefinition) -> Any:
    """The stored value as JSON. Never `custom_fields__<key>`: a key may be `range` or `in`, as look-ups are."""
    return KeyTransform(field.key, "custom_fields")


def text_of(field: FieldDefinition) -> Any:
    """The stored value as text: an ISO date, `true`, an option's key, a decimal, a person's key."""
    return KeyTextTransform(field.key, "custom_fields")


def number_of(field: FieldDefinition) -> Any:
    """The stored number or amount."""
    return Cast(text_of(field), DecimalField(max_digits=21, decimal_places=6))


def order_of(field: FieldDefinition) -> Any:
    """What rows are ordered by: options by their rank; None for several options and people, which have no order."""
    match field.kind:
        case kind if kind in NUMERIC:
            return number_of(field)
        case Kind.DATE | Kind.YES_NO:
            return Cast(text_of(field), TextField())
        case Kind.CHOICE:
            keys = [option.key for option in field.choices]
            whens = [When(is_one_of(field, [key]), then=Value(rank)) for rank, key in enumerate(keys)]
            return Case(*whens, default=Value(None), output_field=IntegerField())
        case Kind.CHOICES | Kind.PERSON:
            return None
    return Fold(text_of(field))


def is_one_of(field: FieldDefinition, values: Sequence[Any]) -> Q:
    """The rows whose value is one of `values`, as they are stored."""
    wanted = Q()
    for value in values:
        wanted |= Q(Exact(value_of(field), Value(value, JSONField())))
    return wanted


def holds_one_of(field: FieldDefinition, keys: Sequence[str]) -> Q:
    """The rows whose options (several) hold one of `keys`."""
    wanted = Q()
    for key in keys:
        wanted |= Q(DataContains(value_of(field), Value([key], JSONField())))
    return wanted
