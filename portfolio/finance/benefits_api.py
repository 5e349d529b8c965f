"""Benefits in the API: `/api/v1/benefits/` and `/api/v1/benefit-years/`."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from portfolio.finance.benefits_actions import (
    change_benefit,
    change_benefit_year,
    create_benefit,
    create_benefit_year,
    delete_benefit,
    delete_benefit_year,
)
from portfolio.finance.benefits_models import Benefit, BenefitKind, BenefitSource, BenefitYear
from portfolio.people.models import Person
from portfolio.projects.access import demand
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


def visible(member: Membership) -> QuerySet[Any]:
    """The projects whose benefits the caller may see."""
    projects: QuerySet[Any] = Project.objects.visible_to(member, Permission.BUDGET_VIEW)
    return projects


class PersonField(serializers.PrimaryKeyRelatedField):
    """The key of a live person of the organisation."""

    def get_queryset(self) -> QuerySet[Any]:
        """Read at each request: a class body has no tenant."""
        people: QuerySet[Any] = Person.objects.all()
        return people


class BenefitSerializer(serializers.ModelSerializer[Benefit]):
    """A benefit of a project. `unit` for kind `other`, which is not money; `source`: `typed`, or `contracts` for one
    whose years follow what the project sells."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)
    owner = PersonField(required=False, allow_null=True)

    class Meta:
        model = Benefit
        fields = (
            "id",
            "project",
            "name",
            "kind",
            "source",
            "owner",
            "measure",
            "unit",
            "version",
            "created_at",
            "updated_at",
        )
        # Names are unique in a project: the action says so in a sentence.
        validators: list[Any] = []


class BenefitFilter(django_filters.FilterSet):
    """Which benefits: of a project, of a kind."""

    project = django_filters.UUIDFilter(field_name="project_id")
    kind = django_filters.ChoiceFilter(choices=BenefitKind.choices)

    class Meta:
        model = Benefit
        fields: tuple[str, ...] = ()


class BenefitViewSet(EditViewSet):
    """What projects bring."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = BenefitSerializer
    filterset_class = BenefitFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Benefit.objects.filter(project__in=visible(self.member))
        return rows.select_related("project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> Benefit:
        demand(self.member, Permission.BUDGET_EDIT, data["project"])
        self._demand_contracts(data)
        return create_benefit(actor=self.actor, **data)

    def perform_change(self, row: Benefit, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        if data.pop("project", row.project) != row.project:
            raise ValidationError(
                {"project": _("Un bénéfice ne change pas de projet. Supprimez-le et créez-en un autre.")}
            )
        if row.is_typed:
            self._demand_contracts(data)
        change_benefit(actor=self.actor, benefit=row, values=data, version=version)

    def perform_deletion(self, row: Benefit) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        delete_benefit(actor=self.actor, benefit=row)

    def _demand_contracts(self, data: dict[str, Any]) -> None:
        """Who makes what a project sells readable must be able to read it."""
        if data.get("source") == BenefitSource.CONTRACTS and not self.member.can(Permission.CASH_VIEW):
            raise PermissionDenied(
                _("Suivre les contrats demande de pouvoir les lire. Demandez-le à la direction financière.")
            )


class BenefitField(serializers.PrimaryKeyRelatedField):
    """The key of a benefit of a project that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """Read at each request: a class body has no tenant."""
        rows: QuerySet[Any] = Benefit.objects.filter(project__in=visible(self.context["view"].member))
        return rows.select_related("project__manager", "project__sponsor")


class BenefitYearSerializer(serializers.ModelSerializer[BenefitYear]):
    """A fiscal year of a benefit, named by the calendar year in which it begins; null is what nobody has said."""

    benefit = BenefitField()

    class Meta:
        model = BenefitYear
        fields = ("id", "benefit", "year", "expected", "realised", "version", "created_at", "updated_at")
        # One row for each year: the action says so in a sentence.
        validators: list[Any] = []


class BenefitYearFilter(django_filters.FilterSet):
    """Which years: of a project, of a benefit, from and to a year."""

    project = django_filters.UUIDFilter(field_name="benefit__project_id")
    benefit = django_filters.UUIDFilter(field_name="benefit_id")
    year_from = django_filters.NumberFilter(field_name="year", lookup_expr="gte")
    year_to = django_filters.NumberFilter(field_name="year", lookup_expr="lte")

    class Meta:
        model = BenefitYear
        fields: tuple[str, ...] = ()


class BenefitYearViewSet(EditViewSet):
    """Expected and realised amounts of benefits, by fiscal year."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = BenefitYearSerializer
    filterset_class = BenefitYearFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = BenefitYear.objects.filter(
            benefit__deleted_at=None, benefit__project__in=visible(self.member)
        )
        return rows.select_related("benefit__project__manager", "benefit__project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> Model:
        demand(self.member, Permission.BUDGET_EDIT, data["benefit"].project)
        return create_benefit_year(actor=self.actor, **data)

    def perform_change(self, row: BenefitYear, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.benefit.project)
        for name, held in (("benefit", row.benefit), ("year", row.year)):
            if data.pop(name, held) != held:
                raise ValidationError(
                    {name: _("Cette ligne garde son bénéfice et son exercice. Supprimez-la et créez-en une autre.")}
                )
        change_benefit_year(actor=self.actor, row=row, values=data, version=version)

    def perform_deletion(self, row: BenefitYear) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.benefit.project)
        delete_benefit_year(actor=self.actor, row=row)
