"""Earned value in the API: `/api/v1/earned-value/`. Read only.

The list holds each project, `{id}/` adds its tasks and its S-curve; `/api/v1/earned-value-total/` sums the projects
that the filters keep: a programme, a pole, the portfolio.
"""

from collections.abc import Sequence
from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from portfolio.finance.domain.earned_value import EacMethod, EarnedValue, Missing, Result, number_of
from portfolio.finance.earned_value_queries import (
    ProjectWork,
    curve_of,
    schedule_of,
    total_value,
    works_of,
)
from portfolio.finance.earned_value_words import why
from portfolio.projects.models import Phase, Project
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.web.api import MemberViewSet, ReadViewSet

RATIO: Final[dict[str, Any]] = {"max_digits": 20, "decimal_places": 4, "allow_null": True}
MONEY: Final[dict[str, Any]] = {"max_digits": 16, "decimal_places": 2, "allow_null": True}


class EarnedValueSerializer(serializers.Serializer[Any]):
    """Measures and indicators, in the organisation's currency. One that cannot be known is null, and `missing` says
    why by its name."""

    budget_at_completion = serializers.DecimalField(**MONEY)
    planned_value = serializers.DecimalField(**MONEY)
    earned_value = serializers.DecimalField(**MONEY)
    actual_cost = serializers.DecimalField(**MONEY)
    schedule_variance = serializers.DecimalField(**MONEY)
    cost_variance = serializers.DecimalField(**MONEY)
    schedule_performance_index = serializers.DecimalField(**RATIO)
    cost_performance_index = serializers.DecimalField(**RATIO)
    estimate_at_completion = serializers.DecimalField(**MONEY)
    estimate_at_completion_budgeted = serializers.DecimalField(**MONEY)
    estimate_at_completion_combined = serializers.DecimalField(**MONEY)
    estimate_to_complete = serializers.DecimalField(**MONEY)
    variance_at_completion = serializers.DecimalField(**MONEY)
    to_complete_performance_index = serializers.DecimalField(**RATIO)
    to_complete_performance_index_eac = serializers.DecimalField(**RATIO)
    missing = serializers.DictField(child=serializers.CharField())


class CurvePointSerializer(serializers.Serializer[Any]):
    """Cumulative amounts at the end of a month (its first day); null after the status date."""

    month = serializers.DateField()
    planned_value = serializers.DecimalField(**MONEY)
    earned_value = serializers.DecimalField(**MONEY)
    actual_cost = serializers.DecimalField(**MONEY)


class EarnedScheduleSerializer(serializers.Serializer[Any]):
    """Earned schedule, in calendar days since `starts_on`; what is earned was to be on `reached_on`."""

    starts_on = serializers.DateField()
    reached_on = serializers.DateField()
    earned_schedule = serializers.DecimalField(**MONEY)
    actual_time = serializers.DecimalField(**MONEY)
    schedule_variance_time = serializers.DecimalField(**MONEY)
    schedule_performance_index_time = serializers.DecimalField(**RATIO)


class TaskValueSerializer(serializers.Serializer[Any]):
    """A task of the baseline; its actual cost is its part of what each month cost."""

    task = serializers.UUIDField()
    wbs = serializers.CharField()
    name = serializers.CharField()
    value = EarnedValueSerializer()


