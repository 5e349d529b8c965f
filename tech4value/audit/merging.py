"""A row as it was when somebody read it, and which of two writers' changes stand in each other's way.

    base     what both had read: rebuilt from the journal, whose events hold each field before and after
    theirs   what is saved now
    mine     what the second writer asks for

What only one of them changed is merged; what both changed, to different values, is a conflict. A JSON object (custom
fields, a week of hours) is merged key by key.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tech4value.audit.undo import put_back
from tech4value.audit.writing import StaleVersionError, field_value
from tech4value.tenancy.models import EditableModel

Row = TypeVar("Row", bound=EditableModel)


def as_read(row: Row, changes: Mapping[str, Sequence[Any]]) -> Row:
    """A copy of `row` with the fields that have changed since as they were; not to be saved."""
    base = copy.copy(row)
    put_back(base, {name: pair[0] for name, pair in changes.items()})
    return base


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that both changed; values as JSON."""

    field: str
    base: Any
    theirs: Any
    mine: Any


def merge_values(
    row: EditableModel, values: Mapping[str, Any], stale: StaleVersionError
) -> tuple[dict[str, Any], list[FieldConflict]]:
    """Of the `values` that a program asks for, those to write on `row` as it is now, and the conflicts.

    A value that is what was read is no change: what the other wrote stays.
    """
    wanted = copy.copy(row)
    merged: dict[str, Any] = {}
    conflicts: list[FieldConflict] = []
    fields = {field.name: field for field in row._meta.local_fields}
    for name, value in values.items():
        if name not in stale.changes or name not in fields:
            merged[name] = value
            continue
        setattr(wanted, name, value)
        mine, (base, theirs) = field_value(wanted, fields[name]), stale.changes[name]
        if isinstance(mine, dict) and isinstance(base or {}, dict) and isinstance(theirs or {}, dict):
            if name == "custom_fields":  # keys that are not sent stay as they were read
                mine = {**(base or {}), **mine}
            merged[name], clashes = _by_key(base or {}, theirs or {}, mine)
            conflicts += [FieldConflict(f"{name}.{key}", *three) for key, three in clashes.items()]
        elif _same(mine, theirs) or _same(mine, base):
            continue
        elif _same(theirs, base):
            merged[name] = value
        else:
            conflicts.append(FieldConflict(name, base, theirs, mine))
    return merged, conflicts


def _same(one: Any, other: Any) -> bool:
    """The journal leaves out what is empty."""
    return one == other or (one in (None, "", [], {}) and other in (None, "", [], {}))


def _by_key(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[Any, Any, Any]]]:
    merged: dict[str, Any] = {}
    clashes: dict[str, tuple[Any, Any, Any]] = {}
    for key in dict.fromkeys([*theirs, *mine, *base]):
        three = base.get(key), theirs.get(key), mine.get(key)
        ours = three[2] if three[2] != three[0] else three[1]
        if three[2] not in (three[0], three[1]) and three[1] != three[0]:
            clashes[key] = three
        if key in (mine if three[2] != three[0] else theirs):
            merged[key] = ours
    return merged, clashes
