"""The exact method against the enumeration of all dates, and what a problem without dates is told."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from portfolio.capacity.domain.levelling.clashes import checked
from portfolio.capacity.domain.levelling.errors import (
    ClashKind,
    Infeasible,
    LevellingError,
    Requirement,
    RequirementKind,
)
from portfolio.capacity.domain.levelling.level import Method, level
from portfolio.capacity.domain.levelling.plan import PACKED_TOGETHER
from portfolio.capacity.domain.levelling.problem import Activity, Levelled, Link, Mode, Problem, Project, Resource
from tests.portfolio.capacity.domain.levelling_oracle import best, cost, faults
from tests.portfolio.capacity.domain.random_problems import problems

# Enough for any problem of these tests, on any machine.
WORK = 20.0


def exactly(problem: Problem) -> Levelled:
    return level(problem, method=Method.EXACT, seconds=600, workers=1, deterministic=WORK)


def last_instant(problem: Problem) -> int:
    """By then all is done in some best dates: one after the other, after every date, step and pause."""
    instants = [
        12,
        *(one.release for one in problem.activities),
        *(one.fixed_start or 0 for one in problem.activities),
    ]
    lags = sum(max(0, link.lag) for link in problem.links)
    return max(instants) + lags + sum(max(mode.duration for mode in one.modes) for one in problem.activities)


def with_only(problem: Problem, requirements: tuple[Requirement, ...]) -> Problem:
    """The problem held to these requirements alone."""
    plenty = ((0, 100),)

    def kept(kind: RequirementKind, *names: str) -> bool:
        return Requirement(kind, names) in requirements

    def dated(one: Activity) -> Activity:
        deadline = one.deadline if kept(RequirementKind.DEADLINE, one.key) else None
        return replace(
            one,
            deadline=deadline,
            fixed_start=one.fixed_start if kept(RequirementKind.FIXED_DATE, one.key) else None,
        )

    def held(link: Link) -> Link:
        kept_lag = kept(RequirementKind.MAXIMUM_LAG, link.predecessor, link.successor)
        return link if kept_lag else replace(link, max_lag=None)

    def limited(one: Resource) -> Resource:
        return one if kept(RequirementKind.CAPACITY, one.key) else Resource(one.key, plenty)

    return replace(
        problem,
        activities=tuple(map(dated, problem.activities)),
        links=tuple(map(held, problem.links)),
        resources=tuple(map(limited, problem.resources)),
    )


@settings(max_examples=50)
@given(problems(size=3))
def test_the_best_dates_are_found_or_the_clash_is_named(problem: Problem) -> None:
    last = last_instant(problem)
    optimum = best(problem, last)
    if optimum is not None:
        found = exactly(problem)
        assert faults(problem, found.placements) == []
        assert (found.cost, found.lower_bound, found.proved) == (optimum, optimum, True)
        assert cost(problem, found.placements) == optimum
        return
    with pytest.raises(Infeasible) as caught:
        exactly(problem)
    clash = caught.value.clash
    if clash.kind is ClashKind.TOGETHER:
        assert best(with_only(problem, clash.requirements), last) is None
        assert clash.minimal
        for given_up in clash.requirements:
            fewer = tuple(one for one in clash.requirements if one != given_up)
            assert best(with_only(problem, fewer), last) is not None


@settings(max_examples=80)
@given(problems(size=4))
def test_what_a_clash_names_is_enough_to_clash(problem: Problem) -> None:
    """With one mode each: of several, each may be ruled out by another chain."""
    problem = replace(problem, activities=tuple(replace(one, modes=one.modes[:1]) for one in problem.activities))
    try:
        checked(problem)
    except Infeasible as error:
        clash = error.clash
    else:
        return
    last = last_instant(problem)
    if clash.kind in (ClashKind.DEMAND, ClashKind.NO_ROOM):
        limits = tuple(Requirement(RequirementKind.CAPACITY, (key,)) for key in clash.resources)
        dates = with_only(problem, (*limits, *all_dates(problem)))
        assert best(dates, last) is None
        return
    named = set(clash.activities)
    part = replace(
        with_only(problem, all_dates(problem)),
        activities=tuple(one for one in problem.activities if one.key in named),
        links=tuple(link for link in problem.links if {link.predecessor, link.successor} <= named),
    )
    assert best(part, last) is None


def all_dates(problem: Problem) -> tuple[Requirement, ...]:
    kinds = (RequirementKind.DEADLINE, RequirementKind.FIXED_DATE)
    dates = [Requirement(kind, (one.key,)) for kind in kinds for one in problem.activities]
    lags = [Requirement(RequirementKind.MAXIMUM_LAG, (one.predecessor, one.successor)) for one in problem.links]
    return (*dates, *lags)


def one_of(key: str, duration: int, *people: str, **rest: object) -> Activity:
    """An activity that each of `people` could do alone."""
    return Activity(key, tuple(Mode(duration, ((person, 1),)) for person in people), **rest)  # type: ignore[arg-type]  # kwargs of a dataclass


def clash_of(problem: Problem, method: Method = Method.HEURISTIC) -> tuple[object, ...]:
    with pytest.raises(Infeasible) as caught:
        level(problem, method=method, seconds=60, workers=1)
    clash = caught.value.clash
    return clash.kind, clash.activities, clash.resources, clash.demand, clash.most, clash.earliest, clash.allowed


ANNA = Resource("Anna", ((0, 1),))
A, B, C = (Activity(key, (Mode(4),)) for key in "abc")


def test_tasks_that_wait_for_one_another_are_named_in_order() -> None:
    kind, path, *_ = clash_of(Problem((A, B, C), (Link("a", "b"), Link("b", "c"), Link("c", "a"))))
    assert kind is ClashKind.CYCLE
    assert path[0] == path[-1]  # type: ignore[index]  # a tuple of names
    assert set(path) == {"a", "b", "c"}  # type: ignore[call-overload]  # a tuple of names


def test_a_demand_above_any_capacity_names_both_figures() -> None:
    team = Resource("Équipe", ((0, 2), (10, 3), (20, 1)))
    problem = Problem((Activity("a", (Mode(2, (("Équipe", 4),)),)),), (), (team,))
    assert clash_of(problem) == (ClashKind.DEMAND, ("a",), ("Équipe",), 4, 3, 0, 0)


def test_no_time_is_long_enough() -> None:
    anna = Resource("Anna", ((0, 1), (3, 0), (6, 1), (9, 0)))
    problem = Problem((one_of("a", 4, "Anna"),), (), (anna,))
    kind, activities, resources, *_ = clash_of(problem)
    assert (kind, activities, resources) == (ClashKind.NO_ROOM, ("a",), ("Anna",))


def test_a_deadline_before_the_end_of_the_longest_chain_tells_the_chain() -> None:
    problem = Problem((A, B, replace(C, deadline=9)), (Link("a", "b"), Link("b", "c")))
    assert clash_of(problem) == (ClashKind.DEADLINE, ("a", "b", "c"), (), 0, 0, 12, 9)


def test_a_fixed_date_before_its_predecessor_ends_tells_the_chain() -> None:
    problem = Problem((A, B, replace(C, fixed_start=5)), (Link("a", "b"), Link("b", "c")))
    assert clash_of(problem) == (ClashKind.FIXED_DATE, ("a", "b", "c"), (), 0, 0, 8, 5)


def test_a_fixed_date_in_an_absence_tells_when_work_resumes() -> None:
    problem = Problem((Activity("a", (Mode(2, (), ((4, 9),)),), fixed_start=5),))
    assert clash_of(problem) == (ClashKind.FIXED_DATE, ("a",), (), 0, 0, 9, 5)


def test_a_maximum_lag_that_the_way_round_exceeds_names_the_circle() -> None:
    problem = Problem((A, B, C), (Link("a", "b"), Link("b", "c"), Link("a", "c", max_lag=2)))
    kind, activities, *_ = clash_of(problem)
    assert kind is ClashKind.MAXIMUM_LAG
    assert {"a", "c"} <= set(activities)  # type: ignore[call-overload]  # a tuple of names


def test_what_clashes_only_together_is_told_without_what_does_not_matter() -> None:
    activities = (
        one_of("a", 4, "Anna", deadline=6),
        one_of("b", 4, "Anna", deadline=7),
        one_of("c", 1, "Zoé", deadline=9),
    )
    problem = Problem(activities, (), (ANNA, Resource("Zoé", ((0, 1),))))
    with pytest.raises(Infeasible) as caught:
        exactly(problem)
    clash = caught.value.clash
    assert (clash.kind, clash.activities, clash.minimal) == (ClashKind.TOGETHER, ("a", "b"), True)
    assert set(clash.requirements) == {
        Requirement(RequirementKind.DEADLINE, ("a",)),
        Requirement(RequirementKind.DEADLINE, ("b",)),
        Requirement(RequirementKind.CAPACITY, ("Anna",)),
    }


def test_the_heuristic_says_that_it_found_nothing_rather_than_that_there_is_nothing() -> None:
    activities = (one_of("a", 4, "Anna", deadline=6), one_of("b", 4, "Anna", deadline=7))
    with pytest.raises(LevellingError) as caught:
        level(Problem(activities, (), (ANNA,)))
    assert caught.value.code == "no_answer"


def test_a_search_that_is_stopped_gives_the_best_dates_so_far() -> None:
    activities = tuple(one_of(str(number), 1 + number * 7 % 9, "Anna", "Zoé", "Bruno") for number in range(40))
    links = tuple(Link(str(number), str(number + 9)) for number in range(0, 31, 2))
    people = (ANNA, Resource("Zoé", ((5, 1),)), Resource("Bruno", ((0, 1), (9, 0), (30, 1))))
    problem = Problem(activities, links, people)
    found = level(problem, method=Method.EXACT, seconds=600, stopped=lambda: True)
    assert faults(problem, found.placements) == []
    assert not found.proved or found.cost == found.lower_bound


def test_more_people_than_are_packed_together_have_best_dates_too() -> None:
    people = tuple(Resource(f"p{number}", ((0, 1),)) for number in range(PACKED_TOGETHER + 2))
    activities = tuple(one_of(str(number), 3, "p0", f"p{number + 1}") for number in range(PACKED_TOGETHER + 1))
    projects = (Project("", 2, 1),)
    found = exactly(Problem(activities, (), people, projects))
    assert (found.makespan, found.cost, found.proved) == (3, 4, True)
