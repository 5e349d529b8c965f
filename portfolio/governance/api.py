"""Templates and roles in the API: `/project-templates/`, `/projects/from-template/`, `/team-roles/`."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.governance import actions, library, role_actions
from portfolio.governance.creation import create_project_from_template
from portfolio.governance.extraction import create_template_from_project
from portfolio.governance.models import ProjectTemplate, TeamRole
from portfolio.people.api import STAMPS, RowField, unmoved
from portfolio.people.models import Person, Pole, WorkCalendar
from portfolio.projects.access import demand
from portfolio.projects.api import ProjectSerializer
from portfolio.projects.api_fields import PersonField, VisibleProjectField
from portfolio.projects.models import Method, Programme, Project
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.context import current_tenant
from tech4value.web.api import EditViewSet, MemberViewSet

_KEY = {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}$"}
_DAYS = {"type": "number", "minimum": 0, "maximum": 2600}
_LINK = {
    "type": "object",
    "required": ["predecessor"],
    "properties": {
        "predecessor": _KEY,
        "type": {"type": "string", "enum": ["FS", "SS", "FF", "SF"]},
        "lag": {"type": "number", "minimum": -2600, "maximum": 2600, "description": "Days, or percent."},
        "unit": {"type": "string", "enum": ["working", "elapsed", "percent"]},
    },
}


def _section(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "required": required, "properties": properties}}


class _Section(serializers.JSONField):
    """A section of the document: its types and rules are the domain's, whose sentences say the place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


@extend_schema_field(
    _section(
        ["key", "name"],
        key=_KEY,
        name={"type": "string", "maxLength": 255},
        kind={"type": "string", "enum": ["phase", "task", "milestone"]},
        level={"type": "integer", "minimum": 1, "maximum": 20},
        days=_DAYS,
        work_days={"type": "number", "minimum": 0},
        offset_days=_DAYS,
        role=_KEY,
        criterion={"type": "string"},
        notes={"type": "string"},
        links={"type": "array", "items": _LINK},
    )
)
class LinesField(_Section):
    """The outline, in reading order."""


@extend_schema_field(
    _section(
        ["key", "title", "probability", "impact"],
        key=_KEY,
        title={"type": "string", "maxLength": 160},
        probability={"type": "integer", "minimum": 1, "maximum": 5},
        impact={"type": "integer", "minimum": 1, "maximum": 5},
        cause={"type": "string"},
        response={"type": "string"},
        role=_KEY,
    )
)
class RisksField(_Section):
    """Risks of the template."""


@extend_schema_field(
    _section(
        ["key", "name"],
        key=_KEY,
        name={"type": "string", "maxLength": 120},
        mission={"type": "string"},
        raci={"type": "object", "additionalProperties": {"type": "string", "enum": ["R", "A", "C", "I"]}},
    )
)
class RolesField(_Section):
    """Roles, with their letter by the key of a line."""


@extend_schema_field(
    _section(
        ["key", "category", "nature"],
        key=_KEY,
        category={"type": "string"},
        nature={"type": "string", "enum": ["capex", "opex"]},
        month={"type": "integer", "minimum": 1, "maximum": 120},
        planned={"type": "string"},
    )
)
class BudgetField(_Section):
    """The budget's skeleton."""


class ProjectTemplateSerializer(serializers.ModelSerializer[ProjectTemplate]):
    """A standard process: `lines` (phases, tasks, milestones), `risks`, `roles`, `budget`. Durations, lags and
    offsets are in working days. Changing it never changes the projects made from it."""

    lines = LinesField()
    risks = RisksField()
    roles = RolesField()
    budget = BudgetField()

    class Meta:
        model = ProjectTemplate
        fields = (
            "id",
            "name",
            "method",
            "description",
            "when_to_use",
            "is_archived",
            "source",
            "lines",
            "risks",
            "roles",
            "budget",
            "task_count",
            "milestone_count",
            "duration_days",
            *STAMPS,
        )
        read_only_fields = ("source", "task_count", "milestone_count", "duration_days")
        validators: list[Any] = []


class ProjectTemplateFilter(django_filters.FilterSet):
    """Templates of a method, archived or not."""

    method = django_filters.ChoiceFilter(choices=Method.choices)
    archived = django_filters.BooleanFilter(field_name="is_archived")

    class Meta:
        model = ProjectTemplate
        fields: tuple[str, ...] = ()


class FromProjectSerializer(serializers.Serializer[Any]):
    """A project to be saved as a template."""

    project = VisibleProjectField()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")
    when_to_use = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")


class ShippedTemplateSerializer(serializers.Serializer[Any]):
    """A template of the library, in the organisation's language."""

    key = serializers.CharField()
    method = serializers.ChoiceField(choices=Method.choices)
    name = serializers.CharField()
    description = serializers.CharField()
    when_to_use = serializers.CharField()
    task_count = serializers.IntegerField()
    milestone_count = serializers.IntegerField()
    duration_days = serializers.IntegerField()


