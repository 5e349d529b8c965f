"""`sweep_files [--dry-run]`: removes, or lists, the stored contents that no row names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tech4value.embedded.messages import told
from tech4value.files.sweeping import orphans, sweep
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Removes the stored contents, older than a day, whose row was never committed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them and remove nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        count = size = 0
        for tenant in Tenant.objects.order_by("slug"):
            with tenant_context(tenant):
                found = list(orphans()) if dry_run else sweep()
            for orphan in found:
                self.stdout.write(f"{tenant.slug}  {orphan.path}  {orphan.size}")
            count, size = count + len(found), size + sum(orphan.size for orphan in found)
        megabytes = size / 1_000_000
        self.stdout.write(
            told(
                f"{'À retirer' if dry_run else 'Retiré'} : {count} ({megabytes:.1f} Mo).",
                f"{'To remove' if dry_run else 'Removed'}: {count} ({megabytes:.1f} MB).",
            )
        )
