"""Months to close, how time is kept, and every time that was entered."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RestoreView, RowActionView, RowFormView, SingleRowFormView
from portfolio.projects.row_pages import ProjectRowForm
from portfolio.timesheets.forms import LockForm, TimeSettingsForm
from portfolio.timesheets.lists import TimeEntryTable
from portfolio.timesheets.models import PeriodLock, ProjectTimeSettings
from portfolio.timesheets.period_actions import (
    change_time_settings,
    lock_month,
    open_project,
    restore_lock,
    unlock_month,
)
from portfolio.timesheets.queries import unfinished_weeks
from portfolio.timesheets.rules import language
from portfolio.timesheets.settings import time_settings
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.tables.pages import TableView
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView

SHOWN = 13
_DAY = timedelta(days=1)


class MonthsView(MemberView):
    """The last months, closed or open, with the weeks that are not finished in each."""

    permission = Permission.TIME_SETTINGS

    def get(self, request: MemberRequest) -> HttpResponse:
        this = today().replace(day=1)
        locks = {lock.month: lock for lock in PeriodLock.objects.all()}
        months = []
        month = this
        for _index in range(SHOWN):
            waiting, drafts = unfinished_weeks(month)
            months.append({"month": month, "lock": locks.get(month), "waiting": waiting, "drafts": drafts})
            month = (month.replace(day=1) - _DAY).replace(day=1)
        shown = {one["month"] for one in months}
        older = [lock for key, lock in locks.items() if key not in shown]
        context = {"months": months, "older": older, "settings": time_settings()}
        return render(request, "portfolio/timesheets/months.html", context)


class LockView(RowFormView):
    """Close a month."""

    permission = Permission.TIME_SETTINGS
    heading = gettext_lazy("Clôturer un mois")
    button = gettext_lazy("Clôturer le mois")

    def back_url(self) -> str:
        return reverse("timesheets:months")

    def about(self) -> str:
        return _("Plus aucun temps ne se saisit ni ne change dans un mois clôturé.")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return LockForm(data, initial={"month": self.request.GET.get("month", "")})

    def save(self, form: Any) -> str:
        lock = lock_month(actor=self.request.member.actor, month=form.cleaned_data["month"])
        toast(self.request, _("%(month)s est clôturé.") % {"month": formats.month(lock.month, language())})
        return self.back_url()


class UnlockView(RowActionView):
    """Open a month again."""

    permission = Permission.TIME_SETTINGS

    def fetch(self) -> PeriodLock:
        return get_object_or_404(PeriodLock, pk=self.kwargs["pk"])

    def act(self, row: PeriodLock) -> None:
        unlock_month(actor=self.request.member.actor, lock=row)

    def next_url(self, row: PeriodLock) -> str:
        return reverse("timesheets:months")

    def said(self, row: PeriodLock) -> str:
        return _("%(month)s est rouvert.") % {"month": formats.month(row.month, language())}

    def undo_url(self, row: PeriodLock) -> str:
        return reverse("timesheets:lock_restore", args=[row.pk])


class LockRestoreView(RestoreView):
    """Undo of it."""

    permission = Permission.TIME_SETTINGS

    def fetch(self) -> PeriodLock:
        return get_object_or_404(PeriodLock.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: PeriodLock) -> None:
        restore_lock(actor=self.request.member.actor, lock=row)


class SettingsView(SingleRowFormView):
    """How the organisation keeps time."""

    permission = Permission.TIME_SETTINGS
    heading = gettext_lazy("Réglages des temps")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.settings = time_settings()
        # One that nobody has changed yet has no version to be late on.
        self.row = None if self.settings._state.adding else self.settings

    def back_url(self) -> str:
        return reverse("timesheets:months")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        names = ("unit", "feed", "reminds", "staff_costs_from")
        initial = {name: getattr(self.row or self.settings, name) for name in names}
        return TimeSettingsForm(data, initial={**initial, "version": getattr(self.row, "version", None)})

    def save(self, form: Any) -> str:
        change_time_settings(actor=self.request.member.actor, values=form.values, version=form.read_version)
        toast(self.request, _("Réglages enregistrés : les plans et les coûts les suivent dès maintenant."))
        return self.back_url()


class OpenProjectForm(forms.Form):
    """Whether anybody may enter time on the project."""

    open_to_all = forms.BooleanField(
        label=gettext_lazy("Ouvrir la saisie à tous"),
        required=False,
        help_text=ProjectTimeSettings._meta.get_field("open_to_all").help_text,
    )


class OpenProjectView(ProjectRowForm):
    """Who may enter time on a project."""

    needs = Permission.PROJECT_EDIT
    model = ProjectTimeSettings
    heading = gettext_lazy("Saisie des temps")
    button = gettext_lazy("Enregistrer")

    def back_url(self) -> str:
        return reverse("projects:detail", args=[self.project.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        held = ProjectTimeSettings.objects.filter(project=self.project).first()
        return OpenProjectForm(data, initial={"open_to_all": held.open_to_all if held is not None else False})

    def save(self, form: Any) -> str:
        opened = form.cleaned_data["open_to_all"]
        open_project(actor=self.request.member.actor, project=self.project, open_to_all=opened)
        toast(
            self.request,
            _("Toute personne peut saisir du temps sur ce projet.")
            if opened
            else _("Seules l’équipe et les personnes affectées saisissent du temps sur ce projet."),
        )
        return self.back_url()


class EntriesView(TableView):
    """Every time that the member may read, with what they add up to."""

    permission = Permission.TIME_VIEW
    table = TimeEntryTable
    template_name = "portfolio/timesheets/entries.html"
