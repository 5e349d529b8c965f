"""The list of budget lines, of the portfolio or of the project that is filtered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.actions import change_budget_line
from portfolio.finance.envelope_models import Envelope
from portfolio.finance.foreign import typed_words
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.people.lists import choose
from portfolio.people.models import Pole
from portfolio.projects.access import demand
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, NumberRange, RowFilter, TextFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.sort_keys import Fold

AMOUNTS = ("planned", "committed", "actual", "forecast")


class BudgetLineTable(Table):
    """Every line of the budgets that the member may see, with what they add up to."""

    key = "budget-lines"
    label = gettext_lazy("Lignes de budget")
    permission = Permission.BUDGET_VIEW
    search = ("project__sort_name", Fold("project__code"))
    search_label = gettext_lazy("Rechercher un projet")
    default_sort = "month,project"
    filters = (
        ExtraFilter("pole", gettext_lazy("Pôle"), RowFilter(main=True, path="project__pole", field=choose(Pole))),
    )

    def columns(self) -> Sequence[Column]:
        labels = {name: str(BudgetLine._meta.get_field(name).verbose_name).capitalize() for name in AMOUNTS}  # type: ignore[union-attr]  # local fields
        return [
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.project.name,
                kind=CellKind.NAME,
                sort="project__sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("finance:project", args=[row.project_id]),
                filter=RowFilter(main=True, path="project", field=self._projects),
            ),
            Column(
                key="code", label=_("Code"), value="project__code", sort=Fold("project__code"), shown=False, rank=3
            ),
            Column(
                key="month",
                label=_("Mois"),
                value="month",
                kind=CellKind.DATE,
                sort="month",
                html=lambda row: formats.month(row.month, get_language() or "fr"),
                filter=DateRange(path="month"),
            ),
            Column(
                key="category",
                label=_("Catégorie"),
                value=lambda row: row.get_category_display(),
                sort="category",
                filter=ChoiceFilter(main=True, choices=lambda: Category.choices, path="category"),
            ),
            Column(
                key="nature",
                label=_("Nature"),
                value=lambda row: row.get_nature_display(),
                sort="nature",
                rank=3,
                filter=ChoiceFilter(main=True, choices=lambda: Nature.choices, path="nature"),
            ),
            Column(
                key="typed",
                label=_("Devise de saisie"),
                value="typed_currency",
                sort="typed_currency",
                html=lambda row: typed_words(row, "planned") or typed_words(row, "forecast") or row.typed_currency,
                shown=False,
                rank=3,
                filter=TextFilter(path="typed_currency"),
            ),
            Column(
                key="envelope",
                label=_("Enveloppe"),
                value=lambda row: row.envelope.name if row.envelope else "",
                sort="envelope__sort_name",
                url=lambda row: reverse("finance:envelope", args=[row.envelope_id]) if row.envelope_id else "",
                rank=3,
                filter=RowFilter(path="envelope", field=choose(Envelope)),
            ),
            *(
                Column(
                    key=name,
                    label=labels[name],
                    value=name,
                    kind=CellKind.MONEY,
                    sort=name,
                    total=F(name),
                    filter=NumberRange(path=name),
                )
                for name in AMOUNTS
            ),
        ]

    def _visible(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return rows

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = self._visible()
        return field

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = BudgetLine.objects.filter(project__in=self._visible())
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(BudgetLine.objects.filter(pk__in=keys).select_related("project", "envelope"))

    def address(self) -> str:
        return reverse("finance:lines")

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.BUDGET_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        return {
            "category": forms.ChoiceField(label=_("Catégorie"), choices=Category.choices),
            "nature": forms.ChoiceField(label=_("Nature"), choices=Nature.choices),
        }

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = BudgetLine.objects.filter(project__in=self._visible(), pk__in=keys).select_for_update(of=("self",))
        return list(rows.order_by("pk").select_related("project__manager", "project__sponsor"))

    def demand(self, row: Any) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        return change_budget_line(actor=actor, line=row, values=values)
