"""Scenarios in the API: their operations, what they come to beside the live plan, and their decisions."""

from typing import Any
from uuid import UUID

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.people.api import STAMPS, RowField
from portfolio.scenarios.actions import (
    add_operation,
    approve,
    change_scenario,
    create_scenario,
    delete_scenario,
    refuse,
    remove_operation,
    submit,
    withdraw,
)
from portfolio.scenarios.applying import may_apply
from portfolio.scenarios.comparison import compare
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import Outcome
from portfolio.scenarios.domain.operations import KINDS, from_json
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.merging import KEEP, TAKE, MergeNeededError, apply_scenario, steps_of, undo_scenario
from portfolio.scenarios.models import Scenario, ScenarioOperation, ScenarioStatus
from portfolio.scenarios.views import demand_edit, rows_of, shown, texts_of
from portfolio.scenarios.words import as_validation, error_sentence
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


class ScenarioSerializer(serializers.ModelSerializer[Scenario]):
    """A scenario; `base_on` is the day of the live plan that it began on, `revision` grows with its operations."""

    owner = serializers.UUIDField(source="owner_id", read_only=True, allow_null=True)

    class Meta:
        model = Scenario
        fields = (
            "id",
            "name",
            "description",
            "owner",
            "status",
            "base_on",
            "revision",
            "reason",
            "decided_by",
            "decided_on",
            "applied_on",
            *STAMPS,
        )
        read_only_fields = ("status", "base_on", "revision", "reason", "decided_by", "decided_on", "applied_on")
        validators: list[Any] = []


class ScenarioFilter(django_filters.FilterSet):
    """Which: in a state."""

    status = django_filters.ChoiceFilter(choices=ScenarioStatus.choices)

    class Meta:
        model = Scenario
        fields: tuple[str, ...] = ()


class RefusalSerializer(serializers.Serializer[Any]):
    """Why it is refused."""

    reason = serializers.CharField(max_length=500)


class ChoiceSerializer(serializers.Serializer[Any]):
    """What becomes of an operation: `take` applies it, `keep` leaves the live plan. `seen` is the digest of the step
    (`steps`) on which a conflict was chosen."""

    operation = serializers.UUIDField()
    choice = serializers.ChoiceField(choices=[TAKE, KEEP])
    seen = serializers.CharField(required=False, allow_blank=True, max_length=64)


class ApplySerializer(serializers.Serializer[Any]):
    """A choice for each operation; none at all takes all of them."""

    choices = ChoiceSerializer(many=True, required=False)


class EffectProjectSerializer(serializers.Serializer[Any]):
    """A project of an outcome; `cost` is at completion, `roi` 0-1."""

    project = serializers.CharField()
    code = serializers.CharField()
    start = serializers.DateField()
    finish = serializers.DateField()
    cost = serializers.DecimalField(max_digits=22, decimal_places=2)
    roi = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)


class PlanEffectSerializer(serializers.Serializer[Any]):
    """What a plan comes to; the cash is null for who may not see it."""

    cost = serializers.DecimalField(max_digits=22, decimal_places=2)
    finish = serializers.DateField(allow_null=True)
    lowest_balance = serializers.DecimalField(max_digits=22, decimal_places=2, allow_null=True)
    lowest_on = serializers.DateField(allow_null=True)
    risk_exposure = serializers.IntegerField()
    projects = EffectProjectSerializer(many=True)


class EffectSerializer(serializers.Serializer[Any]):
    """The live plan and the scenario; `projects` are those that differ. `alerts` are sentences."""

    live = PlanEffectSerializer()
    scenario = PlanEffectSerializer()
    alerts = serializers.ListField(child=serializers.CharField())


class StepValueSerializer(serializers.Serializer[Any]):
    """A value that the live plan has changed since the operation was added."""

    field = serializers.CharField()
    subject = serializers.CharField(allow_blank=True)
    before = serializers.JSONField(allow_null=True)
    now = serializers.JSONField(allow_null=True)
    wanted = serializers.JSONField(allow_null=True)
    by = serializers.CharField(allow_blank=True)


