"""Invitations: a place offered by e-mail, taken by whoever opens the link. Plan limits and mails are the callers'."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.accounts.actions import add_member
from tech4value.accounts.models import Invitation, InvitationState, Membership, User
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import Actor, ActorKind
from tech4value.audit.writing import create, update
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import Tenant

VALID_FOR: Final = timedelta(days=7)


def open_invitation(
    *, actor: Actor, email: str, role: Role, invited_by: Membership | None = None, person_id: UUID | None = None
) -> tuple[Invitation, str]:
    """A new invitation and the key of its link, which is kept nowhere.

    Raises ValidationError for an address that is a member's or waits for an answer already.
    """
    email = email.strip().lower()
    refuse_invited(email)
    # The former one is over but was never closed: only one may be open for an address.
    for former in Invitation.objects.filter(email=email, state=InvitationState.OPEN):
        update(actor, former, {"state": InvitationState.EXPIRED}, verb="invitation.expired")
    key = Invitation.new_key(current_tenant())
    invitation = Invitation(
        email=email,
        role=role,
        person_id=person_id,
        hash=Invitation.digest(key),
        invited_by=invited_by,
        sent_at=now(),
        expires_at=now() + VALID_FOR,
    )
    invitation.full_clean(exclude=["tenant", "invited_by", "membership"])
    return create(actor, invitation), key


def refuse_invited(email: str) -> None:
    """Raise ValidationError, saying what to do, for an address that needs no invitation."""
    member = Membership.objects.filter(user__email=email).first()
    if member is not None and member.is_active:
        raise ValidationError({"email": _("%(email)s est déjà membre de cette organisation.") % {"email": email}})
    if member is not None:
        message = _("%(email)s est un membre désactivé : réactivez-le dans la liste des membres.")
        raise ValidationError({"email": message % {"email": email}})
    waiting = Invitation.objects.filter(email=email, state=InvitationState.OPEN, expires_at__gt=now())
    if waiting.exists():
        message = _("%(email)s a déjà une invitation en attente : renvoyez-la plutôt.")
        raise ValidationError({"email": message % {"email": email}})


def renew_invitation(*, actor: Actor, invitation: Invitation) -> str:
    """A new link, valid for another while; the former one stops working. Returns its key.

    Raises ValidationError when the invitation has been accepted or revoked.
    """
    invitation = _locked(invitation)
    _refuse_closed(invitation)
    key = Invitation.new_key(current_tenant())
    values = {"hash": Invitation.digest(key), "sent_at": now(), "expires_at": now() + VALID_FOR}
    update(actor, invitation, values, verb="invitation.renewed")
    return key


def revoke_invitation(*, actor: Actor, invitation: Invitation) -> None:
    """Its link stops working. Raises ValidationError when it has been accepted or revoked already."""
    invitation = _locked(invitation)
    _refuse_closed(invitation)
    update(actor, invitation, {"state": InvitationState.REVOKED}, verb="invitation.revoked")


def _locked(invitation: Invitation) -> Invitation:
    """The row as it is now, and stays until the end of the transaction: a link may be followed meanwhile."""
    found: Invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    return found


def _refuse_closed(invitation: Invitation) -> None:
    if invitation.state == InvitationState.ACCEPTED:
        message = _("%(email)s a accepté l’invitation : la personne est dans la liste des membres.")
        raise ValidationError(message % {"email": invitation.email})
    if invitation.state != InvitationState.OPEN:
        message = _("L’invitation de %(email)s est close : envoyez-en une nouvelle.")
        raise ValidationError(message % {"email": invitation.email})


def tenant_of_key(key: str) -> Tenant | None:
    """The tenant in which to look for a key; None when the key names none that is active."""
    tenant_id = Invitation.tenant_of(key)
    return None if tenant_id is None else Tenant.objects.filter(pk=tenant_id, is_active=True).first()


def usable_invitation(key: str, *, lock: bool = False) -> Invitation | None:
    """The open invitation of the current tenant with this key; None when it is unknown, closed or over.

    `lock`: nobody else takes or revokes it before the end of the transaction.
    """
    rows = Invitation.objects.filter(hash=Invitation.digest(key), state=InvitationState.OPEN, expires_at__gt=now())
    found: Invitation | None = (rows.select_for_update() if lock else rows).first()
    return found


def account_of(invitation: Invitation) -> User | None:
    """The account of the invited address, if it has one that can sign in."""
    user = User.objects.filter(email=invitation.email).first()
    return user if user is not None and user.can_sign_in else None


def make_account(*, invitation: Invitation, name: str, password: str) -> User:
    """The account of the invited address, by the person who has proven to read its mail: makes it, or gives a
    password to one that has never had any."""
    language = get_language() or current_tenant().language
    defaults = {"name": name, "language": language, "password": make_password(None)}
    user, _made = User.objects.get_or_create(email=invitation.email, defaults=defaults)
    if user.can_sign_in:
        raise ValidationError(_("Un compte existe à cette adresse : connectez-vous pour accepter l’invitation."))
    user.name, user.password = name, make_password(password)
    user.save(update_fields=["name", "password"])
    return user


def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """`user` takes the place. The row must be locked (`usable_invitation`). Raises ValidationError for a member."""
    actor = Actor(kind=ActorKind.PERSON, label=user.name or user.email, user_id=user.pk)
    membership = add_member(actor=actor, email=user.email, name=user.name, role=Role(invitation.role))
    values = {"state": InvitationState.ACCEPTED, "membership": membership}
    update(actor, invitation, values, verb="invitation.accepted")
    return membership
