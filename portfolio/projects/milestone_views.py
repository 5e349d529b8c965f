"""The tab of a project's milestones."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import initial_of
from portfolio.projects import actions
from portfolio.projects.forms import MilestoneForm, ReachForm
from portfolio.projects.models import Milestone
from portfolio.projects.pages import ProjectPage
from portfolio.projects.queries import milestone_status, variance
from portfolio.projects.row_pages import ProjectRowAction, ProjectRowForm, ProjectRowRestore
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today


class MilestonesView(ProjectPage):
    """Every milestone of the project, against what was promised."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/projects/milestones.html"

    def tab_context(self) -> dict[str, Any]:
        day = today()
        rows = Milestone.objects.filter(project=self.project).select_related("owner")
        return {
            "rows": [(one, variance(one, day), milestone_status(one, day)) for one in rows],
            "may_edit": self.may(Permission.PROJECT_EDIT),
        }


class MilestoneForProject(ProjectRowForm):
    """What creating and editing a milestone share."""

    model = Milestone

    def back_url(self) -> str:
        return reverse("projects:milestones", args=[self.project.pk])


class MilestoneCreateView(MilestoneForProject):
    heading = gettext_lazy("Ajouter un jalon")
    button = gettext_lazy("Ajouter le jalon")

    def make_form(self, data: Any = None, files: Any = None) -> MilestoneForm:
        return MilestoneForm(data)

    def save(self, form: MilestoneForm) -> str:
        actions.create_milestone(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class MilestoneEditView(MilestoneForProject):
    heading = gettext_lazy("Modifier le jalon")
    button = gettext_lazy("Enregistrer")

    def make_form(self, data: Any = None, files: Any = None) -> MilestoneForm:
        return MilestoneForm(data, initial=initial_of(self.row, MilestoneForm))

    def delete_url(self) -> str:
        return reverse("projects:milestone_delete", args=[self.row.pk])

    def save(self, form: MilestoneForm) -> str:
        values = form.values
        # An emptied baseline is the due date again, as when the milestone was created.
        values["baseline_on"] = values["baseline_on"] or values["due_on"]
        actions.change_milestone(
            actor=self.request.member.actor, milestone=self.row, values=values, version=form.read_version
        )
        return self.back_url()


class MilestoneReachView(MilestoneForProject):
    heading = gettext_lazy("Déclarer le jalon atteint")
    button = gettext_lazy("Déclarer atteint")

    def make_form(self, data: Any = None, files: Any = None) -> ReachForm:
        return ReachForm(data, initial={"actual_on": today(), "version": self.row.version})

    def save(self, form: ReachForm) -> str:
        actions.reach_milestone(
            actor=self.request.member.actor,
            milestone=self.row,
            on=form.values["actual_on"],
            version=form.read_version,
        )
        return self.back_url()


class MilestoneDeleteView(ProjectRowAction):
    model = Milestone

    def act(self, row: Milestone) -> None:
        actions.delete_milestone(actor=self.request.member.actor, milestone=row)

    def next_url(self, row: Milestone) -> str:
        return reverse("projects:milestones", args=[row.project_id])

    def said(self, row: Milestone) -> str:
        return _("Le jalon « %(name)s » a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Milestone) -> str:
        return reverse("projects:milestone_restore", args=[row.pk])


class MilestoneRestoreView(ProjectRowRestore):
    model = Milestone

    def act(self, row: Milestone) -> None:
        actions.restore_milestone(actor=self.request.member.actor, milestone=row)
