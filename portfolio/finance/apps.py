from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    name = "portfolio.finance"
    label = "portfolio_finance"

    def ready(self) -> None:
        from portfolio.finance.benefits_lists import BenefitYearTable
        from portfolio.finance.bin import register_kinds
        from portfolio.finance.commitment_lists import BudgetTransferTable, BudgetVersionTable, PurchaseOrderTable
        from portfolio.finance.envelope_lists import EnvelopeTable
        from portfolio.finance.envelopes import follow_envelopes
        from portfolio.finance.lists import BudgetLineTable
        from portfolio.finance.notifications import declare
        from portfolio.finance.orders import follow_orders
        from portfolio.finance.search import register_searchables
        from portfolio.finance.staff_costs import follow_journal
        from portfolio.projects.tabs import register_tab
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavItem, register

        register(
            NavItem(
                area="finance",
                label=_("Budgets"),
                url_name="finance:portfolio",
                icon="banknotes",
                permission=Permission.BUDGET_VIEW,
                order=10,
            ),
            NavItem("finance", _("Écarts de budget"), "finance:portfolio_variance", "", Permission.BUDGET_VIEW, 12),
            NavItem("finance", _("Valeur acquise"), "finance:portfolio_earned_value", "", Permission.BUDGET_VIEW, 15),
            NavItem("finance", _("Rentabilité"), "finance:returns", "", Permission.BUDGET_VIEW, 17),
            NavItem("finance", _("Bénéfices"), "finance:benefit_list", "", Permission.BUDGET_VIEW, 18),
            NavItem("finance", _("Lignes de budget"), "finance:lines", "", Permission.BUDGET_VIEW, 20),
            NavItem("finance", _("Enveloppes"), "finance:envelopes", "", Permission.BUDGET_VIEW, 21),
            NavItem("finance", _("Versions de budget"), "finance:all_versions", "", Permission.BUDGET_VIEW, 22),
            NavItem("finance", _("Virements"), "finance:all_transfers", "", Permission.BUDGET_VIEW, 24),
            NavItem("finance", _("Commandes"), "finance:all_orders", "", Permission.BUDGET_VIEW, 26),
        )
        register_table(BudgetLineTable, BudgetVersionTable, BudgetTransferTable, PurchaseOrderTable, BenefitYearTable)
        register_table(EnvelopeTable)
        register_tab(
            _("Budget"),
            "finance:project",
            Permission.BUDGET_VIEW,
            order=50,
            others=(
                "finance:versions",
                "finance:transfers",
                "finance:orders",
                "finance:estimates",
                "finance:variance",
            ),
        )
        register_tab(_("Valeur acquise"), "finance:earned_value", Permission.BUDGET_VIEW, order=52)
        register_tab(_("Bénéfices"), "finance:benefits", Permission.BUDGET_VIEW, order=53)
        listen(follow_journal)
        listen(follow_orders)
        listen(follow_envelopes)
        register_kinds()
        register_searchables()
        declare()
