"""A problem made ready for the search: numbers for keys, capacities as profiles, and the same plan read backwards."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from portfolio.capacity.domain.levelling.pauses import Pauses
from portfolio.capacity.domain.levelling.problem import Activity, Mode, Problem, Resource
from portfolio.planning.domain.network import DependencyType

# Few resources are followed together, packed in one integer (see profile.py); many, each for itself.
PACKED_TOGETHER = 8

# (the other activity, whether its finish counts, whether one's own finish is held, lag)
Arc = tuple[int, bool, bool, int]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Option:
    """A mode that capacity allows. `needs` are (profile, packed units); `mode` is its place in the activity."""

    mode: int
    duration: int
    needs: tuple[tuple[int, int], ...]
    pauses: Pauses | None

    def finish(self, start: int) -> int:
        return start + self.duration if self.pauses is None else self.pauses.finish(start, self.duration)

    def first_start(self, start: int, finish: int) -> int:
        """The first start from `start` on that ends at `finish` or later."""
        if self.pauses is None:
            return max(start, finish - self.duration)
        if self.duration:
            start = self.pauses.resumed(start)
        return max(start, self.pauses.start_to_finish_from(finish, self.duration))


@dataclass(frozen=True, slots=True)
class Capacity:
    """Resources whose free units are fields of one integer: breakpoints, and what is free from each on.

    Each field has a guard bit above it, always set in `free`, that a subtraction of too much clears.
    """

    times: tuple[int, ...]
    free: tuple[int, ...]
    guards: int


@dataclass(frozen=True)
class Plan:
    """Everything by number. An activity ends at `least_finish` at the earliest. `order` follows the links; arcs into
    an activity are in `after`, `others` (all that is not finish-start) and, for maximum lags, `within`; `followers`
    counts each arc once."""

    keys: tuple[str, ...]
    options: tuple[tuple[Option, ...], ...]
    release: tuple[int, ...]
    least_finish: tuple[int, ...]
    deadline: tuple[int, ...]
    fixed: tuple[int, ...]
    project: tuple[int, ...]
    weights: tuple[int, ...]
    dues: tuple[int, ...]
    after: tuple[tuple[tuple[int, int], ...], ...]
    others: tuple[tuple[Arc, ...], ...]
    within: tuple[tuple[Arc, ...], ...]
    followers: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    capacities: tuple[Capacity, ...]
    horizon: int

    @cached_property
    def backwards(self) -> "Plan":
        """The plan on a time line that runs from the horizon to 0: starts become finishes, FF becomes SS."""
        mirror = _mirrored(self)
        # Backwards twice is forwards: said rather than computed again.
        mirror.__dict__["backwards"] = self
        return mirror

    @cached_property
    def early(self) -> tuple[list[int], list[int]]:
        """Earliest starts and finishes by links and dates alone (not by capacity)."""
        start, finish, _ = self.earliest(self.release)
        return start, finish

    @cached_property
    def unstable(self) -> int | None:
        """An activity that a maximum lag and the links along it push ever later; None if there is none."""
        return self.earliest(self.release)[2]

    @cached_property
    def latest(self) -> list[int]:
        """Latest finishes by links, deadlines and fixed dates; the horizon where nothing presses."""
        return [self.horizon - start for start in self.backwards.early[0]]

    @cached_property
    def tails(self) -> list[int]:
        """For each activity, the least time between its end and that of its project (0 for the last)."""
        ends = self.ends(self.early[1])
        floors = [
            max(release, self.horizon - ends[project])
            for release, project in zip(self.backwards.release, self.project, strict=True)
        ]
        starts = self.backwards.earliest(floors)[0]
        return [start - self.horizon + ends[project] for start, project in zip(starts, self.project, strict=True)]

    @cached_property
    def tight(self) -> bool:
        """Whether dates may turn out to be impossible: else any order of activities gives feasible dates."""
        return (
            any(deadline < self.horizon for deadline in self.deadline)
            or any(fixed >= 0 for fixed in self.fixed)
            or any(self.within)
        )

    def earliest(self, floors: Sequence[int]) -> tuple[list[int], list[int], int | None]:
        """The forward pass from `floors`, the shortest mode of each; a fixed start is taken as it is.

        Maximum lags hold as well, as arcs from the successor back: after as many rounds as there are activities, what
        still moves would do so for ever (Bellman and Ford), and is given beside the dates.
        """
        start, finish = [0] * len(self.keys), [0] * len(self.keys)
        floors, least = list(floors), list(self.least_finish)
        moved: int | None = None
        for _ in range(len(self.keys) + 2):
            moved = None
            for j in self.order:
                low, low_finish = self.bounds(j, floors[j], start, finish)
                low_finish = max(low_finish, least[j])
                if self.fixed[j] >= 0:
                    low, low_finish = self.fixed[j], 0
                starts = [option.first_start(low, low_finish) for option in self.options[j]]
                start[j] = min(starts)
                finish[j] = min(map(Option.finish, self.options[j], starts))
            for j in self.order:
                for i, from_finish, to_finish, lag in self.within[j]:
                    held = (finish if to_finish else start)[j] - lag
                    if held > (finish if from_finish else start)[i] and self.fixed[i] < 0:
                        (least if from_finish else floors)[i] = held
                        moved = i
            if moved is None:
                break
        return start, finish, moved

    def bounds(self, j: int, low: int, start: Sequence[int], finish: Sequence[int]) -> tuple[int, int]:
        """The first start and the first finish that the links into `j` allow, given the dates of its predecessors."""
        low_finish = 0
        for i, lag in self.after[j]:
            if finish[i] + lag > low:
                low = finish[i] + lag
        for i, from_finish, to_finish, lag in self.others[j]:
            held = (finish if from_finish else start)[i] + lag
            if to_finish:
                low_finish = max(low_finish, held)
            else:
                low = max(low, held)
        return low, low_finish

    def ends(self, finish: Sequence[int]) -> list[int]:
        """When each project ends."""
        found = [0] * len(self.weights)
        for project, end in zip(self.project, finish, strict=True):
            if end > found[project]:
                found[project] = end
        return found

    def cost(self, finish: Sequence[int]) -> int:
        """What the dates cost: weighted tardiness of the projects."""
        return sum(
            weight * max(0, end - due)
            for weight, end, due in zip(self.weights, self.ends(finish), self.dues, strict=True)
        )


def compiled(problem: Problem, order: Sequence[str]) -> Plan:
    """The plan of a problem whose links have no cycle; `order` is one in which they can be followed.

    A mode that asks more than there ever is is left out; an activity must keep one (clashes.py sees to both).
    """
    number = {activity.key: index for index, activity in enumerate(problem.activities)}
    projects = {project.key: index for index, project in enumerate(problem.projects)}
    horizon = _horizon(problem)
    after: list[list[tuple[int, int]]] = [[] for _ in number]
    others: list[list[Arc]] = [[] for _ in number]
    within: list[list[Arc]] = [[] for _ in number]
    for link in problem.links:
        i, j = number[link.predecessor], number[link.successor]
        from_finish, to_finish = ends_of(link.type)
        if link.type is DependencyType.FINISH_START:
            after[j].append((i, link.lag))
        else:
            others[j].append((i, from_finish, to_finish, link.lag))
        if link.max_lag is not None:
            within[j].append((i, from_finish, to_finish, link.max_lag))
    capacities, fields = _capacities(problem)
    return Plan(
        keys=tuple(number),
        options=tuple(_options(activity, problem, fields) for activity in problem.activities),
        release=tuple(activity.release for activity in problem.activities),
        least_finish=(0,) * len(number),
        deadline=tuple(
            horizon if activity.deadline is None else activity.deadline for activity in problem.activities
        ),
        fixed=tuple(-1 if activity.fixed_start is None else activity.fixed_start for activity in problem.activities),
        project=tuple(projects[activity.project] for activity in problem.activities),
        weights=tuple(project.weight for project in problem.projects),
        dues=tuple(project.due for project in problem.projects),
        after=_frozen(after),
        others=_frozen(others),
        within=_frozen(within),
        followers=_followers(after, others),
        order=tuple(number[key] for key in order),
        capacities=capacities,
        horizon=horizon,
    )


def ends_of(kind: DependencyType) -> tuple[bool, bool]:
    """Whether a link leaves from the finish of its predecessor, and whether it holds the finish of its successor."""
    return (
        kind in (DependencyType.FINISH_START, DependencyType.FINISH_FINISH),
        kind in (DependencyType.FINISH_FINISH, DependencyType.START_FINISH),
    )


def _horizon(problem: Problem) -> int:
    """An instant by which some best dates end: everything one after the other, after all that is particular."""
    instants = [0]
    for activity in problem.activities:
        instants += [activity.release, activity.deadline or 0, activity.fixed_start or 0]
        instants += [mode.pauses[-1][1] for mode in activity.modes if mode.pauses]
    instants += [resource.steps[-1][0] for resource in problem.resources if resource.steps]
    durations = sum(max(mode.duration for mode in activity.modes) for activity in problem.activities)
    return max(instants) + durations + sum(max(link.lag, 0) for link in problem.links) + 1


def fits(mode: Mode, most: Mapping[str, int]) -> bool:
    """Whether there is ever as much of each resource as the mode asks."""
    return not mode.duration or all(units <= most[key] for key, units in mode.demands)


def _options(activity: Activity, problem: Problem, fields: dict[str, tuple[int, int]]) -> tuple[Option, ...]:
    found = []
    for index, mode in enumerate(activity.modes):
        if not fits(mode, problem.most):
            continue
        needs: dict[int, int] = {}
        for key, units in mode.demands if mode.duration else ():
            if units:
                group, shift = fields[key]
                needs[group] = needs.get(group, 0) + (units << shift)
        pauses = Pauses(mode.pauses) if mode.pauses else None
        found.append(Option(index, mode.duration, tuple(needs.items()), pauses))
    return tuple(found)


def _capacities(problem: Problem) -> tuple[tuple[Capacity, ...], dict[str, tuple[int, int]]]:
    """The profiles, and for each resource which of them holds it, from which bit on."""
    size = PACKED_TOGETHER if len(problem.resources) <= PACKED_TOGETHER else 1
    capacities: list[Capacity] = []
    fields: dict[str, tuple[int, int]] = {}
    for first in range(0, len(problem.resources), size):
        group = problem.resources[first : first + size]
        shift, guards = 0, 0
        for resource in group:
            fields[resource.key] = (len(capacities), shift)
            shift += resource.most.bit_length() + 1
            guards |= 1 << (shift - 1)
        times = sorted({0}.union(*({max(0, instant) for instant, _ in resource.steps} for resource in group)))
        free = [guards + sum(units_at(one, time) << fields[one.key][1] for one in group) for time in times]
        capacities.append(Capacity(tuple(times), tuple(free), guards))
    return tuple(capacities), fields


def units_at(resource: Resource, instant: int) -> int:
    """The units that there are at an instant."""
    index = bisect_right(resource.steps, instant, key=lambda step: step[0])
    return resource.steps[index - 1][1] if index else 0


def _mirrored(plan: Plan) -> Plan:
    horizon, count = plan.horizon, len(plan.keys)
    after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    others: list[list[Arc]] = [[] for _ in range(count)]
    within: list[list[Arc]] = [[] for _ in range(count)]
    for j in range(count):
        for i, lag in plan.after[j]:
            after[i].append((j, lag))
        for arcs, reversed_arcs in ((plan.others, others), (plan.within, within)):
            for i, from_finish, to_finish, lag in arcs[j]:
                reversed_arcs[i].append((j, not to_finish, not from_finish, lag))
    options = tuple(
        tuple(replace(one, pauses=one.pauses and one.pauses.mirrored(horizon)) for one in options)
        for options in plan.options
    )
    release = [horizon - deadline for deadline in plan.deadline]
    least_finish = [0] * count
    for j, date in enumerate(plan.fixed):
        if date >= 0:
            # The modes differ in length: what is fixed is the end of the mirrored activity, not its start.
            release[j] = max(release[j], horizon - max(option.finish(date) for option in plan.options[j]))
            least_finish[j] = horizon - date
    return replace(
        plan,
        options=options,
        release=tuple(release),
        least_finish=tuple(least_finish),
        deadline=tuple(horizon - release for release in plan.release),
        fixed=(-1,) * count,
        after=_frozen(after),
        others=_frozen(others),
        within=_frozen(within),
        followers=_followers(after, others),
        order=plan.order[::-1],
        capacities=tuple(_reversed_capacity(one, horizon) for one in plan.capacities),
    )


def _reversed_capacity(capacity: Capacity, horizon: int) -> Capacity:
    edges = [*capacity.times, horizon]
    times = [horizon - end for _, end in pairwise(edges)][::-1]
    return Capacity((*times, horizon), (*capacity.free[::-1], capacity.guards), capacity.guards)


def _followers(
    after: Sequence[Sequence[tuple[int, int]]], others: Sequence[Sequence[Arc]]
) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in after]
    for j, (plain, rest) in enumerate(zip(after, others, strict=True)):
        for i in [*(arc[0] for arc in plain), *(arc[0] for arc in rest)]:
            found[i].append(j)
    return _frozen(found)


def _frozen(lists: Iterable[Sequence[Item]]) -> tuple[tuple[Item, ...], ...]:
    return tuple(map(tuple, lists))
