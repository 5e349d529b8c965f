"""A change computes again only what can move, and gives what a full run gives."""

import random
from dataclasses import replace

import pytest

from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import Planner, Schedule, schedule
from tests.portfolio.planning.domain.random_plans import OFFICE, START, Plan, random_plan


def planner_of(plan: Plan) -> Planner:
    return Planner(plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date)


def full(plan: Plan) -> Schedule:
    return schedule(
        plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date
    )


def edited(rng: random.Random, plan: Plan, planner: Planner) -> tuple[Plan, set[str]]:
    """One edit, done to the plan and to the planner; the keys that the planner says may have moved."""
    parents = {task.parent for task in plan.tasks}
    kind = rng.random()
    if kind < 0.25 and len(plan.tasks) > 2:
        one, two = sorted(rng.sample(range(len(plan.tasks)), 2), key=lambda _: rng.random())
        link = Dependency(plan.tasks[one].key, plan.tasks[two].key, rng.choice(list(DependencyType)), 60)
        try:
            moved = planner.link(link)
        except PlanningError as error:
            assert error.code == "cycle"
            return plan, set()
        return replace(plan, links=(*plan.links, link)), set(moved)
    if kind < 0.45 and plan.links:
        gone = rng.choice(plan.links)
        moved = planner.unlink(gone)
        links = list(plan.links)
        links.remove(gone)
        return replace(plan, links=tuple(links)), set(moved)
    index = rng.choice([n for n, task in enumerate(plan.tasks) if task.key not in parents])
    other = random_plan(rng.randint(0, 10**6)).tasks
    donor = rng.choice([task for task in other if not task.key.startswith("S")])
    task = replace(donor, key=plan.tasks[index].key, parent=plan.tasks[index].parent)
    moved = planner.change(task)
    return replace(plan, tasks=(*plan.tasks[:index], task, *plan.tasks[index + 1 :])), set(moved)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_after_any_edits_all_is_as_after_a_full_run(start: int) -> None:
    for seed in range(start, start + 50):
        rng = random.Random(seed)
        plan = random_plan(seed)
        planner = planner_of(plan)
        before = planner.schedule().tasks
        for _ in range(4):
            plan, moved = edited(rng, plan, planner)
            after = full(plan)
            assert planner.schedule() == after, seed
            different = {key for key, task in after.tasks.items() if task != before[key]}
            assert different <= moved, (seed, different - moved)
            before = after.tasks


def test_an_edit_in_the_middle_touches_only_its_surroundings() -> None:
    tasks = [PlanTask(f"{row}.{rank}", 420) for row in range(50) for rank in range(20)]
    tasks.append(PlanTask("long", 420 * 400))
    links = [Dependency(f"{row}.{rank}", f"{row}.{rank + 1}") for row in range(50) for rank in range(19)]
    planner = Planner(tasks, links, calendar=OFFICE, project_start=START)
    moved = planner.change(PlanTask("25.10", 840))
    assert len(moved) == 20
    assert all(key.startswith("25.") for key in moved)


def test_a_refused_change_leaves_the_plan_as_it_was() -> None:
    planner = Planner(
        [PlanTask("A", 420), PlanTask("B", 420)], [Dependency("A", "B")], calendar=OFFICE, project_start=START
    )
    before = planner.schedule()
    for refused in (
        lambda: planner.change(PlanTask("A", -1)),
        lambda: planner.change(PlanTask("Z", 1)),
        lambda: planner.change(PlanTask("A", 10**12)),
        lambda: planner.link(Dependency("B", "A")),
        lambda: planner.unlink(Dependency("B", "A")),
    ):
        with pytest.raises(PlanningError):
            refused()
        assert planner.schedule() == before
