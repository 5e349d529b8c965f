"""The outline of a plan: what is under what, in which order, and the codes 1, 1.1, 1.1.2 that follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from portfolio.planning.domain.errors import PlanningError


@dataclass(frozen=True)
class OutlineItem:
    """A task's place: its parent (None at the top) and its rank among the children of that parent."""

    key: str
    parent: str | None
    position: int


@dataclass(frozen=True)
class OutlineRow:
    """One line of the ordered outline; `depth` is 0 at the top."""

    key: str
    parent: str | None
    depth: int
    code: str
    children: tuple[str, ...]


def outline(items: Iterable[OutlineItem]) -> tuple[OutlineRow, ...]:
    """The lines in reading order, numbered.

    Raises PlanningError(unknown_parent | duplicate_task | parent_cycle), the last with its path.
    """
    items = tuple(items)
    children = _children(items)
    rows: list[OutlineRow] = []
    stack = [(item, 0, str(rank)) for rank, item in _numbered_backwards(children.get(None, ()))]
    while stack:
        item, depth, code = stack.pop()
        below = children.get(item.key, ())
        rows.append(OutlineRow(item.key, item.parent, depth, code, tuple(child.key for child in below)))
        stack += [(child, depth + 1, f"{code}.{rank}") for rank, child in _numbered_backwards(below)]
    return tuple(rows)


def parents_of_levels(levels: Sequence[int]) -> tuple[int | None, ...]:
    """For outline levels in reading order (1 at the top), the index of each line's parent.

    A line that jumps over levels is placed under the line above it. Raises PlanningError(bad_level) below 1.
    """
    parents: list[int | None] = []
    above: list[tuple[int, int]] = []  # (level, index) of the open ancestors
    for index, level in enumerate(levels):
        if level < 1:
            raise PlanningError("bad_level", str(index))
        while above and above[-1][0] >= level:
            above.pop()
        parents.append(above[-1][1] if above else None)
        above.append((level, index))
    return tuple(parents)


def codes_of_levels(levels: Sequence[int]) -> tuple[str, ...]:
    """The WBS codes of lines given by their outline levels."""
    parents = parents_of_levels(levels)
    items = (
        OutlineItem(str(index), None if parent is None else str(parent), index)
        for index, parent in enumerate(parents)
    )
    code_of = {row.key: row.code for row in outline(items)}
    return tuple(code_of[str(index)] for index in range(len(levels)))


def move(items: Iterable[OutlineItem], key: str, *, parent: str | None, index: int) -> tuple[OutlineItem, ...]:
    """Moves a line and all under it to be child number `index` (0 first) of `parent`; the changed items.

    Raises PlanningError(parent_cycle) with its path when `parent` is the line itself or under it.
    """
    items = tuple(items)
    children = _children(items)
    by_key = {item.key: item for item in items}
    item = _known(by_key, key)
    if parent is not None:
        _known(by_key, parent)
        _refuse_cycle(by_key, key, parent)
    siblings = [sibling for sibling in children.get(parent, ()) if sibling.key != key]
    index = max(0, min(index, len(siblings)))
    siblings.insert(index, replace(item, parent=parent))
    left_behind = [s for s in children.get(item.parent, ()) if s.key != key] if item.parent != parent else []
    placed = [replace(one, position=rank) for group in (siblings, left_behind) for rank, one in enumerate(group)]
    return tuple(one for one in placed if one != by_key[one.key])


def indent(items: Iterable[OutlineItem], key: str) -> tuple[OutlineItem, ...]:
    """Puts a line under the one above it. Raises PlanningError(cannot_indent) for a first child."""
    items = tuple(items)
    siblings, rank = _place(items, key)
    if rank == 0:
        raise PlanningError("cannot_indent", key)
    above = siblings[rank - 1].key
    return move(items, key, parent=above, index=len(_children(items).get(above, ())))


def outdent(items: Iterable[OutlineItem], key: str) -> tuple[OutlineItem, ...]:
    """Takes a line out of its parent, to come just after it. Raises PlanningError(cannot_outdent) on top."""
    items = tuple(items)
    by_key = {item.key: item for item in items}
    parent = _known(by_key, key).parent
    if parent is None:
        raise PlanningError("cannot_outdent", key)
    _, rank = _place(items, parent)
    return move(items, key, parent=by_key[parent].parent, index=rank + 1)


def _children(items: Sequence[OutlineItem]) -> dict[str | None, tuple[OutlineItem, ...]]:
    """The children of each parent in order, once the whole is known to be a forest."""
    by_key = {item.key: item for item in items}
    if len(by_key) != len(items):
        keys = [item.key for item in items]
        raise PlanningError("duplicate_task", next(key for key in keys if keys.count(key) > 1))
    sound: set[str] = set()
    for item in items:
        trail: list[str] = []
        current: OutlineItem | None = item
        while current is not None and current.key not in sound:
            if current.key in trail:
                path = trail[trail.index(current.key) :]
                raise PlanningError("parent_cycle", *path, current.key)
            trail.append(current.key)
            if current.parent is not None and current.parent not in by_key:
                raise PlanningError("unknown_parent", current.key, current.parent)
            current = by_key[current.parent] if current.parent is not None else None
        sound.update(trail)
    grouped: dict[str | None, list[OutlineItem]] = {}
    for item in sorted(items, key=lambda item: item.position):
        grouped.setdefault(item.parent, []).append(item)
    return {parent: tuple(group) for parent, group in grouped.items()}


def _refuse_cycle(by_key: dict[str, OutlineItem], key: str, parent: str) -> None:
    trail = [parent]
    while trail[-1] != key:
        above = by_key[trail[-1]].parent
        if above is None:
            return
        trail.append(above)
    raise PlanningError("parent_cycle", key, *trail)


def _place(items: Sequence[OutlineItem], key: str) -> tuple[tuple[OutlineItem, ...], int]:
    item = _known({item.key: item for item in items}, key)
    siblings = _children(items)[item.parent]
    return siblings, siblings.index(item)


def _known(by_key: dict[str, OutlineItem], key: str) -> OutlineItem:
    if key not in by_key:
        raise PlanningError("unknown_task", key)
    return by_key[key]


def _numbered_backwards(items: Sequence[OutlineItem]) -> list[tuple[int, OutlineItem]]:
    return list(enumerate(items, start=1))[::-1]
