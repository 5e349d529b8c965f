"""The executive dashboard's facts, in a number of SQL queries that does not depend on how many projects there are."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth

from portfolio.drift.queries import open_drifts
from portfolio.finance.domain.budget import MEASURES, ZERO, Amounts, add_months, first_of_month, total
from portfolio.finance.models import BudgetLine
from portfolio.projects.models import Milestone, Project, StatusReport
from portfolio.risks.models import ACTIVE
from portfolio.risks.queries import risks_of
from portfolio.simulation.queries import p80_dates
from reporting.dashboards.capacity import coming_load
from reporting.dashboards.domain.facts import (
    CLOSED,
    WEATHERS,
    CustomValue,
    DriftRow,
    MatrixCell,
    MilestoneRow,
    MoneyMonth,
    PoleMoney,
    PortfolioFacts,
    ProjectRow,
    RiskRow,
    WeatherMonth,
)
from reporting.dashboards.filters import Filters
from reporting.dashboards.history import count_weather, previous_figures
from reporting.dashboards.milestones import HORIZON_DAYS, read_milestones
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.fields.values import fields_of
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant
from tech4value.web.field_values import people_named, shown_value

HISTORY_MONTHS: Final = 6
TOP_RISKS: Final = 10


def visible_projects(member: Membership, filters: Filters) -> QuerySet[Any]:
    """The projects that `member` steers, as filtered."""
    return filters.apply(Project.objects.visible_to(member, Permission.DASHBOARD_VIEW))


def month_before(day: date) -> date:
    """The same day of the month before, or its last."""
    first = add_months(day, -1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def portfolio_facts(member: Membership, filters: Filters, today: date, *, details: bool = False) -> PortfolioFacts:
    """Every figure and row of the dashboard, on `today`, of the projects that `member` steers and `filters` keep.

    `details` adds, for a pack, each project's months, milestones and risks, and all the open risks.
    """
    projects = list(
        visible_projects(member, filters).select_related("pole", "programme", "sponsor", "manager", "facts")
    )
    keys = [project.pk for project in projects]
    a_month_ago = month_before(today)
    milestones = _milestones(keys, None if details else a_month_ago)
    risks = _risks(projects, a_month_ago)
    open_risks = [risk for risk in risks if risk.status in ACTIVE]
    rows = _project_rows(projects, milestones, open_risks, today, details=details)
    rows.sort(key=_worst_first)
    steered = {row.id for row in rows if not row.is_closed}
    late, due = _coming([one for one in milestones if one.project_id in steered], today)
    drift = open_drifts(steered)
    matrix = Counter((risk.probability, risk.impact) for risk in open_risks)
    money = total(row.money for row in rows)
    return PortfolioFacts(
        today=today,
        taken_at=now(),
        currency=current_tenant().currency,
        filters=filters.names(),
        projects=tuple(rows),
        weather=count_weather((row.phase, row.weather) for row in rows),
        money=money,
        planned_to_date=sum((row.planned_to_date for row in rows), ZERO),
        months=_months(keys),
        poles=_pole_money(rows),
        milestones=(*late, *due),
        milestones_late=len(late),
        milestones_due=len(due),
        risks=tuple(open_risks if details else open_risks[:TOP_RISKS]),
        open_risks=len(open_risks),
        critical_risks=sum(1 for risk in open_risks if risk.is_critical),
        matrix=tuple(MatrixCell(p, i, count) for (p, i), count in sorted(matrix.items())),
        capacity=coming_load(filters, today),
        previous=previous_figures(a_month_ago, projects, milestones, risks, _weather_on(keys, a_month_ago), money),
        drifts=drift.count if drift else 0,
        worst_drift=DriftRow(drift.project_id, drift.project, drift.name, drift.kind, drift.days) if drift else None,
        as_of=max((project.facts.refreshed_at for project in projects if hasattr(project, "facts")), default=None),
        horizon_days=HORIZON_DAYS,
    )


def _project_rows(
    projects: Sequence[Project],
    milestones: Sequence[MilestoneRow],
    risks: Sequence[RiskRow],
    today: date,
    *,
    details: bool,
) -> list[ProjectRow]:
    keys = [project.pk for project in projects]
    histories, spending = _histories(keys, today), _planned_to_date(keys, today)
    months = _months_by_project(keys) if details else {}
    comments = _comments(keys) if details else {}
    custom = _custom(projects) if details else {}
    promises, threats = _grouped(milestones), _grouped(risks)
    certain = p80_dates(keys)
    rows = []
    for project in projects:
        key = project.pk
        row = _project_row(project, promises[key], threats[key], today)
        row = replace(row, history=histories[key], planned_to_date=spending.get(key, ZERO), p80_on=certain.get(key))
        if details:
            row = replace(
                row,
                comment=comments.get(key, ""),
                goal=project.goal,
                months=months.get(key, ()),
                milestones=tuple(promises[key]),
                risks=tuple(threats[key]),
                custom=custom.get(key, ()),
            )
        rows.append(row)
    return rows


def _custom(projects: Sequence[Project]) -> dict[UUID, tuple[CustomValue, ...]]:
    """The custom fields marked for packs that each project holds; at most two statements."""
    fields = [field for field in fields_of("project") if field.in_packs]
    names = people_named(fields, [project.custom_fields for project in projects])
    return {
        project.pk: tuple(
            CustomValue(field.name, shown_value(field, project.custom_fields[field.key], names))
            for field in fields
            if field.key in project.custom_fields
        )
        for project in projects
    }


def _project_row(
    project: Project, milestones: Sequence[MilestoneRow], risks: Sequence[RiskRow], today: date
) -> ProjectRow:
    """`risks` are the open ones, the worst first."""
    facts = getattr(project, "facts", None)
    pending = sorted((one for one in milestones if one.actual_on is None), key=lambda one: (one.due_on, one.name))
    late = [one for one in pending if one.is_late(today)] if project.phase != CLOSED else []
    late.sort(key=lambda one: -one.days_late(today))
    return ProjectRow(
        id=project.pk,
        code=project.code,
        name=project.name,
        pole_id=project.pole_id,
        pole=project.pole.name,
        phase=project.phase,
        method=project.method,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        programme=project.programme.name if project.programme else "",
        sponsor=project.sponsor.name if project.sponsor else "",
        manager=project.manager.name if project.manager else "",
        weather=facts.weather if facts else "",
        trend=facts.trend if facts else "",
        reported_on=facts.reported_on if facts else None,
        progress=facts.percent_complete if facts and facts.tasks else None,
        plan_ends_on=facts.plan_ends_at if facts else None,
        money=Amounts(*(getattr(facts, name) for name in MEASURES)) if facts else Amounts(),
        milestones_total=facts.milestones if facts else 0,
        milestones_met=facts.milestones_met if facts else 0,
        milestones_late=len(late),
        days_late=late[0].days_late(today) if late else 0,
        next_milestone=next(iter(late or pending), None),
        open_risks=facts.open_risks if facts else 0,
        top_risk=risks[0] if risks else None,
    )


def _worst_first(row: ProjectRow) -> tuple[Any, ...]:
    """Closed projects last; then by weather, the unknown after the sunny, then by overrun."""
    rank = WEATHERS.index(row.weather) if row.weather in WEATHERS else len(WEATHERS)
    return row.is_closed, rank, -row.money.variance, row.name, row.id


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found


def _milestones(keys: Sequence[UUID], met_after: date | None) -> list[MilestoneRow]:
    """The milestones of projects, by due date; all of them, or without those met until `met_after`."""
    rows = Milestone.objects.filter(project_id__in=keys)
    if met_after is not None:
        rows = rows.filter(Q(actual_on=None) | Q(actual_on__gt=met_after))
    return read_milestones(rows.order_by("due_on", "name", "id"))


def _coming(milestones: Iterable[MilestoneRow], today: date) -> tuple[list[MilestoneRow], list[MilestoneRow]]:
    """Those late, the latest first; those due within the horizon, the nearest first."""
    pending = [one for one in milestones if one.actual_on is None]
    late = sorted((one for one in pending if one.is_late(today)), key=lambda one: -one.days_late(today))
    horizon = today + timedelta(days=HORIZON_DAYS)
    return late, [one for one in pending if not one.is_late(today) and one.due_on <= horizon]


def _risks(projects: Sequence[Project], since: date) -> list[RiskRow]:
    """The open risks of projects, the worst first, and those that may have been open until `since`."""
    written = datetime.combine(since, time.min, UTC)
    rows = risks_of(projects).filter(Q(status__in=ACTIVE) | Q(updated_at__gte=written))
    values = rows.values_list(
        "id",
        "project_id",
        "project__code",
        "project__name",
        "reference",
        "title",
        "probability",
        "impact",
        "status",
        Coalesce("owner__name", Value("")),
        "due_on",
        "mitigation",
    )
    return [RiskRow(*row) for row in values]


def _histories(keys: Sequence[UUID], today: date) -> dict[UUID, tuple[WeatherMonth, ...]]:
    """The last weather reported in each of the last months, oldest first."""
    first = add_months(today, 1 - HISTORY_MONTHS)
    months = [add_months(first, index) for index in range(HISTORY_MONTHS)]
    rows = (
        StatusReport.objects.filter(project_id__in=keys, reported_on__gte=first)
        .annotate(month=TruncMonth("reported_on"))
        .order_by("project_id", "month", "-reported_on")
        .distinct("project_id", "month")
    )
    found = {(key, month): weather for key, month, weather in rows.values_list("project_id", "month", "weather")}
    return {key: tuple(WeatherMonth(month, found.get((key, month), "")) for month in months) for key in keys}


def _weather_on(keys: Sequence[UUID], day: date) -> dict[UUID, str]:
    """The last weather reported until `day`."""
    rows = StatusReport.objects.filter(project_id__in=keys, reported_on__lte=day)
    latest = rows.order_by("project_id", "-reported_on").distinct("project_id")
    return dict(latest.values_list("project_id", "weather"))


def _comments(keys: Sequence[UUID]) -> dict[UUID, str]:
    latest = StatusReport.objects.filter(project_id__in=keys).order_by("project_id", "-reported_on")
    return dict(latest.distinct("project_id").values_list("project_id", "comment"))


def _planned_to_date(keys: Sequence[UUID], today: date) -> dict[UUID, Decimal]:
    lines = BudgetLine.objects.filter(project_id__in=keys, month__lte=first_of_month(today)).order_by()
    return dict(lines.values("project_id").annotate(sum=Sum("planned")).values_list("project_id", "sum"))


_SUMS: Final = {f"sum_{name}": Sum(name) for name in MEASURES}


def _amounts(row: Mapping[str, Any]) -> Amounts:
    return Amounts(*(row[f"sum_{name}"] for name in MEASURES))


def _months(keys: Sequence[UUID]) -> tuple[MoneyMonth, ...]:
    """Every month that has a line, all projects together."""
    lines = BudgetLine.objects.filter(project_id__in=keys).order_by("month")
    return tuple(MoneyMonth(row["month"], _amounts(row)) for row in lines.values("month").annotate(**_SUMS))


def _months_by_project(keys: Sequence[UUID]) -> dict[UUID, tuple[MoneyMonth, ...]]:
    found: dict[UUID, list[MoneyMonth]] = defaultdict(list)
    lines = BudgetLine.objects.filter(project_id__in=keys).order_by("month")
    for row in lines.values("project_id", "month").annotate(**_SUMS):
        found[row["project_id"]].append(MoneyMonth(row["month"], _amounts(row)))
    return {key: tuple(months) for key, months in found.items()}


def _pole_money(rows: Iterable[ProjectRow]) -> tuple[PoleMoney, ...]:
    """By pole, the largest plan first."""
    found: dict[UUID, tuple[str, Amounts]] = {}
    for row in rows:
        name, so_far = found.get(row.pole_id, (row.pole, Amounts()))
        found[row.pole_id] = name, so_far + row.money
    poles = (PoleMoney(key, name, money) for key, (name, money) in found.items())
    return tuple(sorted(poles, key=lambda pole: (-pole.money.planned, pole.pole)))
