"""What two people have both changed in the editor of a plan, told with both values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import get_language

from portfolio.planning.domain.durations import in_days
from portfolio.planning.gantt_custom import task_fields
from portfolio.planning.models import ConstraintKind, Task, TaskKind
from tech4value.figures.formats import DASH
from tech4value.web.field_values import people_named, shown_value
from tech4value.web.formats import date_short, date_time, days, percent

# Which cell of the editor shows each field of a task.
CELLS: Final = {
    "name": "name",
    "kind": "kind",
    "duration_minutes": "duration",
    "starts_at": "start",
    "ends_at": "finish",
    "percent_complete": "percent",
    "constraint_kind": "constraint",
    "constraint_at": "constraint",
    "deadline_at": "deadline",
    "predecessor": "predecessors",
    "predecessors": "predecessors",
    "lag": "predecessors",
    "person": "people",
    "units": "people",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that both changed: values as people read them, and the version that `theirs` is of."""

    row: str
    name: str
    cell: str
    label: str
    mine: str
    theirs: str
    by: str
    at: str
    version: int


def clash_of(
    task: Task, name: str, mine: Any, by: str, at: datetime | None, asked: Mapping[str, Any], *, day: int
) -> Clash:
    """The clash of a field of `task` (`custom_fields.<key>` for a custom one): `mine` is the value that is not
    written, `asked` all that were asked for, `day` a working day in minutes."""
    if name.startswith("custom_fields."):
        return _custom_clash(task, name.partition(".")[2], mine, by, at)
    if name in {"constraint_kind", "constraint_at"}:
        name = "constraint_kind"
        mine_said = _constraint_words(asked["constraint_kind"], asked["constraint_at"])
        theirs_said = _constraint_words(task.constraint_kind, task.constraint_at)
    else:
        mine_said = _said(name, Task._meta.get_field(name).to_python(mine), day)  # type: ignore[union-attr]  # the task's
        theirs_said = _said(name, getattr(task, name), day)
    label = str(task._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a field of the task's own
    return Clash(
        row=str(task.pk),
        name=task.name,
        cell=CELLS.get(name, name),
        label=label[:1].upper() + label[1:],
        mine=mine_said,
        theirs=theirs_said,
        by=by,
        at=_when(at),
        version=task.version,
    )


def _custom_clash(task: Task, key: str, mine: Any, by: str, at: datetime | None) -> Clash:
    field = next(field for field in task_fields() if field.key == key)
    theirs = task.custom_fields.get(key)
    names = people_named([field], [{key: mine}, {key: theirs}])
    mine_said, theirs_said = (shown_value(field, value, names) or DASH for value in (mine, theirs))
    return Clash(
        row=str(task.pk),
        name=task.name,
        cell=field.form_name,
        label=field.name,
        mine=mine_said,
        theirs=theirs_said,
        by=by,
        at=_when(at),
        version=task.version,
    )


def _said(name: str, value: Any, day: int) -> str:
    """A field's value as people read it."""
    language = get_language() or "fr"
    match name:
        case "duration_minutes":
            return days(in_days(value, day), language)
        case "percent_complete":
            return percent(value, language)
        case "starts_at" | "ends_at" | "deadline_at":
            return date_short(value, language)
        case "kind":
            return str(TaskKind(value).label)
    return str(value)


def _constraint_words(kind: str, moment: datetime | None) -> str:
    """A constraint as it is read in its cell."""
    label = str(ConstraintKind(kind).label)
    return label if moment is None else f"{label} {date_short(moment, get_language() or 'fr')}"


def _when(at: datetime | None) -> str:
    return date_time(at, get_language() or "fr") if at else ""
