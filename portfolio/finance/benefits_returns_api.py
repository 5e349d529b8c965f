"""Returns in the API: `/api/v1/project-returns/`, `/api/v1/project-returns-total/` and `/api/v1/return-settings/`."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from portfolio.finance.benefits_actions import change_return_settings
from portfolio.finance.benefits_api import visible
from portfolio.finance.benefits_models import ReturnSettings
from portfolio.finance.benefits_queries import Case, cases_of, return_settings, this_fiscal_year
from portfolio.finance.benefits_words import why
from portfolio.finance.domain.business_case import Basis
from portfolio.finance.domain.present_value import Missing, Result, number_of
from portfolio.finance.domain.returns import Returns, together
from portfolio.finance.earned_value_api import EarnedValueFilter
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.context import current_tenant
from tech4value.web.api import MemberViewSet, ReadViewSet
from tech4value.web.api_settings import SettingsViewSet, settings_schema

# Present values grow with the distance of the base year: no narrower bound would hold.
RATIO: Final[dict[str, Any]] = {"max_digits": 60, "decimal_places": 6, "allow_null": True}
MONEY: Final[dict[str, Any]] = {"max_digits": 60, "decimal_places": 2}


class ReturnsYearSerializer(serializers.Serializer[Any]):
    """A fiscal year: its flows, what they are worth in the base year, and the sums so far."""

    year = serializers.IntegerField(source="flow.year")
    cost = serializers.DecimalField(source="flow.cost", **MONEY)
    benefit = serializers.DecimalField(source="flow.benefit", **MONEY)
    revenue = serializers.DecimalField(source="flow.revenue", **MONEY)
    present_cost = serializers.DecimalField(**MONEY)
    present_benefit = serializers.DecimalField(**MONEY)
    cumulative = serializers.DecimalField(**MONEY)
    cumulative_present = serializers.DecimalField(**MONEY)


class ReturnsSerializer(serializers.Serializer[Any]):
    """Returns on one basis, in the organisation's currency; paybacks are in years. A measure that cannot be is null,
    and `missing` says why by its name."""

    cost = serializers.DecimalField(**MONEY)
    benefit = serializers.DecimalField(**MONEY)
    revenue = serializers.DecimalField(**MONEY)
    net_present_value = serializers.DecimalField(**MONEY)
    internal_rate_of_return = serializers.DecimalField(**RATIO)
    payback = serializers.DecimalField(**RATIO)
    payback_year = serializers.IntegerField(allow_null=True)
    discounted_payback = serializers.DecimalField(**RATIO)
    discounted_payback_year = serializers.IntegerField(allow_null=True)
    return_on_investment = serializers.DecimalField(**RATIO)
    benefit_cost_ratio = serializers.DecimalField(**RATIO)
    profitability_index = serializers.DecimalField(**RATIO)
    margin = serializers.DecimalField(**MONEY, allow_null=True)
    margin_rate = serializers.DecimalField(**RATIO)
    profitability = serializers.DecimalField(**RATIO)
    missing = serializers.DictField(child=serializers.CharField())
    years = ReturnsYearSerializer(many=True)


class BasesSerializer(serializers.Serializer[Any]):
    """The returns as things stand, as they were promised, and as they came; null without a cost nor a benefit."""

    current = ReturnsSerializer(allow_null=True)
    planned = ReturnsSerializer(allow_null=True)
    realised = ReturnsSerializer(allow_null=True)


class ProjectReturnsSerializer(serializers.Serializer[Any]):
    """What a project gives back, with the discount rate (0-1) and the fiscal year in whose money present values are.
    `expected_benefit` and `realised_benefit` are over all years."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    discount_rate = serializers.DecimalField(max_digits=5, decimal_places=4)
    base_year = serializers.IntegerField()
    expected_benefit = serializers.DecimalField(**MONEY)
    realised_benefit = serializers.DecimalField(**MONEY)
    returns = BasesSerializer()

    class Meta:
        model = Project
        # What filters are made from: those of EarnedValueFilter only.
        fields = ("id",)


@extend_schema_serializer(many=False)
class TotalReturnsSerializer(serializers.Serializer[Any]):
    """The projects that the filters keep, together, to the cent."""

    projects = serializers.IntegerField()
    currency = serializers.CharField()
    discount_rate = serializers.DecimalField(max_digits=5, decimal_places=4)
    base_year = serializers.IntegerField()
    expected_benefit = serializers.DecimalField(**MONEY)
    realised_benefit = serializers.DecimalField(**MONEY)
    returns = BasesSerializer()


