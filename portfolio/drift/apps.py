from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DriftConfig(AppConfig):
    name = "portfolio.drift"
    label = "portfolio_drift"

    def ready(self) -> None:
        from portfolio.drift.notifications import declare
        from portfolio.drift.queries import notice_of
        from portfolio.drift.watch import follow_journal
        from portfolio.projects.extensions import register_notice
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.web.navigation import NavItem, register

        listen(follow_journal)
        register(
            NavItem("plans", _("Dérives"), "drift:list", "", Permission.PLAN_VIEW, 120),
            NavItem("settings", _("Règles de dérive"), "drift:rules", "", Permission.ORGANISATION_EDIT, 60),
        )
        register_notice(notice_of)
        declare()
