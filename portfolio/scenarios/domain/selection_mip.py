"""The choice of projects as a linear programme over the same truth values, solved by branch and cut (SCIP, which
comes with OR-Tools).

Its relaxation bounds a knapsack over many periods far better than propagation does; numbers are floating, so its
choices count only when they are found exact to the cent and the minute, and its bound is taken with a margin.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from portfolio.scenarios.domain.selection import Problem, fits

# What SCIP holds for equal (a share): bounds are given so much room.
TOLERANCE: Final = Decimal("0.000001")
HALF: Final = 0.5
HEAD_START: Final = 0.5


class BranchAndCut:
    """Runs in a thread of its own beside another search, after HEAD_START (small ones end before); `stop` ends it.

    `starts` is the best choice found (None: none), `bound` what no choice is worth more than, `proved` that the
    former reaches the latter. That there is none is not believed: the exact solver says so.
    """

    def __init__(self, problem: Problem, hint: Mapping[str, int], seconds: float) -> None:
        self.problem, self._hint, self._seconds = problem, hint, seconds - HEAD_START
        self.starts: dict[str, int] | None = None
        self.bound: Decimal | None = None
        self.proved = False
        self._solver: Any = None
        self._unwanted = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to search."""
        self._thread = threading.Thread(target=self._wait, daemon=True, name="branch-and-cut")
        self._thread.start()

    def stop(self) -> None:
        """End the search, if it was begun, and wait for its end."""
        self._unwanted.set()
        while self._thread is not None and self._thread.is_alive():
            if self._solver is not None:
                self._solver.InterruptSolve()  # lost when it comes before the search has begun: hence again
            self._thread.join(0.05)

    def _wait(self) -> None:
        if self._seconds > 0 and not self._unwanted.wait(HEAD_START):
            self.solve()

    def solve(self) -> None:
        """Search at once, to the end."""
        from ortools.linear_solver import pywraplp

        solver = pywraplp.Solver.CreateSolver("SCIP")
        if solver is None:
            return
        model = _Programme(self.problem, solver, whole=True)
        at = model.at
        solver.SetHint(list(at.values()), [float(self._hint.get(key) == start) for key, start in at])
        solver.set_time_limit(max(1, int(self._seconds * 1000)))
        self._solver = solver
        if self._unwanted.is_set():
            return
        status = solver.Solve()
        if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            self.starts = {key: start for (key, start), one in at.items() if one.solution_value() > HALF}
            bound = Decimal(str(solver.Objective().BestBound()))
            self.bound = bound + abs(bound) * TOLERANCE
            self.proved = status == pywraplp.Solver.OPTIMAL and fits(self.problem, self.starts)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the linear relaxation says: no choice is worth more than `bound`; `prices` are what all of a limit would
    be worth, by its number (shadow prices)."""

    bound: Decimal
    prices: Mapping[int, float]


def relaxed(problem: Problem) -> Relaxed | None:
    """The linear relaxation of the problem (GLOP); None when it has no solution."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    if solver is None:
        return None
    model = _Programme(problem, solver, whole=False)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    value = Decimal(str(solver.Objective().Value()))
    prices = {number: max(row.dual_value(), 0.0) for number, row in model.rows.items()}
    return Relaxed(value + abs(value) * TOLERANCE, prices)


class _Programme:
    """One variable for each project and start; every row of a limit is in shares of what there is, so that rows
    compare."""

    def __init__(self, problem: Problem, solver: Any, *, whole: bool) -> None:
        self.problem, limits, most = problem, problem.limits, solver.infinity()
        at: dict[tuple[str, int], Any] = {}
        rows: dict[int, Any] = {}
        self.at, self.rows = at, rows
        goal = solver.Objective()
        goal.SetMaximization()
        for one in problem.candidates:
            chosen = solver.Constraint(float(one.mandatory), 1.0)
            for start in one.starts:
                literal = at[one.key, start] = solver.Var(0.0, 1.0, whole, "")
                chosen.SetCoefficient(literal, 1.0)
                goal.SetCoefficient(literal, float(one.value_at(start)))
                for number, amount in limits.taken(one, start).items():
                    has = limits.all[number].has
                    if not has:
                        literal.SetUb(0.0)
                        continue
                    if number not in rows:
                        rows[number] = solver.Constraint(-most, 1.0)
                    rows[number].SetCoefficient(literal, float(amount / has))
        for group in problem.exclusive:
            row = solver.Constraint(-most, 1.0)
            for key in sorted(group):
                for start in problem.by_key[key].starts:
                    row.SetCoefficient(at[key, start], 1.0)
        for rule in problem.requirements:
            self._require(solver, rule.candidate, rule.needs, rule.gap)

    def _require(self, solver: Any, key: str, needs: str, gap: int) -> None:
        """Begun by a period only if the other has begun early enough to have ended by then: sums over all the starts
        until each say more than one start at a time does."""
        one, before = self.problem.by_key[key], self.problem.by_key[needs]
        for last in one.starts:
            row = solver.Constraint(-solver.infinity(), 0.0)
            for start in one.starts:
                if start <= last:
                    row.SetCoefficient(self.at[key, start], 1.0)
            for start in before.starts:
                if start + before.periods + gap <= last:
                    row.SetCoefficient(self.at[needs, start], -1.0)
