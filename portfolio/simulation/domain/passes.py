"""The two passes of the scheduling engine over many runs at once.

The rules are those of `portfolio.planning.domain.passes`, method for method, on arrays with one instant for each run:
with the same durations they give the same dates (tests/portfolio/simulation/domain/test_against_engine.py). What
no draw can move stays one integer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from portfolio.people.domain.timeline import Timeline
from portfolio.planning.domain.compiled import Network
from portfolio.planning.domain.network import ConstraintType
from portfolio.planning.domain.nodes import Link, Node
from portfolio.simulation.domain.working_time import Grid, Minutes

NEVER = -(2**40)
Asker = tuple[Timeline, bool]


class OutOfTables(Exception):
    """A date left the working time that is tabled: longer tables are needed."""


@dataclass(slots=True, eq=False)
class Span:
    """One task over the runs of a block. `whole` is its duration, `left` what is not done yet, in working minutes;
    `scale` and `left_scale` what these are of the planned ones, for the work of each person."""

    grid: Grid
    whole: Minutes = 0
    left: Minutes = 0
    scale: Minutes = None
    left_scale: Minutes = None
    early_start: Minutes = 0
    early_finish: Minutes = 0
    late_start: Minutes = 0
    late_finish: Minutes = 0
    work_start: Minutes = 0
    # Work before the early finish, where the forward pass has counted it.
    worked_finish: Minutes = None
    critical: Minutes = False
    first: Minutes = True
    held: dict[Asker, Minutes] = field(default_factory=dict)
    late_starts: dict[Asker, Minutes] = field(default_factory=dict)
    closing_bound: Minutes = None


class Passes:
    """A network over the runs of one block. `base`: the minute that instants are counted from."""

    def __init__(self, network: Network, grids: Mapping[Timeline, Grid], base: int) -> None:
        self.network, self.grids, self.base = network, grids, base
        self.spans = {node: Span(grids[node.timeline]) for node in network.nodes.values()}
        self.start = network.start - base
        self.data_date = None if network.data_date is None else network.data_date - base
        self.alap = any(node.alap for node in network.nodes.values())
        self.starts_held = {
            node for node in network.nodes.values() if any(not link.from_finish for link in node.outgoing)
        }
        self.late = False
        self.finish: Minutes = 0

    def run(self) -> None:
        """Early dates, late dates and the critical path of every run, from `whole` and `left` of each span.

        Raises OutOfTables.
        """
        self._forward(late=False)
        self.finish = _most(
            [self.spans[node].early_finish for node in self.spans if not (node.children or node.outside)]
        )
        for node, opens in reversed(self.network.order):
            self._backward_visit(node, opens)
        if self.alap:
            self._forward(late=True)
        for node, opens in self.network.order:
            if not opens:
                self._settle(node)

    def shown(self, node: Node) -> tuple[Minutes, Minutes]:
        """Start and finish as planned."""
        span = self.spans[node]
        return (span.late_start, span.late_finish) if node.alap else (span.early_start, span.early_finish)

    def _at(self, minute: int) -> int:
        return minute - self.base

    # --- forward

    def _forward(self, *, late: bool) -> None:
        self.late = late
        for node, opens in self.network.order:
            if opens:
                self.spans[node].held = {}
            elif node.children:
                self._roll_up(node)
            else:
                self._place_early(node)
                self._check(node)

    def _check(self, node: Node) -> None:
        span = self.spans[node]
        grid = span.grid
        if np.max(span.early_finish) >= grid.high_edge or np.min(span.early_start) <= grid.low_edge:
            raise OutOfTables

    def _roll_up(self, node: Node) -> None:
        span = self.spans[node]
        ends = [self._placed(child) for child in node.children]
        span.early_start = _least([start for start, _ in ends])
        span.early_finish = _most([finish for _, finish in ends])
        if node in self.starts_held or (node.parent is not None):
            taken: Minutes = False
            for (start, _), child in zip(ends, node.children, strict=True):
                here = np.equal(start, span.early_start) & np.logical_not(taken)
                self.spans[child].first = here
                taken = np.logical_or(taken, here)

    def _placed(self, node: Node) -> tuple[Minutes, Minutes]:
        """Where a task is for those that wait for it."""
        span = self.spans[node]
        return (
            (span.late_start, span.late_finish) if self.late and node.alap else (span.early_start, span.early_finish)
        )

    def _place_early(self, node: Node) -> None:
        span = self.spans[node]
        span.worked_finish = None
        if node.manual_start is not None and node.manual_finish is not None:
            span.early_start = self._at(node.manual_start)
            planned = self._at(node.manual_finish)
            drawn = span.whole if not isinstance(span.whole, int) else None
            span.early_finish = planned
            if drawn is not None:
                moved = span.grid.add(span.early_start, drawn)
                span.early_finish = np.where(drawn == node.duration, planned, moved)
        elif node.actual_start is not None:
            self._place_started(node, span, self._at(node.actual_start))
        else:
            self._place_waiting(node, span)

    def _place_started(self, node: Node, span: Span, start: int) -> None:
        span.early_start = start
        if node.actual_finish is not None:
            span.early_finish = self._at(node.actual_finish)
            return
        finish = self._finish_from(node, span, start)
        if self.data_date is not None and node.task.percent_complete < 1:
            done = self._remaining_before(node, span, finish)
            again = self._working_start(node, span, self.data_date)
            finish = np.where(done < again, self._finish_remaining(node, span, again), finish)
        if node.constraint is ConstraintType.FINISH_NO_EARLIER_THAN and node.constraint_at is not None:
            finish = np.maximum(finish, self._working_finish(node, span, self._at(node.constraint_at)))
        span.early_finish = finish

    def _place_waiting(self, node: Node, span: Span) -> None:
        kind = node.constraint
        at = None if node.constraint_at is None else self._at(node.constraint_at)
        if at is not None and kind in (ConstraintType.MUST_START_ON, ConstraintType.MUST_FINISH_ON):
            bound = at if kind is ConstraintType.MUST_START_ON else self._start_before(node, span, at)
        else:
            bound = np.maximum(self._link_bound(node, span), self._floor(node, span, at))
        latest = None
        if at is not None and kind in (ConstraintType.START_NO_LATER_THAN, ConstraintType.FINISH_NO_LATER_THAN):
            latest = at if kind is ConstraintType.START_NO_LATER_THAN else self._start_before(node, span, at)
        if latest is None and not (node.milestone or node.efforts or node.elapsed or isinstance(span.whole, int)):
            worked = span.grid.worked(bound)
            span.early_start = span.grid.latest(worked)
            span.worked_finish = worked + span.whole
            span.early_finish = span.grid.earliest(span.worked_finish)
            return
        start = self._working_start(node, span, bound)
        if latest is not None:
            start = np.minimum(start, self._working_start(node, span, latest))
        span.early_start = start
        span.early_finish = self._finish_from(node, span, start)

    def _floor(self, node: Node, span: Span, at: int | None) -> Minutes:
        floor: Minutes = self.start
        if at is not None:
            if node.constraint is ConstraintType.START_NO_EARLIER_THAN:
                floor = at
            elif node.constraint is ConstraintType.FINISH_NO_EARLIER_THAN:
                floor = self._start_before(node, span, at)
        if node.floor is not None:
            floor = np.maximum(floor, self._at(node.floor))
        if self.data_date is not None and node.unstarted:
            floor = np.maximum(floor, self.data_date)
        return floor

    def _link_bound(self, node: Node, span: Span) -> Minutes:
        bound: Minutes = NEVER
        for link in node.incoming:
            minute = self._moved(link, self._end(link, node), span.grid)
            bound = np.maximum(bound, minute if link.to_start else self._start_before(node, span, minute))
        if node.parent is not None:
            bound = np.maximum(bound, self._held(node.parent, node))
        return bound

    def _end(self, link: Link, node: Node) -> Minutes:
        """The end of the predecessor that a link holds `node` to: among tasks done late, the early one."""
        span = self.spans[link.predecessor]
        ends = (span.early_start, span.early_finish) if node.alap else self._placed(link.predecessor)
        return ends[1] if link.from_finish else ends[0]

    def _held(self, summary: Node, node: Node) -> Minutes:
        """What the links into a summary, and those above it, ask of a task under it."""
        asker = (node.timeline, node.alap)
        held = self.spans[summary].held
        if asker not in held:
            bound = NEVER if summary.parent is None else self._held(summary.parent, node)
            for link in summary.incoming:
                bound = np.maximum(bound, self._moved(link, self._end(link, node), self.grids[node.timeline]))
            held[asker] = bound
        return held[asker]

    # --- backward

    def _backward_visit(self, node: Node, opens: bool) -> None:
        span = self.spans[node]
        if opens:
            found: dict[Asker, Minutes] = {}
            for child in node.children:
                for asker, start in self._late_starts(child).items():
                    found[asker] = start if asker not in found else np.minimum(found[asker], start)
            span.late_starts = found
        elif node.children:
            bound = None if node.parent is None else self.spans[node.parent].closing_bound
            for link in node.outgoing:
                if link.from_finish:
                    bound = _lesser(bound, self._finish_bound(link, node))
            span.closing_bound = bound
        else:
            self._place_late(node, span)

    def _late_starts(self, node: Node) -> dict[Asker, Minutes]:
        span = self.spans[node]
        if node.children:
            return span.late_starts
        return {} if node.finished else {(node.timeline, node.started): span.work_start}

    def _place_late(self, node: Node, span: Span) -> None:
        if node.actual_finish is not None:
            span.late_finish = self._at(node.actual_finish)
            span.work_start = span.late_start = span.early_start
            return
        finish = self.finish
        for link in node.outgoing:
            bound = self._finish_bound(link, node)
            if bound is not None:
                finish = np.minimum(finish, bound)
        if node.parent is not None:
            finish = self._under(node, finish)
        if node.constraint_at is not None:
            finish = self._constrained(node, span, finish, self._at(node.constraint_at))
        if node.deadline is not None:
            finish = np.minimum(finish, self._at(node.deadline))
        if span.worked_finish is not None:
            # A plain task: both ends from one look-up.
            worked = span.grid.worked(finish)
            span.critical = worked <= span.worked_finish
            span.late_finish = span.grid.earliest(worked)
            span.late_start = span.work_start = span.grid.latest(worked - span.left)
            return
        span.late_finish = finish = self._working_finish(node, span, finish)
        span.work_start = self._remaining_before(node, span, finish)
        span.late_start = span.work_start if node.actual_start is None else self._at(node.actual_start)

    def _under(self, node: Node, finish: Minutes) -> Minutes:
        """What the links of the summaries above allow; those from their start hold the task that begins first."""
        above = node.parent
        if above is not None and self.spans[above].closing_bound is not None:
            finish = np.minimum(finish, self.spans[above].closing_bound)
        first: Minutes = True
        below = node
        while above is not None:
            first = np.logical_and(first, self.spans[below].first)
            if above in self.starts_held and np.any(first):
                for link in above.outgoing:
                    bound = None if link.from_finish else self._finish_bound(link, node)
                    if bound is not None:
                        finish = np.where(first, np.minimum(finish, bound), finish)
            below, above = above, above.parent
        return finish

    def _constrained(self, node: Node, span: Span, finish: Minutes, at: int) -> Minutes:
        match node.constraint:
            case ConstraintType.MUST_START_ON:
                return self._finish_from(node, span, self._working_start(node, span, at))
            case ConstraintType.MUST_FINISH_ON:
                return at
            case ConstraintType.START_NO_LATER_THAN:
                return np.minimum(finish, self._finish_from(node, span, self._working_start(node, span, at)))
            case ConstraintType.FINISH_NO_LATER_THAN:
                return np.minimum(finish, at)
        return finish

    def _finish_bound(self, link: Link, node: Node) -> Minutes:
        """How late `node`, at the beginning of the link, may end; None when the link asks nothing any more."""
        after = link.successor
        if after.finished or (not link.from_finish and node.placed):
            return None
        if link.to_start:
            bounds = [
                self._without_lag(link, node, start, self.grids[timeline])
                for (timeline, begun), start in self._late_starts(after).items()
                if link.from_finish or not begun
            ]
            if not bounds:
                return None
            bound = _least(bounds)
        else:
            bound = self._moved(link, self.spans[after].late_finish, self.grids[after.timeline], -1)
        return bound if link.from_finish else self._finish_from(node, self.spans[node], bound)

    def _without_lag(self, link: Link, node: Node, start: Minutes, grid: Grid) -> Minutes:
        if not link.from_finish:
            start = self.spans[node].grid.next_start(start)
        return self._moved(link, start, grid, -1)

    # --- one task, one link

    def _moved(self, link: Link, minute: Minutes, grid: Grid, sign: int = 1) -> Minutes:
        """`minute` with the lag (or without it, for a sign of -1), counted on `grid`."""
        if link.percent:
            return grid.add(minute, np.asarray(sign * self._percent_minutes(link)))
        if not link.lag:
            return minute
        return minute + sign * link.lag if link.elapsed else grid.add(minute, sign * link.lag)

    def _percent_minutes(self, link: Link) -> Minutes:
        one, span = link.predecessor, self.spans[link.predecessor]
        length = span.whole
        if one.children or one.efforts or one.manual_start is not None:
            length = span.grid.between(span.early_start, span.early_finish)
        return (link.percent * length * 2 + 10_000) // 20_000

    def _finish_from(self, node: Node, span: Span, start: Minutes) -> Minutes:
        if node.efforts:
            ends = [self.grids[line].add(start, _scaled(whole, span.scale)) for line, whole, _ in node.efforts]
            return _most(ends)
        return start + span.whole if node.elapsed else span.grid.add(start, span.whole)

    def _finish_remaining(self, node: Node, span: Span, start: Minutes) -> Minutes:
        if node.efforts:
            return _most(
                [self.grids[line].add(start, _scaled(left, span.left_scale)) for line, _, left in node.efforts]
            )
        return start + span.left if node.elapsed else span.grid.add(start, span.left)

    def _start_before(self, node: Node, span: Span, finish: Minutes) -> Minutes:
        if node.efforts:
            starts = [self.grids[line].add(finish, -_scaled(whole, span.scale)) for line, whole, _ in node.efforts]
            return _least(starts)
        return finish - span.whole if node.elapsed else span.grid.add(finish, -span.whole)

    def _remaining_before(self, node: Node, span: Span, finish: Minutes) -> Minutes:
        if node.efforts:
            return _least(
                [self.grids[line].add(finish, -_scaled(left, span.left_scale)) for line, _, left in node.efforts]
            )
        return finish - span.left if node.elapsed else span.grid.add(finish, -span.left)

    def _working_start(self, node: Node, span: Span, minute: Minutes) -> Minutes:
        if node.efforts and not node.milestone:
            return _least([self.grids[line].next_start(minute) for line, _, _ in node.efforts])
        start = span.grid.next_start(minute)
        return np.where(span.grid.is_finish(minute), minute, start) if node.milestone else start

    def _working_finish(self, node: Node, span: Span, minute: Minutes) -> Minutes:
        if node.elapsed:
            return minute
        if node.efforts:
            return _most([self.grids[line].previous_finish(minute) for line, _, _ in node.efforts])
        return span.grid.previous_finish(minute)

    # --- critical path

    def _settle(self, node: Node) -> None:
        """Whether a task is critical in each run: no float left, and not over."""
        span = self.spans[node]
        if node.children:
            critical: Minutes = False
            for child in node.children:
                critical = np.logical_or(critical, self.spans[child].critical)
            span.critical = critical
        elif node.finished or node.alap:
            span.critical = not node.finished
        elif span.worked_finish is None or self.alap:
            # Tasks done late have moved those that follow them since the backward pass.
            total = self._between(node, span, span.early_finish, span.late_finish)
            if not node.started:
                total = np.minimum(total, self._between(node, span, span.early_start, span.late_start))
            span.critical = total <= 0

    def _between(self, node: Node, span: Span, start: Minutes, finish: Minutes) -> Minutes:
        return finish - start if node.elapsed else span.grid.between(start, finish)


def _scaled(minutes: int, scale: Minutes) -> Minutes:
    """The work of one person, drawn with the task's duration."""
    if scale is None or not minutes:
        return minutes
    return np.maximum(np.rint(minutes * scale).astype(np.int64), 1)


def _least(found: list[Minutes]) -> Minutes:
    result = found[0]
    for one in found[1:]:
        result = np.minimum(result, one)
    return result


def _most(found: list[Minutes]) -> Minutes:
    result = found[0]
    for one in found[1:]:
        result = np.maximum(result, one)
    return result


def _lesser(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return one if other is None else other
    return np.minimum(one, other)
