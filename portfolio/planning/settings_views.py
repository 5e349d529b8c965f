"""What governs a plan: its calendar and its data date."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RowFormView
from portfolio.planning.forms import PlanSettingsForm
from portfolio.planning.scheduling import plan_settings
from portfolio.planning.settings_actions import change_plan_settings
from portfolio.planning.views import OfPlan
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast


class SettingsView(OfPlan, RowFormView):
    """The calendar and the data date of a plan; every date is then computed again."""

    template_name = "portfolio/planning/settings.html"
    heading = gettext_lazy("Calendrier et date d’état")
    button = gettext_lazy("Recalculer le plan")

    def prepare(self) -> None:
        self.demand(Permission.PLAN_EDIT)
        self.row = plan_settings(self.project)

    def back_url(self) -> str:
        return self.plan_url()

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        names = ("calendar", "data_date", "version")
        return PlanSettingsForm(data, initial={name: getattr(self.row, name, None) for name in names})

    def save(self, form: Any) -> str:
        change_plan_settings(actor=self.request.member.actor, project=self.project, **form.cleaned_data)
        toast(self.request, _("Le plan est recalculé."))
        return self.plan_url()
