"""`reset_second_factor EMAIL`: for whoever runs the site, when a person of several organisations has lost theirs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4value.accounts.models import User
from tech4value.accounts.resetting import take_off


class Command(BaseCommand):
    """Make sure first, by another way than mail, that it is the person who asks."""

    help = "Removes every second factor of an account and signs it out everywhere; its owner is told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address that the person signs in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {email!r}.")
        count = take_off(user=user, who="Tech4Value")
        self.stdout.write(f"{user.email}: {count}")
