"""Whose time a member may see, and whose weeks they may approve: those of the persons of the poles that they manage,
everybody's for the PMO and administrators. Nobody approves their own week, administrators excepted."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.people.models import Person, Pole
from portfolio.projects.access import may
from portfolio.projects.extensions import ProjectAction
from portfolio.projects.models import Project
from portfolio.timesheets.models import TimeEntry, Timesheet
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role, Scope


def person_of(member: Membership) -> Person | None:
    """The live person that the member is; None when the account is nobody's."""
    found: Person | None = Person.objects.filter(membership=member).select_related("pole", "calendar").first()
    return found


def _in_managed_poles(member: Membership, path: str) -> Q:
    poles = Pole.objects.filter(manager__membership=member, manager__deleted_at=None)
    return Q(**{f"{path}pole__in": poles})


def visible_sheets(member: Membership) -> QuerySet[Any]:
    """The weeks that the member may read as a whole: their own, and those that they may be asked to approve."""
    rows: QuerySet[Any] = Timesheet.objects.filter(person__deleted_at=None)
    if member.scope(Permission.TIME_VIEW) is Scope.ALL or member.scope(Permission.TIME_APPROVE) is Scope.ALL:
        return rows
    if not member.can(Permission.TIME_VIEW):
        return rows.none()
    return rows.filter(Q(person__membership=member) | _in_managed_poles(member, "person__"))


def approvable_sheets(member: Membership) -> QuerySet[Any]:
    """The weeks that the member decides on, whatever their state."""
    rows: QuerySet[Any] = Timesheet.objects.filter(person__deleted_at=None)
    scope = member.scope(Permission.TIME_APPROVE)
    if scope is None:
        return rows.none()
    if scope is not Scope.ALL:
        rows = rows.filter(_in_managed_poles(member, "person__"))
    if member.role != Role.ADMINISTRATOR:
        rows = rows.exclude(person__membership=member)
    return rows


def visible_entries(member: Membership) -> QuerySet[Any]:
    """The times that the member may read: those of the weeks that they see, and those spent on the projects that they
    lead. Days that were emptied are left out."""
    rows: QuerySet[Any] = TimeEntry.objects.filter(
        minutes__gt=0, line__deleted_at=None, line__timesheet__deleted_at=None
    )
    if member.scope(Permission.TIME_VIEW) is Scope.ALL:
        return rows
    if not member.can(Permission.TIME_VIEW):
        return rows.none()
    mine = Person.objects.filter(membership=member).values("pk")
    led = Q(line__project__manager__in=mine) | Q(line__project__sponsor__in=mine)
    own = Q(line__timesheet__person__in=mine)
    return rows.filter(own | led | _in_managed_poles(member, "line__timesheet__person__"))


def actions_on(member: Membership, project: Project) -> Sequence[ProjectAction]:
    """On a project's page: who may enter time there, for those who edit it."""
    if not may(member, Permission.PROJECT_EDIT, project):
        return ()
    url = reverse("timesheets:open_project", args=[project.pk])
    return (ProjectAction(_("Saisie des temps"), url, "clock"),)
