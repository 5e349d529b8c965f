"""The choice of projects, against every choice there is; reasons, against what happens when they are given way to."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.scenarios.domain.selection import (
    Budget,
    Candidate,
    ClashKind,
    Infeasible,
    Problem,
    ReasonKind,
    Requirement,
    SelectionError,
    exclusion,
    fits,
    greedy,
)
from portfolio.scenarios.domain.selection import given_way as with_more
from portfolio.scenarios.domain.selection_mip import BranchAndCut
from portfolio.scenarios.domain.selection_search import improved
from portfolio.scenarios.domain.selection_solver import choose, forced

EURO = Decimal("0.01")


def candidate(key: str, value: str = "10", **more: object) -> Candidate:
    """One start, one period, unless said otherwise."""
    values = tuple(Decimal(one) for one in value.split())
    return Candidate(key, values, **{"periods": 1, **more})  # type: ignore[arg-type]


# --- the oracle: all choices, one by one, month by month


def is_allowed(problem: Problem, starts: Mapping[str, int]) -> bool:
    money: dict[int, Decimal] = {}
    minutes: dict[tuple[str, int], int] = {}
    ends = {}
    for one in problem.candidates:
        if one.key not in starts:
            if one.mandatory:
                return False
            continue
        begin = starts[one.key]
        ends[one.key] = begin + one.periods
        for index, cost in enumerate(one.costs):
            money[begin + index] = money.get(begin + index, Decimal(0)) + cost
        for skill, asked in one.demand.items():
            for index, amount in enumerate(asked):
                minutes[skill, begin + index] = minutes.get((skill, begin + index), 0) + amount
    for budget in problem.budgets:
        if sum(amount for period, amount in money.items() if budget.first <= period <= budget.last) > budget.amount:
            return False
    for (skill, period), amount in minutes.items():
        free = problem.capacities.get(skill, ())
        if period < len(free) and amount > free[period]:
            return False
    if any(len(group & starts.keys()) > 1 for group in problem.exclusive):
        return False
    return all(
        rule.needs in starts and ends[rule.needs] + rule.gap <= starts[rule.candidate]
        for rule in problem.requirements
        if rule.candidate in starts
    )


def every_choice(problem: Problem) -> Iterator[dict[str, int]]:
    options = [[None, *one.starts] for one in problem.candidates]
    for picked in product(*options):
        yield {one.key: start for one, start in zip(problem.candidates, picked, strict=True) if start is not None}


def worth(problem: Problem, starts: Mapping[str, int]) -> Decimal:
    return sum((problem.by_key[key].value_at(start) for key, start in starts.items()), Decimal(0))


def best(problem: Problem) -> Decimal | None:
    return max(
        (worth(problem, starts) for starts in every_choice(problem) if is_allowed(problem, starts)), default=None
    )


# --- random problems

amounts = st.integers(0, 60).map(lambda cents: Decimal(cents) * EURO * 50)
minutes = st.lists(st.integers(0, 5), max_size=3).map(tuple)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    keys = "ABCD"[: draw(st.integers(1, 4))]
    candidates = tuple(
        Candidate(
            key,
            tuple(Decimal(draw(st.integers(-20, 100))) / 10 for _start in range(draw(st.integers(1, 3)))),
            periods=draw(st.integers(0, 3)),
            costs=tuple(draw(st.lists(amounts, max_size=3))),
            demand={skill: draw(minutes) for skill in draw(st.sets(st.sampled_from(["bi", "web"])))},
            first_start=draw(st.integers(0, 2)),
            mandatory=draw(st.integers(0, 4)) == 0,
        )
        for key in keys
    )
    budgets = [Budget("n", 0, 2, draw(amounts) * 2), Budget("n+1", 3, 5, draw(amounts))]
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys)).filter(lambda pair: pair[0] != pair[1])
    several = len(keys) > 1
    return Problem(
        candidates,
        budgets=tuple(budgets[: draw(st.integers(0, 2))]),
        capacities={skill: tuple(draw(st.lists(st.integers(0, 8), max_size=5))) for skill in ("bi", "web")},
        exclusive=tuple(frozenset(pair) for pair in draw(st.lists(pairs, max_size=1))) if several else (),
        requirements=tuple(
            Requirement(*pair, draw(st.integers(-2, 1))) for pair in draw(st.lists(pairs, max_size=2, unique=True))
        )
        if several
        else (),
    )


@settings(max_examples=60)
@given(problems())
def test_the_choice_is_worth_as_much_as_the_best_of_all(problem: Problem) -> None:
    expected = best(problem)
    if expected is None:
        with pytest.raises(Infeasible):
            choose(problem, deterministic=5)
        return
    found = choose(problem, deterministic=5)
    assert is_allowed(problem, found.starts)
    assert (found.value, found.bound, found.proved) == (expected, expected, True)
    assert found.value == worth(problem, found.starts)


@settings(max_examples=60)
@given(problems())
def test_branch_and_cut_bounds_every_choice_and_proves_only_one_that_is_as_good(problem: Problem) -> None:
    expected = best(problem)
    search = BranchAndCut(problem, {}, seconds=10)
    search.solve()
    if expected is None:
        assert not search.proved
        return
    assert search.bound is not None
    assert search.bound >= expected
    if search.proved:
        assert search.starts is not None
        assert is_allowed(problem, search.starts)
        assert worth(problem, search.starts) == expected


@settings(max_examples=60)
@given(problems())
def test_the_local_search_never_leaves_the_limits_nor_gets_worse(problem: Problem) -> None:
    start = greedy(problem)
    assert fits(problem, start) == is_allowed(problem, start)
    if not fits(problem, start):
        return
    found = improved(problem, start, seconds=60)
    assert is_allowed(problem, found)
    assert worth(problem, found) >= worth(problem, start)
    assert found == improved(problem, start, seconds=60), "it is repeatable"


@settings(max_examples=60)
@given(problems())
def test_a_project_is_let_in_by_giving_way_to_its_reasons_and_by_nothing_less(problem: Problem) -> None:
    try:
        chosen = choose(problem, deterministic=5).starts
    except Infeasible:
        return
    for one in problem.candidates:
        if one.key in chosen:
            continue
        why = exclusion(problem, chosen, one.key)
        kinds = {reason.kind for reason in why.reasons}
        with_it = {**chosen, one.key: why.start}
        if kinds == {ReasonKind.NO_VALUE}:
            assert is_allowed(problem, with_it)
            assert one.value_at(why.start) <= 0
        elif kinds <= {ReasonKind.BUDGET, ReasonKind.CAPACITY}:
            assert not is_allowed(problem, with_it)
            assert is_allowed(given_way(problem, why.reasons, Decimal(0)), with_it)
            assert fits(with_more(problem, why.reasons), with_it)
            assert not is_allowed(given_way(problem, why.reasons, Decimal("0.005")), with_it)
        else:
            rules = {ReasonKind.EXCLUSIVE, ReasonKind.NEEDS, ReasonKind.TOO_LATE, ReasonKind.NEEDED_BY}
            assert kinds & rules
            assert all(reason.others for reason in why.reasons if reason.kind in rules)


def given_way(problem: Problem, reasons: object, short_of: Decimal) -> Problem:
    """With as much more as the reasons say, less `short_of`."""
    budgets = {budget.name: budget.amount for budget in problem.budgets}
    free = {skill: [Decimal(one) for one in periods] for skill, periods in problem.capacities.items()}
    for reason in reasons:  # type: ignore[attr-defined]
        if reason.kind == ReasonKind.BUDGET:
            budgets[reason.budget] += reason.missing - short_of
        for period, missing in reason.by_period:
            free[reason.skill][period] += missing - short_of
    return replace(
        problem,
        budgets=tuple(replace(one, amount=budgets[one.name]) for one in problem.budgets),
        capacities={skill: tuple(periods) for skill, periods in free.items()},  # type: ignore[misc]
    )


# --- cases that speak


def test_the_budget_of_a_year_decides_and_says_how_much_is_missing() -> None:
    problem = Problem(
        (
            candidate("ERP", "90", costs=(Decimal(70),)),
            candidate("CRM", "50", costs=(Decimal(40),)),
            candidate("BI", "45 40", costs=(Decimal(30),)),
        ),
        budgets=(Budget("2027", 0, 0, Decimal(100)), Budget("2028", 1, 12, Decimal(0))),
    )
    found = choose(problem)
    assert (dict(found.starts), found.value, found.gap) == ({"ERP": 0, "BI": 0}, 135, 0)
    why = exclusion(problem, found.starts, "CRM")
    assert [(one.kind, one.budget, one.missing) for one in why.reasons] == [(ReasonKind.BUDGET, "2027", 40)]
    assert forced(problem, "CRM").value == 95, "with it, the ERP has to go"


def test_a_project_waits_for_people_and_for_the_one_it_needs() -> None:
    problem = Problem(
        (
            candidate("SOCLE", "10 9 8", periods=2, demand={"bi": (5, 5)}),
            candidate("TABLEAUX", "20 19 18 17", demand={"bi": (4,)}),
        ),
        capacities={"bi": (5, 5, 3, 5)},
        requirements=(Requirement("TABLEAUX", "SOCLE"),),
    )
    assert dict(choose(problem).starts) == {"SOCLE": 0, "TABLEAUX": 3}


def test_projects_that_exclude_each_other_say_so() -> None:
    problem = Problem((candidate("A", "10"), candidate("B", "9")), exclusive=(frozenset("AB"),))
    found = choose(problem)
    assert dict(found.starts) == {"A": 0}
    (reason,) = exclusion(problem, found.starts, "B").reasons
    assert (reason.kind, reason.others) == (ReasonKind.EXCLUSIVE, ("A",))


def test_mandatory_projects_that_cost_too_much_say_what_is_missing() -> None:
    problem = Problem(
        (
            candidate("RGPD", "1", costs=(Decimal("80.50"),), mandatory=True),
            candidate("NIS2", "1", costs=(Decimal(40),), demand={"sécurité": (600,)}, mandatory=True),
        ),
        budgets=(Budget("2027", 0, 11, Decimal(100)),),
        capacities={"sécurité": (480,)},
    )
    with pytest.raises(Infeasible) as caught:
        choose(problem)
    assert caught.value.kind == ClashKind.SHORT
    budget, people = caught.value.reasons
    assert (budget.budget, budget.missing) == ("2027", Decimal("20.50"))
    assert (people.skill, people.by_period) == ("sécurité", ((0, Decimal(120)),))


def test_mandatory_projects_that_exclude_each_other_are_named_without_the_others() -> None:
    problem = Problem(tuple(candidate(key, mandatory=True) for key in "ABC"), exclusive=(frozenset("AC"),))
    with pytest.raises(Infeasible) as caught:
        choose(problem)
    assert (caught.value.kind, caught.value.keys) == (ClashKind.TOGETHER, ("A", "C"))


def test_projects_that_wait_for_one_another_are_never_chosen() -> None:
    problem = Problem(
        (candidate("A", "10 10"), candidate("B", "10 10")),
        requirements=(Requirement("A", "B"), Requirement("B", "A")),
    )
    found = choose(problem)
    assert (dict(found.starts), found.value, found.proved) == ({}, 0, True)
    assert exclusion(problem, found.starts, "A").reasons[0].kind == ReasonKind.NEEDS


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Problem((candidate("A"), candidate("A"))), "duplicate_candidate"),
        (Problem((Candidate("A", (), 1),)), "no_start"),
        (Problem((candidate("A", first_start=-1),)), "negative_start"),
        (Problem((candidate("A", costs=(Decimal(-1),)),)), "negative_cost"),
        (Problem((candidate("A", demand={"bi": (-1,)}),)), "negative_demand"),
        (Problem((candidate("A"),), budgets=(Budget("n", 0, 1, Decimal(-1)),)), "negative_budget"),
        (Problem((candidate("A"),), budgets=(Budget("n", 2, 1, Decimal(1)),)), "bad_periods"),
        (Problem((candidate("A"),), capacities={"bi": (-1,)}), "negative_capacity"),
        (Problem((candidate("A"),), exclusive=(frozenset("AZ"),)), "unknown_candidate"),
        (Problem((candidate("A"),), requirements=(Requirement("A", "A"),)), "requires_itself"),
        (Problem((candidate("A", "1 " * 100_001),)), "too_large"),
    ],
)
def test_a_problem_that_says_nothing_is_refused(problem: Problem, code: str) -> None:
    with pytest.raises(SelectionError) as caught:
        choose(problem)
    assert caught.value.code == code


def test_a_search_that_is_stopped_still_answers_with_a_stated_gap() -> None:
    many = tuple(
        candidate(f"P{number}", f"{number % 7 + 1}", costs=(Decimal(number % 5 + 1),)) for number in range(40)
    )
    problem = Problem(many, budgets=(Budget("n", 0, 0, Decimal(30)),))
    found = choose(problem, deterministic=0.000001)
    assert is_allowed(problem, found.starts)
    assert found.value <= found.bound
    assert found.proved is (found.gap == 0)
