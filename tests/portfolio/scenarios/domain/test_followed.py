"""A world made of another is dated and counted by what differs: against the same world, dated and counted afresh."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import applied
from portfolio.scenarios.domain.loads import load_of
from portfolio.scenarios.domain.operations import Operation, Reassign, ReduceTask, ShiftTask, SplitTask
from portfolio.scenarios.domain.world import World
from tests.portfolio.scenarios.domain.overloads import MONDAY, WEEK, Drawn, Person, day, world_of

SHARE = Decimal("0.5")
PEOPLE = [Person("ana"), Person("bob"), Person("eve", share=Decimal("0.8"))]


def drawn(chance: random.Random) -> World:
    tasks = [
        Drawn(
            f"t{number}",
            chance.choice(PEOPLE).key,
            chance.randint(0, 20),
            chance.randint(1, 8),
            project=chance.choice("PQ"),
            after=f"t{chance.randrange(number)}" if number and chance.random() < 0.5 else "",
        )
        for number in range(12)
    ]
    return world_of(tasks, PEOPLE)


def one_of(chance: random.Random) -> Operation:
    task = f"t{chance.randrange(12)}"
    match chance.randrange(4):
        case 0:
            return SplitTask(task, day(chance.randint(1, 20)), day(chance.randint(21, 30)))
        case 1:
            return ReduceTask(task, SHARE)
        case 2:
            giver, taker = chance.sample(PEOPLE, 2)
            return Reassign(task, giver.key, taker.key, SHARE)
        case _:
            return ShiftTask(task, chance.randint(1, 9))


@pytest.mark.parametrize("seed", range(12))
def test_one_world_after_another_is_what_it_would_be_alone(seed: int) -> None:
    chance = random.Random(seed)
    live = drawn(chance)
    known = load_of(live).by_person
    for _world in range(12):
        operations = [one_of(chance) for _operation in range(chance.randint(1, 3))]
        alone = replace(live, memo={})
        try:
            expected = applied(alone, operations)
        except ScenarioError as error:
            with pytest.raises(ScenarioError) as caught:
                applied(live, operations)
            assert caught.value.code == error.code
            continue
        found = applied(live, operations)
        assert {key: (one.starts_at, one.ends_at) for key, one in found.tasks.items()} == {
            key: (one.starts_at, one.ends_at) for key, one in expected.tasks.items()
        }
        counted = load_of(replace(expected, live=None, memo={})).by_person
        loads = {key: row for key, row in load_of(found).by_person.items() if any(row)}
        assert loads == {key: row for key, row in counted.items() if any(row)}
    assert load_of(live).by_person == known
    assert MONDAY in live.weeks and sum(known["ana"]) <= 12 * 8 * WEEK
