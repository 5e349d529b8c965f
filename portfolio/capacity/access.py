"""Who books whom: those who may change the plan of the project, and those who keep the people."""

from django.core.exceptions import PermissionDenied

from portfolio.projects.access import may
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


def may_book(member: Membership, project: Project) -> bool:
    """Whether `member` may allocate people to `project`."""
    return may(member, Permission.PLAN_EDIT, project) or keeps_people(member, project)


def keeps_people(member: Membership, project: Project) -> bool:
    """Whether `member` answers the requests of `project`: who keeps the people, unless it is read only."""
    return member.can(Permission.PEOPLE_EDIT) and not project.read_only


def demand_booking(member: Membership, project: Project) -> None:
    """403 unless `member` may allocate people to `project`."""
    if not may_book(member, project):
        raise PermissionDenied


def demand_answering(member: Membership, project: Project) -> None:
    """403 unless `member` answers the requests of `project`."""
    if not keeps_people(member, project):
        raise PermissionDenied
