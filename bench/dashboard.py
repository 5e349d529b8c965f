"""How long the executive dashboard takes on the server, against a flat list and against the naive way.

    bin/manage shell -c "from bench.dashboard import main; main()"    (or: python -m bench.dashboard, servers running)

Makes an organisation of PROJECTS projects in a transaction that is rolled back, and prints medians and ratios:
- page / flat: the dashboard's page over a plain page of 50 rows of the same organisation;
- facts / lower bound: its facts over reading the roll-up's rows in one query;
- naive / facts: summing each project's own rows one project after the other, over its facts.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

PROJECTS = int(os.environ.get("PROJECTS", "60"))
MONTHS = 18
ROUNDS = 7


def median(call: Callable[[], Any]) -> float:
    """Milliseconds, after a first call that warms the caches."""
    call()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def make_portfolio() -> Any:
    """The organisation; returns its executive's membership."""
    from portfolio.finance.domain import add_months
    from portfolio.finance.models import BudgetLine
    from portfolio.people.models import Pole
    from portfolio.projects.models import Milestone, Project, StatusReport, Weather
    from portfolio.risks.models import Risk
    from tech4value.accounts.actions import add_member
    from tech4value.accounts.permissions import Role
    from tech4value.audit.actor import SYSTEM
    from tech4value.audit.writing import create, create_many
    from tech4value.billing.models import Plan, Subscription
    from tech4value.tenancy.clock import today

    day = today()
    past = SYSTEM.on(day - timedelta(days=300))
    create(SYSTEM, Subscription(plan=Plan.ENTERPRISE, started_on=day))
    poles = create_many(past, [Pole(code=f"P{index}", name=f"Pôle {index}") for index in range(6)])
    projects = create_many(
        past,
        [
            Project(
                code=f"B{index:03}",
                name=f"Projet {index}",
                pole=poles[index % len(poles)],
                starts_on=day - timedelta(days=300),
                ends_on=day + timedelta(days=300),
            )
            for index in range(PROJECTS)
        ],
    )
    weathers = Weather.values
    create_many(
        past,
        [
            StatusReport(
                project=project, reported_on=day - timedelta(days=30 * age), weather=weathers[(index + age) % 4]
            )
            for index, project in enumerate(projects)
            for age in range(12)
        ],
    )
    create_many(
        past,
        [
            BudgetLine(
                project=project,
                category="services",
                nature="opex",
                month=add_months(day, offset),
                planned=Decimal(1000),
                actual=Decimal(900 if offset < 0 else 0),
                forecast=Decimal(1050),
            )
            for project in projects
            for offset in range(-MONTHS // 2, MONTHS // 2)
        ],
    )
    create_many(
        past,
        [
            Milestone(project=project, name=f"Jalon {index}", due_on=day + timedelta(days=20 * index - 40))
            for project in projects
            for index in range(5)
        ],
    )
    create_many(
        past,
        [
            Risk(project=project, reference=f"R-{index}", title="Risque", probability=1 + index, impact=4)
            for project in projects
            for index in range(4)
        ],
    )
    return add_member(actor=SYSTEM, email="bench@bench.example", name="Bench", role=Role.EXECUTIVE)


def naive(member: Any) -> None:
    """What the roll-up spares: every project's rows, one project after the other."""
    from portfolio.projects.models import Project

    for project in Project.objects.visible_to(member):
        sum(line.planned + line.actual + line.forecast for line in project.budget_lines.all())
        max((risk.score for risk in project.risks.all()), default=0)
        [milestone.due_on for milestone in project.milestones.all()]
        project.status_reports.first()


def main() -> None:
    from django.db import transaction
    from django.test import Client

    from reporting.dashboards.filters import Filters
    from reporting.dashboards.models import ProjectFacts
    from reporting.dashboards.queries import portfolio_facts
    from tech4value.tenancy.clock import today
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    with transaction.atomic():
        tenant = Tenant.objects.create(slug=f"bench-{time.time_ns()}", name="Bench")
        with tenant_context(tenant):
            member = make_portfolio()
        client = Client()
        client.force_login(member.user)
        page = median(lambda: client.get(f"/t/{tenant.slug}/dashboard/"))
        flat = median(lambda: client.get(f"/t/{tenant.slug}/dashboard/milestones/"))
        with tenant_context(tenant):
            facts = median(lambda: portfolio_facts(member, Filters(), today()))
            lower = median(lambda: list(ProjectFacts.objects.select_related("project")))
            slow = median(lambda: naive(member))
        print(f"{PROJECTS} projects, median of {ROUNDS}, in milliseconds")
        print(f"page {page:.0f}, flat page {flat:.0f}, facts {facts:.0f}, lower bound {lower:.1f}, naive {slow:.0f}")
        print(f"page / flat page      {page / flat:.2f}")
        print(f"facts / lower bound   {facts / lower:.2f}")
        print(f"naive / facts         {slow / facts:.2f}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
    django.setup()
    main()
