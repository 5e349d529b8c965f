"""Programmes, projects, members, status reports and milestones in the API."""

from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from rest_framework import serializers

from portfolio.people.api import STAMPS, RowField, unmoved
from portfolio.people.models import Person, Pole
from portfolio.projects import actions
from portfolio.projects.access import demand, demand_all
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import (
    Method,
    Milestone,
    Phase,
    Programme,
    Project,
    ProjectMember,
    ProjectRole,
    StatusReport,
)
from portfolio.projects.queries import ProjectFilters, filtered
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet
from tech4value.web.api_custom_fields import CustomFieldsField, WithCustomFields


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """Projects that serve one aim."""

    manager = RowField(Person, required=False, allow_null=True)

    class Meta:
        model = Programme
        fields = ("id", "code", "name", "manager", *STAMPS)
        validators: list[Any] = []


class ProgrammeViewSet(EditViewSet):
    """The programmes of the portfolio."""

    permission = Permission.PROJECT_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = ProgrammeSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Programme.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Programme:
        return actions.create_programme(actor=self.actor, **data)

    def perform_change(self, row: Programme, data: dict[str, Any], version: int | None) -> None:
        actions.change_programme(actor=self.actor, programme=row, values=data, version=version)

    def perform_deletion(self, row: Programme) -> None:
        actions.delete_programme(actor=self.actor, programme=row)


class ProjectSerializer(WithCustomFields, serializers.ModelSerializer[Project]):
    """A project; its code is unique in the organisation."""

    pole = RowField(Pole)
    programme = RowField(Programme, required=False, allow_null=True)
    sponsor = RowField(Person, required=False, allow_null=True)
    manager = RowField(Person, required=False, allow_null=True)
    custom_fields = CustomFieldsField("project")

    class Meta:
        model = Project
        fields = (
            "id",
            "code",
            "name",
            "pole",
            "programme",
            "sponsor",
            "manager",
            "method",
            "phase",
            "starts_on",
            "ends_on",
            "goal",
            "custom_fields",
            "read_only",
            *STAMPS,
        )
        read_only_fields = ("read_only",)
        validators: list[Any] = []


class ProjectFilter(django_filters.FilterSet):
    """Which projects: of a pole, a programme, a sponsor, a phase, a method, a code, or that match words."""

    pole = django_filters.UUIDFilter(field_name="pole_id")
    programme = django_filters.UUIDFilter(field_name="programme_id")
    sponsor = django_filters.UUIDFilter(field_name="sponsor_id")
    manager = django_filters.UUIDFilter(field_name="manager_id")
    phase = django_filters.ChoiceFilter(choices=Phase.choices)
    method = django_filters.ChoiceFilter(choices=Method.choices)
    code = django_filters.CharFilter()
    search = django_filters.CharFilter(method="of_words")

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def of_words(self, rows: Any, name: str, value: str) -> Any:
        """Every word in the code, the name or the manager's name."""
        return filtered(rows, ProjectFilters(words=tuple(value.split())))


class ProjectViewSet(EditViewSet):
    """What the portfolio is made of: the projects that the caller may see."""

    permission = Permission.PROJECT_VIEW
    create_permission = Permission.PROJECT_CREATE
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.visible_to(self.member)
        return rows.select_related("manager", "sponsor")

    def perform_creation(self, data: dict[str, Any]) -> Project:
        return actions.create_project(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.create_projects(actor=self.actor, values=rows))

    def perform_change(self, row: Project, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.PROJECT_EDIT, row)
        actions.change_project(actor=self.actor, project=row, values=data, version=version)

    def perform_deletion(self, row: Project) -> None:
        demand(self.member, Permission.PROJECT_DELETE, row)
        actions.delete_project(actor=self.actor, project=row)


