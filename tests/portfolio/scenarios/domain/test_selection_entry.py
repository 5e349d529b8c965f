"""What lets a project in, against every choice there is."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from portfolio.scenarios.domain.selection import (
    Budget,
    ClashKind,
    Infeasible,
    Problem,
    ReasonKind,
    Requirement,
    exclusion,
    given_way,
)
from portfolio.scenarios.domain.selection_entry import Entry, entries, least_raise
from portfolio.scenarios.domain.selection_solver import choose
from tests.portfolio.scenarios.domain.test_selection import candidate, every_choice, is_allowed, problems, worth


def told(problem: Problem) -> dict[str, Entry]:
    choice, found = entries(problem, choose(problem), seconds=20)
    assert is_allowed(problem, choice.starts)
    return {one.why.key: one for one in found}


def missing(problem: Problem, starts: Mapping[str, int]) -> Decimal:
    """What a choice lacks, in shares of all that there is of money and of each skill."""
    found = Decimal(0)
    for limit, left in zip(problem.limits.all, problem.limits.left(problem, starts), strict=True):
        whole = sum(problem.capacities[limit.skill]) if limit.skill else sum(one.amount for one in problem.budgets)
        found += max(-left, Decimal(0)) / max(Decimal(whole), Decimal(1) if limit.skill else Decimal("0.01"))
    return found


@settings(max_examples=40)
@given(problems())
def test_a_loss_is_that_of_the_best_choice_that_holds_the_project(problem: Problem) -> None:
    try:
        choice = choose(problem)
    except Infeasible:
        return
    best = max(worth(problem, one) for one in every_choice(problem) if is_allowed(problem, one))
    for key, one in told(problem).items():
        holding = [
            worth(problem, each) for each in every_choice(problem) if key in each and is_allowed(problem, each)
        ]
        if not holding:
            assert one.clash is not None and one.loss is None
            continue
        assert (one.loss, one.loss_proved, choice.value) == (best - max(holding), True, best)


@settings(max_examples=40)
@given(problems())
def test_what_is_to_be_found_is_enough_and_no_less_is(problem: Problem) -> None:
    try:
        choice = choose(problem)
    except Infeasible:
        return
    for one in problem.candidates:
        if one.key in choice.starts:
            continue
        found = least_raise(problem, choice.starts, exclusion(problem, choice.starts, one.key), seconds=10)
        kept = {*choice.starts, one.key}
        ways = [each for each in every_choice(problem) if each.keys() == kept]
        unlimited = replace(problem, budgets=(), capacities={})
        ways = [each for each in ways if is_allowed(unlimited, each)]
        if not ways:
            assert found is None
            continue
        assert found is not None and found.least
        more = given_way(problem, found.reasons)
        enough = [each for each in ways if is_allowed(more, each)]
        assert any(each[one.key] == found.start for each in enough)
        # Shares are whole millionths of a thousandth: what rounds to as much is as little.
        least = min(missing(problem, each) for each in ways)
        asked = min(missing(problem, each) for each in enough)
        assert asked <= least + Decimal("0.0001")


def test_another_date_of_those_chosen_may_be_enough() -> None:
    """Beside what is chosen the second has no room; with the first a month later, it needs nobody more."""
    problem = Problem(
        (
            candidate("A", "10 9", demand={"bi": (5,)}),
            candidate("B", "0.5", demand={"bi": (5,)}),
        ),
        capacities={"bi": (5, 5)},
    )
    (one,) = told(problem).values()
    assert one.why.reasons[0].kind == ReasonKind.CAPACITY, "each at its own date, minutes are missing"
    assert one.more is not None
    assert (one.more.reasons, one.more.moved, one.more.least) == ((), ("A",), True)
    assert (one.loss, one.loss_proved) == (Decimal("0.5"), True)


def test_what_nothing_buys_is_said_with_what_clashes() -> None:
    problem = Problem(
        (candidate("A", "10", mandatory=True), candidate("B", "9"), candidate("C", "8", costs=(Decimal(50),))),
        budgets=(Budget("n", 0, 0, Decimal(40)),),
        exclusive=(frozenset("AB"),),
    )
    found = told(problem)
    assert found["B"].more is None and found["B"].clash is not None
    assert (found["B"].clash.kind, found["B"].clash.rules) == (ClashKind.TOGETHER, (frozenset("AB"),))
    assert found["C"].clash is not None and found["C"].clash.reasons[0].missing == 10
    assert found["C"].more is not None and found["C"].more.reasons[0].missing == 10


def test_the_rules_that_clash_are_named_without_the_others() -> None:
    problem = Problem(
        tuple(candidate(key, "1 1", mandatory=key in "AB") for key in "ABC"),
        exclusive=(frozenset("BC"), frozenset("AC")),
        requirements=(Requirement("A", "B"), Requirement("B", "A"), Requirement("C", "A")),
    )
    with pytest.raises(Infeasible) as caught:
        choose(problem)
    assert set(caught.value.rules) == {Requirement("A", "B"), Requirement("B", "A")}


def test_without_time_what_is_known_is_told_as_an_estimate() -> None:
    problem = Problem(
        (candidate("A", "10", costs=(Decimal(30),)), candidate("B", "9", costs=(Decimal(30),))),
        budgets=(Budget("n", 0, 0, Decimal(40)),),
    )
    _choice, (one,) = entries(problem, choose(problem), seconds=0)
    assert (one.loss, one.clash) == (None, None)
    assert one.more is not None
    assert (one.more.reasons[0].missing, one.more.least) == (Decimal(20), False)
