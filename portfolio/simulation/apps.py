from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimulationConfig(AppConfig):
    name = "portfolio.simulation"
    label = "portfolio_simulation"

    def ready(self) -> None:
        from portfolio.planning.overlays import register_figure, register_marks
        from portfolio.projects.extensions import register_fact
        from portfolio.projects.tabs import register_tab
        from portfolio.simulation.bin import register_kinds
        from portfolio.simulation.figures import fact_of, p80_of
        from portfolio.simulation.forecasting import follow_journal, simulate_changed
        from portfolio.simulation.plan_marks import finish_marks
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.notifications.kinds import register_sweep

        listen(follow_journal)
        register_kinds()
        register_sweep(simulate_changed)
        register_figure(p80_of)
        register_marks(finish_marks)
        register_fact("p80", fact_of)
        register_tab(
            _("Incertitude"), "simulation:project", Permission.PLAN_VIEW, order=34, others=("simulation:estimates",)
        )
