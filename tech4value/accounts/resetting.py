"""Taking the second factor off an account whose owner has lost it.

An account is its owner's, in every organisation: what opens it is not for one of them to weaken. An administrator may
take it off for a member of no other organisation; for the others, whoever runs the site does, from the command line
(docs/decisions/031).
"""

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership, TenantAccess, User
from tech4value.accounts.second_factor import has_second_factor
from tech4value.accounts.security_mail import SecurityChange, tell
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record
from tech4value.tenancy.context import current_tenant


def refusal_to_reset(*, actor: Actor, membership: Membership) -> str:
    """Why `actor` cannot take off this member's second factor, and whom to ask; empty when they can."""
    name = membership.person_name
    if membership.user_id == actor.user_id:
        return _("C’est votre compte : retirez votre second facteur dans Préférences, Sécurité.")
    if not membership.is_active:
        return _("%(name)s est un membre désactivé : réactivez son accès d’abord.") % {"name": name}
    if not has_second_factor(membership.user):
        return _("%(name)s n’a pas de second facteur : il n’y a rien à retirer.") % {"name": name}
    if TenantAccess.objects.filter(user=membership.user).exclude(tenant=current_tenant()).exists():
        return _(
            "Le compte de %(name)s ne dépend pas de votre seule organisation : elle ne peut pas en retirer le second "
            "facteur. La personne entre avec un code de secours, ou le demande à l’assistance de Tech4Value."
        ) % {"name": name}
    return ""


def reset_second_factor(*, actor: Actor, membership: Membership) -> None:
    """Take off a member's second factor, with their recovery codes, and sign them out everywhere.

    Raises ValidationError with the sentence of `refusal_to_reset`.
    """
    # Whoever is let into another organisation meanwhile waits for this, or this sees it.
    User.objects.select_for_update().get(pk=membership.user_id)
    if refusal := refusal_to_reset(actor=actor, membership=membership):
        raise ValidationError(refusal)
    record(actor, "membership.second_factor_reset", membership)
    take_off(user=membership.user, who=actor.label, organisation=current_tenant().name)


@transaction.atomic
def take_off(*, user: User, who: str, organisation: str = "") -> int:
    """Remove every second factor and recovery code of an account and end its sessions; the person is told by mail.

    Returns how many factors there were. Outside every organisation: only for whoever runs the site.
    """
    rows = Authenticator.objects.filter(user_id=user.pk)
    count = rows.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    rows.delete()
    get_adapter().end_sessions(list(UserSession.objects.filter(user_id=user.pk)))
    tell(user, SecurityChange.SECOND_FACTOR_RESET, who=who, organisation=organisation)
    return count
