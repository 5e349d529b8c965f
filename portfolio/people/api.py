"""People, poles, calendars and absences in the API."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.people import actions
from portfolio.people.models import Absence, CalendarException, Person, PersonSkill, Pole, Profile, WorkCalendar
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.api import EditViewSet


@extend_schema_field(OpenApiTypes.UUID)
class RowField(serializers.PrimaryKeyRelatedField):
    """The key of a live row of the tenant; read at each request, because a class body has no tenant."""

    def __init__(self, model: type[Any], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.all()
        return rows


STAMPS = ("version", "created_at", "updated_at")


def unmoved(row: Any, data: dict[str, Any], name: str) -> None:
    """Raise ValidationError when `data` gives a row another parent: it stays where it was made."""
    if name in data and data.pop(name).pk != getattr(row, f"{name}_id"):
        raise ValidationError({name: _("Cette fiche ne change pas de rattachement : créez-en une autre.")})


class PoleSerializer(serializers.ModelSerializer[Pole]):
    """A department."""

    manager = RowField(Person, required=False, allow_null=True)

    class Meta:
        model = Pole
        fields = ("id", "code", "name", "manager", *STAMPS)
        validators: list[Any] = []


class PoleViewSet(EditViewSet):
    """The departments that people and projects belong to."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = PoleSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Pole.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Pole:
        return actions.create_pole(actor=self.actor, **data)

    def perform_change(self, row: Pole, data: dict[str, Any], version: int | None) -> None:
        actions.change_pole(actor=self.actor, pole=row, values=data, version=version)

    def perform_deletion(self, row: Pole) -> None:
        actions.delete_pole(actor=self.actor, pole=row)


class ProfileName(serializers.CharField):
    """A profile by its name, which a write finds or makes; empty for none."""

    def get_attribute(self, instance: Person) -> str:
        return instance.profile.name if instance.profile is not None else ""


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person. `daily_rate` is there for those who may see rates; `capacity` is a share 0-1 of a full time;
    `membership` (the account) is read here and set by those who manage members. `profile` is the name of the one
    that `profile_id` is: a write gives either, and an unknown name becomes a profile. `work_regime`: none, hours (at
    most `weekly_hours` a week, 35 by default), or days (at most `yearly_days` a year, 218 by default)."""

    pole = RowField(Pole, required=False, allow_null=True)
    profile_id = RowField(Profile, source="profile", required=False, allow_null=True)
    profile = ProfileName(required=False, allow_blank=True, max_length=80)
    calendar = RowField(WorkCalendar, required=False, allow_null=True)
    membership = RowField(Membership, required=False, allow_null=True)

    class Meta:
        model = Person
        fields = (
            "id",
            "name",
            "email",
            "pole",
            "profile",
            "profile_id",
            "membership",
            "calendar",
            "daily_rate",
            "capacity",
            "joined_on",
            "left_on",
            "is_external",
            "work_regime",
            "weekly_hours",
            "yearly_days",
            *STAMPS,
        )
        validators: list[Any] = []

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        request = self.context.get("request")
        member = getattr(getattr(request, "_request", None), "member", None)
        if member is not None and not member.can(Permission.RATE_VIEW):
            del fields["daily_rate"]
        if member is not None and not member.can(Permission.MEMBER_EDIT):
            fields["membership"].read_only = True
        return fields


class PersonFilter(django_filters.FilterSet):
    """Which persons: of a pole, a profile or a skill, external or not, here today or gone, whose name or e-mail
    contains a text."""

    pole = django_filters.UUIDFilter(field_name="pole_id")
    profile = django_filters.UUIDFilter(field_name="profile_id")
    skill = django_filters.UUIDFilter(method="of_skill")
    is_external = django_filters.BooleanFilter()
    active = django_filters.BooleanFilter(method="of_presence")
    search = django_filters.CharFilter(method="of_words")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def of_presence(self, rows: Any, name: str, value: bool) -> Any:
        """Those who have not left, or those who have."""
        gone = Q(left_on__lt=today())
        return rows.exclude(gone) if value else rows.filter(gone)

    def of_words(self, rows: Any, name: str, value: str) -> Any:
        """Every word in the name, the e-mail or the profile."""
        for word in value.split():
            words = Q(name__icontains=word) | Q(email__icontains=word) | Q(profile__name__icontains=word)
            rows = rows.filter(words)
        return rows

    def of_skill(self, rows: Any, name: str, value: Any) -> Any:
        """Those who have it, at any level."""
        return rows.filter(pk__in=PersonSkill.objects.filter(skill=value).values("person"))


class PersonViewSet(EditViewSet):
    """Who works, decides or owns."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.PEOPLE_EDIT
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    ordered_by: ClassVar[Mapping[str, Any]] = {"profile": Coalesce(F("profile__name"), Value(""))}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Person.objects.select_related("profile")
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Person:
        return actions.create_person(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.create_people(actor=self.actor, values=rows))

    def perform_change(self, row: Person, data: dict[str, Any], version: int | None) -> None:
        actions.change_person(actor=self.actor, person=row, values=data, version=version)

    def perform_deletion(self, row: Person) -> None:
        actions.delete_person(actor=self.actor, person=row)


