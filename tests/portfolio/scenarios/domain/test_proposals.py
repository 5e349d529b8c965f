"""Three ways out of an overload, on plans drawn by hand, against a slow count that tries everything. No database."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from portfolio.scenarios.domain import proposals_shift
from portfolio.scenarios.domain.operations import Reassign, ReduceTask, ShiftTask, SplitTask
from portfolio.scenarios.domain.proposals import Nature, Target, Why, live_target
from portfolio.scenarios.domain.proposals_relief import relieve
from portfolio.scenarios.domain.proposals_shift import shift
from portfolio.scenarios.domain.proposals_swap import known_by, swap
from tests.portfolio.scenarios.domain.overloads import (
    MONDAY,
    TODAY,
    Drawn,
    Person,
    board_of,
    cheapest_moves,
    does,
    price,
    world_of,
)

ANA = Person("ana", skills={"sql": 4, "odoo": 3})
HALF = Decimal("0.5")


def test_weeks_that_have_begun_are_no_longer_planned() -> None:
    target = Target(frozenset({"ana"}), (MONDAY - timedelta(weeks=1), MONDAY), Decimal("1.1"))
    assert live_target(target, TODAY).weeks == (MONDAY,)
    assert live_target(target, MONDAY).weeks == ()


# --- shift


def test_one_task_is_moved_by_as_little_as_does() -> None:
    tasks = [Drawn("a", "ana", 0, 5, HALF), Drawn("b", "ana", 0, 5)]
    found = shift(board_of(world_of(tasks, [ANA]), ["ana"], [0]))
    # Four days of « b » and five of « a » at half time are 6.5 of 5; two of « b » leave 4.5.
    assert found.operations == (ShiftTask("b", 2),)


def test_the_task_with_float_is_moved_rather_than_the_one_that_delays() -> None:
    tasks = [Drawn("a", "ana", 0, 3, spare=10), Drawn("b", "ana", 0, 4)]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks)
    assert [one.task for one in shift(board).operations if isinstance(one, ShiftTask)] == ["a"]


def test_the_project_that_weighs_least_is_delayed() -> None:
    tasks = [Drawn("a", "ana", 0, 4, project="BIG"), Drawn("b", "ana", 0, 4, project="SMALL")]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks, weights={"BIG": 5, "SMALL": 1})
    assert [one.task for one in shift(board).operations if isinstance(one, ShiftTask)] == ["b"]


def test_what_follows_moves_and_makes_no_overload_elsewhere() -> None:
    # « b » follows « a »: both go, and what « c » would cost to go beyond them is more.
    tasks = [Drawn("a", "ana", 0, 5), Drawn("b", "ana", 5, 5, after="a"), Drawn("c", "ana", 0, 4)]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks)
    assert shift(board).operations == (ShiftTask("a", 4),)
    assert does(tasks, ["ana"], [0], {"a": 4})


@pytest.mark.parametrize(
    ("task", "held"),
    [
        (Drawn("a", "ana", 0, 10, Decimal("1.3"), begun=True), "begun"),
        (Drawn("a", "ana", 0, 10, Decimal("1.3"), manual=True), "fixed"),
    ],
)
def test_what_cannot_move_is_said(task: Drawn, held: str) -> None:
    found = shift(board_of(world_of([task], [ANA]), ["ana"], [0]))
    assert found.why is Why.HELD
    assert found.facts[held] == 1 and found.facts["tasks"] == ("a",)


def test_a_closed_project_stays_where_it_is() -> None:
    task = Drawn("a", "ana", 0, 5, Decimal("1.3"))
    board = board_of(world_of([task], [ANA], fixed=["P"]), ["ana"], [0])
    assert [make(board).why for make in (shift, swap, relieve)] == [Why.HELD] * 3


def test_a_deadline_is_kept_even_by_what_follows() -> None:
    tasks = [
        Drawn("a", "ana", 0, 5, Decimal("0.6")),
        Drawn("b", "bob", 5, 5, after="a"),
        Drawn("c", "ana", 0, 5, project="DEAR"),
    ]
    world, weights = world_of(tasks, [ANA, Person("bob")]), {"DEAR": 9}
    free = shift(board_of(world, ["ana"], [0], tasks, weights=weights))
    assert free.operations == (ShiftTask("a", 5),)
    deadlines = {"b": world.tasks["b"].ends_at}
    held = shift(board_of(world, ["ana"], [0], tasks, weights=weights, deadlines=deadlines))
    assert [one.task for one in held.operations if isinstance(one, ShiftTask)] == ["c"]
    deadlines["c"] = world.tasks["c"].ends_at
    none = shift(board_of(world, ["ana"], [0], tasks, weights=weights, deadlines=deadlines))
    assert none.why is Why.NOT_ENOUGH and none.facts["due"] == 2


def test_one_task_beyond_the_time_of_a_week_is_moved_to_where_it_is_not() -> None:
    tasks = [Drawn("a", "ana", 0, 20, Decimal("1.3"), begun=True), Drawn("b", "ana", 0, 2, Decimal("0.1"))]
    found = shift(board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks))
    assert found.why is Why.NOT_ENOUGH
    assert found.facts["ratio"] == Decimal("1.3000")


def test_nothing_is_moved_where_bookings_alone_make_the_load() -> None:
    board = board_of(world_of([Drawn("a", "bob", 0, 5)], [ANA, Person("bob")]), ["ana"], [0])
    assert [make(board).why for make in (shift, swap, relieve)] == [Why.NO_TASK] * 3


def test_more_than_three_tasks_are_levelled() -> None:
    tasks = [Drawn(key, "ana", 0, 5, Decimal("0.4"), project=key) for key in "abcdefgh"]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks)
    found = shift(board)
    moves = {one.task: one.days for one in found.operations if isinstance(one, ShiftTask)}
    assert len(moves) == 6
    assert does(tasks, ["ana"], [0], moves)


@pytest.mark.parametrize("seed", range(25))
def test_the_shift_is_feasible_and_the_least(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is tried: no fewer tasks do, and none that cost less."""
    monkeypatch.setattr(proposals_shift, "BEYOND_DAYS", 10)
    dice = random.Random(seed)
    persons = ["ana", "bob"][: dice.choice([1, 2])]
    weeks = [0, 1][: dice.choice([1, 1, 2])]
    tasks: list[Drawn] = []
    for number in range(dice.choice([3, 4])):
        start, length = dice.randrange(0, 4), dice.randrange(3, 7)
        before = next((one for one in tasks if one.end <= start and dice.random() < HALF), None)
        tasks.append(
            Drawn(
                f"t{number}",
                dice.choice(persons),
                start,
                length,
                dice.choice([HALF, Decimal("0.8"), Decimal(1)]),
                project=dice.choice("PQ"),
                spare=dice.choice([0, 0, 3, 8]),
                after=before.key if before else "",
            )
        )
    weights = {"P": dice.choice([1, 2]), "Q": dice.choice([1, 3])}
    board = board_of(world_of(tasks, [Person(one) for one in persons]), persons, weeks, tasks, weights=weights)
    if not board.excess(board.base):
        return
    reach = 5 * len(weeks) + 4
    wanted = cheapest_moves(tasks, persons, weeks, weights, most=2, reach=reach)
    found = shift(board)
    moves = {one.task: one.days for one in found.operations if isinstance(one, ShiftTask)}
    if moves:
        assert does(tasks, persons, weeks, moves)
    if wanted is not None and all(days <= reach for days in moves.values()):
        assert (len(moves), price(tasks, moves, weights)) <= wanted


