"""Alerts in the API: `/api/v1/drift-alerts/`. Read only: rules write them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.drift.models import DriftAlert
from portfolio.drift.queries import alerts_for
from portfolio.drift.words import what
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


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