class ProjectTemplateViewSet(EditViewSet):
    """The templates of the organisation."""

    permission = Permission.PROJECT_CREATE
    write_permission = Permission.TEMPLATE_EDIT
    serializer_class = ProjectTemplateSerializer
    filterset_class = ProjectTemplateFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ProjectTemplate.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> ProjectTemplate:
        return actions.create_template(actor=self.actor, **data)

    def perform_change(self, row: ProjectTemplate, data: dict[str, Any], version: int | None) -> None:
        actions.change_template(actor=self.actor, template=row, values=data, version=version)

    def perform_deletion(self, row: ProjectTemplate) -> None:
        actions.delete_template(actor=self.actor, template=row)

    @extend_schema(request=None, responses={201: ProjectTemplateSerializer})
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, pk: str) -> Response:
        """A copy under a free name."""
        row = actions.duplicate_template(actor=self.actor, template=self.get_object())
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FromProjectSerializer, responses={201: ProjectTemplateSerializer})
    @action(detail=False, methods=["post"], url_path="from-project", filterset_class=None)
    def from_project(self, request: Request) -> Response:
        """Save a project as a template: its plan, milestones, risks and roles, without anybody's name."""
        row = create_template_from_project(actor=self.actor, **self.body(FromProjectSerializer))
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ShippedTemplateSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def library(self, request: Request) -> Response:
        """The templates that Tech4Value ships; `/projects/from-template/` takes their key."""
        rows = [
            {
                "key": one.key,
                "method": one.method,
                "name": one.name,
                "description": one.description,
                "when_to_use": one.when_to_use,
                "task_count": len(one.document.tasks),
                "milestone_count": len(one.document.milestones),
                "duration_days": one.working_days,
            }
            for one in library.all_shipped(current_tenant().language)
        ]
        return Response(ShippedTemplateSerializer(rows, many=True).data)


@extend_schema_field(OpenApiTypes.UUID)
class KeyField(RowField):
    """The key of a row, in a serializer that is no model's."""


class FromTemplateSerializer(serializers.Serializer[Any]):
    """A project to be made: from a template of the organisation (`template`) or of the library (`library`). `staff`
    gives persons by the key of a role; the other roles stay to be staffed."""

    template = KeyField(ProjectTemplate, required=False, allow_null=True)
    library = serializers.ChoiceField(choices=list(library.PROCESSES), required=False)
    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=160)
    pole = KeyField(Pole)
    starts_on = serializers.DateField()
    manager = KeyField(Person, required=False, allow_null=True)
    sponsor = KeyField(Person, required=False, allow_null=True)
    programme = KeyField(Programme, required=False, allow_null=True)
    calendar = KeyField(WorkCalendar, required=False, allow_null=True)
    goal = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    staff = serializers.DictField(child=PersonField(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("template")) == bool(attrs.get("library")):
            raise serializers.ValidationError({"template": _("Donnez un modèle, ou la clé d’un modèle fourni.")})
        return attrs


class MadeProjectSerializer(serializers.Serializer[Any]):
    """The project, and the batch of all that was made with it."""

    project = ProjectSerializer()
    batch_id = serializers.UUIDField()


class FromTemplateViewSet(MemberViewSet):
    """Projects made from templates, with their plan, milestones, risks and roles, all or nothing."""

    permission = Permission.PROJECT_CREATE
    serializer_class = FromTemplateSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.none()
        return rows

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows()

    @extend_schema(request=FromTemplateSerializer, responses={201: MadeProjectSerializer})
    def create(self, request: Request) -> Response:
        """Make a project from a template, dated from `starts_on` on the project's calendar."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        template, key = data.pop("template", None), data.pop("library", None)
        if template is None:
            template = actions.adopt_template(actor=self.actor, key=key)
        if template.is_archived:
            raise ValidationError({"template": _("Ce modèle est archivé : choisissez-en un autre.")})
        made = create_project_from_template(actor=self.actor, template=template, **data)
        answer = MadeProjectSerializer(
            {"project": made.project, "batch_id": made.batch_id}, context={"request": request}
        )
        return Response(answer.data, status=status.HTTP_201_CREATED)


class TeamRoleSerializer(serializers.ModelSerializer[TeamRole]):
    """A role of a project; `person` null is to be staffed."""

    project = VisibleProjectField()
    person = PersonField(required=False, allow_null=True)

    class Meta:
        model = TeamRole
        fields = ("id", "project", "name", "mission", "person", "position", *STAMPS)
        read_only_fields = ("position",)
        validators: list[Any] = []


class TeamRoleFilter(django_filters.FilterSet):
    """Roles of a project, of a person, to be staffed or not."""

    project = django_filters.UUIDFilter(field_name="project_id")
    person = django_filters.UUIDFilter(field_name="person_id")
    staffed = django_filters.BooleanFilter(field_name="person", lookup_expr="isnull", exclude=True)

    class Meta:
        model = TeamRole
        fields: tuple[str, ...] = ()


class TeamRoleViewSet(EditViewSet):
    """The roles of projects and who holds them."""

    permission = Permission.PROJECT_VIEW
    serializer_class = TeamRoleSerializer
    filterset_class = TeamRoleFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = TeamRole.objects.filter(project__in=Project.objects.visible_to(self.member))
        return rows.select_related("project__manager", "project__sponsor", "person")

    def perform_creation(self, data: dict[str, Any]) -> TeamRole:
        demand(self.member, Permission.PROJECT_EDIT, data["project"])
        return role_actions.create_team_role(actor=self.actor, **data)

    def perform_change(self, row: TeamRole, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.PROJECT_EDIT, row.project)
        unmoved(row, data, "project")
        role_actions.change_team_role(actor=self.actor, role=row, values=data, version=version)

    def perform_deletion(self, row: TeamRole) -> None:
        demand(self.member, Permission.PROJECT_EDIT, row.project)
        role_actions.delete_team_role(actor=self.actor, role=row)
