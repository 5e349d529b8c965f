"""Files of plans in the API: `/api/v1/plan-exports/`. Ask for one, follow its job, download its file."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.exports.actions import start_plan_export
from integrations.exports.models import PlanExport, PlanFormat
from integrations.exports.views import exports_of
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class PlanExportRequestSerializer(serializers.Serializer[Any]):
    """The plan of `project` as a file."""

    project = VisibleProjectField(permission=Permission.PLAN_VIEW)
    format = serializers.ChoiceField(choices=PlanFormat.choices)


class PlanExportSerializer(serializers.ModelSerializer[PlanExport]):
    """A file of a plan. `job` tells how far it is; then `file` is downloaded from `/files/`, `certificate` counts
    what became of each value of the file that the plan came from, `notes` says what the format cannot carry."""

    class Meta:
        model = PlanExport
        fields: tuple[str, ...] = (
            "id",
            "project",
            "format",
            "job",
            "file",
            "facts",
            "notes",
            "certificate",
            "created_at",
        )
        read_only_fields = fields


class PlanExportListSerializer(PlanExportSerializer):
    """A file in the list, without its certificate."""

    class Meta(PlanExportSerializer.Meta):
        fields = tuple(name for name in PlanExportSerializer.Meta.fields if name != "certificate")
        read_only_fields = fields


class PlanExportViewSet(ReadViewSet):
    """One's own files of plans."""

    permission = Permission.PLAN_VIEW
    serializer_class = PlanExportSerializer
    http_method_names = ["get", "post", "head", "options"]

    def rows(self) -> QuerySet[Any]:
        return exports_of(self.member)

    def get_serializer_class(self) -> Any:
        return PlanExportListSerializer if self.action == "list" else PlanExportSerializer

    @extend_schema(request=PlanExportRequestSerializer, responses={202: PlanExportSerializer})
    def create(self, request: Request) -> Response:
        """Have a file made."""
        data = self.body(PlanExportRequestSerializer)
        row = start_plan_export(
            actor=self.actor, member=self.member, project=data["project"], file_format=data["format"]
        )
        row = self.rows().get(pk=row.pk)
        return Response(PlanExportSerializer(row).data, status=status.HTTP_202_ACCEPTED)
