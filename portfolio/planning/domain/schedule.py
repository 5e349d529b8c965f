"""The critical path method: early dates forward, late dates and floats backward, with the rules of Microsoft Project.

`schedule` dates a plan once; a `Planner` keeps it, and after a change recomputes only what can move.
Rules, sources and where they differ from other engines: docs/algorithms/scheduling.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.domain.timeline import to_instant, to_minutes
from portfolio.planning.domain.compiled import Network
from portfolio.planning.domain.conflicts import Conflict, conflicts
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.floats import free_float, length, settle
from portfolio.planning.domain.incremental import Waves, needs_full_run, project_finish
from portfolio.planning.domain.network import Dependency, PlanTask
from portfolio.planning.domain.nodes import Link, Node
from portfolio.planning.domain.passes import Backward, Forward


class ScheduledTask(NamedTuple):
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
        finish: datetime | None = None,
        beside: "Planner | None" = None,
    ) -> None:
        """With `finish` late dates and floats count back from it, and not from the end of the last task. `beside`:
        a planner of much the same calendars, whose working time is not counted again."""
        self.calendar, self.near_critical = calendar, near_critical
        try:
            self.network: Network = Network(
                tasks,
                dependencies,
                calendar=calendar,
                project_start=project_start,
                data_date=data_date,
                beside=None if beside is None else beside.network,
            )
            self.network.finish = None if finish is None else to_minutes(finish)
            self.run()
        except CalendarError as error:
            raise calendar_refused(calendar, error) from error

    def run(self) -> None:
        """Both passes over the whole plan."""
        network = self.network
        forward = Forward()
        for node, opens in network.order:
            forward.visit(node, opens)
        self.finish = project_finish(network)
        backward = Backward(self.finish)
        for node, opens in reversed(network.order):
            backward.visit(node, opens)
        if any(node.alap for node in network.nodes.values()):
            # Tasks done as late as possible hold those that follow them.
            forward = Forward(late=True)
            for node, opens in network.order:
                forward.visit(node, opens)
        for node, opens in network.order:
            if not opens:
                settle(node)

    def change(self, task: PlanTask) -> dict[str, ScheduledTask]:
        """Take another version of a task (its place in the outline does not change); returns those whose outcome may
        be another."""
        node = self.network.nodes.get(task.key)
        if node is None:
            raise PlanningError("unknown_task", task.key)
        if task.parent != node.task.parent:
            raise PlanningError("unknown_parent", task.key, task.parent or "")
        before = node.task
        self.network.load(node, task)
        return self._changed([node], lambda: self.network.load(node, before))

    def link(self, dependency: Dependency) -> dict[str, ScheduledTask]:
        """Add a dependency; returns the tasks whose outcome may be another. Raises PlanningError(cycle)."""
        added = self.network.tie(dependency)
        after = added.successor
        if added.predecessor.rank >= (after.opening_rank if after.children else after.rank):
            try:
                self.network.arrange()
            except PlanningError:
                self.network.untie(added)
                raise
        return self._changed([added.predecessor, after], lambda: self.network.untie(added))

    def unlink(self, dependency: Dependency) -> dict[str, ScheduledTask]:
        """Take a dependency away; returns the tasks whose outcome may be another."""
        links = [link for link in self.network.links() if link.dependency == dependency]
        if not links:
            raise PlanningError("unknown_task", dependency.predecessor, dependency.successor)
        self.network.untie(links[0])
        return self._changed([links[0].predecessor, links[0].successor], lambda: self.network.tie(dependency))

    def _changed(self, nodes: list[Node], take_back: Callable[[], object]) -> dict[str, ScheduledTask]:
        try:
            if needs_full_run(self.network) or any(node.children for node in nodes):
                self.run()
                return self.outcome(self.network.nodes.values())
            waves = Waves(self.network, self.finish, nodes)
            touched = waves.run()
            self.finish = waves.finish
            return self.outcome(touched)
        except CalendarError as error:
            take_back()
            self.network.arrange()
            self.run()
            raise calendar_refused(self.calendar, error) from error

    def schedule(self) -> Schedule:
        """Every task, and what the plan cannot have."""
        try:
            tasks = self.outcome(self.network.nodes.values())
            found = tuple(conflicts(self.network))
        except CalendarError as error:
            raise calendar_refused(self.calendar, error) from error
        own = [task for key, task in tasks.items() if not self.network.nodes[key].outside]
        start = min((task.start for task in own), default=None)
        finish = max((task.finish for task in own), default=None)
        return Schedule(tasks, start, finish, found)

    def outcome(self, nodes: Iterable[Node]) -> dict[str, ScheduledTask]:
        """The given tasks, scheduled, in the order given."""
        return {node.key: self._scheduled(node) for node in nodes}

    def _scheduled(self, node: Node) -> ScheduledTask:
        link = node.driver if isinstance(node.driver, Link) else None
        early_start, early_finish = to_instant(node.early_start), to_instant(node.early_finish)
        late_start, late_finish = to_instant(node.last[0]), to_instant(node.last[1])
        start, finish = early_start, early_finish
        if node.alap:
            start, finish = to_instant(node.late_start), to_instant(node.late_finish)
        return ScheduledTask(
            node.key,
            bool(node.children),
            node.milestone,
            length(node),
            early_start,
            early_finish,
            late_start,
            late_finish,
            start,
            finish,
            node.total,
            free_float(node),
            node.critical,
            not node.critical and 0 < node.total <= self.near_critical and not node.finished,
            node.share,
            "link" if link is not None else str(node.driver),
            None if link is None else link.dependency,
            () if node.resume is None else self._parts(node, node.resume),
        )

    def _parts(self, node: Node, resume: int) -> tuple[tuple[datetime, datetime], ...]:
        done = node.timeline.previous_finish(node.remaining_before(node.finish_from(node.early_start)))
        if done <= node.early_start:
            return ()
        edges = ((node.early_start, done), (resume, node.early_finish))
        return tuple((to_instant(start), to_instant(finish)) for start, finish in edges)


def calendar_refused(calendar: Calendar, error: CalendarError) -> PlanningError:
    """What a calendar cannot answer, as the error of this domain."""
    return PlanningError("calendar", calendar.name, error.code)
