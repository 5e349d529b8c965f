"""Plans in the API: `/api/v1/tasks/`, `/dependencies/`, `/assignments/`, `/baselines/`."""

from typing import Any, TypedDict

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.people.models import WorkCalendar
from portfolio.planning import actions
from portfolio.planning.bulk_actions import create_tasks
from portfolio.planning.models import (
    Assignment,
    Baseline,
    BaselineTask,
    Dependency,
    Task,
    TaskKind,
)
from portfolio.planning.scheduling import load_plan
from portfolio.planning.why import Why, WhyStep, why_this_date
from portfolio.projects.access import demand, demand_all
from portfolio.projects.api_fields import PersonField, VisibleProjectField
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet
from tech4value.web.api_custom_fields import CustomFieldsField, WithCustomFields


def visible(member: Membership, model: Any) -> QuerySet[Any]:
    """The rows of `model` in the plans that the member may see."""
    projects = Project.objects.visible_to(member, Permission.PLAN_VIEW)
    rows: QuerySet[Any] = model.objects.filter(project__in=projects)
    return rows.select_related("project__manager", "project__sponsor")


class TaskField(serializers.PrimaryKeyRelatedField):
    """The key of a task that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """The tasks of visible plans."""
        return visible(self.context["request"]._request.member, Task)


class MilestoneField(serializers.PrimaryKeyRelatedField):
    """The key of a milestone of a project that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """The milestones of visible projects."""
        member = self.context["request"]._request.member
        milestones: QuerySet[Any] = Milestone.objects.filter(project__in=Project.objects.visible_to(member))
        return milestones


@extend_schema_field({"type": "string", "format": "date-time", "example": "2026-03-02T09:00:00"})
class WallClock(serializers.DateTimeField):
    """A date and time as the project's calendar reads them, without a zone: one that is given is left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M:%S", default_timezone=None, **kwargs)

    def enforce_timezone(self, value: Any) -> Any:
        return value.replace(tzinfo=None)


class TaskCalendarField(serializers.PrimaryKeyRelatedField):
    """The key of a live calendar."""

    def get_queryset(self) -> QuerySet[Any]:
        """The calendars of the organisation."""
        calendars: QuerySet[Any] = WorkCalendar.objects.all()
        return calendars


class ConflictDocument(TypedDict):
    """What the plan asks of a task and cannot have."""

    code: str
    other: str | None
    minutes: int


class TaskSerializer(WithCustomFields, serializers.ModelSerializer[Task]):
    """A task. Durations and work are working minutes, progress is 0-1.

    In automatic mode a start that is given becomes "start no earlier than"; the dates that come back are those of the
    schedule. `index` is the rank among the tasks of the same parent.
    """

    project = VisibleProjectField(permission=Permission.PLAN_VIEW)
    parent = TaskField(required=False, allow_null=True)  # type: ignore[assignment]  # DRF takes declared fields away
    milestone = MilestoneField(required=False, allow_null=True)
    index = serializers.IntegerField(required=False, min_value=0, write_only=True)
    starts_at = WallClock(required=False)
    ends_at = WallClock(required=False)
    constraint_at = WallClock(required=False, allow_null=True)
    deadline_at = WallClock(required=False, allow_null=True)
    actual_start_at = WallClock(required=False, allow_null=True)
    actual_end_at = WallClock(required=False, allow_null=True)
    resumes_at = WallClock(read_only=True)
    calendar = TaskCalendarField(required=False, allow_null=True)
    duration_minutes = serializers.IntegerField(required=False, min_value=0)
    conflicts = serializers.SerializerMethodField(
        help_text="What the plan asks of the task and cannot have: code, the other task, minutes that are missing."
    )
    custom_fields = CustomFieldsField("task")

    class Meta:
        model = Task
        fields = (
            "id",
            "project",
            "parent",
            "index",
            "position",
            "wbs",
            "name",
            "kind",
            "mode",
            "starts_at",
            "ends_at",
            "duration_minutes",
            "work_minutes",
            "percent_complete",
            "constraint_kind",
            "constraint_at",
            "deadline_at",
            "actual_start_at",
            "actual_end_at",
            "effort_type",
            "calendar",
            "total_float_minutes",
            "free_float_minutes",
            "is_critical",
            "resumes_at",
            "conflicts",
            "milestone",
            "notes",
            "custom_fields",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("position", "work_minutes")

    def get_conflicts(self, task: Task) -> list[ConflictDocument]:
        return [{"code": code, "other": other or None, "minutes": minutes} for code, other, minutes in task.conflicts]


class WhyStepSerializer(serializers.Serializer[WhyStep]):
    """One task of the chain: where it is, why, and from which predecessor."""

    task = serializers.UUIDField(source="task.pk")
    name = serializers.CharField(source="task.name")
    starts_at = WallClock()
    ends_at = WallClock()
    reason = serializers.CharField(
        help_text="link, project_start, constraint, data_date, actual, manual, as_late or no_earlier."
    )
    predecessor = serializers.UUIDField(source="predecessor.pk", allow_null=True, default=None)
    sentences = serializers.ListField(child=serializers.CharField())


class WhySerializer(serializers.Serializer[Why]):
    """Why a task is where it is: the chain from it back to what moves by itself."""

    task = serializers.UUIDField(source="task.pk")
    steps = WhyStepSerializer(many=True)
    left_out = serializers.IntegerField(help_text="How many earlier tasks of the chain are not told.")


class OfProjectFilter(django_filters.FilterSet):
    """Rows of one project."""

    project = django_filters.UUIDFilter(field_name="project_id")


class TaskFilter(OfProjectFilter):
    """Tasks of a project, under a task, of a kind, critical, of a person, within dates."""

    parent = django_filters.UUIDFilter(field_name="parent_id")
    kind = django_filters.ChoiceFilter(choices=TaskKind.choices)
    critical = django_filters.BooleanFilter(field_name="is_critical")
    person = django_filters.UUIDFilter(method="of_person")
    ends_from = django_filters.DateFilter(field_name="ends_at", lookup_expr="date__gte")
    starts_to = django_filters.DateFilter(field_name="starts_at", lookup_expr="date__lte")

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def of_person(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """The tasks on which a person works."""
        return queryset.filter(pk__in=Assignment.objects.filter(person=value).values("task"))


class PlanViewSet(EditViewSet):
    """What the viewsets of a plan share. Writing is demanded on the project: a role in it may widen the tenant's."""

    permission = Permission.PLAN_VIEW

    def demand(self, project: Project) -> None:
        """403 unless the caller may change the plan."""
        demand(self.member, Permission.PLAN_EDIT, project)

    def fixed(self, row: Any, data: dict[str, Any], *names: str) -> None:
        """Raise ValidationError when a PATCH changes what identifies the row."""
        for name in names:
            if name in data and data.pop(name) != getattr(row, name):
                raise ValidationError({name: _("Ce champ ne change pas : supprimez et créez de nouveau.")})


