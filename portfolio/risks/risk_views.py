"""One risk: its page, its forms, and what can be done with it."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RestoreView, RowActionView, RowFormView, layout
from portfolio.projects.access import may
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject
from portfolio.risks.actions import (
    change_risk,
    close_risk,
    create_risk,
    delete_risk,
    reopen_risk,
    restore_risk,
)
from portfolio.risks.forms import IMPACTS, PROBABILITIES, RiskForm, RiskOfProjectForm
from portfolio.risks.history import changes_of
from portfolio.risks.models import Risk, RiskStatus
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, came_from


class OfRisk(OfProject):
    """What a view of one risk needs; its route takes `pk`."""

    permission = Permission.RISK_VIEW
    rows: Any = staticmethod(lambda: Risk.objects.all())

    def project_id(self) -> UUID:
        return self.risk.project_id

    @cached_property
    def risk(self) -> Risk:
        """The risk, through the projects that the member may see."""
        projects = Project.objects.visible_to(self.request.member, Permission.RISK_VIEW)
        rows = self.rows().filter(project__in=projects).select_related("owner", "project")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def fetch(self) -> Risk:
        """The risk, once the member's right to change it is sure."""
        risk = self.risk
        self.demand(Permission.RISK_EDIT)
        return risk


class RiskView(OfRisk, MemberView):
    """One risk: in the panel from the register, or as a page."""

    def get(self, request: Any, pk: UUID) -> HttpResponse:
        context = {
            "layout": layout(request),
            "risk": self.risk,
            "project": self.project,
            "probability": dict(PROBABILITIES)[self.risk.probability],
            "impact": dict(IMPACTS)[self.risk.impact],
            "overdue": self.risk.is_overdue(today()),
            "changes": changes_of(self.risk),
            "may_edit": self.may(Permission.RISK_EDIT),
        }
        return render(request, "portfolio/risks/risk.html", context)


class RiskFormView(RowFormView):
    """What declaring and changing a risk share."""

    permission = Permission.RISK_VIEW
    write_permission = Permission.RISK_EDIT
    template_name = "portfolio/risks/form.html"

    def back_to(self, page: str) -> str:
        """`page`, or the register as it was shown when the form was opened from it: filters kept."""
        return came_from(self.request, page, reverse("risks:register"))


class RiskCreateInView(OfProject, RiskFormView):
    """A new risk of a project."""

    heading = gettext_lazy("Déclarer un risque")
    button = gettext_lazy("Déclarer le risque")

    def prepare(self) -> None:
        self.demand(Permission.RISK_EDIT)

    def back_url(self) -> str:
        return self.back_to(reverse("risks:project", args=[self.project.pk]))

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return RiskForm(data)

    def save(self, form: Any) -> str:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        risk = create_risk(actor=self.request.member.actor, project=self.project, **values)
        toast(self.request, _("Risque %(reference)s déclaré.") % {"reference": risk.reference})
        return self.back_url()


class RiskCreateView(RiskFormView):
    """A new risk, from the portfolio's register: the project is chosen in the form."""

    permission = Permission.RISK_EDIT
    heading = gettext_lazy("Déclarer un risque")
    button = gettext_lazy("Déclarer le risque")

    def back_url(self) -> str:
        return self.back_to(reverse("risks:register"))

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        projects = Project.objects.visible_to(self.request.member, Permission.RISK_EDIT)
        initial = {"project": self.request.GET.get("project")}
        return RiskOfProjectForm(data, projects=projects.select_related("manager", "sponsor"), initial=initial)

    def save(self, form: Any) -> str:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if not may(self.request.member, Permission.RISK_EDIT, values["project"]):
            raise ValidationError(
                {"project": _("Vous observez ce projet sans pouvoir le modifier. Demandez à son chef de projet.")}
            )
        risk = create_risk(actor=self.request.member.actor, **values)
        toast(self.request, _("Risque %(reference)s déclaré.") % {"reference": risk.reference})
        return self.back_url()


class RiskChangeView(OfRisk, RiskFormView):
    """Change a risk."""

    heading = gettext_lazy("Modifier le risque")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = self.fetch()

    def back_url(self) -> str:
        return self.back_to(reverse("risks:project", args=[self.project.pk]))

    def delete_url(self) -> str:
        return reverse("risks:delete", args=[self.risk.pk])

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project, "risk": self.risk}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return RiskForm.of(self.row, data)

    def save(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        version = values.pop("version")
        change_risk(actor=self.request.member.actor, risk=self.row, values=values, version=version)
        toast(self.request, _("Risque %(reference)s enregistré.") % {"reference": self.row.reference})
        return self.back_url()


class RiskActionView(OfRisk, RowActionView):
    """A verb on one risk."""

    write_permission = Permission.RISK_EDIT

    def next_url(self, row: Risk) -> str:
        return reverse("risks:project", args=[row.project_id])


class RiskCloseView(RiskActionView):
    """Close a risk; the toast takes it up again as it was."""

    def act(self, row: Risk) -> None:
        self.status = row.status
        close_risk(actor=self.request.member.actor, risk=row)

    def said(self, row: Risk) -> str:
        return _("Risque %(reference)s clos.") % {"reference": row.reference}

    def undo_url(self, row: Risk) -> str:
        return f"{reverse('risks:reopen', args=[row.pk])}?status={self.status}"


class RiskReopenView(RiskActionView):
    """Take a closed risk up again; from the toast, with the status that it had: the page is then loaded again."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        return HttpResponse(status=204) if "status" in request.GET else answer

    def act(self, row: Risk) -> None:
        status = self.request.GET.get("status", "")
        known = status in RiskStatus.values and status != RiskStatus.CLOSED
        reopen_risk(actor=self.request.member.actor, risk=row, status=status if known else RiskStatus.OPEN)

    def said(self, row: Risk) -> str:
        return _("Risque %(reference)s rouvert.") % {"reference": row.reference}


class RiskDeleteView(RiskActionView):
    """Delete a risk; the toast takes it back."""

    def act(self, row: Risk) -> None:
        delete_risk(actor=self.request.member.actor, risk=row)

    def said(self, row: Risk) -> str:
        return _("Risque %(reference)s supprimé.") % {"reference": row.reference}

    def undo_url(self, row: Risk) -> str:
        return reverse("risks:restore", args=[row.pk])


class RiskRestoreView(OfRisk, RestoreView):
    """Bring a deleted risk back."""

    write_permission = Permission.RISK_EDIT
    rows = staticmethod(lambda: Risk.everything.exclude(deleted_at=None))

    def act(self, row: Risk) -> None:
        restore_risk(actor=self.request.member.actor, risk=row)
