"""The tab of a project's roles: who holds them, and the matrix of responsibilities."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.governance import role_actions
from portfolio.governance.forms import TeamRoleForm
from portfolio.governance.models import Letter, Responsibility, TeamRole, TemplateUse
from portfolio.people.forms import initial_of
from portfolio.people.pages import RowFormView
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.projects.row_pages import ProjectRowAction, ProjectRowForm, ProjectRowRestore
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast


def deliverables(project: Project, marks: dict[tuple[UUID, UUID], str]) -> list[Task]:
    """The lines of the plan that the matrix speaks of: summaries, milestones, and tasks with more than their doer."""
    told = {task for (_role, task), letter in marks.items() if letter != Letter.RESPONSIBLE}
    rows = Task.objects.filter(project=project).order_by("position")
    return [task for task in rows if task.kind != TaskKind.TASK or task.pk in told]


def letters_of(project: Project) -> dict[tuple[UUID, UUID], str]:
    """The letters of the project's roles on the lines of its plan."""
    rows = Responsibility.objects.filter(project=project, role__deleted_at=None, task__deleted_at=None)
    return {(role, task): letter for role, task, letter in rows.values_list("role_id", "task_id", "letter")}


class ProjectRolesView(ProjectPage):
    """Roles, holders, letters."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/governance/project.html"

    def tab_context(self) -> dict[str, Any]:
        roles = list(TeamRole.objects.filter(project=self.project).select_related("person"))
        marks = letters_of(self.project)
        counts: dict[UUID, int] = {}
        for (role, _task), letter in marks.items():
            counts[role] = counts.get(role, 0) + (letter == Letter.RESPONSIBLE)
        lines = deliverables(self.project, marks)
        return {
            "roles": [(role, counts.get(role.pk, 0)) for role in roles],
            "unstaffed": sum(1 for role in roles if role.person_id is None),
            "matrix": [(line, [marks.get((role.pk, line.pk), "") for role in roles]) for line in lines]
            if roles
            else [],
            "may_edit": self.may(Permission.PROJECT_EDIT),
            "use": TemplateUse.objects.filter(project=self.project).first(),
        }


class OfRole(ProjectRowForm):
    """What creating and changing a role share."""

    model = TeamRole

    def back_url(self) -> str:
        return reverse("governance:project", args=[self.project.pk])


class RoleCreateView(OfRole):
    heading = gettext_lazy("Ajouter un rôle")
    button = gettext_lazy("Ajouter le rôle")

    def make_form(self, data: Any = None, files: Any = None) -> TeamRoleForm:
        return TeamRoleForm(data)

    def save(self, form: TeamRoleForm) -> str:
        role_actions.create_team_role(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class RoleEditView(OfRole):
    heading = gettext_lazy("Modifier le rôle")
    button = gettext_lazy("Enregistrer")

    def make_form(self, data: Any = None, files: Any = None) -> TeamRoleForm:
        return TeamRoleForm(data, initial=initial_of(self.row, TeamRoleForm))

    def delete_url(self) -> str:
        return reverse("governance:team_role_delete", args=[self.row.pk])

    def save(self, form: TeamRoleForm) -> str:
        role_actions.change_team_role(
            actor=self.request.member.actor, role=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class TeamRoleDeleteView(ProjectRowAction):
    model = TeamRole

    def act(self, row: TeamRole) -> None:
        role_actions.delete_team_role(actor=self.request.member.actor, role=row)

    def next_url(self, row: TeamRole) -> str:
        return reverse("governance:project", args=[row.project_id])

    def said(self, row: TeamRole) -> str:
        return _("Le rôle « %(name)s » a été supprimé.") % {"name": row.name}

    def undo_url(self, row: TeamRole) -> str:
        return reverse("governance:team_role_restore", args=[row.pk])


class TeamRoleRestoreView(ProjectRowRestore):
    model = TeamRole

    def act(self, row: TeamRole) -> None:
        role_actions.restore_team_role(actor=self.request.member.actor, role=row)


class ProjectRaciForm(forms.Form):
    """A letter for each line and role of a project. Only what the person changed is written."""

    def __init__(
        self, roles: list[TeamRole], lines: list[Task], marks: dict[tuple[UUID, UUID], str], data: Any = None
    ) -> None:
        super().__init__(data)
        self.role_list, self.lines = roles, lines
        choices = [("", "—"), *((letter, letter) for letter in Letter.values)]
        for line in lines:
            for role in roles:
                name, letter = f"raci-{line.pk}-{role.pk}", marks.get((role.pk, line.pk), "")
                label = _("%(role)s, %(line)s") % {"role": role.name, "line": line.name}
                self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=letter)

    def table(self) -> list[tuple[Task, list[forms.BoundField]]]:
        """The rows of the matrix."""
        return [(line, [self[f"raci-{line.pk}-{role.pk}"] for role in self.role_list]) for line in self.lines]

    def letters(self) -> dict[tuple[UUID, UUID], str]:
        """The letters that were changed."""
        return {
            (role.pk, line.pk): self.cleaned_data[f"raci-{line.pk}-{role.pk}"]
            for line in self.lines
            for role in self.role_list
            if f"raci-{line.pk}-{role.pk}" in self.changed_data
        }


class ProjectRaciView(OfProject, RowFormView):
    """The matrix of a project, to be changed."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/governance/raci_form.html"
    heading = gettext_lazy("Responsabilités (RACI)")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.demand(Permission.PROJECT_EDIT)
        self.roles = list(TeamRole.objects.filter(project=self.project))
        self.marks = letters_of(self.project)
        self.lines = deliverables(self.project, self.marks)

    def make_form(self, data: Any = None, files: Any = None) -> ProjectRaciForm:
        return ProjectRaciForm(self.roles, self.lines, self.marks, data)

    def back_url(self) -> str:
        return reverse("governance:project", args=[self.project.pk])

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "role_list": self.roles, "project": self.project}

    def save(self, form: ProjectRaciForm) -> str:
        role_actions.set_letters(actor=self.request.member.actor, project=self.project, letters=form.letters())
        toast(self.request, _("Les responsabilités sont enregistrées."))
        return self.back_url()
