"""The earned value of projects: the baseline's tasks, the approved budget and the actual cost, in seven statements
whatever the number of projects. `docs/algorithms/earned_value.md` says what is made of them, and why.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum

from portfolio.finance.domain.budget import ZERO, add_months, first_of_month, month_range
from portfolio.finance.domain.earned_value import (
    EarnedSchedule,
    EarnedValue,
    Missing,
    earned_schedule,
    number_of,
)
from portfolio.finance.domain.planned_work import (
    FrozenTask,
    Weighting,
    Window,
    WorkedBy,
    budgets_of,
    costs_of,
    earned,
    earned_curve,
    planned_curve,
    weighting_of,
)
from portfolio.finance.models import BudgetLine
from portfolio.people.domain.calendar import Calendar
from portfolio.people.queries import calendars_by_id
from portfolio.planning.models import Baseline, BaselineTask, PlanSettings, Task, TaskKind
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A task of the baseline that has none of its tasks below it."""

    task_id: UUID
    wbs: str
    name: str
    deleted: bool
    frozen: FrozenTask


@dataclass(frozen=True, slots=True)
class TaskValue:
    """Earned value of one task; its actual cost is its part of what each month cost."""

    line: WorkLine
    value: EarnedValue

    @property
    def spi(self) -> Decimal | None:
        return number_of(self.value.schedule_performance_index)

    @property
    def cpi(self) -> Decimal | None:
        return number_of(self.value.cost_performance_index)

    @property
    def eac(self) -> Decimal | None:
        return number_of(self.value.estimate_at_completion())


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Cumulative amounts at the end of a month; what is not known yet is None."""

    month: date
    planned_value: Decimal
    earned_value: Decimal | None
    actual_cost: Decimal | None


@dataclass(frozen=True)
class ProjectWork:
    """What the earned value of a project is made of. `status_on` is the plan's data date, today without one."""

    project: Project
    status_on: date
    baseline: Baseline | None
    baseline_count: int
    lines: tuple[WorkLine, ...]
    task_count: int
    budget: Decimal
    costs: tuple[tuple[date, Decimal], ...]
    worked_by: WorkedBy
    as_of: datetime | None

    @cached_property
    def missing(self) -> Missing | None:
        """What must be there and is not; None when there is a value."""
        if self.baseline is None:
            return Missing.NO_BASELINE if self.task_count else Missing.NO_PLAN
        if not any(line.frozen.duration_minutes for line in self.lines):
            return Missing.NO_WORK
        return Missing.NO_BUDGET if self.budget <= 0 else None

    @cached_property
    def weighting(self) -> Weighting:
        return weighting_of(self.frozen)

    @cached_property
    def frozen(self) -> tuple[FrozenTask, ...]:
        return tuple(line.frozen for line in self.lines)

    @cached_property
    def budgets(self) -> tuple[Decimal, ...]:
        return () if self.missing else budgets_of(self.frozen, self.budget)

    @property
    def status_at(self) -> datetime:
        """The first minute of the status date, from which the rest of the work is planned."""
        return _midnight(self.status_on)

    @cached_property
    def spent(self) -> tuple[tuple[date, Decimal], ...]:
        """The actual cost of the months up to the status date."""
        return tuple((month, amount) for month, amount in self.costs if month <= self.status_on)

    @cached_property
    def value(self) -> EarnedValue | None:
        """The four measures on the status date; None when something is missing."""
        if self.missing:
            return None
        return EarnedValue(
            self.budget,
            planned_curve(self.frozen, self.budgets, [self.status_at], self.worked_by)[0],
            sum((earned(task, part) for task, part in zip(self.frozen, self.budgets, strict=True)), ZERO),
            sum((amount for _month, amount in self.spent), ZERO),
        )

    @cached_property
    def starts_at(self) -> datetime | None:
        return min((task.planned.starts_at for task in self.frozen), default=None)

    @cached_property
    def ends_at(self) -> datetime | None:
        return max((task.planned.ends_at for task in self.frozen), default=None)

    @cached_property
    def not_in_baseline(self) -> int:
        """Tasks of the plan that the baseline does not have: they earn nothing until another one is frozen."""
        return max(0, self.task_count - sum(1 for line in self.lines if not line.deleted))

    @cached_property
    def tasks(self) -> tuple[TaskValue, ...]:
        """Each task of the baseline."""
        return self._costed[0]

    @cached_property
    def unassigned_cost(self) -> Decimal:
        """What was spent in months in which no task of the baseline was being done."""
        return self._costed[1]

    @cached_property
    def _costed(self) -> tuple[tuple[TaskValue, ...], Decimal]:
        months = [
            (_midnight(month), min(_midnight(add_months(month, 1)), max(self.status_at, _midnight(month))), amount)
            for month, amount in self.spent
        ]
        costs, nobody = costs_of(self.frozen, self.budgets, months, self.worked_by)
        found = []
        for line, part, cost in zip(self.lines, self.budgets, costs, strict=True):
            planned = planned_curve([line.frozen], [part], [self.status_at], self.worked_by)[0]
            found.append(TaskValue(line, EarnedValue(part, planned, earned(line.frozen, part), cost)))
        return tuple(found), nobody


