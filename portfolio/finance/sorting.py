"""Tables that are computed, sorted as the address asks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")
Keys = Mapping[str, Callable[[Row], Any]]
"""What each column is sorted by; None for a row that has nothing there. `name` is one of them."""


def sorted_rows(rows: Sequence[Row], sort: str, keys: Keys[Row], default: str) -> list[Row]:
    """The rows by `sort` (one of `keys`, `-` before it to reverse), by `default` without one; by name among equals,
    those that have nothing to compare last, whatever the direction."""
    sort = sort if sort.removeprefix("-") in keys else default
    key = keys[sort.removeprefix("-")]
    named = sorted(rows, key=keys["name"])
    known = [row for row in named if key(row) is not None]
    unknown = [row for row in named if key(row) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown
