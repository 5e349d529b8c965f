"""The tab of a project's status reports."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import initial_of
from portfolio.people.pages import page_of
from portfolio.projects import actions
from portfolio.projects.forms import StatusForm
from portfolio.projects.models import StatusReport, Trend
from portfolio.projects.pages import ProjectPage
from portfolio.projects.row_pages import ProjectRowAction, ProjectRowForm, ProjectRowRestore
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today


class StatusView(ProjectPage):
    """Every dated report, newest first."""

    permission = Permission.PROJECT_VIEW
    template_name = "portfolio/projects/status.html"

    def tab_context(self) -> dict[str, Any]:
        return {
            "page": page_of(self.request, StatusReport.objects.filter(project=self.project), 24),
            "may_publish": self.may(Permission.STATUS_PUBLISH),
        }


class StatusForProject(ProjectRowForm):
    """What publishing and correcting a report share."""

    model = StatusReport
    needs = Permission.STATUS_PUBLISH

    def back_url(self) -> str:
        return reverse("projects:status", args=[self.project.pk])


class StatusPublishView(StatusForProject):
    heading = gettext_lazy("Publier un point d’avancement")
    button = gettext_lazy("Publier le point")

    def make_form(self, data: Any = None, files: Any = None) -> StatusForm:
        last = StatusReport.objects.filter(project=self.project).first()
        weather = {} if last is None else {"weather": last.weather}
        return StatusForm(data, initial={"reported_on": today(), "trend": Trend.FLAT, **weather})

    def save(self, form: StatusForm) -> str:
        actions.publish_status(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class StatusEditView(StatusForProject):
    heading = gettext_lazy("Corriger le point d’avancement")
    button = gettext_lazy("Enregistrer")

    def make_form(self, data: Any = None, files: Any = None) -> StatusForm:
        return StatusForm(data, initial=initial_of(self.row, StatusForm))

    def delete_url(self) -> str:
        return reverse("projects:status_delete", args=[self.row.pk])

    def save(self, form: StatusForm) -> str:
        actions.change_status(
            actor=self.request.member.actor, report=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class StatusDeleteView(ProjectRowAction):
    model = StatusReport
    needs = Permission.STATUS_PUBLISH

    def act(self, row: StatusReport) -> None:
        actions.delete_status(actor=self.request.member.actor, report=row)

    def next_url(self, row: StatusReport) -> str:
        return reverse("projects:status", args=[row.project_id])

    def said(self, row: StatusReport) -> str:
        return _("Le point du %(date)s a été supprimé.") % {"date": f"{row.reported_on:%d/%m/%Y}"}

    def undo_url(self, row: StatusReport) -> str:
        return reverse("projects:status_restore", args=[row.pk])


class StatusRestoreView(ProjectRowRestore):
    model = StatusReport
    needs = Permission.STATUS_PUBLISH

    def act(self, row: StatusReport) -> None:
        actions.restore_status(actor=self.request.member.actor, report=row)
