"""The base of every viewset: rows through what the member may see, writes through the room's actions."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response

from tech4value.accounts.models import ApiToken, Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor, ActorKind


class MemberViewSet(viewsets.GenericViewSet):
    """Rooms give the permissions, `serializer_class`, `rows()` and the write verbs that they allow."""

    permission: ClassVar[Permission]
    write_permission: ClassVar[Permission | None] = None
    create_permission: ClassVar[Permission | None] = None
    lookup_value_regex = "[0-9a-f-]{36}"

    @property
    def member(self) -> Membership:
        """Who calls."""
        member: Membership = self.request._request.member  # type: ignore[attr-defined]  # set by MemberMiddleware
        return member

    @property
    def actor(self) -> Actor:
        """The caller as an actor: the person, or the token by its name."""
        if isinstance(self.request.auth, ApiToken):
            label = f"{self.member.person_name} ({self.request.auth.name})"
            return Actor(kind=ActorKind.TOKEN, label=label, user_id=self.member.user_id)
        return self.member.actor

    def rows(self) -> QuerySet[Any]:
        """The rows that the member may see."""
        raise NotImplementedError(f"{type(self).__name__} must give its rows().")

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the OpenAPI document is made without a tenant
            serializer: Any = self.serializer_class
            model: type[Model] = serializer.Meta.model
            return QuerySet(model).none()
        return self.rows()


class ReadViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, MemberViewSet):
    """List and retrieve."""


class EditViewSet(ReadViewSet):
    """List, retrieve, create, update (PATCH) and delete, each write by an action of the room.

    `perform_*` receive validated data and return the row; a `version` in a PATCH refuses a stale save (409).
    """

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_creation(self, data: dict[str, Any]) -> Model:
        raise NotImplementedError

    def perform_change(self, row: Any, data: dict[str, Any], version: int | None) -> None:
        raise NotImplementedError

    def perform_deletion(self, row: Any) -> None:
        raise NotImplementedError

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = self.perform_creation(dict(serializer.validated_data))
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        version = request.data.get("version")
        if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
            raise serializers.ValidationError({"version": "integer"})
        self.perform_change(row, dict(serializer.validated_data), version)
        return Response(self.get_serializer(row).data)

    def destroy(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        self.perform_deletion(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
