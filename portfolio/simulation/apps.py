from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimulationConfig(AppConfig):
    name = "portfolio.simulation"
    label = "portfolio_simulation"

    def ready(self) -> None:
        from portfolio.projects.tabs import register_tab
        from portfolio.simulation.forecasting import follow_journal, simulate_changed
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.notifications.kinds import register_sweep

        listen(follow_journal)
        register_sweep(simulate_changed)
        register_tab(_("Incertitude"), "simulation:project", Permission.PLAN_VIEW, order=34)
