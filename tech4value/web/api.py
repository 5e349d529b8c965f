"""The base of every viewset: rows through what the member may see, writes through the room's actions."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.response import Response

from tech4value.accounts.models import ApiToken, Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor, ActorKind
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import OF_THE_LIMITS
from tech4value.audit.writing import object_type
from tech4value.tenancy.models import uuid7
from tech4value.web.api_bodies import refuse_unknown
from tech4value.web.api_bulk import checked_rows, create_all
from tech4value.web.api_idempotency import HEADER, once
from tech4value.web.api_versions import reconciled


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
        """The caller as an actor: the person, or the token by its name; of one batch during a bulk call."""
        actor = self.member.actor
        if isinstance(self.request.auth, ApiToken):
            label = f"{self.member.person_name} ({self.request.auth.name})"
            actor = Actor(kind=ActorKind.TOKEN, label=label, user_id=self.member.user_id)
        return actor if self.batch_id is None else actor.within(self.batch_id)

    batch_id: UUID | None = None
    # Fields that filters and orders leave alone: what some callers are not shown.
    unfiltered: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        handler = getattr(self, "post", None)  # set by as_view(), when the verb is declared
        if request.method == "POST" and handler is not None and request.headers.get(HEADER) is not None:
            self.post: Any = once(handler, request, self.member)  # what DRF calls next

    def rows(self) -> QuerySet[Any]:
        """The rows that the member may see."""
        raise NotImplementedError(f"{type(self).__name__} must give its rows().")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """DRF's; one that is given a body refuses the fields that it does not know."""
        serializer = super().get_serializer(*args, **kwargs)
        if "data" in kwargs:
            refuse_unknown(serializer, kwargs["data"])
        return serializer

    def body(self, serializer_class: Any, **options: Any) -> dict[str, Any]:
        """The validated body of a call that sends something else than a row of the collection."""
        sent = serializer_class(data=self.request.data, context=self.get_serializer_context(), **options)
        refuse_unknown(sent, self.request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the OpenAPI document is made without a tenant
            serializer: Any = self.serializer_class
            model: type[Model] = serializer.Meta.model
            return QuerySet(model).none()
        return self.rows()


class ReadViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, MemberViewSet):
    """List and retrieve."""

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        return answered(Response(self.get_serializer(row).data), row)


def answered(response: Response, row: Any) -> Response:
    """The answer that shows `row`: its entity tag says the row's version."""
    response.row_version = getattr(row, "version", None)  # type: ignore[attr-defined]  # read by ApiAnswerMiddleware
    return response


class ChangeViewSet(ReadViewSet):
    """List, retrieve and update (PATCH): a `version` in it refuses a stale save (409), an `If-Match` too (412)."""

    http_method_names = ["get", "patch", "head", "options"]

    def perform_change(self, row: Any, data: dict[str, Any], version: int | None) -> Model | None:
        """Change `row`; what is returned, when it is another, is what the answer shows."""
        raise NotImplementedError

    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        version = request.data.get("version")
        if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
            raise serializers.ValidationError({"version": "integer"})
        data, version = reconciled(self, request, row, dict(serializer.validated_data), version)
        row = self.perform_change(row, data, version) or row
        return answered(Response(self.get_serializer(row).data), row)


class EditViewSet(ChangeViewSet):
    """List, retrieve, create, update (PATCH) and delete, each write by an action of the room.

    `perform_*` receive validated data and return the row. Many rows are created by `bulk/`, all or none.
    """

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_creation(self, data: dict[str, Any]) -> Model:
        raise NotImplementedError

    def perform_deletion(self, row: Any) -> None:
        raise NotImplementedError

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        """Create many rows; rooms that can do it in a few statements say how."""
        return [self.perform_creation(row) for row in rows]

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = self.perform_creation(dict(serializer.validated_data))
        response = Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
        response.headers["Location"] = request.build_absolute_uri(f"{request.path}{row.pk}/")
        return answered(response, row)

    def destroy(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        reconciled(self, request, row, {}, None)
        self.perform_deletion(row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk(self, request: Any) -> Response:
        """Create 1 to 1 000 rows, all or none. Errors come by index; `batch_id` takes the whole back."""
        rows = checked_rows(self.get_serializer(), request.data)
        self.batch_id = uuid7()
        made = create_all(self.perform_creations, self.perform_creation, rows)
        shown = self.get_serializer(made, many=True).data
        body = {"batch_id": str(self.batch_id), "count": len(made), "rows": shown}
        return Response(body, status=status.HTTP_201_CREATED)

    @action(detail=False, methods=["delete"], url_path="bulk/(?P<batch>[0-9a-f-]{36})", url_name="bulk-undo")
    def bulk_undo(self, request: Any, batch: str) -> Response:
        """Take back what one's own bulk call created: they go to the bin. Refused once others have changed one."""
        rows = self.made_by(batch)
        if changed := _changed_since(rows, batch):
            raise BatchChangedError(changed)
        self.batch_id = uuid7()
        for row in reversed(rows):
            self.perform_deletion(row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def made_by(self, batch: str) -> list[Any]:
        """The rows that a bulk call of the caller created and that are still there; 404 when there is none."""
        made = AuditEvent.objects.filter(
            batch_id=_uuid(batch),
            actor_id=self.member.user_id,
            verb__endswith=".created",
            object_type=object_type(self.serializer_class.Meta.model),  # type: ignore[union-attr]  # rooms' own
        )
        rows = list(self.rows().filter(pk__in=made.values("object_id")).order_by("pk"))
        if not rows:
            raise NotFound
        return rows


# What follows by itself from other writes (a plan that is dated again) is nobody's work on the row.
_FOLLOWS = (".rescheduled", *OF_THE_LIMITS)


def _changed_since(rows: list[Any], batch: str) -> list[str]:
    """The names of the rows that somebody has worked on since the bulk call that made them."""
    later = AuditEvent.objects.filter(object_id__in=[row.pk for row in rows]).exclude(batch_id=_uuid(batch))
    for suffix in _FOLLOWS:
        later = later.exclude(verb__endswith=suffix)
    touched = set(later.exclude(changes={}).values_list("object_id", flat=True))
    return [str(row) for row in rows if row.pk in touched]


class BatchChangedError(APIException):
    """409: somebody has worked on the rows since."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            _("Rien n’a été supprimé : ces lignes ont été modifiées depuis : %(names)s.")
            % {"names": ", ".join(names[:20])}
        )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
