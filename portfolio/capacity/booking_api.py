"""Allocations, requests for staff and overloads to come in the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.capacity.access import demand_answering, demand_booking
from portfolio.capacity.allocation_actions import change_allocation, create_allocation, delete_allocation
from portfolio.capacity.allocation_views import allocations_for
from portfolio.capacity.models import Allocation, OverloadAlert, RequestState, StaffingRequest
from portfolio.capacity.overload_words import what
from portfolio.capacity.staffing import candidates
from portfolio.capacity.staffing_actions import (
    accept_request,
    ask_staff,
    change_request,
    decline_request,
    withdraw_request,
)
from portfolio.capacity.staffing_views import requests_for
from portfolio.people.api import STAMPS, RowField, unmoved
from portfolio.people.models import Person, Profile, Skill
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet, ReadViewSet


class AllocationSerializer(serializers.ModelSerializer[Allocation]):
    """Time booked on a project: of a `person` or of a `profile`, as a `share` of a full time (1 is all of it) or as
    `days` in all."""

    project = RowField(Project)
    person = RowField(Person, required=False, allow_null=True)
    profile = RowField(Profile, required=False, allow_null=True)
    skill = RowField(Skill, required=False, allow_null=True)

    class Meta:
        model = Allocation
        fields = (
            "id",
            "project",
            "person",
            "profile",
            "starts_on",
            "ends_on",
            "share",
            "days",
            "skill",
            "note",
            *STAMPS,
        )
        validators: list[Any] = []


class AllocationFilter(django_filters.FilterSet):
    """Which: of a project, of a person, of a profile, touching a period."""

    project = django_filters.UUIDFilter(field_name="project_id")
    person = django_filters.UUIDFilter(field_name="person_id")
    profile = django_filters.UUIDFilter(field_name="profile_id")
    date_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Allocation
        fields: tuple[str, ...] = ()


class AllocationViewSet(EditViewSet):
    """Who is booked on what."""

    permission = Permission.CAPACITY_VIEW
    write_permission = Permission.PLAN_EDIT
    serializer_class = AllocationSerializer
    filterset_class = AllocationFilter

    def rows(self) -> QuerySet[Any]:
        return allocations_for(self.member)

    def perform_creation(self, data: dict[str, Any]) -> Allocation:
        demand_booking(self.member, _seen(self.member, data["project"]))
        return create_allocation(actor=self.actor, **data)

    def perform_change(self, row: Allocation, data: dict[str, Any], version: int | None) -> None:
        demand_booking(self.member, row.project)
        unmoved(row, data, "project")
        change_allocation(actor=self.actor, allocation=row, values=data, version=version)

    def perform_deletion(self, row: Allocation) -> None:
        demand_booking(self.member, row.project)
        delete_allocation(actor=self.actor, allocation=row)


class StaffingRequestSerializer(serializers.ModelSerializer[StaffingRequest]):
    """Somebody that a project looks for: a `skill` at a `level` (1-5) or above, a `profile`, or both. `allocation` is
    what answered it."""

    project = RowField(Project)
    skill = RowField(Skill, required=False, allow_null=True)
    profile = RowField(Profile, required=False, allow_null=True)

    class Meta:
        model = StaffingRequest
        fields = (
            "id",
            "project",
            "skill",
            "level",
            "profile",
            "starts_on",
            "ends_on",
            "share",
            "comment",
            "state",
            "reason",
            "answered_on",
            "allocation",
            *STAMPS,
        )
        read_only_fields = ("state", "reason", "answered_on", "allocation")
        validators: list[Any] = []


class StaffingRequestFilter(django_filters.FilterSet):
    """Which: of a project, of a skill, in a state."""

    project = django_filters.UUIDFilter(field_name="project_id")
    skill = django_filters.UUIDFilter(field_name="skill_id")
    state = django_filters.ChoiceFilter(choices=RequestState.choices)

    class Meta:
        model = StaffingRequest
        fields: tuple[str, ...] = ()


class CandidateSerializer(serializers.Serializer[Any]):
    """Somebody who could answer, in minutes of the request's period; `level` is 0 when no skill is asked."""

    person = serializers.UUIDField(source="person.pk")
    name = serializers.CharField(source="person.name")
    level = serializers.IntegerField()
    capacity_minutes = serializers.IntegerField(source="capacity")
    load_minutes = serializers.IntegerField(source="load")
    remaining_minutes = serializers.IntegerField(source="remaining")
    asked_minutes = serializers.IntegerField(source="asked")
    is_enough = serializers.BooleanField()


