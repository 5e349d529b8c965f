"""Frozen plans in the API: `/api/v1/baselines/`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.planning import actions
from portfolio.planning.api_fields import OfProjectFilter, PlanViewSet, WallClock, visible
from portfolio.planning.models import Baseline, BaselineTask
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission


class BaselineTaskSerializer(serializers.ModelSerializer[BaselineTask]):
    """What was frozen of a task."""

    starts_at = WallClock(read_only=True)
    ends_at = WallClock(read_only=True)

    class Meta:
        model = BaselineTask
        fields = ("task", "starts_at", "ends_at", "duration_minutes", "work_minutes")
        read_only_fields = fields


class BaselineSerializer(serializers.ModelSerializer[Baseline]):
    """A baseline, with what it froze."""

    project = VisibleProjectField(permission=Permission.PLAN_VIEW)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    taken_on = serializers.DateField(required=False)
    tasks = BaselineTaskSerializer(many=True, read_only=True)

    class Meta:
        model = Baseline
        fields = ("id", "project", "name", "taken_on", "tasks", "version", "created_at")


class BaselineFilter(OfProjectFilter):
    """Baselines of a project."""

    class Meta:
        model = Baseline
        fields: tuple[str, ...] = ()


class BaselineViewSet(PlanViewSet):
    """Frozen plans: taken and deleted, never changed."""

    http_method_names = ["get", "post", "delete", "head", "options"]
    serializer_class = BaselineSerializer
    filterset_class = BaselineFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Baseline).prefetch_related("tasks")

    def perform_creation(self, data: dict[str, Any]) -> Baseline:
        self.demand(data["project"])
        return actions.take_baseline(actor=self.actor, **data)

    def perform_deletion(self, row: Baseline) -> None:
        self.demand(row.project)
        actions.delete_baseline(actor=self.actor, baseline=row)
