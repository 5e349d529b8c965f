"""The door to levelling: a problem in, feasible dates out."""

from collections.abc import Callable
from enum import StrEnum

from portfolio.capacity.domain.levelling.bounds import lower_bound
from portfolio.capacity.domain.levelling.clashes import checked
from portfolio.capacity.domain.levelling.errors import LevellingError
from portfolio.capacity.domain.levelling.exact import best_dates
from portfolio.capacity.domain.levelling.generation import Attempt
from portfolio.capacity.domain.levelling.heuristic import QUICK, Search
from portfolio.capacity.domain.levelling.plan import Plan
from portfolio.capacity.domain.levelling.problem import Levelled, Placement, Problem


class Method(StrEnum):
    """At once, or as good as the time allows."""

    HEURISTIC = "heuristic"
    EXACT = "exact"


def level(
    problem: Problem,
    *,
    method: Method = Method.HEURISTIC,
    seconds: float = 30.0,
    seed: int = 0,
    effort: int = QUICK,
    workers: int = 2,
    deterministic: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Levelled:
    """Dates and modes that satisfy the problem, at the least cost that could be found.

    The heuristic makes `effort` placements (some ten thousand in a tenth of a second) and ignores `seconds`; its
    answer depends on the problem and the seed alone. The exact method searches for `seconds` on `workers` cores;
    where `deterministic` is given, for so many of the solver's units of work at most: it is then repeatable as well.
    `stopped` is asked every fifth of a second, also while the solver runs; the best dates so far are then given.

    Raises Infeasible (with the clash) when there are no such dates; LevellingError(no_answer) when none were found,
    which does not say that there are none.
    """
    if method is Method.EXACT:
        plan, attempt, bound = best_dates(
            problem,
            seconds=seconds,
            workers=workers,
            seed=seed,
            stopped=stopped,
            deterministic=deterministic,
        )
        return _levelled(plan, attempt, bound, method)
    plan = checked(problem)
    bound = lower_bound(problem, plan)
    found = Search(plan, effort=effort, bound=bound, seed=seed, stopped=stopped).run()
    if found is None:
        raise LevellingError("no_answer")
    return _levelled(plan, found, bound, method)


def _levelled(plan: Plan, attempt: Attempt, bound: int, method: Method) -> Levelled:
    placements = {
        key: Placement(start, finish, options[index].mode)
        for key, start, finish, options, index in zip(
            plan.keys, attempt.start, attempt.finish, plan.options, attempt.option, strict=True
        )
    }
    return Levelled(placements, attempt.cost, bound, method.value)
