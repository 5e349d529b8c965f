from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "reporting.dashboards"
    label = "reporting_dashboards"

    def ready(self) -> None:
        from reporting.dashboards.milestone_table import MilestoneTable
        from reporting.dashboards.rollup import follow_journal
        from tech4value.audit.listeners import listen
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavItem, register

        listen(follow_journal)
        register_table(MilestoneTable)
        register(
            NavItem(
                area="home",
                label=_("Tableau de bord"),
                url_name="dashboards:executive",
                icon="home",
                permission="dashboard.view",
                order=0,
            )
        )
