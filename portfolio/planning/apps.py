from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "portfolio.planning"
    label = "portfolio_planning"

    def ready(self) -> None:
        from portfolio.planning import followers, portfolio_path
        from portfolio.planning.bin import register_kinds
        from portfolio.planning.lists import TaskTable
        from portfolio.planning.notifications import declare
        from portfolio.planning.scheduling import follow_journal
        from portfolio.planning.search import register_searchables
        from portfolio.projects.tabs import register_tab
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.fields.targets import register_target
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavItem, register

        listen(follow_journal)
        listen(followers.follow_journal)
        listen(portfolio_path.follow_journal)
        register_tab(_("Planning"), "planning:project", Permission.PLAN_VIEW, order=30)
        register_tab(_("Écarts"), "planning:comparison", Permission.PLAN_VIEW, order=32)
        register(
            NavItem(
                area="plans",
                label=_("Plans"),
                url_name="planning:list",
                icon="calendar-days",
                permission=Permission.PLAN_VIEW,
            ),
            NavItem("plans", _("Tâches"), "planning:tasks", "", Permission.PLAN_VIEW, 110),
            NavItem("plans", _("Chemin critique"), "planning:portfolio_path", "", Permission.PLAN_VIEW, 115),
        )
        register_table(TaskTable)
        register_target("task", _("Tâches"), "portfolio_planning.task")
        register_searchables()
        register_kinds()
        declare()