class OfProjectViewSet(EditViewSet):
    """Rows of the projects that the caller may see, written by those who hold `needs` on the project."""

    permission = Permission.PROJECT_VIEW
    needs = Permission.PROJECT_EDIT
    model: Any

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.filter(project__in=Project.objects.visible_to(self.member))
        return rows.select_related("project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> Any:
        demand(self.member, self.needs, data["project"])
        return self.made(data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        demand_all(self.member, self.needs, [row["project"] for row in rows])
        return self.made_many(rows)

    def made_many(self, rows: list[dict[str, Any]]) -> list[Model]:
        """Create rows of projects that the caller may change."""
        return [self.made(row) for row in rows]

    def perform_change(self, row: Any, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, self.needs, row.project)
        unmoved(row, data, "project")
        self.changed(row, data, version)

    def perform_deletion(self, row: Any) -> None:
        demand(self.member, self.needs, row.project)
        self.deleted(row)

    def made(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def changed(self, row: Any, data: dict[str, Any], version: int | None) -> None:
        raise NotImplementedError

    def deleted(self, row: Any) -> None:
        raise NotImplementedError


class StatusReportSerializer(serializers.ModelSerializer[StatusReport]):
    """The state of a project on a date. Posted again for the same project and date, it replaces what was said."""

    project = VisibleProjectField()
    author = serializers.CharField(read_only=True)

    class Meta:
        model = StatusReport
        fields = ("id", "project", "reported_on", "weather", "trend", "comment", "author", *STAMPS)
        validators: list[Any] = []


class StatusReportFilter(django_filters.FilterSet):
    """Which reports: of a project, from and to a date."""

    project = django_filters.UUIDFilter(field_name="project_id")
    date_from = django_filters.DateFilter(field_name="reported_on", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="reported_on", lookup_expr="lte")

    class Meta:
        model = StatusReport
        fields: tuple[str, ...] = ()


class StatusReportViewSet(OfProjectViewSet):
    """The dated reports of projects."""

    model = StatusReport
    needs = Permission.STATUS_PUBLISH
    serializer_class = StatusReportSerializer
    filterset_class = StatusReportFilter

    def made(self, data: dict[str, Any]) -> StatusReport:
        return actions.publish_status(actor=self.actor, **data)

    def made_many(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.publish_statuses(actor=self.actor, values=rows))

    def changed(self, row: StatusReport, data: dict[str, Any], version: int | None) -> None:
        actions.change_status(actor=self.actor, report=row, values=data, version=version)

    def deleted(self, row: StatusReport) -> None:
        actions.delete_status(actor=self.actor, report=row)


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """A dated promise; without `baseline_on`, what is promised is the due date."""

    project = VisibleProjectField()
    owner = RowField(Person, required=False, allow_null=True)

    class Meta:
        model = Milestone
        fields = (
            "id",
            "project",
            "name",
            "due_on",
            "baseline_on",
            "actual_on",
            "success_criterion",
            "owner",
            *STAMPS,
        )
        validators: list[Any] = []


class MilestoneFilter(django_filters.FilterSet):
    """Which milestones: of a project, met or not, due from and to a date."""

    project = django_filters.UUIDFilter(field_name="project_id")
    reached = django_filters.BooleanFilter(field_name="actual_on", lookup_expr="isnull", exclude=True)
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Milestone
        fields: tuple[str, ...] = ()


class MilestoneViewSet(OfProjectViewSet):
    """The dates that projects promise."""

    model = Milestone
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter

    def made(self, data: dict[str, Any]) -> Milestone:
        return actions.create_milestone(actor=self.actor, **data)

    def made_many(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.create_milestones(actor=self.actor, values=rows))

    def changed(self, row: Milestone, data: dict[str, Any], version: int | None) -> None:
        actions.change_milestone(actor=self.actor, milestone=row, values=data, version=version)

    def deleted(self, row: Milestone) -> None:
        actions.delete_milestone(actor=self.actor, milestone=row)


class ProjectMemberSerializer(serializers.ModelSerializer[ProjectMember]):
    """A person in a project's team."""

    project = VisibleProjectField()
    person = RowField(Person)

    class Meta:
        model = ProjectMember
        fields = ("id", "project", "person", "role", *STAMPS)
        validators: list[Any] = []


class ProjectMemberFilter(django_filters.FilterSet):
    """Which members: of a project, of a person, with a role."""

    project = django_filters.UUIDFilter(field_name="project_id")
    person = django_filters.UUIDFilter(field_name="person_id")
    role = django_filters.ChoiceFilter(choices=ProjectRole.choices)

    class Meta:
        model = ProjectMember
        fields: tuple[str, ...] = ()


class ProjectMemberViewSet(OfProjectViewSet):
    """Who is in which project, and as what."""

    model = ProjectMember
    serializer_class = ProjectMemberSerializer
    filterset_class = ProjectMemberFilter

    def made(self, data: dict[str, Any]) -> ProjectMember:
        return actions.add_project_member(actor=self.actor, **data)

    def made_many(self, rows: list[dict[str, Any]]) -> list[Model]:
        return list(actions.add_project_members(actor=self.actor, values=rows))

    def changed(self, row: ProjectMember, data: dict[str, Any], version: int | None) -> None:
        unmoved(row, data, "person")
        actions.change_project_member(actor=self.actor, member=row, values=data, version=version)

    def deleted(self, row: ProjectMember) -> None:
        actions.remove_project_member(actor=self.actor, member=row)
