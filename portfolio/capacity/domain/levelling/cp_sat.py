"""The levelling problem as a CP-SAT model: intervals, cumulative resources, links between ends.

The only module that knows OR-Tools; it is imported when a model is built, as it takes long and not everybody needs
it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portfolio.capacity.domain.levelling.errors import Requirement, RequirementKind
from portfolio.capacity.domain.levelling.generation import Attempt
from portfolio.capacity.domain.levelling.plan import Option, Plan, ends_of
from portfolio.capacity.domain.levelling.problem import Link, Problem, Resource
from portfolio.capacity.domain.solver import watched


@dataclass(frozen=True, slots=True)
class Way:
    """A mode begun between `first` and `last`, in which it crosses the same pauses: it ends `length` after its start
    and works in `pieces`; None for the bound that moves with the start (of the first) or the end (of the last)."""

    index: int
    option: Option
    first: int
    last: int
    length: int
    pieces: tuple[tuple[int | None, int | None], ...]


@dataclass(slots=True)
class Answer:
    """What the solver says: dates if it found any, the cost that none undercuts, and whether there are none at
    all."""

    dates: Attempt | None
    bound: int
    infeasible: bool
    core: list[Requirement] = field(default_factory=list)


def solver_library() -> Any:
    """OR-Tools' CP-SAT, imported at the first call (a second or more)."""
    from ortools.sat.python import cp_model

    return cp_model


def ways(index: int, option: Option, early: int, late: int) -> list[Way]:
    """The ways to begin an option between `early` and `late`."""
    pauses, duration = option.pauses, option.duration
    if pauses is None or not duration:
        return [Way(index, option, early, late, duration, ((None, None),))] if early <= late else []
    found = []
    start = pauses.resumed(early)
    while start <= late:
        finish = option.finish(start)
        stretches = pauses.pieces(start, finish)
        # The start may move up to the next pause, and until the end meets one more.
        ahead = [begin for begin in pauses.begins if begin >= start]
        beyond = [begin for begin in ahead if begin >= finish]
        last = min([late, *(begin - 1 for begin in ahead[:1]), *(begin - (finish - start) for begin in beyond[:1])])
        edges: list[int | None] = [edge for stretch in stretches for edge in stretch]
        edges[0], edges[-1] = None, None
        pieces = tuple(zip(edges[::2], edges[1::2], strict=True))
        found.append(Way(index, option, start, last, finish - start, pieces))
        start = pauses.resumed(last + 1)
    return found


def count_ways(plan: Plan) -> int:
    """At most so many ways to begin activities: how large a model would be."""
    return sum(
        1 if option.pauses is None else 2 * len(option.pauses.intervals) + 1
        for options in plan.options
        for option in options
    )


