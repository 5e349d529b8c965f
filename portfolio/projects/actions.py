"""Every write on programmes, projects and their members. Milestones and status reports: `milestone_actions`,
`status_actions`; all are offered here, so that callers know one address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.people.models import Person, Pole
from portfolio.people.validation import changed, cleaned, refuse_disorder, refuse_repeated, refuse_twin, values_of
from portfolio.projects.milestone_actions import (
    change_milestone,
    change_milestones,
    create_milestone,
    create_milestones,
    delete_milestone,
    reach_milestone,
    restore_milestone,
)
from portfolio.projects.models import Programme, Project, ProjectMember, ProjectRole
from portfolio.projects.status_actions import (
    change_status,
    delete_status,
    publish_status,
    publish_statuses,
    restore_status,
)
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update, update_many
from tech4value.billing.entitlements import Usage
from tech4value.billing.queries import entitlements, reserve
from tech4value.fields.values import fields_of, with_custom

__all__ = [
    "add_project_member",
    "add_project_members",
    "change_milestone",
    "change_milestones",
    "change_programme",
    "change_project",
    "change_project_member",
    "change_projects",
    "change_status",
    "create_milestone",
    "create_milestones",
    "create_programme",
    "create_project",
    "create_projects",
    "delete_milestone",
    "delete_programme",
    "delete_project",
    "delete_status",
    "project_usage",
    "publish_status",
    "publish_statuses",
    "reach_milestone",
    "remove_project_member",
    "restore_milestone",
    "restore_programme",
    "restore_project",
    "restore_project_member",
    "restore_status",
]


def create_programme(*, actor: Actor, code: str, name: str, **fields: Any) -> Programme:
    """A new programme. Raises ValidationError when its code is taken."""
    return create(actor, _checked_programme(cleaned(Programme(code=code.strip(), name=name.strip(), **fields))))


def change_programme(
    *, actor: Actor, programme: Programme, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a programme; returns whether anything differed."""
    candidate = _checked_programme(changed(programme, values))
    return update(actor, programme, values_of(candidate, values), version=version)


def delete_programme(*, actor: Actor, programme: Programme) -> None:
    """Delete a programme that holds no project."""
    projects = Project.objects.filter(programme=programme).count()
    if projects:
        raise ValidationError(
            ngettext(
                "Ce programme porte encore %(n)s projet : changez-le de programme d’abord.",
                "Ce programme porte encore %(n)s projets : changez-les de programme d’abord.",
                projects,
            )
            % {"n": projects}
        )
    delete(actor, programme)


def restore_programme(*, actor: Actor, programme: Programme) -> None:
    """Bring a deleted programme back."""
    _checked_programme(programme)
    restore(actor, programme)


def _checked_programme(programme: Programme) -> Programme:
    taken = _("Le code %(code)s est déjà celui d’un programme : choisissez-en un autre.") % {"code": programme.code}
    refuse_twin(programme, taken, "code")
    return programme


def project_usage() -> Usage:
    """Projects of the tenant, against what its plan allows; closed ones count, deleted ones do not."""
    return Usage(Project.objects.count(), entitlements().projects)


def create_project(*, actor: Actor, code: str, name: str, pole: Pole, **fields: Any) -> Project:
    """A new project. Raises ValidationError over the plan's limit, or when its code is taken."""
    reserve(project_usage, _("projets"))
    row = Project(code=code.strip(), name=name.strip(), pole=pole, **with_custom("project", fields))
    return create(actor, _checked_project(cleaned(row)))


def create_projects(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[Project]:
    """Many projects in a few statements, as an import needs; the same rules as for one."""
    reserve(project_usage, _("projets"), more=len(values))
    definitions = fields_of("project") if any(one.get("custom_fields") for one in values) else []
    rows = [cleaned(Project(**with_custom("project", one, fields=definitions))) for one in values]
    codes = [row.code for row in rows]
    refuse_repeated(codes, "code", _("Le code %(key)s figure deux fois."))
    taken = Project.objects.filter(code__in=codes).values_list("code", flat=True).first()
    if taken:
        raise ValidationError({"code": _code_taken(taken)})
    for row in rows:
        _check_project_dates(row)
    return create_many(actor, rows)


def change_project(*, actor: Actor, project: Project, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a project; returns whether anything differed."""
    values = with_custom("project", values, project.custom_fields)
    candidate = _checked_project(changed(project, values))
    return update(actor, project, values_of(candidate, values), version=version)


def change_projects(*, actor: Actor, changes: Sequence[tuple[Project, Mapping[str, Any]]]) -> list[Project]:
    """Change many projects in a few statements, their codes excepted; returns those that differed.

    The rows must have been read under a lock.
    """
    wanted = []
    definitions = fields_of("project") if any(values.get("custom_fields") for _row, values in changes) else []
    for project, given in changes:
        values = with_custom("project", given, project.custom_fields, fields=definitions)
        candidate = changed(project, values)
        _check_project_dates(candidate)
        wanted.append((project, values_of(candidate, set(values) - {"code"})))
    return update_many(actor, wanted)


def delete_project(*, actor: Actor, project: Project) -> None:
    """Take a project out of the portfolio, with all that hangs on it; the delete can be undone."""
    delete(actor, project)


def restore_project(*, actor: Actor, project: Project) -> None:
    """Bring a deleted project back. Raises ValidationError over the plan's limit or when its code was taken since."""
    reserve(project_usage, _("projets"))
    _checked_project(project)
    restore(actor, project)


def _checked_project(project: Project) -> Project:
    refuse_twin(project, _code_taken(project.code), "code")
    _check_project_dates(project)
    return project


def _check_project_dates(project: Project) -> None:
    message = _("La fin précède le début : corrigez l’une des deux dates.")
    refuse_disorder(project.starts_on, project.ends_on, "ends_on", message)


def _code_taken(code: str) -> str:
    return _("Le code %(code)s est déjà celui d’un projet : choisissez-en un autre.") % {"code": code}


def add_project_member(
    *, actor: Actor, project: Project, person: Person, role: str = ProjectRole.CONTRIBUTOR
) -> ProjectMember:
    """Let a person into a project's team. Raises ValidationError when they are in it."""
    return create(actor, _checked_member(cleaned(ProjectMember(project=project, person=person, role=role))))


def add_project_members(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[ProjectMember]:
    """Many members, of one project or several, in a few statements; those who are in it already are refused."""
    rows = [cleaned(ProjectMember(**one)) for one in values]
    held = set(
        ProjectMember.objects.filter(project__in={row.project_id for row in rows}).values_list("project", "person")
    )
    for row in rows:
        if (row.project_id, row.person_id) in held:
            raise ValidationError({"person": _already_in(row)})
        held.add((row.project_id, row.person_id))
    return create_many(actor, rows)


def change_project_member(
    *, actor: Actor, member: ProjectMember, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a member's role in the project; returns whether anything differed."""
    candidate = _checked_member(changed(member, values))
    return update(actor, member, values_of(candidate, values), version=version)


def remove_project_member(*, actor: Actor, member: ProjectMember) -> None:
    """Take a person off the project's team."""
    delete(actor, member)


def restore_project_member(*, actor: Actor, member: ProjectMember) -> None:
    """Bring a removed member back into the team."""
    _checked_member(member)
    restore(actor, member)


def _checked_member(member: ProjectMember) -> ProjectMember:
    refuse_twin(member, _already_in(member), "project", "person")
    return member


def _already_in(member: ProjectMember) -> str:
    return _("%(person)s est déjà dans l’équipe : modifiez plutôt son rôle.") % {"person": member.person.name}
