"""The lists of what makes budgets: versions, transfers, purchase orders."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.actions import line_name
from portfolio.finance.models import (
    BudgetTransfer,
    BudgetVersion,
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    VersionState,
)
from portfolio.finance.versions import plan_of
from portfolio.people.lists import choose
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, RowFilter
from tech4value.tables.table import Table
from tech4value.tenancy.sort_keys import Fold


class ProjectBudgetTable(Table):
    """What these lists share: rows of the projects whose budget the member may see."""

    permission = Permission.BUDGET_VIEW
    search: ClassVar[Sequence[Any]] = ("project__sort_name", Fold("project__code"))
    search_label = gettext_lazy("Rechercher un projet")
    page = ""

    def project_column(self) -> Column:
        """The project, leading to the rows of its own."""
        return Column(
            key="project",
            label=_("Projet"),
            value=lambda row: row.project.name,
            kind=CellKind.NAME,
            sort="project__sort_name",
            rank=1,
            fixed=True,
            url=lambda row: reverse(self.page, args=[row.project_id]),
            filter=RowFilter(main=True, path="project", field=self._projects),
        )

    def visible(self) -> QuerySet[Any]:
        """The projects whose budget the member may see."""
        rows: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        return rows

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = self.visible()
        return field


class BudgetVersionTable(ProjectBudgetTable):
    """Every version of the budgets."""

    key = "budget-versions"
    label = gettext_lazy("Versions de budget")
    counted = ngettext_lazy("%(shown)s version", "%(shown)s versions", "n")
    default_sort = "-proposed,project"
    page = "finance:versions"

    def columns(self) -> Sequence[Column]:
        return [
            self.project_column(),
            Column(key="version", label=_("Version"), value=lambda row: row.name, sort="number"),
            Column(
                key="state",
                label=_("État"),
                value=lambda row: row.get_state_display(),
                sort="state",
                filter=ChoiceFilter(main=True, choices=lambda: VersionState.choices, path="state"),
            ),
            Column(
                key="total",
                label=_("Total prévu"),
                value=lambda row: sum(plan_of(row).values(), Decimal("0.00")),
                kind=CellKind.MONEY,
            ),
            Column(key="proposed_by", label=_("Proposée par"), value="proposed_by", sort="proposed_by", rank=3),
            Column(
                key="proposed",
                label=_("Proposée le"),
                value="proposed_at",
                kind=CellKind.INSTANT,
                sort="proposed_at",
                filter=DateRange(path="proposed_at", instant="utc"),
            ),
            Column(key="decided_by", label=_("Décidée par"), value="decided_by", sort="decided_by", rank=3),
            Column(
                key="decided",
                label=_("Décidée le"),
                value="decided_at",
                kind=CellKind.INSTANT,
                sort="decided_at",
                rank=3,
                filter=DateRange(path="decided_at", instant="utc"),
            ),
            Column(key="reason", label=_("Motif"), value="reason", wraps=True, rank=3),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = BudgetVersion.objects.filter(project__in=self.visible())
        # The initial version in preparation is the lines themselves: nothing to list yet.
        return rows.exclude(number=0, state=VersionState.DRAFT)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(BudgetVersion.objects.filter(pk__in=keys).select_related("project"))

    def address(self) -> str:
        return reverse("finance:all_versions")


class BudgetTransferTable(ProjectBudgetTable):
    """Every transfer that still stands, between projects that the member sees."""

    key = "budget-transfers"
    label = gettext_lazy("Virements de budget")
    counted = ngettext_lazy("%(shown)s virement", "%(shown)s virements", "n")
    default_sort = "-made,project"
    page = "finance:transfers"

    def columns(self) -> Sequence[Column]:
        return [
            self.project_column(),
            Column(key="source", label=_("De la ligne"), value=lambda row: line_name(row.source)),
            Column(
                key="to",
                label=_("Vers le projet"),
                value=lambda row: row.target_project.name,
                sort="target_project__sort_name",
                filter=RowFilter(path="target_project", field=self._projects),
            ),
            Column(key="target", label=_("Vers la ligne"), value=lambda row: line_name(row.target)),
            Column(
                key="amount",
                label=_("Montant"),
                value="amount",
                kind=CellKind.MONEY,
                sort="amount",
                total=F("amount"),
            ),
            Column(key="made_by", label=_("Fait par"), value="made_by", sort="made_by", rank=3),
            Column(
                key="made",
                label=_("Fait le"),
                value="made_on",
                kind=CellKind.DATE,
                sort="made_on",
                filter=DateRange(main=True, path="made_on"),
            ),
            Column(key="reason", label=_("Motif"), value="reason", wraps=True, rank=3),
        ]

    def rows(self) -> QuerySet[Any]:
        visible = self.visible()
        rows: QuerySet[Any] = BudgetTransfer.objects.filter(project__in=visible, target_project__in=visible)
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = BudgetTransfer.objects.filter(pk__in=keys)
        return list(rows.select_related("project", "target_project", "source", "target"))

    def address(self) -> str:
        return reverse("finance:all_transfers")


class PurchaseOrderTable(ProjectBudgetTable):
    """Every purchase order."""

    key = "purchase-orders"
    label = gettext_lazy("Commandes")
    counted = ngettext_lazy("%(shown)s commande", "%(shown)s commandes", "n")
    search = ("sort_number", Fold("supplier"), "project__sort_name")
    search_label = gettext_lazy("Rechercher une commande, un fournisseur ou un projet")
    default_sort = "-ordered,number"
    page = "finance:orders"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="number",
                label=_("Commande"),
                value="number",
                kind=CellKind.NAME,
                sort="sort_number",
                rank=1,
                fixed=True,
                url=lambda row: reverse("finance:order", args=[row.pk]),
                panel=True,
            ),
            Column(key="supplier", label=_("Fournisseur"), value="supplier", sort=Fold("supplier")),
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.project.name,
                sort="project__sort_name",
                filter=RowFilter(main=True, path="project", field=self._projects),
            ),
            Column(
                key="ordered",
                label=_("Commandé le"),
                value="ordered_on",
                kind=CellKind.DATE,
                sort="ordered_on",
                filter=DateRange(path="ordered_on"),
            ),
            Column(
                key="amount",
                label=_("Montant HT"),
                value="amount",
                sort="amount",
                html=lambda row: formats.money(row.amount, row.currency, get_language() or "fr"),
            ),
            Column(key="currency", label=_("Devise"), value="currency", sort="currency", shown=False, rank=3),
            Column(
                key="status",
                label=_("État"),
                value=lambda row: row.get_status_display(),
                sort="status",
                filter=ChoiceFilter(main=True, choices=lambda: OrderStatus.choices, path="status"),
            ),
            Column(key="subject", label=_("Objet"), value="subject", sort=Fold("subject"), rank=3),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PurchaseOrder.objects.filter(project__in=self.visible())
        return _with_amount(rows)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(_with_amount(PurchaseOrder.objects.filter(pk__in=keys)).select_related("project"))

    def address(self) -> str:
        return reverse("finance:all_orders")


def _with_amount(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Orders with what their lines add up to, in their currency."""
    field = DecimalField(max_digits=16, decimal_places=2)
    lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    amount = Subquery(lines.annotate(sum=Sum("amount")).values("sum"), output_field=field)
    return rows.annotate(amount=Coalesce(amount, Decimal(0), output_field=field))
