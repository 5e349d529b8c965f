"""Templates and roles come back from the bin."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.governance.actions import restore_template
from portfolio.governance.models import ProjectTemplate, TeamRole
from portfolio.governance.role_actions import restore_team_role
from portfolio.projects.bin import deleted_in_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _templates(member: Membership) -> QuerySet[Any]:
    rows = ProjectTemplate.everything.filter(deleted_at__isnull=False)
    found: QuerySet[Any] = rows if member.can(Permission.TEMPLATE_EDIT) else rows.none()
    return found


def _restore_template(actor: Actor, row: ProjectTemplate) -> None:
    restore_template(actor=actor, template=row)


def _restore_role(actor: Actor, row: TeamRole) -> None:
    restore_team_role(actor=actor, role=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    register_kind(BinKind(ProjectTemplate, _("Modèles de projet"), _templates, _restore_template, 150))
    register_kind(
        BinKind(
            TeamRole,
            _("Rôles de projet"),
            deleted_in_projects(TeamRole, Permission.PROJECT_EDIT),
            _restore_role,
            160,
            owns=("responsibility",),
        )
    )
