"""Who works on what, in the API: `/api/v1/assignments/`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.planning import actions
from portfolio.planning.api_fields import OfProjectFilter, PlanViewSet, TaskField, visible
from portfolio.planning.models import Assignment
from portfolio.projects.api_fields import PersonField


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
