"""The network of a plan: tasks tied by dependencies, and the order in which they can be scheduled."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.errors import PlanningError

Node = TypeVar("Node", bound=Hashable)


class DependencyType(StrEnum):
    """Which end of the predecessor holds which end of the successor."""

    FINISH_START = "FS"
    START_START = "SS"
    FINISH_FINISH = "FF"
    START_FINISH = "SF"


class LagUnit(StrEnum):
    """What a lag counts: working minutes, minutes of the clock, or hundredths of a percent of the predecessor."""

    WORKING = "working"
    ELAPSED = "elapsed"
    PERCENT = "percent"


class ConstraintType(StrEnum):
    """The eight constraints of Microsoft Project."""

    AS_SOON_AS_POSSIBLE = "asap"
    AS_LATE_AS_POSSIBLE = "alap"
    START_NO_EARLIER_THAN = "snet"
    START_NO_LATER_THAN = "snlt"
    FINISH_NO_EARLIER_THAN = "fnet"
    FINISH_NO_LATER_THAN = "fnlt"
    MUST_START_ON = "mso"
    MUST_FINISH_ON = "mfo"


class EffortType(StrEnum):
    """What stays when work = duration x units is to be kept: the units, the duration, or the work."""

    FIXED_UNITS = "units"
    FIXED_DURATION = "duration"
    FIXED_WORK = "work"


@dataclass(frozen=True)
class Dependency:
    """`successor` waits for `predecessor`; a negative lag is an overlap.

    The lag is in minutes, or for PERCENT in hundredths of a percent of the predecessor's duration. A working lag is
    counted on the successor's calendar.
    """

    predecessor: str
    successor: str
    type: DependencyType = DependencyType.FINISH_START
    lag: int = 0
    lag_unit: LagUnit = LagUnit.WORKING


@dataclass(frozen=True)
class TaskAssignment:
    """Work of somebody on a task: minutes of work, at `units` (1 is full time), on a calendar (None: the task's)."""

    work_minutes: int
    units: Decimal = Decimal(1)
    calendar: Calendar | None = None


@dataclass(frozen=True)
class PlanTask:
    """A task as planned. With children it is a summary: its own duration, dates and progress are not used.

    A duration of zero is a milestone. A task that is `manual` and has a start stays where it was put.
    `percent_complete` is 0-1, of the duration. Without `calendar` the plan's is followed; an `elapsed` duration runs
    day and night. Assignments give the length of the task, except where its `effort` is FIXED_DURATION: then, and
    without assignments, `duration_minutes` does. `start_no_earlier_than` holds beside the constraint.
    A task that is `outside` is another plan's: what follows waits for it, and the plan's end does not. Where several
    plans are dated at once, each task says the start and the data date of its own; None: those of the whole.
    """

    key: str
    duration_minutes: int = 0
    parent: str | None = None
    manual: bool = False
    start: datetime | None = None
    finish: datetime | None = None
    start_no_earlier_than: datetime | None = None
    percent_complete: float = 0.0
    constraint: ConstraintType = ConstraintType.AS_SOON_AS_POSSIBLE
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    calendar: Calendar | None = None
    elapsed: bool = False
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    effort: EffortType = EffortType.FIXED_DURATION
    assignments: tuple[TaskAssignment, ...] = ()
    outside: bool = False
    project_start: datetime | None = None
    data_date: datetime | None = None


def find_cycle(successors: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...] | None:
    """A cycle of the graph as its nodes in order, the first repeated at the end; None when there is none."""
    done: set[Node] = set()
    for root in successors:
        if root in done:
            continue
        trail: dict[Node, None] = {root: None}  # a set that keeps its order
        pending = [iter(tuple(successors.get(root, ())))]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
                done.add(trail.popitem()[0])
            elif following in trail:
                path = list(trail)
                return (*path[path.index(following) :], following)
            elif following not in done:
                trail[following] = None
                pending.append(iter(tuple(successors.get(following, ()))))
    return None


def find_loop(parents: Mapping[str, str | None], links: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The tasks that wait for one another, in order, the first repeated at the end; empty when there are none.

    `parents` says the summary of each task. A summary is two events: its opening, that all under it wait for, and
    its closing, that waits for them; a link into it holds its opening.
    """
    holding = {parent for parent in parents.values() if parent is not None}
    after: dict[tuple[str, bool], list[tuple[str, bool]]] = {}
    for key, parent in parents.items():
        if parent is not None:
            after.setdefault((key, False), []).append((parent, False))
            after.setdefault((parent, True), []).append((key, key in holding))
    for one, other in links:
        after.setdefault((one, False), []).append((other, other in holding))
    keys = [key for key, _opens in find_cycle(after) or ()]
    return tuple(key for index, key in enumerate(keys) if index == 0 or key != keys[index - 1])


def in_order(predecessors: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...]:
    """The nodes, each after its predecessors. Raises PlanningError(cycle) when that is impossible."""
    try:
        return tuple(TopologicalSorter(predecessors).static_order())
    except CycleError as error:
        raise PlanningError("cycle", *(str(node) for node in reversed(error.args[1]))) from error


def dependency_cycle(dependencies: Iterable[Dependency]) -> tuple[str, ...] | None:
    """The cycle that these dependencies make among themselves, if any, for a check before one is added."""
    successors: dict[str, list[str]] = {}
    for dependency in dependencies:
        successors.setdefault(dependency.predecessor, []).append(dependency.successor)
    return find_cycle(successors)
