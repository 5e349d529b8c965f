from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OptimisationConfig(AppConfig):
    name = "portfolio.scenarios.optimisation"
    label = "portfolio_optimisation"

    def ready(self) -> None:
        from portfolio.scenarios.optimisation.bin import register_kinds
        from portfolio.scenarios.optimisation.lists import StudyTable
        from tech4value.accounts.permissions import Permission
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavItem, register

        register(NavItem("portfolio", _("Optimiser"), "optimisation:studies", "", Permission.SCENARIO_EDIT, 62))
        register_table(StudyTable)
        register_kinds()
