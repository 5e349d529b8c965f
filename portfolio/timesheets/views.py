"""« Mes temps »: a person's week, typed cell by cell."""

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.models import Person
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from portfolio.timesheets.access import person_of
from portfolio.timesheets.actions import (
    Subject,
    add_line,
    copy_last_week,
    enter_time,
    remove_line,
    restore_line,
    say_remaining,
    undo_copy,
)
from portfolio.timesheets.domain import Unit, monday_of
from portfolio.timesheets.forms import LineForm
from portfolio.timesheets.models import Activity, TimeEntry, TimesheetLine
from portfolio.timesheets.queries import Reading, WeekView, reading_of, week_view
from portfolio.timesheets.review_actions import recall_week, submit_week
from portfolio.timesheets.rules import YEARS, language, typed_minutes
from portfolio.timesheets.settings import time_settings
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.writing import StaleVersionError
from tech4value.figures import formats
from tech4value.tenancy.clock import today
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import MemberView, asked_uuid, redirect

REMAINING = "remaining"


def asked_week(text: str) -> date:
    """The Monday of an address (`2026-03-02`, any day of the week). 404 when it is no date, or years away."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not YEARS[0] <= day.year <= YEARS[1]:
        raise Http404
    return monday_of(day)


def week_url(week: date) -> str:
    return reverse("timesheets:week", args=[week.isoformat()])


class OfMyWeek(MemberView):
    """A view of one of the member's own weeks; its route takes `week`. 404 for an account that is nobody's."""

    permission = Permission.TIME_ENTER

    @cached_property
    def person(self) -> Person:
        found = person_of(self.request.member)
        if found is None:
            raise Http404
        return found

    @cached_property
    def week(self) -> date:
        return asked_week(self.kwargs["week"])

    def view(self) -> WeekView:
        return week_view(self.person, self.week, today(), mine=True)


class MineView(MemberView):
    """The current week; what to do first for an account that is nobody's."""

    permission = Permission.TIME_ENTER

    def get(self, request: MemberRequest) -> HttpResponse:
        if person_of(request.member) is None:
            return render(request, "portfolio/timesheets/nobody.html")
        return redirect(request, week_url(monday_of(today())))


class WeekPage(OfMyWeek):
    """The grid of a week."""

    def get(self, request: MemberRequest, week: str) -> HttpResponse:
        view = self.view()
        context = {
            "view": view,
            "mine": True,
            "this_week": monday_of(today()),
            "in_days": time_settings().unit == Unit.DAYS,
        }
        return render(request, "portfolio/timesheets/week.html", context)


class CellView(OfMyWeek):
    """One cell, saved as it is left: the answer says what the grid now shows.

    200 with the cell and the sums; 409 with who wrote what there since; 422 with the rule that refuses.
    """

    http_method_names = ["post"]

    def post(self, request: MemberRequest, week: str) -> HttpResponse:
        subject = self.subject(str(request.POST.get("key", "")))
        reading = reading_of(self.person)
        try:
            with transaction.atomic():
                cell = self.save(subject, reading)
        except StaleVersionError as error:
            return JsonResponse(self.stale(error, reading), status=409)
        except ValidationError as error:
            return JsonResponse({"detail": " ".join(error.messages)}, status=422)
        return JsonResponse({"cell": cell, **sums(self.view())})

    def save(self, subject: Subject, reading: Reading) -> dict[str, Any]:
        sent = self.request.POST
        text, column = str(sent.get("text", "")), str(sent.get("day", ""))
        version = int(sent["version"]) if str(sent.get("version", "")).isdecimal() else None
        actor = self.request.member.actor
        if column == REMAINING:
            minutes = typed_minutes(text, reading.unit, reading.day_minutes, remaining=True) if text.strip() else None
            line = say_remaining(
                actor=actor, person=self.person, subject=subject, week=self.week, minutes=minutes, version=version
            )
            return {"text": "" if minutes is None else reading.written(minutes) or "0", "version": line.version}
        day = asked_day(column)
        if monday_of(day) != self.week:
            raise Http404
        minutes = typed_minutes(text, reading.unit, reading.day_minutes)
        entry = enter_time(
            actor=actor, person=self.person, subject=subject, day=day, minutes=minutes, version=version
        )
        return {"text": reading.written(minutes), "version": entry.version if entry is not None else 0}

    def stale(self, error: StaleVersionError, reading: Reading) -> dict[str, Any]:
        """Who wrote what in the cell meanwhile; its version now, so that typing again is a choice."""
        row: Any = error.row
        minutes = row.minutes if isinstance(row, TimeEntry) else row.remaining_minutes
        now = reading.total(minutes or 0)
        sentence = _("%(who)s a saisi %(now)s ici entre-temps. Entrée la remplace par votre valeur, Échap la garde.")
        return {
            "detail": sentence % {"who": error.by, "now": now},
            "text": reading.written(minutes or 0),
            "version": row.version,
        }

    def subject(self, key: str) -> Subject:
        """What a row's key names. 404 for what is not there."""
        kind, _colon, name = key.partition(":")
        if kind == "activity" and name in Activity.values:
            return Subject(activity=name)
        pk = asked_uuid(name)
        if kind == "task" and pk is not None:
            task = get_object_or_404(Task.everything.select_related("project"), pk=pk, **self.mine(pk))
            return Subject(task.project, task)
        if kind == "project" and pk is not None:
            return Subject(get_object_or_404(Project.everything, pk=pk))
        raise Http404

    def mine(self, pk: UUID) -> dict[str, Any]:
        """A deleted task is still the subject of a row that the person has."""
        held = TimesheetLine.objects.filter(task_id=pk, timesheet__person=self.person).exists()
        return {} if held else {"deleted_at": None}


