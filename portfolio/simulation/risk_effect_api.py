"""What risks do to plans, in the API: `/api/v1/risk-effects/`."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from portfolio.planning.api_fields import PlanViewSet, visible
from portfolio.projects.models import Project
from portfolio.risks.models import Risk
from portfolio.simulation.actions import delete_risk_effect, set_risk_effect
from portfolio.simulation.models import RiskEffect
from tech4value.accounts.permissions import Permission


class RiskField(serializers.PrimaryKeyRelatedField):
    """The key of a risk that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """The risks of visible projects."""
        member = self.context["request"]._request.member
        projects = Project.objects.visible_to(member, Permission.RISK_VIEW)
        rows: QuerySet[Any] = Risk.objects.filter(project__in=projects)
        return rows.select_related("project__manager", "project__sponsor")


class RiskEffectSerializer(serializers.ModelSerializer[RiskEffect]):
    """When the risk happens (`probability`, 0-1), each of `tasks` lasts `days` working days more; without any task,
    the end of the project and its milestones to come are so much later."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    risk = RiskField()
    # Without bounds here: the action refuses what is outside 0-1 in a sentence.
    probability = serializers.DecimalField(max_digits=6, decimal_places=3, help_text="0-1")
    tasks = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=1000)

    class Meta:
        model = RiskEffect
        fields = ("id", "project", "risk", "probability", "days", "tasks", "version", "created_at", "updated_at")
        validators: list[Any] = []

    def validate_tasks(self, value: list[UUID]) -> list[str]:
        """As they are kept."""
        return sorted({str(key) for key in value})


class RiskEffectViewSet(PlanViewSet):
    """Effects of the risks that the caller may see; changing one is changing the plan."""

    permission = Permission.RISK_VIEW
    serializer_class = RiskEffectSerializer

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.RISK_VIEW)
        rows = visible(self.member, RiskEffect).filter(project__in=projects, risk__deleted_at=None)
        return rows.select_related("risk__project", "project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> RiskEffect:
        risk: Risk = data["risk"]
        self.demand(risk.project)
        if RiskEffect.objects.filter(risk=risk).exists():
            raise ValidationError({"risk": _("Ce risque a déjà un effet sur le plan : modifiez celui-ci.")})
        return set_risk_effect(
            actor=self.actor,
            risk=risk,
            probability=data["probability"],
            days=data["days"],
            tasks=keys_of(data.get("tasks", [])),
        )

    def perform_change(self, row: RiskEffect, data: dict[str, Any], version: int | None) -> RiskEffect:
        self.demand(row.project)
        self.fixed(row, data, "risk")
        values = {name: data.get(name, getattr(row, name)) for name in ("probability", "days")}
        tasks = keys_of(data["tasks"]) if "tasks" in data else None
        return set_risk_effect(actor=self.actor, risk=row.risk, tasks=tasks, version=version, **values)

    def perform_deletion(self, row: RiskEffect) -> None:
        self.demand(row.project)
        delete_risk_effect(actor=self.actor, row=row)


def keys_of(tasks: list[str]) -> list[UUID]:
    """The keys that were sent."""
    return [UUID(key) for key in tasks]
