"""Baselines: freeze, list, delete, bring back."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.people.pages import RowActionView, RowFormView
from portfolio.planning import actions
from portfolio.planning.forms import BaselineForm
from portfolio.planning.models import Baseline
from portfolio.planning.views import OfPlan
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.formats import date_short
from tech4value.web.toasts import toast


class BaselineCreateView(OfPlan, RowFormView):
    """Freeze the plan as it is; the panel lists the baselines there are."""

    template_name = "portfolio/planning/baseline_form.html"
    heading = gettext_lazy("Références")
    button = gettext_lazy("Figer une référence")

    def prepare(self) -> None:
        self.demand(Permission.PLAN_EDIT)

    def back_url(self) -> str:
        return self.plan_url()

    def extra_context(self) -> dict[str, Any]:
        baselines = Baseline.objects.filter(project=self.project)
        return {**super().extra_context(), "project": self.project, "baselines": baselines}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        day = today()
        name = _("Référence du %(day)s") % {"day": date_short(day, get_language() or "fr")}
        return BaselineForm(data, initial={"name": name, "taken_on": day})

    def save(self, form: Any) -> str:
        actor = self.request.member.actor
        baseline = actions.take_baseline(actor=actor, project=self.project, **form.cleaned_data)
        toast(self.request, _("« %(name)s » est figée : le plan se compare désormais à elle.") % {"name": baseline})
        return reverse("planning:project", args=[self.project.pk])


class BaselineDeleteView(OfPlan, RowActionView):
    """Delete a baseline."""

    @cached_property
    def row(self) -> Baseline:
        projects = Project.objects.visible_to(self.request.member, self.permission)
        found: Baseline = get_object_or_404(Baseline.objects.filter(project__in=projects), pk=self.kwargs["pk"])
        return found

    def project_id(self) -> UUID:
        return self.row.project_id

    def fetch(self) -> Baseline:
        self.demand(Permission.PLAN_EDIT)
        return self.row

    def act(self, row: Baseline) -> None:
        actions.delete_baseline(actor=self.request.member.actor, baseline=row)

    def next_url(self, row: Baseline) -> str:
        return reverse("planning:project", args=[row.project_id])

    def said(self, row: Baseline) -> str:
        return _("« %(name)s » supprimée.") % {"name": row}

    def undo_url(self, row: Baseline) -> str:
        return reverse("planning:baseline_restore", args=[row.pk])


class BaselineRestoreView(BaselineDeleteView):
    """Undo of the deletion of a baseline."""

    @cached_property
    def row(self) -> Baseline:
        projects = Project.objects.visible_to(self.request.member, self.permission)
        rows = Baseline.everything.exclude(deleted_at=None).filter(project__in=projects)
        found: Baseline = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        baseline = self.fetch()
        actions.restore_baseline(actor=request.member.actor, baseline=baseline)
        toast(request, _("« %(name)s » est de retour.") % {"name": baseline})
        return HttpResponse(status=204)
