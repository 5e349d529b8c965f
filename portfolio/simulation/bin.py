"""Classes of tasks, estimates and effects of risks come back from the bin."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.projects.bin import deleted_in_projects
from portfolio.simulation import actions
from portfolio.simulation.models import EstimateClass, RiskEffect, TaskEstimate
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _classes(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = EstimateClass.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.ORGANISATION_EDIT) else rows.none()


def _estimates(member: Membership) -> QuerySet[Any]:
    """Those of tasks that are still there, and not estimated again since."""
    rows = deleted_in_projects(TaskEstimate, Permission.PLAN_EDIT)(member)
    again = TaskEstimate.objects.filter(task=OuterRef("task"))
    found: QuerySet[Any] = rows.filter(task__deleted_at=None).exclude(Exists(again))
    return found.select_related("project", "task")


def _effects(member: Membership) -> QuerySet[Any]:
    """Those of risks that are still there, and have no other effect since."""
    rows = deleted_in_projects(RiskEffect, Permission.PLAN_EDIT)(member)
    again = RiskEffect.objects.filter(risk=OuterRef("risk"))
    found: QuerySet[Any] = rows.filter(risk__deleted_at=None).exclude(Exists(again))
    return found.select_related("project", "risk")


def _restore_class(actor: Actor, row: EstimateClass) -> None:
    actions.restore_class(actor=actor, row=row)


def _restore_estimate(actor: Actor, row: TaskEstimate) -> None:
    actions.restore_estimate(actor=actor, row=row)


def _restore_effect(actor: Actor, row: RiskEffect) -> None:
    actions.restore_risk_effect(actor=actor, row=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    register_kind(BinKind(EstimateClass, _("Classes de tâches"), _classes, _restore_class, 170))
    register_kind(BinKind(TaskEstimate, _("Estimations de tâches"), _estimates, _restore_estimate, 172))
    register_kind(BinKind(RiskEffect, _("Effets de risques sur le plan"), _effects, _restore_effect, 174))
