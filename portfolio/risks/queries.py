"""What the register says. Each function is one query, whatever the number of projects.

`projects` is a queryset of projects that the member may see with `risk.view`, or any iterable of projects.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet

from portfolio.projects.models import Project
from portfolio.risks.domain import LEVELS, Severity, severity
from portfolio.risks.models import Risk, RiskQuerySet

Projects = Iterable[Project] | QuerySet[Any]
Matrix = Mapping[tuple[int, int], int]


def risks_of(projects: Projects) -> RiskQuerySet:
    """The live risks of projects, with their score, project and owner, the worst first."""
    keys = projects.values("pk") if isinstance(projects, QuerySet) else [project.pk for project in projects]
    rows: RiskQuerySet = Risk.objects.filter(project_id__in=keys).select_related("project", "owner").worst_first()
    return rows


def top(projects: Projects, n: int) -> tuple[Risk, ...]:
    """The `n` worst active risks."""
    return tuple(risks_of(projects).active()[:n])


def top_by_project(projects: Projects) -> dict[UUID, Risk]:
    """The worst active risk of each project that has one, by the project's key."""
    rows = (
        risks_of(projects)
        .active()
        .order_by("project_id", "-score_value", "-impact", F("due_on").asc(nulls_last=True), "reference")
    )
    return {risk.project_id: risk for risk in rows.distinct("project_id")}


def matrix(projects: Projects) -> Matrix:
    """How many active risks there are by (probability, impact), each 1-5: all 25 cells."""
    return matrix_of(risks_of(projects).active())


def matrix_of(risks: QuerySet[Any]) -> Matrix:
    """The same of the risks given, whatever their status."""
    counted = risks.order_by().values("probability", "impact").annotate(count=Count("pk"))
    found = {(row["probability"], row["impact"]): row["count"] for row in counted}
    return {(p, i): found.get((p, i), 0) for p in LEVELS for i in LEVELS}


def by_severity(cells: Matrix) -> dict[Severity, int]:
    """The counts of a matrix by severity band, all four."""
    counts: Counter[Severity] = Counter()
    for (probability, impact), count in cells.items():
        counts[severity(probability * impact)] += count
    return {level: counts[level] for level in Severity}


def overdue_count(projects: Projects, today: date) -> int:
    """How many active risks have a mitigation whose due date is past."""
    return int(risks_of(projects).overdue(today).order_by().count())
