"""Weeks that wait for a decision: approved or returned, many at once; one read as a whole."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.fields import RowChoice, live
from portfolio.people.models import Pole
from portfolio.people.pages import PAGE_SIZE, RowFormView
from portfolio.people.views import sees_reasons
from portfolio.timesheets.access import approvable_sheets, visible_sheets
from portfolio.timesheets.forms import ReturnForm
from portfolio.timesheets.models import SheetState, Timesheet
from portfolio.timesheets.queries import review_rows, week_view
from portfolio.timesheets.review_actions import approve_weeks, reopen_weeks, return_weeks
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import MemberView, asked_uuid, redirect

MOST = 200


class ReviewFilter(forms.Form):
    """Which weeks."""

    state = forms.ChoiceField(
        label=gettext_lazy("État"),
        required=False,
        choices=[
            ("", gettext_lazy("À approuver")),
            (SheetState.APPROVED, SheetState.APPROVED.label),
            (SheetState.RETURNED, SheetState.RETURNED.label),
            (SheetState.DRAFT, SheetState.DRAFT.label),
        ],
    )
    pole = RowChoice(live(Pole), label=gettext_lazy("Pôle"), required=False, empty_label=gettext_lazy("Tous"))


class ReviewView(MemberView):
    """The weeks on which the member decides, the oldest first."""

    permission = Permission.TIME_APPROVE

    def get(self, request: MemberRequest) -> HttpResponse:
        form = ReviewFilter(request.GET)
        form.is_valid()
        state = form.cleaned_data.get("state") or SheetState.SUBMITTED
        sheets = approvable_sheets(request.member).filter(state=state)
        if form.cleaned_data.get("pole"):
            sheets = sheets.filter(person__pole=form.cleaned_data["pole"])
        ordered = sheets.select_related("person__pole").order_by("week", "person__sort_name", "pk")
        page: Any = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "rows": review_rows(page.object_list),
            "waiting": state == SheetState.SUBMITTED,
            "filtered": bool(form.cleaned_data.get("pole") or form.cleaned_data.get("state")),
        }
        return render(request, "portfolio/timesheets/review.html", context)


def chosen(request: MemberRequest, names: list[str]) -> list[UUID]:
    """The weeks that were chosen, of those on which the member decides."""
    keys = [key for key in (asked_uuid(name) for name in names[:MOST]) if key is not None]
    return list(approvable_sheets(request.member).filter(pk__in=keys).values_list("pk", flat=True))


class ApproveView(MemberView):
    """Approve the chosen weeks, all or none."""

    permission = Permission.TIME_APPROVE
    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        keys = chosen(request, request.POST.getlist("selected"))
        url = reverse("timesheets:review")
        if not keys:
            toast(request, _("Choisissez au moins une semaine."), level="error")
            return redirect(request, url)
        try:
            with transaction.atomic():
                approve_weeks(actor=request.member.actor, sheets=keys)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        else:
            text = ngettext("%(n)s semaine approuvée.", "%(n)s semaines approuvées.", len(keys)) % {"n": len(keys)}
            undo = f"{reverse('timesheets:reopen')}?{'&'.join(f'selected={key}' for key in keys)}"
            toast(request, text, undo_url=undo)
        return redirect(request, url)


class ReopenView(MemberView):
    """Undo of an approval, posted by the toast."""

    permission = Permission.TIME_APPROVE
    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                reopen_weeks(actor=request.member.actor, sheets=chosen(request, request.GET.getlist("selected")))
        except ValidationError as error:
            return refusal(error)
        toast(request, _("Les semaines attendent de nouveau votre décision."))
        return HttpResponse(status=204)


class ReturnView(RowFormView):
    """Send the chosen weeks back with a reason."""

    permission = Permission.TIME_APPROVE
    template_name = "portfolio/timesheets/return.html"
    heading = gettext_lazy("Renvoyer des semaines")
    button = gettext_lazy("Renvoyer")

    def prepare(self) -> None:
        names = self.request.POST.getlist("selected") or self.request.GET.getlist("selected")
        rows = approvable_sheets(self.request.member).filter(pk__in=chosen(self.request, names))
        self.sheets: list[Timesheet] = list(rows.select_related("person").order_by("week", "person__sort_name"))

    def back_url(self) -> str:
        return reverse("timesheets:review")

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "sheets": self.sheets}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return ReturnForm(data)

    def save(self, form: Any) -> str:
        if not self.sheets:
            raise ValidationError(_("Choisissez au moins une semaine."))
        keys = [sheet.pk for sheet in self.sheets]
        return_weeks(actor=self.request.member.actor, sheets=keys, reason=form.cleaned_data["reason"])
        text = ngettext("%(n)s semaine renvoyée.", "%(n)s semaines renvoyées.", len(keys)) % {"n": len(keys)}
        toast(self.request, text)
        return self.back_url()


class SheetView(MemberView):
    """A week as its reviewer reads it."""

    permission = Permission.TIME_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        sheet = get_object_or_404(visible_sheets(request.member).select_related("person__calendar"), pk=pk)
        week: date = sheet.week
        decides = approvable_sheets(request.member).filter(pk=sheet.pk).exists()
        context = {
            "view": week_view(
                sheet.person, week, today(), mine=False, reasons=sees_reasons(request.member, sheet.person)
            ),
            "mine": False,
            "decides": decides,
            "may_return": decides and sheet.state in {SheetState.SUBMITTED, SheetState.APPROVED},
        }
        return render(request, "portfolio/timesheets/week.html", context)
