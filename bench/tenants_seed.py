"""Tenants of a chosen size: the first through the product's actions, its tasks and likenesses inside PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

MONTHS = 18
# Tables of a likeness's own making, or that no page of the bench reads: the journal, the search index, jobs.
NOT_COPIED = {"audit", "search", "jobs", "notifications", "web"}


def make_portfolio(projects: int) -> Any:
    """An organisation's projects, money, milestones, risks and reports; returns its executive's membership."""
    from portfolio.finance.domain.budget import add_months
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
    made = create_many(
        past,
        [
            Project(
                code=f"B{index:03}",
                name=f"Projet {index}",
                pole=poles[index % len(poles)],
                starts_on=day - timedelta(days=300),
                ends_on=day + timedelta(days=300),
            )
            for index in range(projects)
        ],
    )
    weathers = Weather.values
    reports = [
        StatusReport(project=project, reported_on=day - timedelta(days=30 * age), weather=weathers[(index + age) % 4])
        for index, project in enumerate(made)
        for age in range(12)
    ]
    create_many(past, reports)
    lines = [
        BudgetLine(
            project=project,
            category="services",
            nature="opex",
            month=add_months(day, offset),
            planned=Decimal(1000),
            actual=Decimal(900 if offset < 0 else 0),
            forecast=Decimal(1050),
        )
        for project in made
        for offset in range(-MONTHS // 2, MONTHS // 2)
    ]
    create_many(past, lines)
    milestones = [
        Milestone(project=project, name=f"Jalon {index}", due_on=day + timedelta(days=20 * index - 40))
        for project in made
        for index in range(5)
    ]
    create_many(past, milestones)
    risks = [
        Risk(project=project, reference=f"R-{index}", title="Risque", probability=1 + index, impact=4)
        for project in made
        for index in range(4)
    ]
    create_many(past, risks)
    return add_member(actor=SYSTEM, email="bench@bench.example", name="Bench", role=Role.EXECUTIVE)


def make_tasks(total: int) -> None:
    """`total` tasks spread over the current tenant's projects, made inside PostgreSQL; the roll-up follows."""
    from django.db import connection

    from reporting.dashboards.rollup import rebuild
    from tech4value.tenancy.context import current_tenant

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portfolio_planning_task (id, tenant_id, project_id, position, wbs, name, kind, mode,"
            " starts_at, ends_at, duration_minutes, work_minutes, percent_complete, constraint_kind, is_critical,"
            " notes, version, updated_at, custom_fields, conflicts, effort_type)"
            " SELECT gen_random_uuid(), %s, p.id, n, n::text, 'Tâche ' || n, 'task', 'auto',"
            " d.day + n * interval '1 hour', d.day + (n + 8) * interval '1 hour', 480, 480,"
            " (n %% 5) * 0.25, 'asap', false, '', 1, now(), '{}', '[]', 'duration'"
            " FROM (SELECT id, count(*) OVER () AS projects FROM portfolio_projects_project) p,"
            " LATERAL (SELECT date_trunc('day', now())::timestamp AS day) d,"
            " LATERAL generate_series(1, (%s / p.projects)::int) n",
            [current_tenant().pk, total],
        )
    rebuild()


def copied_models() -> Sequence[Any]:
    """The tenant tables of a likeness."""
    from tech4value.tenancy.row_security import tenant_models

    return [model for model in tenant_models() if model._meta.app_label not in NOT_COPIED]


def keep_as_model() -> None:
    """Copy the current tenant's rows to temporary tables: a tenant cannot read another's, these belong to none."""
    from django.db import connection

    with connection.cursor() as cursor:
        for model in copied_models():
            table = model._meta.db_table
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS seed_{table} AS SELECT * FROM {table}")


def make_likeness() -> None:
    """Fill the current tenant with the kept rows, under keys derived from theirs and from the tenant's."""
    from django.db import connection, models

    from tech4value.tenancy.context import current_tenant
    from tech4value.tenancy.models import TenantModel

    tenant = str(current_tenant().pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in copied_models():
            columns, values = [], []
            for field in model._meta.concrete_fields:
                if field.generated:
                    continue
                columns.append(f'"{field.column}"')
                remote = isinstance(field, models.ForeignKey) and issubclass(field.remote_field.model, TenantModel)
                if field.name == "tenant":
                    values.append(f"'{tenant}'::uuid")
                elif field.primary_key or remote:
                    values.append(f"md5(\"{field.column}\"::text || '{tenant}')::uuid")
                else:
                    values.append(f'"{field.column}"')
            table = model._meta.db_table
            cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM seed_{table}")
