"""The network of a plan: tasks tied by dependencies, and the order in which they can be scheduled."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

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


@dataclass(frozen=True)
class Dependency:
    """`successor` waits for `predecessor`; a negative lag is an overlap.

    The lag is in minutes, or for PERCENT in hundredths of a percent of the predecessor's duration.
    """

    predecessor: str
    successor: str
    type: DependencyType = DependencyType.FINISH_START
    lag: int = 0
    lag_unit: LagUnit = LagUnit.WORKING


@dataclass(frozen=True)
class PlanTask:
    """A task as planned. With children it is a summary: its own duration, dates and progress are not used.

    A duration of zero is a milestone. A task that is `manual` and has a start stays where it was put.
    `percent_complete` is 0-1.
    """

    key: str
    duration_minutes: int = 0
    parent: str | None = None
    manual: bool = False
    start: datetime | None = None
    finish: datetime | None = None
    start_no_earlier_than: datetime | None = None
    percent_complete: float = 0.0


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
