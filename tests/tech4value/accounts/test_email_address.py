"""An address of a person is what an administrator invites: nobody takes another's by writing it down."""

from typing import Any

from tech4value.accounts.models import User
from tech4value.accounts.permissions import Role
from tech4value.console.actions import invite_member
from tests.world import World

VICTIM = "directrice@chantier.example"


def test_nobody_makes_an_unproven_address_their_own(world: World, client_of: Any) -> None:
    client = client_of(world.member)
    client.post("/accounts/email/", {"action_add": "", "email": VICTIM})
    client.post("/accounts/email/", {"action_primary": "", "email": VICTIM})
    world.member.refresh_from_db()
    assert world.member.email == "member@atelier.example"
    with world.within(world.chantier):
        invited = invite_member(
            actor=world.memberships["stranger"].actor, email=VICTIM, name="Diane", role=Role.ADMINISTRATOR
        )
        assert invited.user_id != world.member.pk
    assert User.objects.filter(email=VICTIM).count() == 1