# --- swap


def test_work_goes_to_who_knows_how_and_has_the_time() -> None:
    tasks = [
        Drawn("a", "ana", 0, 10, Decimal("0.6")),
        Drawn("b", "ana", 0, 10, Decimal("0.7")),
        Drawn("c", "bob", 0, 10, Decimal("0.9")),
    ]
    people = [
        ANA,
        Person("bob", "IT", {"sql": 5}),
        Person("eve", "DATA", {"sql": 4}),
        Person("tom", "DATA", {"sql": 2}),
    ]
    board = board_of(world_of(tasks, people), ["ana"], [0])
    found = swap(board)
    (only,) = found.operations
    assert isinstance(only, Reassign)
    assert (only.from_person, only.to_person) == ("ana", "eve")
    assert only.share < 1
    assert known_by(board, only.task, "ana", "eve") == ("sql", 4)


def test_the_same_pole_comes_first() -> None:
    tasks = [Drawn("a", "ana", 0, 10, Decimal("0.6")), Drawn("b", "ana", 0, 10, Decimal("0.7"))]
    people = [ANA, Person("eve", "DATA", {"sql": 5}), Person("zoe", "IT", {"sql": 4})]
    (only,) = swap(board_of(world_of(tasks, people), ["ana"], [0])).operations
    assert isinstance(only, Reassign) and only.to_person == "zoe"


