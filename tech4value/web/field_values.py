"""Values of custom fields as people read them: on screens, in the journal, in exports and packs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.audit.models import AuditEvent
from tech4value.fields.domain import Kind
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people, target_of
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant
from tech4value.web.mentions import plain


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of a row, in words; `url` when the value is a link, `long` the text as it was written, with its
    mentions, when it may fill paragraphs."""

    label: str
    text: str
    url: str = ""
    long: str = ""


def people_named(fields: Iterable[FieldDefinition], values: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """The names of the people that rows hold; one statement, none without a field of that kind."""
    keys = [field.key for field in fields if field.kind == Kind.PERSON]
    wanted = {str(held[key]) for held in values for key in keys if held.get(key)} if keys else set()
    return people().names(wanted) if wanted else {}


def shown_value(field: FieldDefinition, value: Any, names: Mapping[str, str]) -> str:
    """A stored value in the language in force; empty for none."""
    if value is None or value == "":
        return ""
    language = get_language() or "fr"
    match field.kind:
        case Kind.NUMBER:
            text = formats.number(Decimal(str(value)), language, decimals=field.decimals)
            return f"{text}{formats.NBSP}{field.unit}" if field.unit else text
        case Kind.MONEY:
            return formats.money(Decimal(str(value)), current_tenant().currency, language)
        case Kind.DATE:
            return formats.date_short(date.fromisoformat(str(value)), language)
        case Kind.YES_NO:
            return _("oui") if value else _("non")
        case Kind.CHOICE | Kind.CHOICES:
            labels = {option.key: option.name(language) for option in field.choices}
            return ", ".join(
                labels.get(str(key), str(key)) for key in (value if isinstance(value, list) else [value])
            )
        case Kind.PERSON:
            return names.get(str(value), _("personne supprimée"))
        case Kind.LONG_TEXT:
            return plain(str(value))
    return str(value)


def shown_fields(fields: Sequence[FieldDefinition], held: Mapping[str, Any]) -> list[ShownField]:
    """Every field that a row holds a value of, in order."""
    names = people_named(fields, [held])
    return [
        ShownField(
            field.name,
            shown_value(field, held[field.key], names),
            url=str(held[field.key]) if field.kind == Kind.LINK else "",
            long=str(held[field.key]) if field.kind == Kind.LONG_TEXT else "",
        )
        for field in fields
        if held.get(field.key) not in (None, "", [])
    ]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One custom field before and after, in words; empty texts for nothing."""

    label: str
    before: str
    after: str


class FieldChanges:
    """What the journal's events say of custom fields, field by field; at most two statements for many events."""

    def __init__(self, events: Iterable[AuditEvent]) -> None:
        told = [event for event in events if "custom_fields" in event.changes]
        rows = FieldDefinition.objects.all() if told else []
        self.fields = {(row.target, row.key): row for row in rows}
        held = [value or {} for event in told for value in event.changes["custom_fields"]]
        self.names = people_named(self.fields.values(), held)

    def of(self, event: AuditEvent) -> list[FieldChange]:
        """The fields that differ, in the order of the definitions; by their key when they no longer have one."""
        before, after = (value or {} for value in event.changes.get("custom_fields", (None, None)))
        target = target_of(event.object_type)
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        fields = {key: self.fields.get((target.key if target else "", key)) for key in keys}
        keys.sort(key=lambda key: (field.position if (field := fields[key]) else 0, key))
        return [
            FieldChange(
                field.name if (field := fields[key]) else key,
                self._text(field, before.get(key)),
                self._text(field, after.get(key)),
            )
            for key in keys
        ]

    def _text(self, field: FieldDefinition | None, value: Any) -> str:
        if field is not None:
            return shown_value(field, value, self.names)
        return "" if value is None else str(value)