class StepSerializer(serializers.Serializer[Any]):
    """An operation at the moment of applying."""

    operation = serializers.UUIDField()
    refusal = serializers.CharField(allow_blank=True)
    digest = serializers.CharField(allow_blank=True)
    conflicts = StepValueSerializer(many=True)


class ScenarioViewSet(EditViewSet):
    """What might be done to the live plan."""

    permission = Permission.SCENARIO_VIEW
    write_permission = Permission.SCENARIO_EDIT
    serializer_class = ScenarioSerializer
    filterset_class = ScenarioFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Scenario.objects.visible_to(self.member)
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Scenario:
        return create_scenario(actor=self.actor, owner=self.member, **data)

    def perform_change(self, row: Scenario, data: dict[str, Any], version: int | None) -> None:
        demand_edit(self.member, row)
        change_scenario(actor=self.actor, scenario=row, values=data, version=version)

    def perform_deletion(self, row: Scenario) -> None:
        demand_edit(self.member, row)
        delete_scenario(actor=self.actor, scenario=row)

    @extend_schema(responses=EffectSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def effect(self, request: Request, pk: Any = None) -> Response:
        """What it comes to, beside the live plan."""
        scenario = self.get_object()
        operations = [one.operation for one in rows_of(scenario) if one.operation is not None]
        live = read_live(self.member, projects_of(operations))
        try:
            plans = [shown(live, _("Plan en cours"), []), shown(live, scenario.name, operations)]
        except ScenarioError as error:
            raise ValidationError(error_sentence(error)) from error
        base, wanted = plans[0].outcome, plans[1].outcome
        alerts = [alert.sentence for alert in compare(plans).alerts[1]]
        body = {"live": _plan(base, wanted), "scenario": _plan(wanted, base), "alerts": alerts}
        return Response(EffectSerializer(body).data)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def steps(self, request: Request, pk: Any = None) -> Response:
        """Each operation against the live plan as it now is: conflicts, and what can no longer be done."""
        return Response(StepSerializer(_steps(steps_of(self.member, self.get_object())), many=True).data)

    @extend_schema(request=None, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: Any = None) -> Response:
        """Ask for an approval."""
        row = self.get_object()
        demand_edit(self.member, row)
        submit(actor=self.actor, scenario=row)
        return self.told(row.pk)

    @extend_schema(request=None, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any = None) -> Response:
        """Make it a draft again."""
        row = self.get_object()
        demand_edit(self.member, row)
        withdraw(actor=self.actor, scenario=row)
        return self.told(row.pk)

    @extend_schema(request=None, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any = None) -> Response:
        """Let it be applied."""
        row = self.get_object()
        self.demand_approval()
        approve(actor=self.actor, scenario=row)
        return self.told(row.pk)

    @extend_schema(request=RefusalSerializer, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: Any = None) -> Response:
        """Send it back, with why."""
        row = self.get_object()
        self.demand_approval()
        refuse(actor=self.actor, scenario=row, reason=self.body(RefusalSerializer)["reason"])
        return self.told(row.pk)

    @extend_schema(request=ApplySerializer, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: Any = None) -> Response:
        """Apply an approved scenario; refused (400) while a conflict is not chosen."""
        row = self.get_object()
        self.demand_applying(row)
        given = self.body(ApplySerializer).get("choices")
        keys = row.operations.values_list("pk", flat=True)
        choices = {one["operation"]: one["choice"] for one in given} if given else dict.fromkeys(keys, TAKE)
        seen = {one["operation"]: one.get("seen", "") for one in given or ()}
        try:
            apply_scenario(actor=self.actor, member=self.member, scenario=row, choices=choices, seen=seen)
        except MergeNeededError as error:
            raise ValidationError(
                _("Le plan a bougé sous ce scénario : lisez « steps » et choisissez pour chaque opération.")
            ) from error
        return self.told(row.pk)

    @extend_schema(request=None, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: Any = None) -> Response:
        """Put the live plan back as it was."""
        row = self.get_object()
        self.demand_applying(row)
        undo_scenario(actor=self.actor, scenario=row)
        return self.told(row.pk)

    def demand_approval(self) -> None:
        """403 for who proposes."""
        if not self.member.can(Permission.SCENARIO_APPROVE):
            raise PermissionDenied(self.member.refusal(Permission.SCENARIO_APPROVE))

    def demand_applying(self, row: Scenario) -> None:
        """403 for who could not do it by hand."""
        operations = [one.operation for one in rows_of(row) if one.operation is not None]
        if not may_apply(self.member, operations):
            raise PermissionDenied(self.member.refusal(Permission.SCENARIO_APPROVE))

    def told(self, pk: UUID) -> Response:
        return Response(self.get_serializer(self.rows().get(pk=pk)).data)


def _plan(outcome: Outcome, other: Outcome) -> dict[str, Any]:
    return {
        "cost": outcome.cost,
        "finish": outcome.finish,
        "lowest_balance": outcome.balances[outcome.lowest_on] if outcome.lowest_on else None,
        "lowest_on": outcome.lowest_on,
        "risk_exposure": outcome.risks.exposure,
        "projects": [
            {
                "project": key,
                "code": one.code,
                "start": one.start,
                "finish": one.finish,
                "cost": one.cost,
                "roi": one.roi,
            }
            for key, one in outcome.projects.items()
            if one != other.projects.get(key)
        ],
    }


def _steps(steps: Any) -> list[dict[str, Any]]:
    return [
        {
            "operation": step.row.pk,
            "refusal": step.refusal,
            "digest": step.digest,
            "conflicts": [
                {
                    "field": one.difference.field,
                    "subject": one.difference.subject,
                    "before": one.difference.before,
                    "now": one.difference.now,
                    "wanted": one.wanted,
                    "by": one.by,
                }
                for one in step.moved
            ],
        }
        for step in steps
    ]


class ScenarioOperationSerializer(serializers.ModelSerializer[ScenarioOperation]):
    """An operation; `params` are the fields of its `kind`, keys and amounts as texts, dates as YYYY-MM-DD."""

    scenario = RowField(Scenario)
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    params = serializers.DictField()
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = ScenarioOperation
        fields = ("id", "scenario", "position", "kind", "params", "sentence", "result", *STAMPS)
        read_only_fields = ("position", "result")
        validators: list[Any] = []

    @extend_schema_field(serializers.CharField())
    def get_sentence(self, row: ScenarioOperation) -> str:
        """In the caller's language."""
        known: Any = self.context
        if "texts" not in known:
            page = getattr(self.parent, "instance", None)
            known["texts"] = texts_of([row] if page is None else list(page))
        return str(known["texts"].get(row.pk) or texts_of([row])[row.pk])


class ScenarioOperationFilter(django_filters.FilterSet):
    """Which: of a scenario."""

    scenario = django_filters.UUIDFilter(field_name="scenario_id")

    class Meta:
        model = ScenarioOperation
        fields: tuple[str, ...] = ()


class ScenarioOperationViewSet(EditViewSet):
    """What scenarios change, in their order."""

    http_method_names = ["get", "post", "delete", "head", "options"]
    permission = Permission.SCENARIO_VIEW
    write_permission = Permission.SCENARIO_EDIT
    serializer_class = ScenarioOperationSerializer
    filterset_class = ScenarioOperationFilter

    def rows(self) -> QuerySet[Any]:
        scenarios = Scenario.objects.visible_to(self.member)
        rows: QuerySet[Any] = ScenarioOperation.objects.filter(scenario__in=scenarios.values("pk"))
        return rows.select_related("scenario").order_by("scenario_id", "position", "id")

    def perform_creation(self, data: dict[str, Any]) -> ScenarioOperation:
        scenario = get_object_or_404(Scenario.objects.visible_to(self.member), pk=data["scenario"].pk)
        demand_edit(self.member, scenario)
        try:
            operation = from_json(data["kind"], data["params"])
        except ScenarioError as error:
            raise as_validation(error) from error
        return add_operation(actor=self.actor, member=self.member, scenario=scenario, operation=operation)

    def perform_deletion(self, row: ScenarioOperation) -> None:
        demand_edit(self.member, row.scenario)
        remove_operation(actor=self.actor, operation=row)
