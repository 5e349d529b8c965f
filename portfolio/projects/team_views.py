"""The tab of a project's team."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.projects import actions
from portfolio.projects.forms import MemberForm
from portfolio.projects.models import ProjectMember, ProjectRole
from portfolio.projects.pages import ProjectPage
from portfolio.projects.row_pages import ProjectRowAction, ProjectRowForm, ProjectRowRestore
from tech4value.accounts.permissions import Permission


class TeamView(ProjectPage):
    """Who is in the project, and as what."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/projects/team.html"

    def tab_context(self) -> dict[str, Any]:
        members = ProjectMember.objects.filter(project=self.project).select_related("person__pole", "person__profile")
        # The project's manager has a line already.
        members = members.exclude(person=self.project.manager_id, role=ProjectRole.MANAGER)
        return {
            "members": list(members.order_by("person__name", "pk")),
            "may_edit": self.may(Permission.PROJECT_EDIT),
        }


class MemberForProject(ProjectRowForm):
    """What adding a member and changing their role share."""

    model = ProjectMember

    def make_form(self, data: Any = None, files: Any = None) -> MemberForm:
        fixed = self.row is not None
        initial = {"role": ProjectRole.CONTRIBUTOR}
        if fixed:
            initial = {"role": self.row.role, "version": self.row.version}
        return MemberForm(data, initial=initial, project=self.project, fixed=fixed)

    def back_url(self) -> str:
        return reverse("projects:team", args=[self.project.pk])


class MemberAddView(MemberForProject):
    heading = gettext_lazy("Ajouter une personne à l’équipe")
    button = gettext_lazy("Ajouter à l’équipe")

    def save(self, form: MemberForm) -> str:
        actions.add_project_member(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class MemberEditView(MemberForProject):
    button = gettext_lazy("Enregistrer")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the person
        return _("Rôle de %(name)s") % {"name": self.row.person.name}

    def delete_url(self) -> str:
        return reverse("projects:member_delete", args=[self.row.pk])

    def save(self, form: MemberForm) -> str:
        actions.change_project_member(
            actor=self.request.member.actor, member=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class MemberRemoveView(ProjectRowAction):
    model = ProjectMember

    def act(self, row: ProjectMember) -> None:
        actions.remove_project_member(actor=self.request.member.actor, member=row)

    def next_url(self, row: ProjectMember) -> str:
        return reverse("projects:team", args=[row.project_id])

    def said(self, row: ProjectMember) -> str:
        return _("%(name)s ne fait plus partie de l’équipe.") % {"name": row.person.name}

    def undo_url(self, row: ProjectMember) -> str:
        return reverse("projects:member_restore", args=[row.pk])


class MemberRestoreView(ProjectRowRestore):
    model = ProjectMember

    def act(self, row: ProjectMember) -> None:
        actions.restore_project_member(actor=self.request.member.actor, member=row)
