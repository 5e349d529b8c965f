"""The plan of a tenant changes."""

from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update
from tech4value.billing.models import Plan, Subscription
from tech4value.tenancy.clock import today


def change_plan(*, actor: Actor, plan: Plan) -> bool:
    """Put the current tenant on `plan`; returns whether that changed anything.

    A plan smaller than what is used deletes nothing: everything stays readable, what is beyond the limit becomes
    read-only (`surplus`), and nothing can be added until it fits (`queries.refuse_over_limit`).
    """
    subscription = Subscription.objects.select_for_update().first()
    if subscription is None:
        create(actor, Subscription(plan=plan, started_on=today()))
        return True
    return update(actor, subscription, {"plan": plan, "started_on": today()} if subscription.plan != plan else {})
