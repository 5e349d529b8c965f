from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    name = "portfolio.capacity"
    label = "portfolio_capacity"

    def ready(self) -> None:
        from portfolio.capacity.rollup import follow_journal
        from portfolio.planning.overlays import register_overload
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.web.navigation import NavItem, register

        listen(follow_journal)
        register_overload("capacity:plan_overload", Permission.CAPACITY_VIEW)
        register(
            NavItem(
                area="resources",
                label=_("Charge et capacité"),
                url_name="capacity:heatmap",
                icon="chart-bar",
                permission=Permission.CAPACITY_VIEW,
                order=10,
            )
        )
