"""The named cast: two companies, one person for each role, and an outsider. Every test says who acts.

world.atelier    tenant «Atelier Nord» (Enterprise): the company of all but the last
world.chantier   tenant «Chantier Sud» (Starter): the other one
world.admin executive pole_manager pmo manager member end_user reader   users of Atelier, by role
world.stranger   administrator of Chantier, not a member of Atelier
world.nobody     a user without any tenant
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from tech4value.accounts.actions import add_member
from tech4value.accounts.models import Membership, User
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tech4value.billing.models import Plan, Subscription
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

PASSWORD = "une phrase de passe longue"
CAST = {
    "admin": ("Alice Administratrice", Role.ADMINISTRATOR),
    "executive": ("Édouard Directeur", Role.EXECUTIVE),
    "pole_manager": ("Paula Pôle", Role.POLE_MANAGER),
    "pmo": ("Pierre Mohamed-Olive", Role.PMO),
    "manager": ("Chloé Cheffe", Role.PROJECT_MANAGER),
    "member": ("Mehdi Équipier", Role.TEAM_MEMBER),
    "end_user": ("Ursule Finale", Role.END_USER),
    "reader": ("Lise Lectrice", Role.READER),
}


@dataclass
class World:
    atelier: Tenant
    chantier: Tenant
    users: dict[str, User]
    memberships: dict[str, Membership] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def url(self, path: str, tenant: Tenant | None = None) -> str:
        """The address of `path` (which begins with a slash) in Atelier, or in `tenant`."""
        return f"/t/{(tenant or self.atelier).slug}{path}"

    def within(self, tenant: Tenant | None = None) -> Any:
        """The tenant context of Atelier, or of `tenant`."""
        return tenant_context(tenant or self.atelier)


def make_world() -> World:
    """Make both companies through the same actions that users use."""
    atelier = Tenant.objects.create(slug="atelier", name="Atelier Nord")
    chantier = Tenant.objects.create(slug="chantier", name="Chantier Sud")
    world = World(atelier, chantier, users={})
    hashed = make_password(PASSWORD)
    with tenant_context(atelier):
        create(SYSTEM, Subscription(plan=Plan.ENTERPRISE, started_on=date(2026, 1, 1)))
        for key, (name, role) in CAST.items():
            _enter(world, key, name, role, hashed)
    with tenant_context(chantier):
        create(SYSTEM, Subscription(plan=Plan.STARTER, started_on=date(2026, 1, 1)))
        _enter(world, "stranger", "Simon Étranger", Role.ADMINISTRATOR, hashed)
    world.users["nobody"] = User.objects.create(
        email="nobody@ailleurs.example", name="Nadia Personne", password=hashed
    )
    return world


def _enter(world: World, key: str, name: str, role: Role, hashed: str) -> None:
    membership = add_member(actor=SYSTEM, email=f"{key}@atelier.example", name=name, role=role)
    User.objects.filter(pk=membership.user_id).update(password=hashed)
    membership.user.password = hashed
    world.users[key] = membership.user
    world.memberships[key] = membership
