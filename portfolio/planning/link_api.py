"""Links between tasks in the API: `/api/v1/dependencies/`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.planning import actions
from portfolio.planning.api_fields import OfProjectFilter, PlanViewSet, TaskField, visible
from portfolio.planning.models import Dependency
from portfolio.planning.project_graph import awake


class DependencySerializer(serializers.ModelSerializer[Dependency]):
    """A link; its `project` is the successor's. `lag` is in minutes, or in hundredths of a percent of the
    predecessor's duration; negative overlaps."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    predecessor_project = serializers.PrimaryKeyRelatedField(  # type: ignore[var-annotated]  # read only
        read_only=True, help_text="The predecessor's, where it is not the successor's; null otherwise."
    )
    predecessor = TaskField()
    successor = TaskField()

    class Meta:
        model = Dependency
        fields = (
            "id",
            "project",
            "predecessor_project",
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
    """Links between tasks of one plan, and from tasks of other projects; a loop is refused with its path.

    Whoever links may change the successor's plan and see the predecessor's.
    """

    serializer_class = DependencySerializer
    filterset_class = DependencyFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, Dependency).filter(awake())

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
