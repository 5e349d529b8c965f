"""Risks come back from the bin."""

from django.utils.translation import gettext_lazy as _

from portfolio.projects.bin import deleted_in_projects
from portfolio.risks.actions import restore_risk
from portfolio.risks.models import Risk
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _restore(actor: Actor, row: Risk) -> None:
    restore_risk(actor=actor, risk=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    rows = deleted_in_projects(Risk, Permission.RISK_EDIT)
    register_kind(BinKind(Risk, _("Risques"), rows, _restore, 140, ("riskeffect",)))
