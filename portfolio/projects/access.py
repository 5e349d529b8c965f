"""What a member may do with one project.

The tenant role says how far a permission goes (everywhere, own projects); a role in the project narrows or widens
it there: a manager edits, a contributor updates the plan and the risks, an observer reads. Administrators are not
narrowed, and being sponsor or manager of the project counts as its manager. A project beyond the plan's limit is read
by the same people and changed by nobody.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.projects.models import Project, ProjectMember, ProjectRole
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role, Scope

_READ = {Permission.PROJECT_VIEW, Permission.PLAN_VIEW, Permission.RISK_VIEW, Permission.BUDGET_VIEW}
PROJECT_ROLE_PERMISSIONS: dict[str, set[Permission]] = {
    ProjectRole.MANAGER: _READ
    | {
        Permission.PROJECT_EDIT,
        Permission.STATUS_PUBLISH,
        Permission.PLAN_EDIT,
        Permission.BUDGET_EDIT,
        Permission.RISK_EDIT,
    },
    ProjectRole.CONTRIBUTOR: (_READ - {Permission.BUDGET_VIEW}) | {Permission.PLAN_EDIT, Permission.RISK_EDIT},
    ProjectRole.OBSERVER: _READ - {Permission.BUDGET_VIEW},
}
# What a project beyond the plan's limit refuses to everybody; it can still be deleted, which frees its place.
CHANGING = (PROJECT_ROLE_PERMISSIONS[ProjectRole.MANAGER] - _READ) | {Permission.BUDGET_APPROVE}


def persons_of(member: Membership) -> QuerySet[Any]:
    """The live person that the member is: one in the bin keeps the account, not what it may do."""
    persons: QuerySet[Any] = Person.objects.filter(membership=member)
    return persons.values("pk")


def leads(member: Membership, project: Project) -> bool:
    """Whether the member manages or sponsors `project`."""
    return any(
        person is not None and person.deleted_at is None and person.membership_id == member.pk
        for person in (project.manager, project.sponsor)
    )


def project_role(member: Membership, project: Project) -> str | None:
    """The member's role in `project`, None for none."""
    if leads(member, project):
        return ProjectRole.MANAGER
    return (
        ProjectMember.objects.filter(project=project, person__in=persons_of(member))
        .values_list("role", flat=True)
        .first()
    )


def may(member: Membership, permission: Permission, project: Project) -> bool:
    """Whether `member` holds `permission` on `project`."""
    return allows(member, permission, project, project_role(member, project))


def allows(member: Membership, permission: Permission, project: Project, role: str | None) -> bool:
    """Whether `member` holds `permission` on `project`, where their role is `role`."""
    if not member.lets(permission) or (project.read_only and permission in CHANGING):
        return False
    scope = member.scope(permission)
    if member.role == Role.ADMINISTRATOR:
        return scope is not None
    # No role in a project says anything of what roles do not govern (deleting it, for one).
    if role is None or permission not in PROJECT_ROLE_PERMISSIONS[ProjectRole.MANAGER]:
        return scope is Scope.ALL
    # Reading is never narrowed; writing follows the role in the project, within what the tenant role can do at all.
    if permission in _READ and scope is Scope.ALL:
        return True
    granted = permission in PROJECT_ROLE_PERMISSIONS[role]
    return granted and (scope is not None or member.role == Role.TEAM_MEMBER)


def demand(member: Membership, permission: Permission, project: Project) -> None:
    """Raise PermissionDenied (403) unless `member` holds `permission` on `project`, which they may see. It says why
    when it is the plan's limit that refuses."""
    if may(member, permission, project):
        return
    raise PermissionDenied(member.refusal(permission) or _refusal(project, permission))


def demand_all(member: Membership, permission: Permission, projects: Iterable[Project]) -> None:
    """`demand` for many projects, in a few statements."""
    wanted = {project.pk: project for project in projects}
    held = set(granted(member, permission).filter(pk__in=wanted).values_list("pk", flat=True))
    for key, project in wanted.items():
        if key not in held:
            demand(member, permission, project)


def _refusal(project: Project, permission: Permission) -> str:
    if not project.read_only or permission not in CHANGING:
        return ""
    return _(
        "« %(name)s » est en lecture seule : votre organisation a plus de projets que sa formule n’en permet. Un "
        "administrateur peut choisir les projets modifiables dans Réglages, Formule."
    ) % {"name": project.name}


def granted(member: Membership, permission: Permission) -> QuerySet[Any]:
    """The live projects on which `member` holds `permission`: `may` for all of them at once."""
    projects: QuerySet[Any] = Project.objects.all()
    if not member.lets(permission):
        return projects.none()
    if permission in CHANGING:
        projects = projects.filter(read_only=False)
    scope = member.scope(permission)
    if member.role == Role.ADMINISTRATOR or permission not in PROJECT_ROLE_PERMISSIONS[ProjectRole.MANAGER]:
        return projects if scope is Scope.ALL else projects.none()
    if permission in _READ and scope is Scope.ALL:
        return projects
    person = persons_of(member)
    roles = [role for role, held in PROJECT_ROLE_PERMISSIONS.items() if permission in held]
    in_team = ProjectMember.objects.filter(person__in=person)
    held = Q(manager__in=person) | Q(sponsor__in=person) | Q(pk__in=in_team.filter(role__in=roles).values("project"))
    if scope is None and member.role != Role.TEAM_MEMBER:
        return projects.none()
    if scope is Scope.ALL:
        return projects.filter(held | ~Q(pk__in=in_team.values("project")))
    return projects.filter(held)
