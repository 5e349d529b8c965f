"""What an administrator does to members and to the organisation, with the plan's limits."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.finance.envelope_models import EnvelopeLine
from portfolio.finance.models import BudgetLine
from portfolio.treasury.models import BankAccount
from tech4value.accounts import actions as accounts
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record
from tech4value.billing.queries import member_usage, reserve
from tech4value.tenancy.models import Tenant

ORGANISATION_FIELDS = (
    "name",
    "language",
    "time_zone",
    "country",
    "currency",
    "fiscal_year_start_month",
    "second_factor",
)


def change_member_role(*, actor: Actor, member: Membership, role: Role, version: int | None = None) -> None:
    """Give a member another role; a reader who becomes anything else takes a place in the plan."""
    if member.role == Role.READER and member.is_active:
        _refuse_over_plan(role)
    accounts.change_role(actor=actor, membership=member, role=role, version=version)


def reactivate_member(*, actor: Actor, member: Membership, version: int | None = None) -> None:
    """Open the tenant again to a member, if the plan has a place."""
    if not member.is_active:
        _refuse_over_plan(Role(member.role))
        accounts.reactivate_member(actor=actor, membership=member, version=version)


def _refuse_over_plan(role: Role) -> None:
    if role != Role.READER:
        reserve(member_usage, _("membres"))


def change_organisation(*, actor: Actor, tenant: Tenant, values: Mapping[str, Any]) -> bool:
    """Change the tenant's name and how it counts time and money; journaled. Returns whether anything differed."""
    unknown = set(values) - set(ORGANISATION_FIELDS)
    if unknown:
        raise ValidationError({name: _("Ce réglage n’existe pas.") for name in unknown})
    changes = {
        name: [getattr(tenant, name), value] for name, value in values.items() if getattr(tenant, name) != value
    }
    if not changes:
        return False
    if "currency" in changes and (BudgetLine.objects.exists() or EnvelopeLine.objects.exists()):
        # Its lines would be summed with those of another currency, and none of them could be changed any more.
        message = _("Des budgets sont déjà saisis en %(currency)s : la devise ne change plus.")
        raise ValidationError({"currency": message % {"currency": tenant.currency}})
    if "currency" in changes and BankAccount.objects.exists():
        message = _("La trésorerie est déjà tenue en %(currency)s : la devise ne change plus.")
        raise ValidationError({"currency": message % {"currency": tenant.currency}})
    for name, (_before, value) in changes.items():
        setattr(tenant, name, value)
    tenant.full_clean(exclude=["slug"])
    tenant.save(update_fields=list(changes))
    record(actor, "tenant.updated", tenant, changes)
    return True
