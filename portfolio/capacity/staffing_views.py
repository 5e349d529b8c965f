"""Screens of requests for staff: the list, one with those who could answer it, and its verbs."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.capacity.access import demand_answering, demand_booking, keeps_people, may_book
from portfolio.capacity.forms import AcceptForm, DeclineForm, RequestFilter, RequestForm
from portfolio.capacity.models import RequestState, StaffingRequest
from portfolio.capacity.staffing import MOST_SHOWN, candidates
from portfolio.capacity.staffing_actions import (
    accept_request,
    ask_staff,
    change_request,
    decline_request,
    reopen_request,
    restore_request,
    withdraw_request,
)
from portfolio.capacity.words import amount, wanted
from portfolio.people.forms import initial_of
from portfolio.people.models import SkillLevel
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text, layout, page_of
from portfolio.people.queries import working_calendar, working_day_minutes
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, parents_in
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView


def requests_for(member: Any, *, deleted: bool = False) -> QuerySet[Any]:
    """The requests of the projects that `member` may see."""
    projects = Project.objects.visible_to(member, Permission.CAPACITY_VIEW)
    rows: QuerySet[Any] = (
        StaffingRequest.everything.filter(deleted_at__isnull=False) if deleted else StaffingRequest.objects.all()
    )
    return rows.filter(project__in=projects.values("pk")).select_related(
        "project", "skill", "profile", "allocation__person"
    )


class RequestsView(MemberView):
    """What projects ask for, the earliest first."""

    permission = Permission.CAPACITY_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = RequestFilter(request.GET, Project.objects.visible_to(request.member, Permission.CAPACITY_VIEW))
        page: Any = page_of(request, form.selected(requests_for(request.member)))
        page.object_list = [(row, wanted(row), amount(row)) for row in page.object_list]
        waiting = not form.cleaned_data.get("state")
        return render(request, "portfolio/capacity/requests.html", {"form": form, "page": page, "waiting": waiting})


class RequestView(MemberView):
    """One request, and those who could answer it."""

    permission = Permission.CAPACITY_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row: StaffingRequest = get_object_or_404(requests_for(request.member), pk=pk)
        is_open = row.state == RequestState.OPEN
        found = candidates(row) if is_open else ()
        day = working_day_minutes(working_calendar(None))
        context = {
            "layout": layout(request),
            "row": row,
            "wanted": wanted(row),
            "amount": amount(row),
            "is_open": is_open,
            "candidates": [
                (one, one.remaining / day, SkillLevel(one.level).label if one.level else "")
                for one in found[:MOST_SHOWN]
            ],
            "more": max(len(found) - MOST_SHOWN, 0),
            "may_answer": is_open and keeps_people(request.member, row.project),
            "may_edit": is_open and may_book(request.member, row.project),
        }
        return render(request, "portfolio/capacity/request.html", context)


class RequestFormView(OfProject, RowFormView):
    """What asking and changing what is asked share."""

    permission = Permission.CAPACITY_VIEW

    def make_form(self, data: Any = None, files: Any = None) -> RequestForm:
        return RequestForm(data, initial=None if self.row is None else initial_of(self.row, RequestForm))

    def back_url(self) -> str:
        return reverse("capacity:project", args=[self.project.pk])

    def parents(self) -> list[tuple[Text, str]]:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return self.project.name


class RequestCreateView(RequestFormView):
    heading = gettext_lazy("Demander quelqu’un")
    button = gettext_lazy("Envoyer la demande")

    def prepare(self) -> None:
        demand_booking(self.request.member, self.project)

    def save(self, form: RequestForm) -> str:
        ask_staff(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class RequestEditView(RequestFormView):
    heading = gettext_lazy("Modifier la demande")
    button = gettext_lazy("Enregistrer")

    def project_id(self) -> UUID:
        key: UUID = self.row.project_id
        return key

    def prepare(self) -> None:
        self.row = get_object_or_404(requests_for(self.request.member), pk=self.kwargs["pk"])
        demand_booking(self.request.member, self.project)

    def delete_url(self) -> str:
        return reverse("capacity:request_delete", args=[self.kwargs["pk"]])

    def save(self, form: RequestForm) -> str:
        change_request(
            actor=self.request.member.actor, request=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class RequestAnswerView(RowActionView):
    """What the answers share."""

    permission = Permission.CAPACITY_VIEW

    def fetch(self) -> StaffingRequest:
        row: StaffingRequest = get_object_or_404(requests_for(self.request.member), pk=self.kwargs["pk"])
        demand_answering(self.request.member, row.project)
        return row

    def next_url(self, row: StaffingRequest) -> str:
        return reverse("capacity:requests")


class RequestAcceptView(RequestAnswerView):
    """Give somebody."""

    def act(self, row: StaffingRequest) -> None:
        form = AcceptForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Choisissez une personne de la liste, et une part entre 1 et 2 000 %."))
        accept_request(actor=self.request.member.actor, request=row, **form.cleaned_data)

    def said(self, row: StaffingRequest) -> str:
        return _("Demande acceptée : l’allocation est dans le projet.")


class RequestDeclineView(OfProject, RowFormView):
    """Give nobody, and say why."""

    permission = Permission.CAPACITY_VIEW
    heading = gettext_lazy("Refuser la demande")
    button = gettext_lazy("Refuser")

    def project_id(self) -> UUID:
        key: UUID = self.asked.project_id
        return key

    def prepare(self) -> None:
        self.asked: StaffingRequest = get_object_or_404(requests_for(self.request.member), pk=self.kwargs["pk"])
        demand_answering(self.request.member, self.project)

    def make_form(self, data: Any = None, files: Any = None) -> DeclineForm:
        return DeclineForm(data)

    def back_url(self) -> str:
        return reverse("capacity:requests")

    def about(self) -> str:
        return f"{wanted(self.asked)} · {self.project.name}"

    def save(self, form: DeclineForm) -> str:
        decline_request(actor=self.request.member.actor, request=self.asked, reason=form.cleaned_data["reason"])
        return self.back_url()


class RequestReopenView(RequestAnswerView):
    """A refused request waits again."""

    def act(self, row: StaffingRequest) -> None:
        reopen_request(actor=self.request.member.actor, request=row)

    def said(self, row: StaffingRequest) -> str:
        return _("La demande attend de nouveau une réponse.")


class RequestDeleteView(RowActionView):
    permission = Permission.CAPACITY_VIEW

    def fetch(self) -> StaffingRequest:
        row: StaffingRequest = get_object_or_404(requests_for(self.request.member), pk=self.kwargs["pk"])
        demand_booking(self.request.member, row.project)
        return row

    def act(self, row: StaffingRequest) -> None:
        withdraw_request(actor=self.request.member.actor, request=row)

    def next_url(self, row: StaffingRequest) -> str:
        return reverse("capacity:project", args=[row.project_id])

    def said(self, row: StaffingRequest) -> str:
        return _("La demande a été retirée.")

    def undo_url(self, row: StaffingRequest) -> str:
        return reverse("capacity:request_restore", args=[row.pk])


class RequestRestoreView(RestoreView):
    permission = Permission.CAPACITY_VIEW

    def fetch(self) -> StaffingRequest:
        rows = requests_for(self.request.member, deleted=True)
        row: StaffingRequest = get_object_or_404(rows, pk=self.kwargs["pk"])
        demand_booking(self.request.member, row.project)
        return row

    def act(self, row: StaffingRequest) -> None:
        restore_request(actor=self.request.member.actor, request=row)
