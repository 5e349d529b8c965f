"""Screens of projects: the list, create, edit, delete, and the summary of one. Its other tabs: `*_views`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.forms import initial_of
from portfolio.people.models import Person, Pole
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text
from portfolio.projects import actions
from portfolio.projects.access import demand
from portfolio.projects.changes import recent_changes
from portfolio.projects.extensions import actions_of, facts_of, starts_for
from portfolio.projects.forms import ProjectForm
from portfolio.projects.lists import ProjectTable
from portfolio.projects.models import Method, Milestone, Phase, Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from portfolio.projects.queries import (
    elapsed_share,
    milestone_chart,
    variance,
)
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.fields.values import fields_of
from tech4value.tables.pages import TablePage, TableView
from tech4value.tenancy.clock import today
from tech4value.web.field_values import shown_fields

HALF_YEAR = timedelta(days=182)


def import_url(member: Membership) -> str:
    """Where a portfolio is imported, empty for those who may not (or without that room)."""
    if not member.can(Permission.IMPORT_RUN):
        return ""
    try:
        return reverse("imports:start")
    except NoReverseMatch:
        return ""


class ProjectsView(TableView):
    """The portfolio, one project a row."""

    permission = Permission.PROJECT_VIEW
    table = ProjectTable
    template_name = "portfolio/projects/list.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        member = self.request.member
        return {"may_create": member.can(Permission.PROJECT_CREATE), "import_url": import_url(member)}


class ProjectCreateView(RowFormView):
    permission = Permission.PROJECT_CREATE
    template_name = "portfolio/projects/form.html"
    heading = gettext_lazy("Créer un projet")
    button = gettext_lazy("Créer le projet")

    def make_form(self, data: Any = None, files: Any = None) -> ProjectForm:
        day = today()
        initial: dict[str, Any] = {
            "method": Method.HYBRID,
            "phase": Phase.FRAMING,
            "starts_on": day,
            "ends_on": day + HALF_YEAR,
        }
        if self.request.member.role == Role.PROJECT_MANAGER:
            initial["manager"] = Person.objects.filter(membership=self.request.member).first()
        return ProjectForm(data, initial=initial)

    def back_url(self) -> str:
        return reverse("projects:list")

    def extra_context(self) -> dict[str, Any]:
        usage = actions.project_usage()
        return {
            **super().extra_context(),
            "without_pole": not Pole.objects.exists(),
            "usage": None if usage.limit is None else usage,
            "starts": starts_for(self.request.member),
        }

    def save(self, form: ProjectForm) -> str:
        project = actions.create_project(actor=self.request.member.actor, **form.values)
        return reverse("projects:detail", args=[project.pk])


class ProjectEditView(OfProject, RowFormView):
    permission = Permission.PROJECT_VIEW
    write_permission = Permission.PROJECT_VIEW
    template_name = "portfolio/projects/form.html"
    heading = gettext_lazy("Modifier le projet")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = self.project
        self.demand(Permission.PROJECT_EDIT)

    def make_form(self, data: Any = None, files: Any = None) -> ProjectForm:
        return ProjectForm(data, initial=initial_of(self.row, ProjectForm), custom=self.row.custom_fields)

    def back_url(self) -> str:
        return reverse("projects:detail", args=[self.project.pk])

    def parents(self) -> Sequence[tuple[Text, str]]:
        return parents_in(self.project, self.back_url())

    def delete_url(self) -> str:
        may = self.may(Permission.PROJECT_DELETE)
        return reverse("projects:delete", args=[self.project.pk]) if may else ""

    def save(self, form: ProjectForm) -> str:
        actions.change_project(
            actor=self.request.member.actor, project=self.project, values=form.values, version=form.read_version
        )
        return self.back_url()


class ProjectDeleteView(RowActionView):
    permission = Permission.PROJECT_VIEW

    def fetch(self) -> Project:
        project = get_object_or_404(Project.objects.visible_to(self.request.member), pk=self.kwargs["project_id"])
        demand(self.request.member, Permission.PROJECT_DELETE, project)
        return project

    def act(self, row: Project) -> None:
        actions.delete_project(actor=self.request.member.actor, project=row)

    def next_url(self, row: Project) -> str:
        return reverse("projects:list")

    def said(self, row: Project) -> str:
        return _("Le projet %(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Project) -> str:
        return reverse("projects:restore", args=[row.pk])


class ProjectRestoreView(RestoreView):
    permission = Permission.PROJECT_DELETE

    def fetch(self) -> Project:
        rows = Project.everything.filter(deleted_at__isnull=False).visible_to(self.request.member)
        project = get_object_or_404(rows, pk=self.kwargs["project_id"])
        demand(self.request.member, Permission.PROJECT_DELETE, project)
        return project

    def act(self, row: Project) -> None:
        actions.restore_project(actor=self.request.member.actor, project=row)


class ProjectView(ProjectPage):
    """The summary: what the project is for, where it stands, what comes next, who is in it, what changed."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/projects/summary.html"

    def tab_context(self) -> dict[str, Any]:
        day = today()
        milestones = list(Milestone.objects.filter(project=self.project))
        leads = {self.project.manager_id, self.project.sponsor_id}
        members = self.project.members.select_related("person").order_by("person__name")
        gaps = [variance(milestone, day) for milestone in milestones]
        overdue = sum(1 for gap in gaps if gap.overdue)
        slipping = sum(1 for gap in gaps if gap.late and not gap.met and not gap.overdue)
        reached = sum(1 for milestone in milestones if milestone.actual_on is not None)
        return {
            "latest": self.project.status_reports.first(),
            "custom": shown_fields(fields_of("project"), self.project.custom_fields),
            "team": [member for member in members if member.person_id not in leads],
            "milestones": milestones,
            "chart": milestone_chart(milestones, day, milestones_title(len(milestones), reached, overdue, slipping)),
            "next": next((one for one in milestones if one.actual_on is None), None),
            "reached": reached,
            "reached_share": reached / len(milestones) if milestones else None,
            "elapsed": elapsed_share(self.project, day),
            "days_left": (self.project.ends_on - day).days,
            "facts": facts_of(self.request.member, self.project),
            "extra_actions": actions_of(self.request.member, self.project),
            "changes": recent_changes(self.request.member, self.project, self.role),
            "may_edit": self.may(Permission.PROJECT_EDIT),
            "may_publish": self.may(Permission.STATUS_PUBLISH),
        }


def milestones_title(total: int, reached: int, overdue: int, slipping: int) -> str:
    """The message of the milestones' chart."""
    words = ngettext("Jalon atteint : %(reached)s sur %(n)s", "Jalons atteints : %(reached)s sur %(n)s", total)
    parts = [words % {"reached": reached, "n": total}]
    if overdue:
        parts.append(ngettext("%(n)s en retard", "%(n)s en retard", overdue) % {"n": overdue})
    if slipping:
        parts.append(ngettext("%(n)s glisse", "%(n)s glissent", slipping) % {"n": slipping})
    if not overdue and not slipping:
        parts.append(_("aucun en retard"))
    return ", ".join(parts)
