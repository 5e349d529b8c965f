"""Runs one job as a worker does, and stops at the worst moment: the file is stored, nothing is committed.

Arguments: the tenant's slug, the job's id. The test that starts it kills it.
"""

import os
import sys
import time
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
django.setup()

from reporting.packs import actions  # noqa: E402 - Django first
from tech4value.jobs.actions import run_job  # noqa: E402
from tech4value.tenancy.models import Tenant  # noqa: E402

stored = actions.store_file


def store_and_wait(**values: Any) -> Any:
    file = stored(**values)
    print("stored", flush=True)
    time.sleep(60)
    return file


actions.store_file = store_and_wait
run_job(tenant=Tenant.objects.get(slug=sys.argv[1]), job_id=UUID(sys.argv[2]))
