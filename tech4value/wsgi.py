"""WSGI entry point, for gunicorn. Refuses to serve a database whose locks are not all in place."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
application = get_wsgi_application()

from tech4value.tenancy.row_security import demand_locks  # noqa: E402 - models need Django set up

demand_locks()

# What is loaded now lives as long as the process: the collector need not look at it again, nor at every page's few
# thousand rows ten times over.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
