"""Every run against the scheduling engine, one plan at a time."""

import random
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.schedule import Planner
from portfolio.simulation.domain.outcome import RiskEvent, Uncertainty
from portfolio.simulation.domain.passes import Passes
from portfolio.simulation.domain.simulation import Simulation
from tests.portfolio.planning.domain.random_plans import FEATURES, Plan, random_plan

RUNS = 6
# How long people work follows from work, not from a duration that a run could draw: they stay as planned here.
DRAWN = [name for name in FEATURES if name != "people"]


def planner_of(plan: Plan) -> Planner:
    return Planner(plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date)


def drawn_plan(seed: int) -> Plan:
    rng = random.Random(seed)
    plan = random_plan(seed, features=frozenset(rng.sample(FEATURES, rng.randint(0, 6))), most=10)
    if rng.random() < 0.4:
        plan = replace(plan, data_date=datetime(2026, 3, rng.randint(1, 25), rng.choice([0, 9, 12, 15])))
    return plan


def passes_over(planner: Planner, durations: dict[Node, np.ndarray]) -> tuple[Passes, int]:
    """The passes over as many runs as there are durations of each task."""
    simulation = Simulation(planner, Uncertainty({}, risks=(RiskEvent("R", 1, 60),)))
    passes = Passes(planner.network, simulation._grids(), simulation.base)
    for node in planner.network.nodes.values():
        span = passes.spans[node]
        span.whole, span.left = node.duration, node.remaining
        if node in durations:
            span.whole = durations[node]
            done = np.rint(durations[node] * node.task.percent_complete).astype(np.int64)
            span.left = span.whole - done if node.started else span.whole
    passes.run()
    return passes, simulation.base


def one(value: object, run: int) -> int:
    return int(np.broadcast_to(np.asarray(value), RUNS)[run])


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_every_run_has_the_dates_and_the_critical_path_of_the_engine(first: int) -> None:
    for seed in range(first, first + 50):
        plan = drawn_plan(seed)
        planner = planner_of(plan)
        rng = np.random.default_rng(seed)
        durations = {
            node: rng.integers(1, 40, RUNS) * 60
            for node in planner.network.nodes.values()
            if node.duration and not node.children and not node.efforts and node.manual_start is None
            and not node.finished
        }  # fmt: skip
        passes, base = passes_over(planner, durations)
        for run in range(RUNS):
            tasks = [
                replace(task, duration_minutes=int(durations[planner.network.nodes[task.key]][run]))
                if planner.network.nodes[task.key] in durations
                else task
                for task in plan.tasks
            ]
            other = planner_of(replace(plan, tasks=tuple(tasks)))
            for key, node in other.network.nodes.items():
                span = passes.spans[planner.network.nodes[key]]
                ours = [one(value, run) + base for value in (span.early_start, span.early_finish)]
                assert ours == [node.early_start, node.early_finish], (seed, key, run)
                if not node.children:
                    late = [one(value, run) + base for value in (span.late_start, span.late_finish)]
                    assert late == [node.late_start, node.late_finish], (seed, key, run)
                assert bool(one(span.critical, run)) == node.critical, (seed, key, run)
