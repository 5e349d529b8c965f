"""Time in the API: `/api/v1/time-entries/`, one's own to write; `/api/v1/timesheets/`, weeks to submit and decide."""

from typing import Any
from uuid import UUID

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.people.api import STAMPS
from portfolio.people.models import Person
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from portfolio.timesheets.access import approvable_sheets, person_of, visible_entries, visible_sheets
from portfolio.timesheets.actions import Subject, enter_time, subject_of
from portfolio.timesheets.domain import MOST_MINUTES
from portfolio.timesheets.models import Activity, SheetState, TimeEntry, Timesheet
from portfolio.timesheets.review_actions import approve_weeks, recall_week, return_weeks, submit_week
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet, ReadViewSet


def own_person(member: Membership) -> Person:
    """The person that the caller is. Raises ValidationError for an account that is nobody's."""
    person = person_of(member)
    if person is None:
        raise ValidationError(_("Votre compte n’est relié à aucune personne : demandez au PMO de le relier."))
    return person


class TimeEntrySerializer(serializers.ModelSerializer[TimeEntry]):
    """The minutes of a day on one of a `task`, a `project` as a whole, or an `activity`. Only the minutes change."""

    person = serializers.UUIDField(source="line.timesheet.person_id", read_only=True)
    timesheet = serializers.UUIDField(source="line.timesheet_id", read_only=True)
    state = serializers.ChoiceField(
        source="line.timesheet.state", read_only=True, choices=SheetState.choices, help_text="Of the week."
    )
    task = serializers.UUIDField(source="line.task_id", required=False, allow_null=True)
    project = serializers.UUIDField(source="line.project_id", required=False, allow_null=True)
    activity = serializers.ChoiceField(
        source="line.activity", required=False, allow_blank=True, choices=Activity.choices
    )
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)

    class Meta:
        model = TimeEntry
        fields = ("id", "person", "timesheet", "state", "task", "project", "activity", "day", "minutes", *STAMPS)
        validators: list[Any] = []


class TimeEntryFilter(django_filters.FilterSet):
    """Which times: of a person, a project, a task or an activity, by day and by the state of the week."""

    person = django_filters.UUIDFilter(field_name="line__timesheet__person_id")
    project = django_filters.UUIDFilter(field_name="line__project_id")
    task = django_filters.UUIDFilter(field_name="line__task_id")
    activity = django_filters.ChoiceFilter(field_name="line__activity", choices=Activity.choices)
    state = django_filters.ChoiceFilter(field_name="line__timesheet__state", choices=SheetState.choices)
    day_from = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="day", lookup_expr="lte")

    class Meta:
        model = TimeEntry
        fields: tuple[str, ...] = ()


class TimeEntryViewSet(EditViewSet):
    """The times that the caller may read; their own are written here, under the rules of the week."""

    permission = Permission.TIME_VIEW
    write_permission = Permission.TIME_ENTER
    serializer_class = TimeEntrySerializer
    filterset_class = TimeEntryFilter

    def rows(self) -> QuerySet[Any]:
        related = ("line__timesheet__person", "line__project", "line__task__project")
        return visible_entries(self.member).select_related(*related)

    def perform_creation(self, data: dict[str, Any]) -> TimeEntry:
        person, subject = own_person(self.member), _subject(data.get("line", {}))
        held = TimeEntry.objects.filter(
            line__timesheet__person=person, line__deleted_at=None, day=data["day"], minutes__gt=0
        ).filter(**{f"line__{name}": value for name, value in subject.fields.items()})
        if held.exists():
            raise ValidationError({"day": _("Un temps est déjà saisi ce jour-là : modifiez-le plutôt.")})
        made = enter_time(actor=self.actor, person=person, subject=subject, day=data["day"], minutes=data["minutes"])
        return self.rows().get(pk=made.pk if made is not None else None)

    def perform_change(self, row: TimeEntry, data: dict[str, Any], version: int | None) -> TimeEntry:
        self.refuse_others(row)
        if data.pop("line", None) is not None or data.pop("day", row.day) != row.day:
            raise ValidationError(_("Un temps ne change ni de jour ni d’objet : supprimez-le et créez-en un autre."))
        if "minutes" in data:
            self.write(row, data["minutes"], version)
        return self.rows().get(pk=row.pk)

    def perform_deletion(self, row: TimeEntry) -> None:
        self.refuse_others(row)
        self.write(row, 0, None)

    def write(self, row: TimeEntry, minutes: int, version: int | None) -> None:
        """Set the minutes of a row that is the caller's."""
        person = row.line.timesheet.person
        enter_time(
            actor=self.actor,
            person=person,
            subject=subject_of(row.line),
            day=row.day,
            minutes=minutes,
            version=version,
        )

    def refuse_others(self, row: TimeEntry) -> None:
        """403 for the time of somebody else."""
        if row.line.timesheet.person.membership_id != self.member.pk:
            raise PermissionDenied(_("Ce temps est celui de quelqu’un d’autre : seule la personne le change."))


