"""Lists of the API by custom fields: `?custom_fields[priority]=high&ordering=-custom_fields.budget`.

The parameter is an OpenAPI `deepObject`: one document for every organisation declares it, whatever fields each has.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions

from tech4value.fields.domain import NUMERIC, Kind, Stored
from tech4value.fields.lookups import holds_one_of, is_one_of, number_of, order_of, text_of
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import checked_value, fields_of
from tech4value.tenancy.sort_keys import Fold, containing
from tech4value.web.api_custom_fields import CustomFieldsField

NAME: Final = "custom_fields"
ORDER_PREFIX: Final = f"{NAME}."
ORDER_PATTERN: Final = rf"^-?{NAME}\.[a-z][a-z0-9_]*$"
_PARAMETER: Final = re.compile(rf"{NAME}\[([a-z][a-z0-9_]*)\]")
_BOUNDS: Final[Mapping[str, tuple[str, frozenset[Kind]]]] = {
    "_min": ("gte", NUMERIC),
    "_max": ("lte", NUMERIC),
    "_from": ("gte", frozenset({Kind.DATE})),
    "_to": ("lte", frozenset({Kind.DATE})),
}
_YES_NO: Final = {"true": True, "false": False}


def target_of(view: Any) -> str:
    """What the rows of a list are to custom fields (`project`); empty when they have none."""
    declared = getattr(getattr(view, "serializer_class", None), "_declared_fields", {})
    field = declared.get(NAME)
    return field.target if isinstance(field, CustomFieldsField) else ""


def is_parameter(name: str) -> bool:
    """Whether a parameter of the address asks for a custom field."""
    return _PARAMETER.fullmatch(name) is not None


def by_custom_fields(rows: QuerySet[Any], target: str, query: QueryDict) -> QuerySet[Any]:
    """The rows that the `custom_fields[…]` parameters ask for; all of them must hold, a repeated one accepts any.

    Raises rest_framework's ValidationError, by parameter: an unknown key, a value that is none of the field's.
    """
    asked = [name for name in query if is_parameter(name)]
    if not asked:
        return rows
    known = {field.key: field for field in fields_of(target)}
    errors: dict[str, list[str]] = {}
    for name in asked:
        key = name[len(NAME) + 1 : -1]
        try:
            rows = _narrowed(rows, known, key, query.getlist(name))
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise exceptions.ValidationError(errors)
    return rows


def _narrowed(rows: QuerySet[Any], known: Mapping[str, FieldDefinition], key: str, texts: list[str]) -> QuerySet[Any]:
    if field := known.get(key):
        return _matching(rows, field, texts)
    for suffix, (lookup, kinds) in _BOUNDS.items():
        field = known.get(key.removesuffix(suffix))
        if field is not None and key.endswith(suffix) and field.kind in kinds:
            bound = _value(field, texts[-1])
            held = number_of(field) if field.kind in NUMERIC else text_of(field)
            alias = f"_custom_{key}"
            value = Decimal(str(bound)) if field.kind in NUMERIC else bound
            return rows.alias(**{alias: held}).filter(**{f"{alias}__{lookup}": value})
    raise ValidationError(_unknown(key, [name for one in known.values() for name in _names(one)]))


def _matching(rows: QuerySet[Any], field: FieldDefinition, texts: list[str]) -> QuerySet[Any]:
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.LINK}:
        return containing(rows, [Fold(text_of(field))], " ".join(texts)[:400])
    values = [_value(field, text) for text in texts]
    if field.kind == Kind.CHOICES:
        return rows.filter(holds_one_of(field, [key for held in values for key in held]))  # type: ignore[union-attr]  # a list of keys
    if field.kind in NUMERIC:
        alias = f"_custom_{field.key}"
        return rows.alias(**{alias: number_of(field)}).filter(**{f"{alias}__in": [Decimal(str(v)) for v in values]})
    return rows.filter(is_one_of(field, values))


def _value(field: FieldDefinition, text: str) -> Stored:
    """What a text of the address is to a field. Raises ValidationError with a sentence."""
    given: Any = text
    if field.kind == Kind.YES_NO:
        given = _YES_NO.get(text, text)
    elif field.kind == Kind.CHOICES:
        given = [text]
    value = checked_value(field, given)
    if value is None:
        raise ValidationError(_("Donnez une valeur, ou retirez ce filtre."))
    return value


def _names(field: FieldDefinition) -> list[str]:
    """The keys that filter by a field."""
    return [field.key, *(field.key + suffix for suffix, (_lookup, kinds) in _BOUNDS.items() if field.kind in kinds)]


def _unknown(key: str, names: list[str]) -> str:
    if not names:
        return _("Ces lignes n’ont pas de champ personnalisé : retirez ce filtre.")
    values = {"key": key[:60], "names": ", ".join(names)}
    return _("Aucun champ personnalisé n’a la clé « %(key)s ». Choisissez parmi : %(names)s.") % values


def custom_order(view: Any, name: str) -> Any:
    """The expression that `ordering=custom_fields.<key>` asks for. Raises rest_framework's ValidationError."""
    key = name.removeprefix(ORDER_PREFIX)
    orders = {field.key: order_of(field) for field in fields_of(target_of(view))}
    if orders.get(key) is None:
        possible = [f"{ORDER_PREFIX}{one}" for one, expression in orders.items() if expression is not None]
        raise exceptions.ValidationError({"ordering": [_not_an_order(name, possible)]})
    return orders[key]


def _not_an_order(name: str, possible: list[str]) -> str:
    if not possible:
        return _("Ces lignes n’ont pas de champ personnalisé qui les ordonne.")
    values = {"name": name[:80], "names": ", ".join(possible)}
    return _("« %(name)s » n’est pas un ordre possible. Choisissez parmi : %(names)s.") % values
