"""The organisation itself: its plan and its settings."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.billing.actions import change_plan
from tech4value.billing.models import Plan
from tech4value.billing.queries import plan_name
from tech4value.console.actions import change_organisation
from tech4value.console.forms import OrganisationForm
from tech4value.console.queries import offers, plan_usage
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


class PlanView(MemberView):
    """What the plan allows, what is used of it, what the others would allow."""

    permission = Permission.TENANT_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        usage = plan_usage()
        context = {
            "usage": usage,
            "offers": offers(),
            "plan": plan_name(),
            "over": [one for one in usage if one.over],
        }
        return render(request, "console/plan.html", context)

    def post(self, request: MemberRequest) -> HttpResponse:
        wanted = request.POST.get("plan", "")
        if wanted not in Plan.values:
            raise Http404
        if change_plan(actor=request.member.actor, plan=Plan(wanted)):
            toast(request, _("Votre formule est maintenant %(plan)s.") % {"plan": Plan(wanted).label})
        return redirect(request, reverse("console:plan"))


class OrganisationView(FormView):
    """Name, language, time zone, currency, fiscal year."""

    permission = Permission.TENANT_EDIT
    template_name = "console/organisation.html"

    def make_form(self, data: Any = None, files: Any = None) -> OrganisationForm:
        return OrganisationForm(data, instance=self.request.tenant)

    def save(self, form: OrganisationForm) -> str:
        change_organisation(actor=self.request.member.actor, tenant=self.request.tenant, values=form.cleaned_data)
        toast(self.request, _("Les réglages de l’organisation sont enregistrés."))
        return reverse("console:organisation")
