"""`refresh_facts`: computes every project's roll-up again, tenant by tenant."""

from typing import Any

from django.core.management.base import BaseCommand

from reporting.dashboards.rollup import rebuild
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Compute the facts that dashboards read again, for every organisation (or one: --tenant SLUG)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--tenant", default="", help="the address of one organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        for tenant in tenants:
            with tenant_context(tenant):
                count = rebuild()
            self.stdout.write(f"{tenant.slug}: {count}")
