"""The risk register in the API: `/api/v1/risks/`."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.projects.access import demand, demand_all
from portfolio.projects.api_fields import PersonField, VisibleProjectField
from portfolio.projects.models import Project
from portfolio.risks.actions import change_risk, create_risk, create_risks, delete_risk
from portfolio.risks.domain import Severity
from portfolio.risks.models import SEVERITY_LABELS, Risk, RiskStatus
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.api import EditViewSet


class RiskSerializer(serializers.ModelSerializer[Risk]):
    """A risk. Without a reference it takes the next one of its project; `score` = probability x impact."""

    project = VisibleProjectField(permission=Permission.RISK_VIEW)
    owner = PersonField(required=False, allow_null=True)
    reference = serializers.CharField(max_length=20, required=False)
    # Without bounds here: the action refuses what is outside 1-5 in a sentence that says the scale.
    probability = serializers.IntegerField(help_text="1-5")
    impact = serializers.IntegerField(help_text="1-5")
    score = serializers.IntegerField(read_only=True)
    severity = serializers.SerializerMethodField()

    class Meta:
        model = Risk
        fields = (
            "id",
            "project",
            "reference",
            "title",
            "description",
            "probability",
            "impact",
            "score",
            "severity",
            "owner",
            "due_on",
            "mitigation",
            "status",
            "version",
            "created_at",
            "updated_at",
        )
        # One reference for each risk of a project: the action says so in a sentence.
        validators: list[Any] = []

    @extend_schema_field(OpenApiTypes.STR)
    def get_severity(self, risk: Risk) -> str:
        """low (1-4), moderate (5-9), high (10-14) or critical (15-25)."""
        return str(risk.severity)


class RiskFilter(django_filters.FilterSet):
    """Which risks: of a project, a title or a reference, a pole, an owner, a status, a severity, overdue or not."""

    title = django_filters.CharFilter(
        lookup_expr="icontains", help_text=gettext_lazy("Dont le titre contient ce texte, sans égard aux majuscules.")
    )
    reference = django_filters.CharFilter(
        lookup_expr="iexact", help_text=gettext_lazy("Dont la référence est celle-ci : R-004.")
    )
    project = django_filters.UUIDFilter(field_name="project_id")
    pole = django_filters.UUIDFilter(field_name="project__pole_id")
    owner = django_filters.UUIDFilter(field_name="owner_id")
    status = django_filters.ChoiceFilter(choices=RiskStatus.choices)
    severity = django_filters.ChoiceFilter(choices=list(SEVERITY_LABELS.items()), method="of_severity")
    overdue = django_filters.BooleanFilter(method="of_overdue")

    class Meta:
        model = Risk
        fields: tuple[str, ...] = ()

    def of_severity(self, rows: Any, name: str, value: str) -> Any:
        """The risks of one severity band."""
        return rows.of_severity(Severity(value))

    def of_overdue(self, rows: Any, name: str, value: bool) -> Any:
        """The active risks whose mitigation is late, or all the others."""
        late = rows.overdue(today())
        return late if value else rows.exclude(pk__in=late.values("pk"))


class RiskViewSet(EditViewSet):
    """What could go wrong, how likely and how bad."""

    permission = Permission.RISK_VIEW
    write_permission = Permission.RISK_EDIT
    serializer_class = RiskSerializer
    filterset_class = RiskFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.RISK_VIEW)
        risks: QuerySet[Any] = Risk.objects.filter(project__in=projects)
        return risks.select_related("project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> Risk:
        demand(self.member, Permission.RISK_EDIT, data["project"])
        return create_risk(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        demand_all(self.member, Permission.RISK_EDIT, [row["project"] for row in rows])
        return list(create_risks(actor=self.actor, values=rows))

    def perform_change(self, row: Risk, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.RISK_EDIT, row.project)
        if data.pop("project", row.project) != row.project:
            raise ValidationError(
                {"project": _("Un risque ne change pas de projet. Clôturez-le et déclarez-en un autre.")}
            )
        change_risk(actor=self.actor, risk=row, values=data, version=version)

    def perform_deletion(self, row: Risk) -> None:
        demand(self.member, Permission.RISK_EDIT, row.project)
        delete_risk(actor=self.actor, risk=row)
