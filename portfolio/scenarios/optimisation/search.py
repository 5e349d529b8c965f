"""From a study to its answer: the problem that the solver is given, and what is kept of what it finds.

The answer is JSON that stands alone: it names the projects, limits and months as they were when it was found.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError

from portfolio.finance.domain.budget import add_months, fiscal_months
from portfolio.finance.periods import year_name
from portfolio.scenarios.domain.scoring import Points, Weights, by_start, points
from portfolio.scenarios.domain.selection import (
    Budget,
    Candidate,
    Choice,
    ClashKind,
    Infeasible,
    Problem,
    Reason,
    Requirement,
    SelectionError,
    fits,
    greedy,
    worth,
)
from portfolio.scenarios.domain.selection_entry import Entry, entries
from portfolio.scenarios.domain.selection_solver import choose
from portfolio.scenarios.optimisation.candidates import Material, Row, read_material
from portfolio.scenarios.optimisation.models import AnswerState, OptimisationStudy
from portfolio.scenarios.optimisation.words import refused
from tech4value.accounts.models import Membership
from tech4value.tenancy.context import current_tenant

EXCLUSIVE: Final = "exclusive"
REQUIRES: Final = "requires"
EXPLAIN_SECONDS: Final = 10
"""How long is looked, after the choice, for what would let in those that it leaves out."""


@dataclass(frozen=True, slots=True)
class Question:
    """A study as a problem: `late` are the projects that the plans of others let begin only after the last month."""

    study: OptimisationStudy
    material: Material
    points: Mapping[str, Points]
    problem: Problem
    late: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search, as it is kept."""

    state: AnswerState
    chosen: int
    candidates: int
    value: Decimal | None
    bound: Decimal | None
    data: dict[str, Any]


def ask(member: Membership, study: OptimisationStudy) -> Question:
    """The problem of a study, of what `member` may see. Raises ValidationError in words."""
    material = read_material(member, study)
    weights = Weights(Decimal(study.weight_alignment), Decimal(study.weight_npv), Decimal(study.weight_risk))
    scored = points({row.key: row.criteria for row in material.rows}, weights)
    late = _late(study, material)
    rows = [row for row in material.rows if row not in late]
    kept = {row.key for row in rows}
    if not rows:
        raise ValidationError(refused(SelectionError("no_candidate")))
    problem = Problem(
        tuple(_candidate(row, study, scored[row.key]) for row in rows),
        budgets=tuple(_budgets(study)),
        capacities=dict(material.free),
        exclusive=tuple(_exclusive(study, rows)),
        requirements=tuple(_requirements(study, material, kept)),
    )
    return Question(study, material, scored, problem, late)


def _late(study: OptimisationStudy, material: Material) -> tuple[Row, ...]:
    """Those that can begin only after the last month, and those that need one of them."""
    keys = {row.key for row in material.rows if row.earliest >= study.months}
    needs = [(one.project, one.other) for one in material.waits]
    needs += [(one, other) for kind, one, other, _months in study.rules if kind == REQUIRES]
    while more := {one for one, other in needs if other in keys} - keys:
        keys |= more
    return tuple(row for row in material.rows if row.key in keys)


def _candidate(row: Row, study: OptimisationStudy, scored: Points) -> Candidate:
    return Candidate(
        row.key,
        values=by_start(scored.total, study.months, study.delay_cost)[row.earliest :],
        periods=row.periods,
        costs=row.costs,
        demand=row.demand,
        first_start=row.earliest,
        mandatory=row.mandatory,
    )


def _budgets(study: OptimisationStudy) -> Iterable[Budget]:
    """The fiscal years that have an amount, in months of the study; those that are over before it are left out."""
    start = current_tenant().fiscal_year_start_month
    for year, amount in sorted(study.budgets.items()):
        first, last = (_index(study.first_month, month) for month in fiscal_months(int(year), start))
        if last >= 0:
            yield Budget(year, max(first, 0), last, Decimal(amount))


def _index(first: date, month: date) -> int:
    return (month.year - first.year) * 12 + month.month - first.month


def _exclusive(study: OptimisationStudy, rows: Iterable[Row]) -> Iterable[frozenset[str]]:
    """The study's rules; proposals of one code, from several scenarios, are one project."""
    kept: set[str] = set()
    by_code: dict[str, set[str]] = {}
    for row in rows:
        kept.add(row.key)
        if row.proposal:
            by_code.setdefault(row.code, set()).add(row.key)
    for kind, one, other, _months in study.rules:
        if kind == EXCLUSIVE and {one, other} <= kept:
            yield frozenset((one, other))
    yield from (frozenset(keys) for keys in by_code.values() if len(keys) > 1)


def _requirements(study: OptimisationStudy, material: Material, kept: set[str]) -> Iterable[Requirement]:
    """What the plans' links and the study's rules ask; of two on the same projects, what asks more."""
    asked: dict[tuple[str, str], int] = {}
    told = [(one.project, one.other, one.months) for one in material.waits]
    told += [(one, other, months) for kind, one, other, months in study.rules if kind == REQUIRES]
    for one, other, months in told:
        if {one, other} <= kept:
            asked[one, other] = max(asked.get((one, other), months), months)
    return (Requirement(one, other, months) for (one, other), months in asked.items())


