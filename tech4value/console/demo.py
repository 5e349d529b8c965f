"""The accounts of the demonstration: what `demo_sign_ins` prints and the sign-in page shows."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Role
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

# What the demo data are loaded as (demo/): the two companies, and the password of every account in them.
TENANTS = ("tech4value", "connect-plus")
PASSWORD = "tech4value-demo"  # noqa: S105 - of fictitious people, on purpose public


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account that a visitor may try."""

    tenant: Tenant
    role: str
    name: str
    email: str
    password: str = PASSWORD


def sign_ins() -> list[SignIn]:
    """For each demo company, the first account of each role that can sign in, in the order of the roles."""
    found: list[SignIn] = []
    tenants = Tenant.objects.filter(slug__in=TENANTS, is_active=True)
    for tenant in sorted(tenants, key=lambda one: TENANTS.index(one.slug)):
        with tenant_context(tenant):
            members = Membership.objects.select_related("user").filter(is_active=True).order_by("id")
            first: dict[str, Membership] = {}
            for member in members:
                if member.user.has_usable_password():
                    first.setdefault(member.role, member)
        found += [
            SignIn(tenant, str(role.label), first[role].person_name, first[role].user.email)
            for role in Role
            if role in first
        ]
    return found


def sign_in_list(request: HttpRequest) -> dict[str, Any]:
    """Template context of the sign-in page: `demo_sign_ins`, read only when it is drawn."""
    return {"demo_sign_ins": SimpleLazyObject(sign_ins)} if settings.DEMO else {}
