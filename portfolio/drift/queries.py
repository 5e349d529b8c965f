"""Alerts as they are read: of a project, of the portfolio, in one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert
from portfolio.drift.words import what
from portfolio.projects.extensions import Notice
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.tags.filters import number


def alerts_for(member: Membership) -> QuerySet[Any]:
    """The alerts of the projects whose plan `member` may see, with their projects."""
    projects = Project.objects.visible_to(member, Permission.PLAN_VIEW)
    rows: QuerySet[Any] = DriftAlert.objects.filter(project__in=projects)
    return rows.select_related("project")


def worst_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Late milestones first, the latest first; then the shortest floats, then the longest silences."""
    rank = Case(
        *(When(kind=kind.value, then=Value(rank)) for rank, kind in enumerate(DriftKind)),
        output_field=IntegerField(),
    )
    measure = Case(When(kind=DriftKind.LOW_FLOAT.value, then=F("days")), default=-F("days"))
    return rows.order_by(rank, measure, "name", "id")


@dataclass(frozen=True, slots=True)
class OpenDrifts:
    """How many alerts are open, and the worst of them; `project` is the name of its project."""

    count: int
    project_id: UUID
    project: str
    name: str
    kind: str
    days: int


def open_drifts(project_ids: Iterable[UUID]) -> OpenDrifts | None:
    """The open alerts of some projects; None without any. One statement."""
    rows = DriftAlert.objects.filter(project__in=list(project_ids), closed_on=None)
    counted = rows.annotate(total=Window(Count("pk")))
    first = worst_first(counted).select_related("project").first()
    if first is None:
        return None
    return OpenDrifts(first.total, first.project_id, first.project.name, first.name, first.kind, first.days)


def notice_of(member: Membership, project: Project) -> Notice | None:
    """What the head of a project's pages says of its drifts. One statement."""
    if not member.can(Permission.PLAN_VIEW):
        return None
    rows = list(worst_first(DriftAlert.objects.filter(project=project, closed_on=None)))
    if not rows:
        return None
    first = rows[0]
    text = _("« %(name)s » : %(what)s.") % {
        "name": first.name,
        "what": what(first.kind, first.days, first.promised_on, first.forecast_on),
    }
    if len(rows) > 1:
        more = ngettext("%(n)s autre dérive.", "%(n)s autres dérives.", len(rows) - 1) % {"n": number(len(rows) - 1)}
        text = f"{text} {more}"
    return Notice("warning", text, reverse("drift:list") + f"?project={project.pk}", _("Voir les dérives"))
