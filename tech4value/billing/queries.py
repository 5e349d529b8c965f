"""What the current tenant may still use."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tech4value.accounts.models import Invitation, InvitationState, Membership
from tech4value.accounts.permissions import Role
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode, Usage
from tech4value.billing.models import Plan, Subscription
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import Tenant


def entitlements() -> Entitlements:
    """The current tenant's limits; those of Starter for a tenant without a subscription."""
    subscription = Subscription.objects.first()
    return subscription.entitlements if subscription else ENTITLEMENTS[PlanCode.STARTER]


def plan_name() -> str:
    subscription = Subscription.objects.first()
    return str(subscription or Plan.STARTER.label)


def member_usage() -> Usage:
    """Active members who count: readers of Copil packs are free."""
    return Usage(_members(), entitlements().members)


def invited_usage() -> Usage:
    """The same with the places that open invitations have promised."""
    promised = Invitation.objects.filter(state=InvitationState.OPEN, expires_at__gt=now()).exclude(role=Role.READER)
    return Usage(_members() + promised.count(), entitlements().members)


def _members() -> int:
    return Membership.objects.filter(is_active=True).exclude(role=Role.READER).count()


def reserve(count: Callable[[], Usage], what: str, more: int = 1) -> None:
    """`refuse_over_limit` for one who is about to add: until the transaction ends nobody else of the tenant counts,
    so that two at once cannot both take the last place. `count` is read once the place is held."""
    if Subscription.objects.select_for_update().first() is None:
        # Not the key: rows that point at the tenant go on being written.
        Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
    refuse_over_limit(count(), what, more)


def refuse_over_limit(usage: Usage, what: str, more: int = 1) -> None:
    """Raise ValidationError, saying the limit and how to go on, when `more` do not fit. `what`: plural noun."""
    if usage.allows(more):
        return
    raise ValidationError(
        _(
            "Votre formule %(plan)s permet %(limit)s %(what)s et vous en utilisez déjà %(used)s. Un administrateur "
            "peut changer de formule dans Réglages, Formule, ou libérer des places."
        )
        % {"plan": plan_name(), "limit": usage.limit, "what": what, "used": usage.used},
        code="over_limit",
    )
