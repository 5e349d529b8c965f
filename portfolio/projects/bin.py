"""What of projects can be brought back from the bin, and by whom: those who may delete it, project by project."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.projects import actions
from portfolio.projects.access import granted
from portfolio.projects.models import Milestone, Programme, Project, ProjectMember, StatusReport
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, Rows, register_kind


def deleted_in_projects(model: Any, permission: Permission) -> Rows:
    """The deleted rows of `model` in the live projects on which the member holds `permission`."""

    def rows(member: Membership) -> QuerySet[Any]:
        found: QuerySet[Any] = model.everything.exclude(deleted_at=None)
        return found.filter(project__in=granted(member, permission)).select_related("project")

    return rows


def _deleted_projects(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = Project.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.PROJECT_DELETE) else rows.none()


def _seen_projects(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = Project.everything.exclude(deleted_at=None).visible_to(member)
    return rows


def _deleted_programmes(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = Programme.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.ORGANISATION_EDIT) else rows.none()


def register_kinds() -> None:
    """Called when the room is ready."""

    def programme(actor: Actor, row: Programme) -> None:
        actions.restore_programme(actor=actor, programme=row)

    def project(actor: Actor, row: Project) -> None:
        actions.restore_project(actor=actor, project=row)

    def milestone(actor: Actor, row: Milestone) -> None:
        actions.restore_milestone(actor=actor, milestone=row)

    def report(actor: Actor, row: StatusReport) -> None:
        actions.restore_status(actor=actor, report=row)

    def team(actor: Actor, row: ProjectMember) -> None:
        actions.restore_project_member(actor=actor, member=row)

    edit = Permission.PROJECT_EDIT
    register_kind(BinKind(Programme, _("Programmes"), _deleted_programmes, programme, 60))
    register_kind(BinKind(Project, _("Projets"), _deleted_projects, project, 70, ("*",), _seen_projects))
    register_kind(BinKind(Milestone, _("Jalons"), deleted_in_projects(Milestone, edit), milestone, 80))
    reports = deleted_in_projects(StatusReport, Permission.STATUS_PUBLISH)
    register_kind(BinKind(StatusReport, _("Points d’avancement"), reports, report, 90))

    def members(member: Membership) -> QuerySet[Any]:
        rows: QuerySet[Any] = deleted_in_projects(ProjectMember, edit)(member)
        return rows.filter(person__deleted_at=None).select_related("person", "project")

    register_kind(BinKind(ProjectMember, _("Équipes de projet"), members, team, 100))
