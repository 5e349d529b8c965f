"""Reads of the platform's own screens."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portfolio.planning.models import Assignment, TaskKind
from portfolio.projects.actions import project_usage
from portfolio.projects.models import Project
from tech4value.accounts.models import ApiToken, Invitation, InvitationState, Membership
from tech4value.accounts.permissions import PERMISSION_LABELS, ROLE_PERMISSIONS, Permission, Role, Scope
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode, Usage
from tech4value.billing.models import Plan, Subscription
from tech4value.billing.queries import member_usage
from tech4value.files.actions import storage_usage
from tech4value.tenancy.clock import now, today

SOON = timedelta(days=14)
SHOWN = 10


def invitations(*, q: str = "", state: str = "") -> QuerySet[Invitation]:
    """The tenant's invitations, the last sent first; `q` is part of an address."""
    rows: QuerySet[Invitation] = Invitation.objects.select_related("invited_by__user", "membership__user")
    if q:
        rows = rows.filter(email__icontains=q)
    over = Q(state=InvitationState.OPEN, expires_at__lte=now())
    if state == InvitationState.EXPIRED:
        rows = rows.filter(over | Q(state=state))
    elif state:
        rows = rows.filter(state=state).exclude(over)
    return rows.order_by("-sent_at", "-id")


def all_tokens() -> QuerySet[ApiToken]:
    """The tokens of every member, by their owner."""
    return ApiToken.objects.select_related("membership__user").order_by("membership__user__name", "-id")


def waiting_invitations() -> int:
    """How many invitations wait for an answer."""
    return Invitation.objects.filter(state=InvitationState.OPEN, expires_at__gt=now()).count()


@dataclass(frozen=True, slots=True)
class Right:
    """A line of the matrix: what each role may do, in the order of the roles."""

    permission: Permission
    label: Promise
    scopes: tuple[Scope | None, ...]


@dataclass(frozen=True, slots=True)
class RightsGroup:
    label: Promise
    rights: tuple[Right, ...]


_GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Pilotage"), ("dashboard", "pack", "scenario")),
    (_("Projets"), ("project", "status", "plan", "template")),
    (_("Personnes, temps et capacité"), ("people", "rate", "organisation", "capacity", "time")),
    (_("Budgets, trésorerie et risques"), ("budget", "cash", "risk")),
    (_("Données"), ("import", "job", "token")),
    (_("Administration"), ("member", "audit", "tenant")),
)


def rights(roles: tuple[Role, ...] = tuple(Role)) -> list[RightsGroup]:
    """The whole table of permissions, grouped, for the given roles."""
    return [
        RightsGroup(
            label,
            tuple(
                Right(permission, text, tuple(ROLE_PERMISSIONS[role].get(permission) for role in roles))
                for permission, text in PERMISSION_LABELS.items()
                if permission.split(".")[0] in families
            ),
        )
        for label, families in _GROUPS
    ]


@dataclass(frozen=True, slots=True)
class PlanUsage:
    """One limit of the plan; `offered` how much each plan allows, None without limit."""

    label: Promise
    usage: Usage
    unit: str | Promise = ""
    # Where an administrator chooses which rows stay editable beyond the limit.
    choice: str = ""

    @property
    def gigabytes(self) -> int:
        """The limit of what is counted in megabytes."""
        return (self.usage.limit or 0) // 1000

    @property
    def surplus(self) -> int:
        """How many are beyond the limit."""
        return 0 if self.usage.limit is None else max(0, self.usage.used - self.usage.limit)

    @property
    def over(self) -> bool:
        """More is used than the plan allows: nothing can be added until it fits."""
        return not self.usage.allows(0)

    @property
    def full(self) -> bool:
        """Exactly at the limit."""
        return not self.over and not self.usage.allows(1)


def plan_usage() -> list[PlanUsage]:
    """What the current tenant uses of each limit of its plan."""
    return [
        PlanUsage(_("Membres"), member_usage(), choice="console:surplus_members"),
        PlanUsage(_("Projets"), project_usage(), choice="console:surplus_projects"),
        PlanUsage(_("Fichiers"), storage_usage(), _("Mo")),
    ]


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it is offered. `lacking`: what is used beyond what it allows."""

    plan: Plan
    entitlements: Entitlements
    current: bool
    smaller: bool
    lacking: tuple[tuple[Promise, int, int], ...]

    @property
    def storage_gb(self) -> int:
        """Gigabytes of files."""
        return self.entitlements.storage_mb // 1000


def offers() -> list[Offer]:
    """The three plans, compared with what the tenant uses."""
    subscription = Subscription.objects.first()
    current = PlanCode(subscription.plan) if subscription else PlanCode.STARTER
    uses = plan_usage()
    found = []
    for code, entitlements in ENTITLEMENTS.items():
        limits = (entitlements.members, entitlements.projects, entitlements.storage_mb)
        lacking = tuple(
            (use.label, use.usage.used, limit)
            for use, limit in zip(uses, limits, strict=True)
            if limit is not None and use.usage.used > limit
        )
        smaller = entitlements.price_per_month < ENTITLEMENTS[current].price_per_month
        found.append(Offer(Plan(code.value), entitlements, code is current, smaller, lacking))
    return found


def my_projects(member: Membership) -> QuerySet[Project]:
    """The projects that the member manages, sponsors or works in, those in progress first."""
    mine = Q(manager__membership=member) | Q(sponsor__membership=member)
    team = Q(members__person__membership=member, members__deleted_at=None)
    rows = Project.objects.visible_to(member).filter(mine | team).exclude(phase="closed")
    return rows.select_related("pole", "manager").distinct().order_by("ends_on", "name")


def my_assignments(member: Membership) -> QuerySet[Assignment]:
    """What is left to do by the member's person, soonest first; of projects that they may see."""
    projects = Project.objects.visible_to(member, Permission.PLAN_VIEW)
    return (
        Assignment.objects.filter(
            person__membership=member,
            task__project__in=projects,
            task__deleted_at=None,
            task__kind=TaskKind.TASK,
            task__percent_complete__lt=1,
            task__starts_at__lt=datetime.combine(today() + SOON, time.min),
        )
        .select_related("task__project")
        .order_by("task__ends_at")
    )
