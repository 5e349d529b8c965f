"""What rooms above show on the bars of a plan, registered in their `AppConfig.ready`.

register_overload("capacity:plan_overload", Permission.CAPACITY_VIEW)

The route takes the project's key and answers {"tasks": {key: sentence}}: the editor marks these bars.

register_figure(read)     one more figure over the plan; None to leave it out, in one statement
register_marks(read)      where tasks may end, beside what was promised: drawn on their lines
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure

ReadFigure = Callable[[Project], Figure | None]


@dataclass(frozen=True, slots=True)
class FinishMark:
    """When a task ends with four chances out of five, what was promised of it, and both in words."""

    task: UUID
    p80: datetime
    promised: date | None
    words: str


ReadMarks = Callable[[Project], Sequence[FinishMark]]
_marks: list[ReadMarks] = []
_figures: list[ReadFigure] = []
_overload: dict[str, Permission] = {}


def register_overload(url_name: str, permission: Permission) -> None:
    """Say where the overloads of a plan are read, and by whom."""
    _overload[url_name] = permission


def overload_url(member: Membership, project: Project) -> str:
    """Where `member` reads the overloads of a plan; empty for nowhere."""
    found = (name for name, permission in _overload.items() if member.can(permission))
    name = next(found, "")
    return reverse(name, args=[project.pk]) if name else ""


def register_figure(read: ReadFigure) -> None:
    """Add a figure; the same function registered twice is there once."""
    if read not in _figures:
        _figures.append(read)


def figures_above(project: Project) -> tuple[Figure, ...]:
    """What rooms above say of a plan in figures."""
    found = (read(project) for read in _figures)
    return tuple(figure for figure in found if figure is not None)


def register_marks(read: ReadMarks) -> None:
    """Add marks; the same function registered twice is there once."""
    if read not in _marks:
        _marks.append(read)


def marks_above(project: Project) -> tuple[FinishMark, ...]:
    """Where rooms above say that tasks of a plan may end."""
    return tuple(mark for read in _marks for mark in read(project))
