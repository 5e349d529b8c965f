"""The two passes over a network, with the rules of Microsoft Project (docs/algorithms/scheduling.md).

Source: Kelley and Walker, "Critical-Path Planning and Scheduling" (1959), with the generalised precedences of
Elmaghraby and Kamburowski (1992). Each method places one event, from those before (or after) it in the order.
"""

from portfolio.people.domain.timeline import Timeline
from portfolio.planning.domain.network import ConstraintType
from portfolio.planning.domain.nodes import Link, Node

# Who decides a date, when no link does.
PROJECT_START = "project_start"
FLOOR = "no_earlier"
CONSTRAINT = "constraint"
DATA_DATE = "data_date"
ACTUAL = "actual"
MANUAL = "manual"
SUMMARY = "summary"

Bound = tuple[int, Link | None]
NEVER = -(10**18)


class Forward:
    """Early dates. With `late` the tasks to be done as late as possible are where the backward pass put them."""

    def __init__(self, *, late: bool = False) -> None:
        self.late = late

    def visit(self, node: Node, opens: bool) -> None:
        """Place one event of the order."""
        if opens:
            node.held = {}
        elif node.children:
            self._roll_up(node)
        else:
            self._place(node)

    def _roll_up(self, node: Node) -> None:
        shown = [self._shown(child) for child in node.children]
        node.early_start = min(start for start, _ in shown)
        node.early_finish = max(finish for _, finish in shown)
        first = min(zip(shown, node.children, strict=True), key=lambda pair: pair[0][0])[1]
        node.first_leaf = first.first_leaf if first.children else first
        node.driver = SUMMARY

    def _shown(self, node: Node) -> tuple[int, int]:
        """Where a task is for those that wait for it."""
        if self.late and node.alap:
            return node.late_start, node.late_finish
        return node.early_start, node.early_finish

    def _place(self, node: Node) -> None:
        node.resume = None
        if node.manual_start is not None and node.manual_finish is not None:
            node.early_start, node.early_finish, node.driver = node.manual_start, node.manual_finish, MANUAL
        elif node.actual_start is not None:
            self._place_started(node, node.actual_start)
        else:
            start = self._start(node)
            node.early_start = start
            node.early_finish = node.finish_from(start)

    def _place_started(self, node: Node, start: int) -> None:
        node.early_start, node.driver = start, ACTUAL
        if node.actual_finish is not None:
            node.early_finish = node.actual_finish
            return
        finish = node.finish_from(start)
        if node.data_date is not None:
            # What is done lies behind; what remains is taken up again on the data date at the earliest.
            done = node.remaining_before(finish)
            again = node.working_start(node.data_date)
            if done < again and node.task.percent_complete < 1:
                finish, node.resume = node.finish_remaining(again), again
        if node.constraint is ConstraintType.FINISH_NO_EARLIER_THAN and node.constraint_at is not None:
            finish = max(finish, node.working_finish(node.constraint_at))
        node.early_finish = finish

    def _start(self, node: Node) -> int:
        """The early start of a task that has not begun; says who decides it in `driver`."""
        kind, at = node.constraint, node.constraint_at
        if at is not None and kind in (ConstraintType.MUST_START_ON, ConstraintType.MUST_FINISH_ON):
            node.driver = CONSTRAINT
            wanted = at if kind is ConstraintType.MUST_START_ON else node.start_before(at)
            return node.working_start(wanted)
        start, link = self.link_bound(node)
        floor, reason = self._floor(node)
        node.driver = reason if link is None or floor > start else link
        start = node.working_start(max(start, floor))
        if at is not None and kind in (ConstraintType.START_NO_LATER_THAN, ConstraintType.FINISH_NO_LATER_THAN):
            latest = at if kind is ConstraintType.START_NO_LATER_THAN else node.start_before(at)
            latest = node.working_start(latest)
            if start > latest:
                start, node.driver = latest, CONSTRAINT
        return start

    def _floor(self, node: Node) -> tuple[int, str]:
        """The earliest start without any link. "No earlier than" may be before the project's start, as in Project."""
        floor, reason = node.opening, PROJECT_START
        if node.constraint_at is not None:
            if node.constraint is ConstraintType.START_NO_EARLIER_THAN:
                floor, reason = node.constraint_at, CONSTRAINT
            elif node.constraint is ConstraintType.FINISH_NO_EARLIER_THAN:
                floor, reason = node.start_before(node.constraint_at), CONSTRAINT
        if node.floor is not None and node.floor > floor:
            floor, reason = node.floor, FLOOR
        if node.data_date is not None and node.unstarted and node.data_date > floor:
            floor, reason = node.data_date, DATA_DATE
        return floor, reason

    # --- links

    def link_bound(self, node: Node) -> Bound:
        """The earliest start that links allow, and the one that asks for it."""
        start, driver = NEVER, None
        for link in node.incoming:
            bound = self.start_bound(link, node)
            if bound > start:
                start, driver = bound, link
        if node.parent is not None:
            bound, link_of_summary = self._held(node.parent, node)
            if bound > start:
                start, driver = bound, link_of_summary
        return start, driver

    def start_bound(self, link: Link, node: Node) -> int:
        """The earliest start that one link allows to a task."""
        minute = self._end(link, node)
        minute = link.moved(minute, node.timeline)
        return minute if link.to_start else node.start_before(minute)

    def _end(self, link: Link, node: Node) -> int:
        """The end of the predecessor that a link holds `node` to: among tasks done late, the early one."""
        one = link.predecessor
        start, finish = (one.early_start, one.early_finish) if node.alap else self._shown(one)
        return finish if link.from_finish else start

    def _held(self, summary: Node, node: Node) -> Bound:
        """What the links into a summary, and those above it, ask of a task under it."""
        asker = (node.timeline, node.alap)
        chain: list[Node] = []
        above: Node | None = summary
        while above is not None and asker not in above.held:
            chain.append(above)
            above = above.parent
        bound = (NEVER, None) if above is None else above.held[asker]
        for one in reversed(chain):
            for link in one.incoming:
                minute = link.moved(self._end(link, node), node.timeline)
                if minute > bound[0]:
                    bound = (minute, link)
            one.held[asker] = bound
        return bound


