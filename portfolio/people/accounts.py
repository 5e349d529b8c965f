"""A person and the account that they sign in with are joined by their e-mail, whichever comes first; or by the
invitation that named the person."""

from collections.abc import Sequence

from portfolio.people.actions import link_account, link_invited
from tech4value.accounts.models import Invitation, Membership
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent


def follow_members(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: a new member becomes the person who has their e-mail, or whom the invitation named."""
    for event in events:
        if event.verb == "membership.created":
            link_account(actor=SYSTEM, membership=Membership.objects.select_related("user").get(pk=event.object_id))
        elif event.verb == "invitation.accepted":
            invitation = Invitation.objects.select_related("membership").get(pk=event.object_id)
            if invitation.person_id is not None and invitation.membership is not None:
                link_invited(actor=SYSTEM, person_id=invitation.person_id, membership=invitation.membership)
