"""How long the engine takes, against a topological walk of the same graph that does nothing.

    python -m bench.scheduling            (no server needed; TASKS=10000 LINKS=15000 ROUNDS=5 MOST=100000)

Prints, in milliseconds and as a ratio to `graphlib` in the same process: a full run (from the tasks as given to every
date, float and conflict as given back; aim: at most 15 times), of which both passes alone; one edit in the middle of
the plan (aim: under a tenth of a full run), as the median of many and as the slowest, which moves the project's end;
then full runs up to MOST tasks (aim: the same time for each task).
"""

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from datetime import time as clock
from graphlib import TopologicalSorter
from typing import Any

from bench.timing import medians
from portfolio.people.domain.calendar import Calendar, CalendarException, HolidayRegion, standard_calendar
from portfolio.planning.domain.network import ConstraintType, Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import Planner

TASKS = int(os.environ.get("TASKS", "10000"))
LINKS = int(os.environ.get("LINKS", "15000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
MOST = int(os.environ.get("MOST", "100000"))
EDITS = 200
START = datetime.combine(date(2026, 3, 2), clock())
OFFICE = standard_calendar(HolidayRegion("FR"), "Bureau")
NIGHT = Calendar("Nuit", (((0, 360), (1320, 1440)),) * 5 + ((), ()))
SITE = standard_calendar(name="Chantier").with_exceptions(
    CalendarException(date(2026, 8, 3), date(2026, 8, 21), name="Congés")
)


def plan(count: int, links: int, seed: int = 1) -> tuple[list[PlanTask], list[Dependency]]:
    """Projects side by side of about 250 tasks, under two levels of summaries, most links FS without lag; some
    constraints, some calendars."""
    rng = random.Random(seed)
    tasks: list[PlanTask] = []
    for number in range(count):
        # One task in twenty opens a phase, one in 250 a project.
        project, phase = number // 250 * 250, number // 20 * 20
        if number == project:
            tasks.append(PlanTask(str(number)))
        elif number == phase:
            tasks.append(PlanTask(str(number), parent=str(project)))
        else:
            task = PlanTask(str(number), 60 * rng.randint(0, 60), parent=str(max(phase, project)))
            if rng.random() < 0.05:
                kinds = (ConstraintType.START_NO_EARLIER_THAN, ConstraintType.FINISH_NO_LATER_THAN)
                moment = datetime.combine(date(2026, rng.randint(3, 12), rng.randint(1, 28)), clock(9))
                task = replace(task, constraint=rng.choice(kinds), constraint_date=moment)
            if rng.random() < 0.1:
                task = replace(task, calendar=rng.choice((NIGHT, SITE)))
            tasks.append(task)
    leaves = [number for number in range(count) if number % 20 and number % 250]
    kinds = [DependencyType.FINISH_START] * 8 + list(DependencyType)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < links:
        index = rng.randrange(len(leaves) - 1)
        one = leaves[index]
        two = leaves[min(index + rng.randint(1, 40), len(leaves) - 1)]
        if one // 250 == two // 250 and one != two:
            pairs.add((one, two))
    dependencies = [
        Dependency(str(one), str(two), rng.choice(kinds), 60 * rng.randint(-8, 16) if rng.random() < 0.2 else 0)
        for one, two in sorted(pairs)
    ]
    return tasks, dependencies


def walk(tasks: Sequence[PlanTask], links: Sequence[Dependency]) -> Callable[[], Any]:
    """The topological walk that does nothing."""
    graph: dict[str, list[str]] = {task.key: [] for task in tasks}
    for link in links:
        graph[link.successor].append(link.predecessor)
    return lambda: list(TopologicalSorter(graph).static_order())


def planner_of(tasks: Sequence[PlanTask], links: Sequence[Dependency]) -> Planner:
    return Planner(tasks, links, calendar=OFFICE, project_start=START)


def edits(planner: Planner, tasks: Sequence[PlanTask]) -> tuple[list[float], list[int]]:
    """Milliseconds and tasks touched of edits in the middle of the plan: a day more, and back."""
    rng = random.Random(2)
    parents = {task.parent for task in tasks}
    middle = [task for task in tasks[len(tasks) * 2 // 5 : len(tasks) * 3 // 5] if task.key not in parents]
    times, touched = [], []
    for task in rng.sample(middle, min(EDITS, len(middle))):
        for other in (replace(task, duration_minutes=task.duration_minutes + 420), task):
            start = time.perf_counter()
            moved = planner.change(other)
            times.append((time.perf_counter() - start) * 1000)
            touched.append(len(moved))
    return times, touched


def main() -> None:
    tasks, links = plan(TASKS, LINKS)
    planner = planner_of(tasks, links)
    bare, full, passes = medians(
        [walk(tasks, links), lambda: planner_of(tasks, links).schedule(), planner.run], ROUNDS
    )
    print(f"{len(tasks)} tasks, {len(links)} links")
    print(f"  topological walk (graphlib)   {bare:8.1f} ms    1.0")
    print(f"  full run                      {full:8.1f} ms  {full / bare:5.1f}   (aim: at most 15)")
    print(f"  of which both passes          {passes:8.1f} ms  {passes / bare:5.1f}")
    times, touched = edits(planner, tasks)
    median, slowest = statistics.median(times), max(times)
    print(f"  one edit in the middle        {median:8.2f} ms  {median / full:6.4f} of a full run (aim: under 0.1), "
          f"{statistics.median(touched):.0f} tasks touched")  # fmt: skip
    print(f"  slowest of {len(times)} edits          {slowest:8.2f} ms  {slowest / full:6.4f} of a full run, "
          f"{max(touched)} tasks touched")  # fmt: skip
    print("growth")
    for count in (size for size in (1000, 3000, 10_000, 30_000, 100_000) if size <= MOST):
        tasks, links = plan(count, count * LINKS // TASKS)
        gc.collect()
        start = time.perf_counter()
        planner_of(tasks, links).schedule()
        spent = (time.perf_counter() - start) * 1000
        print(f"  {count:7} tasks {len(links):7} links  {spent:9.1f} ms  {1000 * spent / count:6.1f} µs a task")


if __name__ == "__main__":
    main()
