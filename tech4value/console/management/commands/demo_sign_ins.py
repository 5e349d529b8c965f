"""`demo_sign_ins`: who a visitor of the demonstration may sign in as."""

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand

from tech4value.console.demo import PASSWORD, sign_ins


class Command(BaseCommand):
    """One block a company, one line a role."""

    help = "Prints the demo accounts, by company and role, and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = sign_ins()
        if not accounts:
            self.stdout.write("Aucune donnée de démonstration : lancez `bin/manage load_demo`.")
            return
        width = max(len(account.role) for account in accounts)
        for tenant, group in groupby(accounts, key=lambda account: account.tenant):
            self.stdout.write(f"{tenant.name} (/t/{tenant.slug}/)")
            for account in group:
                self.stdout.write(f"  {account.role:<{width}}  {account.email}  ({account.name})")
        self.stdout.write(f"Mot de passe de tous les comptes : {PASSWORD}")
