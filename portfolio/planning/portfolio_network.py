"""The plans of many projects as one network: each task on the calendar, the start and the data date of its own plan,
tied by every link, those between projects too.

A project that is closed or read-only stays where it is planned, as it does when its predecessors move; so does a task
of a project that the reader may not see.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Max, Min

from portfolio.people.domain.calendar import Calendar
from portfolio.people.queries import calendars_by_id
from portfolio.planning.domain import network
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.schedule import Planner
from portfolio.planning.models import Dependency, PlanSettings, Task
from portfolio.planning.plan_network import ABSENCES_AROUND, engine_link, engine_task, follows_work, people_of
from portfolio.projects.models import Phase, Project

TASK_FIELDS = (
    "pk", "project_id", "parent_id", "kind", "mode", "starts_at", "ends_at", "duration_minutes", "percent_complete",
    "constraint_kind", "constraint_at", "deadline_at", "actual_start_at", "actual_end_at", "effort_type",
    "calendar_id",
)  # fmt: skip
LINK_FIELDS = ("predecessor_id", "successor_id", "kind", "lag", "lag_unit", "predecessor_project_id")


@dataclass(frozen=True)
class Frame:
    """What a project's plan is dated within; `fixed` when it does not move."""

    start: datetime
    data_date: datetime | None
    calendar: Calendar
    fixed: bool


@dataclass(frozen=True)
class PortfolioPlan:
    """The tasks and links of some projects, as the engine takes them. `project_of` says whose each task is (those of
    projects that are not among them too), `across` how many links go from one project to another."""

    tasks: Mapping[str, network.PlanTask]
    links: Sequence[network.Dependency]
    project_of: Mapping[str, UUID]
    frames: Mapping[UUID, Frame]
    calendar: Calendar
    across: int

    def planner(self) -> Planner:
        """All of them, dated once. Raises PlanningError, CalendarError."""
        return Planner(
            self.tasks.values(),
            self.links,
            calendar=self.calendar,
            project_start=min(
                (frame.start for frame in self.frames.values()), default=datetime.combine(date.min, time())
            ),
            near_critical=day_minutes(self.calendar),
        )


def read_portfolio(projects: Collection[UUID]) -> PortfolioPlan:
    """The plans of these live projects. A dozen statements, whatever their number."""
    calendars = calendars_by_id()
    frames = _frames(projects, calendars)
    rows = list(Task.objects.filter(project__in=frames).order_by().values_list(*TASK_FIELDS, named=True))
    parents = {row.parent_id for row in rows}
    people = _people([row for row in rows if follows_work(row)])
    tasks: dict[str, network.PlanTask] = {}
    project_of: dict[str, UUID] = {}
    for row in rows:
        frame = frames[row.project_id]
        own = calendars.get(row.calendar_id) if row.calendar_id else None
        one = engine_task(row, row.pk in parents, own or frame.calendar)
        placed = {"manual": True, "start": row.starts_at, "finish": row.ends_at} if frame.fixed else {}
        tasks[one.key] = replace(
            one,
            **placed if row.pk not in parents else {},
            assignments=people.get(row.pk, ()),
            deadline=None,  # missed or not, it is its plan's to say: floats count to the end of all
            project_start=frame.start,
            data_date=frame.data_date,
        )
        project_of[one.key] = row.project_id
    # Which of them sleep is seen by their ends: asked of the database, it would join a hundred thousand tasks twice.
    links = list(Dependency.objects.filter(project__in=frames).order_by().values_list(*LINK_FIELDS, named=True))
    away = {row.predecessor_id for row in links if str(row.predecessor_id) not in tasks}
    others = Task.objects.filter(pk__in=away, project__deleted_at=None).exclude(project__in=frames)
    for row in others.values_list("pk", "project_id", "starts_at", "ends_at", named=True):
        key = str(row.pk)
        tasks[key] = network.PlanTask(key, manual=True, start=row.starts_at, finish=row.ends_at, outside=True)
        project_of[key] = row.project_id
    held = [row for row in links if str(row.predecessor_id) in tasks and str(row.successor_id) in tasks]
    return PortfolioPlan(
        tasks,
        [engine_link(row) for row in held],
        project_of,
        frames,
        calendars[None],
        sum(row.predecessor_project_id is not None for row in held),
    )


def _frames(projects: Collection[UUID], calendars: Mapping[UUID | None, Calendar]) -> dict[UUID, Frame]:
    settings = {
        key: (calendar, day)
        for key, calendar, day in PlanSettings.objects.filter(project__in=projects).values_list(
            "project_id", "calendar_id", "data_date"
        )
    }
    found = {}
    for key, starts_on, phase, read_only in Project.objects.filter(pk__in=projects).values_list(
        "pk", "starts_on", "phase", "read_only"
    ):
        calendar, day = settings.get(key, (None, None))
        found[key] = Frame(
            datetime.combine(starts_on, time()),
            None if day is None else datetime.combine(day, time()),
            calendars.get(calendar, calendars[None]),
            read_only or phase == Phase.CLOSED,
        )
    return found


def _people(rows: Sequence[Task]) -> Mapping[UUID, tuple[network.TaskAssignment, ...]]:
    """Who makes the length of these tasks, with their absences around the projects' dates."""
    if not rows:
        return {}
    around = Project.objects.filter(pk__in={row.project_id for row in rows}).aggregate(
        first=Min("starts_on"), last=Max("ends_on")
    )
    return people_of([row.pk for row in rows], around["first"] - ABSENCES_AROUND, around["last"] + ABSENCES_AROUND)
