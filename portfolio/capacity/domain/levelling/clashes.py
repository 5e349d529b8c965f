"""Why a problem has no solution: what can be seen without a search, in the words of ClashKind."""

from dataclasses import dataclass

from portfolio.capacity.domain.levelling.errors import Clash, ClashKind, Infeasible
from portfolio.capacity.domain.levelling.plan import Arc, Plan, compiled, fits
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
        _, last = _pushed(plan)
        names = (plan.keys[plan.unstable],) if last is None else _circle(plan, last)
        return Clash(ClashKind.MAXIMUM_LAG, names)
    for j, activity in enumerate(problem.activities):
        low, low_finish = plan.bounds(j, plan.release[j], start, finish)
        if activity.fixed_start is not None:
            fixed = activity.fixed_start
            starts = [option.first_start(max(low, fixed), low_finish) for option in plan.options[j]]
            if fixed not in starts:
                # Held back by what comes before it, or at rest on that date.
                return Clash(ClashKind.FIXED_DATE, _chain(plan, j), earliest=min(starts), allowed=fixed)
        if activity.deadline is not None and finish[j] > activity.deadline:
            return Clash(ClashKind.DEADLINE, _chain(plan, j), earliest=finish[j], allowed=activity.deadline)
        for i, from_finish, to_finish, lag in plan.within[j]:
            if plan.fixed[i] < 0:
                continue
            # Elsewhere the predecessor was held back; a fixed one cannot be, and only a longer mode could help.
            ends = [option.finish(plan.fixed[i]) for option in plan.options[i]]
            allowed = (max(ends) if from_finish else plan.fixed[i]) + lag
            reached = (finish if to_finish else start)[j]
            if reached > allowed:
                chain = _chain(plan, j)
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


@dataclass(frozen=True, slots=True)
class Push:
    """How an activity came to start at an instant: `by` what pushed it there, None for its own dates."""

    activity: int
    start: int
    by: "Push | None"


def _pushed(plan: Plan) -> tuple[list[Push], Push | None]:
    """The forward pass once more, with what pushed each activity; and the last push, if they would never end."""
    found = [Push(j, max(_own(plan, j), plan.fixed[j]), None) for j in range(len(plan.keys))]
    last = None
    for _ in range(len(found) + 2):
        last = None
        for j in plan.order:
            for arc in _arcs(plan, j):
                floor = _floor(plan, j, arc, found)
                if floor > found[j].start and plan.fixed[j] < 0:
                    last = found[j] = Push(j, floor, found[arc[0]])
        if last is None:
            break
    return found, last


def _chain(plan: Plan, j: int) -> tuple[str, ...]:
    """What pushed `j` to where it is, or would be but for its fixed date, in the order of time.

    Of several modes each may be held by another chain: the one told is that of the mode that could start first.
    """
    pushes, _ = _pushed(plan)
    if plan.fixed[j] >= 0:
        floors = [(_floor(plan, j, arc, pushes), arc[0]) for arc in _arcs(plan, j)]
        floor, i = max(floors, default=(0, j))
        if floor > plan.fixed[j]:
            return _names(plan, [j, *_followed(pushes[i])])
    return _names(plan, _followed(pushes[j]))


def _circle(plan: Plan, last: Push) -> tuple[str, ...]:
    """Links that push each other ever later, round a maximum lag; the first activity is repeated at the end."""
    chain: list[int] = []
    for i in _followed(last):
        chain.append(i)
        if i in chain[:-1]:
            return _names(plan, chain[chain.index(i) :])
    return _names(plan, chain)


def _followed(push: Push) -> list[int]:
    """The activities of a push and of those before it, the last first."""
    found = [push.activity]
    while push.by is not None:
        push = push.by
        found.append(push.activity)
    return found


def _own(plan: Plan, j: int) -> int:
    """The first start by the activity's own release and pauses."""
    return min(option.first_start(plan.release[j], 0) for option in plan.options[j])


def _arcs(plan: Plan, j: int) -> list[Arc]:
    """All that may hold `j`: its links, and the maximum lags that keep it close to its successors."""
    arcs = [*((i, True, False, lag) for i, lag in plan.after[j]), *plan.others[j]]
    for k in set(plan.followers[j]):
        for i, from_finish, to_finish, lag in plan.within[k]:
            if i == j:
                arcs.append((k, to_finish, from_finish, -lag))
    return arcs


def _floor(plan: Plan, j: int, arc: Arc, pushes: list[Push]) -> int:
    """The first start that an arc allows `j`."""
    i, from_finish, to_finish, lag = arc
    start = pushes[i].start
    end = lag + (min(option.finish(start) for option in plan.options[i]) if from_finish else start)
    return min(option.first_start(0, end) if to_finish else option.first_start(end, 0) for option in plan.options[j])


def _names(plan: Plan, chain: list[int]) -> tuple[str, ...]:
    return tuple(plan.keys[j] for j in reversed(chain))
