"""What people do in the editor of a plan: a list of operations, written together or not at all.

    {"op": "change", "id", "version", "values": {cell: text}}        cells as in `gantt_cells`, `custom_<key>` too
    {"op": "insert", "parent", "after", "rows": [{"key", "depth", "values"}]}
    {"op": "move", "ids", "parent", "after"}
    {"op": "indent" | "outdent" | "delete", "ids"}
    {"op": "link" | "unlink", "predecessor", "successor", "kind"}

`after` is the sibling to come after, empty for the first place. A row that others have saved since is merged field by
field; what both changed is a clash, told with both values. Every write is in one batch, which `gantt_history` undoes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person
from portfolio.planning import actions
from portfolio.planning.bulk_actions import Outline, TaskEntry, set_tasks
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.gantt_cells import (
    read_constraint,
    read_duration,
    read_links,
    read_moment,
    read_people,
    read_percent,
)
from portfolio.planning.gantt_clashes import CELLS, Clash, clash_of
from portfolio.planning.gantt_custom import PREFIX, columns_of, read_custom, task_fields
from portfolio.planning.gantt_words import columns
from portfolio.planning.kept_plans import KeptPlan, taken
from portfolio.planning.link_actions import Link
from portfolio.planning.models import Assignment, Dependency, DependencyKind, Task, TaskKind
from portfolio.planning.outline_actions import make_summary, place, refuse_parent
from portfolio.planning.outside import member_of
from portfolio.planning.outside_lines import known_places
from portfolio.planning.scheduling import Plan, load_plan, lock_plan, plan_calendar
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.merging import merge_values
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type, stale_error
from tech4value.fields.models import FieldDefinition
from tech4value.tenancy.folding import fold
from tech4value.tenancy.models import uuid7

MOST_OPERATIONS: Final = 500
MOST_ROWS: Final = 2000


class EditRefusedError(Exception):
    """An operation that may not be: nothing was written. `row` and `cell` say where, `message` why."""

    def __init__(self, message: str, row: str = "", cell: str = "") -> None:
        super().__init__(message)
        self.message, self.row, self.cell = message, row, cell


class EditClashError(Exception):
    """Others have changed the same cells meanwhile: nothing was written, the person chooses."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(f"{len(clashes)} cells")
        self.clashes = clashes


@dataclass(frozen=True, slots=True)
class Edited:
    """What was done: the batch that undoes it, the plan as it now is, the key of each row that was made."""

    batch: UUID
    plan: KeptPlan
    made: Mapping[str, str]
    versions: Mapping[str, tuple[int, int]]
    """Of each row that was there and was written: its version before this, and now."""


@transaction.atomic
def apply_edits(*, actor: Actor, project: Project, operations: Sequence[Mapping[str, Any]]) -> Edited:
    """Do all the operations, then date the plan once. Raises EditRefusedError or EditClashError."""
    if not operations or len(operations) > MOST_OPERATIONS:
        raise EditRefusedError(
            _("Envoyez de 1 à %(n)s modifications à la fois : rechargez la page.") % {"n": MOST_OPERATIONS}
        )
    lock_plan(project)
    batch = uuid7()
    edits = _Edits(actor.within(batch), project, plan_calendar(project))
    for operation in operations:
        edits.run(operation)
    if edits.clashes:
        raise EditClashError(edits.clashes)
    plan = taken(project)
    try:
        plan.date(edits.actor)
    except ValidationError as error:
        row = edits.linked or _first_row(operations[-1])
        raise EditRefusedError(" ".join(error.messages), edits.made.get(row, row), "predecessors") from error
    return Edited(batch, plan, edits.made, _versions(batch, plan))


def _versions(batch: UUID, plan: KeptPlan) -> dict[str, tuple[int, int]]:
    """What the batch made of the versions of tasks: an event each time."""
    events = AuditEvent.objects.filter(batch_id=batch, object_type=object_type(Task)).exclude(verb="task.created")
    written = dict(
        events.order_by().values("object_id").annotate(times=Count("pk")).values_list("object_id", "times")
    )
    return {
        str(task.pk): (task.version - written[task.pk], task.version)
        for task in plan.plan.tasks
        if task.id in written
    }


