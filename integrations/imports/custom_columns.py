"""The tenant's custom fields as columns of a table."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from integrations.imports.domain.conventions import Conventions, DateOrder
from integrations.imports.domain.sheets import ColumnSpec, ValueType, Words
from integrations.imports.domain.table_targets import TargetSpec
from tech4value.fields.domain import Stored
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of, read_value

PREFIX = "custom_"
_TARGETS = {"projects": "project", "tasks": "task"}
_NONE = Words("", "")


class CustomColumns:
    """The fields of one target, by the key of their column; one statement."""

    def __init__(self, target: TargetSpec) -> None:
        kind = _TARGETS.get(target.key)
        self.fields: dict[str, FieldDefinition] = {
            f"{PREFIX}{field.key}": field for field in (fields_of(kind) if kind else ())
        }
        self._read: dict[tuple[str, str], Stored | None] = {}

    @property
    def definitions(self) -> Sequence[FieldDefinition]:
        return list(self.fields.values())

    @property
    def columns(self) -> list[ColumnSpec]:
        """As the mapping sees them: any value may be read by the field's own rules."""
        return [
            ColumnSpec(
                key,
                Words(field.label, field.label_en or field.label),
                ValueType.TEXT,
                _NONE,
                _NONE,
                aliases=(field.key,),
            )
            for key, field in self.fields.items()
        ]

    def read(self, key: str, cell: Any, by: Conventions) -> Stored | None:
        """A cell as the field stores it; a text that comes again is read once. Raises ValidationError."""
        if not isinstance(cell, str):
            return read_value(self.fields[key], cell, french=by.decimal == ",")
        if (key, cell) not in self._read:
            day_first = by.date_order is not DateOrder.MONTH_FIRST
            self._read[key, cell] = read_value(self.fields[key], cell, french=by.decimal == ",", day_first=day_first)
        return self._read[key, cell]


def said(error: ValidationError) -> str:
    """The sentences of an error."""
    return " ".join(error.messages)
