"""Envelopes in the API: `/api/v1/envelopes/`, `/api/v1/envelope-lines/` and `/api/v1/envelope-shares/`."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.finance.domain.budget import MEASURES
from portfolio.finance.envelope_actions import (
    add_envelope_line,
    add_envelope_share,
    change_envelope,
    change_envelope_line,
    change_envelope_share,
    create_envelope,
    delete_envelope,
    delete_envelope_line,
    delete_envelope_share,
    reopen_envelope,
    share_envelope,
)
from portfolio.finance.envelope_models import AllocationKey, Envelope, EnvelopeLine, EnvelopeShare, EnvelopeState
from portfolio.finance.envelopes import read_periods
from portfolio.finance.models import Category, Nature
from portfolio.projects.access import demand, demand_all
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet, answered

STAMPS = ("version", "created_at", "updated_at")


class EnvelopeAmountSerializer(serializers.ModelSerializer[EnvelopeLine]):
    """An amount of an envelope as it is read and created with it."""

    class Meta:
        model = EnvelopeLine
        fields = ("id", "category", "nature", "month", *MEASURES)
        read_only_fields = ("id",)


class EnvelopeProjectSerializer(serializers.ModelSerializer[EnvelopeShare]):
    """A project of an envelope as it is read and created with it."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)

    class Meta:
        model = EnvelopeShare
        fields = ("id", "project", "percent")
        read_only_fields = ("id",)


class MeasuredShareSerializer(serializers.Serializer[Any]):
    """What the key measured of a project, and its part (0 to 1)."""

    project = serializers.UUIDField()
    weight = serializers.DecimalField(max_digits=16, decimal_places=2)
    share = serializers.DecimalField(max_digits=9, decimal_places=8)


class PeriodSerializer(serializers.Serializer[Any]):
    """The parts that hold from a month on, until the next period."""

    since = serializers.DateField()
    key = serializers.CharField()
    shares = MeasuredShareSerializer(many=True)


class EnvelopeSerializer(serializers.ModelSerializer[Envelope]):
    """A shared budget with its amounts and its projects: sent when it is created, changed afterwards as rows of their
    own. `periods` are the parts measured each time it was shared."""

    lines = EnvelopeAmountSerializer(many=True, required=False)
    shares = EnvelopeProjectSerializer(many=True, required=False)
    periods = serializers.SerializerMethodField()

    class Meta:
        model = Envelope
        fields = (
            "id",
            "name",
            "purpose",
            "key",
            "state",
            "shared_by",
            "shared_at",
            "periods",
            "lines",
            "shares",
            *STAMPS,
        )
        read_only_fields = ("state", "shared_by", "shared_at")
        validators: list[Any] = []

    @extend_schema_field(PeriodSerializer(many=True))
    def get_periods(self, row: Envelope) -> list[dict[str, Any]]:
        """Each period, the first first."""
        return [
            {
                "since": period.since.isoformat(),
                "key": period.key,
                "shares": [
                    {"project": str(project), "weight": str(period.weights[project]), "share": f"{share:.8f}"}
                    for project, share in period.shares.items()
                ],
            }
            for period in read_periods(row)
        ]


