"""Sweeping, by beat."""

import structlog
from celery import shared_task

from tech4value.files.sweeping import sweep
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask

log = structlog.get_logger(__name__)


@shared_task(base=TenantTask, name="files.sweep", all_tenants=True)
def sweep_all_tenants() -> None:
    """Every night: contents whose row was never committed."""
    for tenant in Tenant.objects.all():
        with tenant_context(tenant):
            removed = sweep()
        if removed:
            log.info("files.swept", tenant=tenant.slug, files=len(removed), bytes=sum(one.size for one in removed))
