"""Budget lines in the API: `/api/v1/budget-lines/`."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.finance.actions import (
    change_budget_line,
    create_budget_line,
    create_budget_lines,
    delete_budget_line,
)
from portfolio.finance.foreign import typed_amounts
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.projects.access import demand, demand_all
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


class BudgetLineSerializer(serializers.ModelSerializer[BudgetLine]):
    """A month of one category and nature. `month` may be any day of it; a forecast is the month's expected total. A
    line with an `envelope` is the project's part of a shared budget: it changes there, not here.
    Amounts sent with another `currency` than the organisation's are converted at the rate of the month's first day,
    and kept as they were typed."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)
    currency = serializers.CharField(max_length=3, required=False)

    typed = serializers.SerializerMethodField()

    class Meta:
        model = BudgetLine
        fields = (
            "id",
            "project",
            "category",
            "nature",
            "month",
            "currency",
            "planned",
            "committed",
            "actual",
            "forecast",
            "typed_currency",
            "typed",
            "rate",
            "rate_on",
            "envelope",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("typed_currency", "rate", "rate_on", "envelope")
        # One line for each place: the action says so in a sentence.
        validators: list[Any] = []

    @extend_schema_field(serializers.DictField(child=serializers.DecimalField(max_digits=14, decimal_places=2)))
    def get_typed(self, row: BudgetLine) -> dict[str, str]:
        """The amounts as they were typed in `typed_currency`, by measure: those that nothing has written since."""
        return {name: str(amount) for name, amount in typed_amounts(row).items()}


class BudgetLineFilter(django_filters.FilterSet):
    """Which lines: of a project, a category, a nature, of an envelope (or of any), from and to a month."""

    project = django_filters.UUIDFilter(field_name="project_id")
    category = django_filters.ChoiceFilter(choices=Category.choices)
    nature = django_filters.ChoiceFilter(choices=Nature.choices)
    envelope = django_filters.UUIDFilter(field_name="envelope_id")
    is_shared = django_filters.BooleanFilter(field_name="envelope", lookup_expr="isnull", exclude=True)
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_to = django_filters.DateFilter(field_name="month", lookup_expr="lte")

    class Meta:
        model = BudgetLine
        fields: tuple[str, ...] = ()


class BudgetLineViewSet(EditViewSet):
    """Planned, committed, actual and forecast amounts by project, category, nature and month."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = BudgetLineSerializer
    filterset_class = BudgetLineFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        lines: QuerySet[Any] = BudgetLine.objects.filter(project__in=projects)
        return lines.select_related("project__manager", "project__sponsor", "envelope")

    def perform_creation(self, data: dict[str, Any]) -> BudgetLine:
        demand(self.member, Permission.BUDGET_EDIT, data["project"])
        return create_budget_line(actor=self.actor, **data)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        demand_all(self.member, Permission.BUDGET_EDIT, [row["project"] for row in rows])
        return list(create_budget_lines(actor=self.actor, values=rows))

    def perform_change(self, row: BudgetLine, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        if data.pop("project", row.project) != row.project:
            raise ValidationError(
                {"project": _("Une ligne de budget ne change pas de projet. Supprimez-la et créez-en une autre.")}
            )
        change_budget_line(actor=self.actor, line=row, values=data, version=version)

    def perform_deletion(self, row: BudgetLine) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        delete_budget_line(actor=self.actor, line=row)
