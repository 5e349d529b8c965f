"""Every write on the roles of a project and their letters."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portfolio.governance.models import Letter, Responsibility, TeamRole
from portfolio.people.models import Person
from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.planning.scheduling import lock_plan
from portfolio.projects.actions import add_project_member
from portfolio.projects.models import Project, ProjectMember
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, delete_many, restore, update, update_many


@transaction.atomic
def create_team_role(
    *, actor: Actor, project: Project, name: str, mission: str = "", person: Person | None = None
) -> TeamRole:
    """A role that the project needs. Raises ValidationError when it has one of that name."""
    last = TeamRole.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    row = TeamRole(
        project=project,
        name=name.strip(),
        mission=mission,
        person=person,
        position=0 if last is None else last + 1,
    )
    role = create(actor, _checked(cleaned(row)))
    if person is not None:
        _join(actor, project, person)
    return role


@transaction.atomic
def change_team_role(*, actor: Actor, role: TeamRole, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a role. Whoever comes to hold it joins the team and the tasks that the role does (R) and nobody has
    begun; whoever leaves it leaves those tasks."""
    before = role.person_id
    candidate = _checked(changed(role, values))
    differs = update(actor, role, values_of(candidate, values), version=version)
    if differs and role.person_id != before:
        _hand_over(actor, role, before)
    return differs


def delete_team_role(*, actor: Actor, role: TeamRole) -> None:
    """Take a role off the project, with its letters; people stay on their tasks."""
    delete(actor, role)


def restore_team_role(*, actor: Actor, role: TeamRole) -> None:
    """Bring a deleted role back."""
    _checked(role)
    restore(actor, role)


@transaction.atomic
def set_letters(*, actor: Actor, project: Project, letters: Mapping[tuple[UUID, UUID], str]) -> int:
    """Set the letters of roles on lines of the plan: {(role, task): "R"}, an empty letter takes it off. Returns how
    many changed. Raises ValidationError for a second A on a line, or for a role or line of another project."""
    lock_plan(project)
    roles = {role.pk: role for role in TeamRole.objects.filter(project=project)}
    tasks = {task.pk: task for task in Task.objects.filter(project=project)}
    held = {(row.role_id, row.task_id): row for row in Responsibility.objects.filter(project=project)}
    for (role, task), letter in letters.items():
        if role not in roles or task not in tasks:
            raise ValidationError(_("Ce rôle ou cette ligne n’est pas de ce projet. Rechargez la page."))
        if letter and letter not in Letter.values:
            raise ValidationError(_("« %(value)s » n’est pas une lettre RACI : R, A, C ou I.") % {"value": letter})
    after = {place: row.letter for place, row in held.items() if place[0] in roles and place[1] in tasks}
    after = {place: letter for place, letter in (after | dict(letters)).items() if letter}
    accountable: dict[UUID, UUID] = {}
    for (role, task), letter in after.items():
        if letter == Letter.ACCOUNTABLE:
            if task in accountable:
                raise ValidationError(
                    _("« %(name)s » a deux responsables finaux (A) : %(one)s et %(other)s. Gardez-en un.")
                    % {"name": tasks[task].name, "one": roles[accountable[task]].name, "other": roles[role].name}
                )
            accountable[task] = role
    gone = [held[place] for place, letter in letters.items() if not letter and place in held]
    new = [
        Responsibility(project=project, role=roles[place[0]], task=tasks[place[1]], letter=letter)
        for place, letter in letters.items()
        if letter and place not in held
    ]
    delete_many(actor, gone)
    create_many(actor, new)
    moved = update_many(
        actor,
        [(held[place], {"letter": letter}) for place, letter in letters.items() if letter and place in held],
    )
    return len(gone) + len(new) + len(moved)


def _hand_over(actor: Actor, role: TeamRole, before: UUID | None) -> None:
    project = role.project
    lock_plan(project)
    done = Responsibility.objects.filter(role=role, letter=Letter.RESPONSIBLE, task__deleted_at=None)
    tasks = list(
        Task.objects.filter(pk__in=done.values("task"), kind=TaskKind.TASK, percent_complete=0).order_by("position")
    )
    held = Assignment.objects.filter(task__in=tasks)
    taken = {row.task_id for row in held if row.person_id == role.person_id}
    delete_many(actor, [row for row in held if before is not None and row.person_id == before])
    person = role.person
    if person is None:
        return
    _join(actor, project, person)
    create_many(
        actor,
        [
            Assignment(
                project=project, task=task, person=person, work_minutes=task.work_minutes or task.duration_minutes
            )
            for task in tasks
            if task.pk not in taken
        ],
    )


def _join(actor: Actor, project: Project, person: Person) -> None:
    """The person is in the team, unless they lead it or are in it already."""
    if person.pk in {project.manager_id, project.sponsor_id}:
        return
    if not ProjectMember.objects.filter(project=project, person=person).exists():
        add_project_member(actor=actor, project=project, person=person)


def _checked(role: TeamRole) -> TeamRole:
    message = _("Ce projet a déjà un rôle « %(name)s » : choisissez un autre nom.") % {"name": role.name}
    refuse_twin(role, message, "project", "name")
    return role
