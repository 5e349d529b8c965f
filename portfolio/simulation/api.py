"""Uncertainty in the API: `/api/v1/forecasts/`. Read only: simulations write them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.projects.models import Project
from portfolio.simulation.models import ProjectForecast
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class ForecastSerializer(serializers.ModelSerializer[ProjectForecast]):
    """What the last simulation of a project found: when it ends, by share of the runs. `held` is the share (0-1) that
    ends by the planned date, `stale` whether the plan has changed since. Criticality and milestones are by task."""

    stale = serializers.BooleanField(source="is_stale", read_only=True)
    criticality = serializers.SerializerMethodField()
    milestones = serializers.SerializerMethodField()

    class Meta:
        model = ProjectForecast
        fields = (
            "id", "project", "made_at", "runs", "planned_at", "held", "p10_at", "p50_at", "p80_at", "p90_at", "stale",
            "criticality", "milestones",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.FloatField()))
    def get_criticality(self, row: ProjectForecast) -> dict[str, float]:
        """Share of the runs (0-1) in which each task is critical; a task that never is, is left out."""
        found: dict[str, float] = row.data.get("criticality", {})
        return found

    @extend_schema_field(serializers.DictField(child=serializers.DictField()))
    def get_milestones(self, row: ProjectForecast) -> dict[str, dict[str, Any]]:
        """By milestone task: planned_at, held, p10_at, p50_at, p80_at, p90_at."""
        names = ("planned_at", "held", "p10_at", "p50_at", "p80_at", "p90_at")
        return {key: dict(zip(names, values, strict=True)) for key, values in row.data.get("milestones", {}).items()}


class ForecastViewSet(ReadViewSet):
    """The forecasts of the plans that the caller may see."""

    permission = Permission.PLAN_VIEW
    serializer_class = ForecastSerializer

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.PLAN_VIEW)
        rows: QuerySet[Any] = ProjectForecast.objects.filter(project__in=projects, made_at__isnull=False)
        return rows
