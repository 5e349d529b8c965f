"""One's messages and preferences in the API."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tech4value.accounts.permissions import Permission
from tech4value.notifications.actions import mark, mark_all_read
from tech4value.notifications.kinds import all_kinds
from tech4value.notifications.models import Level, MessageSettings, Notification, Rhythm
from tech4value.notifications.preferences import change_settings, chosen, levels_of, set_level, settings_of
from tech4value.notifications.visibility import visible_messages
from tech4value.notifications.wording import item
from tech4value.web.api import MemberViewSet, ReadViewSet


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """A message. `read` is all that can be changed."""

    sentence = serializers.SerializerMethodField(help_text="In the caller's language.")
    reason = serializers.SerializerMethodField(help_text="Why the caller was told.")
    url = serializers.SerializerMethodField(help_text="Marks the message read and leads to what it speaks of.")
    read = serializers.BooleanField(source="read_at", help_text="Whether it has been read.")

    class Meta:
        model = Notification
        fields = ["id", "kind", "at", "sentence", "count", "project_id", "project_name", "reason", "url", "read"]
        read_only_fields = ["kind", "at", "count", "project_id", "project_name"]

    def get_sentence(self, message: Notification) -> str:
        return item(message).sentence

    def get_reason(self, message: Notification) -> str:
        return item(message).reason

    def get_url(self, message: Notification) -> str:
        return item(message).url

    def to_representation(self, instance: Notification) -> dict[str, Any]:
        return {**super().to_representation(instance), "read": instance.read_at is not None}


class NotificationFilter(filters.FilterSet):
    read = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", exclude=True)
    kind = filters.CharFilter()
    project_id = filters.UUIDFilter()


class NotificationViewSet(ReadViewSet):
    """One's own messages, oldest first; those about what one may no longer see are left out."""

    permission = Permission.SELF
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    http_method_names = ["get", "patch", "post", "head", "options"]

    def rows(self) -> QuerySet[Notification]:
        return visible_messages(self.member)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark a message read or unread."""
        row: Notification = self.get_object()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if "read_at" in serializer.validated_data:
            mark(member=self.member, message=row, read=serializer.validated_data["read_at"])
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request=None,
        responses=OpenApiResponse(inline_serializer("MarkedRead", {"marked": serializers.IntegerField()})),
    )
    @action(detail=False, methods=["post"], url_path="read-all", pagination_class=None, filterset_class=None)
    def read_all(self, request: Request) -> Response:
        """Mark all of one's messages read."""
        return Response({"marked": mark_all_read(member=self.member)})


class ChannelsSerializer(serializers.Serializer[Any]):
    """By which channels one is told of a kind."""

    app = serializers.BooleanField(required=False)
    email = serializers.BooleanField(required=False)


class NotificationPreferencesSerializer(serializers.Serializer[MessageSettings]):
    """What one is told, and when. Hours are read in `time_zone`, the organisation's when empty."""

    channels = serializers.DictField(
        child=ChannelsSerializer(), required=False, help_text="By kind; kinds that are not sent stay as they are."
    )
    projects = serializers.DictField(
        child=serializers.ChoiceField(choices=Level.choices),
        required=False,
        help_text="How much of each project (by key): projects that are not listed are at `concerned`.",
    )
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, required=False)
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    digest_weekday = serializers.IntegerField(
        min_value=0, max_value=6, required=False, help_text="0 is Monday, of weekly digests."
    )
    time_zone = serializers.CharField(max_length=60, allow_blank=True, required=False)
    quiet_from = serializers.TimeField(allow_null=True, required=False)
    quiet_until = serializers.TimeField(allow_null=True, required=False)

    def validate_projects(self, levels: dict[str, str]) -> dict[Any, str]:
        key = serializers.UUIDField()
        return {key.run_validation(project): level for project, level in levels.items()}


class NotificationPreferencesViewSet(MemberViewSet):
    """One's own preferences."""

    permission = Permission.SELF
    serializer_class = NotificationPreferencesSerializer
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=NotificationPreferencesSerializer, operation_id="notification_preferences_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What one is told, and when."""
        return Response(self._shown())

    @extend_schema(
        request=NotificationPreferencesSerializer,
        responses=NotificationPreferencesSerializer,
        operation_id="notification_preferences_update",
    )
    def partial_update(self, request: Request) -> Response:
        """Change some of them."""
        values = self.body(NotificationPreferencesSerializer, partial=True)
        for project, level in values.pop("projects", {}).items():
            set_level(actor=self.actor, member=self.member, project_id=project, level=level)
        if values:
            change_settings(actor=self.actor, member=self.member, values=values)
        return Response(self._shown())

    def _shown(self) -> dict[str, Any]:
        row = settings_of(self.member)
        channels = {
            kind.key: {"app": now.app, "email": now.email}
            for kind in all_kinds()
            if self.member.can(kind.permission) and (now := chosen(row, kind))
        }
        fields = ("rhythm", "digest_hour", "digest_weekday", "time_zone", "quiet_from", "quiet_until")
        shown = {name: getattr(row, name) for name in fields}
        levels = {str(key): level for key, level in levels_of(self.member).items()}
        return dict(NotificationPreferencesSerializer(shown | {"channels": channels, "projects": levels}).data)  # type: ignore[arg-type]  # a mapping will do