def test_a_task_that_has_begun_is_cut_on_the_eve() -> None:
    tasks = [Drawn("a", "ana", 0, 15, Decimal("1.3"), begun=True)]
    board = board_of(world_of(tasks, [ANA, Person("eve", "DATA", {"sql": 4})]), ["ana"], [0])
    cut, given = swap(board).operations
    assert cut == SplitTask("a", MONDAY - timedelta(days=1), MONDAY)
    assert isinstance(given, Reassign) and given.task == "a/2"
    after = board.trial((cut, given))[0]
    assert board.does(after)
    # What was done before the cut stays where it was.
    week = MONDAY - timedelta(weeks=1)
    assert abs(after["ana"][week] - board.base["ana"][week]) <= 1


def test_several_take_what_none_could_take_alone() -> None:
    tasks = [Drawn("a", "ana", 0, 5, Decimal("1.9"))]
    tasks += [Drawn(f"busy {key}", key, 0, 5, Decimal("0.6")) for key in ("bob", "eve", "zoe")]
    people = [ANA, *(Person(key, "DATA", {"sql": 4}) for key in ("bob", "eve", "zoe"))]
    board = board_of(world_of(tasks, people), ["ana"], [0])
    found = swap(board)
    assert len({one.to_person for one in found.operations if isinstance(one, Reassign)}) == 3 or not found.why
    assert found.why is None
    assert board.does(board.trial(found.operations)[0])


def test_nobody_who_knows_is_said_with_the_skills() -> None:
    tasks = [Drawn("a", "ana", 0, 5, Decimal("1.3"))]
    found = swap(board_of(world_of(tasks, [ANA, Person("eve", "DATA", {"sql": 2})]), ["ana"], [0]))
    assert found.why is Why.NO_SKILL
    assert found.facts["skills"] == ("odoo", "sql") and found.facts["persons"] == ("ana",)


def test_nobody_who_has_time_is_said_with_the_day() -> None:
    tasks = [Drawn("a", "ana", 0, 5, Decimal("1.3")), Drawn("b", "eve", 0, 14)]
    found = swap(board_of(world_of(tasks, [ANA, Person("eve", "DATA", {"sql": 4})]), ["ana"], [0]))
    assert found.why is Why.NO_ROOM
    assert found.facts["before"] == MONDAY + timedelta(weeks=2)


# --- split or reduce


def test_a_task_with_float_rests_during_the_overload() -> None:
    tasks = [Drawn("a", "ana", 0, 15, Decimal("0.6"), spare=10, begun=True), Drawn("b", "ana", 5, 5, Decimal("0.8"))]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [1], tasks)
    found = relieve(board)
    week = MONDAY + timedelta(weeks=1)
    assert found.nature is Nature.RELIEF
    assert found.operations == (SplitTask("a", week, week + timedelta(weeks=1)),)


def test_work_is_reduced_where_a_split_would_delay() -> None:
    tasks = [Drawn("a", "ana", 0, 15, Decimal("0.6")), Drawn("b", "ana", 5, 5, Decimal("0.8"))]
    board = board_of(world_of(tasks, [ANA]), ["ana"], [1], tasks)
    (only,) = relieve(board).operations
    assert isinstance(only, ReduceTask)
    assert board.does(board.trial((only,))[0])
    less = ReduceTask(only.task, only.factor + Decimal("0.05"))
    assert not board.does(board.trial((less,))[0])


def test_half_of_all_that_is_not_enough_is_said() -> None:
    tasks = [Drawn("a", "ana", 0, 5, Decimal("2.5"))]
    found = relieve(board_of(world_of(tasks, [ANA]), ["ana"], [0], tasks))
    assert found.why is Why.NOT_ENOUGH
    assert found.facts["ratio"] == Decimal("1.2500")
