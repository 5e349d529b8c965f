"""`reindex_search [--tenant SLUG]`: makes the search index what the rows say, of every organisation or of one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4value.search.index import rebuild
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant


class Command(BaseCommand):
    """Each organisation is one transaction; people go on searching meanwhile. Safe to run again."""

    help = "Rebuilds the search index from the rows: after an upgrade that finds more, or by doubt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="this organisation only")

    def handle(self, *args: Any, tenant: str | None = None, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if tenant is not None:
            tenants = tenants.filter(slug=tenant)
            if not tenants:
                raise CommandError(f"--tenant: no organisation has the address {tenant!r}.")
        for one in tenants:
            with tenant_context(one):
                self.stdout.write(f"{one.slug}: {rebuild()}")
