"""The one task that runs every job, and the reaper."""

from typing import Any
from uuid import UUID

from celery import shared_task

from tech4value.jobs.actions import reap as reap_tenant
from tech4value.jobs.actions import run_job
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask


@shared_task(base=TenantTask, name="jobs.run", own_transactions=True)
def run(*, job_id: str, tenant: Any) -> None:
    """Run one job of one tenant."""
    run_job(tenant=tenant, job_id=UUID(job_id))


@shared_task(base=TenantTask, name="jobs.reap", all_tenants=True)
def reap() -> None:
    """Every ten seconds: jobs that a dead worker has left."""
    for tenant in Tenant.objects.filter(is_active=True):
        reap_tenant(tenant)
