"""Several plans dated as one network: the slow oracle, and floats counted to the end of some of their tasks."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.network import ConstraintType, Dependency, PlanTask, find_loop
from portfolio.planning.domain.schedule import Planner, schedule
from portfolio.planning.domain.towards import leading_to, planner_towards
from tests.portfolio.planning.domain.random_plans import OFFICE, START, Plan, random_plan
from tests.portfolio.planning.domain.slow_oracle import Oracle

KNOWN = frozenset({"lags", "constraints", "calendars", "deadlines", "summaries", "manual", "progress"})


def several(seed: int) -> Plan:
    """Three small plans with starts, data dates and calendars of their own, and a few links from one to another."""
    rng = random.Random(seed)
    tasks: list[PlanTask] = []
    links: list[Dependency] = []
    for number in range(3):
        plan = random_plan(seed * 3 + number, features=KNOWN, most=5, longest=16)
        start = START + timedelta(days=rng.randint(0, 20))
        day = START + timedelta(days=rng.randint(0, 30)) if rng.random() < 0.4 else None
        mark = "ABC"[number]
        tasks += [
            replace(
                task,
                key=f"{mark}{task.key}",
                parent=task.parent and f"{mark}{task.parent}",
                calendar=task.calendar or plan.calendar,
                project_start=start,
                data_date=day,
            )
            for task in plan.tasks
        ]
        links += [
            replace(one, predecessor=f"{mark}{one.predecessor}", successor=f"{mark}{one.successor}")
            for one in plan.links
        ]
    keys = [task.key for task in tasks]
    for _round in range(4):
        one, other = rng.choice(keys), rng.choice(keys)
        if one[0] < other[0]:
            links.append(Dependency(one, other))
    return Plan(tuple(tasks), tuple(links), OFFICE, START)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_several_plans_are_one_big_schedule(start: int) -> None:
    for seed in range(start, start + 50):
        plan = several(seed)
        oracle = Oracle(plan)
        planner = Planner(plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start)
        for key in oracle.leaves:
            node = planner.network.nodes[key]
            ours = (node.early_start, node.early_finish, node.late_start, node.late_finish)
            assert tuple(map(to_instant, ours)) == oracle.dates(key), (seed, key)
            assert node.total == oracle.total_float(key), (seed, key)


def day(number: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, number, hour)


def test_floats_count_to_the_chosen_task_and_not_to_the_end() -> None:
    tasks = [PlanTask("A", 480), PlanTask("B", 480), PlanTask("C", 480), PlanTask("Long", 4800), PlanTask("Goal")]
    links = [Dependency("A", "B"), Dependency("B", "Goal"), Dependency("C", "Goal"), Dependency("A", "Long")]
    planner = Planner(tasks, links, calendar=OFFICE, project_start=START)
    assert planner.network.nodes["B"].total > 0
    towards = planner_towards(planner, {task.key: task for task in tasks}, links, ["Goal"])
    assert set(towards.network.nodes) == {"A", "B", "C", "Goal"}
    floats = {key: node.total for key, node in towards.network.nodes.items()}
    assert (floats["A"], floats["B"], floats["Goal"]) == (0, 0, 0)
    assert floats["C"] == 480


def test_what_leads_to_a_task_goes_through_summaries() -> None:
    tasks = [
        PlanTask("S"), PlanTask("S1", 60, parent="S"), PlanTask("S2", 60, parent="S"), PlanTask("Before", 60),
        PlanTask("After", 60), PlanTask("Apart", 60),
    ]  # fmt: skip
    planner = Planner(
        tasks, [Dependency("Before", "S"), Dependency("S", "After")], calendar=OFFICE, project_start=START
    )
    assert leading_to(planner.network, ["After"]) == {"S", "S1", "S2", "Before", "After"}


def test_a_task_of_another_plan_holds_and_is_not_the_end() -> None:
    tasks = [
        PlanTask("Away", manual=True, start=day(2), finish=day(20, 17), outside=True),
        PlanTask("Here", 480),
        PlanTask("Free", 480),
    ]
    result = schedule(tasks, [Dependency("Away", "Here")], calendar=OFFICE, project_start=START)
    assert result.tasks["Here"].start > day(20)
    assert result.finish == result.tasks["Here"].finish
    held = schedule(tasks, [], calendar=OFFICE, project_start=START)
    assert held.finish is not None and held.finish < day(20)
    assert held.tasks["Free"].total_float == 0


def test_each_plan_has_its_own_start_and_no_earlier_than_may_be_before_it() -> None:
    tasks = [
        PlanTask("One", 480, project_start=day(9, 0)),
        PlanTask("Two", 480, project_start=day(16, 0)),
        PlanTask(
            "Before", 480, project_start=day(16, 0),
            constraint=ConstraintType.START_NO_EARLIER_THAN, constraint_date=day(4),
        ),
    ]  # fmt: skip
    found = schedule(tasks, [], calendar=OFFICE, project_start=START).tasks
    assert [found[key].start.day for key in ("One", "Two", "Before")] == [9, 16, 4]


@pytest.mark.parametrize(
    ("parents", "links", "path"),
    [
        ({"A": None, "B": None}, [("A", "B")], ()),
        ({"A": None, "B": None}, [("A", "B"), ("B", "A")], ("A", "B", "A")),
        ({"S": None, "A": "S", "B": None}, [("S", "B"), ("B", "A")], ("A", "S", "B", "A")),
    ],
)
def test_a_loop_is_found_through_summaries(
    parents: dict[str, str | None], links: list[tuple[str, str]], path: tuple[str, ...]
) -> None:
    found = find_loop(parents, links)
    assert set(found) == set(path) and len(found) == len(path)
