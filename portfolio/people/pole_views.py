"""Screens of poles."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people import actions
from portfolio.people.forms import PoleForm, initial_of
from portfolio.people.models import Pole
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


class PolesView(MemberView):
    """The poles, how many work in each."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        here = Q(persons__deleted_at=None) & (Q(persons__left_on=None) | Q(persons__left_on__gte=today()))
        poles = Pole.objects.select_related("manager").annotate(people=Count("persons", filter=here))
        context = {"poles": poles, "may_edit": request.member.can(Permission.ORGANISATION_EDIT)}
        return render(request, "portfolio/people/poles.html", context)


class PoleFormView(RowFormView):
    permission = Permission.ORGANISATION_EDIT

    def make_form(self, data: Any = None, files: Any = None) -> PoleForm:
        return PoleForm(data, initial=None if self.row is None else initial_of(self.row, PoleForm))

    def back_url(self) -> str:
        return reverse("people:poles")


class PoleCreateView(PoleFormView):
    heading = gettext_lazy("Créer un pôle")
    button = gettext_lazy("Créer le pôle")

    def save(self, form: PoleForm) -> str:
        actions.create_pole(actor=self.request.member.actor, **form.values)
        return self.back_url()


class PoleEditView(PoleFormView):
    heading = gettext_lazy("Modifier le pôle")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Pole, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:pole_delete", args=[self.kwargs["pk"]])

    def save(self, form: PoleForm) -> str:
        actions.change_pole(
            actor=self.request.member.actor, pole=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class PoleDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Pole:
        return get_object_or_404(Pole, pk=self.kwargs["pk"])

    def act(self, row: Pole) -> None:
        actions.delete_pole(actor=self.request.member.actor, pole=row)

    def next_url(self, row: Pole) -> str:
        return reverse("people:poles")

    def said(self, row: Pole) -> str:
        return _("Le pôle %(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Pole) -> str:
        return reverse("people:pole_restore", args=[row.pk])


class PoleRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Pole:
        return get_object_or_404(Pole.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: Pole) -> None:
        actions.restore_pole(actor=self.request.member.actor, pole=row)