class CalendarSerializer(serializers.ModelSerializer[WorkCalendar]):
    """Working hours by weekday: `week` maps "0" (Monday) to "6" to [start, end] minutes of the day, and public
    holidays come from `country` (ISO code) and `subdivision`."""

    week = serializers.DictField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
        ),
        required=False,
    )

    class Meta:
        model = WorkCalendar
        fields = ("id", "name", "week", "country", "subdivision", "is_default", *STAMPS)
        validators: list[Any] = []


class CalendarViewSet(EditViewSet):
    """When people work."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = CalendarSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = WorkCalendar.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> WorkCalendar:
        return actions.create_calendar(actor=self.actor, **data)

    def perform_change(self, row: WorkCalendar, data: dict[str, Any], version: int | None) -> None:
        actions.change_calendar(actor=self.actor, calendar=row, values=data, version=version)

    def perform_deletion(self, row: WorkCalendar) -> None:
        actions.delete_calendar(actor=self.actor, calendar=row)


class CalendarExceptionSerializer(serializers.ModelSerializer[CalendarException]):
    """Days that differ from the week: closed without `intervals`, else open at those [start, end] minutes."""

    calendar = RowField(WorkCalendar)
    intervals = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2), required=False
    )

    class Meta:
        model = CalendarException
        fields = ("id", "calendar", "starts_on", "ends_on", "label", "intervals", *STAMPS)


class CalendarExceptionFilter(django_filters.FilterSet):
    """Which exceptions: of a calendar."""

    calendar = django_filters.UUIDFilter(field_name="calendar_id")

    class Meta:
        model = CalendarException
        fields: tuple[str, ...] = ()


class CalendarExceptionViewSet(EditViewSet):
    """Closed days and days at other hours."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = CalendarExceptionSerializer
    filterset_class = CalendarExceptionFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = CalendarException.objects.filter(calendar__deleted_at=None)
        return rows

    def perform_creation(self, data: dict[str, Any]) -> CalendarException:
        return actions.add_exception(actor=self.actor, **data)

    def perform_change(self, row: CalendarException, data: dict[str, Any], version: int | None) -> None:
        unmoved(row, data, "calendar")
        actions.change_exception(actor=self.actor, exception=row, values=data, version=version)

    def perform_deletion(self, row: CalendarException) -> None:
        actions.delete_exception(actor=self.actor, exception=row)


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    """Whole days, both ends included. `kind` is null for those who neither keep absences nor are that person."""

    person = RowField(Person)

    class Meta:
        model = Absence
        fields = ("id", "person", "starts_on", "ends_on", "kind", *STAMPS)

    def to_representation(self, instance: Absence) -> dict[str, Any]:
        shown = super().to_representation(instance)
        member = self.context["request"]._request.member
        if not member.can(Permission.PEOPLE_EDIT) and instance.person.membership_id != member.pk:
            shown["kind"] = None
        return shown


class AbsenceFilter(django_filters.FilterSet):
    """Which absences: of a person, touching a period."""

    person = django_filters.UUIDFilter(field_name="person_id")
    pole = django_filters.UUIDFilter(field_name="person__pole_id")
    date_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Absence
        fields: tuple[str, ...] = ()


class AbsenceViewSet(EditViewSet):
    """Days on which people do not work."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.PEOPLE_EDIT
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilter
    unfiltered = ("kind",)  # not shown to everybody

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Absence.objects.filter(person__deleted_at=None)
        return rows.select_related("person")

    def perform_creation(self, data: dict[str, Any]) -> Absence:
        return actions.create_absence(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.create_absences(actor=self.actor, values=rows))

    def perform_change(self, row: Absence, data: dict[str, Any], version: int | None) -> None:
        unmoved(row, data, "person")
        actions.change_absence(actor=self.actor, absence=row, values=data, version=version)

    def perform_deletion(self, row: Absence) -> None:
        actions.delete_absence(actor=self.actor, absence=row)