def search(question: Question, *, stopped: Callable[[], bool] = lambda: False) -> Found:
    """The answer to a question, by the solver. Raises ValidationError in words for one that says nothing."""
    problem, begun = question.problem, time.monotonic()
    too_late = tuple(row.key for row in question.late if row.mandatory)
    try:
        if too_late:
            raise Infeasible(ClashKind.LATE, too_late)
        choice = choose(problem, seconds=question.study.seconds, stopped=stopped)
    except Infeasible as error:
        data = _frame(question) | {"clash": _clash(error)}
        return Found(AnswerState.INFEASIBLE, 0, len(problem.candidates), None, None, data)
    except SelectionError as error:
        raise ValidationError(refused(error)) from error
    seconds = round(time.monotonic() - begun, 1)
    choice, left_out = entries(problem, choice, seconds=EXPLAIN_SECONDS, stopped=stopped)
    data = _frame(question) | _answer(question, choice, left_out) | {"seconds": seconds}
    state = AnswerState.PROVED if choice.proved else AnswerState.GAP
    return Found(state, len(choice.starts), len(problem.candidates), choice.value, choice.bound, data)


# --- what is kept


def _frame(question: Question) -> dict[str, Any]:
    """What every answer says: the months, the projects and the groups by name."""
    study, material = question.study, question.material
    return {
        "first": study.first_month.isoformat(),
        "months": study.months,
        "grouping": study.grouping,
        "names": {row.key: [row.code, row.name] for row in material.rows},
        "proposals": [row.key for row in material.rows if row.proposal],
        "groups": dict(material.groups),
        "years": {one.name: year_name(int(one.name)) for one in question.problem.budgets},
        "late": [row.key for row in question.late],
    }


def _clash(error: Infeasible) -> dict[str, Any]:
    """What clashes; a rule as in the study: its kind, two projects, months."""
    rules: list[list[Any]] = []
    for rule in error.rules:
        if isinstance(rule, Requirement):
            rules.append([REQUIRES, rule.candidate, rule.needs, rule.gap])
        else:
            # Two that are needed may exclude each other: neither is then among those that clash.
            pair = sorted(rule, key=lambda key: (key not in error.names, key))[:2]
            rules.append([EXCLUSIVE, *pair, 0])
    return {
        "kind": str(error.kind),
        "keys": list(error.names),
        "reasons": [_reason(one) for one in error.reasons],
        "rules": rules,
    }


def _answer(question: Question, choice: Choice, left_out: Sequence[Entry]) -> dict[str, Any]:
    problem, material = question.problem, question.material
    simple = greedy(problem)
    by_key = material.by_key
    chosen = sorted(choice.starts.items(), key=lambda pair: (pair[1], by_key[pair[0]].code))
    return {
        "naive": str(worth(problem, simple)) if fits(problem, simple) else None,
        "chosen": [_chosen(question, key, start) for key, start in chosen],
        "excluded": [_excluded(question, one) for one in left_out],
        "budgets": _used_budgets(problem, choice),
        "capacities": _used_people(problem, choice),
    }


def _chosen(question: Question, key: str, start: int) -> dict[str, Any]:
    row = question.material.by_key[key]
    first = add_months(question.study.first_month, start)
    return {
        "key": key,
        "start": start,
        "periods": row.periods,
        "starts_on": first.isoformat(),
        "ends_on": add_months(first, row.periods - 1).isoformat(),
        "planned_on": row.starts_on.isoformat(),
        "value": str(question.problem.by_key[key].value_at(start)),
        "cost": str(row.cost),
        "mandatory": row.mandatory,
        "points": _points(question.points[key]),
    }


def _points(one: Points) -> list[str]:
    return [str(one.alignment), str(one.npv), str(one.risk), str(one.total)]


def _excluded(question: Question, one: Entry) -> dict[str, Any]:
    """Why one is left out, what it would cost to hold it, and what would have to be found for it."""
    why, more = one.why, one.more
    row = question.material.by_key[why.key]
    return {
        "key": why.key,
        "start": why.start,
        "cost": str(row.cost),
        "value": str(question.problem.by_key[why.key].value_at(why.start)),
        "points": _points(question.points[why.key]),
        "reasons": [_reason(each) for each in why.reasons],
        "loss": None if one.loss is None else str(one.loss),
        "loss_proved": one.loss_proved,
        "clash": None if one.clash is None else _clash(one.clash),
        "more": None
        if more is None
        else {
            "reasons": [_reason(each) for each in more.reasons],
            "start": more.start,
            "moved": list(more.moved),
            "least": more.least,
        },
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "others": list(one.others),
        "budget": one.budget,
        "skill": one.skill,
        "missing": str(one.missing),
        "by_period": [[period, str(missing)] for period, missing in one.by_period],
    }


def _used_budgets(problem: Problem, choice: Choice) -> list[dict[str, str]]:
    limits = problem.limits
    left = limits.left(problem, choice.starts)
    return [
        {"year": limit.budget, "has": str(limit.has), "used": str(limit.has - rest)}
        for limit, rest in zip(limits.all, left, strict=True)
        if limit.budget
    ]


def _used_people(problem: Problem, choice: Choice) -> dict[str, list[list[int]]]:
    """By group, [used, free] minutes of each month."""
    limits = problem.limits
    left = limits.left(problem, choice.starts)
    found: dict[str, list[list[int]]] = {}
    for limit, rest in zip(limits.all, left, strict=True):
        if limit.skill:
            found.setdefault(limit.skill, []).append([int(limit.has - rest), int(limit.has)])
    return found
