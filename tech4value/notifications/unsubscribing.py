"""Addresses that stop messages without signing in: signed, for one member and one kind of message, or all e-mails."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing

from tech4value.accounts.models import Membership
from tech4value.notifications.kinds import all_kinds, kind_of
from tech4value.notifications.preferences import change_settings, chosen, settings_of
from tech4value.tenancy.models import Tenant

SALT: Final = "notifications.unsubscribe"
EVERYTHING: Final = "all"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which e-mails of whom: a kind's key, or EVERYTHING."""

    tenant_id: UUID
    member_id: UUID
    what: str


def unsubscribe_url(member: Membership, what: str = EVERYTHING) -> str:
    """The absolute address of the page that stops a kind of e-mails, or all of them, for a member."""
    token = signing.dumps([str(member.tenant_id), str(member.pk), what], salt=SALT)
    return f"{settings.BASE_URL}/unsubscribe/{token}/"


def ticket_of(token: str) -> Ticket | None:
    """What a token says; None when it is not one of ours or was altered. Tokens have no end: mails are kept long."""
    try:
        tenant_id, member_id, what = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Ticket(UUID(tenant_id), UUID(member_id), what)


def tenant_of(ticket: Ticket) -> Tenant | None:
    """The tenant of a ticket, when it is still active."""
    return Tenant.objects.filter(pk=ticket.tenant_id, is_active=True).first()


def member_of(ticket: Ticket) -> Membership | None:
    """Its member; within the ticket's tenant."""
    found: Membership | None = Membership.objects.select_related("user").filter(pk=ticket.member_id).first()
    return found


def stop(ticket: Ticket, member: Membership) -> list[str]:
    """Stop the e-mails; returns the kinds that were sent until now, which `resume` takes."""
    settings_row = settings_of(member)
    asked = [kind for kind in all_kinds() if ticket.what in (EVERYTHING, kind.key)]
    stopped = [kind.key for kind in asked if chosen(settings_row, kind).email]
    if stopped:
        _set(member, stopped, email=False)
    return stopped


def resume(member: Membership, kinds: list[str]) -> None:
    """Send these again: the undo of `stop`."""
    known = [key for key in kinds if kind_of(key) is not None]
    if known:
        _set(member, known, email=True)


def _set(member: Membership, kinds: list[str], *, email: bool) -> None:
    change_settings(actor=member.actor, member=member, values={"channels": {key: {"email": email} for key in kinds}})