class ProjectReturnsViewSet(ReadViewSet):
    """What each project gives back for what it costs."""

    permission = Permission.BUDGET_VIEW
    serializer_class = ProjectReturnsSerializer
    filterset_class = EarnedValueFilter

    def rows(self) -> QuerySet[Any]:
        return visible(self.member).order_by("sort_name", "pk")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        if page is None:
            return None
        cases = cases_of(list(page))
        return [described(project, cases[project.pk]) for project in page]

    @extend_schema(responses=ProjectReturnsSerializer)
    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        project = self.get_object()
        return Response(ProjectReturnsSerializer(described(project, cases_of([project])[project.pk])).data)


class TotalReturnsViewSet(MemberViewSet):
    """What the projects that the filters keep give back, together."""

    permission = Permission.BUDGET_VIEW
    serializer_class = ProjectReturnsSerializer
    filterset_class = EarnedValueFilter
    pagination_class = None

    def rows(self) -> QuerySet[Any]:
        return visible(self.member)

    @extend_schema(responses=TotalReturnsSerializer)
    def list(self, request: Any) -> Response:
        """One answer, not a page of rows."""
        cases = list(cases_of(self.filter_queryset(self.get_queryset())).values())
        settings = return_settings()
        bases: dict[str, Any] = {}
        for basis in Basis:
            found = [one for case in cases if (one := case.returns(basis)) is not None]
            bases[basis.value] = measures(together(found)) if found else None
        total = {
            "projects": len(cases),
            "currency": current_tenant().currency,
            "discount_rate": settings.discount_rate,
            "base_year": settings.base_year or this_fiscal_year(),
            "expected_benefit": sum(case.expected for case in cases),
            "realised_benefit": sum(case.realised for case in cases),
            "returns": bases,
        }
        return Response(TotalReturnsSerializer(total).data)


def described(project: Project, case: Case) -> dict[str, Any]:
    """A project as the API shows it."""
    return {
        "id": project.pk,
        "code": project.code,
        "name": project.name,
        "currency": current_tenant().currency,
        "discount_rate": case.rate,
        "base_year": case.base_year,
        "expected_benefit": case.expected,
        "realised_benefit": case.realised,
        "returns": {
            basis.value: None if (found := case.returns(basis)) is None else measures(found) for basis in Basis
        },
    }


def measures(found: Returns) -> dict[str, Any]:
    """Every measure by its name, and why some have no number."""
    results: dict[str, Result] = {
        "internal_rate_of_return": found.irr,
        "payback": found.payback,
        "discounted_payback": found.discounted_payback,
        "return_on_investment": found.roi,
        "benefit_cost_ratio": found.benefit_cost_ratio,
        "profitability_index": found.profitability_index,
        "margin": found.margin,
        "margin_rate": found.margin_rate,
        "profitability": found.profitability,
    }
    return {
        "cost": found.cost,
        "benefit": found.benefit,
        "revenue": found.revenue,
        "net_present_value": found.npv,
        "payback_year": found.payback_year,
        "discounted_payback_year": found.discounted_payback_year,
        **{name: number_of(result) for name, result in results.items()},
        "missing": {name: why(result) for name, result in results.items() if isinstance(result, Missing)},
        "years": found.years,
    }


class ReturnSettingsSerializer(serializers.ModelSerializer[ReturnSettings]):
    """The discount rate (0-1), and the fiscal year in whose money present values are (null: the one of today).
    `version` is 0 as long as nobody has changed them; sent, it refuses a stale save."""

    version = serializers.IntegerField(min_value=0, required=False)

    class Meta:
        model = ReturnSettings
        fields = ("discount_rate", "base_year", "version")


@settings_schema(ReturnSettingsSerializer, "return_settings")
class ReturnSettingsViewSet(SettingsViewSet):
    """How the organisation compares money of different years."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.CASH_EDIT
    serializer_class = ReturnSettingsSerializer

    def held(self) -> ReturnSettings:
        return return_settings()

    def perform_change(self, values: Mapping[str, Any], version: int | None) -> None:
        change_return_settings(actor=self.actor, values=values, version=version)
