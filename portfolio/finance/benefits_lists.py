"""The list of benefits by year, of all projects: what is expected and what came, to be filtered and exported."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portfolio.finance.benefits_models import BenefitKind, BenefitYear
from portfolio.finance.periods import year_name
from portfolio.people.lists import choose
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, NumberRange, RowFilter
from tech4value.tables.pages import TableView
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.sort_keys import Fold


class BenefitYearTable(Table):
    """Each year of the benefits in money that are typed: those that follow contracts are read in their project."""

    key = "benefits"
    label = gettext_lazy("Bénéfices")
    counted = ngettext_lazy("%(shown)s exercice", "%(shown)s exercices", "n")
    permission = Permission.BUDGET_VIEW
    search = ("benefit__sort_name", "benefit__project__sort_name", Fold("benefit__project__code"))
    search_label = gettext_lazy("Rechercher un bénéfice ou un projet")
    default_sort = "year,project"
    filters = (
        ExtraFilter(
            "pole", gettext_lazy("Pôle"), RowFilter(main=True, path="benefit__project__pole", field=choose(Pole))
        ),
    )

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="benefit",
                label=_("Bénéfice"),
                value=lambda row: row.benefit.name,
                kind=CellKind.NAME,
                sort="benefit__sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("finance:benefits", args=[row.benefit.project_id]),
            ),
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.benefit.project.name,
                sort="benefit__project__sort_name",
                filter=RowFilter(main=True, path="benefit__project", field=self._projects),
            ),
            Column(
                key="code",
                label=_("Code"),
                value=lambda row: row.benefit.project.code,
                sort=Fold("benefit__project__code"),
                shown=False,
                rank=3,
            ),
            Column(
                key="kind",
                label=_("Nature"),
                value=lambda row: row.benefit.get_kind_display(),
                sort="benefit__kind",
                filter=ChoiceFilter(main=True, choices=_money_kinds, path="benefit__kind"),
            ),
            Column(
                key="owner",
                label=_("Responsable"),
                value=lambda row: row.benefit.owner,
                kind=CellKind.PERSON,
                sort="benefit__owner__sort_name",
                rank=3,
                filter=RowFilter(path="benefit__owner", field=choose(Person)),
            ),
            Column(
                key="year",
                label=_("Exercice"),
                value=lambda row: year_name(row.year),
                sort="year",
                filter=NumberRange(path="year"),
            ),
            *(
                Column(
                    key=name,
                    label=label,
                    value=name,
                    kind=CellKind.MONEY,
                    sort=name,
                    total=F(name),
                    filter=NumberRange(path=name),
                )
                for name, label in (("expected", _("Attendu")), ("realised", _("Réalisé")))
            ),
        ]

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return field

    def rows(self) -> QuerySet[Any]:
        visible = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = BenefitYear.objects.filter(
            benefit__project__in=visible, benefit__deleted_at=None, benefit__source="typed"
        )
        return rows.exclude(benefit__kind=BenefitKind.OTHER).exclude(expected=None, realised=None)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(BenefitYear.objects.filter(pk__in=keys).select_related("benefit__project", "benefit__owner"))

    def address(self) -> str:
        return reverse("finance:benefit_list")


def _money_kinds() -> list[tuple[str, Any]]:
    return [one for one in BenefitKind.choices if one[0] != BenefitKind.OTHER]


class BenefitsView(TableView):
    """Every year of every benefit that the member may see."""

    permission = Permission.BUDGET_VIEW
    table = BenefitYearTable
    template_name = "portfolio/finance/benefit_list.html"
