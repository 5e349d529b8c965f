"""The cash plan in the API, read only: months, weeks, flows, and what projects do to a month."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from portfolio.finance.domain.budget import first_of_month
from portfolio.treasury.domain.balance import Column, Span
from portfolio.treasury.domain.cash import FlowKind
from portfolio.treasury.models import CashAlert
from portfolio.treasury.queries import cash_plan
from portfolio.treasury.words import awaited_sentence, breach_sentence
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


def _money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2)


class CashColumnSerializer(serializers.Serializer[Any]):
    """A month or a week: opening + receipt + supplier + payroll + vat + other = closing, to the cent."""

    first = serializers.DateField()
    last = serializers.DateField()
    opening = _money()
    receipt = _money()
    supplier = _money()
    payroll = _money()
    vat = _money()
    other = _money()
    closing = _money()
    lowest = _money()
    actual = _money()
    promised = _money()


def _column(one: Column) -> dict[str, Any]:
    return {
        "first": one.span.first,
        "last": one.span.last,
        "opening": one.opening,
        **{kind.value: one.of(kind) for kind in FlowKind},
        "closing": one.closing,
        "lowest": one.lowest,
        "actual": one.actual,
        "promised": one.promised,
    }


class CashMonthViewSet(ViewSet):
    """Twelve months of cash, and those before since the opening of the accounts; empty without an account."""

    permission = Permission.CASH_VIEW

    @extend_schema(responses=CashColumnSerializer(many=True))
    def list(self, request: Any) -> Response:
        """Every month, in order."""
        plan = cash_plan()
        rows = [_column(one) for one in plan.months] if plan else []
        return Response(CashColumnSerializer(rows, many=True).data)


class CashWeekViewSet(ViewSet):
    """Thirteen weeks of cash, from this one; empty without an account."""

    permission = Permission.CASH_VIEW

    @extend_schema(responses=CashColumnSerializer(many=True))
    def list(self, request: Any) -> Response:
        """Every week, in order."""
        plan = cash_plan()
        rows = [_column(one) for one in plan.weeks] if plan else []
        return Response(CashColumnSerializer(rows, many=True).data)


class FlowQuery(serializers.Serializer[Any]):
    """What is asked: from and to a day, one kind."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    kind = serializers.ChoiceField(choices=[kind.value for kind in FlowKind], required=False)


class CashFlowSerializer(serializers.Serializer[Any]):
    """Money that moves on a day (in is positive), in the organisation's currency; the keys of what makes it, empty
    where there is none. `late`: due on `due_on`, and expected since."""

    day = serializers.DateField()
    due_on = serializers.DateField()
    amount = _money()
    kind = serializers.CharField()
    actual = serializers.BooleanField()
    late = serializers.BooleanField()
    project = serializers.CharField()
    contract = serializers.CharField()
    instalment = serializers.CharField()
    invoice = serializers.CharField()
    payment = serializers.CharField()
    payroll = serializers.CharField()
    trigger = serializers.CharField()


class CashFlowViewSet(ViewSet):
    """Every flow of the cash plan."""

    permission = Permission.CASH_VIEW

    @extend_schema(
        parameters=[
            OpenApiParameter("first", str, description="YYYY-MM-DD", required=False),
            OpenApiParameter("last", str, description="YYYY-MM-DD", required=False),
            OpenApiParameter("kind", str, enum=[kind.value for kind in FlowKind], required=False),
        ],
        responses=CashFlowSerializer(many=True),
    )
    def list(self, request: Any) -> Response:
        """In order of day."""
        asked = FlowQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        plan = cash_plan()
        if plan is None:
            return Response([])
        span = Span(given.get("first", plan.cash.opened_on), given.get("last", plan.cash.until))
        kind = FlowKind(given["kind"]) if "kind" in given else None
        return Response(CashFlowSerializer(plan.of(span, kind), many=True).data)


class CashAlertSerializer(serializers.ModelSerializer[CashAlert]):
    """A month in which the balance is to go under its threshold, from the day it was seen to the day it was over
    (`closed_on`, null while it lasts)."""

    sentence = serializers.SerializerMethodField()
    awaited = serializers.SerializerMethodField()

    class Meta:
        model = CashAlert
        fields = (
            "id",
            "month",
            "first_on",
            "lowest_on",
            "lowest",
            "threshold",
            "opened_on",
            "closed_on",
            "sentence",
            "awaited",
        )
        read_only_fields = fields

    def get_sentence(self, row: CashAlert) -> str:
        """What crosses, in the caller's language."""
        return breach_sentence(row.facts)

    def get_awaited(self, row: CashAlert) -> str:
        """What comes only later, in the caller's language."""
        return awaited_sentence(row.facts)


class CashAlertFilter(django_filters.FilterSet):
    """Which alerts: those that are open, or over."""

    open = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull")

    class Meta:
        model = CashAlert
        fields: tuple[str, ...] = ()


class CashAlertViewSet(ReadViewSet):
    """Threshold alerts, the latest first."""

    permission = Permission.CASH_VIEW
    serializer_class = CashAlertSerializer
    filterset_class = CashAlertFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = CashAlert.objects.all()
        return rows


class ContributionQuery(serializers.Serializer[Any]):
    """What is asked: any day of the month."""

    month = serializers.DateField()


class CashContributionSerializer(serializers.Serializer[Any]):
    """A project in a month: what it brings in, takes out and changes of the VAT; the month's lowest balance with it
    and without. `breaks`: without it the threshold holds."""

    project = serializers.CharField()
    received = _money()
    spent = _money()
    vat = _money()
    until_then = _money()
    lowest = _money()
    lowest_without = _money()
    breaks = serializers.BooleanField()
    mends = serializers.BooleanField()


class CashContributionViewSet(ViewSet):
    """Which projects break the balance of a month."""

    permission = Permission.CASH_VIEW

    @extend_schema(
        parameters=[OpenApiParameter("month", str, description="YYYY-MM-DD", required=True)],
        responses=CashContributionSerializer(many=True),
    )
    def list(self, request: Any) -> Response:
        """The project that weighs most on the lowest balance first."""
        asked = ContributionQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plan = cash_plan()
        span = plan.month(first_of_month(asked.validated_data["month"])) if plan else None
        if plan is None or span is None:
            raise NotFound(_("Ce mois n’est pas dans le plan de trésorerie."))
        return Response(CashContributionSerializer(plan.contributions(span), many=True).data)