def total_value(works: Iterable[ProjectWork]) -> EarnedValue | None:
    """The sum of the projects that have a value; None when none has."""
    values = [work.value for work in works if work.value is not None]
    return sum(values, EarnedValue()) if values else None


def curve_of(works: Sequence[ProjectWork]) -> tuple[CurvePoint, ...]:
    """The S-curve by month of projects together, those that have a value; empty when none has."""
    measured = [work for work in works if work.value is not None]
    if not measured:
        return ()
    status = max(work.status_on for work in measured)
    firsts = [work.starts_at.date() for work in measured if work.starts_at]
    firsts += [month for work in measured for month, _amount in work.spent[:1]]
    lasts = [work.ends_at.date() for work in measured if work.ends_at]
    months = month_range(min(firsts), max(*lasts, status))
    ends = [_midnight(add_months(month, 1)) for month in months]
    planned, gained, cost = ([ZERO] * len(months) for _ in range(3))
    for work in measured:
        # What has been earned is known up to the status date: the month that holds it stops there.
        known = [min(end, work.status_at) for end in ends]
        for total, values in (
            (planned, planned_curve(work.frozen, work.budgets, ends, work.worked_by)),
            (gained, earned_curve(work.frozen, work.budgets, known, work.worked_by)),
            (cost, _cumulative(work.spent, months)),
        ):
            for index, value in enumerate(values):
                total[index] += value
    return tuple(
        CurvePoint(month, planned[index], *((gained[index], cost[index]) if month <= status else (None, None)))
        for index, month in enumerate(months)
    )


def _cumulative(spent: Sequence[tuple[date, Decimal]], months: Sequence[date]) -> list[Decimal]:
    by_month = dict(spent)
    found, over = [], ZERO
    for month in months:
        over += by_month.get(month, ZERO)
        found.append(over)
    return found


@dataclass(frozen=True, slots=True)
class Calendarised:
    """Earned schedule with its dates: `reached_on` is when what is earned was to be."""

    schedule: EarnedSchedule
    starts_on: date
    reached_on: date


def schedule_of(works: Sequence[ProjectWork]) -> Calendarised | None:
    """Earned schedule of projects together, in calendar days since their start, on a planned value drawn by month;
    None without a value.

    What is earned is known on the status date of each: the plan of one whose date is older counts as much later, so
    that on the latest date all are read on their own. Projects that are on plan are so together.
    """
    measured = [work for work in works if work.value is not None and work.starts_at and work.ends_at]
    total = total_value(measured)
    if total is None:
        return None
    first = min(work.starts_at for work in measured if work.starts_at)
    status = max(work.status_at for work in measured)
    last = max(work.ends_at + (status - work.status_at) for work in measured if work.ends_at)
    between = [_midnight(month) for month in month_range(first.date(), last.date())]
    instants = sorted(
        {first, last, *(at for at in between if first < at < last), *([status] if first < status < last else [])}
    )
    planned = [ZERO] * len(instants)
    for work in measured:
        own = [at - (status - work.status_at) for at in instants]
        values = planned_curve(work.frozen, work.budgets, own, work.worked_by)
        planned = [one + other for one, other in zip(planned, values, strict=True)]
    days = earned_schedule([_days(at - first) for at in instants], planned, total.earned_value)
    elapsed = max(_days(status - first), Decimal(0))
    return Calendarised(EarnedSchedule(days, elapsed), first.date(), (first + timedelta(days=float(days))).date())


def _days(span: timedelta) -> Decimal:
    return Decimal(int(span.total_seconds())) / 86400


