"""The chunks of a table, through the rooms' actions; then the dates of the plans that it touched."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from integrations.imports.changes import Outcome, RowChange
from integrations.imports.domain.sheets import SheetSpec
from integrations.imports.domain.table_targets import ASSIGNMENTS, TASKS
from integrations.imports.table_changes import TableComparison
from integrations.imports.workbook_run import Writer
from portfolio.planning.bulk_actions import Outline, TaskEntry, set_assignments, set_tasks
from portfolio.planning.models import Task, TaskKind
from portfolio.planning.scheduling import load_plan, renumber, reschedule
from portfolio.projects.models import Project
from portfolio.risks.actions import change_risk
from portfolio.risks.models import Risk
from tech4value.audit.actor import Actor


class TableWriter(Writer):
    """Writes the chunks of a table, then dates the plans that it touched."""

    connection = "table"

    def __init__(self, comparison: TableComparison, actor: Actor, file_name: str, batch_id: UUID) -> None:
        super().__init__(comparison.holdings, actor, comparison.member, file_name, batch_id)
        self.comparison = comparison
        self.outlines: dict[UUID, Outline] = {}
        self.plans: dict[UUID, Project] = {}

    def steps(self) -> Sequence[tuple[SheetSpec, Callable[[], None]]]:
        return (*super().steps(), (TASKS, self.tasks), (ASSIGNMENTS, self.assignments))

    def finish(self) -> None:
        """Number and date again the plans whose tasks were written."""
        for project in self.plans.values():
            plan = load_plan(project)
            renumber(plan)
            reschedule(actor=self.actor, project=project, plan=plan)

    def risks(self) -> None:
        """What is emptied is not among the entries of a register, whose blanks leave fields as they are."""
        super().risks()
        for one in self._changed(self.comparison.target.sheet):
            emptied: dict[str, Any] = {
                name: None for name in ("owner", "due_on") if name in one.values and one.values[name] is None
            }
            if emptied:
                change_risk(actor=self.actor, risk=Risk.objects.get(pk=one.target.pk), values=emptied)

    def _written(self, spec: SheetSpec) -> dict[Project, list[RowChange]]:
        by_project: dict[Project, list[RowChange]] = {}
        for one in (*self.changes.of(spec, Outcome.CREATE), *self._changed(spec)):
            by_project.setdefault(self._project(one), []).append(one)
        for rows in by_project.values():
            rows.sort(key=lambda one: one.row)
        return by_project

    def tasks(self) -> None:
        definitions = self.comparison.custom.definitions
        for project, rows in self._written(TASKS).items():
            self.plans[project.pk] = project
            entries = [self._entry(one) for one in rows]
            outline = self.outlines.setdefault(project.pk, Outline())
            written = set_tasks(
                actor=self.actor, project=project, entries=entries, outline=outline, fields=definitions
            )
            for one, task in zip(rows, written, strict=True):
                self._came("task", one.key, task, one.values)

    def _entry(self, change: RowChange) -> TaskEntry:
        said = change.values
        values: dict[str, Any] = {
            name: said[name] for name in ("name", "notes", "percent_complete", "custom_fields") if name in said
        }
        if change.target is None:
            values["name"] = said.get("name") or change.key.rpartition("/")[2]
        start, end = said.get("starts_on"), said.get("ends_on")
        if said.get("milestone") or (said.get("milestone") is None and _is_milestone(change.target)):
            values |= {"kind": TaskKind.MILESTONE} if said.get("milestone") else {}
            start, end = start or end, None
        elif "milestone" in said and change.target is not None:
            values["kind"] = TaskKind.TASK
        if change.target is None and start is None:
            start = end
        if start is not None:
            values["starts_at"] = datetime.combine(start, time())
        if end is not None:
            values["ends_at"] = datetime.combine(end, time(23, 59))
        elif said.get("duration") is not None:
            values["duration_minutes"] = said["duration"]
        if said.get("work") is not None:
            values["work_minutes"] = said["work"]
        if "deadline" in said:
            deadline = said["deadline"]
            values["deadline_at"] = None if deadline is None else datetime.combine(deadline, time(23, 59))
        people = None
        if "assignees" in said:
            people = [self.holdings.people[name] for name in said["assignees"] or ()]
        depth = said.get("level") or str(said.get("wbs") or "").strip(".").count(".") + 1
        return TaskEntry(values, change.target, depth, people)

    def assignments(self) -> None:
        for project, rows in self._written(ASSIGNMENTS).items():
            self.plans[project.pk] = project
            entries = []
            for one in rows:
                task = one.values["task"] if one.target is None else one.target.task
                person = self.holdings.people[one.values["person"]] if one.target is None else one.target.person
                names = {"units": "units", "work": "work_minutes"}
                given = {names[key]: one.values[key] for key in names if one.values.get(key) is not None}
                entries.append((task, person, given))
            written = set_assignments(actor=self.actor, project=project, entries=entries)
            for one, row in zip(rows, written, strict=True):
                self._came("assignment", one.key, row, [key for key in one.values if key in {"units", "work"}])


def _is_milestone(task: Task | None) -> bool:
    return task is not None and task.kind == TaskKind.MILESTONE
