"""Tasks and links as the passes see them: in integer minutes, tied to one another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portfolio.people.domain.timeline import Timeline
from portfolio.planning.domain.network import ConstraintType, Dependency, DependencyType, LagUnit, PlanTask

Effort = tuple[Timeline, int, int]
"""One assignment: its working time, and how long it lasts in whole and from now on, in minutes."""


@dataclass(slots=True, eq=False)
class Node:
    """A task in the network. Instants and durations are minutes, dates those of the passes."""

    task: PlanTask
    key: str
    parent: "Node | None" = None
    children: Sequence["Node"] = ()
    incoming: list["Link"] = field(default_factory=list)
    outgoing: list["Link"] = field(default_factory=list)
    rank: int = 0
    opening_rank: int = 0
    # How many events are still to come before this one, while the order is made.
    waits: int = 0
    opening_waits: int = 0

    # What the task says, set by Network.load.
    timeline: Timeline = field(init=False)
    efforts: Sequence[Effort] = ()
    duration: int = 0
    remaining: int = 0
    elapsed: bool = False
    milestone: bool = False
    unstarted: bool = True
    alap: bool = False
    outside: bool = False
    # Of its own plan: when it starts, and where what is not done is planned from.
    opening: int = 0
    data_date: int | None = None
    constraint: ConstraintType = ConstraintType.AS_SOON_AS_POSSIBLE
    constraint_at: int | None = None
    deadline: int | None = None
    floor: int | None = None
    manual_start: int | None = None
    manual_finish: int | None = None
    actual_start: int | None = None
    actual_finish: int | None = None

    # The passes. `work_start` is how late what remains can begin: once work has begun, not the late start. `driver`
    # decides the early start; `resume` is when what progress has split goes on.
    early_start: int = 0
    early_finish: int = 0
    late_start: int = 0
    late_finish: int = 0
    work_start: int = 0
    driver: "Link | str" = ""
    resume: int | None = None
    # Of a summary: what its links ask of what is under it, by timeline and whether that is done late; how late its
    # links let it end; how late what is under it can begin, by timeline and whether it has; its first task.
    held: dict[tuple[Timeline, bool], "tuple[int, Link | None]"] = field(init=False)
    closing_bound: int | None = None
    late_starts: dict[tuple[Timeline, bool], int] = field(init=False)
    first_leaf: "Node | None" = None

    # What floats.settle draws from the passes: late dates as shown, total float, progress.
    last: tuple[int, int] = (0, 0)
    total: int = 0
    critical: bool = False
    begun: bool = False
    planned: float = 0.0
    done: float = 0.0
    share: float = 0.0

    def finish_from(self, start: int) -> int:
        """When the whole task ends, begun at `start`."""
        if self.efforts:
            return max(timeline.add(start, whole) for timeline, whole, _ in self.efforts)
        return start + self.duration if self.elapsed else self.timeline.add(start, self.duration)

    def finish_remaining(self, start: int) -> int:
        """When what remains ends, taken up again at `start`."""
        if self.efforts:
            return max(timeline.add(start, left) for timeline, _, left in self.efforts)
        return start + self.remaining if self.elapsed else self.timeline.add(start, self.remaining)

    def start_before(self, finish: int) -> int:
        """When the whole task must begin to end at `finish`."""
        if self.efforts:
            return min(timeline.add(finish, -whole) for timeline, whole, _ in self.efforts)
        return finish - self.duration if self.elapsed else self.timeline.add(finish, -self.duration)

    def remaining_before(self, finish: int) -> int:
        """When what remains must begin to end at `finish`."""
        if self.efforts:
            return min(timeline.add(finish, -left) for timeline, _, left in self.efforts)
        return finish - self.remaining if self.elapsed else self.timeline.add(finish, -self.remaining)

    def working_start(self, minute: int) -> int:
        """The first instant from `minute` when the task can begin; a milestone stays on an evening."""
        if self.milestone and self.timeline.is_finish(minute):
            return minute
        if self.efforts:
            return min(timeline.next_start(minute) for timeline, _, _ in self.efforts)
        return self.timeline.next_start(minute)

    def working_finish(self, minute: int) -> int:
        """The last instant up to `minute` when the task can end."""
        if self.elapsed:
            return minute
        if self.efforts:
            return max(timeline.previous_finish(minute) for timeline, _, _ in self.efforts)
        return self.timeline.previous_finish(minute)

    def between(self, start: int, finish: int) -> int:
        """Minutes that the task could be worked on, negative backward."""
        return finish - start if self.elapsed else self.timeline.between(start, finish)

    @property
    def started(self) -> bool:
        return self.actual_start is not None

    @property
    def placed(self) -> bool:
        """Whether its start does not move: it has begun, or was put there by hand."""
        return self.actual_start is not None or self.manual_start is not None

    @property
    def finished(self) -> bool:
        return self.actual_finish is not None


@dataclass(slots=True, eq=False)
class Link:
    """A dependency between nodes. `percent` is in hundredths, `lag` in minutes; at most one is not zero."""

    dependency: Dependency
    predecessor: Node
    successor: Node
    from_finish: bool = field(init=False)
    to_start: bool = field(init=False)
    elapsed: bool = field(init=False)
    percent: int = field(init=False)
    lag: int = field(init=False)

    def __post_init__(self) -> None:
        one = self.dependency
        self.from_finish = one.type in (DependencyType.FINISH_START, DependencyType.FINISH_FINISH)
        self.to_start = one.type in (DependencyType.FINISH_START, DependencyType.START_START)
        self.elapsed = one.lag_unit is LagUnit.ELAPSED
        self.percent = one.lag if one.lag_unit is LagUnit.PERCENT else 0
        self.lag = 0 if self.percent else one.lag

    def moved(self, minute: int, timeline: Timeline, sign: int = 1) -> int:
        """`minute` with the lag (or without it, for a sign of -1), counted on the successor's `timeline`."""
        if self.percent:
            return timeline.add(minute, sign * self.percent_minutes())
        if not self.lag:
            return minute
        return minute + sign * self.lag if self.elapsed else timeline.add(minute, sign * self.lag)

    def percent_minutes(self) -> int:
        """The lag in working minutes, half a minute counting as one."""
        one = self.predecessor
        length = one.duration
        if one.children or one.efforts or one.manual_start is not None:
            length = one.timeline.between(one.early_start, one.early_finish)
        return (self.percent * length * 2 + 10_000) // 20_000

    @property
    def moving(self) -> bool:
        """Whether the worth of the lag depends on the dates of the predecessor."""
        one = self.predecessor
        return bool(self.percent and (one.children or one.efforts or one.manual_start is not None))
