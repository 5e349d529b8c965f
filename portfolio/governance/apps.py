from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "portfolio.governance"
    label = "portfolio_governance"

    def ready(self) -> None:
        from portfolio.governance.bin import register_kinds
        from portfolio.governance.project_parts import actions_of, origin_of, starts_of
        from portfolio.projects.extensions import register_fact, register_project_actions, register_starts
        from portfolio.projects.tabs import register_tab
        from tech4value.accounts.permissions import Permission
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem(
                area="governance",
                label=_("Modèles de projet"),
                url_name="governance:list",
                icon="scale",
                permission=Permission.PROJECT_CREATE,
                order=10,
            )
        )
        register_action(
            NavAction(
                label=_("Créer un projet à partir d’un modèle"),
                url_name="governance:list",
                icon="document-duplicate",
                permission=Permission.PROJECT_CREATE,
                order=11,
            )
        )
        register_tab(_("Rôles"), "governance:project", Permission.PROJECT_VIEW, order=85)
        register_starts(starts_of)
        register_fact("template", origin_of)
        register_project_actions("template", actions_of)
        register_kinds()
