from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "tech4value.console"
    label = "console"

    def ready(self) -> None:
        from tech4value.accounts.permissions import Permission
        from tech4value.console.lists import JournalTable, MemberTable
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem("home", _("Mon travail"), "work", permission=Permission.SELF, order=50, holds="home"),
            NavItem("settings", _("Membres"), "console:members", "users", Permission.MEMBER_VIEW, 10),
            NavItem("settings", _("Rôles et droits"), "console:rights", "key", Permission.MEMBER_VIEW, 20),
            NavItem("settings", _("Formule"), "console:plan", "credit-card", Permission.TENANT_EDIT, 30),
            NavItem(
                "settings", _("Organisation"), "console:organisation", "building-office", Permission.TENANT_EDIT, 40
            ),
            NavItem(
                "settings",
                _("Champs personnalisés"),
                "console:fields",
                "squares-plus",
                Permission.ORGANISATION_EDIT,
                45,
            ),
            NavItem(
                "settings", _("Journal"), "console:journal", "clipboard-document-list", Permission.AUDIT_VIEW, 50
            ),
            NavItem("settings", _("Corbeille"), "console:bin", "trash", Permission.PROJECT_VIEW, 55),
            NavItem("settings", _("Traitements"), "jobs:list", "queue-list", Permission.JOB_VIEW, 60),
            NavItem(
                "settings", _("Préférences"), "console:preferences", "adjustments-horizontal", Permission.SELF, 70
            ),
            NavItem("settings", "API", "api_docs:guide", "code-bracket", Permission.TOKEN_EDIT, 75),
            NavItem("settings", _("Aide"), "console:help", "question-mark-circle", Permission.SELF, 80),
        )
        register_action(
            NavAction(_("Inviter par e-mail"), "console:invite", "user-plus", Permission.MEMBER_EDIT),
            NavAction(_("Créer un jeton d’API"), "console:token", "key", Permission.TOKEN_EDIT),
        )
        register_table(MemberTable, JournalTable)
