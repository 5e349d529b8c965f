"""Floats counted to the end of some tasks, and not to the end of everything: what may slip without moving them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.compiled import Network
from portfolio.planning.domain.network import Dependency, PlanTask
from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.schedule import Planner

# What holds no target's end (a start that has been, say) has room far beyond it.
ROOM = timedelta(days=366)


def leading_to(network: Network, targets: Iterable[str]) -> set[str]:
    """The targets and all that they wait for, directly or not, with the summaries over them."""
    found: set[Node] = set()
    waiting: list[Node] = []

    def take(node: Node) -> None:
        below = [node]
        while below:
            one = below.pop()
            if one.children:
                below += one.children
            if one not in found:
                found.add(one)
                waiting.append(one)

    for key in targets:
        take(network.nodes[key])
    while waiting:
        above: Node | None = waiting.pop()
        while above is not None:
            found.add(above)
            for link in above.incoming:
                if link.predecessor not in found or link.predecessor.children:
                    take(link.predecessor)
            above = above.parent
    return {node.key for node in found}


def planner_towards(
    planner: Planner, tasks: Mapping[str, PlanTask], links: Sequence[Dependency], targets: Sequence[str]
) -> Planner:
    """The plan of `targets` alone: all that leads to them, late dates and floats counted back from the last of their
    ends. Deadlines of other tasks do not count. `planner` holds `tasks` and `links`, dated."""
    network = planner.network
    keep = leading_to(network, targets)
    ends = set(targets)
    finish = to_instant(max(network.nodes[key].early_finish for key in targets))
    kept = [replace(task, deadline=finish if key in ends else None) for key, task in tasks.items() if key in keep]
    return Planner(
        kept,
        [link for link in links if link.predecessor in keep and link.successor in keep],
        calendar=planner.calendar,
        project_start=to_instant(network.start),
        near_critical=planner.near_critical,
        finish=finish + ROOM,
    )
