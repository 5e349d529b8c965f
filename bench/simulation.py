"""How long a simulation takes, against drawing the same random numbers and doing nothing with them.

    python -m bench.simulation            (no server needed; TASKS=1000 LINKS=1500 RUNS=10000 ROUNDS=3)

Prints seconds, and the ratio to the draws alone in the same process: the whole simulation (aim: 1 000 tasks and
10 000 runs in under 3 s), its peak memory, and what the engine, asked once for each run, would take.
"""

import os
import random
import tracemalloc
from datetime import date, datetime
from datetime import time as clock

import numpy as np

from bench.timing import medians
from portfolio.people.domain.calendar import HolidayRegion, standard_calendar
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import Planner
from portfolio.simulation.domain.estimates import Estimate
from portfolio.simulation.domain.outcome import RiskEvent, Uncertainty
from portfolio.simulation.domain.simulation import simulate

TASKS = int(os.environ.get("TASKS", "1000"))
LINKS = int(os.environ.get("LINKS", "1500"))
RUNS = int(os.environ.get("RUNS", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
START = datetime.combine(date(2026, 3, 2), clock(9))
CALENDAR = standard_calendar(HolidayRegion("FR"), "Bureau")


def plan(count: int, links: int) -> tuple[list[PlanTask], list[Dependency]]:
    """Phases of twenty tasks, most links FS without lag, one task in twenty a milestone."""
    rng = random.Random(1)
    tasks = []
    for number in range(count):
        phase = number // 20 * 20
        milestone = number % 20 == 19
        minutes = 0 if number == phase or milestone else 60 * rng.randint(4, 80)
        tasks.append(PlanTask(str(number), minutes, parent=None if number == phase else str(phase)))
    leaves = [number for number in range(count) if number % 20]
    kinds = [DependencyType.FINISH_START] * 8 + list(DependencyType)
    pairs: dict[tuple[int, int], None] = {}
    while len(pairs) < links:
        index = rng.randrange(len(leaves) - 1)
        pairs[leaves[index], leaves[min(index + rng.randint(1, 30), len(leaves) - 1)]] = None
    return tasks, [
        Dependency(str(one), str(two), rng.choice(kinds), 60 * rng.randint(-8, 16) if rng.random() < 0.2 else 0)
        for one, two in pairs
        if one != two
    ]


def uncertainty(tasks: list[PlanTask]) -> Uncertainty:
    """Every task estimated, in eight correlated groups; twenty risks."""
    rng = random.Random(2)
    worked = [task for task in tasks if task.duration_minutes]
    estimates = {
        task.key: Estimate(
            round(task.duration_minutes * rng.uniform(0.6, 0.95)),
            task.duration_minutes,
            round(task.duration_minutes * rng.uniform(1.1, 2.5)),
        )
        for task in worked
    }
    risks = tuple(
        RiskEvent(f"R{number}", rng.uniform(0.05, 0.5), 420 * rng.randint(2, 20), (rng.choice(worked).key,))
        for number in range(20)
    )
    groups = {task.key: str(int(task.key) % 8) for task in worked}
    return Uncertainty(estimates, risks, groups, 0.3, RUNS)


def main() -> None:
    tasks, links = plan(TASKS, LINKS)
    asked = uncertainty(tasks)
    planner = Planner(tasks, links, calendar=CALENDAR, project_start=START)

    def draws() -> None:
        source = np.random.default_rng(1)
        for _ in range(10):
            source.standard_normal((len(asked.estimates), RUNS // 10), np.float32)

    bare, whole, once = (
        one / 1000 for one in medians([draws, lambda: simulate(planner, asked), planner.run], ROUNDS)
    )
    tracemalloc.start()
    outcome = simulate(planner, asked)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"{len(tasks)} tasks, {len(links)} links, {RUNS} runs; P50 {outcome.end.at(0.5)}, P80 {outcome.end.at(0.8)}"
    )
    print(f"  the same random numbers      {bare:7.2f} s     1.0")
    print(f"  simulation                   {whole:7.2f} s  {whole / bare:6.1f}   (aim: under 3 s)")
    print(f"  the engine once for each run {once * RUNS:7.0f} s  {once * RUNS / bare:6.0f}   (one run measured)")
    print(f"  peak memory                  {peak:7.0f} MB")


if __name__ == "__main__":
    main()
