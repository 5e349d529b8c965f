"""The Celery base task: it carries its tenant and refuses to run without one."""

from typing import Any
from uuid import UUID

import structlog
from celery import Task
from django.db import close_old_connections, transaction
from django.urls import set_script_prefix

from tech4value.tenancy.context import TenantRequiredError, tenant_context
from tech4value.tenancy.models import Tenant


class TemporaryError(Exception):
    """Worth another try: the network, a lock, a full queue. Only these are retried."""


class TenantTask(Task):
    """Runs its body within the tenant named by the keyword `tenant_id`.

    `all_tenants = True` marks the few tasks that loop over tenants themselves; `own_transactions = True` gives the
    body the tenant (`tenant=`) and leaves it to enter contexts. Acknowledged late: every body is safe to run twice.
    """

    abstract = True
    # The sender gives `tenant_id`, which the body's own signature does not have.
    typing = False
    acks_late = True
    autoretry_for = (TemporaryError,)
    retry_backoff = True
    retry_jitter = True
    max_retries = 5
    all_tenants = False
    own_transactions = False

    def __call__(self, *args: Any, tenant_id: str | None = None, **kwargs: Any) -> Any:
        close_old_connections()
        try:
            if self.all_tenants:
                return self.run(*args, **kwargs)
            if tenant_id is None:
                raise TenantRequiredError(f"The task {self.name} was sent without a tenant.")
            tenant = Tenant.objects.get(pk=UUID(tenant_id))
            set_script_prefix(f"/t/{tenant.slug}/")
            with structlog.contextvars.bound_contextvars(tenant=tenant.slug, task=self.name):
                if self.own_transactions:
                    return self.run(*args, tenant=tenant, **kwargs)
                with tenant_context(tenant):
                    return self.run(*args, **kwargs)
        finally:
            set_script_prefix("/")
            close_old_connections()

    def send(self, *args: Any, tenant: Tenant | None = None, **kwargs: Any) -> None:
        """Queue the task after the current transaction commits."""
        if tenant is not None:
            kwargs["tenant_id"] = str(tenant.pk)
        transaction.on_commit(lambda: self.apply_async(args=args, kwargs=kwargs), robust=True)