class Model:
    """A model of a plan within windows: `early` starts and `late` finishes of activities, `limits` of projects' ends.


    With `relaxable`, deadlines, fixed dates, maximum lags and capacities are each held by an assumption that can be
    dropped, and nothing is minimised.
    """

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        *,
        early: Sequence[int],
        late: Sequence[int],
        limits: Sequence[int] = (),
        relaxable: bool = False,
    ) -> None:
        cp_model = self.cp_model = solver_library()
        self.model = cp_model.CpModel()
        self.problem, self.plan, self.relaxable = problem, plan, relaxable
        self.assumptions: dict[int, tuple[Any, Requirement]] = {}
        self.start: list[Any] = []
        self.finish: list[Any] = []
        self.ways: list[list[tuple[Way, Any]]] = []
        self.intervals: dict[str, list[tuple[Any, int]]] = {}
        for j in range(len(plan.keys)):
            self._add_activity(j, early[j], late[j])
        number = {key: j for j, key in enumerate(plan.keys)}
        for link in problem.links:
            self._add_link(link, number[link.predecessor], number[link.successor])
        for resource in problem.resources:
            self._add_resource(resource)
        if relaxable:
            self._add_dates()
        else:
            self._add_cost(limits)

    def _add_activity(self, j: int, early: int, late: int) -> None:
        fixed = self.plan.fixed[j]
        found = [
            replace(way, last=min(way.last, late - way.length))
            for index, option in enumerate(self.plan.options[j])
            for way in ways(index, option, early, late - option.duration if fixed < 0 else fixed)
            if way.first + way.length <= late
        ]
        first, last = min((way.first for way in found), default=0), max((way.last for way in found), default=-1)
        if not found:
            # Nothing fits the window: a model without solution, as it should be.
            self.model.add_bool_or([])
            first, last = early, early
        start = self.model.new_int_var(first, last, f"s{j}")
        self.start.append(start)
        if len(found) == 1:
            self.finish.append(start + found[0].length)
            self.ways.append([(found[0], None)])
        else:
            finish = self.model.new_int_var(first, late, f"f{j}") if found else start
            literals = [self.model.new_bool_var(f"w{j}_{k}") for k in range(len(found))]
            if found:
                self.model.add_exactly_one(literals)
            self.finish.append(finish)
            self.ways.append(list(zip(found, literals, strict=True)))
            for way, literal in self.ways[-1]:
                self.model.add(finish == start + way.length).only_enforce_if(literal)
                self.model.add_linear_constraint(start, way.first, way.last).only_enforce_if(literal)
        for way, literal in self.ways[-1]:
            self._add_work(j, way, literal)

    def _demands(self, j: int, option: Option) -> list[tuple[str, int]]:
        """What an option holds while it works."""
        if not option.duration:
            return []
        return [(key, units) for key, units in self.problem.activities[j].modes[option.mode].demands if units]

    def _add_work(self, j: int, way: Way, literal: Any) -> None:
        """The intervals in which a way works, on each resource that it asks for."""
        demands = self._demands(j, way.option)
        if not demands:
            return
        for begin, end in way.pieces:
            opens = self.start[j] if begin is None else begin
            closes = self.start[j] + way.length if end is None else end
            size = way.length if begin is None and end is None else closes - opens
            if literal is None:
                interval = self.model.new_interval_var(opens, size, closes, "")
            else:
                interval = self.model.new_optional_interval_var(opens, size, closes, literal, "")
            for key, units in demands:
                self.intervals.setdefault(key, []).append((interval, units))

    def _add_link(self, link: Link, i: int, j: int) -> None:
        from_finish, to_finish = ends_of(link.type)
        one = (self.finish if from_finish else self.start)[i]
        two = (self.finish if to_finish else self.start)[j]
        self.model.add(two >= one + link.lag)
        if link.max_lag is not None:
            held = self.model.add(two <= one + link.max_lag)
            if self.relaxable:
                names = (link.predecessor, link.successor)
                held.only_enforce_if(self._assumed(Requirement(RequirementKind.MAXIMUM_LAG, names)))

    def _add_resource(self, resource: Resource) -> None:
        work = self.intervals.get(resource.key)
        if not work:
            return
        most: Any = resource.most
        blocks = [
            (self.model.new_fixed_size_interval_var(begin, end - begin, ""), units)
            for begin, end, units in missing(resource, self.plan.horizon)
        ]
        intervals, demands = zip(*work, *blocks, strict=True)
        if self.relaxable:
            literal = self._assumed(Requirement(RequirementKind.CAPACITY, (resource.key,)))
            enough = sum(demands)
            most = most + enough - enough * literal
        self.model.add_cumulative(intervals, demands, most)

    def _add_dates(self) -> None:
        for j, activity in enumerate(self.problem.activities):
            if activity.deadline is not None:
                literal = self._assumed(Requirement(RequirementKind.DEADLINE, (activity.key,)))
                self.model.add(self.finish[j] <= activity.deadline).only_enforce_if(literal)
            if activity.fixed_start is not None:
                literal = self._assumed(Requirement(RequirementKind.FIXED_DATE, (activity.key,)))
                self.model.add(self.start[j] == activity.fixed_start).only_enforce_if(literal)

    def _assumed(self, requirement: Requirement) -> Any:
        literal = self.model.new_bool_var("")
        self.assumptions[literal.index] = (literal, requirement)
        return literal

    def _add_cost(self, limits: Sequence[int]) -> None:
        """Weighted tardiness; the end of a project has to be known only where it costs."""
        late = []
        for project, (weight, due, limit) in enumerate(zip(self.plan.weights, self.plan.dues, limits, strict=True)):
            members = [j for j, other in enumerate(self.plan.project) if other == project]
            if weight and members and limit > due:
                end = self.model.new_int_var(due, limit, f"e{project}")
                for j in members:
                    self.model.add(end >= self.finish[j])
                late.append(weight * (end - due))
        self.model.minimize(sum(late))

    def hint(self, attempt: Attempt) -> None:
        """Dates to begin the search with."""
        for j, found in enumerate(self.ways):
            self.model.add_hint(self.start[j], attempt.start[j])
            if len(found) < 2:
                continue
            self.model.add_hint(self.finish[j], attempt.finish[j])
            for way, literal in found:
                taken = way.index == attempt.option[j] and way.first <= attempt.start[j] <= way.last
                self.model.add_hint(literal, taken)

    def solve(
        self,
        *,
        seconds: float,
        workers: int,
        seed: int,
        deterministic: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
        assumed: Sequence[Requirement] | None = None,
    ) -> Answer:
        """Search for at most `seconds` (and `deterministic` units of work, the same on any machine).

        `assumed` are the requirements to hold, of a relaxable model; when they clash, `core` names some that do.
        """
        cp_model = self.cp_model
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.max_time_in_seconds = max(seconds, 0.01)
        parameters.num_workers = workers
        parameters.random_seed = seed
        if deterministic is not None:
            parameters.max_deterministic_time = deterministic
            parameters.interleave_search = workers > 1
        if assumed is not None:
            self.model.clear_assumptions()
            self.model.add_assumptions(
                [one for one, requirement in self.assumptions.values() if requirement in assumed]
            )
        status = watched(solver, self.model, stopped)
        if status == cp_model.INFEASIBLE:
            core = [self.assumptions[index][1] for index in solver.sufficient_assumptions_for_infeasibility()]
            return Answer(None, 0, True, core)
        bound = 0 if self.relaxable else -int(-max(solver.best_objective_bound, 0.0) // 1)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, bound, False)
        return Answer(self._dates(solver), bound, False)

    def _dates(self, solver: Any) -> Attempt:
        attempt = Attempt([], [], [])
        for j, found in enumerate(self.ways):
            way = next(way for way, literal in found if literal is None or solver.boolean_value(literal))
            start = solver.value(self.start[j])
            attempt.start.append(start)
            attempt.finish.append(start + way.length)
            attempt.option.append(way.index)
        attempt.cost = self.plan.cost(attempt.finish)
        return attempt


def missing(resource: Resource, horizon: int) -> list[tuple[int, int, int]]:
    """When, and by how many units, there is less of a resource than the most there ever is: (from, until, units)."""
    found = []
    steps = [(0, 0), *resource.steps] if not resource.steps or resource.steps[0][0] > 0 else list(resource.steps)
    for (begin, units), end in zip(steps, [*(instant for instant, _ in steps[1:]), horizon], strict=True):
        begin = max(begin, 0)
        if units < resource.most and end > begin:
            found.append((begin, end, resource.most - units))
    return found
