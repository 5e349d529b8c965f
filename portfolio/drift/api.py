"""Drifts in the API: `/api/v1/drift-alerts/`, which rules write, and `/api/v1/drift-rules/`."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert, DriftRule
from portfolio.drift.queries import alerts_for
from portfolio.drift.rules import AUDIENCES, change_rule, default_values, reset_rule, rules
from portfolio.drift.words import limit, what
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ChangeViewSet, ReadViewSet
from tech4value.web.api_versions import reconciled

KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=[kind.value for kind in DriftKind])


class DriftAlertSerializer(serializers.ModelSerializer[DriftAlert]):
    """A drift, from the day it was seen to the day it ended (`closed_on`, null while it lasts). `days`: late, of
    float (negative too), or without progress, by its kind."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = DriftAlert
        fields = (
            "id",
            "project",
            "kind",
            "name",
            "task",
            "milestone",
            "days",
            "threshold_days",
            "promised_on",
            "forecast_on",
            "opened_on",
            "closed_on",
            "sentence",
        )
        read_only_fields = fields

    def get_sentence(self, row: DriftAlert) -> str:
        """In the caller's language."""
        return what(row.kind, row.days, row.promised_on, row.forecast_on)


class DriftAlertViewSet(ReadViewSet):
    """The alerts of the plans that the caller may see."""

    permission = Permission.PLAN_VIEW
    serializer_class = DriftAlertSerializer

    def rows(self) -> QuerySet[Any]:
        return alerts_for(self.member)


class DriftRuleSerializer(serializers.ModelSerializer[DriftRule]):
    """A rule that watches every plan. `threshold_days` are calendar days, working days of float for `low_float`.
    `version` is 0 as long as nobody has changed the rule, `is_default` whether it says what it said then."""

    sentence = serializers.SerializerMethodField()
    is_default = serializers.SerializerMethodField()

    class Meta:
        model = DriftRule
        fields = ("kind", "is_active", "threshold_days", *AUDIENCES, "sentence", "is_default", "version")
        read_only_fields = ("kind",)

    def get_sentence(self, row: DriftRule) -> str:
        """In the caller's language."""
        return limit(row.kind, row.threshold_days)

    def get_is_default(self, row: DriftRule) -> bool:
        return all(getattr(row, name) == value for name, value in default_values(DriftKind(row.kind)).items())


class DriftRuleViewSet(ChangeViewSet):
    """The rules of the organisation, found by their kind: there is one of each, as it was made or changed since."""

    permission = Permission.PLAN_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    http_method_names = ["get", "patch", "delete", "head", "options"]
    serializer_class = DriftRuleSerializer
    pagination_class = None
    lookup_field = "kind"
    lookup_value_regex = "[a-z0-9_-]+"
    unfiltered = DriftRuleSerializer.Meta.fields

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = DriftRule.objects.all()
        return found

    def get_object(self) -> DriftRule:
        found = every_rule().get(self.kwargs["kind"])
        if found is None:
            raise NotFound
        return found

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The three rules, in order."""
        self.filter_queryset(self.get_queryset())  # refuses what is asked for and does not exist
        return Response(self.get_serializer(list(every_rule().values()), many=True).data)

    @extend_schema(parameters=[KIND])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(parameters=[KIND])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)

    def perform_change(self, row: DriftRule, data: dict[str, Any], version: int | None) -> DriftRule:
        change_rule(actor=self.actor, kind=DriftKind(row.kind), values=data, version=version)
        return every_rule()[row.kind]

    @extend_schema(parameters=[KIND])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the rule its defaults again."""
        row = self.get_object()
        _data, version = reconciled(self, request, row, {}, None)
        reset_rule(actor=self.actor, kind=DriftKind(row.kind), version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


def every_rule() -> dict[str, DriftRule]:
    """The rules by kind; those that nobody has changed have version 0."""
    found = {kind.value: rule for kind, rule in rules().items()}
    for rule in found.values():
        if rule._state.adding:
            rule.version = 0
    return found
