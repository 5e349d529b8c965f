"""What a plan asks and cannot have: reported, never hidden."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portfolio.planning.domain.compiled import DATELESS, Network
from portfolio.planning.domain.network import ConstraintType
from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.passes import ACTUAL, CONSTRAINT, MANUAL, Forward


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the plan asks and cannot have. `task` is where; `other` the predecessor, if one is concerned.

    `manual_before_link`, `constraint_before_link`, `progress_before_link`: a manual task, a constraint or work that
    has begun comes before what the predecessor allows. `constraint_missed`: what was done, or what is left, breaks
    the constraint. `deadline_missed`. `constraint_before_data_date`: work that has not begun is held in the past.
    `finish_link_into_summary`: a summary's end follows from its children; the link was left out.
    `minutes` of working time are missing (0 where that has no meaning).
    """

    code: str
    task: str
    other: str = ""
    minutes: int = field(default=0, compare=False)


# Of a plan that is closed or read-only: another project's task ends too late for it, and it was not moved.
FROZEN = "frozen_before_link"
BEFORE_LINK = {MANUAL: "manual_before_link", ACTUAL: "progress_before_link", CONSTRAINT: "constraint_before_link"}


def conflicts(network: Network) -> Iterator[Conflict]:
    """Those of a scheduled network, task by task in the order given."""
    for link in network.left_out:
        yield Conflict("finish_link_into_summary", link.successor.key, link.predecessor.key)
    forward = Forward(late=any(node.alap for node in network.nodes.values()))
    for node in network.nodes.values():
        if not node.children:
            if node.driver in BEFORE_LINK and not node.finished:
                yield from _before_links(forward, node)
            yield from _missed(node)
            if node.driver == CONSTRAINT and node.unstarted and _past(node):
                yield Conflict("constraint_before_data_date", node.key)
        if node.deadline is not None and node.early_finish > node.deadline:
            missing = node.timeline.between(node.deadline, node.early_finish)
            if missing:
                yield Conflict("deadline_missed", node.key, minutes=missing)


def _past(node: Node) -> bool:
    return node.data_date is not None and node.timeline.between(node.early_start, node.data_date) > 0


def _before_links(forward: Forward, node: Node) -> Iterator[Conflict]:
    """The links that the task does not keep, its own and those of its summaries."""
    above: Node | None = node
    while above is not None:
        for link in above.incoming:
            missing = node.timeline.between(node.early_start, forward.start_bound(link, node))
            if missing > 0:
                yield Conflict(BEFORE_LINK[str(node.driver)], node.key, link.predecessor.key, missing)
        above = above.parent


def _missed(node: Node) -> Iterator[Conflict]:
    """A constraint that facts have overtaken."""
    at = node.constraint_at
    if at is None or node.constraint in DATELESS or node.finished:
        return
    of_finish = node.constraint in (
        ConstraintType.FINISH_NO_EARLIER_THAN, ConstraintType.FINISH_NO_LATER_THAN, ConstraintType.MUST_FINISH_ON,
    )  # fmt: skip
    late = node.timeline.between(at, node.early_finish if of_finish else node.early_start)
    no_earlier = node.constraint in (ConstraintType.START_NO_EARLIER_THAN, ConstraintType.FINISH_NO_EARLIER_THAN)
    no_later = node.constraint in (ConstraintType.START_NO_LATER_THAN, ConstraintType.FINISH_NO_LATER_THAN)
    if (late > 0 and not no_earlier) or (late < 0 and not no_later):
        yield Conflict("constraint_missed", node.key, minutes=abs(late))
