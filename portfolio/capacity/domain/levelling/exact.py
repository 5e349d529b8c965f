"""The best dates, or a proof of how good the found ones are: CP-SAT, begun from the heuristic's dates."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from portfolio.capacity.domain.levelling.bounds import earliest_ends, lower_bound
from portfolio.capacity.domain.levelling.clashes import checked
from portfolio.capacity.domain.levelling.cp_sat import Answer, Model, count_ways, solver_library
from portfolio.capacity.domain.levelling.errors import Clash, ClashKind, Infeasible, LevellingError, Requirement
from portfolio.capacity.domain.levelling.generation import Attempt, Generation, list_order
from portfolio.capacity.domain.levelling.heuristic import QUICK, Search
from portfolio.capacity.domain.levelling.plan import Plan
from portfolio.capacity.domain.levelling.problem import Activity, Problem

# Of the time given, what the heuristic may take first. In a large problem (ways to begin: modes x pauses that they
# may run into) it goes further than the solver, whose model of one larger still would not even fit.
FIRST_SHARE = 0.1
LARGE, LARGE_SHARE = 1_000, 0.6
TOO_LARGE = 50_000
# And of placements for each activity: in a small problem more of them do not help.
FIRST_EFFORT = 1_500
# Of the time given, what the search for the fewest clashing requirements may take on top.
CLASH_SHARE = 0.5
PLENTY = 10**9


def best_dates(
    problem: Problem,
    *,
    seconds: float,
    workers: int,
    seed: int,
    stopped: Callable[[], bool],
    deterministic: float | None = None,
) -> tuple[Plan, Attempt, int]:
    """The plan, the best dates found, and the cost that none undercuts (equal: proved); the parameters are those of
    `level`.

    Raises Infeasible with the clash, LevellingError(no_answer) when neither dates nor a clash were found in time.
    """
    begun = time.monotonic()
    plan = checked(problem)
    bound = lower_bound(problem, plan)
    size = count_ways(plan)
    share = FIRST_SHARE if size <= LARGE else LARGE_SHARE if size <= TOO_LARGE else 1.0

    def enough() -> bool:
        return stopped() or (deterministic is None and time.monotonic() - begun > seconds * share)

    effort = PLENTY if size > LARGE else FIRST_EFFORT * len(plan.keys)
    effort = effort if deterministic is None else QUICK
    search = Search(plan, effort=effort, bound=bound, seed=seed, stopped=enough)
    best = search.run()
    if best is not None and (best.cost <= bound or size > TOO_LARGE or stopped()):
        return plan, best, bound
    if size > TOO_LARGE:
        raise LevellingError("no_answer")
    spent = time.monotonic() - begun
    # The import is not counted: it takes seconds on a busy machine, once.
    solver_library()
    begun = time.monotonic() - spent
    limits = project_limits(problem, plan, best)
    model = Model(problem, plan, early=plan.early[0], late=windows(plan, limits), limits=limits)
    if best is not None:
        model.hint(best)
    left = seconds - (time.monotonic() - begun)
    answer = model.solve(seconds=left, workers=workers, seed=seed, deterministic=deterministic, stopped=stopped)
    if answer.infeasible:
        raise Infeasible(_clash(problem, plan, seconds=seconds * CLASH_SHARE, seed=seed, stopped=stopped))
    bound = max(bound, answer.bound)
    if answer.dates is not None and (best is None or answer.dates.cost < best.cost):
        best = tightened(plan, answer.dates)
    if best is None:
        raise LevellingError("no_answer")
    return plan, best, min(bound, best.cost)


def tightened(plan: Plan, dates: Attempt) -> Attempt:
    """The same order and modes, each activity as early as it goes: the solver leaves slack where it costs nothing."""
    order = list_order(plan, dates.start)
    early = Generation(plan, dates.option, plan.release).serial(order)
    return early if early.stuck < 0 and early.cost <= dates.cost else dates


def project_limits(problem: Problem, plan: Plan, best: Attempt | None) -> list[int]:
    """The latest end of each project at which the whole costs no more than the known dates."""
    limits = [plan.horizon] * len(plan.weights)
    if best is None:
        return limits
    ends = earliest_ends(problem, plan)
    least = [weight * max(0, end - due) for weight, end, due in zip(plan.weights, ends, plan.dues, strict=True)]
    for project, weight in enumerate(plan.weights):
        if weight:
            spare = best.cost - sum(least) + least[project]
            limits[project] = min(plan.horizon, plan.dues[project] + spare // weight)
    return limits


def windows(plan: Plan, limits: Sequence[int]) -> list[int]:
    """The latest finish of each activity by dates, links, and the latest end of its project."""
    paused = any(option.pauses for options in plan.options for option in options)
    tails: Sequence[int] = [0] * len(plan.keys) if paused else plan.tails
    return [
        min(latest, limits[project] - tail)
        for latest, project, tail in zip(plan.latest, plan.project, tails, strict=True)
    ]


def _clash(problem: Problem, plan: Plan, *, seconds: float, seed: int, stopped: Callable[[], bool]) -> Clash:
    """Requirements that cannot all be met, as few as the time allows to find (a deletion filter: Chinneck and
    Dravnieks 1991, from the core that the solver gives)."""
    bare = replace(
        problem,
        activities=tuple(replace(activity, deadline=None, fixed_start=None) for activity in problem.activities),
        links=tuple(replace(link, max_lag=None) for link in problem.links),
    )
    loose = replace(checked(bare), horizon=plan.horizon)
    late = [plan.horizon] * len(plan.keys)
    model = Model(problem, loose, early=loose.early[0], late=late, relaxable=True)
    until = time.monotonic() + seconds

    def core(assumed: list[Requirement]) -> Answer:
        left = until - time.monotonic()
        return model.solve(seconds=left, workers=1, seed=seed, stopped=stopped, assumed=assumed)

    clashing = [requirement for _, requirement in model.assumptions.values()]
    clashing = core(clashing).core or clashing
    minimal = True
    for requirement in list(clashing):
        if requirement not in clashing:
            continue
        if time.monotonic() > until or stopped():
            minimal = False
            break
        answer = core([other for other in clashing if other != requirement])
        if answer.infeasible:
            clashing = answer.core
        elif answer.dates is None:
            minimal = False
    return Clash(ClashKind.TOGETHER, _concerned(problem, clashing), requirements=tuple(clashing), minimal=minimal)


def _concerned(problem: Problem, requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """The activities that the requirements name."""
    named = {name for requirement in requirements for name in requirement.names}

    def named_one(activity: Activity) -> bool:
        return activity.key in named

    return tuple(activity.key for activity in filter(named_one, problem.activities))
