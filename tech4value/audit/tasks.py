"""Sealing, by beat."""

from celery import shared_task

from tech4value.audit.models import DirtyTenant
from tech4value.audit.sealing import seal, unsealed
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask


def _seal(tenant: Tenant) -> None:
    # Events of a still open transaction stay for the next round, so the mark stays too.
    with tenant_context(tenant):
        seal()
        if not unsealed():
            DirtyTenant.objects.filter(tenant=tenant).delete()


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
