"""How long the critical path of a portfolio takes: reading, dating as one network, counting towards a milestone.

    python -m bench.portfolio            (PROJECTS=200 TASKS=500 ACROSS=300)

Makes an organisation with that many projects in the environment's database, in a transaction that is rolled back.
"""

import os
import random
import time
from datetime import date, datetime, timedelta
from typing import Any

import django

PROJECTS = int(os.environ.get("PROJECTS", "200"))
TASKS = int(os.environ.get("TASKS", "500"))
ACROSS = int(os.environ.get("ACROSS", "300"))
FIRST = date(2026, 3, 2)


def main() -> None:
    from django.db import transaction

    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    with transaction.atomic():
        tenant = Tenant.objects.create(slug=f"bench-{os.getpid()}", name="Bench")
        with tenant_context(tenant):
            measure(make())
        transaction.set_rollback(True)


def make() -> list[Any]:
    """The keys of the projects: each has its chains of tasks, some wait for tasks of others."""
    from portfolio.people.models import Pole
    from portfolio.planning.models import Dependency, Task
    from portfolio.projects.models import Project

    rng = random.Random(1)
    pole = Pole.objects.create(code="B", name="Bench")
    projects = Project.objects.bulk_create(
        Project(code=f"P{number}", name=f"P{number}", pole=pole, starts_on=FIRST + timedelta(days=number % 90),
                ends_on=FIRST + timedelta(days=720))
        for number in range(PROJECTS)
    )  # fmt: skip
    start = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - wall-clock
    tasks = [
        Task(project=project, name=f"T{rank}", position=rank, starts_at=start, ends_at=start,
             duration_minutes=60 * rng.randint(1, 40))
        for project in projects
        for rank in range(TASKS)
    ]  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=2000)
    links = []
    for index, project in enumerate(projects):
        own = tasks[index * TASKS : (index + 1) * TASKS]
        links += [
            Dependency(project=project, predecessor=own[rank - rng.randint(1, min(rank, 6))], successor=own[rank])
            for rank in range(1, TASKS)
        ]
    for _round in range(ACROSS):
        one, other = sorted(rng.sample(range(PROJECTS), 2))
        links.append(
            Dependency(project=projects[other], predecessor_project=projects[one],
                       predecessor=tasks[one * TASKS + rng.randrange(TASKS)],
                       successor=tasks[other * TASKS + rng.randrange(TASKS)])
        )  # fmt: skip
    Dependency.objects.bulk_create(links, batch_size=2000, ignore_conflicts=True)
    return [project.pk for project in projects]


def measure(projects: list[Any]) -> None:
    from portfolio.planning.domain.towards import planner_towards
    from portfolio.planning.models import Task
    from portfolio.planning.portfolio_network import read_portfolio
    from portfolio.planning.portfolio_path import Target, _computed

    def timed(label: str, call: Any) -> Any:
        begun, worked = time.perf_counter(), time.process_time()
        found = call()
        wall, own = time.perf_counter() - begun, time.process_time() - worked
        print(f"{label:<44}{wall:8.2f} s, of which this process {own:6.2f} s", flush=True)
        return found

    plan = timed(f"read {len(projects)} projects x {TASKS} tasks", lambda: read_portfolio(projects))
    planner = timed("date them as one network", plan.planner)
    last = max(planner.network.nodes.values(), key=lambda node: node.early_finish).key
    timed("count floats towards one task", lambda: planner_towards(planner, plan.tasks, plan.links, [last]))
    milestone = Task.objects.get(pk=last)
    timed("all of it, to the portfolio's end", lambda: _computed(read_portfolio(projects), Target(), ""))
    timed("all of it, to that task", lambda: _computed(read_portfolio(projects), Target(milestone=milestone), ""))


if __name__ == "__main__":
    django.setup()
    main()
