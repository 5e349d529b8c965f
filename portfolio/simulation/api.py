"""Simulations in the API: `/api/v1/forecasts/`. Asked for by POST, followed and read by GET."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.planning.api_fields import visible
from portfolio.projects.access import demand
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.simulation.forecasting import cancel_simulation, start_simulation
from portfolio.simulation.models import ProjectForecast
from tech4value.accounts.permissions import Permission
from tech4value.jobs.models import Job, JobState
from tech4value.web.api import ReadViewSet


class SimulationJobSerializer(serializers.ModelSerializer[Job]):
    """The last run that was asked for: `done` of `total` plans drawn; `message` says why one failed."""

    state = serializers.ChoiceField(choices=JobState.choices, read_only=True)

    class Meta:
        model = Job
        fields = ("id", "state", "done", "total", "message", "created_at", "started_at", "finished_at")
        read_only_fields = fields


class SimulationRequestSerializer(serializers.Serializer[Any]):
    """The plan of `project`, to be simulated."""

    project = VisibleProjectField(permission=Permission.PLAN_VIEW)


class ForecastSerializer(serializers.ModelSerializer[ProjectForecast]):
    """What the last simulation of a project found: when it ends, by share of the runs. `held` is the share (0-1) that
    ends by the planned date, `stale` whether the plan has changed since. Criticality and milestones are by task.
    Dates are null before the first result; `job` tells how far the last run is."""

    stale = serializers.BooleanField(source="is_stale", read_only=True)
    job = SimulationJobSerializer(read_only=True, allow_null=True)
    criticality = serializers.SerializerMethodField()
    milestones = serializers.SerializerMethodField()

    class Meta:
        model = ProjectForecast
        fields = (
            "id", "project", "made_at", "runs", "planned_at", "held", "p10_at", "p50_at", "p80_at", "p90_at", "stale",
            "criticality", "milestones", "job",
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
    """The forecasts of the plans that the caller may see. Who may change a plan may have it simulated."""

    permission = Permission.PLAN_VIEW
    serializer_class = ForecastSerializer
    http_method_names = ["get", "post", "head", "options"]

    def rows(self) -> QuerySet[Any]:
        rows = visible(self.member, ProjectForecast).select_related("job")
        # The list is of results; a run that has none yet is followed by its key.
        return rows.filter(made_at__isnull=False) if self.action == "list" else rows

    @extend_schema(request=SimulationRequestSerializer, responses={202: ForecastSerializer})
    def create(self, request: Request) -> Response:
        """Have a plan simulated; the run that is already at it, if any."""
        project = self.body(SimulationRequestSerializer)["project"]
        demand(self.member, Permission.PLAN_EDIT, project)
        start_simulation(project=project, member=self.member)
        return self._told(self.rows().get(project=project), status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={200: ForecastSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the run that is under way; the last result stays."""
        row = self.get_object()
        demand(self.member, Permission.PLAN_EDIT, row.project)
        cancel_simulation(actor=self.actor, project=row.project)
        return self._told(self.rows().get(pk=row.pk), status.HTTP_200_OK)

    def _told(self, row: ProjectForecast, code: int) -> Response:
        return Response(self.get_serializer(row).data, status=code)
