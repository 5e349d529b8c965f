"""Why a problem has no solution: what can be seen without a search, in the words of ClashKind."""

from collections.abc import Callable

from portfolio.capacity.domain.levelling.errors import Clash, ClashKind, Infeasible
from portfolio.capacity.domain.levelling.plan import Plan, compiled, fits
from portfolio.capacity.domain.levelling.problem import Activity, Problem
from portfolio.capacity.domain.levelling.profile import Profile, slot
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import in_order


def checked(problem: Problem) -> Plan:
    """The plan of a problem, once all is ruled out that needs no search.

    Raises Infeasible: links in a circle, a demand above any capacity, links against dates, no room for an activity.
    """
    predecessors: dict[str, list[str]] = {activity.key: [] for activity in problem.activities}
    for link in problem.links:
        predecessors[link.successor].append(link.predecessor)
    try:
        order = in_order(predecessors)
    except PlanningError as error:
        raise Infeasible(Clash(ClashKind.CYCLE, activities=error.path)) from error
    for activity in problem.activities:
        if not any(fits(mode, problem.most) for mode in activity.modes):
            raise Infeasible(_demand(activity, problem))
    plan = compiled(problem, order)
    for find in (_dates, _room):
        clash = find(plan, problem)
        if clash is not None:
            raise Infeasible(clash)
    return plan


def _demand(activity: Activity, problem: Problem) -> Clash:
    """The resource that each mode asks too much of; the figures are those of the first."""
    most = problem.most
    found = [next((key, units) for key, units in mode.demands if units > most[key]) for mode in activity.modes]
    key, units = found[0]
    resources = tuple(dict.fromkeys(key for key, _ in found))
    return Clash(ClashKind.DEMAND, (activity.key,), resources, demand=units, most=most[key])


def _dates(plan: Plan, problem: Problem) -> Clash | None:
    """Links against deadlines, fixed dates and maximum lags, whatever the resources."""
    start, finish = plan.early
    if plan.unstable is not None:
        return Clash(ClashKind.MAXIMUM_LAG, _chain(plan, plan.unstable, start, finish))
    for j, activity in enumerate(problem.activities):
        low, low_finish = plan.bounds(j, plan.release[j], start, finish)
        if activity.fixed_start is not None:
            possible = [option.first_start(low, low_finish) for option in plan.options[j]]
            possible += [option.first_start(activity.fixed_start, 0) for option in plan.options[j]]
            if not any(option.first_start(max(low, activity.fixed_start), low_finish) == activity.fixed_start
                       for option in plan.options[j]):  # fmt: skip
                earliest = min(moment for moment in possible if moment > activity.fixed_start)
                chain = _chain(plan, j, start, finish)
                return Clash(ClashKind.FIXED_DATE, chain, earliest=earliest, allowed=activity.fixed_start)
        if activity.deadline is not None and finish[j] > activity.deadline:
            chain = _chain(plan, j, start, finish)
            return Clash(ClashKind.DEADLINE, chain, earliest=finish[j], allowed=activity.deadline)
        for i, from_finish, to_finish, lag in plan.within[j]:
            if plan.fixed[i] < 0:
                continue
            # Elsewhere the predecessor was held back; a fixed one cannot be, and only a longer mode could help.
            ends = [option.finish(plan.fixed[i]) for option in plan.options[i]]
            allowed = (max(ends) if from_finish else plan.fixed[i]) + lag
            reached = (finish if to_finish else start)[j]
            if reached > allowed:
                chain = _chain(plan, j, start, finish)
                names = chain if plan.keys[i] in chain else (*chain, plan.keys[i])
                return Clash(ClashKind.MAXIMUM_LAG, names, earliest=reached, allowed=allowed)
    return None


def _room(plan: Plan, problem: Problem) -> Clash | None:
    """Activities that find no place even if they were alone."""
    start, _ = plan.early
    profiles = [Profile(capacity) for capacity in plan.capacities]
    for j, activity in enumerate(problem.activities):
        placed = []
        for option in plan.options[j]:
            found = slot(profiles, option, start[j], 0)
            if found is not None:
                placed.append((option.finish(found), found))
        allowed = plan.latest[j]
        if activity.fixed_start is not None:
            if any(found == activity.fixed_start for _, found in placed):
                continue
        elif any(finish <= allowed for finish, _ in placed):
            continue
        modes = [activity.modes[option.mode] for option in plan.options[j]]
        resources = tuple(dict.fromkeys(key for mode in modes for key, units in mode.demands if units))
        earliest = min((finish for finish, _ in placed), default=0)
        return Clash(ClashKind.NO_ROOM, (activity.key,), resources, earliest=earliest, allowed=allowed)
    return None


def _chain(plan: Plan, j: int, start: list[int], finish: list[int]) -> tuple[str, ...]:
    """What holds `j` where it is, back to what waits for nothing: the driving links, in the order of time.

    Links round a maximum lag that cannot be met come back to where they began: the chain is then that circle.
    """
    chain = [j]
    while (previous := _driver(plan, chain[-1], start, finish)) is not None:
        if previous in chain:
            chain = [*chain[chain.index(previous) :], previous]
            break
        chain.append(previous)
    return tuple(plan.keys[j] for j in reversed(chain))


def _driver(plan: Plan, j: int, start: list[int], finish: list[int]) -> int | None:
    def ends(at: bool) -> Callable[[int], int]:
        return (finish if at else start).__getitem__

    arcs = [*((i, True, False, lag) for i, lag in plan.after[j]), *plan.others[j]]
    # A maximum lag holds the predecessor close to its successor.
    arcs += [
        (k, to_finish, from_finish, -lag)
        for k in set(plan.followers[j])
        for i, from_finish, to_finish, lag in plan.within[k]
        if i == j
    ]
    for i, from_finish, to_finish, lag in arcs:
        held = ends(from_finish)(i) + lag
        floor = min(
            option.first_start(0, held) if to_finish else option.first_start(held, 0) for option in plan.options[j]
        )
        if floor >= start[j] and floor > plan.release[j]:
            return i
    return None
