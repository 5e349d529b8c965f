"""The outline's buttons, on lines and their levels: a line takes with it the lines under it."""

from collections.abc import Sequence
from dataclasses import replace

from portfolio.governance.domain.errors import Problem, TemplateError
from portfolio.governance.domain.template import LineKind, TemplateLine

Lines = tuple[TemplateLine, ...]


def block(lines: Sequence[TemplateLine], index: int) -> int:
    """The index after the last line under line `index`."""
    end = index + 1
    while end < len(lines) and lines[end].level > lines[index].level:
        end += 1
    return end


def arranged(lines: Lines, key: str, verb: str) -> Lines:
    """The lines after `up`, `down`, `indent` or `outdent` of the line `key`.

    Raises TemplateError(cannot_move) when there is nowhere to go, or for an unknown line or verb.
    """
    index = next((rank for rank, line in enumerate(lines) if line.key == key), None)
    moves = {"up": _up, "down": _down, "indent": _indent, "outdent": _outdent}
    moved = None if index is None or verb not in moves else moves[verb](lines, index)
    if moved is None:
        raise TemplateError([Problem("cannot_move", (), {"verb": verb})])
    return moved


def inserted(lines: Lines, line: TemplateLine, parent: str) -> Lines:
    """The lines with one more: the last under `parent`, or the last of all at the top when it is empty."""
    index = next((rank for rank, one in enumerate(lines) if one.key == parent), None)
    if index is None:
        return (*lines, replace(line, level=1))
    end = block(lines, index)
    level = lines[index].level + 1
    placed = replace(line, level=level, kind=LineKind.TASK if line.kind is LineKind.PHASE else line.kind)
    return (*lines[:end], placed, *lines[end:])


def removed(lines: Lines, key: str) -> Lines:
    """The lines without the line `key` and those under it; links from what went are dropped."""
    index = next((rank for rank, line in enumerate(lines) if line.key == key), None)
    if index is None:
        return lines
    gone = {line.key for line in lines[index : block(lines, index)]}
    return tuple(
        replace(line, links=tuple(link for link in line.links if link.predecessor not in gone))
        for line in lines
        if line.key not in gone
    )


def _previous_sibling(lines: Lines, index: int) -> int | None:
    for rank in range(index - 1, -1, -1):
        if lines[rank].level < lines[index].level:
            return None
        if lines[rank].level == lines[index].level:
            return rank
    return None


def _up(lines: Lines, index: int) -> Lines | None:
    above = _previous_sibling(lines, index)
    if above is None:
        return None
    end = block(lines, index)
    return (*lines[:above], *lines[index:end], *lines[above:index], *lines[end:])


def _down(lines: Lines, index: int) -> Lines | None:
    below = block(lines, index)
    if below >= len(lines) or lines[below].level < lines[index].level:
        return None
    return _up(lines, below)


def _indent(lines: Lines, index: int) -> Lines | None:
    above = _previous_sibling(lines, index)
    if above is None or lines[above].kind is LineKind.MILESTONE:
        return None
    return _levelled(lines, index, 1)


def _outdent(lines: Lines, index: int) -> Lines | None:
    """The line comes after those that were with it in its parent."""
    level = lines[index].level
    if level == 1:
        return None
    end = block(lines, index)
    after = end
    while after < len(lines) and lines[after].level >= level:
        after += 1
    moved = _levelled(lines, index, -1)
    return (*moved[:index], *moved[end:after], *moved[index:end], *moved[after:])


def _levelled(lines: Lines, index: int, by: int) -> Lines:
    end = block(lines, index)
    changed = []
    for line in lines[index:end]:
        level = line.level + by
        kind = LineKind.TASK if line.kind is LineKind.PHASE and level > 1 else line.kind
        changed.append(replace(line, level=level, kind=kind))
    return (*lines[:index], *changed, *lines[end:])