class ProjectEarnedValueSerializer(serializers.Serializer[Any]):
    """A project against its latest baseline. Without a plan, a baseline or a budget
    `value` is null and `why` says what to do."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    programme = serializers.UUIDField(allow_null=True)
    currency = serializers.CharField()
    status_on = serializers.DateField()
    baseline = serializers.UUIDField(allow_null=True)
    why = serializers.CharField()
    value = EarnedValueSerializer(allow_null=True)
    schedule = EarnedScheduleSerializer(allow_null=True)

    class Meta:
        model = Project
        # What filters are made from: those of EarnedValueFilter only.
        fields = ("id",)


class ProjectEarnedValueDetailSerializer(ProjectEarnedValueSerializer):
    """The same with the S-curve and the tasks."""

    curve = CurvePointSerializer(many=True)
    tasks = TaskValueSerializer(many=True)


@extend_schema_serializer(many=False)
class TotalEarnedValueSerializer(serializers.Serializer[Any]):
    """The projects that the filters keep, together: `measured` of `projects` have a value."""

    projects = serializers.IntegerField()
    measured = serializers.IntegerField()
    currency = serializers.CharField()
    value = EarnedValueSerializer(allow_null=True)
    schedule = EarnedScheduleSerializer(allow_null=True)
    curve = CurvePointSerializer(many=True)


class EarnedValueFilter(django_filters.FilterSet):
    """Which projects."""

    pole = django_filters.UUIDFilter(field_name="pole_id")
    programme = django_filters.UUIDFilter(field_name="programme_id")
    sponsor = django_filters.UUIDFilter(field_name="sponsor_id")
    phase = django_filters.ChoiceFilter(choices=Phase.choices)

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()


class EarnedValueViewSet(ReadViewSet):
    """Earned value by project, with its tasks, and of a whole portfolio."""

    permission = Permission.BUDGET_VIEW
    serializer_class = ProjectEarnedValueSerializer
    filterset_class = EarnedValueFilter

    def rows(self) -> QuerySet[Any]:
        projects: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return projects.order_by("sort_name", "pk")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return None if page is None else [described(work) for work in works_of(list(page), today())]

    @extend_schema(responses=ProjectEarnedValueDetailSerializer)
    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        work = works_of([self.get_object()], today())[0]
        detail = {
            **described(work),
            "curve": curve_of([work]),
            "tasks": [
                {
                    "task": one.line.task_id,
                    "wbs": one.line.wbs,
                    "name": one.line.name,
                    "value": measures(one.value),
                }
                for one in (work.tasks if work.value is not None else ())
            ],
        }
        return Response(ProjectEarnedValueDetailSerializer(detail).data)


class TotalEarnedValueViewSet(MemberViewSet):
    """Earned value of the projects that the filters keep, together."""

    permission = Permission.BUDGET_VIEW
    serializer_class = ProjectEarnedValueSerializer
    filterset_class = EarnedValueFilter
    pagination_class = None

    def rows(self) -> QuerySet[Any]:
        projects: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return projects

    @extend_schema(responses=TotalEarnedValueSerializer)
    def list(self, request: Any) -> Response:
        """One answer, not a page of rows."""
        works = works_of(list(self.filter_queryset(self.get_queryset())), today())
        value = total_value(works)
        total = {
            "projects": len(works),
            "measured": sum(1 for work in works if work.value is not None),
            "currency": current_tenant().currency,
            "value": None if value is None else measures(value),
            "schedule": timed(works),
            "curve": curve_of(works),
        }
        return Response(TotalEarnedValueSerializer(total).data)


def described(work: ProjectWork) -> dict[str, Any]:
    """A project as the API shows it."""
    return {
        "id": work.project.pk,
        "code": work.project.code,
        "name": work.project.name,
        "programme": work.project.programme_id,
        "currency": current_tenant().currency,
        "status_on": work.status_on,
        "baseline": work.baseline.pk if work.baseline else None,
        "why": why(work.missing),
        "value": None if work.value is None else measures(work.value),
        "schedule": timed([work]),
    }


def measures(value: EarnedValue) -> dict[str, Any]:
    """Every measure and indicator by its name, and why some have no number."""
    results: dict[str, Result] = {
        "budget_at_completion": value.budget_at_completion,
        "planned_value": value.planned_value,
        "earned_value": value.earned_value,
        "actual_cost": value.actual_cost,
        "schedule_variance": value.schedule_variance,
        "cost_variance": value.cost_variance,
        "schedule_performance_index": value.schedule_performance_index,
        "cost_performance_index": value.cost_performance_index,
        "estimate_at_completion": value.estimate_at_completion(),
        "estimate_at_completion_budgeted": value.estimate_at_completion(EacMethod.BUDGETED),
        "estimate_at_completion_combined": value.estimate_at_completion(EacMethod.COMBINED),
        "estimate_to_complete": value.estimate_to_complete(),
        "variance_at_completion": value.variance_at_completion(),
        "to_complete_performance_index": value.to_complete_index,
        "to_complete_performance_index_eac": value.to_complete_index_for(),
    }
    missing = {name: why(result) for name, result in results.items() if isinstance(result, Missing)}
    return {**{name: number_of(result) for name, result in results.items()}, "missing": missing}


def timed(works: Sequence[ProjectWork]) -> dict[str, Any] | None:
    """Earned schedule as the API shows it."""
    found = schedule_of(works)
    if found is None:
        return None
    return {
        "starts_on": found.starts_on,
        "reached_on": found.reached_on,
        "earned_schedule": found.schedule.earned,
        "actual_time": found.schedule.elapsed,
        "schedule_variance_time": found.schedule.schedule_variance,
        "schedule_performance_index_time": number_of(found.schedule.schedule_performance_index),
    }
