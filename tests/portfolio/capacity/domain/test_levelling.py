"""The heuristic of levelling: always feasible, never better than the best, the same again; paper cases by hand."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from portfolio.capacity.domain.levelling.bounds import lower_bound, worked_off
from portfolio.capacity.domain.levelling.clashes import checked
from portfolio.capacity.domain.levelling.errors import Infeasible, LevellingError
from portfolio.capacity.domain.levelling.level import level
from portfolio.capacity.domain.levelling.pauses import Pauses
from portfolio.capacity.domain.levelling.plan import Option
from portfolio.capacity.domain.levelling.problem import Activity, Link, Mode, Problem, Project, Resource
from portfolio.planning.domain.network import DependencyType
from tests.portfolio.capacity.domain.levelling_oracle import best, cost, faults, finish_of
from tests.portfolio.capacity.domain.random_problems import modes, problems

ANNA = Resource("Anna", ((0, 1),))


def one_of(key: str, duration: int, *people: str, **rest: object) -> Activity:
    """An activity that each of `people` could do alone."""
    return Activity(key, tuple(Mode(duration, ((person, 1),)) for person in people), **rest)  # type: ignore[arg-type]  # kwargs of a dataclass


@settings(max_examples=80)
@given(problems(dated=False))
def test_without_dates_to_meet_there_is_always_an_answer_and_it_is_feasible(problem: Problem) -> None:
    found = level(problem, effort=200)
    assert faults(problem, found.placements) == []
    assert found.cost == cost(problem, found.placements) >= found.lower_bound


def test_what_another_project_waits_for_is_no_part_of_the_bound() -> None:
    made = Problem(
        activities=(
            Activity("A", (Mode(0),), "P", release=1),
            Activity("B", (Mode(1, (("R", 1),)),), "Q"),
            Activity("C", (Mode(1),), "Q"),
            Activity("D", (Mode(0),), "P"),
        ),
        links=(Link("A", "C"), Link("B", "D")),
        resources=(Resource("R", ((9, 3),)),),
        projects=(Project("P", weight=0, due=0), Project("Q", weight=1, due=0)),
    )
    found = level(made, effort=60)
    assert found.cost == 10 >= found.lower_bound


@settings(max_examples=80)
@given(problems())
def test_with_dates_to_meet_an_answer_is_feasible(problem: Problem) -> None:
    try:
        found = level(problem, effort=200)
    except LevellingError:
        return
    assert faults(problem, found.placements) == []


@settings(max_examples=60)
@given(problems(size=3))
def test_the_bound_is_never_above_the_best_dates(problem: Problem) -> None:
    try:
        plan = checked(problem)
    except Infeasible:
        return
    optimum = best(problem, plan.horizon)
    assert optimum is None or lower_bound(problem, plan) <= optimum


@settings(max_examples=100)
@given(modes())
def test_pauses_agree_with_a_walk_through_time(mode: Mode) -> None:
    pauses = Pauses(mode.pauses)
    for start in range(12):
        expected = finish_of(mode, start)
        if expected is not None:
            assert pauses.finish(start, mode.duration) == expected
    for finish in range(1, 12):
        starts = [start for start in range(40) if (finish_of(mode, start) or -1) >= finish]
        assert Option(0, mode.duration, (), pauses).first_start(0, finish) == starts[0]


def test_two_tasks_of_one_person_follow_each_other() -> None:
    problem = Problem((one_of("a", 3, "Anna"), one_of("b", 2, "Anna")), (), (ANNA,))
    found = level(problem)
    assert (found.makespan, found.lower_bound, found.proved) == (5, 5, True)


def test_work_is_given_to_whom_ends_it_first() -> None:
    bruno = Resource("Bruno", ((0, 1),))
    problem = Problem(tuple(one_of(key, 4, "Anna", "Bruno") for key in "abcd"), (), (ANNA, bruno))
    found = level(problem)
    assert found.makespan == 8
    assert sorted(placement.mode for placement in found.placements.values()) == [0, 0, 1, 1]


def test_an_absence_suspends_work_and_frees_nothing_else() -> None:
    away = Resource("Anna", ((0, 1), (2, 0), (5, 1)))
    activity = Activity("a", (Mode(4, (("Anna", 1),), ((2, 5),)),))
    found = level(Problem((activity,), (), (away,)))
    assert (found.placements["a"].start, found.placements["a"].finish) == (0, 7)
    unbroken = replace(activity, modes=(Mode(4, (("Anna", 1),)),))
    assert level(Problem((unbroken,), (), (away,))).placements["a"].start == 5


def test_the_heavier_project_goes_first() -> None:
    activities = (one_of("a", 5, "Anna", project="light"), one_of("b", 5, "Anna", project="heavy"))
    problem = Problem(activities, (), (ANNA,), (Project("light", 1), Project("heavy", 3)))
    found = level(problem)
    assert found.placements["b"].finish == 5
    assert found.cost == 3 * 5 + 10


def test_a_project_in_time_makes_room_for_one_that_is_late() -> None:
    activities = (one_of("a", 5, "Anna", project="early"), one_of("b", 5, "Anna", project="late"))
    problem = Problem(activities, (), (ANNA,), (Project("early", 3, due=10), Project("late", 1)))
    assert level(problem).cost == 5


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [("FS", 1, 5), ("SS", 2, 2), ("FF", 0, 1), ("SF", 4, 1), ("FS", -2, 2)],
)
def test_each_link_holds_the_end_that_it_names(kind: str, lag: int, start: int) -> None:
    activities = (Activity("a", (Mode(4),)), Activity("b", (Mode(3),)))
    found = level(Problem(activities, (Link("a", "b", DependencyType(kind), lag),)))
    assert found.placements["b"].start == start


def test_a_maximum_lag_keeps_the_predecessor_back() -> None:
    late = Activity("b", (Mode(1),), release=10)
    found = level(Problem((Activity("a", (Mode(2),)), late), (Link("a", "b", max_lag=3),)))
    assert found.placements["a"].start == 5


def test_a_deadline_puts_its_task_before_what_seemed_more_urgent() -> None:
    activities = (one_of("a", 6, "Anna"), one_of("b", 1, "Anna", deadline=1), one_of("c", 2, "Anna", fixed_start=3))
    links = (Link("a", "d"),)
    problem = Problem((*activities, Activity("d", (Mode(9),))), links, (ANNA,))
    found = level(problem)
    assert faults(problem, found.placements) == []
    assert found.placements["b"].start == 0
    assert found.placements["c"].start == 3


def test_the_same_problem_and_seed_have_the_same_answer() -> None:
    activities = tuple(one_of(str(number), 1 + number % 4, "Anna", "Bruno") for number in range(20))
    links = tuple(Link(str(number), str(number + 7)) for number in range(13))
    problem = Problem(activities, links, (ANNA, Resource("Bruno", ((3, 1),))))
    assert level(problem, seed=3) == level(problem, seed=3)


def test_nothing_to_do_is_done_at_once() -> None:
    found = level(Problem(()))
    assert (found.makespan, found.placements, found.proved) == (0, {}, True)


def test_many_resources_are_followed_one_by_one() -> None:
    people = tuple(Resource(f"p{number}", ((0, 1),)) for number in range(12))
    pairs = [(f"p{number}", f"p{(number + 1) % 12}") for number in range(12)]
    activities = tuple(Activity(one, (Mode(2, ((one, 1), (other, 1))),)) for one, other in pairs)
    problem = Problem(activities, (), people)
    found = level(problem)
    assert faults(problem, found.placements) == []
    assert found.makespan == 4


def test_work_done_at_full_capacity_takes_the_steps_into_account() -> None:
    assert worked_off(Resource("r", ((0, 2), (3, 0), (5, 4))), 1, 4) == 3
    assert worked_off(Resource("r", ((0, 2), (3, 0), (5, 4))), 1, 5) == 6
    assert worked_off(Resource("r", ((4, 1),)), 0, 2) == 6


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("duplicate_activity", lambda: Problem((one_of("a", 1), one_of("a", 1)), (), ())),
        ("no_mode", lambda: Problem((Activity("a", ()),))),
        ("unknown_resource", lambda: Problem((one_of("a", 1, "Zoé"),))),
        ("unknown_activity", lambda: Problem((Activity("a", (Mode(1),)),), (Link("a", "b"),))),
        ("unknown_project", lambda: Problem((Activity("a", (Mode(1),), "p"),))),
        ("self_link", lambda: Problem((Activity("a", (Mode(1),)),), (Link("a", "a"),))),
        ("negative_duration", lambda: Problem((Activity("a", (Mode(-1),)),))),
        ("negative_demand", lambda: Problem((Activity("a", (Mode(1, (("Anna", -1),)),)),), (), (ANNA,))),
        ("negative_date", lambda: Problem((Activity("a", (Mode(1),), release=-1),))),
        ("negative_weight", lambda: Problem((), (), (), (Project("p", -1),))),
        ("bad_steps", lambda: Problem((), (), (Resource("r", ((3, 1), (3, 2))),))),
        ("bad_pauses", lambda: Problem((Activity("a", (Mode(1, (), ((3, 2),)),)),))),
        ("too_large", lambda: Problem((Activity("a", (Mode(10**12),)),))),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(code: str, build: object) -> None:
    with pytest.raises(LevellingError) as caught:
        build()  # type: ignore[operator]  # a lambda of the table above
    assert caught.value.code == code
    assert caught.value.names
