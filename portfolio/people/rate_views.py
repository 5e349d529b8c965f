"""The table of rates, and the forms of one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.fields import DateField, RateField, RowChoice, live
from portfolio.people.forms import VersionedForm, initial_of
from portfolio.people.models import Person, Profile, Rate
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, page_of
from portfolio.people.rates import change_rate, create_rate, delete_rate, restore_rate
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView


class RateForm(VersionedForm):
    """A rate of a profile or of a person."""

    profile = RowChoice(live(Profile), label=gettext_lazy("Profil"), required=False)
    person = RowChoice(
        live(Person),
        label=gettext_lazy("Personne"),
        required=False,
        help_text=gettext_lazy("Le taux d’une personne passe avant celui de son profil."),
    )
    valid_from = DateField(label=gettext_lazy("À partir du"))
    daily_rate = RateField(label=gettext_lazy("Taux journalier"))


class RatesView(MemberView):
    """Every rate, the latest of each first."""

    permission = Permission.RATE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = Rate.objects.select_related("profile", "person")
        ordered = rows.order_by("profile__sort_name", "person__sort_name", "-valid_from", "pk")
        context = {"page": page_of(request, ordered), "may_edit": request.member.can(Permission.PEOPLE_EDIT)}
        return render(request, "portfolio/people/rates.html", context)


class RateFormView(RowFormView):
    """What creating and editing share."""

    permission = Permission.PEOPLE_EDIT

    def back_url(self) -> str:
        return reverse("people:rates")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        initial = {} if self.row is None else initial_of(self.row, RateForm)
        return RateForm(data, initial=initial)


class RateCreateView(RateFormView):
    heading = gettext_lazy("Ajouter un taux")
    button = gettext_lazy("Ajouter le taux")

    def save(self, form: Any) -> str:
        create_rate(actor=self.request.member.actor, **form.values)
        return self.back_url()


class RateEditView(RateFormView):
    heading = gettext_lazy("Modifier le taux")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Rate.objects.select_related("profile", "person"), pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:rate_delete", args=[self.kwargs["pk"]])

    def parents(self) -> Sequence[Any]:
        return [(_("Taux journaliers"), self.back_url())]

    def save(self, form: Any) -> str:
        change_rate(actor=self.request.member.actor, rate=self.row, values=form.values, version=form.read_version)
        return self.back_url()


class RateDeleteView(RowActionView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Rate:
        return get_object_or_404(Rate.objects.select_related("profile", "person"), pk=self.kwargs["pk"])

    def act(self, row: Rate) -> None:
        delete_rate(actor=self.request.member.actor, rate=row)

    def next_url(self, row: Rate) -> str:
        return reverse("people:rates")

    def said(self, row: Rate) -> str:
        return _("Le taux de %(name)s a été supprimé.") % {"name": row.person or row.profile}

    def undo_url(self, row: Rate) -> str:
        return reverse("people:rate_restore", args=[row.pk])


class RateRestoreView(RestoreView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Rate:
        rows = Rate.everything.filter(deleted_at__isnull=False).select_related("profile", "person")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, row: Rate) -> None:
        restore_rate(actor=self.request.member.actor, rate=row)
