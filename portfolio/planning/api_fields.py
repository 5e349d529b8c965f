"""What the API of plans shares: visible rows, its fields, and the base of its viewsets."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.people.models import WorkCalendar
from portfolio.planning.models import Task
from portfolio.projects.access import demand
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


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


class OfProjectFilter(django_filters.FilterSet):
    """Rows of one project."""

    project = django_filters.UUIDFilter(field_name="project_id")


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
