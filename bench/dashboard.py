"""How long the executive dashboard takes on the server, against a page that lists as many rows of one flat table.

    python -m bench.dashboard                (servers named by the environment: eval "$(bin/servers env)")
    python -m bench.dashboard --full         (200 projects and 100 000 tasks, beside 50 such tenants: 5 million tasks)

On a database of its own. Prints medians and ratios:
- page / flat: the dashboard over a page with the same session, permission and frame, which lists the same projects
  from one table that holds nothing else: aim for at most 3;
- changed / flat: the same, opened for the first time since something changed;
- facts / lower bound: its facts over reading the roll-up's rows in one query;
- naive / facts: summing each project's own rows one project after the other, over its facts.
"""

import argparse
import time
from typing import Any

from bench.database import load, own_database, vacuum
from bench.tenants_seed import keep_as_model, make_likeness, make_portfolio, make_tasks
from bench.timing import medians

ROUNDS = 15


def naive(member: Any) -> None:
    """What the roll-up spares: every project's rows, one project after the other."""
    from portfolio.projects.models import Project

    for project in Project.objects.visible_to(member):
        sum(line.planned + line.actual + line.forecast for line in project.budget_lines.all())
        max((risk.score for risk in project.risks.all()), default=0)
        [milestone.due_on for milestone in project.milestones.all()]
        project.status_reports.first()


def make_flat() -> None:
    """One table with what a line of the dashboard's list shows, and nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bench_flat AS SELECT p.code, p.name, o.name AS pole, f.weather, f.percent_complete, "
            "f.planned, f.actual, f.forecast, f.milestones, f.milestones_met, f.open_risks, f.top_risk_score, "
            "p.ends_on "
            "FROM portfolio_projects_project p JOIN reporting_dashboards_projectfacts f ON f.project_id = p.id "
            "JOIN portfolio_people_pole o ON o.id = p.pole_id ORDER BY p.code"
        )


def run(projects: int, tasks: int, others: int) -> None:
    from django.conf import settings
    from django.db import transaction
    from django.test import Client

    from reporting.dashboards.filters import Filters
    from reporting.dashboards.models import ProjectFacts
    from reporting.dashboards.queries import portfolio_facts
    from tech4value.tenancy.clock import today
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant
    from tech4value.web import live

    start = time.perf_counter()
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(tenant):
        member = make_portfolio(projects)
        make_tasks(tasks)
        keep_as_model()
    for number in range(others):
        other = Tenant.objects.create(slug=f"bench-{number}", name=f"Bench {number}")
        with tenant_context(other):
            make_likeness()
    with tenant_context(tenant), transaction.atomic():
        make_flat()
    vacuum()
    print(
        f"{projects} projects, {tasks} tasks, beside {others} such tenants "
        f"(made in {time.perf_counter() - start:.0f} s); {load()}",
        flush=True,
    )
    settings.ROOT_URLCONF = "bench.flat"
    client = Client(raise_request_exception=True)
    client.force_login(member.user)

    def page(path: str) -> None:
        answer = client.get(f"/t/bench{path}")
        assert answer.status_code == 200, (path, answer.status_code)

    def changed() -> None:
        live.bump(tenant.pk, {"all"})
        page("/dashboard/")

    # Twice in a row: the first finds a change, the second finds none.
    after_change, dashboard, flat = medians(
        [changed, lambda: page("/dashboard/"), lambda: page("/bench/flat/")], ROUNDS
    )
    with tenant_context(tenant):
        facts, lower, slow = medians(
            [
                lambda: portfolio_facts(member, Filters(), today()),
                lambda: list(ProjectFacts.objects.select_related("project")),
                lambda: naive(member),
            ],
            5,
        )
    print(
        f"page {dashboard:.0f} ms, after a change {after_change:.0f}, "
        f"flat page {flat:.0f}, facts {facts:.0f}, lower bound {lower:.1f}, naive {slow:.0f}"
    )
    print(f"page / flat page      {dashboard / flat:.2f}   (aim: at most 3)")
    print(f"changed / flat page   {after_change / flat:.2f}")
    print(f"facts / lower bound   {facts / lower:.2f}")
    print(f"naive / facts         {slow / facts:.2f}")
    print(load())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard")
    parser.add_argument("--full", action="store_true", help="200 projects, 100 000 tasks, 50 other tenants")
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--others", type=int, default=5)
    given = parser.parse_args()
    if given.full:
        given.tasks, given.others = 100_000, 50
    with own_database("bench_dashboard"):
        run(given.projects, given.tasks, given.others)


if __name__ == "__main__":
    main()
