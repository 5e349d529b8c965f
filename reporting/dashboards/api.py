"""The dashboard in the API: the facts of each project, `/api/v1/project-facts/`. Read only."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.finance.domain.budget import MEASURES
from portfolio.projects.models import Phase, Weather
from reporting.dashboards.filters import Filters
from reporting.dashboards.models import ProjectFacts
from reporting.dashboards.queries import visible_projects
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class ProjectFactsSerializer(serializers.ModelSerializer[ProjectFacts]):
    """Sums and extremes of a project's rows. Money is in the organisation's currency, and there for those who may see
    budgets; shares are 0-1."""

    code = serializers.CharField(source="project.code", read_only=True)
    name = serializers.CharField(source="project.name", read_only=True)
    phase = serializers.CharField(source="project.phase", read_only=True)
    plan_ends_on = serializers.DateField(source="plan_ends_at", read_only=True)

    class Meta:
        model = ProjectFacts
        fields = (
            "id",
            "project",
            "code",
            "name",
            "phase",
            "weather",
            "trend",
            "reported_on",
            *MEASURES,
            "tasks",
            "percent_complete",
            "plan_ends_on",
            "milestones",
            "milestones_met",
            "open_risks",
            "top_risk_score",
            "refreshed_at",
        )
        read_only_fields = fields

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        if not sees_money(self.context.get("request")):
            for name in MEASURES:
                del fields[name]
        return fields


def sees_money(request: Any) -> bool:
    """Whether the caller may see budgets; true of nobody in particular, for the document."""
    member = getattr(getattr(request, "_request", None), "member", None)
    return member is None or bool(member.can(Permission.BUDGET_VIEW))


class ProjectFactsFilter(django_filters.FilterSet):
    """The dashboard's filters, and the project's state."""

    project = django_filters.UUIDFilter(field_name="project_id")
    pole = django_filters.UUIDFilter(field_name="project__pole_id")
    programme = django_filters.UUIDFilter(field_name="project__programme_id")
    sponsor = django_filters.UUIDFilter(field_name="project__sponsor_id")
    weather = django_filters.ChoiceFilter(choices=Weather.choices)
    phase = django_filters.ChoiceFilter(field_name="project__phase", choices=Phase.choices)

    class Meta:
        model = ProjectFacts
        fields: tuple[str, ...] = ()


class ProjectFactsViewSet(ReadViewSet):
    """What the executive dashboard knows of each project that the caller steers."""

    permission = Permission.DASHBOARD_VIEW
    serializer_class = ProjectFactsSerializer
    filterset_class = ProjectFactsFilter

    @property
    def unfiltered(self) -> tuple[str, ...]:  # type: ignore[override]  # it depends on the caller
        """Nor does an order tell what is not shown."""
        return () if sees_money(getattr(self, "request", None)) else tuple(MEASURES)

    def rows(self) -> QuerySet[Any]:
        projects = visible_projects(self.member, Filters())
        return ProjectFacts.objects.filter(project__in=projects).select_related("project")
