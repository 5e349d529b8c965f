"""What the platform tidies every day, by beat."""

from celery import shared_task

from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask
from tech4value.web.api_idempotency import forget_old
from tech4value.web.bin import PURGE_BATCH, purge


@shared_task(base=TenantTask, name="console.empty_bins", all_tenants=True)
def empty_bins() -> None:
    """What has been in a bin for more than 30 days goes for good, in transactions of bounded size."""
    for tenant in Tenant.objects.all():
        purged = PURGE_BATCH
        while purged >= PURGE_BATCH:
            with tenant_context(tenant):
                purged = purge()
        with tenant_context(tenant):
            forget_old()
