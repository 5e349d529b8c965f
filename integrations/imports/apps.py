from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "integrations.imports"
    label = "integrations_imports"

    def ready(self) -> None:
        """Jobs are started by name, so their bodies are registered in every process; the rail gets its entry."""
        from integrations.imports import tasks  # noqa: F401 - registers the jobs
        from integrations.imports.lists import ImportTable
        from integrations.imports.notifications import declare
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem("portfolio", _("Imports"), "imports:start", "arrow-up-tray", "import.run", order=90),
        )
        register_action(
            NavAction(_("Importer un classeur ou un plan"), "imports:start", "arrow-up-tray", "import.run", order=40)
        )
        declare()
        register_table(ImportTable)
