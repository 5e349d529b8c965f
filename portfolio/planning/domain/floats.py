"""How much a task can slip: total float against its late dates, free float against what follows it."""

from portfolio.planning.domain.nodes import Link, Node


def shown(node: Node) -> tuple[int, int]:
    """Start and finish as planned: late dates for a task to be done as late as possible."""
    if node.alap:
        return node.late_start, node.late_finish
    return node.early_start, node.early_finish


def settle(node: Node) -> None:
    """Late dates as shown, total float and progress, once both passes have been there, and under a summary too."""
    if node.children:
        _settle_summary(node)
        return
    node.last = _late_dates(node)
    node.begun = node.started
    node.total = _total_float(node, node.late_start, node.late_finish)
    node.critical = node.total <= 0 and not node.finished
    node.share = node.task.percent_complete
    node.planned = length(node)
    node.done = node.planned * node.share


def length(node: Node) -> int:
    """Working minutes of a task, as scheduled."""
    if node.children or node.efforts:
        return node.timeline.between(*shown(node))
    return node.duration


def _settle_summary(node: Node) -> None:
    """A summary spans what is under it, where a task placed by hand is where it is; its progress is weighted by
    duration."""
    below = node.children
    spans = [(child.late_start, child.late_finish) if child.manual_start is None else shown(child) for child in below]
    node.late_start, node.late_finish = min(start for start, _ in spans), max(finish for _, finish in spans)
    node.last = node.late_start, node.late_finish
    node.begun = any(child.begun for child in below)
    node.total = _total_float(node, *node.last)
    node.critical = any(child.critical for child in below)
    node.planned = sum(child.planned for child in below)
    node.done = sum(child.done for child in below)
    plain = sum(child.share for child in below) / len(below)
    node.share = node.done / node.planned if node.planned else plain


def _late_dates(node: Node) -> tuple[int, int]:
    """A milestone is shown on the same side of a night as its early date."""
    if not node.milestone or node.alap or node.started:
        return node.late_start, node.late_finish
    timeline, early, late = node.timeline, node.early_start, node.late_finish
    if not timeline.between(early, late):
        return early, early
    if not timeline.is_finish(early):
        late = timeline.next_start(late)
    return late, late


def _total_float(node: Node, late_start: int, late_finish: int) -> int:
    """Working minutes on the task's calendar, all minutes for an elapsed duration; negative when its late dates come
    before its early ones.

    The least of what start and finish have; once work has begun, that of the finish.
    """
    if node.finished or node.alap:
        return 0
    of_finish = node.between(node.early_finish, late_finish)
    if node.begun or not (node.children or node.efforts or node.elapsed or node.manual_start is not None):
        return of_finish  # of a plain task, start and finish have the same
    return min(of_finish, node.between(node.early_start, late_start))


def free_float(node: Node) -> int:
    """How long the task can slip without moving a successor, in working minutes on its calendar; never negative, as
    in Microsoft Project. Without successors, its total float."""
    if node.finished:
        return 0
    least = None
    for link in node.outgoing:
        if not link.successor.finished:
            room = _room(link, node)
            if least is None or room < least:
                least = room
    above = node.parent
    first = not node.children
    while above is not None:
        first = first and above.first_leaf is node
        for link in above.outgoing:
            if (link.from_finish or first) and not link.successor.finished:
                room = _room(link, node)
                if least is None or room < least:
                    least = room
        above = above.parent
    return max(node.total if least is None else least, 0)


def _room(link: Link, node: Node) -> int:
    start, finish = shown(node)
    asked = link.moved(finish if link.from_finish else start, link.successor.timeline)
    first, last = shown(link.successor)
    return node.between(asked, first if link.to_start else last)
