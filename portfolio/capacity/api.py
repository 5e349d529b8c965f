"""Load against capacity in the API: `/api/v1/capacity/`, read only."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from portfolio.capacity.domain.load import month_of
from portfolio.capacity.queries import LoadFilters, pole_load
from portfolio.people.models import Pole
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today

MOST_MONTHS = 36


class CapacityQuery(serializers.Serializer[Any]):
    """What is asked: `first_month` (any day of it; this month by default), how many `months`, one `pole`."""

    first_month = serializers.DateField(required=False)
    months = serializers.IntegerField(required=False, default=12, min_value=1, max_value=MOST_MONTHS)
    pole = serializers.UUIDField(required=False)

    def validate_first_month(self, value: Any) -> Any:
        """Years 2000 to 2100."""
        if not 2000 <= value.year <= 2100:
            raise serializers.ValidationError(_("Choisissez un mois entre 2000 et 2100."))
        return month_of(value)

    def validate_pole(self, value: Any) -> Any:
        """A pole of the tenant."""
        if not Pole.objects.filter(pk=value).exists():
            raise serializers.ValidationError(_("Ce pôle n’existe pas."))
        return value


class PoleMonthSerializer(serializers.Serializer[Any]):
    """A pole in a month: minutes, full-time equivalents, ratio (1 is full; null without capacity) and its word."""

    pole_id = serializers.UUIDField(allow_null=True)
    pole = serializers.CharField()
    month = serializers.DateField()
    load_minutes = serializers.IntegerField()
    capacity_minutes = serializers.IntegerField()
    load_fte = serializers.DecimalField(max_digits=10, decimal_places=2)
    capacity_fte = serializers.DecimalField(max_digits=10, decimal_places=2)
    ratio = serializers.DecimalField(max_digits=10, decimal_places=4, allow_null=True)
    state = serializers.CharField()


class CapacityViewSet(ViewSet):
    """Load against capacity by pole and month, poles by name."""

    permission = Permission.CAPACITY_VIEW

    @extend_schema(
        parameters=[
            OpenApiParameter("first_month", str, description="YYYY-MM-DD", required=False),
            OpenApiParameter("months", int, description="1-36", required=False),
            OpenApiParameter("pole", str, description="UUID", required=False),
        ],
        responses=PoleMonthSerializer(many=True),
    )
    def list(self, request: Any) -> Response:
        """Every pole that has persons, each month in order."""
        asked = CapacityQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        pole = data.get("pole")
        rows = pole_load(
            data.get("first_month") or month_of(today()),
            data["months"],
            LoadFilters(poles=(pole,) if pole else ()),
        )
        return Response(PoleMonthSerializer(rows, many=True).data)
