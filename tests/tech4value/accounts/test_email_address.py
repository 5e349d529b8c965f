"""An address of a person is what an administrator invites: nobody takes another's by writing it down."""

from typing import Any

from tech4value.accounts.invitations import account_of
from tech4value.accounts.models import Invitation
from tech4value.accounts.permissions import Role
from tech4value.console.invitations import invite
from tests.world import World

VICTIM = "directrice@chantier.example"


def test_nobody_makes_an_unproven_address_their_own(world: World, client_of: Any) -> None:
    client = client_of(world.member)
    client.post("/accounts/email/", {"action_add": "", "email": VICTIM})
    client.post("/accounts/email/", {"action_primary": "", "email": VICTIM})
    world.member.refresh_from_db()
    assert world.member.email == "member@atelier.example"
    stranger = world.memberships["stranger"]
    with world.within(world.chantier):
        invite(actor=stranger.actor, emails=[VICTIM], role=Role.ADMINISTRATOR, invited_by=stranger)
        assert account_of(Invitation.objects.get(email=VICTIM)) is None
