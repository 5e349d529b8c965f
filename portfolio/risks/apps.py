from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RisksConfig(AppConfig):
    name = "portfolio.risks"
    label = "portfolio_risks"

    def ready(self) -> None:
        from portfolio.projects.tabs import register_tab
        from portfolio.risks.bin import register_kinds
        from portfolio.risks.lists import RiskTable
        from portfolio.risks.notifications import declare
        from portfolio.risks.search import register_searchables
        from tech4value.accounts.permissions import Permission
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem(
                area="risks",
                label=_("Registre des risques"),
                url_name="risks:register",
                icon="shield-exclamation",
                permission=Permission.RISK_VIEW,
                order=10,
            )
        )
        register_action(
            NavAction(
                label=_("Déclarer un risque"),
                url_name="risks:create",
                icon="shield-exclamation",
                permission=Permission.RISK_EDIT,
            )
        )
        register_tab(_("Risques"), "risks:project", Permission.RISK_VIEW, order=60)
        register_table(RiskTable)
        register_searchables()
        register_kinds()
        declare()
