"""The overloads to come, and the rule that tells of them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.capacity.forms import OverloadForm
from portfolio.capacity.grid import Grouping
from portfolio.capacity.models import OverloadAlert
from portfolio.capacity.overload_rule import change_rule, rule_in_force
from portfolio.capacity.overload_words import limit, what
from portfolio.capacity.ways_out import way_out
from portfolio.people.forms import initial_of
from portfolio.people.pages import SingleRowFormView, page_of
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView


class OverloadsView(MemberView):
    """Who will be overloaded, the soonest first."""

    permission = Permission.CAPACITY_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        ended = request.GET.get("state") == "closed"
        rows = OverloadAlert.objects.filter(closed_on__isnull=not ended, person__deleted_at=None)
        order = ("-closed_on", "pk") if ended else ("first_week", "person__sort_name", "pk")
        page: Any = page_of(request, rows.select_related("person__pole").order_by(*order))
        page.object_list = [
            (
                row,
                what(row.first_week, row.last_week, row.peak),
                "" if ended else way_out(request.member, Grouping.PERSON, row.person_id),
            )
            for row in page.object_list
        ]
        rule = rule_in_force()
        context = {
            "page": page,
            "ended": ended,
            "rule": rule,
            "limit": limit(rule.threshold, rule.horizon_weeks, rule.min_weeks),
            "may_edit": request.member.can(Permission.ORGANISATION_EDIT),
        }
        return render(request, "portfolio/capacity/overloads.html", context)


class OverloadRuleView(SingleRowFormView):
    """Change the rule."""

    permission = Permission.ORGANISATION_EDIT
    heading = gettext_lazy("Modifier la règle de surcharge")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.rule = rule_in_force()
        # One that nobody has changed yet has no version to be late on.
        self.row = None if self.rule._state.adding else self.rule

    def back_url(self) -> str:
        return reverse("capacity:overloads")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        initial = initial_of(self.row or self.rule, OverloadForm)
        if self.row is None:
            initial.pop("version", None)
        return OverloadForm(data, initial=initial)

    def save(self, form: Any) -> str:
        change_rule(actor=self.request.member.actor, values=form.values, version=form.read_version)
        toast(self.request, _("Règle enregistrée : les alertes la suivent dès maintenant."))
        return self.back_url()
