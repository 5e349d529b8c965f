"""What the current tenant may still use."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode, Usage
from tech4value.billing.models import Plan, Subscription


def entitlements() -> Entitlements:
    """The current tenant's limits; those of Starter for a tenant without a subscription."""
    subscription = Subscription.objects.first()
    return subscription.entitlements if subscription else ENTITLEMENTS[PlanCode.STARTER]


def plan_name() -> str:
    subscription = Subscription.objects.first()
    return str(subscription or Plan.STARTER.label)


def member_usage() -> Usage:
    """Active members who count: readers of Copil packs are free."""
    return Usage(Membership.objects.filter(is_active=True).exclude(role="reader").count(), entitlements().members)


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
