from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "integrations.exports"
    label = "integrations_exports"

    def ready(self) -> None:
        """Jobs are started by name, so their bodies are registered in every process."""
        from integrations.exports import tasks  # noqa: F401 - registers the job
        from tech4value.web.navigation import NavAction, register_action

        register_action(
            NavAction(
                _("Mettre mes jalons dans mon agenda"), "exports:feeds", "calendar-days", "project.view", order=60
            )
        )
