"""ProjectFacts, kept in step with the rows that they sum: in the writer's transaction, once, before it commits."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Count, DecimalField, F, Max, Q, Sum

from portfolio.finance.models import BudgetLine
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Milestone, Project, StatusReport
from portfolio.risks.models import ACTIVE, Risk
from reporting.dashboards.models import ProjectFacts
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import before_commit, current_tenant

SUMMED: Final = frozenset(object_type(model) for model in (Project, Milestone, StatusReport, BudgetLine, Risk, Task))
ZERO: Final = Decimal(0)
# What the roll-up computes, as it is for a project without rows.
EMPTY: Final[dict[str, Any]] = {
    "weather": "",
    "trend": "",
    "reported_on": None,
    "planned": ZERO,
    "committed": ZERO,
    "actual": ZERO,
    "forecast": ZERO,
    "tasks": 0,
    "percent_complete": ZERO,
    "plan_ends_at": None,
    "milestones": 0,
    "milestones_met": 0,
    "open_risks": 0,
    "top_risk_score": 0,
}
# The projects touched so far by a tenant's transaction. An aborted one may leave its own behind: they are then
# refreshed with the next, which costs a little and changes nothing.
_touched: ContextVar[dict[UUID, set[UUID]] | None] = ContextVar("facts_touched", default=None)


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: marks the projects whose rows changed."""
    projects = {project for event in events if event.object_type in SUMMED for project in _projects_of(event)}
    if not projects:
        return
    touched = _touched.get()
    if touched is None:
        touched = {}
        _touched.set(touched)
    tenant_id = current_tenant().pk
    touched.setdefault(tenant_id, set()).update(projects)
    before_commit(("facts", tenant_id), _refresh_touched)


def _projects_of(event: AuditEvent) -> set[UUID]:
    """The event's project; both of them when a row moved from one to another."""
    moved = event.changes.get("project") or ()
    return {UUID(str(project)) for project in (event.project_id, *moved) if project}


def _refresh_touched() -> None:
    refresh((_touched.get() or {}).pop(current_tenant().pk, set()))


def rebuild() -> int:
    """Compute the facts of every live project of the tenant again; returns how many."""
    projects = list(Project.objects.values_list("pk", flat=True))
    refresh(projects)
    return len(projects)


def refresh(project_ids: Iterable[UUID]) -> None:
    """Compute the facts of these projects again, in a number of statements that does not depend on how many.

    The rows are locked before anything is summed: of two writers, the later one sees what the earlier one committed.
    """
    wanted = sorted(project_ids)
    if not wanted:
        return
    facts = _locked(wanted)
    missing = [project_id for project_id in wanted if project_id not in facts]
    if missing:
        existing = Project.everything.filter(pk__in=missing).order_by("pk").values_list("pk", flat=True)
        ProjectFacts.objects.bulk_create(
            [ProjectFacts(project_id=project_id) for project_id in existing], ignore_conflicts=True
        )
        facts = _locked(wanted)
    values = _values(list(facts))
    instant = now()
    for project_id, row in facts.items():
        for name, value in values[project_id].items():
            setattr(row, name, value)
        row.refreshed_at = instant
    update_rows(facts.values(), [*EMPTY, "refreshed_at"])


def _locked(project_ids: list[UUID]) -> dict[UUID, ProjectFacts]:
    rows = ProjectFacts.objects.filter(project_id__in=project_ids).order_by("project_id")
    return {row.project_id: row for row in rows.select_for_update(no_key=True)}


def _values(project_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The computed fields of each project, from its live rows."""
    values: dict[UUID, dict[str, Any]] = {project_id: dict(EMPTY) for project_id in project_ids}
    for source in (_status, _money, _plan, _promises, _threats):
        for row in source(project_ids):
            values[row.pop("project_id")].update(row)
    return values


def _status(project_ids: list[UUID]) -> Iterable[dict[str, Any]]:
    reports = StatusReport.objects.filter(project_id__in=project_ids)
    latest = reports.order_by("project_id", "-reported_on").distinct("project_id")
    return latest.values("project_id", "weather", "trend", "reported_on")


def _money(project_ids: list[UUID]) -> Iterable[dict[str, Any]]:
    lines = BudgetLine.objects.filter(project_id__in=project_ids).order_by().values("project_id")
    return lines.annotate(
        **{f"{name}_sum": Sum(name) for name in ("planned", "committed", "actual", "forecast")}
    ).values(
        "project_id",
        planned=F("planned_sum"),
        committed=F("committed_sum"),
        actual=F("actual_sum"),
        forecast=F("forecast_sum"),
    )


def _plan(project_ids: list[UUID]) -> Iterable[dict[str, Any]]:
    """Progress = sum of duration x share done / sum of duration, over tasks that are not summaries."""
    work = Q(kind=TaskKind.TASK)
    share = DecimalField(max_digits=24, decimal_places=4)
    rows = (
        Task.objects.filter(project_id__in=project_ids)
        .order_by()
        .values("project_id")
        .annotate(
            count=Count("pk", filter=work),
            minutes=Sum("duration_minutes", filter=work),
            done=Sum(F("duration_minutes") * F("percent_complete"), filter=work, output_field=share),
            average=Avg("percent_complete", filter=work),
            ends=Max("ends_at"),
        )
    )
    for row in rows:
        progress = row["done"] / row["minutes"] if row["minutes"] else row["average"] or ZERO
        yield {
            "project_id": row["project_id"],
            "tasks": row["count"],
            "percent_complete": Decimal(progress).quantize(Decimal("0.0001")),
            "plan_ends_at": row["ends"] and row["ends"].date(),
        }


def _promises(project_ids: list[UUID]) -> Iterable[dict[str, Any]]:
    rows = Milestone.objects.filter(project_id__in=project_ids).order_by().values("project_id")
    return rows.annotate(milestones=Count("pk"), milestones_met=Count("pk", filter=Q(actual_on__isnull=False)))


def _threats(project_ids: list[UUID]) -> Iterable[dict[str, Any]]:
    rows = Risk.objects.filter(project_id__in=project_ids, status__in=ACTIVE).order_by().values("project_id")
    return rows.annotate(open_risks=Count("pk"), top_risk_score=Max(F("probability") * F("impact")))
