"""The choice of projects as a CP-SAT model: one truth value for each project and each period it may begin in.

OR-Tools is imported when a model is built: it takes long, and not everybody needs it.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from portfolio.capacity.domain.solver import watched
from portfolio.scenarios.domain.selection import (
    CENTS,
    ZERO,
    Choice,
    ClashKind,
    Infeasible,
    Limit,
    Problem,
    Reason,
    ReasonKind,
    Requirement,
    Rule,
    SelectionError,
    fits,
    greedy,
    whole,
    whole_limit,
    worth,
)
from portfolio.scenarios.domain.selection_mip import TOLERANCE, BranchAndCut, relaxed
from portfolio.scenarios.domain.selection_search import improved

SECONDS: Final = 10.0
WORKERS: Final = 2
LEAST_SECONDS: Final = 0.1
# The share of the time that the local search may take.
SEARCH_SHARE: Final = 0.3
# Whole numbers are all that CP-SAT knows: money in cents, values in ten-thousandths, shares in millionths.
VALUE_UNITS: Final = 10_000
SHARE_UNITS: Final = 1_000_000


def choose(
    problem: Problem,
    *,
    seconds: float = SECONDS,
    workers: int = WORKERS,
    seed: int = 1,
    deterministic: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Choice:
    """The choice of the most value that `seconds` find, and how much better the best may be.

    Two solvers work beside each other from a choice that a local search has found: CP-SAT (exact, finds good choices)
    and, when that has not ended after HEAD_START, branch and cut (bounds them); the first to prove ends both.

    Where `deterministic` is given, CP-SAT alone takes so many of its units of work at most, and one worker: the
    answer is then repeatable. `stopped` is asked every fifth of a second. Raises SelectionError: Infeasible when the
    mandatory projects cannot all be done, with what is missing.
    """
    problem.check()
    until = time.monotonic() + seconds
    repeatable = deterministic is not None
    ceiling = relaxed(problem)
    start = greedy(problem)
    if fits(problem, start):  # it may have left out what is mandatory
        share = 1.0 if repeatable else SEARCH_SHARE
        prices = ceiling.prices if ceiling is not None else {}
        start = improved(problem, start, seconds=seconds * share, seed=seed, prices=prices, stopped=stopped)
    model = _Model(problem)
    model.limit()
    model.hint(start)
    model.model.maximize(model.value())
    left = max(LEAST_SECONDS, until - time.monotonic())
    beside = BranchAndCut(problem, start, left)
    if workers > 1 and not repeatable:
        beside.start()
    solver = _solver(left, max(1, workers - 1), seed, deterministic)
    status = model.solve(solver, lambda: stopped() or beside.proved)
    beside.stop()
    if status == "infeasible":
        raise _clash(problem, seconds, seed)
    if status == "optimal":  # values are rounded for the solver: its proof holds for what was rounded
        best = model.starts(solver)
        return Choice(best, worth(problem, best), worth(problem, best), True)
    found = [one for one in (start, beside.starts) if one is not None and fits(problem, one)]
    bounds = [sum((max(ZERO, *one.values) for one in problem.candidates), ZERO)]
    bounds += [ceiling.bound] if ceiling is not None else []
    if status == "feasible":
        found.append(model.starts(solver))
        bounds.append(Decimal(round(solver.best_objective_bound)) / VALUE_UNITS)
    if beside.bound is not None:
        bounds.append(beside.bound)
    if not found:  # nothing in the time: what must be done, if that is known to fit, and no more
        found.append(_at_least(problem, seconds, seed))
    best = greedy(problem, max(found, key=lambda one: worth(problem, one)))
    value, bound = worth(problem, best), min(bounds)
    proved = bound - value <= 2 * TOLERANCE * abs(bound)
    return Choice(best, value, value if proved else max(bound, value), proved)


class _Model:
    def __init__(self, problem: Problem, mandatory: Iterable[str] | None = None) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.cp, self.model = problem, cp_model, cp_model.CpModel()
        self.at: dict[tuple[str, int], Any] = {
            (one.key, start): self.model.new_bool_var(f"{one.key}@{start}")
            for one in problem.candidates
            for start in one.starts
        }
        held = {one.key for one in problem.candidates if one.mandatory} if mandatory is None else set(mandatory)
        self.chosen: dict[str, Any] = {}
        for one in problem.candidates:
            chosen = self.chosen[one.key] = self.model.new_bool_var(one.key)
            self.model.add(sum(self.at[one.key, start] for start in one.starts) == chosen)
            if one.key in held:
                self.model.add(chosen == 1)
        for group in problem.exclusive:
            self.model.add_at_most_one(self.chosen[key] for key in sorted(group))
        for rule in problem.requirements:
            self._require(rule.candidate, rule.needs, rule.gap)

    def _require(self, candidate: str, needs: str, gap: int) -> None:
        """Begun by a period only if the other has begun early enough to have ended by then."""
        before, begun = self.problem.by_key[needs], list[Any]()
        for start in self.problem.by_key[candidate].starts:
            begun.append(self.at[candidate, start])
            early = [self.at[needs, at] for at in before.starts if at + before.periods + gap <= start]
            self.model.add(sum(early) >= sum(begun))

    def limit(self, slack: Callable[[Limit, int], Any] | None = None) -> None:
        """Keep within the budgets and capacities, or within what `slack` adds to them."""
        limits = self.problem.limits
        asked: dict[int, list[tuple[int, Any]]] = {}
        for one in self.problem.candidates:
            for start in one.starts:
                for number, amount in limits.taken(one, start).items():
                    taken = whole(amount, limits.all[number])
                    asked.setdefault(number, []).append((taken, self.at[one.key, start]))
        for number, terms in asked.items():
            limit = limits.all[number]
            has = whole_limit(limit)
            more = 0 if slack is None else slack(limit, sum(amount for amount, _ in terms))
            self.model.add(
                self.cp.LinearExpr.weighted_sum([one for _, one in terms], [amount for amount, _ in terms])
                <= has + more
            )

    def hint(self, starts: Mapping[str, int]) -> None:
        """Where to begin to search."""
        for (key, at), literal in self.at.items():
            self.model.add_hint(literal, starts.get(key) == at)

    def value(self) -> Any:
        """What the choice is worth."""
        by_key = self.problem.by_key
        return sum(_units(by_key[key].value_at(at)) * literal for (key, at), literal in self.at.items())

    def solve(self, solver: Any, stopped: Callable[[], bool]) -> str:
        """optimal, feasible, infeasible or unknown."""
        names = {
            self.cp.OPTIMAL: "optimal", self.cp.FEASIBLE: "feasible", self.cp.INFEASIBLE: "infeasible",
        }  # fmt: skip
        return names.get(watched(solver, self.model, stopped), "unknown")

    def starts(self, solver: Any) -> dict[str, int]:
        """When each project chosen begins."""
        return {key: at for (key, at), literal in self.at.items() if solver.boolean_value(literal)}


def _solver(seconds: float, workers: int, seed: int, deterministic: float | None = None) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2  # limits are sums: their relaxation says most
    if deterministic is not None:
        solver.parameters.max_deterministic_time = deterministic
        solver.parameters.num_workers = 1
    return solver


def _at_least(problem: Problem, seconds: float, seed: int) -> dict[str, int]:
    """Any choice that holds what is mandatory. Raises SelectionError("no_answer") when none is found in time."""
    model = _Model(problem)
    model.limit()
    solver = _solver(seconds, 1, seed)
    status = model.solve(solver, lambda: False)
    if status == "infeasible":
        raise _clash(problem, seconds, seed)
    if status == "unknown":
        raise SelectionError("no_answer")
    return model.starts(solver)


def forced(problem: Problem, key: str, *, seconds: float = SECONDS, seed: int = 1) -> Choice:
    """The best choice that holds `key`: what it is worth less than the best of all is what `key` costs. Raises as
    `choose`."""
    candidates = tuple(replace(one, mandatory=one.mandatory or one.key == key) for one in problem.candidates)
    return choose(replace(problem, candidates=candidates), seconds=seconds, seed=seed)


def least_slack(
    problem: Problem,
    *,
    near: Mapping[str, int] | None = None,
    seconds: float = SECONDS,
    seed: int = 1,
    deterministic: float | None = None,
) -> tuple[tuple[Reason, ...], dict[str, int], bool] | None:
    """The least money and people, in shares of what there is, that all that is mandatory lacks; among as little, the
    most projects that begin as in `near`. With the starts, and whether it is proved that no less would do. None where
    the rules do not allow it, or when nothing was found in the time."""
    model = _Model(problem)
    slacks: list[tuple[Limit, Any]] = []

    def slack(limit: Limit, most: int) -> Any:
        more = model.model.new_int_var(0, most, "")
        slacks.append((limit, more))
        return more

    model.limit(slack)
    near = near or {}
    model.hint(near)
    # In shares of what there is in all: a euro and a minute do not compare.
    missing = sum(_share(problem, limit) * more for limit, more in slacks)
    moved = sum(1 - model.at[one] for one in near.items() if one in model.at)
    model.model.minimize((len(near) + 1) * missing + moved)
    solver = _solver(seconds, WORKERS, seed, deterministic)
    status = model.solve(solver, lambda: False)
    if status not in ("optimal", "feasible"):
        return None
    budgets, short = [], dict[str, dict[int, Decimal]]()
    for limit, more in slacks:
        lacks = Decimal(solver.value(more))
        if lacks and limit.skill:
            short.setdefault(limit.skill, {})[limit.period] = lacks
        elif lacks:
            budgets.append(Reason(ReasonKind.BUDGET, budget=limit.budget, missing=lacks / CENTS))
    people = [Reason.short_of(skill, found) for skill, found in short.items()]
    return (*budgets, *people), model.starts(solver), status == "optimal"


def _clash(problem: Problem, seconds: float, seed: int) -> Infeasible:
    """Why what is mandatory cannot be done: by the rules alone, or for want of money and people."""
    if not _allowed(problem, None, seconds, seed):
        kept = [one.key for one in problem.candidates if one.mandatory]
        for key in list(kept):  # a deletion filter (Chinneck and Dravnieks 1991)
            fewer = [other for other in kept if other != key]
            if not _allowed(problem, fewer, seconds, seed):
                kept = fewer
        return Infeasible(ClashKind.TOGETHER, tuple(kept), rules=_rules_of(problem, kept, seconds, seed))
    found = least_slack(problem, seconds=seconds, seed=seed)
    return Infeasible(ClashKind.SHORT, reasons=() if found is None else found[0])


def _rules_of(problem: Problem, mandatory: Sequence[str], seconds: float, seed: int) -> tuple[Rule, ...]:
    """The rules that do not allow these together, none of which could stay away: by a deletion filter too."""
    kept: list[Rule] = [*problem.exclusive, *problem.requirements]

    def with_rules(rules: Sequence[Rule]) -> Problem:
        return replace(
            problem,
            exclusive=tuple(one for one in rules if isinstance(one, frozenset)),
            requirements=tuple(one for one in rules if isinstance(one, Requirement)),
        )

    for rule in list(kept):
        fewer = [other for other in kept if other is not rule]
        if not _allowed(with_rules(fewer), mandatory, seconds, seed):
            kept = fewer
    return tuple(kept)


def _allowed(problem: Problem, mandatory: Iterable[str] | None, seconds: float, seed: int) -> bool:
    """Whether the rules between projects allow these (all that are mandatory) together, whatever they take."""
    model = _Model(problem, mandatory)
    return model.solve(_solver(seconds, 1, seed), lambda: False) != "infeasible"


def _share(problem: Problem, limit: Limit) -> int:
    whole = (
        Decimal(sum(problem.capacities[limit.skill]))
        if limit.skill
        else sum((budget.amount for budget in problem.budgets), ZERO) * CENTS
    )
    return max(1, int(SHARE_UNITS * 1_000 / max(whole, Decimal(1))))


def _units(value: Decimal) -> int:
    return int((value * VALUE_UNITS).to_integral_value(rounding=ROUND_HALF_UP))
