"""Copil packs in the API: `/api/v1/packs/`."""

from typing import Any
from uuid import UUID

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from reporting.dashboards.filters import MODELS, Filters
from reporting.packs.actions import create_pack
from reporting.packs.models import Confidentiality, Pack, PackState
from reporting.packs.snapshot import Selection
from reporting.packs.views import download, packs
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class PackSerializer(serializers.ModelSerializer[Pack]):
    """A pack. `state`: rendering, ready (its file can be read) or failed (`message` says why)."""

    state = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", read_only=True, default=None)

    class Meta:
        model = Pack
        fields = (
            "id",
            "title",
            "meeting_on",
            "language",
            "confidentiality",
            "filters",
            "snapshot_sha256",
            "taken_at",
            "state",
            "message",
            "size",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=PackState.choices))
    def get_state(self, pack: Pack) -> str:
        """rendering, ready or failed."""
        return str(pack.state.value)

    @extend_schema_field(OpenApiTypes.STR)
    def get_message(self, pack: Pack) -> str:
        """Why it failed; empty otherwise."""
        return pack.job.message if pack.job and pack.state is PackState.FAILED else ""


class NewPackSerializer(serializers.Serializer[Any]):
    """All may be left out: a title from the filters, today, one's language, all the projects."""

    title = serializers.CharField(max_length=160, required=False, allow_blank=True)
    meeting_on = serializers.DateField(required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices, required=False)
    pole = serializers.UUIDField(required=False)
    programme = serializers.UUIDField(required=False)
    sponsor = serializers.UUIDField(required=False)
    with_cash = serializers.BooleanField(
        required=False, help_text="Join twelve months of the organisation's cash, for those who may read it."
    )
    projects = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)


class PackFilter(django_filters.FilterSet):
    """Which packs: of a committee's date, in a language."""

    meeting_after = django_filters.DateFilter(field_name="meeting_on", lookup_expr="gte")
    meeting_before = django_filters.DateFilter(field_name="meeting_on", lookup_expr="lte")
    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES)

    class Meta:
        model = Pack
        fields: tuple[str, ...] = ()


class PackViewSet(ReadViewSet):
    """Frozen portfolios and their PDFs."""

    permission = Permission.PACK_VIEW
    write_permission = Permission.PACK_CREATE
    serializer_class = PackSerializer
    filterset_class = PackFilter

    def rows(self) -> QuerySet[Any]:
        return packs()

    @extend_schema(request=NewPackSerializer, responses={201: PackSerializer})
    def create(self, request: Any) -> Response:
        """Freeze the portfolio now, and queue the job that draws it."""
        values = self.body(NewPackSerializer)
        filters = Filters(**{name: values.pop(name, None) for name in MODELS})
        chosen: list[UUID] = values.pop("projects", [])
        pack = create_pack(
            actor=self.actor, member=self.member, selection=Selection.of(filters, set(chosen)), **values
        )
        return Response(self.get_serializer(pack).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="file")
    def file(self, request: Any, pk: str) -> HttpResponse:
        """The PDF; not found while it is being drawn."""
        return download(self.get_object(), self.actor)
