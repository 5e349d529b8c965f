"""The platform in the API: who I am, members, jobs, the journal, files."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tech4value.accounts.actions import deactivate_member
from tech4value.accounts.invitations import revoke_invitation
from tech4value.accounts.models import Invitation, InvitationState, Membership, Theme
from tech4value.accounts.permissions import ROLE_PERMISSIONS, Permission, Role, Scope
from tech4value.audit.models import AuditEvent
from tech4value.console.actions import change_member_role, reactivate_member
from tech4value.console.invitations import invite, send_again
from tech4value.files.models import StoredFile
from tech4value.files.views import download
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.views import jobs_of
from tech4value.tenancy.clock import now
from tech4value.web.api import EditViewSet, MemberViewSet, ReadViewSet


class MeSerializer(serializers.Serializer[Membership]):
    """The caller, in this organisation."""

    id = serializers.UUIDField(help_text="The membership.")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="person_name")
    language = serializers.CharField(source="user.language")
    theme = serializers.ChoiceField(source="user.theme", choices=Theme.choices)
    role = serializers.ChoiceField(choices=Role.choices)
    tenant = serializers.CharField(source="tenant.slug")
    permissions = serializers.SerializerMethodField(
        help_text="Each permission held: everywhere (`all`) or on one's own projects (`own`)."
    )

    def get_permissions(self, member: Membership) -> dict[str, Scope]:
        held = ((permission, member.scope(permission)) for permission in ROLE_PERMISSIONS[Role(member.role)])
        return {str(permission): scope for permission, scope in held if scope is not None}


class MeViewSet(MemberViewSet):
    """Who calls."""

    permission = Permission.SELF
    serializer_class = MeSerializer
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=MeSerializer, operation_id="me_retrieve")
    def list(self, request: Request) -> Response:
        """The caller, their role and what it permits."""
        return Response(MeSerializer(self.member).data)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member. `email` and `name` belong to the person and are not changed here."""

    email = serializers.EmailField(source="user.email", max_length=254)
    name = serializers.CharField(source="user.name", max_length=120)
    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role", "is_active", "last_seen_on", "version"]
        read_only_fields = ["last_seen_on", "version"]


class MemberFilter(filters.FilterSet):
    role = filters.ChoiceFilter(choices=Role.choices)
    is_active = filters.BooleanFilter()


