"""`load_demo [--if-empty] [--anchor DATE]`: the demo companies, through the actions that users use."""

import time
from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.companies import COMPANIES
from demo.loading import load_company
from tech4value.audit.sealing import seal
from tech4value.console.demo import PASSWORD
from tech4value.notifications.reading import read_journal
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant


def tell(tenant: Tenant) -> None:
    """What the last days of the story have for its people, as the workers will tell what comes next."""
    with tenant_context(tenant):
        while seal():
            pass
    read = True
    while read:
        with tenant_context(tenant):
            read = read_journal() > 0


class Command(BaseCommand):
    """Each company is one transaction: killed half-way, the command is simply run again."""

    help = "Loads the demo companies, with twelve months of history until today (or --anchor)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="leave a company that is there as it is")
        parser.add_argument(
            "--anchor", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day to tell the story from"
        )

    def handle(self, *args: Any, if_empty: bool = False, anchor: date | None = None, **options: Any) -> None:
        held = set(Tenant.objects.filter(slug__in=[one.slug for one in COMPANIES]).values_list("slug", flat=True))
        if held and not if_empty:
            raise CommandError(
                f"Déjà chargé : {', '.join(sorted(held))}. `--if-empty` les garde, `bin/demo --reset` repart de neuf."
            )
        if anchor is not None and anchor > today(Tenant()):
            raise CommandError("--anchor : le jour de référence ne peut pas être à venir.")
        for company in COMPANIES:
            if company.slug in held:
                self._say(f"{company.name} : déjà là")
                continue
            start = time.monotonic()
            tenant = load_company(
                company,
                password=PASSWORD,
                day=anchor,
                progress=partial(self._step, company.name),
            )
            tell(tenant)
            self._say(f"{company.name} : chargé en {time.monotonic() - start:.0f} s")

    def _step(self, company: str, step: str) -> None:
        self._say(f"{company} : {step}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
