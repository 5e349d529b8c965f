"""The Celery application: two queues, `default` and `pdf` (one PDF at a time a worker)."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")

app = Celery("tech4value", task_cls="tech4value.tenancy.tasks:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _configure_logging(**kwargs: object) -> None:
    """Workers log like the web does: Celery must not install its own handlers."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_init.connect
def _demand_locks(**kwargs: object) -> None:
    """Like the web, a worker refuses to run on a database whose locks are not all in place."""
    from tech4value.tenancy.row_security import demand_locks

    demand_locks()
