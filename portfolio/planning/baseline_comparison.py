"""A plan against one of its baselines, line by line, and the trend of its milestones."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.milestone_trend import Known, forecasts, reports, slips
from portfolio.planning.domain.variance import Dated, Variance, variance
from portfolio.planning.models import Assignment, Baseline, BaselineTask, Task, TaskKind
from portfolio.planning.scheduling import TASK, plan_calendar
from portfolio.projects.models import Milestone, Project
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type

MILESTONE: Final = object_type(Milestone)
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A task now and in the baseline; `then` None: added since; deleted: gone since.

    `cost` is what the change of its work costs at the rates of those assigned to it, None when that is not known.
    """

    task: Task
    then: BaselineTask | None
    variance: Variance | None
    cost: Decimal | None
    depth: int

    @property
    def added(self) -> bool:
        return self.then is None

    @property
    def deleted(self) -> bool:
        return self.task.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan against `baseline`; `day` is the working minutes of a day."""

    baseline: Baseline | None
    baselines: tuple[Baseline, ...]
    lines: tuple[ComparedLine, ...]
    day: int

    @property
    def later(self) -> int:
        """How many tasks end after their baseline, summaries excepted."""
        return sum(1 for line in self.lines if _is_work(line) and line.variance and line.variance.finish > 0)

    @property
    def slip(self) -> int:
        """By how many working minutes the whole ends later (earlier when negative)."""
        ends = [
            (line.task.ends_at, line.variance.finish)
            for line in self.lines
            if line.variance is not None and not line.deleted
        ]
        return max(ends, default=(None, 0))[1]


def _is_work(line: ComparedLine) -> bool:
    return line.task.kind != TaskKind.SUMMARY and not line.deleted


SORTS: Final[dict[str, Callable[[ComparedLine], Any]]] = {
    "name": lambda line: line.task.sort_name,
    "start": lambda line: line.variance and line.variance.start,
    "finish": lambda line: line.variance and line.variance.finish,
    "duration": lambda line: line.variance and line.variance.duration,
    "work": lambda line: line.variance and line.variance.work,
    "cost": lambda line: line.cost,
}


def sorted_lines(lines: Sequence[ComparedLine], sort: str) -> list[ComparedLine]:
    """The lines by `sort` (a key of SORTS, `-` before it to reverse), in the order of the plan without one and among
    equals; what has nothing to compare comes last."""
    key = SORTS.get(sort.lstrip("-"))
    if key is None:
        return list(lines)
    known = [line for line in lines if key(line) is not None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + [line for line in lines if key(line) is None]


def compare(project: Project, baseline_id: UUID | None = None, *, costs: bool = False) -> Comparison:
    """The plan of `project` against one of its baselines, the latest unless said. Seven statements, one more with
    `costs`."""
    calendar = plan_calendar(project)
    baselines = tuple(Baseline.objects.filter(project=project))
    baseline = next((one for one in baselines if one.pk == baseline_id), baselines[0] if baselines else None)
    tasks = {task.pk: task for task in Task.objects.filter(project=project).order_by("position", "id")}
    frozen: dict[UUID, BaselineTask] = {}
    if baseline is not None:
        frozen = {row.task_id: row for row in BaselineTask.objects.filter(baseline=baseline)}
        gone = Task.everything.filter(pk__in=[key for key in frozen if key not in tasks])
        tasks |= {task.pk: task for task in gone.order_by("position", "id")}
    rates = _rates(project) if costs and baseline is not None else {}
    day = day_minutes(calendar)
    depths: dict[UUID, int] = {}
    lines = []
    for task in tasks.values():
        depths[task.pk] = depths.get(task.parent_id, -1) + 1 if task.parent_id is not None else 0
        lines.append(_line(task, frozen.get(task.pk), calendar, depths[task.pk], rates, day))
    return Comparison(baseline, baselines, tuple(lines), day)


def _line(
    task: Task,
    then: BaselineTask | None,
    calendar: Calendar,
    depth: int,
    rates: dict[UUID, Decimal],
    day: int,
) -> ComparedLine:
    gap = None
    if then is not None and task.deleted_at is None:
        gap = variance(_dated(task), _dated(then), calendar)
    rate = rates.get(task.pk)
    cost = None
    if gap is not None and rate is not None:
        cost = (rate * gap.work / day).quantize(CENT, rounding=ROUND_HALF_UP)
    return ComparedLine(task, then, gap, cost, depth)


def _dated(row: Task | BaselineTask) -> Dated:
    return Dated(row.starts_at, row.ends_at, row.duration_minutes, row.work_minutes)


def _rates(project: Project) -> dict[UUID, Decimal]:
    """The daily rate of each task: that of those assigned to it, weighted by their units; tasks of which somebody
    has no rate are absent."""
    rows = Assignment.objects.filter(project=project, person__deleted_at=None)
    found: dict[UUID, list[tuple[Decimal, Decimal | None]]] = defaultdict(list)
    for task, units, rate in rows.values_list("task_id", "units", "person__daily_rate"):
        found[task].append((units, rate))
    rates = {}
    for task, parts in found.items():
        units = sum((one for one, _rate in parts), Decimal(0))
        if units and all(rate is not None for _units, rate in parts):
            rates[task] = sum((one * (rate or 0) for one, rate in parts), Decimal(0)) / units
    return rates


@dataclass(frozen=True, slots=True)
class Trend:
    """A milestone over the reports: `shown[i]` is what was forecast on the i-th of them."""

    name: str
    promised: date | None
    shown: tuple[date | None, ...]
    met_on: date | None

    @property
    def slips(self) -> int:
        """How many times it was put off."""
        return slips(self.shown)

    @property
    def last(self) -> date | None:
        """What is forecast now, or when it was met."""
        return next((day for day in reversed(self.shown) if day is not None), None)

    @property
    def slip_days(self) -> int | None:
        """Calendar days from the promise to the last forecast."""
        return (self.last - self.promised).days if self.last is not None and self.promised is not None else None


@dataclass(frozen=True, slots=True)
class MilestoneTrends:
    """The milestones of a project over its reports."""

    reports: tuple[date, ...]
    milestones: tuple[Trend, ...]


def milestone_trends(project: Project, today: date) -> MilestoneTrends:
    """What the journal says was forecast of each milestone, and of the milestone tasks of the plan that stand for
    none. A forecast of a milestone is its due date, or the end of the tasks that stand for it when that is later: as
    it was moved since, not as the plan was first made, which the promise says better. Five statements."""
    promises = list(Milestone.objects.filter(project=project))
    tasks = list(Task.objects.filter(project=project, kind=TaskKind.MILESTONE).order_by("ends_at", "position"))
    frozen = _first_frozen(task.pk for task in tasks)
    known = _known({row.pk for row in promises}, {task.pk for task in tasks})
    rows: list[tuple[str, date | None, list[list[Known]], date | None]] = []
    for row in promises:
        own = known.get(row.pk) or [Known(row.created_at.date(), row.due_on)]
        linked = [
            [*known.get(task.pk, [])[1:], Known(today, task.ends_at.date())]
            for task in tasks
            if task.milestone_id == row.pk
        ]
        rows.append((row.name, row.baseline_on, [own, *linked], row.actual_on))
    promised = {row.pk for row in promises}
    for task in tasks:
        if task.milestone_id not in promised:
            own = [*frozen.get(task.pk, []), *known.get(task.pk, [])] or [
                Known(task.created_at.date(), task.ends_at.date())
            ]
            met = (task.actual_end_at or task.ends_at).date() if task.percent_complete >= 1 else None
            first = frozen[task.pk][0].due if task.pk in frozen else None
            rows.append((task.name, first, [own], met))
    days = reports(min((one.on for row in rows for own in row[2] for one in own), default=today), today)
    return MilestoneTrends(days, tuple(_trend(row, days) for row in rows))


def _trend(row: tuple[str, date | None, list[list[Known]], date | None], days: Sequence[date]) -> Trend:
    name, promised, sources, met = row
    each = [forecasts(one, days, met) for one in sources]
    shown = tuple(max((day for day in column if day is not None), default=None) for column in zip(*each, strict=True))
    return Trend(name, promised, shown, met)


def _first_frozen(task_ids: Iterable[UUID]) -> dict[UUID, list[Known]]:
    """What baselines say of tasks, the first one first."""
    rows = BaselineTask.objects.filter(task__in=list(task_ids), baseline__deleted_at=None)
    found: dict[UUID, list[Known]] = defaultdict(list)
    for task, on, ends_at in rows.order_by("baseline__taken_on", "id").values_list(
        "task_id", "baseline__taken_on", "ends_at"
    ):
        found[task].append(Known(on, ends_at.date()))
    return found


def _known(milestones: set[UUID], tasks: set[UUID]) -> dict[UUID, list[Known]]:
    """What the journal says of the dates of milestones and of tasks, in the order that it was written."""
    fields = {MILESTONE: "due_on", TASK: "ends_at"}
    events = AuditEvent.objects.filter(object_id__in=milestones | tasks, object_type__in=fields).order_by("id")
    found: dict[UUID, list[Known]] = defaultdict(list)
    for key, kind, at, effective, changes in events.values_list(
        "object_id", "object_type", "at", "effective_on", "changes"
    ):
        pair = changes.get(fields[kind])
        if pair is not None:
            found[key].append(Known(_on(effective, at), _day(pair[1])))
    return found


def _on(effective: date | None, at: datetime) -> date:
    return effective or at.astimezone(UTC).date()


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
