"""Membership: who may enter a tenant, and as what."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tech4value.accounts.models import ApiToken, Membership, TenantAccess, User
from tech4value.accounts.permissions import Role
from tech4value.accounts.security_mail import SecurityChange, tell
from tech4value.accounts.token_scopes import TokenScope
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, update
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant

TOKEN_DAYS: Final = (30, 90, 365)


def add_member(*, actor: Actor, email: str, name: str, role: Role, password: str | None = None) -> Membership:
    """Let a person into the current tenant, making their account when they have none.

    An existing account keeps its name, password and language: they belong to the person, not to the tenant.
    Raises ValidationError when the person is a member already. Plan limits are checked by billing's callers.
    """
    tenant = current_tenant()
    # Two organisations may invite the same person at once: the account is made by one of them.
    user, _made = User.objects.get_or_create(
        email=email.strip().lower(),
        defaults={"name": name, "language": tenant.language, "password": make_password(password)},
    )
    if Membership.objects.filter(user=user).exists():
        raise ValidationError({"email": _("%(email)s est déjà membre de cette organisation.") % {"email": email}})
    membership = create(actor, Membership(user=user, role=role))
    TenantAccess.objects.get_or_create(user=user, tenant=tenant)
    return membership


def change_role(*, actor: Actor, membership: Membership, role: Role, version: int | None = None) -> None:
    """Give a member another role. Raises ValidationError for the last administrator."""
    if role != Role.ADMINISTRATOR:
        _refuse_if_last_administrator(membership)
    update(actor, membership, {"role": role}, version=version)


def deactivate_member(*, actor: Actor, membership: Membership, version: int | None = None) -> None:
    """Close the tenant to a member; the account and its other tenants are untouched."""
    _refuse_if_last_administrator(membership)
    update(actor, membership, {"is_active": False}, version=version, verb="membership.deactivated")
    TenantAccess.objects.filter(user=membership.user, tenant=membership.tenant).delete()


def reactivate_member(*, actor: Actor, membership: Membership, version: int | None = None) -> None:
    """Open the tenant to the member again."""
    update(actor, membership, {"is_active": True}, version=version, verb="membership.reactivated")
    TenantAccess.objects.get_or_create(user=membership.user, tenant=membership.tenant)


def _refuse_if_last_administrator(membership: Membership) -> None:
    """The administrators are locked in one order: of two who demote each other at once, the second is refused."""
    others = Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    if membership.role == Role.ADMINISTRATOR and not [one for one in others if one.pk != membership.pk]:
        raise ValidationError(
            _("%(name)s est le dernier administrateur actif : nommez-en un autre d’abord.")
            % {"name": membership.person_name}
        )


def create_token(
    *, actor: Actor, membership: Membership, name: str, days: int, scope: TokenScope | None = None
) -> tuple[ApiToken, str]:
    """A new API token, valid for `days` (one of TOKEN_DAYS), and its secret, which is never shown again.

    Without `scope` it reads what the member may read, and writes nothing. The person is told by mail.
    """
    if days not in TOKEN_DAYS:
        choices = ", ".join(map(str, TOKEN_DAYS))
        raise ValidationError({"days": _("Un jeton vaut %(choices)s jours.") % {"choices": choices}})
    token, secret = ApiToken.issue(membership, name, now() + timedelta(days=days), scope or TokenScope())
    token.full_clean(exclude=["tenant"])
    create(actor, token)
    who = "" if actor.user_id == membership.user_id else actor.label
    tell(
        membership.user,
        SecurityChange.TOKEN_CREATED,
        what=name,
        who=who,
        organisation=current_tenant().name,
    )
    return token, secret


def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """Make a token useless at once."""
    delete(actor, token)


def change_preferences(*, user: User, values: Mapping[str, str]) -> None:
    """Change what belongs to the person whatever the tenant: `name`, `language`, `theme`."""
    for name, value in values.items():
        if name not in {"name", "language", "theme"}:
            raise ValidationError({name: _("Cette préférence n’existe pas.")})
        setattr(user, name, value)
    user.full_clean(exclude=["password", "email"])
    user.save(update_fields=list(values))
