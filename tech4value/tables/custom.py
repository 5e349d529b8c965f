"""Custom fields as columns: shown when chosen, sorted, filtered, exported and edited in bulk like any other."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import DateField
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.fields.domain import Kind
from tech4value.fields.lookups import holds_one_of, is_one_of, number_of, order_of, text_of
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import (
    ChoiceFilter,
    DateRange,
    Filter,
    NumberRange,
    PersonValueFilter,
    TextFilter,
)

_KINDS = {
    Kind.NUMBER: CellKind.NUMBER,
    Kind.MONEY: CellKind.MONEY,
    Kind.YES_NO: CellKind.YES_NO,
    Kind.LINK: CellKind.LINK,
    Kind.PERSON: CellKind.PERSON,
}


def custom_columns(fields: Sequence[FieldDefinition], names: Mapping[str, str]) -> list[Column]:
    """A column for each field, hidden until chosen. `names` is filled with people's names before rows are drawn."""
    return [_column(field, names) for field in fields]


def _column(field: FieldDefinition, names: Mapping[str, str]) -> Column:
    text = text_of(field)
    decimals = field.spec.decimals
    labels = {option.key: option.name(get_language() or "fr") for option in field.choices}

    def value(row: Any) -> Any:
        held = row.custom_fields.get(field.key)
        if held is None:
            return None
        match field.kind:
            case Kind.NUMBER | Kind.MONEY:
                return Decimal(held)
            case Kind.CHOICE | Kind.CHOICES:
                return ", ".join(
                    labels.get(str(key), str(key)) for key in (held if isinstance(held, list) else [held])
                )
            case Kind.PERSON:
                return names.get(held, _("personne supprimée"))
            case Kind.DATE:
                return DateField().to_python(held)
        return held

    asked: Filter | None = None
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            asked = NumberRange(path=number_of(field))
        case Kind.DATE:
            asked = DateRange(path=text, text=True)
        case Kind.YES_NO:
            words = (("true", _("Oui")), ("false", _("Non")))
            asked = ChoiceFilter(
                choices=lambda: words, condition=lambda given: is_one_of(field, [one == "true" for one in given])
            )
        case Kind.CHOICE:
            asked = ChoiceFilter(
                choices=lambda: list(labels.items()), condition=lambda given: is_one_of(field, given)
            )
        case Kind.CHOICES:
            asked = ChoiceFilter(
                choices=lambda: list(labels.items()), condition=lambda given: holds_one_of(field, given)
            )
        case Kind.PERSON:
            asked = PersonValueFilter(field=people().form_field, condition=lambda key: is_one_of(field, [key]))
        case _:
            asked = TextFilter(path=text)
    summed = field.kind in {Kind.NUMBER, Kind.MONEY}
    return Column(
        key=field.form_name,
        label=field.name,
        value=value,
        kind=CellKind.DATE if field.kind == Kind.DATE else _KINDS.get(Kind(field.kind), CellKind.TEXT),
        sort=order_of(field),
        filter=asked,
        shown=False,
        rank=3,
        decimals=decimals,
        unit=field.unit,
        total=number_of(field) if summed else None,
    )
