from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimesheetsConfig(AppConfig):
    name = "portfolio.timesheets"
    label = "portfolio_timesheets"

    def ready(self) -> None:
        from portfolio.projects.extensions import register_project_actions
        from portfolio.timesheets.access import actions_on
        from portfolio.timesheets.bin import register_kinds
        from portfolio.timesheets.lists import TimeEntryTable
        from portfolio.timesheets.notifications import declare
        from tech4value.accounts.permissions import Permission
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem("resources", _("Mes temps"), "timesheets:mine", "clock", Permission.TIME_ENTER, 12),
            NavItem("resources", _("Temps à approuver"), "timesheets:review", "", Permission.TIME_APPROVE, 14),
            NavItem("resources", _("Temps saisis"), "timesheets:entries", "", Permission.TIME_VIEW, 16),
            NavItem(
                "resources", _("Mois et réglages des temps"), "timesheets:months", "", Permission.TIME_SETTINGS, 18
            ),
        )
        register_action(NavAction(_("Saisir mes temps"), "timesheets:mine", "clock", Permission.TIME_ENTER, 60))
        register_table(TimeEntryTable)
        register_project_actions("timesheets", actions_on)
        register_kinds()
        declare()
