"""What the screens of plans show: one project's plan, and the roadmap of all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DecimalField, F, Max, Min, Q, Sum, When

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain import gantt
from portfolio.planning.domain.durations import day_minutes, in_days
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.predecessors import Predecessor, write_predecessor
from portfolio.planning.milestone_forecasts import ends_by_milestone, forecast
from portfolio.planning.models import Assignment, Baseline, BaselineTask, Dependency, Task, TaskKind
from portfolio.planning.outside import names_of
from portfolio.planning.outside_lines import places
from portfolio.planning.scheduling import Plan, load_dates, load_plan
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.models import Membership

ROW_HEIGHT = 32.0
SIZES = gantt.Sizes(row=ROW_HEIGHT, bar=14.0, summary=7.0, baseline=4.0)
ROADMAP_SIZES = gantt.Sizes(row=44.0, bar=14.0)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person on a task; `units` 1 is full time."""

    person_id: UUID
    name: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the table. `number` is what predecessors are written with; `days` are the calendar's."""

    number: int
    task: Task
    depth: int
    days: float
    people: tuple[Assigned, ...]
    predecessors: str
    baseline_ends_at: datetime | None
    late_days: int

    @property
    def is_summary(self) -> bool:
        return self.task.kind == TaskKind.SUMMARY

    @property
    def is_milestone(self) -> bool:
        return self.task.kind == TaskKind.MILESTONE


@dataclass(frozen=True, slots=True)
class PlanView:
    """A project's plan, ready to be drawn. `baseline` is the one compared with."""

    project: Project
    calendar: Calendar
    day_minutes: int
    lines: tuple[PlanLine, ...]
    links: tuple[Dependency, ...]
    baselines: tuple[Baseline, ...]
    baseline: Baseline | None
    frozen: dict[UUID, BaselineTask]
    outside: tuple[Dependency, ...] = ()
    names_outside: Mapping[UUID, str] = field(default_factory=dict)
    """How the reader may name the tasks of other projects, by key."""

    @property
    def starts_at(self) -> datetime | None:
        return min((line.task.starts_at for line in self.lines), default=None)

    @property
    def ends_at(self) -> datetime | None:
        return max((line.task.ends_at for line in self.lines), default=None)

    @property
    def late(self) -> int:
        """How many tasks end after their baseline."""
        return sum(1 for line in self.lines if line.late_days > 0 and not line.is_summary)

    @property
    def critical(self) -> int:
        return sum(1 for line in self.lines if line.task.is_critical and not line.is_summary)

    @property
    def progress(self) -> Decimal | None:
        """Share done, weighted by duration; None without tasks."""
        tasks = [line.task for line in self.lines if not line.is_summary]
        total = sum(task.duration_minutes for task in tasks)
        if not total:
            return None
        return sum((task.percent_complete * task.duration_minutes for task in tasks), Decimal(0)) / total


def plan_view(
    project: Project,
    baseline_id: UUID | None = None,
    *,
    french: bool = True,
    member: Membership | None = None,
) -> PlanView:
    """The plan of `project` against one of its baselines (the latest unless said), with the predecessors of other
    projects that `member` may see. Nine statements; four more where there are such."""
    plan = load_plan(project)
    written = predecessor_texts(plan, day_minutes(plan.calendar), french=french, member=member)
    view = _dated(plan, baseline_id, _people(project), written)
    links, outside = tuple(plan.links), tuple(plan.outside)
    return replace(view, links=links, outside=outside, names_outside=names_of((), outside, member))


def dated_view(project: Project, baseline_id: UUID | None = None) -> PlanView:
    """The plan of `project` as its figures need it: without its links and its people. Five statements."""
    return _dated(load_dates(project), baseline_id, {}, {})


