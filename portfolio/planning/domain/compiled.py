"""A plan made ready for the passes: checked, in integer minutes, its links tied to its tasks, in an order to follow.

A summary task stands for two events: its opening, that every task under it waits for, and its closing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from portfolio.people.domain.calendar import Calendar
from portfolio.people.domain.timeline import Timeline, to_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import (
    ConstraintType,
    Dependency,
    EffortType,
    PlanTask,
    TaskAssignment,
    find_cycle,
    find_loop,
)
from portfolio.planning.domain.nodes import Effort, Link, Node

DATELESS = (ConstraintType.AS_SOON_AS_POSSIBLE, ConstraintType.AS_LATE_AS_POSSIBLE)


class Network:
    """All tasks of a plan, and the order in which the forward pass can take their events."""

    def __init__(
        self,
        tasks: Iterable[PlanTask],
        dependencies: Iterable[Dependency],
        *,
        calendar: Calendar,
        project_start: datetime,
        data_date: datetime | None,
        beside: "Network | None" = None,
    ) -> None:
        """`beside`: another network, of much the same calendars, whose tables of working time are taken over."""
        _refuse_zone("", project_start, data_date)
        self.calendar = calendar
        self.start = to_minutes(project_start)
        self.data_date = None if data_date is None else to_minutes(data_date)
        self.finish: int | None = None
        self.timelines: dict[int, tuple[Calendar, Timeline]] = {} if beside is None else beside.timelines
        self.common: dict[tuple[int, int], tuple[Calendar, Calendar, Timeline]] = (
            {} if beside is None else beside.common
        )
        self.timeline = self._timeline(calendar)
        self.nodes: dict[str, Node] = {}
        self.left_out: list[Link] = []
        tasks = tuple(tasks)
        for task in tasks:
            if task.key in self.nodes:
                raise PlanningError("duplicate_task", task.key)
            self.nodes[task.key] = Node(task, task.key)
        self._nest()
        for node in self.nodes.values():
            self.load(node, node.task)
        for dependency in dependencies:
            self.tie(dependency)
        self.order: list[tuple[Node, bool]] = []
        self.arrange()

    # --- tasks

    def _nest(self) -> None:
        below: dict[Node, list[Node]] = {}
        for node in self.nodes.values():
            if node.task.parent is not None:
                parent = self.nodes.get(node.task.parent)
                if parent is None:
                    raise PlanningError("unknown_parent", node.key, node.task.parent)
                node.parent = parent
                below.setdefault(parent, []).append(node)
        for parent, children in below.items():
            parent.children, parent.held, parent.late_starts = children, {}, {}
        cycle = find_cycle({key: (node.parent.key,) for key, node in self.nodes.items() if node.parent is not None})
        if cycle is not None:
            raise PlanningError("parent_cycle", *cycle)

    def load(self, node: Node, task: PlanTask) -> None:
        """Take what the task says into its node. Raises PlanningError, and leaves the node as it was."""
        _check(task)
        timeline = self._timeline(task.calendar or self.calendar)
        efforts = () if node.children else self._efforts(task)
        node.task, node.timeline, node.efforts = task, timeline, efforts
        node.duration, node.elapsed = task.duration_minutes, task.elapsed
        node.remaining = task.duration_minutes - round(task.duration_minutes * task.percent_complete)
        node.milestone = not (task.duration_minutes or efforts or node.children)
        plain = bool(node.children)
        node.outside = task.outside
        node.opening = self.start if task.project_start is None else to_minutes(task.project_start)
        node.data_date = self.data_date if task.data_date is None else to_minutes(task.data_date)
        node.constraint = ConstraintType.AS_SOON_AS_POSSIBLE if plain else task.constraint
        node.constraint_at = _minutes(task.constraint_date)
        node.deadline = _minutes(task.deadline)
        node.floor = None if plain else _minutes(task.start_no_earlier_than)
        placed = task.manual and task.start is not None and not plain
        node.manual_start = _minutes(task.start) if placed else None
        node.manual_finish = _minutes(task.finish) if placed else None
        if node.manual_start is not None:
            if node.manual_finish is None:
                node.manual_finish = node.finish_from(node.manual_start)
            node.efforts, node.elapsed = (), False
            node.milestone = node.manual_start == node.manual_finish
            node.duration = node.timeline.between(node.manual_start, node.manual_finish)
            node.remaining = node.duration
        node.actual_finish = None if plain else _minutes(task.actual_finish)
        node.actual_start = None if plain else _minutes(task.actual_start)
        if node.actual_start is None and node.actual_finish is not None:
            node.actual_start = node.start_before(node.actual_finish)
        if node.actual_finish is not None:
            node.remaining = 0
            node.efforts = [(one, whole, 0) for one, whole, _ in node.efforts]
        if node.actual_start is None:
            node.remaining = node.duration
            node.efforts = [(one, whole, whole) for one, whole, _ in node.efforts]
        node.unstarted = not (node.started or task.percent_complete or node.manual_start is not None)
        node.alap = node.constraint is ConstraintType.AS_LATE_AS_POSSIBLE and not node.started
        node.alap = node.alap and node.manual_start is None

    def _efforts(self, task: PlanTask) -> Sequence[Effort]:
        if task.effort is EffortType.FIXED_DURATION:
            return ()
        found = []
        for one in task.assignments:
            if one.units > 0 and one.work_minutes:
                whole = int((one.work_minutes / one.units).to_integral_value(rounding="ROUND_HALF_UP"))
                left = whole - round(whole * task.percent_complete)
                found.append((self._working_time(task, one), whole, left))
        return found

    def _working_time(self, task: PlanTask, one: TaskAssignment) -> Timeline:
        """Of an assignment: the person's, within that of the task where it has its own."""
        if one.calendar is None or one.calendar is task.calendar:
            return self._timeline(task.calendar or self.calendar)
        if task.calendar is None:
            return self._timeline(one.calendar)
        key = (id(task.calendar), id(one.calendar))
        if key not in self.common:
            both = Timeline.common(task.calendar, one.calendar, self.start)
            self.common[key] = (task.calendar, one.calendar, both)
        return self.common[key][2]

    def _timeline(self, calendar: Calendar) -> Timeline:
        # The calendar is kept beside: its identity is the key, and must not be given to another one.
        known = self.timelines.get(id(calendar))
        if known is None:
            known = self.timelines[id(calendar)] = (calendar, Timeline.of(calendar, self.start))
        return known[1]

    # --- links

    def tie(self, dependency: Dependency) -> Link:
        """Add a link; the order is not looked at. One to the end of a summary is left out, and reported."""
        for key in (dependency.predecessor, dependency.successor):
            if key not in self.nodes:
                raise PlanningError("unknown_task", key)
        link = Link(dependency, self.nodes[dependency.predecessor], self.nodes[dependency.successor])
        if link.successor.children and not link.to_start:
            self.left_out.append(link)
            return link
        link.predecessor.outgoing.append(link)
        link.successor.incoming.append(link)
        return link

    def links(self) -> Iterator[Link]:
        """Every link, those that are left out too."""
        for node in self.nodes.values():
            yield from node.outgoing
        yield from self.left_out

    def untie(self, link: Link) -> None:
        """Remove a link."""
        if link in self.left_out:
            self.left_out.remove(link)
            return
        link.predecessor.outgoing.remove(link)
        link.successor.incoming.remove(link)

    # --- order

    def arrange(self) -> None:
        """Find the order of events. Raises PlanningError(cycle) with its path."""
        order: list[tuple[Node, bool]] = []
        events = len(self.nodes)
        for node in self.nodes.values():
            waits = len(node.incoming) + (node.parent is not None)
            if node.children:
                events += 1
                node.opening_waits, node.waits = waits, len(node.children)
                if not waits:
                    order.append((node, True))
            else:
                node.waits = waits
                if not waits:
                    order.append((node, False))
        for node, opens in order:  # grows as it is read
            if opens:
                followers = node.children
            else:
                followers = [link.successor for link in node.outgoing]
                if node.parent is not None:
                    node.parent.waits -= 1
                    if not node.parent.waits:
                        order.append((node.parent, False))
            for one in followers:
                if one.children:
                    one.opening_waits -= 1
                    if not one.opening_waits:
                        order.append((one, True))
                else:
                    one.waits -= 1
                    if not one.waits:
                        order.append((one, False))
        if len(order) < events:
            raise PlanningError("cycle", *self._cycle())
        self.order = order
        for rank, (node, opens) in enumerate(order):
            if opens:
                node.opening_rank = rank
            else:
                node.rank = rank

    def _cycle(self) -> tuple[str, ...]:
        links = [link for node in self.nodes.values() for link in node.outgoing]
        return find_loop(
            {key: node.task.parent for key, node in self.nodes.items()},
            [(link.predecessor.key, link.successor.key) for link in links],
        )


