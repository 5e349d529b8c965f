"""Managers that refuse to work without a tenant."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

from tech4value.tenancy.context import current_tenant

M = TypeVar("M", bound=models.Model, covariant=True)


class TenantManager(models.Manager[M]):
    """Rows of the current tenant only. Raises TenantRequiredError when there is none."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(tenant_id=current_tenant().pk)

    def none(self) -> QuerySet[Any]:
        """No row, which needs no tenant: what the OpenAPI document is made from."""
        return super().get_queryset().none()


class LiveManager(TenantManager[M]):
    """Rows of the current tenant that have not been deleted."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(deleted_at__isnull=True)
