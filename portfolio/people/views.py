"""Screens of persons and their absences. Poles and calendars: `pole_views`, `calendar_views`."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people import actions
from portfolio.people.forms import AbsenceFilter, AbsenceForm, PersonForm, initial_of
from portfolio.people.lists import PersonTable
from portfolio.people.models import Absence, Person
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, layout, page_of
from portfolio.people.queries import capacity_minutes, days_of, working_calendar, working_day_minutes
from portfolio.people.sections import sections_of
from portfolio.people.work_rules import rule_sentences, weekly_minutes
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Invitation, InvitationState, Membership
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TablePage, TableView
from tech4value.tenancy.clock import now, today
from tech4value.web.views import MemberView


def sees_reasons(member: Membership, person: Person) -> bool:
    """Why somebody is absent is for those who keep the absences, and for that person."""
    return member.can(Permission.PEOPLE_EDIT) or person.membership_id == member.pk


def _invitation(member: Membership, person: Person, day: date) -> dict[str, Any]:
    """Whether somebody who works here without an account can be invited, or has been: for those who may invite."""
    if person.membership_id or not member.can(Permission.MEMBER_EDIT) or (person.left_on and person.left_on < day):
        return {}
    theirs = Q(person_id=person.pk) | (Q(email__iexact=person.email) if person.email else Q())
    invited = Invitation.objects.filter(theirs, state=InvitationState.OPEN, expires_at__gt=now()).first()
    query = urlencode({"person": person.pk, **({"email": person.email} if person.email else {})})
    return {"invited": invited} if invited else {"invite_query": query}


class PeopleView(TableView):
    """Who works here."""

    permission = Permission.PEOPLE_VIEW
    table = PersonTable
    template_name = "portfolio/people/list.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        return {"may_edit": self.request.member.can(Permission.PEOPLE_EDIT)}


class PersonView(MemberView):
    """One person: in the panel from a list, or as a page."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest, pk: Any) -> HttpResponse:
        rows = Person.objects.select_related("pole", "profile", "calendar", "membership__user")
        person = get_object_or_404(rows, pk=pk)
        day = today()
        month_end = day.replace(day=monthrange(day.year, day.month)[1])
        calendar = working_calendar(person.calendar)
        day_minutes = working_day_minutes(calendar)
        context = {
            "layout": layout(request),
            "person": person,
            "capacity_days": capacity_minutes(person, day.replace(day=1), month_end) / day_minutes,
            "month": day,
            "skills": person.skills.filter(skill__deleted_at=None).select_related("skill"),
            "weekly_hours": Decimal(weekly_minutes(person)) / 60,
            "package": days_of(person, day),
            "broken_rules": rule_sentences(person, calendar),
            "absences": person.absences.filter(ends_on__gte=day)[:20],
            "sees_reasons": sees_reasons(request.member, person),
            "sees_rate": request.member.can(Permission.RATE_VIEW),
            "may_edit": request.member.can(Permission.PEOPLE_EDIT),
            "sections": sections_of(request.member, person),
            **_invitation(request.member, person, day),
        }
        return render(request, "portfolio/people/person.html", context)


class PersonFormView(RowFormView):
    """What creating and editing a person share."""

    permission = Permission.PEOPLE_EDIT

    def make_form(self, data: Any = None, files: Any = None) -> PersonForm:
        initial = {"capacity": Decimal(1)} if self.row is None else initial_of(self.row, PersonForm)
        return PersonForm(data, initial=initial, member=self.request.member)

    def back_url(self) -> str:
        return reverse("people:list") if self.row is None else reverse("people:person", args=[self.row.pk])


class PersonCreateView(PersonFormView):
    heading = gettext_lazy("Créer une personne")
    button = gettext_lazy("Créer la personne")

    def save(self, form: PersonForm) -> str:
        person = actions.create_person(actor=self.request.member.actor, **form.values)
        return reverse("people:person", args=[person.pk])


class PersonEditView(PersonFormView):
    heading = gettext_lazy("Modifier la personne")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Person, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:delete", args=[self.kwargs["pk"]])

    def save(self, form: PersonForm) -> str:
        actions.change_person(
            actor=self.request.member.actor, person=self.row, values=form.values, version=form.read_version
        )
        return reverse("people:person", args=[self.row.pk])


class PersonDeleteView(RowActionView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Person:
        return get_object_or_404(Person, pk=self.kwargs["pk"])

    def act(self, row: Person) -> None:
        actions.delete_person(actor=self.request.member.actor, person=row)

    def next_url(self, row: Person) -> str:
        return reverse("people:list")

    def said(self, row: Person) -> str:
        return _("%(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Person) -> str:
        return reverse("people:restore", args=[row.pk])


class PersonRestoreView(RestoreView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Person:
        return get_object_or_404(Person.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: Person) -> None:
        actions.restore_person(actor=self.request.member.actor, person=row)


class AbsencesView(MemberView):
    """Who is away, now and soon."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = AbsenceFilter(request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        rows = Absence.objects.filter(person__deleted_at=None).select_related("person__pole")
        if not asked.get("past"):
            rows = rows.filter(ends_on__gte=today())
        if asked.get("pole"):
            rows = rows.filter(person__pole=asked["pole"])
        context = {
            "filter": form,
            "page": page_of(request, rows.order_by("starts_on", "person__name", "pk")),
            "may_edit": request.member.can(Permission.PEOPLE_EDIT),
        }
        return render(request, "portfolio/people/absences.html", context)


class AbsenceFormView(RowFormView):
    """What posting and changing an absence share."""

    permission = Permission.PEOPLE_EDIT

    @cached_property
    def person(self) -> Person:
        if self.row is not None:
            return self.row.person
        return get_object_or_404(Person, pk=self.kwargs["pk"])

    def make_form(self, data: Any = None, files: Any = None) -> AbsenceForm:
        return AbsenceForm(data, initial=None if self.row is None else initial_of(self.row, AbsenceForm))

    def back_url(self) -> str:
        return reverse("people:person", args=[self.person.pk])


class AbsenceCreateView(AbsenceFormView):
    heading = gettext_lazy("Poser une absence")
    button = gettext_lazy("Poser l’absence")

    def prepare(self) -> None:
        get_object_or_404(Person, pk=self.kwargs["pk"])

    def save(self, form: AbsenceForm) -> str:
        actions.create_absence(actor=self.request.member.actor, person=self.person, **form.values)
        return self.back_url()


class AbsenceEditView(AbsenceFormView):
    heading = gettext_lazy("Modifier l’absence")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Absence.objects.select_related("person"), pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:absence_delete", args=[self.kwargs["pk"]])

    def save(self, form: AbsenceForm) -> str:
        actions.change_absence(
            actor=self.request.member.actor, absence=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class AbsenceDeleteView(RowActionView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Absence:
        return get_object_or_404(Absence.objects.select_related("person"), pk=self.kwargs["pk"])

    def act(self, row: Absence) -> None:
        actions.delete_absence(actor=self.request.member.actor, absence=row)

    def next_url(self, row: Absence) -> str:
        return reverse("people:person", args=[row.person_id])

    def said(self, row: Absence) -> str:
        return _("L’absence de %(name)s a été supprimée.") % {"name": row.person.name}

    def undo_url(self, row: Absence) -> str:
        return reverse("people:absence_restore", args=[row.pk])


class AbsenceRestoreView(RestoreView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> Absence:
        rows = Absence.everything.filter(deleted_at__isnull=False).select_related("person")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, row: Absence) -> None:
        actions.restore_absence(actor=self.request.member.actor, absence=row)