class EnvelopeFilter(django_filters.FilterSet):
    """Which envelopes: by key, by state, of a project."""

    key = django_filters.ChoiceFilter(choices=AllocationKey.choices)
    state = django_filters.ChoiceFilter(choices=EnvelopeState.choices)
    project = django_filters.UUIDFilter(method="of_project")

    class Meta:
        model = Envelope
        fields: tuple[str, ...] = ()

    def of_project(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Those that the project carries a part of."""
        return rows.filter(pk__in=EnvelopeShare.objects.filter(project_id=value).values("envelope"))


class EnvelopeSharingSerializer(serializers.Serializer[Any]):
    """From which month the parts are those that are measured now; any day of it."""

    since = serializers.DateField(required=False, allow_null=True, default=None)


class EnvelopeViewSet(EditViewSet):
    """Envelopes: budgets that several projects carry together, shared by a key."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_APPROVE
    serializer_class = EnvelopeSerializer
    filterset_class = EnvelopeFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Envelope.objects.all()
        return rows.prefetch_related(
            Prefetch("lines", queryset=EnvelopeLine.objects.all()),
            Prefetch(
                "shares",
                queryset=EnvelopeShare.objects.select_related("project__manager", "project__sponsor"),
            ),
        )

    def perform_creation(self, data: dict[str, Any]) -> Envelope:
        lines = [EnvelopeLine(**one) for one in data.pop("lines", [])]
        shares = [EnvelopeShare(**one) for one in data.pop("shares", [])]
        demand_all(self.member, Permission.BUDGET_APPROVE, [share.project for share in shares])
        row = create_envelope(actor=self.actor, envelope=Envelope(**data), lines=lines, shares=shares)
        made: Envelope = self.rows().get(pk=row.pk)
        return made

    def perform_change(self, row: Envelope, data: dict[str, Any], version: int | None) -> None:
        for name, collection in (("lines", "envelope-lines"), ("shares", "envelope-shares")):
            if name in data:
                words = _("Ils se changent un à un, par « %(collection)s ».") % {"collection": collection}
                raise ValidationError({name: words})
        change_envelope(actor=self.actor, envelope=row, values=data, version=version)

    def perform_deletion(self, row: Envelope) -> None:
        delete_envelope(actor=self.actor, envelope=row)

    @extend_schema(request=EnvelopeSharingSerializer, responses=EnvelopeSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: str) -> Response:
        """Measure the key and give each project its part, from a month on (all, the first time, without `since`)."""
        row = get_object_or_404(self.rows(), pk=pk)
        demand_all(self.member, Permission.BUDGET_APPROVE, [one.project for one in row.shares.all()])
        return self.told(share_envelope(actor=self.actor, envelope=row, **self.body(EnvelopeSharingSerializer)))

    @extend_schema(request=None, responses=EnvelopeSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Prepare the envelope again; the projects keep their parts until it is shared anew."""
        return self.told(reopen_envelope(actor=self.actor, envelope=get_object_or_404(self.rows(), pk=pk)))

    def told(self, row: Envelope) -> Response:
        """The envelope as it is now."""
        fresh = self.rows().get(pk=row.pk)
        return answered(Response(self.get_serializer(fresh).data), fresh)


@extend_schema_field(OpenApiTypes.UUID)
class EnvelopeField(serializers.PrimaryKeyRelatedField):
    """The key of an envelope."""

    def get_queryset(self) -> QuerySet[Any]:
        """Every envelope of the tenant: who sees budgets sees them all."""
        rows: QuerySet[Any] = Envelope.objects.all()
        return rows


class EnvelopeLineSerializer(serializers.ModelSerializer[EnvelopeLine]):
    """An amount of an envelope: its place in a budget, and what is planned, committed, spent and expected."""

    envelope = EnvelopeField()

    class Meta:
        model = EnvelopeLine
        fields = ("id", "envelope", "category", "nature", "month", *MEASURES, *STAMPS)
        # One line for each place: the action says so in a sentence.
        validators: list[Any] = []


class EnvelopeLineFilter(django_filters.FilterSet):
    """Which amounts: of an envelope, a category, a nature, from and to a month."""

    envelope = django_filters.UUIDFilter(field_name="envelope_id")
    category = django_filters.ChoiceFilter(choices=Category.choices)
    nature = django_filters.ChoiceFilter(choices=Nature.choices)
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_to = django_filters.DateFilter(field_name="month", lookup_expr="lte")

    class Meta:
        model = EnvelopeLine
        fields: tuple[str, ...] = ()


class EnvelopeLineViewSet(EditViewSet):
    """Amounts of envelopes, by category, nature and month."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_APPROVE
    serializer_class = EnvelopeLineSerializer
    filterset_class = EnvelopeLineFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = EnvelopeLine.objects.filter(envelope__deleted_at=None)
        return rows.select_related("envelope")

    def perform_creation(self, data: dict[str, Any]) -> EnvelopeLine:
        return add_envelope_line(actor=self.actor, line=EnvelopeLine(**data))

    def perform_change(self, row: EnvelopeLine, data: dict[str, Any], version: int | None) -> None:
        if data.pop("envelope", row.envelope) != row.envelope:
            raise ValidationError(
                {"envelope": _("Un montant ne change pas d’enveloppe. Supprimez-le et créez-en un.")}
            )
        change_envelope_line(actor=self.actor, line=row, values=data, version=version)

    def perform_deletion(self, row: EnvelopeLine) -> None:
        delete_envelope_line(actor=self.actor, line=row)


class EnvelopeShareSerializer(serializers.ModelSerializer[EnvelopeShare]):
    """A project that carries a part of an envelope; `percent` (0 to 100) counts with the key `fixed` only."""

    envelope = EnvelopeField()
    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)

    class Meta:
        model = EnvelopeShare
        fields = ("id", "envelope", "project", "percent", *STAMPS)
        # A project is there once: the action says so in a sentence.
        validators: list[Any] = []


class EnvelopeShareFilter(django_filters.FilterSet):
    """Which projects: of an envelope, or one of them."""

    envelope = django_filters.UUIDFilter(field_name="envelope_id")
    project = django_filters.UUIDFilter(field_name="project_id")

    class Meta:
        model = EnvelopeShare
        fields: tuple[str, ...] = ()


class EnvelopeShareViewSet(EditViewSet):
    """Projects of envelopes, with their fixed parts."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_APPROVE
    serializer_class = EnvelopeShareSerializer
    filterset_class = EnvelopeShareFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = EnvelopeShare.objects.filter(envelope__deleted_at=None)
        return rows.select_related("envelope", "project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> EnvelopeShare:
        demand(self.member, Permission.BUDGET_APPROVE, data["project"])
        return add_envelope_share(actor=self.actor, share=EnvelopeShare(**data))

    def perform_change(self, row: EnvelopeShare, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_APPROVE, row.project)
        for name in ("envelope", "project"):
            if data.pop(name, getattr(row, name)) != getattr(row, name):
                raise ValidationError(
                    {name: _("Une part ne change ni de projet ni d’enveloppe. Supprimez-la et créez-en une.")}
                )
        change_envelope_share(actor=self.actor, share=row, values=data, version=version)

    def perform_deletion(self, row: EnvelopeShare) -> None:
        demand(self.member, Permission.BUDGET_APPROVE, row.project)
        delete_envelope_share(actor=self.actor, share=row)