class AcceptSerializer(serializers.Serializer[Any]):
    """Who is given, and at what share when it is not the one asked."""

    person = RowField(Person)
    share = serializers.DecimalField(max_digits=6, decimal_places=4, required=False, allow_null=True)


class DeclineSerializer(serializers.Serializer[Any]):
    """Why nobody is given."""

    reason = serializers.CharField(max_length=500)


class StaffingRequestViewSet(EditViewSet):
    """What projects look for, and its answer."""

    permission = Permission.CAPACITY_VIEW
    write_permission = Permission.PLAN_EDIT
    serializer_class = StaffingRequestSerializer
    filterset_class = StaffingRequestFilter

    def rows(self) -> QuerySet[Any]:
        return requests_for(self.member)

    def perform_creation(self, data: dict[str, Any]) -> StaffingRequest:
        demand_booking(self.member, _seen(self.member, data["project"]))
        return ask_staff(actor=self.actor, **data)

    def perform_change(self, row: StaffingRequest, data: dict[str, Any], version: int | None) -> None:
        demand_booking(self.member, row.project)
        unmoved(row, data, "project")
        change_request(actor=self.actor, request=row, values=data, version=version)

    def perform_deletion(self, row: StaffingRequest) -> None:
        demand_booking(self.member, row.project)
        withdraw_request(actor=self.actor, request=row)

    @extend_schema(responses=CandidateSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def candidates(self, request: Request, pk: Any = None) -> Response:
        """Those who could answer: the most time left first, then the best level."""
        return Response(CandidateSerializer(candidates(self.get_object()), many=True).data)

    @extend_schema(request=AcceptSerializer, responses=AllocationSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: Any = None) -> Response:
        """Give somebody: what was asked becomes their allocation."""
        row = self.get_object()
        demand_answering(self.member, row.project)
        made = accept_request(actor=self.actor, request=row, **self.body(AcceptSerializer))
        return Response(AllocationSerializer(made, context=self.get_serializer_context()).data)

    @extend_schema(request=DeclineSerializer, responses=StaffingRequestSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: Any = None) -> Response:
        """Give nobody, and say why."""
        row = self.get_object()
        demand_answering(self.member, row.project)
        decline_request(actor=self.actor, request=row, **self.body(DeclineSerializer))
        return Response(self.get_serializer(self.get_object()).data)


class OverloadAlertSerializer(serializers.ModelSerializer[OverloadAlert]):
    """An overload to come, until `closed_on`; weeks by their Mondays, `peak` 1 is full (null without capacity)."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = OverloadAlert
        fields = ("id", "person", "first_week", "last_week", "peak", "opened_on", "closed_on", "sentence")
        read_only_fields = fields

    def get_sentence(self, row: OverloadAlert) -> str:
        """In the caller's language."""
        return what(row.first_week, row.last_week, row.peak)


class OverloadAlertViewSet(ReadViewSet):
    """Who will be overloaded."""

    permission = Permission.CAPACITY_VIEW
    serializer_class = OverloadAlertSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = OverloadAlert.objects.filter(person__deleted_at=None)
        return rows


def _seen(member: Any, project: Project) -> Project:
    """The project, when `member` may see its capacity; as unknown as any other otherwise."""
    if not Project.objects.visible_to(member, Permission.CAPACITY_VIEW).filter(pk=project.pk).exists():
        raise serializers.ValidationError({"project": _("Ce projet n’existe pas.")})
    return project
