"""`verify_journal [--tenant SLUG]`: seals what waits, then walks each chain. Exit code 1 when one is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4value.audit.models import AuditSeal
from tech4value.audit.sealing import seal, unsealed, verify
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Seals the journal and verifies its chain, for every tenant or one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="this tenant only")

    def handle(self, *args: Any, tenant: str | None = None, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if tenant is not None:
            tenants = tenants.filter(slug=tenant)
            if not tenants:
                raise CommandError(f"Aucune organisation à l’adresse {tenant} : vérifiez --tenant.")
        broken = [one.slug for one in tenants if not self._verify(one)]
        if broken:
            raise CommandError(f"Chaîne rompue : {', '.join(broken)}.")

    def _verify(self, tenant: Tenant) -> bool:
        while True:
            with tenant_context(tenant):  # a transaction for each batch: events are sealed once theirs is over
                if not seal():
                    break
        with tenant_context(tenant):
            problem, sealed, waiting = verify(), AuditSeal.objects.count(), unsealed()
        self.stdout.write(f"{tenant.slug} : {problem or 'chaîne intacte'} ({sealed} sceaux, {waiting} en attente)")
        return problem is None
