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
from typing import Any, Final, TypeVar

from tech4value.audit.undo import put_back
from tech4value.audit.writing import StaleVersionError, field_value
from tech4value.tenancy.models import EditableModel

Row = TypeVar("Row", bound=EditableModel)
Triple = tuple[Any, Any, Any]
# Objects of which only what is to change is sent: a key that is not there stays, null clears it.
PARTIAL: Final = {"custom_fields"}


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
            join = _sent_keys if name in PARTIAL else _by_key
            merged[name], clashes = join(base or {}, theirs or {}, mine)
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
) -> tuple[dict[str, Any], dict[str, Triple]]:
    """Objects that are sent whole: a key that is not there has been taken away."""
    merged: dict[str, Any] = {}
    clashes: dict[str, Triple] = {}
    for key in dict.fromkeys([*theirs, *mine, *base]):
        before, other, own = base.get(key), theirs.get(key), mine.get(key)
        if own not in (before, other) and other != before:
            clashes[key] = before, other, own
        held = mine if own != before else theirs
        if key in held:
            merged[key] = held[key]
    return merged, clashes


def _sent_keys(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Triple]]:
    """Objects of which only some keys are sent."""
    merged: dict[str, Any] = {}
    clashes: dict[str, Triple] = {}
    for key, own in mine.items():
        before, other = base.get(key), theirs.get(key)
        if own == before:
            continue  # as it was read: what the other wrote stays
        if other not in (before, own):
            clashes[key] = before, other, own
        merged[key] = own
    return merged, clashes
