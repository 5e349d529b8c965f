"""Who approves: what somebody proposes is approved by somebody else, as soon as the organisation has somebody else
who may (docs/decisions/090)."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role, Scope, scope_of
from tech4value.audit.actor import Actor

NAMED: Final = 3
"""How many approvers a sentence names."""


def approvers(permission: Permission) -> Any:
    """The memberships, as a query, that hold `permission` everywhere and may use it today."""
    roles = [role for role in Role if scope_of(role, permission) is Scope.ALL]
    return Membership.objects.filter(role__in=roles, is_active=True, read_only=False, user__is_active=True)


def own_refusal(proposer: UUID | None, permission: Permission, beside: Collection[UUID] = ()) -> str:
    """Why `proposer` (a user) does not approve what they propose, alone or with those `beside` them, and who does;
    empty when nobody else may. One statement."""
    rows = approvers(permission).exclude(user_id=proposer).exclude(user_id__in=beside)
    others = list(rows.select_related("user").order_by("user__name", "pk"))
    if not others:
        return ""
    names = ", ".join(one.person_name for one in others[:NAMED])
    if len(others) > NAMED:
        left = len(others) - NAMED
        names = ngettext("%(names)s ou %(n)s autre personne", "%(names)s ou %(n)s autres personnes", left) % {
            "names": names,
            "n": left,
        }
    return _("On n’approuve pas ce que l’on propose soi-même : demandez à %(names)s.") % {"names": names}


def refuse_own(actor: Actor, proposer: UUID | None, permission: Permission) -> None:
    """Raise ValidationError when `actor` would approve what they propose, and somebody else may."""
    if proposer is None or actor.user_id != proposer:
        return
    refusal = own_refusal(proposer, permission)
    if refusal:
        raise ValidationError(refusal)
