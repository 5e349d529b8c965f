"""Studies come back from the bin."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.scenarios.optimisation.actions import restore_study
from portfolio.scenarios.optimisation.models import OptimisationStudy
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _studies(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = OptimisationStudy.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.SCENARIO_EDIT) else rows.none()


def _restore(actor: Actor, row: OptimisationStudy) -> None:
    restore_study(actor=actor, study=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    register_kind(BinKind(OptimisationStudy, _("Études d’optimisation"), _studies, _restore, 195, ("studyanswer",)))
