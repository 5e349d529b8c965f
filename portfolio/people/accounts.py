"""A person and the account that they sign in with are joined by their e-mail, whichever comes first."""

from collections.abc import Sequence

from portfolio.people.actions import link_account
from tech4value.accounts.models import Membership
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent


def follow_members(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: a new member becomes the person who has their e-mail."""
    for event in events:
        if event.verb == "membership.created":
            link_account(actor=SYSTEM, membership=Membership.objects.select_related("user").get(pk=event.object_id))
