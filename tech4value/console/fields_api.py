"""`/api/v1/fields/`: the custom fields that the organisation has defined."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tech4value.accounts.permissions import Permission
from tech4value.fields import actions
from tech4value.fields.models import FieldDefinition, FieldKind
from tech4value.web.api import EditViewSet


class OptionSerializer(serializers.Serializer):
    """One choice. Its key is what rows hold: without one, it comes from the label."""

    key = serializers.RegexField(r"\A[a-z0-9_]{1,40}\Z", required=False)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]  # DRF takes declared fields away
    label_en = serializers.CharField(max_length=80, required=False, allow_blank=True)


@extend_schema_field(serializers.ChoiceField(choices=["project", "task"]))
class TargetField(serializers.CharField):
    """What carries the field; it does not change."""


class FieldSerializer(serializers.ModelSerializer[FieldDefinition]):
    """A custom field. `target` and `key` are given once; `options` are the choices, in order.

    A change of `kind` converts the values that rows hold, and is refused when some would be lost; an option that rows
    hold is not removed.
    """

    target = TargetField(max_length=20)
    key = serializers.RegexField(r"\A[a-z][a-z0-9_]{0,39}\Z", required=False)
    kind = serializers.ChoiceField(choices=FieldKind.choices)
    options = OptionSerializer(many=True, required=False)

    class Meta:
        model = FieldDefinition
        fields = (
            "id",
            "target",
            "key",
            "label",
            "label_en",
            "kind",
            "unit",
            "decimals",
            "options",
            "is_required",
            "help_text",
            "in_packs",
            "position",
            "is_archived",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("position", "is_archived")
        validators: list[Any] = []


class FieldFilter(filters.FilterSet):
    """Which fields: of a target, archived or in use."""

    target = filters.CharFilter()
    archived = filters.BooleanFilter(field_name="is_archived")


class FieldViewSet(EditViewSet):
    """The custom fields of projects and tasks. DELETE archives: rows keep their values."""

    permission = Permission.PROJECT_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = FieldSerializer
    filterset_class = FieldFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = FieldDefinition.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> FieldDefinition:
        return actions.create_field(actor=self.actor, target_key=data.pop("target"), **data)

    def perform_change(self, row: FieldDefinition, data: dict[str, Any], version: int | None) -> None:
        actions.change_field(actor=self.actor, field=row, values=data, version=version)

    def perform_deletion(self, row: FieldDefinition) -> None:
        actions.archive_field(actor=self.actor, field=row)
