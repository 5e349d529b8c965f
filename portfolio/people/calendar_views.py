"""Screens of calendars: weekly hours, public holidays, exceptions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.people import actions
from portfolio.people.calendar_actions import week_intervals
from portfolio.people.calendar_forms import CalendarForm, ExceptionForm, country_choices
from portfolio.people.domain.calendar import CalendarError
from portfolio.people.models import CalendarException, Person, WorkCalendar
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text
from portfolio.people.queries import holidays_of
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


def week_hours(row: WorkCalendar) -> float:
    """Working hours of a week."""
    return sum(end - start for day in week_intervals(row.week) for start, end in day) / 60


class CalendarsView(MemberView):
    """The calendars that people follow."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = list(WorkCalendar.objects.annotate(closed=Count("exceptions", filter=Q(exceptions__deleted_at=None))))
        followers = dict(
            Person.objects.exclude(calendar=None).values_list("calendar").annotate(Count("pk")).order_by()
        )
        context = {
            "calendars": [(row, week_hours(row), followers.get(row.pk, 0)) for row in rows],
            "countries": dict(country_choices(get_language() or "fr")),
            "may_edit": request.member.can(Permission.ORGANISATION_EDIT),
        }
        return render(request, "portfolio/people/calendars.html", context)


class CalendarFormView(RowFormView):
    """What creating and editing a calendar share; a page rather than the panel, because it is long."""

    permission = Permission.ORGANISATION_EDIT
    template_name = "portfolio/people/calendar.html"

    def make_form(self, data: Any = None, files: Any = None) -> CalendarForm:
        country = self.request.tenant.country if self.row is None else self.row.country
        return CalendarForm(data, row=self.row, territory={"country": country})

    def back_url(self) -> str:
        return reverse("people:calendars")

    def extra_context(self) -> dict[str, Any]:
        data: Any = self.request.POST or {}
        country = data.get("country", self.request.tenant.country if self.row is None else self.row.country)
        subdivision = data.get("subdivision", "" if self.row is None else self.row.subdivision)
        return {
            **super().extra_context(),
            **territory_context(str(country), str(subdivision)),
            "calendar": self.row,
            "exceptions": [] if self.row is None else self.row.exceptions.filter(ends_on__year__gte=today().year),
        }


def territory_context(country: str, subdivision: str) -> dict[str, Any]:
    """This year's public holidays of a territory; none, with a word, for one that is not known."""
    year = today().year
    try:
        return {
            "year": year,
            "holidays": holidays_of(country, subdivision, year, get_language() or "fr"),
            "country": country,
        }
    except CalendarError:
        return {"year": year, "holidays": [], "country": country}


class HolidaysView(MemberView):
    """The territory's choices and this year's holidays, drawn again when the country changes."""

    permission = Permission.ORGANISATION_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        country, subdivision = request.GET.get("country", ""), request.GET.get("subdivision", "")
        form = CalendarForm(territory={"country": country, "subdivision": subdivision})
        if subdivision not in dict(form.fields["subdivision"].choices):  # type: ignore[attr-defined]  # a ChoiceField
            subdivision = ""
        context = {"form": form, **territory_context(country, subdivision)}
        return render(request, "portfolio/people/_territory.html", context)


class CalendarCreateView(CalendarFormView):
    heading = gettext_lazy("Créer un calendrier")
    button = gettext_lazy("Créer le calendrier")

    def save(self, form: CalendarForm) -> str:
        row = actions.create_calendar(actor=self.request.member.actor, **form.values)
        return reverse("people:calendar", args=[row.pk])


class CalendarEditView(CalendarFormView):
    heading = gettext_lazy("Modifier le calendrier")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(WorkCalendar, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:calendar_delete", args=[self.kwargs["pk"]])

    def save(self, form: CalendarForm) -> str:
        actions.change_calendar(
            actor=self.request.member.actor, calendar=self.row, values=form.values, version=form.read_version
        )
        return reverse("people:calendars")


class CalendarDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> WorkCalendar:
        return get_object_or_404(WorkCalendar, pk=self.kwargs["pk"])

    def act(self, row: WorkCalendar) -> None:
        actions.delete_calendar(actor=self.request.member.actor, calendar=row)

    def next_url(self, row: WorkCalendar) -> str:
        return reverse("people:calendars")

    def said(self, row: WorkCalendar) -> str:
        return _("Le calendrier %(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: WorkCalendar) -> str:
        return reverse("people:calendar_restore", args=[row.pk])


class CalendarRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> WorkCalendar:
        return get_object_or_404(WorkCalendar.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: WorkCalendar) -> None:
        actions.restore_calendar(actor=self.request.member.actor, calendar=row)


class ExceptionFormView(RowFormView):
    permission = Permission.ORGANISATION_EDIT
    calendar: WorkCalendar

    def make_form(self, data: Any = None, files: Any = None) -> ExceptionForm:
        return ExceptionForm(data, initial=None if self.row is None else ExceptionForm.initial_of(self.row))

    def back_url(self) -> str:
        calendar_id = self.kwargs["pk"] if self.row is None else self.row.calendar_id
        return reverse("people:calendar", args=[calendar_id])

    def parents(self) -> Sequence[tuple[Text, str]]:
        calendar = self.calendar if self.row is None else self.row.calendar
        return [(_("Calendriers"), reverse("people:calendars")), (calendar.name, self.back_url())]


class ExceptionCreateView(ExceptionFormView):
    heading = gettext_lazy("Ajouter une exception")
    button = gettext_lazy("Ajouter l’exception")

    def prepare(self) -> None:
        self.calendar = get_object_or_404(WorkCalendar, pk=self.kwargs["pk"])

    def save(self, form: ExceptionForm) -> str:
        actions.add_exception(actor=self.request.member.actor, calendar=self.calendar, **form.values)
        return self.back_url()


class ExceptionEditView(ExceptionFormView):
    heading = gettext_lazy("Modifier l’exception")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(CalendarException, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:exception_delete", args=[self.kwargs["pk"]])

    def save(self, form: ExceptionForm) -> str:
        actions.change_exception(
            actor=self.request.member.actor, exception=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class ExceptionDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> CalendarException:
        return get_object_or_404(CalendarException, pk=self.kwargs["pk"])

    def act(self, row: CalendarException) -> None:
        actions.delete_exception(actor=self.request.member.actor, exception=row)

    def next_url(self, row: CalendarException) -> str:
        return reverse("people:calendar", args=[row.calendar_id])

    def said(self, row: CalendarException) -> str:
        return _("L’exception « %(name)s » a été supprimée.") % {"name": row}

    def undo_url(self, row: CalendarException) -> str:
        return reverse("people:exception_restore", args=[row.pk])


class ExceptionRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> CalendarException:
        rows = CalendarException.everything.filter(deleted_at__isnull=False)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, row: CalendarException) -> None:
        actions.restore_exception(actor=self.request.member.actor, exception=row)