def _minutes(instant: datetime | None) -> int | None:
    return None if instant is None else to_minutes(instant)


def _refuse_zone(key: str, *instants: datetime | None) -> None:
    for instant in instants:
        if instant is not None and instant.tzinfo is not None:
            raise PlanningError("bad_dates", *filter(None, (key,)))


def _check(task: PlanTask) -> None:
    """Raise PlanningError for a task that says the impossible."""
    if task.duration_minutes < 0:
        raise PlanningError("negative_duration", task.key)
    if not 0 <= task.percent_complete <= 1:
        raise PlanningError("bad_progress", task.key)
    _refuse_zone(
        task.key, task.start, task.finish, task.start_no_earlier_than, task.constraint_date, task.deadline,
        task.actual_start, task.actual_finish, task.project_start, task.data_date,
    )  # fmt: skip
    for start, finish in ((task.start, task.finish), (task.actual_start, task.actual_finish)):
        if start is not None and finish is not None and finish < start:
            raise PlanningError("bad_dates", task.key)
    if task.constraint not in DATELESS and task.constraint_date is None:
        raise PlanningError("bad_constraint", task.key)
    for one in task.assignments:
        if not one.units.is_finite() or one.units < 0 or one.work_minutes < 0:
            raise PlanningError("bad_assignment", task.key)