def asked_day(text: str) -> date:
    """A day of an address. 404 when it is none."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day


def sums(view: WeekView) -> dict[str, Any]:
    """What changes around a cell: totals by row and day, warnings, the week's."""
    return {
        "rows": {row.key: row.total for row in view.rows},
        "lines": {row.key: row.line_version for row in view.rows},
        "days": [
            {"day": day.day.isoformat(), "total": day.total, "warning": day.warning, "over": bool(day.warning)}
            for day in view.days
        ],
        "limits": view.limits,
        "package": view.package,
        "total": view.total,
        "share": min(1.0, view.share or 0.0),
    }


class LineCreateView(OfMyWeek, RowFormView):
    """Add a row by search."""

    heading = gettext_lazy("Ajouter une ligne")
    button = gettext_lazy("Ajouter la ligne")

    def prepare(self) -> None:
        self.week, self.person  # noqa: B018 - a wrong address is not found before anything is drawn

    def back_url(self) -> str:
        return week_url(self.week)

    def about(self) -> str:
        return _("Semaine du %(day)s. Choisissez une tâche, ou un projet, ou une activité.") % {
            "day": formats.date_short(self.week, language())
        }

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return LineForm(self.person, data)

    def save(self, form: Any) -> str:
        add_line(actor=self.request.member.actor, person=self.person, subject=form.subject, week=self.week)
        toast(self.request, _("« %(name)s » est dans la semaine.") % {"name": form.subject.name})
        return week_url(self.week)


class MyLine(MemberView):
    """A row of one of the member's own weeks."""

    permission = Permission.TIME_ENTER
    deleted = False

    def fetch(self) -> TimesheetLine:
        rows = TimesheetLine.everything if self.deleted else TimesheetLine.objects
        found: TimesheetLine = get_object_or_404(
            rows.select_related("timesheet__person", "project", "task"),
            pk=self.kwargs["pk"],
            timesheet__person__membership=self.request.member,
            deleted_at__isnull=not self.deleted,
        )
        return found


class LineDeleteView(MyLine, RowActionView):
    """Take a row out of the week, with its times."""

    def act(self, row: TimesheetLine) -> None:
        remove_line(actor=self.request.member.actor, line=row)

    def next_url(self, row: TimesheetLine) -> str:
        return week_url(row.timesheet.week)

    def said(self, row: TimesheetLine) -> str:
        return _("« %(name)s » n’est plus dans la semaine.") % {"name": row.name}

    def undo_url(self, row: TimesheetLine) -> str:
        return reverse("timesheets:line_restore", args=[row.pk])


class LineRestoreView(MyLine, RestoreView):
    """Undo of it."""

    deleted = True

    def act(self, row: TimesheetLine) -> None:
        restore_line(actor=self.request.member.actor, line=row)


class WeekActionView(OfMyWeek):
    """A verb on the week, by POST; a refusal comes back as a toast."""

    http_method_names = ["post"]

    def act(self) -> None:
        raise NotImplementedError

    def post(self, request: MemberRequest, week: str) -> HttpResponse:
        url = week_url(self.week)
        self.person  # noqa: B018 - an account that is nobody's finds nothing
        try:
            with transaction.atomic():
                self.act()
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        return redirect(request, url)


class CopyView(WeekActionView):
    """Bring last week's rows, with their times when asked (`hours`)."""

    def act(self) -> None:
        hours = bool(self.request.POST.get("hours"))
        copied = copy_last_week(actor=self.request.member.actor, person=self.person, week=self.week, hours=hours)
        said = []
        if copied.lines:
            said.append(ngettext("%(n)s ligne copiée", "%(n)s lignes copiées", copied.lines) % {"n": copied.lines})
        if copied.cells:
            said.append(ngettext("%(n)s temps copié", "%(n)s temps copiés", copied.cells) % {"n": copied.cells})
        text = (
            _("%(what)s.") % {"what": ", ".join(said)}
            if said
            else _("Rien à copier : la semaine contient déjà ce que la précédente contenait.")
        )
        if copied.left_out:
            text = _("%(what)s Non reprises, car vous n’y saisissez plus : %(names)s.") % {
                "what": text,
                "names": ", ".join(copied.left_out[:5]),
            }
        undo = reverse("timesheets:copy_undo", args=[copied.batch]) if copied.lines or copied.cells else ""
        toast(self.request, text, undo_url=undo)


class CopyUndoView(MemberView):
    """Undo of a copy, posted by the toast."""

    permission = Permission.TIME_ENTER
    http_method_names = ["post"]

    def post(self, request: MemberRequest, batch: UUID) -> HttpResponse:
        person = person_of(request.member)
        if person is None:
            raise Http404
        try:
            with transaction.atomic():
                undo_copy(actor=request.member.actor, person=person, batch=batch)
        except LookupError as error:
            raise Http404 from error
        except ValidationError as error:
            return refusal(error)
        toast(request, _("La copie est annulée."))
        return HttpResponse(status=204)


class SubmitView(WeekActionView):
    """Send the week to whoever approves it."""

    def act(self) -> None:
        submit_week(actor=self.request.member.actor, person=self.person, week=self.week)
        toast(
            self.request,
            _("La semaine du %(day)s est soumise.") % {"day": formats.date_short(self.week, language())},
            undo_url=reverse("timesheets:recall", args=[self.week.isoformat()]),
        )


class RecallView(WeekActionView):
    """Take it back before it is approved."""

    def act(self) -> None:
        recall_week(actor=self.request.member.actor, person=self.person, week=self.week)
        toast(self.request, _("La semaine est de nouveau modifiable."))