def works_of(projects: Sequence[Project], today: date, *, baseline_id: UUID | None = None) -> tuple[ProjectWork, ...]:
    """What each project's earned value is made of, in the order given, against its latest baseline or the one asked
    for. Seven statements."""
    keys = [project.pk for project in projects]
    settings = {row.project_id: row for row in PlanSettings.objects.filter(project__in=keys)}
    calendars = calendars_by_id()
    baselines: dict[UUID, list[Baseline]] = defaultdict(list)
    for row in Baseline.objects.filter(project__in=keys):
        baselines[row.project_id].append(row)
    chosen: dict[UUID, Baseline] = {
        key: next((row for row in rows if row.pk == baseline_id), rows[0]) for key, rows in baselines.items()
    }
    frozen = _frozen(chosen.values())
    counts = _task_counts(keys)
    budgets, costs, as_of = _money(keys)
    origin = min((row["starts_at"] for rows in frozen.values() for row in rows), default=_midnight(today))
    workers = _workers(origin)
    found = []
    for project in projects:
        plan = settings.get(project.pk)
        status = min(plan.data_date, today) if plan is not None and plan.data_date else today
        calendar = calendars.get(plan.calendar_id if plan else None, calendars[None])
        baseline = chosen.get(project.pk)
        rows = frozen.get(baseline.pk, []) if baseline else []
        count, changed = counts.get(project.pk, (0, None))
        found.append(
            ProjectWork(
                project=project,
                status_on=status,
                baseline=baseline,
                baseline_count=len(baselines.get(project.pk, ())),
                lines=_lines(rows, _midnight(status)),
                task_count=count,
                budget=budgets.get(project.pk, ZERO),
                costs=tuple(costs.get(project.pk, ())),
                worked_by=workers(calendar),
                as_of=max((at for at in (changed, as_of.get(project.pk)) if at), default=None),
            )
        )
    return tuple(found)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _workers(origin: datetime) -> Callable[[Calendar], WorkedBy]:
    """For each calendar, the working minutes since `origin`, each instant counted once."""
    made: dict[int, WorkedBy] = {}

    def worker(calendar: Calendar) -> WorkedBy:
        if id(calendar) not in made:
            made[id(calendar)] = cache(lambda at: calendar.working_minutes_between(origin, at))
        return made[id(calendar)]

    return worker


_FROZEN = ("baseline_id", "task_id", "starts_at", "ends_at", "duration_minutes", "work_minutes")
_NOW = ("parent_id", "wbs", "name", "deleted_at", "percent_complete", "starts_at", "ends_at")
_ACTUAL = ("actual_start_at", "actual_end_at")


def _frozen(baselines: Iterable[Baseline]) -> dict[UUID, list[dict[str, Any]]]:
    """The rows of each baseline with their tasks as they are now, deleted ones too, in reading order."""
    keys = [row.pk for row in baselines]
    if not keys:
        return {}
    rows = BaselineTask.objects.filter(baseline__in=keys).order_by("task__position", "task_id")
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values(*_FROZEN, *(f"task__{name}" for name in (*_NOW, *_ACTUAL))):
        found[row["baseline_id"]].append(row)
    return found


def _lines(rows: Sequence[Mapping[str, Any]], status_at: datetime) -> tuple[WorkLine, ...]:
    """The tasks of a baseline, those excepted that have others of the baseline below them: they only sum them."""
    parents = {row["task__parent_id"] for row in rows}
    return tuple(
        WorkLine(
            row["task_id"],
            row["task__wbs"],
            row["task__name"],
            row["task__deleted_at"] is not None,
            FrozenTask(
                Window(row["starts_at"], row["ends_at"]),
                row["work_minutes"],
                row["duration_minutes"],
                row["task__percent_complete"],
                _done(row, status_at),
            ),
        )
        for row in rows
        if row["task_id"] not in parents
    )


def _done(row: Mapping[str, Any], status_at: datetime) -> Window | None:
    """When a task's progress was made: from its actual start (its planned one without) to its actual end, or to the
    status date."""
    if not row["task__percent_complete"]:
        return None
    start = row["task__actual_start_at"] or row["task__starts_at"]
    end = status_at
    if row["task__percent_complete"] >= 1:
        end = row["task__actual_end_at"] or min(row["task__ends_at"], status_at)
    end = min(end, status_at)
    return Window(min(start, end), end)


def _task_counts(keys: Sequence[UUID]) -> dict[UUID, tuple[int, datetime | None]]:
    """How many tasks and milestones each plan has, summaries excepted, and when it last changed."""
    rows = Task.objects.filter(project__in=keys).order_by().values("project_id")
    counted = rows.annotate(count=Count("pk", filter=~Q(kind=TaskKind.SUMMARY)), changed=Max("updated_at"))
    return {row["project_id"]: (row["count"], row["changed"]) for row in counted}


def _money(
    keys: Sequence[UUID],
) -> tuple[dict[UUID, Decimal], dict[UUID, list[tuple[date, Decimal]]], dict[UUID, datetime]]:
    """Of each project, the whole planned budget, the actual cost by month, and when a line last changed."""
    budgets: dict[UUID, Decimal] = defaultdict(Decimal)
    costs: dict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
    changed: dict[UUID, datetime] = {}
    rows = BudgetLine.objects.filter(project__in=keys).order_by("month").values("project_id", "month")
    for row in rows.annotate(planned_sum=Sum("planned"), actual_sum=Sum("actual"), changed=Max("updated_at")):
        key = row["project_id"]
        budgets[key] += row["planned_sum"]
        if row["actual_sum"]:
            costs[key].append((first_of_month(row["month"]), row["actual_sum"]))
        changed[key] = max(changed.get(key, row["changed"]), row["changed"])
    return budgets, costs, changed