def _dated(
    plan: Plan,
    baseline_id: UUID | None,
    people: Mapping[UUID, tuple[Assigned, ...]],
    written: Mapping[UUID, str],
) -> PlanView:
    """The lines of a plan, against one of its baselines."""
    project = plan.project
    baselines = tuple(Baseline.objects.filter(project=project))
    baseline = next((one for one in baselines if one.pk == baseline_id), baselines[0] if baselines else None)
    frozen = {row.task_id: row for row in BaselineTask.objects.filter(baseline=baseline)} if baseline else {}
    day = day_minutes(plan.calendar)
    depths: dict[UUID, int] = {}
    lines = []
    for number, task in enumerate(plan.tasks, start=1):
        depth = depths[task.pk] = depths.get(task.parent_id, -1) + 1 if task.parent_id is not None else 0
        row = frozen.get(task.pk)
        lines.append(
            PlanLine(
                number,
                task,
                depth,
                in_days(task.duration_minutes, day),
                people.get(task.pk, ()),
                written.get(task.pk, ""),
                row.ends_at if row else None,
                (task.ends_at.date() - row.ends_at.date()).days if row else 0,
            )
        )
    return PlanView(project, plan.calendar, day, tuple(lines), (), baselines, baseline, frozen)


def predecessor_texts(
    plan: Plan, day: int, *, french: bool = True, member: Membership | None = None
) -> dict[UUID, str]:
    """The predecessors of each task as they are typed: `3FD+2j; 5; PAIE:12`; those of projects that `member` may not
    see have no number to be typed."""
    numbers = {task.pk: number for number, task in enumerate(plan.tasks, start=1)}
    found: dict[UUID, list[tuple[int, str]]] = {}
    for link in plan.links:
        number = numbers[link.predecessor_id]
        one = Predecessor(number, DependencyType(link.kind), link.lag, link.lag_unit)
        found.setdefault(link.successor_id, []).append((number, write_predecessor(one, day=day, french=french)))
    for link, place in places(plan.outside, member).items():
        one = Predecessor(place.line, DependencyType(link.kind), link.lag, link.lag_unit, place.code)
        after = (len(numbers) + 1, write_predecessor(one, day=day, french=french))
        found.setdefault(link.successor_id, []).append(after)
    return {key: "; ".join(text for _number, text in sorted(texts)) for key, texts in found.items()}


def gantt_of(
    view: PlanView, lines: Sequence[PlanLine], *, today: date, zoom: gantt.Zoom | None
) -> gantt.GanttDrawing:
    """The drawing of some lines of a plan, on the scale of the whole. Raises PlanningError(too_wide).

    By quarters, links would only hide the bars: they are left out.
    """
    zoom = zoom or _overview(view)
    links = [
        gantt.GanttLink(str(link.predecessor_id), str(link.successor_id), DependencyType(link.kind))
        for link in view.links
    ]
    return gantt.layout(
        [gantt_task(line, view.frozen.get(line.task.pk), view.day_minutes) for line in lines],
        () if zoom in (gantt.Zoom.QUARTER, gantt.Zoom.YEAR) else links,
        today=today,
        zoom=zoom,
        sizes=SIZES,
        include=[moment.date() for moment in (view.starts_at, view.ends_at) if moment is not None],
        outside=gantt_outside(view),
    )


def _overview(view: PlanView) -> gantt.Zoom:
    """The closest zoom with which the whole plan is seen beside its table, on an ordinary screen."""
    if view.starts_at is None or view.ends_at is None:
        return gantt.Zoom.WEEK
    length = (view.ends_at - view.starts_at).days
    found = (
        zoom
        for zoom, most in ((gantt.Zoom.DAY, 18), (gantt.Zoom.WEEK, 60), (gantt.Zoom.MONTH, 240))
        if length <= most
    )
    return next(found, gantt.Zoom.QUARTER)


def gantt_outside(view: PlanView) -> Iterator[gantt.OutsideTask]:
    """The tasks of other projects that the plan waits for, as they are drawn."""
    for link in view.outside:
        one = link.predecessor
        name, kind = view.names_outside[one.pk], DependencyType(link.kind)
        yield gantt.OutsideTask(name, str(link.successor_id), kind, one.starts_at, one.ends_at)


def gantt_task(line: PlanLine, frozen: BaselineTask | None, day: int) -> gantt.GanttTask:
    """A line as it is drawn, with its baseline's ghost. `day`: the working minutes of a day of the plan, and the most
    float of a task that is nearly critical, as the engine has it."""
    task = line.task
    open_float = 0 if line.is_summary or task.percent_complete >= 1 else task.total_float_minutes or 0
    return gantt.GanttTask(
        key=str(task.pk),
        start=task.starts_at,
        finish=task.ends_at,
        depth=line.depth,
        summary=line.is_summary,
        milestone=line.is_milestone,
        critical=task.is_critical,
        near_critical=not task.is_critical and 0 < open_float <= day,
        percent_complete=float(task.percent_complete),
        baseline_start=frozen.starts_at if frozen else None,
        baseline_finish=frozen.ends_at if frozen else None,
        stop=task.stops_at,
        resume=task.resumes_at,
    )


