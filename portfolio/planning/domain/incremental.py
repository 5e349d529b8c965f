"""After one change, only what can move is computed again: a wave forward along the links, then one backward.

The result is that of a full run (a property test says so). Where dates hang on one another in other ways (tasks done
as late as possible, lags in percent of a length that follows), the full run is what is done.
"""

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

from portfolio.planning.domain.compiled import Network
from portfolio.planning.domain.floats import settle
from portfolio.planning.domain.nodes import Link, Node
from portfolio.planning.domain.passes import Backward, Forward


def needs_full_run(network: Network) -> bool:
    """Whether dates hang on one another in ways that a wave does not follow."""
    return any(node.alap or any(link.moving for link in node.outgoing) for node in network.nodes.values())


def project_finish(network: Network) -> int:
    """When the last task of the plan ends, unless late dates count back from another instant."""
    if network.finish is not None:
        return network.finish
    own = (node.early_finish for node in network.nodes.values() if not (node.children or node.outside))
    return max(own, default=0)


class Waves:
    """What a change moves. `changed` are tasks that say something else, or whose links do."""

    def __init__(self, network: Network, finish: int, changed: Iterable[Node]) -> None:
        self.network, self.finish = network, finish
        self.changed = {leaf for node in changed for leaf in _leaves(node)}
        self.early: set[Node] = set()
        self.late: set[Node] = set()
        # Tasks that began a summary, or begin it now: the links from its start hold them.
        self.first: set[Node] = set()

    def run(self) -> list[Node]:
        """Both waves; returns the tasks whose outcome may be another."""
        self._forward()
        finish = project_finish(self.network)
        if finish == self.finish:
            self._backward()
        else:
            self.finish = finish
            backward = Backward(finish)
            for node, opens in reversed(self.network.order):
                backward.visit(node, opens)
            self.late = set(self.network.nodes.values())
        return self._settled()

    def _forward(self) -> None:
        forward, order = Forward(), self.network.order
        waiting = [node.rank for node in self.changed]
        for node in self.changed:
            waiting += [above.opening_rank for above in _over(node)]
        heapify(waiting)
        last = -1
        while waiting:
            rank = heappop(waiting)
            if rank == last:
                continue
            last = rank
            node, opens = order[rank]
            if opens:
                # What the links into a summary ask is read again by all that is under it.
                node.held = {}
                for child in node.children:
                    heappush(waiting, child.opening_rank if child.children else child.rank)
                continue
            before = (node.early_start, node.early_finish, node.resume, node.driver)
            first = node.first_leaf
            forward.visit(node, False)
            if node.first_leaf is not first:
                self.first |= {one for one in (first, node.first_leaf) if one is not None}
            if before != (node.early_start, node.early_finish, node.resume, node.driver) or node in self.changed:
                self.early.add(node)
                for link in node.outgoing:
                    after = link.successor
                    heappush(waiting, after.opening_rank if after.children else after.rank)
                if node.parent is not None:
                    heappush(waiting, node.parent.rank)

    def _backward(self) -> None:
        backward, order = Backward(self.finish), self.network.order
        begin = self.changed | self.first | {node for node in self.early if node.finished}
        waiting = [-rank for node in begin for rank in (node.rank, *_before(node))]
        waiting += [-node.rank for node in self.early if node.children]
        heapify(waiting)
        last = 1
        while waiting:
            rank = heappop(waiting)
            if rank == last:
                continue
            last = rank
            node, opens = order[-rank]
            if opens:
                starts = node.late_starts
                backward.visit(node, True)
                if starts != node.late_starts:
                    self._push(waiting, _before(node))
            elif node.children:
                bound = node.closing_bound
                backward.visit(node, False)
                if bound != node.closing_bound:
                    self._push(waiting, [child.rank for child in node.children])
            else:
                late = (node.late_start, node.late_finish, node.work_start)
                backward.visit(node, False)
                if late != (node.late_start, node.late_finish, node.work_start):
                    self.late.add(node)
                    self._push(waiting, _before(node))

    @staticmethod
    def _push(waiting: list[int], ranks: Iterable[int]) -> None:
        for rank in ranks:
            heappush(waiting, -rank)

    def _settled(self) -> list[Node]:
        touched = self.early | self.late | self.changed
        # The free float of what comes before follows the dates of what comes after.
        for node in list(touched):
            for link in _incoming(node):
                touched |= set(_leaves(link.predecessor)) | {link.predecessor}
        touched |= {above for node in list(touched) for above in _over(node)}
        found = sorted(touched, key=lambda node: node.rank)
        for node in found:
            settle(node)
        return found


def _over(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _leaves(node: Node) -> Iterator[Node]:
    """The tasks under a summary; the task itself."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.children:
            waiting += one.children
        else:
            yield one


def _incoming(node: Node) -> Iterator[Link]:
    """The links into a task, and into what is over it."""
    yield from node.incoming
    for above in _over(node):
        yield from above.incoming


def _before(node: Node) -> list[int]:
    """The ranks of what has its late dates from those of `node`: its predecessors, and the summary over it."""
    ranks = []
    for link in node.incoming:
        one = link.predecessor
        ranks.append(one.rank)
        if one.children and not link.from_finish and one.first_leaf is not None:
            ranks.append(one.first_leaf.rank)
    if node.parent is not None:
        ranks.append(node.parent.opening_rank)
    return ranks
