"""A Microsoft Project file as the scheduling engine takes it: its tasks, links, calendars and people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from integrations.imports.domain.mspdi import ConstraintType as Constraint
from integrations.imports.domain.mspdi import MspdiLink, MspdiProject, MspdiTask, ResourceType
from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.network import (
    ConstraintType,
    Dependency,
    DependencyType,
    EffortType,
    LagUnit,
    PlanTask,
    TaskAssignment,
)

EFFORTS = (EffortType.FIXED_UNITS, EffortType.FIXED_DURATION, EffortType.FIXED_WORK)
DATELESS = (Constraint.AS_SOON_AS_POSSIBLE, Constraint.AS_LATE_AS_POSSIBLE)


@dataclass(frozen=True)
class PlanNetwork:
    """What `portfolio.planning.domain.schedule.schedule` takes. Keys are the uids of the file, as text. `start` is
    None for a file without any date; `finish` is where a plan that is scheduled from its end ends. `problems` are
    what the file says that is taken otherwise."""

    tasks: tuple[PlanTask, ...]
    links: tuple[Dependency, ...]
    calendar: Calendar
    start: datetime | None
    finish: datetime | None = None
    problems: tuple[ImportProblem, ...] = ()


def plan_network(project: MspdiProject) -> PlanNetwork:
    """The network of a file. Inactive tasks are left out; those of another project stay where the file has them."""
    return _Network(project).read()


class _Network:
    def __init__(self, project: MspdiProject) -> None:
        self.project = project
        self.calendars: dict[int | None, Calendar] = {}
        self.assigned: dict[int, list[TaskAssignment]] = {}
        resources = {one.uid: one for one in project.resources if one.type is ResourceType.WORK}
        own = {task.uid: task.ignores_resource_calendars for task in project.tasks}
        for one in project.assignments:
            resource = resources.get(one.resource_uid) if one.resource_uid is not None else None
            if resource is None or not one.work_minutes:
                continue
            ignored = resource.calendar_uid is None or own.get(one.task_uid, False)
            calendar = None if ignored else self._calendar(resource.calendar_uid)
            units = Decimal(1) if one.units is None else one.units
            self.assigned.setdefault(one.task_uid, []).append(TaskAssignment(one.work_minutes, units, calendar))

    def read(self) -> PlanNetwork:
        kept = [task for task in self.project.tasks if task.active]
        keys = {task.uid for task in kept}
        links = [one for one in self.project.links if {one.predecessor_uid, one.successor_uid} <= keys]
        starts = [task.start for task in kept if task.start is not None]
        return PlanNetwork(
            tuple(self._task(task, keys) for task in kept),
            tuple(_dependency(link) for link in links),
            self._calendar(None),
            self.project.start or min(starts, default=None),
            self.project.finish if self.project.from_finish else None,
            tuple(self._problems(min(starts, default=None))),
        )

    def _problems(self, first: datetime | None) -> Iterator[ImportProblem]:
        project, whole = self.project, Where(element="Project")
        if project.from_finish and project.finish is None:
            yield ImportProblem(ProblemCode.FROM_NO_FINISH, whole, {}, Severity.WARNING)
        elif not project.from_finish and project.start is None and first is not None:
            params = {"value": first.date().isoformat()}
            yield ImportProblem(ProblemCode.NO_START_DATE, whole, params, Severity.WARNING)
        for task in project.tasks:
            where = Where(element=f"Task {task.uid} “{task.name[:80]}”")
            if not task.active:
                yield ImportProblem(ProblemCode.INACTIVE_TASK, where, {}, Severity.WARNING)
            elif task.constraint not in DATELESS and task.constraint_date is None:
                yield ImportProblem(ProblemCode.UNDATED_CONSTRAINT, where, {}, Severity.WARNING)
        # An elapsed lag is followed as it is.
        yield from (one for one in project.problems if one.code is not ProblemCode.ELAPSED_LAG)

    def _task(self, task: MspdiTask, keys: set[int]) -> PlanTask:
        dated = task.constraint in DATELESS or task.constraint_date is not None
        duration = 0 if task.milestone and not task.duration_minutes else task.duration_minutes or 0
        return PlanTask(
            key=str(task.uid),
            duration_minutes=max(duration, 0),
            parent=str(task.parent_uid) if task.parent_uid in keys else None,
            manual=task.manual or task.external,
            start=task.start,
            finish=None if task.start and task.finish and task.finish < task.start else task.finish,
            percent_complete=float(min(max(task.percent_complete, Decimal(0)), Decimal(1))),
            constraint=ConstraintType(task.constraint.value) if dated else ConstraintType.AS_SOON_AS_POSSIBLE,
            constraint_date=task.constraint_date,
            deadline=task.deadline,
            calendar=None if task.calendar_uid is None else self._calendar(task.calendar_uid),
            elapsed=task.duration_elapsed,
            actual_start=task.actual_start,
            actual_finish=task.actual_finish,
            effort=EFFORTS[task.type] if 0 <= task.type < len(EFFORTS) else EffortType.FIXED_UNITS,
            assignments=tuple(self.assigned.get(task.uid, ())),
        )

    def _calendar(self, uid: int | None) -> Calendar:
        """One object for each calendar of the file."""
        if uid not in self.calendars:
            self.calendars[uid] = working_calendar(self.project, uid)
        return self.calendars[uid]


def _dependency(link: MspdiLink) -> Dependency:
    lag, unit = link.lag_minutes, LagUnit.WORKING
    if link.lag_percent:
        lag, unit = link.lag_value * 100, LagUnit.PERCENT
    elif link.lag_elapsed and link.lag_value:
        lag, unit = round(link.lag_value / 10), LagUnit.ELAPSED
    return Dependency(str(link.predecessor_uid), str(link.successor_uid), DependencyType(link.type.value), lag, unit)
