"""Daily rates in the API: `/api/v1/rates/`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.people.api import STAMPS, RowField
from portfolio.people.models import Person, Profile, Rate
from portfolio.people.rates import change_rate, create_rate, delete_rate
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


class RateSerializer(serializers.ModelSerializer[Rate]):
    """The price of a day from `valid_from` on: of one person, or of all the persons of a profile."""

    profile = RowField(Profile, required=False, allow_null=True)
    person = RowField(Person, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False)

    class Meta:
        model = Rate
        fields = ("id", "profile", "person", "valid_from", "daily_rate", "currency", *STAMPS)
        validators: list[Any] = []


class RateViewSet(EditViewSet):
    """The rates of the organisation, for those who may see them."""

    permission = Permission.RATE_VIEW
    write_permission = Permission.PEOPLE_EDIT
    serializer_class = RateSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Rate.objects.select_related("profile", "person")
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Rate:
        return create_rate(actor=self.actor, **data)

    def perform_change(self, row: Rate, data: dict[str, Any], version: int | None) -> None:
        change_rate(actor=self.actor, rate=row, values=data, version=version)

    def perform_deletion(self, row: Rate) -> None:
        delete_rate(actor=self.actor, rate=row)
