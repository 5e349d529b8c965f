from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    name = "portfolio.finance"
    label = "portfolio_finance"

    def ready(self) -> None:
        from portfolio.finance.benefits_lists import BenefitYearTable
        from portfolio.finance.bin import register_kinds
        from portfolio.finance.lists import BudgetLineTable
        from portfolio.finance.notifications import declare
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
            NavItem("finance", _("Valeur acquise"), "finance:portfolio_earned_value", "", Permission.BUDGET_VIEW, 15),
            NavItem("finance", _("Rentabilité"), "finance:returns", "", Permission.BUDGET_VIEW, 17),
            NavItem("finance", _("Bénéfices"), "finance:benefit_list", "", Permission.BUDGET_VIEW, 18),
            NavItem("finance", _("Lignes de budget"), "finance:lines", "", Permission.BUDGET_VIEW, 20),
        )
        register_table(BudgetLineTable, BenefitYearTable)
        register_tab(_("Budget"), "finance:project", Permission.BUDGET_VIEW, order=50)
        register_tab(_("Valeur acquise"), "finance:earned_value", Permission.BUDGET_VIEW, order=52)
        register_tab(_("Bénéfices"), "finance:benefits", Permission.BUDGET_VIEW, order=53)
        listen(follow_journal)
        register_kinds()
        declare()
