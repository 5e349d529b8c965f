"""The lists of budgets: lines, versions, transfers, purchase orders."""

from typing import Any

from django.utils.translation import gettext as _

from portfolio.finance.commitment_lists import BudgetTransferTable, BudgetVersionTable, PurchaseOrderTable
from portfolio.finance.lists import BudgetLineTable
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TablePage, TableView


class LinesView(TableView):
    """Every budget line that the member may see."""

    permission = Permission.BUDGET_VIEW
    table = BudgetLineTable
    template_name = "portfolio/finance/lines.html"


class CommitmentsView(TableView):
    """What the lists below share: their words, and what to do when nothing is listed."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/list.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        title, lead, nothing, next_step = self.words()
        return {"title": title, "lead": lead, "nothing": nothing, "next_step": next_step}

    def words(self) -> tuple[str, str, str, str]:
        """Title, one line about it, what is missing, what to do."""
        raise NotImplementedError


class AllVersionsView(CommitmentsView):
    """Every version of the budgets that the member may see."""

    table = BudgetVersionTable

    def words(self) -> tuple[str, str, str, str]:
        return (
            _("Versions de budget"),
            _("Proposées, approuvées, en préparation : le prévu de chaque projet est sa version approuvée."),
            _("Aucune version"),
            _("Le budget initial se propose depuis l’onglet Budget d’un projet, Versions."),
        )


class AllTransfersView(CommitmentsView):
    """Every transfer between budget lines that the member may see."""

    table = BudgetTransferTable

    def words(self) -> tuple[str, str, str, str]:
        return (
            _("Virements de budget"),
            _("Ce qui est passé d’une ligne à une autre, par qui et pourquoi."),
            _("Aucun virement"),
            _("Un virement se fait depuis une ligne du budget d’un projet."),
        )


class AllOrdersView(CommitmentsView):
    """Every purchase order that the member may see."""

    table = PurchaseOrderTable

    def words(self) -> tuple[str, str, str, str]:
        return (
            _("Commandes"),
            _("Ce que les projets ont commandé ; le budget en est engagé jusqu’à la facture."),
            _("Aucune commande"),
            _("Une commande s’ajoute depuis l’onglet Budget d’un projet, Commandes."),
        )
