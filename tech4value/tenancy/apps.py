from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _secure(**kwargs: Any) -> None:
    from tech4value.tenancy.row_security import secure

    secure()


class TenancyConfig(AppConfig):
    name = "tech4value.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from django.apps import apps

        from tech4value.tenancy import checks  # noqa: F401 - registers the checks

        # After the last room with tables has migrated, so that every table is there.
        last = [room for room in apps.get_app_configs() if room.models_module is not None][-1]
        post_migrate.connect(_secure, sender=last, dispatch_uid="tenancy.secure")