class TaskViewSet(PlanViewSet):
    """Tasks of plans. A deletion takes the tasks under the task with it."""

    serializer_class = TaskSerializer
    filterset_class = TaskFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Task)

    @extend_schema(responses=WhySerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def why(self, request: Request, pk: str) -> Response:
        """Why this date: the predecessors, lags, rests and constraints that make it, as data and as words."""
        task = self.get_object()
        plan = load_plan(task.project)
        return Response(WhySerializer(why_this_date(plan, plan.by_id[task.pk])).data)

    def perform_creation(self, data: dict[str, Any]) -> Task:
        self.demand(data["project"])
        return actions.create_task(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        demand_all(self.member, Permission.PLAN_EDIT, [row["project"] for row in rows])
        by_project: dict[Any, list[int]] = {}
        for rank, row in enumerate(rows):
            by_project.setdefault(row["project"].pk, []).append(rank)
        made: dict[int, Model] = {}
        for ranks in by_project.values():
            project = rows[ranks[0]]["project"]
            tasks = create_tasks(actor=self.actor, project=project, values=[rows[rank] for rank in ranks])
            made |= dict(zip(ranks, tasks, strict=True))
        return [made[rank] for rank in range(len(rows))]

    def perform_change(self, row: Task, data: dict[str, Any], version: int | None) -> None:
        self.demand(row.project)
        self.fixed(row, data, "project")
        moves = {name: data.pop(name) for name in ("parent", "index") if name in data}
        actions.change_task(actor=self.actor, task=row, values=data, version=version)
        if moves:
            parent = moves.get("parent", row.parent)
            actions.move_task(actor=self.actor, task=row, parent=parent, index=moves.get("index"))

    def perform_deletion(self, row: Task) -> None:
        self.demand(row.project)
        actions.delete_task(actor=self.actor, task=row)


class DependencySerializer(serializers.ModelSerializer[Dependency]):
    """A link. `lag` is in minutes, or in hundredths of a percent of the predecessor's duration; negative overlaps."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    predecessor = TaskField()
    successor = TaskField()

    class Meta:
        model = Dependency
        fields = (
            "id",
            "project",
            "predecessor",
            "successor",
            "kind",
            "lag",
            "lag_unit",
            "version",
            "created_at",
            "updated_at",
        )
        validators: list[Any] = []


class DependencyFilter(OfProjectFilter):
    """Links of a project, from a task, to a task."""

    predecessor = django_filters.UUIDFilter(field_name="predecessor_id")
    successor = django_filters.UUIDFilter(field_name="successor_id")

    class Meta:
        model = Dependency
        fields: tuple[str, ...] = ()


class DependencyViewSet(PlanViewSet):
    """Links between tasks of one plan; a loop is refused with its path."""

    serializer_class = DependencySerializer
    filterset_class = DependencyFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Dependency)

    def perform_creation(self, data: dict[str, Any]) -> Dependency:
        self.demand(data["successor"].project)
        return actions.link_tasks(actor=self.actor, **data)

    def perform_change(self, row: Dependency, data: dict[str, Any], version: int | None) -> None:
        self.demand(row.project)
        self.fixed(row, data, "predecessor", "successor")
        actions.change_link(actor=self.actor, link=row, values=data, version=version)

    def perform_deletion(self, row: Dependency) -> None:
        self.demand(row.project)
        actions.unlink(actor=self.actor, link=row)


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """A person on a task; `units` 1 is full time. Work is units x duration, in minutes, when it is not given."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    task = TaskField()
    person = PersonField()
    work_minutes = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Assignment
        fields = (
            "id",
            "project",
            "task",
            "person",
            "units",
            "work_minutes",
            "version",
            "created_at",
            "updated_at",
        )
        validators: list[Any] = []


class AssignmentFilter(OfProjectFilter):
    """Assignments of a project, of a task, of a person."""

    task = django_filters.UUIDFilter(field_name="task_id")
    person = django_filters.UUIDFilter(field_name="person_id")

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = ()


class AssignmentViewSet(PlanViewSet):
    """Who works on what."""

    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Assignment).select_related("task")

    def perform_creation(self, data: dict[str, Any]) -> Assignment:
        self.demand(data["task"].project)
        return actions.assign(actor=self.actor, **data)

    def perform_change(self, row: Assignment, data: dict[str, Any], version: int | None) -> None:
        self.demand(row.project)
        self.fixed(row, data, "task", "person")
        actions.change_assignment(actor=self.actor, assignment=row, values=data, version=version)

    def perform_deletion(self, row: Assignment) -> None:
        self.demand(row.project)
        actions.unassign(actor=self.actor, assignment=row)


class BaselineTaskSerializer(serializers.ModelSerializer[BaselineTask]):
    """What was frozen of a task."""

    starts_at = WallClock(read_only=True)
    ends_at = WallClock(read_only=True)

    class Meta:
        model = BaselineTask
        fields = ("task", "starts_at", "ends_at", "duration_minutes", "work_minutes")
        read_only_fields = fields


class BaselineSerializer(serializers.ModelSerializer[Baseline]):
    """A baseline, with what it froze."""

    project = VisibleProjectField(permission=Permission.PLAN_VIEW)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    taken_on = serializers.DateField(required=False)
    tasks = BaselineTaskSerializer(many=True, read_only=True)

    class Meta:
        model = Baseline
        fields = ("id", "project", "name", "taken_on", "tasks", "version", "created_at")


class BaselineFilter(OfProjectFilter):
    """Baselines of a project."""

    class Meta:
        model = Baseline
        fields: tuple[str, ...] = ()


class BaselineViewSet(PlanViewSet):
    """Frozen plans: taken and deleted, never changed."""

    http_method_names = ["get", "post", "delete", "head", "options"]
    serializer_class = BaselineSerializer
    filterset_class = BaselineFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Baseline).prefetch_related("tasks")

    def perform_creation(self, data: dict[str, Any]) -> Baseline:
        self.demand(data["project"])
        return actions.take_baseline(actor=self.actor, **data)

    def perform_deletion(self, row: Baseline) -> None:
        self.demand(row.project)
        actions.delete_baseline(actor=self.actor, baseline=row)
