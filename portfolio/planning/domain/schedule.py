"""The critical path method: early dates forward, late dates and floats backward, with the rules of Microsoft Project.

`schedule` dates a plan once; a `Planner` keeps it, and after a change recomputes only what can move.
Rules, sources and where they differ from other engines: docs/algorithms/scheduling.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.compiled import Network
from portfolio.planning.domain.conflicts import Conflict, conflicts
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.floats import free_float, length, settle, shown
from portfolio.planning.domain.network import Dependency, PlanTask
from portfolio.planning.domain.nodes import Link, Node
from portfolio.planning.domain.passes import Backward, Forward


@dataclass(frozen=True, slots=True)
class ScheduledTask:
    """A task's dates; floats and durations in working minutes.

    `start` and `finish` are the dates planned: the early ones, or the late ones for a task to be done as late as
    possible. `critical` when it has no float left, `near_critical` when it has little. `driver` says what decides its
    early start: "link" (then `driving` is the dependency), or a reason of `passes`. `parts` are the stretches of a
    task that progress has split.
    """

    key: str
    summary: bool
    milestone: bool
    duration_minutes: int
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    start: datetime
    finish: datetime
    total_float: int
    free_float: int
    critical: bool
    near_critical: bool
    percent_complete: float
    driver: str
    driving: Dependency | None = None
    parts: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class Schedule:
    """The outcome: tasks by key, in the order given; start and finish of the whole (None without tasks)."""

    tasks: Mapping[str, ScheduledTask]
    start: datetime | None
    finish: datetime | None
    conflicts: tuple[Conflict, ...]


def schedule(
    tasks: Iterable[PlanTask],
    dependencies: Iterable[Dependency],
    *,
    calendar: Calendar,
    project_start: datetime,
    data_date: datetime | None = None,
    near_critical: int = 0,
) -> Schedule:
    """Schedules a plan. `data_date`: work that is not done lies after it; `near_critical`: with at most so many
    working minutes of float. Raises PlanningError: cycle with its path, unknown_task, calendar, and others."""
    planner = Planner(
        tasks,
        dependencies,
        calendar=calendar,
        project_start=project_start,
        data_date=data_date,
        near_critical=near_critical,
    )
    return planner.schedule()


class Planner:
    """A plan with its dates. Raises PlanningError as `schedule` does; a refused change leaves it as it was."""

    def __init__(
        self,
        tasks: Iterable[PlanTask],
        dependencies: Iterable[Dependency],
        *,
        calendar: Calendar,
        project_start: datetime,
        data_date: datetime | None = None,
        near_critical: int = 0,
    ) -> None:
        self.calendar, self.near_critical = calendar, near_critical
        try:
            self.network = Network(
                tasks, dependencies, calendar=calendar, project_start=project_start, data_date=data_date
            )
            self.run()
        except CalendarError as error:
            raise calendar_refused(calendar, error) from error

    def run(self) -> None:
        """Both passes over the whole plan."""
        network = self.network
        forward = Forward(network)
        for node, opens in network.order:
            forward.visit(node, opens)
        leaves = [node for node in network.nodes.values() if not node.children]
        self.finish = max((node.early_finish for node in leaves), default=0)
        backward = Backward(self.finish)
        for node, opens in reversed(network.order):
            backward.visit(node, opens)
        if any(node.alap for node in leaves):
            # Tasks done as late as possible hold those that follow them.
            forward = Forward(network, late=True)
            for node, opens in network.order:
                forward.visit(node, opens)
        for node, opens in network.order:
            if not opens:
                settle(node)

    def schedule(self) -> Schedule:
        """Every task, and what the plan cannot have."""
        try:
            tasks = self.outcome(self.network.nodes.values())
            found = tuple(conflicts(self.network))
        except CalendarError as error:
            raise calendar_refused(self.calendar, error) from error
        start = min((task.start for task in tasks.values()), default=None)
        finish = max((task.finish for task in tasks.values()), default=None)
        return Schedule(tasks, start, finish, found)

    def outcome(self, nodes: Iterable[Node]) -> dict[str, ScheduledTask]:
        """The given tasks, scheduled, in the order given."""
        return {node.key: self._scheduled(node) for node in nodes}

    def _scheduled(self, node: Node) -> ScheduledTask:
        start, finish = shown(node)
        late_start, late_finish = node.last
        link = node.driver if isinstance(node.driver, Link) else None
        return ScheduledTask(
            key=node.key,
            summary=bool(node.children),
            milestone=node.milestone,
            duration_minutes=length(node),
            early_start=to_instant(node.early_start),
            early_finish=to_instant(node.early_finish),
            late_start=to_instant(late_start),
            late_finish=to_instant(late_finish),
            start=to_instant(start),
            finish=to_instant(finish),
            total_float=node.total,
            free_float=free_float(node),
            critical=node.critical,
            near_critical=not node.critical and 0 < node.total <= self.near_critical and not node.finished,
            percent_complete=node.share,
            driver="link" if link is not None else str(node.driver),
            driving=None if link is None else link.dependency,
            parts=self._parts(node),
        )

    def _parts(self, node: Node) -> tuple[tuple[datetime, datetime], ...]:
        if node.resume is None:
            return ()
        done = node.timeline.previous_finish(node.remaining_before(node.finish_from(node.early_start)))
        if done <= node.early_start:
            return ()
        edges = ((node.early_start, done), (node.resume, node.early_finish))
        return tuple((to_instant(start), to_instant(finish)) for start, finish in edges)


def calendar_refused(calendar: Calendar, error: CalendarError) -> PlanningError:
    """What a calendar cannot answer, as the error of this domain."""
    return PlanningError("calendar", calendar.name, error.code)
