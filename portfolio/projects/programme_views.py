"""Screens of programmes."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from portfolio.projects import actions
from portfolio.projects.forms import ProgrammeForm
from portfolio.projects.models import Programme, Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView


class ProgrammesView(MemberView):
    """The programmes, how many projects in each among those that one may see."""

    permission = Permission.PROJECT_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        seen = Q(projects__in=Project.objects.visible_to(request.member))
        rows = Programme.objects.select_related("manager").annotate(seen=Count("projects", filter=seen))
        context = {"programmes": rows, "may_edit": request.member.can(Permission.ORGANISATION_EDIT)}
        return render(request, "portfolio/projects/programmes.html", context)


class ProgrammeFormView(RowFormView):
    permission = Permission.ORGANISATION_EDIT

    def make_form(self, data: Any = None, files: Any = None) -> ProgrammeForm:
        return ProgrammeForm(data, initial=None if self.row is None else initial_of(self.row, ProgrammeForm))

    def back_url(self) -> str:
        return reverse("projects:programmes")


class ProgrammeCreateView(ProgrammeFormView):
    heading = gettext_lazy("Créer un programme")
    button = gettext_lazy("Créer le programme")

    def save(self, form: ProgrammeForm) -> str:
        actions.create_programme(actor=self.request.member.actor, **form.values)
        return self.back_url()


class ProgrammeEditView(ProgrammeFormView):
    heading = gettext_lazy("Modifier le programme")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Programme, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("projects:programme_delete", args=[self.kwargs["pk"]])

    def save(self, form: ProgrammeForm) -> str:
        actions.change_programme(
            actor=self.request.member.actor, programme=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class ProgrammeDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Programme:
        return get_object_or_404(Programme, pk=self.kwargs["pk"])

    def act(self, row: Programme) -> None:
        actions.delete_programme(actor=self.request.member.actor, programme=row)

    def next_url(self, row: Programme) -> str:
        return reverse("projects:programmes")

    def said(self, row: Programme) -> str:
        return _("Le programme %(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Programme) -> str:
        return reverse("projects:programme_restore", args=[row.pk])


class ProgrammeRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Programme:
        return get_object_or_404(Programme.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: Programme) -> None:
        actions.restore_programme(actor=self.request.member.actor, programme=row)
