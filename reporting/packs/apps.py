from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PacksConfig(AppConfig):
    name = "reporting.packs"
    label = "reporting_packs"

    def ready(self) -> None:
        from reporting.packs import tasks  # noqa: F401 - registers the job
        from reporting.packs.notifications import declare
        from reporting.packs.search import register_searchables
        from tech4value.accounts.permissions import Permission
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem("reports", _("Dossiers de Copil"), "packs:list", "document-text", Permission.PACK_VIEW, 20),
        )
        register_action(
            NavAction(_("Produire un dossier de Copil"), "packs:create", "document-plus", Permission.PACK_CREATE, 30)
        )
        register_searchables()
        declare()