class Backward:
    """Late dates, from the end of the project."""

    def __init__(self, finish: int) -> None:
        self.finish = finish

    def visit(self, node: Node, opens: bool) -> None:
        """Place one event; the order is taken from its end."""
        if opens:
            self._gather(node)
        elif node.children:
            self._close(node)
        else:
            self._place(node)

    def _gather(self, node: Node) -> None:
        """How late what is under a summary can begin, on each timeline, begun or not."""
        found: dict[tuple[Timeline, bool], int] = {}
        for child in node.children:
            for asker, start in self._late_starts(child).items():
                if asker not in found or start < found[asker]:
                    found[asker] = start
        node.late_starts = found

    def _late_starts(self, node: Node) -> dict[tuple[Timeline, bool], int]:
        if node.children:
            return node.late_starts
        return {} if node.finished else {(node.timeline, node.started): node.work_start}

    def _close(self, node: Node) -> None:
        """How late the links from the end of a summary, and of those above it, let it end."""
        bound = None if node.parent is None else node.parent.closing_bound
        for link in node.outgoing:
            if link.from_finish:
                bound = _least(bound, self.finish_bound(link, node))
        node.closing_bound = bound

    def _place(self, node: Node) -> None:
        if node.actual_finish is not None:
            node.late_finish = node.actual_finish
            node.work_start = node.late_start = node.early_start
            return
        finish = self.finish
        for link in node.outgoing:
            bound = self.finish_bound(link, node)
            if bound is not None and bound < finish:
                finish = bound
        if node.parent is not None:
            finish = self._under(node, finish)
        if node.constraint_at is not None:
            finish = self._constrained(node, finish, node.constraint_at)
        if node.deadline is not None and node.deadline < finish:
            finish = node.deadline
        finish = node.working_finish(finish)
        node.late_finish = finish
        node.work_start = node.remaining_before(finish)
        node.late_start = node.work_start if node.actual_start is None else node.actual_start

    def _under(self, node: Node, finish: int) -> int:
        """What the links of the summaries above allow; those from their start hold the task that begins first."""
        above = node.parent
        if above is not None and above.closing_bound is not None:
            finish = min(finish, above.closing_bound)
        while above is not None and above.first_leaf is node:
            for link in above.outgoing:
                if not link.from_finish:
                    finish = _least(self.finish_bound(link, node), finish) or finish
            above = above.parent
        return finish

    def _constrained(self, node: Node, finish: int, at: int) -> int:
        match node.constraint:
            case ConstraintType.MUST_START_ON:
                return node.finish_from(node.working_start(at))
            case ConstraintType.MUST_FINISH_ON:
                return at
            case ConstraintType.START_NO_LATER_THAN:
                return min(finish, node.finish_from(node.working_start(at)))
            case ConstraintType.FINISH_NO_LATER_THAN:
                return min(finish, at)
        return finish

    def finish_bound(self, link: Link, node: Node) -> int | None:
        """How late `node`, at the beginning of the link, may end; None when the link asks nothing any more."""
        after = link.successor
        if after.finished or (not link.from_finish and node.placed):
            return None
        if link.to_start:
            # A start that lies behind is held by no start any more; what remains still waits for a finish.
            bounds = [
                self._without_lag(link, node, start, timeline)
                for (timeline, begun), start in self._late_starts(after).items()
                if link.from_finish or not begun
            ]
            if not bounds:
                return None
            bound = min(bounds)
        else:
            bound = link.moved(after.late_finish, after.timeline, -1)
        return bound if link.from_finish else node.finish_from(bound)

    def _without_lag(self, link: Link, node: Node, start: int, timeline: Timeline) -> int:
        # A start on an evening is the next morning: it is from there that an elapsed lag counts.
        return link.moved(start if link.from_finish else node.timeline.next_start(start), timeline, -1)


def _least(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
