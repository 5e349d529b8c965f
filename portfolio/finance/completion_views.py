"""The estimates at completion of a project, side by side, and the form that chooses one."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.completion import estimates_of
from portfolio.finance.completion_actions import choose_estimate
from portfolio.finance.fields import AmountField
from portfolio.finance.models import CompletionChoice, EstimateMethod
from portfolio.finance.queries import totals
from portfolio.people.pages import RowFormView
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
        choose_estimate(actor=self.request.member.actor, project=self.project, **form.cleaned_data)
        toast(self.request, _("Prévision retenue : les lignes du budget la suivent."))
        return self.back_url()
