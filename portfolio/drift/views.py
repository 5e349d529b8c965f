"""The alerts of the portfolio, and the rules that raise them."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.drift.domain import DriftKind
from portfolio.drift.forms import AlertFilter, RuleForm
from portfolio.drift.models import DriftAlert, DriftRule
from portfolio.drift.queries import alerts_for, worst_first
from portfolio.drift.rules import AUDIENCES, change_rule, rules
from portfolio.drift.words import limit, what
from portfolio.people.pages import PAGE_SIZE, SingleRowFormView
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView


class AlertsView(MemberView):
    """The page Dérives: open alerts, the worst first; ended ones, the latest first."""

    permission = Permission.PLAN_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        projects = Project.objects.visible_to(request.member, Permission.PLAN_VIEW)
        form = AlertFilter(request.GET, projects)
        every = alerts_for(request.member)
        rows = form.selected(every)
        opened = not form.cleaned_data.get("state")
        page: Any = Paginator(worst_first(rows) if opened else rows, PAGE_SIZE).get_page(request.GET.get("page"))
        page.object_list = [_shown(row) for row in page.object_list]
        context = {
            "form": form,
            "page": page,
            "opened": opened,
            "filtered": bool(form.cleaned_data.get("project") or form.cleaned_data.get("kind")),
            "may_edit": request.member.can(Permission.ORGANISATION_EDIT),
            "rules": [(rule, limit(rule.kind, rule.threshold_days)) for rule in rules().values()],
        }
        return render(request, "portfolio/drift/list.html", context)


def _shown(row: DriftAlert) -> dict[str, Any]:
    """A line of the page; it leads to the task, or to the milestones of the project."""
    url = (
        reverse("planning:task", args=[row.task_id])
        if row.task_id
        else reverse("projects:milestones", args=[row.project_id])
    )
    return {
        "row": row,
        "kind": row.get_kind_display(),
        "what": what(row.kind, row.days, row.promised_on, row.forecast_on),
        "url": url,
    }


class RulesView(MemberView):
    """What the organisation watches, and who is told."""

    permission = Permission.ORGANISATION_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        shown = [
            (
                rule,
                limit(rule.kind, rule.threshold_days),
                [DriftRule._meta.get_field(name).verbose_name for name in AUDIENCES if getattr(rule, name)],  # type: ignore[union-attr]  # local fields
            )
            for rule in rules().values()
        ]
        return render(request, "portfolio/drift/rules.html", {"rules": shown})


class RuleChangeView(SingleRowFormView):
    """Change one rule."""

    permission = Permission.ORGANISATION_EDIT
    heading = gettext_lazy("Modifier la règle de dérive")
    button = gettext_lazy("Enregistrer")

    @cached_property
    def kind(self) -> DriftKind:
        try:
            return DriftKind(self.kwargs["kind"])
        except ValueError as error:
            raise Http404 from error

    def prepare(self) -> None:
        self.rule = rules()[self.kind]
        # One that nobody has changed yet has no version to be late on.
        self.row = None if self.rule._state.adding else self.rule

    def back_url(self) -> str:
        return reverse("drift:rules")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return RuleForm(self.kind, self.row or self.rule, data)

    def save(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        version = values.pop("version")
        change_rule(actor=self.request.member.actor, kind=self.kind, values=values, version=version)
        toast(self.request, _("Règle enregistrée : les alertes la suivent dès maintenant."))
        return self.back_url()
