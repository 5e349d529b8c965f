"""WSGI entry point, for gunicorn. Refuses to serve a database whose locks are not all in place."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
application = get_wsgi_application()

from tech4value.tenancy.row_security import demand_locks  # noqa: E402 - models need Django set up

demand_locks()
