"""By beat: one dispatcher wakes the tenants that have something to read or to send."""

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task

from tech4value.notifications.delivery import deliver, next_due
from tech4value.notifications.lateness import tell_lateness
from tech4value.notifications.models import DueTenant
from tech4value.notifications.reading import read_journal
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TenantTask

# A tenant whose worker died is dispatched again after this; one whose message was lost with Redis too.
LEASE = timedelta(minutes=2)


@shared_task(base=TenantTask, name="notifications.dispatch", all_tenants=True)
def dispatch() -> None:
    """Every two seconds: the tenants that are due, one task each."""
    moment = now()
    for row in DueTenant.objects.filter(due_at__lte=moment, tenant__is_active=True).select_related("tenant"):
        lease = moment + LEASE
        if DueTenant.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=lease):
            work.send(tenant=row.tenant, lease=lease.isoformat())


@shared_task(base=TenantTask, name="notifications.work", own_transactions=True)
def work(*, lease: str, tenant: Any) -> None:
    """Read the tenant's journal to its end, send what is due, say when there will be more."""
    read = True
    while read:
        with tenant_context(tenant):
            read = read_journal() > 0
    deliver(tenant)
    with tenant_context(tenant):
        moment = next_due()
    # Unless it has been woken meanwhile: it is then due again at once.
    held = DueTenant.objects.filter(tenant=tenant, due_at=datetime.fromisoformat(lease))
    if moment is None:
        held.delete()
    else:
        held.update(due_at=max(moment, now()))


@shared_task(base=TenantTask, name="notifications.lateness", all_tenants=True)
def lateness() -> None:
    """Every quarter of an hour: where a new day has begun, what is late since."""
    for tenant in Tenant.objects.filter(is_active=True):
        with tenant_context(tenant):
            tell_lateness()
