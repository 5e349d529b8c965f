"""The estimates at completion of a project, side by side, and the form that chooses one."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.completion import estimates_of
from portfolio.finance.completion_actions import choose_estimate, undo_choice
from portfolio.finance.fields import AmountField
from portfolio.finance.models import CompletionChoice, EstimateMethod
from portfolio.finance.queries import totals
from portfolio.people.pages import RowActionView, RowFormView
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast

SHOWN = 20


class ChoiceForm(forms.Form):
    """Which estimate the project uses."""

    method = forms.ChoiceField(label=gettext_lazy("Prévision retenue"), choices=EstimateMethod.choices)
    amount = AmountField(
        label=gettext_lazy("Estimation à l’achèvement"),
        help_text=gettext_lazy("Pour votre propre estimation : ce que le projet coûtera en tout."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Sur quoi l’estimation repose."),
    )


class EstimatesView(ProjectPage):
    """Three estimates of what the project will have cost, and the ones that were used."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/estimates.html"

    def tab_context(self) -> dict[str, Any]:
        estimates, current = estimates_of(self.project, today())
        amounts = totals([self.project]).get(self.project.pk)
        return {
            "estimates": estimates,
            "current": current,
            "amounts": amounts,
            "history": CompletionChoice.objects.filter(project=self.project).order_by("-created_at", "-pk")[:SHOWN],
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "currency": self.request.tenant.currency,
        }


class EstimateChoiceView(OfProject, RowFormView):
    """Choose the estimate that the project uses."""

    permission = Permission.BUDGET_VIEW
    write_permission: ClassVar[Permission | None] = Permission.BUDGET_EDIT
    heading = gettext_lazy("Choisir la prévision à l’achèvement")
    button = gettext_lazy("Retenir cette prévision")

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    def back_url(self) -> str:
        return reverse("finance:estimates", args=[self.project.pk])

    def parents(self) -> Any:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return _("Les prévisions du mois et des mois à venir s’ajustent : avec le dépensé, elles font l’estimation.")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        asked = self.request.GET.get("method", "")
        return ChoiceForm(data, initial={"method": asked if asked in EstimateMethod.values else None})

    def save(self, form: Any) -> str:
        row = choose_estimate(actor=self.request.member.actor, project=self.project, **form.cleaned_data)
        undo_url = reverse("finance:estimate_undo", args=[row.pk])
        toast(self.request, _("Prévision retenue : les lignes du budget la suivent."), undo_url=undo_url)
        return self.back_url()


class EstimateUndoView(OfProject, RowActionView):
    """Take the last choice back; posted by its button, or by the toast."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def project_id(self) -> UUID:
        return self.fetch().project_id

    def fetch(self) -> CompletionChoice:
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        # One that is taken back already is told so.
        rows = CompletionChoice.everything.select_related("project").filter(project__in=projects)
        row: CompletionChoice = get_object_or_404(rows, pk=self.kwargs["pk"])
        return row

    def act(self, row: CompletionChoice) -> None:
        self.demand(Permission.BUDGET_EDIT)
        undo_choice(actor=self.request.member.actor, choice=row)

    def next_url(self, row: CompletionChoice) -> str:
        return reverse("finance:estimates", args=[row.project_id])

    def said(self, row: CompletionChoice) -> str:
        return _("Choix annulé : les lignes du budget prévoient de nouveau ce qu’elles prévoyaient.")