@dataclass
class _Edits:
    actor: Actor
    project: Project
    calendar: Calendar
    clashes: list[Clash] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """The numbers of the lines that are being inserted, by key."""
    linked: str = ""
    """The row whose links were written last: what a loop is told beside."""

    @property
    def day(self) -> int:
        return day_minutes(self.calendar)

    def run(self, operation: Mapping[str, Any]) -> None:
        verbs = {
            "change": self.change,
            "insert": self.insert,
            "move": self.move,
            "indent": self.indent,
            "outdent": self.outdent,
            "delete": self.delete,
            "link": self.link,
            "unlink": self.unlink,
        }
        if not isinstance(operation, dict):
            raise _unreadable()
        verb = verbs.get(str(operation.get("op")))
        if verb is None:
            raise _unreadable()
        row = _first_row(operation)
        try:
            verb(operation)
        except EditRefusedError as error:
            error.row = error.row or self.made.get(row, row)
            raise
        except ValidationError as error:
            raise _refused(error, self.made.get(row, row)) from error
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise _unreadable() from error

    # --- rows

    def tasks(self, keys: Sequence[Any]) -> list[Task]:
        """The live tasks of these keys, in the order asked; those that others have deleted are told by name."""
        known = [self.made.get(str(key), str(key)) for key in keys]
        ids = [_key(text) for text in known]
        found = Task.objects.filter(project=self.project, pk__in=ids).select_related("project", "parent").in_bulk()
        for key, text in zip(ids, known, strict=True):
            if key not in found:
                raise EditRefusedError(_gone(key), text)
        return [found[key] for key in dict.fromkeys(ids)]

    def one(self, key: Any) -> Task:
        return self.tasks([key])[0]

    # --- operations

    @cached_property
    def fields(self) -> dict[str, FieldDefinition]:
        """The custom fields of tasks, by cell."""
        return {field.form_name: field for field in task_fields()}

    def change(self, operation: Mapping[str, Any]) -> None:
        task = self.one(operation["id"])
        cells = dict(operation["values"])
        values = self.values(cells)
        if "constraint" in cells and task.kind == TaskKind.SUMMARY:
            raise EditRefusedError(
                _("Un récapitulatif suit ses tâches : posez la contrainte sur l’une d’elles."), "", "constraint"
            )
        start, end = values.get("starts_at"), values.get("ends_at")
        if start and end and start <= end and "duration_minutes" not in values:
            # Pulled by its first edge: an end that stays where it was is meant, and is in no changed field.
            values["duration_minutes"] = self.calendar.working_minutes_between(start, end)
        version = int(operation["version"])
        if version != task.version:
            stale = stale_error(task, version)
            asked = dict(values)
            values, conflicts = merge_values(task, values, stale)
            if {"constraint_kind", "constraint_at"} <= {one.field for one in conflicts}:  # told once
                conflicts = [one for one in conflicts if one.field != "constraint_at"]
            for one in conflicts:
                by, at = stale.authors.get(one.field.partition(".")[0], (stale.by, stale.at))
                self.clashes.append(clash_of(task, one.field, one.mine, by, at, asked, day=self.day))
        if values:
            actions.change_task(actor=self.actor, task=task, values=values, schedule=False)
        if "predecessors" in cells:
            self.set_links(task, cells["predecessors"], cells.get("predecessors_read"))
        if "people" in cells:
            self.set_people(task, str(cells["people"]), cells.get("people_read"))

    def values(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a task that the cells say."""
        values: dict[str, Any] = {}
        for cell, raw in cells.items():
            text = str(raw).strip()
            match cell:
                case "name":
                    values["name"] = text
                case "kind" if text in {TaskKind.TASK, TaskKind.MILESTONE}:
                    values["kind"] = text
                case "duration":
                    values["duration_minutes"] = _in_cell(cell, read_duration, text, self.day)
                case "percent":
                    values["percent_complete"] = _in_cell(cell, read_percent, text)
                case "start" | "finish":
                    name = "starts_at" if cell == "start" else "ends_at"
                    values[name] = _in_cell(cell, read_moment, text, self.calendar, end=cell == "finish")
                case "constraint":
                    found = _in_cell(cell, read_constraint, text, self.calendar)
                    values["constraint_kind"], values["constraint_at"] = found
                case "deadline":
                    values["deadline_at"] = (
                        _in_cell(cell, read_moment, text, self.calendar, end=True) if text else None
                    )
                case "predecessors" | "predecessors_read" | "people" | "people_read":
                    pass
                case _ if cell in self.fields:
                    custom = values.setdefault("custom_fields", {})
                    custom[self.fields[cell].key] = _in_cell(cell, read_custom, self.fields[cell], text)
                case _ if cell.startswith(PREFIX):
                    raise EditRefusedError(_("Ce champ a été archivé ou supprimé : rechargez la page."), "", cell)
                case _:
                    raise _unreadable()
        return values

    def insert(self, operation: Mapping[str, Any]) -> None:
        rows = list(operation["rows"])
        if not rows or len(rows) > MOST_ROWS:
            raise ValidationError(_("Collez de 1 à %(n)s lignes à la fois.") % {"n": MOST_ROWS})
        parent = self.one(operation["parent"]) if operation.get("parent") else None
        refuse_parent(parent, self.project)
        entries = []
        # Among several lines, which is said: they may be pasted, and are then in no table yet.
        self.lines = {str(row["key"]): number for number, row in enumerate(rows, start=1)} if len(rows) > 1 else {}
        for row in rows:
            try:
                values = self.values(row["values"])
            except EditRefusedError as error:
                raise self.refused_in_line(error, str(row["key"])) from error
            entries.append(TaskEntry({"name": "", **values}, depth=max(int(row.get("depth", 1)), 1)))
        try:
            made = set_tasks(
                actor=self.actor,
                project=self.project,
                entries=entries,
                outline=Outline(),
                fields=list(self.fields.values()) if any("custom_fields" in one.values for one in entries) else (),
            )
        except ValidationError as error:
            raise _refused(error, str(rows[0]["key"])) from error
        self.made |= {str(row["key"]): str(task.pk) for row, task in zip(rows, made, strict=True)}
        plan = load_plan(self.project)
        above = parent.pk if parent else None
        if parent is not None:
            make_summary(self.actor, plan.by_id[parent.pk])
        tops = [task.pk for task in made if task.parent_id is None]
        place(plan, tops, above, self.rank(plan, above, operation.get("after"), set(tops)))
        for row, task in zip(rows, made, strict=True):
            cells = row["values"]
            if cells.get("people"):
                self.in_row(task, self.set_people, str(cells["people"]), None)
        for row, task in zip(rows, made, strict=True):
            if row["values"].get("predecessors"):
                self.in_row(task, self.set_links, row["values"]["predecessors"], None)

    def in_row(self, task: Task, verb: Any, *given: Any) -> None:
        """Do `verb`; what is refused is told beside the row that the person sees."""
        keys = {made: key for key, made in self.made.items()}
        try:
            verb(task, *given)
        except (EditRefusedError, ValidationError) as error:
            refused = error if isinstance(error, EditRefusedError) else _refused(error, "")
            raise self.refused_in_line(refused, keys.get(str(task.pk), str(task.pk))) from error

    def refused_in_line(self, error: EditRefusedError, key: str) -> EditRefusedError:
        """What was refused, beside the line of `key` that the person sees; of several, its number and column."""
        number = self.lines.get(key)
        if number is None:
            return EditRefusedError(error.message, key, error.cell)
        heads = columns_of(list(self.fields.values())) if error.cell.startswith(PREFIX) else columns()
        said = {"line": number, "column": heads.get(error.cell, ""), "message": error.message}
        if not said["column"]:
            return EditRefusedError(_("Ligne %(line)s : %(message)s") % said, key, error.cell)
        return EditRefusedError(_("Ligne %(line)s, %(column)s : %(message)s") % said, key, error.cell)

    def rank(self, plan: Plan, parent: UUID | None, after: Any, moving: set[UUID]) -> int:
        """The place after the sibling `after`, among those that stay; the first without one."""
        if not after:
            return 0
        key = _key(self.made.get(str(after), str(after)))
        stays = [task.pk for task in plan.tasks if task.parent_id == parent and task.pk not in moving]
        return stays.index(key) + 1 if key in stays else len(stays)

    def move(self, operation: Mapping[str, Any]) -> None:
        tasks = self.tasks(operation["ids"])
        parent = self.one(operation["parent"]) if operation.get("parent") else None
        plan = load_plan(self.project)
        keys = {task.pk for task in tasks}
        index = self.rank(plan, parent.pk if parent else None, operation.get("after"), keys)
        actions.move_tasks(
            actor=self.actor, project=self.project, tasks=tasks, parent=parent, index=index, schedule=False, plan=plan
        )

    def indent(self, operation: Mapping[str, Any]) -> None:
        tasks = self.tasks(operation["ids"])
        actions.indent_tasks(actor=self.actor, project=self.project, tasks=tasks, schedule=False)

    def outdent(self, operation: Mapping[str, Any]) -> None:
        tasks = self.tasks(operation["ids"])
        actions.outdent_tasks(actor=self.actor, project=self.project, tasks=tasks, schedule=False)

    def delete(self, operation: Mapping[str, Any]) -> None:
        tasks = self.tasks(operation["ids"])
        actions.delete_tasks(actor=self.actor, project=self.project, tasks=tasks, schedule=False)

    def link(self, operation: Mapping[str, Any]) -> None:
        one, other = self.tasks([operation["predecessor"], operation["successor"]])
        kind = str(operation.get("kind") or DependencyKind.FS)
        self.linked = str(other.pk)
        actions.link_tasks(actor=self.actor, predecessor=one, successor=other, kind=kind, schedule=False)

    def unlink(self, operation: Mapping[str, Any]) -> None:
        one, other = self.tasks([operation["predecessor"], operation["successor"]])
        row = Dependency.objects.filter(predecessor=one, successor=other).select_related("project").first()
        if row is not None:  # else somebody has just removed it: it is as wanted
            actions.unlink(actor=self.actor, link=row, schedule=False)

    # --- cells that are lists: what the person had not read stays

    def set_links(self, task: Task, parts: Sequence[Any], read: Sequence[str] | None) -> None:
        order = list(Task.objects.filter(project=self.project).order_by("position", "id"))
        known = [(self.made.get(str(key), key), text) for key, text in parts]
        self.linked = str(task.pk)
        member = member_of(self.actor)
        lines = known_places(task, member)
        wanted = _in_cell("predecessors", read_links, known, task, order, self.day, member, lines)
        kept = {link.predecessor.pk for link in wanted}
        if read is not None:
            wanted += [
                Link(row.predecessor, row.kind, row.lag, row.lag_unit)
                for row in Dependency.objects.filter(successor=task).select_related("predecessor")
                if row.predecessor_id not in kept and str(row.predecessor_id) not in set(read)
            ]
        actions.set_predecessors(actor=self.actor, task=task, links=wanted, schedule=False)

    def set_people(self, task: Task, text: str, read: Sequence[str] | None) -> None:
        people: dict[Person, Decimal] = _in_cell("people", read_people, text)
        if read is not None:
            names = {fold(str(name)) for name in read}
            for row in Assignment.objects.filter(task=task, person__deleted_at=None).select_related("person"):
                if fold(row.person.name) not in names:
                    people.setdefault(row.person, row.units)
        actions.set_people(actor=self.actor, task=task, people=people)


def _first_row(operation: Mapping[str, Any]) -> str:
    """The row that an operation is about, to tell an error beside it."""
    keys = operation.get("ids")
    first = keys[0] if isinstance(keys, list) and keys else ""
    return str(operation.get("id") or operation.get("successor") or first or operation.get("after") or "")


def _in_cell(cell: str, read: Any, *given: Any, **options: Any) -> Any:
    """What `read` makes of a cell; what it refuses is told beside that cell."""
    try:
        return read(*given, **options)
    except ValidationError as error:
        raise EditRefusedError(" ".join(error.messages), "", cell) from error


def _refused(error: ValidationError, row: str) -> EditRefusedError:
    if not hasattr(error, "error_dict"):
        return EditRefusedError(" ".join(error.messages), row)
    name, messages = next(iter(error.message_dict.items()))
    return EditRefusedError(" ".join(messages), row, CELLS.get(name, ""))


def _unreadable() -> EditRefusedError:
    return EditRefusedError(_("Cette modification ne se lit pas : rechargez la page, puis recommencez."))


def _key(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise _unreadable() from error


def _gone(key: UUID) -> str:
    """Who deleted the row that an operation is about."""
    event = AuditEvent.objects.filter(object_id=key, verb="task.deleted").first()
    if event is None:
        return _("Cette tâche n’existe plus. Rechargez la page.")
    return _("%(who)s a supprimé « %(task)s » entre-temps : rien n’a été modifié.") % {
        "who": event.actor_label,
        "task": event.object_label,
    }
