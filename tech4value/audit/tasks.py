"""Sealing, by beat."""

from celery import shared_task

from tech4value.audit.models import DirtyTenant
from tech4value.audit.sealing import seal, unsealed
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask


def _seal(tenant: Tenant) -> None:
    # The mark goes first, on its own: what is written from here on marks the tenant again and waits for nobody.
    DirtyTenant.objects.filter(tenant=tenant).delete()
    with tenant_context(tenant):
        seal()
        left = unsealed()
    if left:  # a transaction older than theirs is still open: they are for the next round
        DirtyTenant.objects.get_or_create(tenant=tenant)


@shared_task(base=TenantTask, name="audit.seal_dirty_tenants", all_tenants=True)
def seal_dirty_tenants() -> None:
    """Every two seconds: tenants that have written since."""
    for tenant in Tenant.objects.filter(pk__in=DirtyTenant.objects.values("tenant")):
        _seal(tenant)


@shared_task(base=TenantTask, name="audit.seal_all_tenants", all_tenants=True)
def seal_all_tenants() -> None:
    """Every five minutes: all of them, for a mark that was lost with its process."""
    for tenant in Tenant.objects.all():
        _seal(tenant)
