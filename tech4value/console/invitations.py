"""Who is let in, with the plan's limits, the mails and what the person of the portfolio is told."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from tech4value.accounts import invitations
from tech4value.accounts.links import without_prefix
from tech4value.accounts.models import Invitation, Membership, User
from tech4value.accounts.permissions import Role
from tech4value.accounts.rate_limits import INVITATION_RENEWALS, INVITATIONS, duration_in_words
from tech4value.audit.actor import Actor
from tech4value.billing.queries import invited_usage, member_usage, reserve
from tech4value.notifications.mail import mail_to_address
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant

AT_ONCE: Final = 100
# « "Nouvelle, Nora" <nora@atelier.example> », as mail programs copy a list.
QUOTED: Final = re.compile(r'"[^"\n]*"')
NAMED: Final = re.compile(r"[^<>,;\n]*<([^<>]*)>")


def addresses_in(text: str) -> list[str]:
    """The addresses of a pasted list, each once, in their order: by lines, commas, semicolons or spaces."""
    bare = NAMED.sub(r" \1 ", QUOTED.sub("", text))
    found = (piece.strip().lower() for piece in re.split(r"[\s,;]+", bare))
    return list(dict.fromkeys(piece for piece in found if piece))


def invite(
    *, actor: Actor, emails: Sequence[str], role: Role, invited_by: Membership, person_id: UUID | None = None
) -> list[Invitation]:
    """Invite every address, or none: raises ValidationError with a sentence for each that cannot be.

    `person_id` names the person that the one invited member is.
    """
    wrong = _wrong(emails, person_id)
    if wrong:
        raise ValidationError({"emails": wrong})
    _refuse_person(emails, person_id)
    if role != Role.READER:
        reserve(invited_usage, _("membres"), more=len(emails))
    made = []
    for email in emails:
        _count(INVITATIONS.use(str(current_tenant().pk)))
        invitation, key = invitations.open_invitation(
            actor=actor, email=email, role=role, invited_by=invited_by, person_id=person_id
        )
        _send(actor, invitation, key)
        made.append(invitation)
    return made


def _wrong(emails: Sequence[str], person_id: UUID | None) -> list[str]:
    if not emails:
        return [_("Indiquez une adresse e-mail au moins.")]
    if len(emails) > AT_ONCE:
        return [
            _("%(n)d adresses, c’est trop à la fois : envoyez-en %(limit)d au plus.")
            % {"n": len(emails), "limit": AT_ONCE}
        ]
    if person_id is not None and len(emails) > 1:
        return [_("Une personne n’a qu’un compte : indiquez une seule adresse, ou aucune personne.")]
    wrong: list[str] = []
    for email in emails:
        if not _is_address(email):
            wrong.append(_("« %(text)s » n’est pas une adresse e-mail.") % {"text": email[:80]})
            continue
        try:
            invitations.refuse_invited(email)
        except ValidationError as error:
            wrong += error.messages
    return wrong


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _refuse_person(emails: Sequence[str], person_id: UUID | None) -> None:
    if person_id is None:
        return
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise ValidationError({"person": _("Cette personne n’existe pas ou a été supprimée.")})
    if person.membership_id is not None:
        raise ValidationError({"person": _("%(name)s a déjà un compte.") % {"name": person.name}})
    other = Person.objects.filter(email=emails[0]).exclude(pk=person_id).first()
    if other is not None:
        message = _("%(email)s est l’adresse de %(name)s : choisissez cette personne, ou une autre adresse.")
        raise ValidationError({"person": message % {"email": emails[0], "name": other.name}})


def send_again(*, actor: Actor, invitation: Invitation) -> None:
    """A new link by mail; the former stops working. Raises ValidationError when closed, sent too often, or the plan
    has no place left for one that had expired."""
    _count(INVITATION_RENEWALS.use(str(invitation.pk)))
    if invitation.role != Role.READER and invitation.expires_at <= now():
        reserve(invited_usage, _("membres"))
    key = invitations.renew_invitation(actor=actor, invitation=invitation)
    _send(actor, invitation, key)


def accept(*, invitation: Invitation, user: User) -> Membership:
    """`user` becomes a member, if the plan still has a place. The invitation is locked (`usable_invitation`)."""
    if invitation.role != Role.READER:
        reserve(member_usage, _("membres"))
    return invitations.accept_invitation(invitation=invitation, user=user)


def invitation_url(key: str) -> str:
    """The absolute address of an invitation; belongs to no tenant's."""
    return f"{settings.BASE_URL}{without_prefix(lambda: reverse('invitation', args=[key]))}"


def _count(wait: int) -> None:
    if wait:
        message = _("Trop d’invitations ont été envoyées. Réessayez dans %(duration)s.")
        raise ValidationError(message % {"duration": duration_in_words(wait)})


def _send(actor: Actor, invitation: Invitation, key: str) -> None:
    tenant = current_tenant()
    user = User.objects.filter(email=invitation.email).first()
    context = {
        "actor": actor,
        "tenant": tenant,
        "role": Role(invitation.role).label,
        "link": invitation_url(key),
        "days": invitations.VALID_FOR.days,
    }
    mail_to_address(invitation.email, user.language if user else tenant.language, "invitation", context)