def _subject(line: dict[str, Any]) -> Subject:
    """What was sent: one of the three. Raises ValidationError with the field that names nothing."""
    task_id, project_id, activity = line.get("task_id"), line.get("project_id"), line.get("activity") or ""
    if task_id is not None:
        task = Task.objects.filter(pk=task_id).select_related("project").first()
        if task is None or project_id not in (None, task.project_id) or activity:
            raise ValidationError({"task": _("Cette tâche n’existe pas, ou n’est pas de ce projet.")})
        return Subject(task.project, task)
    if (project_id is None) == (not activity):
        raise ValidationError(
            {"task": _("Choisissez une tâche, ou un projet, ou une activité : une seule des trois.")}
        )
    if activity:
        return Subject(activity=activity)
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise ValidationError({"project": _("Ce projet n’existe pas.")})
    return Subject(project)


class TimesheetSerializer(serializers.ModelSerializer[Timesheet]):
    """A person's week, named by its Monday."""

    class Meta:
        model = Timesheet
        fields = ("id", "person", "week", "state", "reason", "submitted_at", "reviewed_by", "reviewed_at", *STAMPS)
        read_only_fields = fields


class ReturnSerializer(serializers.Serializer[Any]):
    """Why the week goes back."""

    reason = serializers.CharField(max_length=1000)


class TimesheetViewSet(ReadViewSet):
    """Weeks: one's own to submit and take back, those of one's teams to approve and return."""

    permission = Permission.TIME_VIEW
    write_permission = Permission.TIME_ENTER
    http_method_names = ["get", "post", "head", "options"]
    serializer_class = TimesheetSerializer

    def rows(self) -> QuerySet[Any]:
        return visible_sheets(self.member).select_related("person")

    @extend_schema(request=None, responses=TimesheetSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Send one's own week to whoever approves it."""
        row = self.own(pk)
        return self.told(submit_week(actor=self.actor, person=row.person, week=row.week).pk)

    @extend_schema(request=None, responses=TimesheetSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str) -> Response:
        """Take one's own week back before it is approved."""
        row = self.own(pk)
        return self.told(recall_week(actor=self.actor, person=row.person, week=row.week).pk)

    @extend_schema(request=None, responses=TimesheetSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve a submitted week: its time counts in plans and costs."""
        return self.told(approve_weeks(actor=self.actor, sheets=[self.decided(pk).pk])[0].pk)

    @extend_schema(request=ReturnSerializer, responses=TimesheetSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send a submitted or approved week back, with why."""
        row = self.decided(pk)
        reason = self.body(ReturnSerializer)["reason"]
        return self.told(return_weeks(actor=self.actor, sheets=[row.pk], reason=reason)[0].pk)

    def own(self, pk: str) -> Timesheet:
        """The caller's own week; 403 for somebody else's."""
        row: Timesheet = get_object_or_404(self.rows(), pk=pk)
        if row.person.membership_id != self.member.pk:
            raise PermissionDenied(_("Cette semaine est celle de quelqu’un d’autre."))
        return row

    def decided(self, pk: str) -> Timesheet:
        """A week on which the caller decides; 403 for another that they see."""
        row: Timesheet = get_object_or_404(self.rows(), pk=pk)
        if not approvable_sheets(self.member).filter(pk=row.pk).exists():
            raise PermissionDenied(_("Vous ne décidez pas de cette semaine : seul le responsable du pôle le fait."))
        return row

    def told(self, pk: UUID) -> Response:
        return Response(self.get_serializer(self.rows().get(pk=pk)).data)
