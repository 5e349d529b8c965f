"""The organisation's custom fields of tasks, and the fields that a plan's file has under the same names."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError

from integrations.imports.domain.mspdi import MspdiProject
from integrations.imports.domain.mspdi_attributes import Attribute, Slot
from integrations.imports.domain.values import fold
from tech4value.fields.domain import NUMERIC, Kind, Stored
from tech4value.fields.domain import plain as as_text
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of, merged, read_value
from tech4value.web.mentions import plain

SLOTS: Final = {Kind.NUMBER: Slot.NUMBER, Kind.MONEY: Slot.NUMBER, Kind.DATE: Slot.DATE, Kind.YES_NO: Slot.FLAG}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+)?")


def slot_of(definition: FieldDefinition) -> Slot:
    """Where the format keeps values of a field: numbers, dates and yes/no have places of their own."""
    return SLOTS.get(Kind(definition.kind), Slot.TEXT)


def written_value(definition: FieldDefinition, value: Stored, names: Mapping[str, str]) -> str:
    """A stored value as the file says it; `names` are those of the people held. Empty for one that is no more."""
    match definition.kind:
        case Kind.YES_NO:
            return "1" if value else "0"
        case Kind.DATE:
            return f"{value}T00:00:00"
        case Kind.PERSON:
            return names.get(str(value), "")
        case Kind.LONG_TEXT:
            return plain(str(value))
    return as_text(definition.spec, value)


@dataclass
class FieldsRead:
    """What a file says of custom fields. `values`, by task, has None where the file leaves a field empty; `unread`
    counts the values that are none of their field's, `ignored` names the file's fields that are none of ours."""

    taken: dict[int, FieldDefinition] = field(default_factory=dict)
    attributes: tuple[Attribute, ...] = ()
    values: dict[str, dict[str, Stored | None]] = field(default_factory=dict)
    texts: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)

    def after(self, uid: str, held: Mapping[str, Any]) -> dict[str, Any]:
        """What a task would hold. A required field that the file leaves empty keeps what it has."""
        required = {one.key for one in self.taken.values() if one.is_required}
        given = {
            key: value for key, value in self.values.get(uid, {}).items() if value is not None or key not in required
        }
        return merged("task", held, given, fields=list(self.taken.values())) if given else dict(held)


def fields_in(source: MspdiProject, definitions: Sequence[FieldDefinition] | None = None) -> FieldsRead:
    """Match a file's fields with those of the organisation, by name or key, and read every value. A statement, and
    one for each person who is named."""
    known: dict[str, FieldDefinition] = {}
    for one in fields_of("task") if definitions is None else definitions:
        for name in (one.key, one.label_en, one.label):
            if name:
                known[fold(name)] = one
    used = {key for task in source.tasks for key, _text in task.attributes}
    found = FieldsRead()
    attributes = []
    for attribute in source.attributes:
        if not attribute.is_of_tasks:
            continue
        definition = known.get(fold(attribute.alias)) if attribute.alias else None
        if definition is not None and definition not in found.taken.values():
            found.taken[attribute.field_id] = definition
            attributes.append(attribute)
        elif attribute.field_id in used:
            found.ignored.append(attribute.alias or attribute.name or str(attribute.field_id))
    named = {one.field_id for one in source.attributes}
    found.ignored += [str(key) for key in sorted(used - named) if Attribute(key, "").is_of_tasks]
    found.attributes = tuple(attributes)
    if found.taken:
        _read_values(source, found)
    return found


def _read_values(source: MspdiProject, found: FieldsRead) -> None:
    read: dict[tuple[str, str], Stored | None] = {}
    for task in source.tasks:
        values: dict[str, Stored | None] = dict.fromkeys(one.key for one in found.taken.values())
        texts = []
        for key, text in task.attributes:
            definition = found.taken.get(key)
            if definition is None:
                continue
            try:
                if (definition.key, text) not in read:
                    read[definition.key, text] = _read(definition, text)
                values[definition.key] = read[definition.key, text]
                texts.append((key, text))
            except ValidationError:
                found.unread[definition.name] += 1
                del values[definition.key]  # what is held stays
        found.values[str(task.uid)] = values
        found.texts[str(task.uid)] = tuple(texts)


def _read(definition: FieldDefinition, text: str) -> Stored | None:
    cell: Any = text
    if definition.kind in NUMERIC:
        try:
            cell = Decimal(text)
        except InvalidOperation:
            cell = text
    elif definition.kind == Kind.DATE and _INSTANT.fullmatch(text):
        try:
            cell = date.fromisoformat(text[:10])
        except ValueError:
            cell = text
    elif definition.kind == Kind.YES_NO and text in {"0", "1"}:
        cell = text == "1"
    return read_value(definition, cell, french=True)
