"""Tasks in the API: `/api/v1/tasks/`. Links, assignments and baselines have files of their own."""

from typing import Any, TypedDict

import django_filters
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.planning import actions
from portfolio.planning.api_fields import (
    MilestoneField,
    OfProjectFilter,
    PlanViewSet,
    TaskCalendarField,
    TaskField,
    WallClock,
    visible,
)
from portfolio.planning.bulk_actions import create_tasks
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.planning.scheduling import load_plan, lock_plans
from portfolio.planning.why import Why, WhyStep, why_this_date
from portfolio.planning.why_compared import compared
from portfolio.projects.access import demand_all
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission
from tech4value.web.api_custom_fields import CustomFieldsField, WithCustomFields


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
    stops_at = WallClock(read_only=True)
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
            "actual_work_minutes",
            "remaining_work_minutes",
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
            "stops_at",
            "resumes_at",
            "conflicts",
            "milestone",
            "notes",
            "custom_fields",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("position", "work_minutes", "actual_work_minutes", "remaining_work_minutes")

    def get_conflicts(self, task: Task) -> list[ConflictDocument]:
        return [{"code": code, "other": other or None, "minutes": minutes} for code, other, minutes in task.conflicts]


class WhyStepSerializer(serializers.Serializer[WhyStep]):
    """One task of the chain: where it is, why, and from which predecessor."""

    task = serializers.UUIDField(source="task.pk")
    project = serializers.UUIDField(
        source="project.pk", help_text="The task's: the chain goes on through other projects."
    )
    name = serializers.CharField(help_text="« Tâche d’un autre projet » where the caller may not see it.")
    starts_at = WallClock()
    ends_at = WallClock()
    reason = serializers.CharField(
        help_text="link, project_start, constraint, data_date, actual, manual, as_late, no_earlier, or outside for a "
        "task of a project that the caller may not see."
    )
    predecessor = serializers.UUIDField(source="predecessor.pk", allow_null=True, default=None)
    sentences = serializers.ListField(child=serializers.CharField())
    change = serializers.CharField(help_text="What has changed since the baseline in use; empty for nothing.")


class WhySerializer(serializers.Serializer[Why]):
    """Why a task is where it is: the chain from it back to what moves by itself."""

    task = serializers.UUIDField(source="task.pk")
    steps = WhyStepSerializer(many=True)
    left_out = serializers.IntegerField(help_text="How many earlier tasks of the chain are not told.")
    moved = serializers.ListField(
        child=serializers.CharField(),
        help_text="How far the task is from the baseline in use, then the tasks of the chain that brought it there.",
    )


class TaskFilter(OfProjectFilter):
    """Tasks of a project, under a task, of a name or a WBS code, of a kind, critical, of a person, within dates."""

    name = django_filters.CharFilter(
        lookup_expr="icontains", help_text=_("Dont le nom contient ce texte, sans égard aux majuscules.")
    )
    wbs = django_filters.CharFilter(help_text=_("Dont le code WBS est celui-ci, en entier : 1.2."))
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
        answer = why_this_date(plan, plan.by_id[task.pk], self.member)
        return Response(WhySerializer(compared(answer, plan.calendar)).data)

    def perform_creation(self, data: dict[str, Any]) -> Task:
        self.demand(data["project"])
        return actions.create_task(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        demand_all(self.member, Permission.PLAN_EDIT, [row["project"] for row in rows])
        lock_plans({row["project"].pk for row in rows})
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
