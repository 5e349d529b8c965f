"""What explains the variance of budgets, in the API: `/api/v1/budget-variances/` and
`/api/v1/budget-variances-total/`. Read only."""

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from portfolio.finance.domain.variance import RowExplained
from portfolio.finance.earned_value_api import EarnedValueFilter
from portfolio.finance.models import Category, Nature
from portfolio.finance.variance_queries import ProjectVariance, VarianceTotal, total_of, variances_of
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.context import current_tenant
from tech4value.web.api import MemberViewSet, ReadViewSet

MONEY: Final[dict[str, Any]] = {"max_digits": 20, "decimal_places": 2}


class CausesSerializer(serializers.Serializer[Any]):
    """The variance by cause; positive is an overrun. They add up to it, to the cent."""

    scope = serializers.DecimalField(**MONEY)
    volume = serializers.DecimalField(**MONEY)
    rate = serializers.DecimalField(**MONEY)
    date = serializers.DecimalField(**MONEY)
    rest = serializers.DecimalField(**MONEY)


class VarianceTotalSerializer(serializers.Serializer[Any]):
    """What was agreed, what is expected, and why they differ."""

    reference = serializers.DecimalField(**MONEY)
    forecast = serializers.DecimalField(**MONEY)
    variance = serializers.DecimalField(**MONEY)
    causes = CausesSerializer()


class VarianceMonthSerializer(serializers.Serializer[Any]):
    """A month (its first day) of a category and nature."""

    month = serializers.DateField()
    reference = serializers.DecimalField(**MONEY)
    forecast = serializers.DecimalField(**MONEY)
    causes = CausesSerializer()


class VarianceRowSerializer(VarianceTotalSerializer):
    """A category and nature, month by month."""

    category = serializers.ChoiceField(choices=Category.choices)
    nature = serializers.ChoiceField(choices=Nature.choices)
    unplanned = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    months = VarianceMonthSerializer(many=True)


class BudgetVarianceSerializer(serializers.Serializer[Any]):
    """A project against its first approved version; without one (`reference_version` is null), against what its lines
    plan today. Without a budget `total` is null."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    reference_version = serializers.UUIDField(allow_null=True)
    reference_on = serializers.DateField(allow_null=True)
    total = VarianceTotalSerializer(allow_null=True)

    class Meta:
        model = Project
        # What filters are made from: those of EarnedValueFilter only.
        fields = ("id",)


class BudgetVarianceDetailSerializer(BudgetVarianceSerializer):
    """The same by category, nature and month."""

    rows = VarianceRowSerializer(many=True)


@extend_schema_serializer(many=False)
class BudgetVariancesTotalSerializer(serializers.Serializer[Any]):
    """The projects that the filters keep, together."""

    projects = serializers.IntegerField()
    currency = serializers.CharField()
    total = VarianceTotalSerializer()


class BudgetVarianceViewSet(ReadViewSet):
    """Why each project will not cost what was agreed."""

    permission = Permission.BUDGET_VIEW
    serializer_class = BudgetVarianceSerializer
    filterset_class = EarnedValueFilter

    def rows(self) -> QuerySet[Any]:
        projects: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return projects.order_by("sort_name", "pk")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        if page is None:
            return None
        found = variances_of(page)
        return [described(project, found.get(project.pk)) for project in page]

    @extend_schema(responses=BudgetVarianceDetailSerializer)
    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        project = self.get_object()
        found = variances_of([project]).get(project.pk)
        rows = [_row(row) for row in (found.rows if found is not None else ())]
        return Response(BudgetVarianceDetailSerializer({**described(project, found), "rows": rows}).data)


class BudgetVariancesTotalViewSet(MemberViewSet):
    """The causes of the projects that the filters keep, together."""

    permission = Permission.BUDGET_VIEW
    serializer_class = BudgetVarianceSerializer
    filterset_class = EarnedValueFilter
    pagination_class = None

    def rows(self) -> QuerySet[Any]:
        projects: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return projects

    @extend_schema(responses=BudgetVariancesTotalSerializer)
    def list(self, request: Any) -> Response:
        """One answer, not a page of rows."""
        projects = list(self.filter_queryset(self.get_queryset()))
        total = total_of([row for one in variances_of(projects).values() for row in one.rows])
        answer = {"projects": len(projects), "currency": current_tenant().currency, "total": total}
        return Response(BudgetVariancesTotalSerializer(answer).data)


def described(project: Project, found: ProjectVariance | None) -> dict[str, Any]:
    """A project as the API shows it."""
    total: VarianceTotal | None = None if found is None else found.total
    return {
        "id": project.pk,
        "code": project.code,
        "name": project.name,
        "currency": current_tenant().currency,
        "reference_version": found.reference.pk if found is not None and found.reference is not None else None,
        "reference_on": found.reference_on if found is not None else None,
        "total": total,
    }


def _row(row: RowExplained) -> dict[str, Any]:
    return {
        "category": row.category,
        "nature": row.nature,
        "unplanned": row.unplanned,
        "withdrawn": row.withdrawn,
        "months": row.months,
        "reference": row.reference,
        "forecast": row.forecast,
        "variance": row.variance,
        "causes": row.causes,
    }
