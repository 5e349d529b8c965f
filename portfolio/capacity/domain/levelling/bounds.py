"""What no dates can beat: the critical path of each project, and the work that its resources have to do."""

from collections.abc import Sequence

from portfolio.capacity.domain.levelling.plan import Plan, units_at
from portfolio.capacity.domain.levelling.problem import Problem, Resource


def lower_bound(problem: Problem, plan: Plan) -> int:
    """A cost that no dates undercut."""
    ends = earliest_ends(problem, plan)
    return sum(weight * max(0, end - due) for weight, end, due in zip(plan.weights, ends, plan.dues, strict=True))


def earliest_ends(problem: Problem, plan: Plan) -> list[int]:
    """For each project, an instant before which it cannot end.

    By links and dates; and for each resource, of the activities that cannot start before some instant: their work,
    done at full capacity from then on, and what must still follow the last of them (the energetic bound with heads
    and tails of Carlier 1982, over capacity that varies).
    """
    ends = plan.ends(plan.early[1])
    # With pauses, what must follow an activity depends on when it ends; with several projects, on when another ends.
    paused = any(option.pauses for options in plan.options for option in options)
    tails: Sequence[int] = [0] * len(plan.keys) if paused or len(problem.projects) > 1 else plan.tails
    works: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    for j, activity in enumerate(problem.activities):
        modes = [activity.modes[option.mode] for option in plan.options[j]]
        for key in {key for mode in modes for key, _ in mode.demands}:
            energy = min(mode.duration * dict(mode.demands).get(key, 0) for mode in modes)
            if energy:
                works.setdefault((plan.project[j], key), []).append((plan.early[0][j], energy, tails[j]))
    resources = {resource.key: resource for resource in problem.resources}
    for (project, key), found in works.items():
        energy, tail = 0, plan.horizon
        for start, work, after in sorted(found, reverse=True):
            energy, tail = energy + work, min(tail, after)
            ends[project] = max(ends[project], worked_off(resources[key], start, energy) + tail)
    return ends


def worked_off(resource: Resource, start: int, energy: int) -> int:
    """The first instant by which the resource, used wholly from `start` on, has given `energy` (units x time)."""
    units, instant = units_at(resource, start), start
    for step, after in resource.steps:
        if step <= start:
            continue
        if units * (step - instant) >= energy:
            break
        energy -= units * (step - instant)
        instant, units = step, after
    # Never enough: a clash that the search finds; no bound is drawn from it here.
    return instant + (-(-energy // units) if units else 0)