def _people(project: Project) -> dict[UUID, tuple[Assigned, ...]]:
    rows = Assignment.objects.filter(project=project, person__deleted_at=None).select_related("person")
    found: dict[UUID, list[Assigned]] = {}
    for row in rows.order_by("person__name"):
        found.setdefault(row.task_id, []).append(Assigned(row.person_id, row.person.name, row.units))
    return {key: tuple(people) for key, people in found.items()}


# --- the roadmap


@dataclass(frozen=True, slots=True)
class RoadmapLine:
    """A project with what its plan says: dates of its tasks (None without), progress, milestones, and when the tasks
    that stand for these end."""

    project: Project
    tasks: int
    starts_at: datetime | None
    ends_at: datetime | None
    progress: Decimal | None
    milestones: tuple[Milestone, ...]
    milestone_ends: Mapping[UUID, date]

    @property
    def first_day(self) -> date:
        return self.starts_at.date() if self.starts_at else self.project.starts_on

    @property
    def last_day(self) -> date:
        return self.ends_at.date() if self.ends_at else self.project.ends_on

    def day_of(self, milestone: Milestone) -> date:
        """When a milestone was met, else when it is forecast."""
        return milestone.actual_on or forecast(milestone.due_on, self.milestone_ends.get(milestone.pk))


def roadmap(projects: Sequence[Project]) -> tuple[RoadmapLine, ...]:
    """The given projects, in the order given. Three statements."""
    leaves = ~Q(kind=TaskKind.SUMMARY)
    weighted = Sum(
        Case(When(leaves, then=F("percent_complete") * F("duration_minutes"))),
        output_field=DecimalField(max_digits=20, decimal_places=4),
    )
    sums: dict[UUID, dict[str, Any]] = {
        row["project_id"]: row
        for row in Task.objects.filter(project__in=projects)
        .order_by()
        .values("project_id")
        .annotate(
            tasks=Count("pk"),
            first=Min("starts_at"),
            last=Max("ends_at"),
            total=Sum("duration_minutes", filter=leaves),
            weighted=weighted,
        )
    }
    milestones: dict[UUID, list[Milestone]] = {}
    for milestone in Milestone.objects.filter(project__in=projects):
        milestones.setdefault(milestone.project_id, []).append(milestone)
    ends = ends_by_milestone([project.pk for project in projects])
    return tuple(
        _roadmap_line(project, sums.get(project.pk), milestones.get(project.pk, []), ends) for project in projects
    )


def _roadmap_line(
    project: Project, row: dict[str, Any] | None, milestones: list[Milestone], ends: Mapping[UUID, date]
) -> RoadmapLine:
    if row is None:
        return RoadmapLine(project, 0, None, None, None, tuple(milestones), ends)
    progress = Decimal(row["weighted"] or 0) / row["total"] if row["total"] else None
    return RoadmapLine(project, row["tasks"], row["first"], row["last"], progress, tuple(milestones), ends)


def roadmap_drawing(
    lines: Sequence[RoadmapLine],
    *,
    today: date,
    zoom: gantt.Zoom | None,
    critical: Collection[UUID] = (),
    links: Sequence[gantt.GanttLink] = (),
) -> gantt.GanttDrawing:
    """One bar a project: its tasks' dates, else the project's own; the `critical` ones are marked, and the `links`
    from one to another drawn. Raises PlanningError(too_wide)."""
    bars = []
    drawn = [line.day_of(milestone) for line in lines for milestone in line.milestones]
    for line in lines:
        first = line.starts_at or datetime.combine(line.project.starts_on, datetime.min.time())
        last = line.ends_at or datetime.combine(line.project.ends_on, datetime.max.time()).replace(microsecond=0)
        bars.append(
            gantt.GanttTask(
                key=str(line.project.pk),
                start=first,
                finish=last,
                critical=line.project.pk in critical,
                percent_complete=float(line.progress or 0),
                summary=not line.tasks,
            )
        )
    return gantt.layout(bars, links, today=today, zoom=zoom, sizes=ROADMAP_SIZES, include=drawn)