class MembersViewSet(EditViewSet):
    """Members of the organisation: change the role, deactivate and reactivate (`is_active`). See invitations."""

    permission = Permission.MEMBER_VIEW
    write_permission = Permission.MEMBER_EDIT
    serializer_class = MemberSerializer
    filterset_class = MemberFilter
    http_method_names = ["get", "patch", "head", "options"]

    def rows(self) -> QuerySet[Membership]:
        return Membership.objects.select_related("user")

    def perform_change(self, row: Membership, data: dict[str, Any], version: int | None) -> None:
        if "user" in data:
            message = _("L’adresse et le nom appartiennent à la personne : elle les change dans ses préférences.")
            raise ValidationError(dict.fromkeys(data["user"], message))
        if "role" in data and data["role"] != row.role:
            change_member_role(actor=self.actor, member=row, role=Role(data["role"]), version=version)
            version = None  # checked: the row has just moved on by our own hand
        if data.get("is_active", row.is_active) and not row.is_active:
            reactivate_member(actor=self.actor, member=row, version=version)
        elif not data.get("is_active", True) and row.is_active:
            deactivate_member(actor=self.actor, membership=row, version=version)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """A place offered by e-mail. `state` is `expired` once `expires_at` is over."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)
    person = serializers.UUIDField(
        source="person_id", required=False, allow_null=True, help_text="The person that the new member is."
    )
    state = serializers.SerializerMethodField()
    invited_by = serializers.CharField(source="invited_by.person_name", default=None, read_only=True)

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "person", "state", "invited_by", "membership", "sent_at", "expires_at"]
        read_only_fields = ["membership", "sent_at", "expires_at"]

    @extend_schema_field(serializers.ChoiceField(choices=InvitationState.choices))
    def get_state(self, invitation: Invitation) -> str:
        return str(invitation.status(now()))


class InvitationFilter(filters.FilterSet):
    role = filters.ChoiceFilter(choices=Role.choices)
    state = filters.ChoiceFilter(choices=InvitationState.choices, help_text="As stored: `open` holds the expired.")
    email = filters.CharFilter(lookup_expr="iexact")


class InvitationsViewSet(EditViewSet):
    """Invitations by e-mail: send one (POST), send it again with a new link, revoke it (DELETE)."""

    permission = Permission.MEMBER_VIEW
    write_permission = Permission.MEMBER_EDIT
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    http_method_names = ["get", "post", "delete", "head", "options"]

    def rows(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("invited_by__user")

    def perform_creation(self, data: dict[str, Any]) -> Invitation:
        made = invite(
            actor=self.actor,
            emails=[data["email"].strip().lower()],
            role=Role(data["role"]),
            invited_by=self.member,
            person_id=data.get("person_id"),
        )
        return made[0]

    def perform_deletion(self, row: Invitation) -> None:
        revoke_invitation(actor=self.actor, invitation=row)

    @extend_schema(request=None, responses=InvitationSerializer)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str | None = None) -> Response:
        """A new link by mail; the former stops working."""
        row: Invitation = self.get_object()
        send_again(actor=self.actor, invitation=row)
        return Response(self.get_serializer(self.get_object()).data)


class JobSerializer(serializers.ModelSerializer[Job]):
    """A long operation. `done` of `total` steps."""

    state = serializers.ChoiceField(choices=JobState.choices, read_only=True)
    started_by = serializers.CharField(source="started_by.person_name", default=None, read_only=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "label", "state", "done", "total", "message", "result", "result_url", "file", "started_by",
            "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class JobFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=JobState.choices)
    kind = filters.CharFilter()


class JobViewSet(ReadViewSet):
    """One's own jobs; all of them for an administrator."""

    permission = Permission.JOB_VIEW
    serializer_class = JobSerializer
    filterset_class = JobFilter

    def rows(self) -> QuerySet[Job]:
        return jobs_of(self.request._request)  # type: ignore[arg-type]  # a MemberRequest, by our middleware


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """A line of the journal. `seq` is its seal's number, null until it is sealed (a few seconds)."""

    seq = serializers.IntegerField(source="seal.seq", default=None, read_only=True, allow_null=True)
    changes = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField()),
        help_text="{field: [before, after]}",
        read_only=True,
    )

    class Meta:
        model = AuditEvent
        fields = [
            "id", "seq", "at", "effective_on", "actor_kind", "actor_id", "actor_label", "verb", "object_type",
            "object_id", "object_label", "project_id", "changes", "request_id", "batch_id",
        ]  # fmt: skip
        read_only_fields = fields


class AuditEventFilter(filters.FilterSet):
    verb = filters.CharFilter()
    family = filters.CharFilter(
        method="of_family", help_text="The first part of the verb: `project`, `membership`, `access`…"
    )
    actor_id = filters.UUIDFilter()
    object_id = filters.UUIDFilter()
    project_id = filters.UUIDFilter()
    batch_id = filters.UUIDFilter()
    at_from = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_before = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    def of_family(self, rows: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return rows.filter(verb__startswith=f"{value}.")


class AuditEventViewSet(ReadViewSet):
    """The journal, oldest first: append-only, sealed and chained."""

    permission = Permission.AUDIT_VIEW
    serializer_class = AuditEventSerializer
    filterset_class = AuditEventFilter

    def rows(self) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.select_related("seal")


class FileSerializer(serializers.ModelSerializer[StoredFile]):
    """A stored file; its bytes are at `content/`."""

    class Meta:
        model = StoredFile
        fields = ["id", "name", "content_type", "size", "sha256", "created_at"]
        read_only_fields = fields


@extend_schema_view(list=extend_schema(description="The files that the caller may download."))
class FileViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, MemberViewSet):
    """Files: packs, imported workbooks, exports."""

    permission = Permission.SELF
    serializer_class = FileSerializer

    def rows(self) -> QuerySet[StoredFile]:
        return StoredFile.objects.visible_to(self.member)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The bytes.")},
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The file's bytes."""
        file: StoredFile = self.get_object()
        return download(file, self.actor)
