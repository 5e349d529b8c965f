"""Screens of allocations: of a project, of everybody, and the form."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.capacity.access import demand_booking, keeps_people, may_book
from portfolio.capacity.allocation_actions import (
    change_allocation,
    create_allocation,
    delete_allocation,
    restore_allocation,
)
from portfolio.capacity.forms import AllocationForm
from portfolio.capacity.models import Allocation, StaffingRequest
from portfolio.capacity.words import amount, wanted
from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text, page_of
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


def allocations_for(member: Any) -> QuerySet[Any]:
    """The live allocations of the projects that `member` may see, and of persons who are not in the bin."""
    projects = Project.objects.visible_to(member, Permission.CAPACITY_VIEW)
    rows: QuerySet[Any] = Allocation.objects.filter(project__in=projects.values("pk"))
    return rows.exclude(person__isnull=False, person__deleted_at__isnull=False).select_related(
        "project", "person__pole", "profile", "skill"
    )


class AllocationsView(MemberView):
    """Who is booked on what, now and later."""

    permission = Permission.CAPACITY_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = allocations_for(request.member)
        past = "past" in request.GET
        if not past:
            rows = rows.filter(ends_on__gte=today())
        page: Any = page_of(request, rows.order_by("starts_on", "project__code", "pk"))
        page.object_list = [(row, amount(row)) for row in page.object_list]
        return render(request, "portfolio/capacity/allocations.html", {"page": page, "past": past})


class ProjectAllocationsView(ProjectPage):
    """The tab of a project: who is booked, and whom it looks for."""

    permission = Permission.CAPACITY_VIEW
    template_name = "portfolio/capacity/project.html"

    def tab_context(self) -> dict[str, Any]:
        rows = allocations_for(self.request.member).filter(project=self.project)
        requests = StaffingRequest.objects.filter(project=self.project).select_related(
            "skill", "profile", "allocation__person"
        )
        return {
            "rows": [(row, amount(row)) for row in rows.order_by("starts_on", "pk")],
            "requests": [(row, wanted(row), amount(row)) for row in requests],
            "may_book": may_book(self.request.member, self.project),
            "may_answer": keeps_people(self.request.member, self.project),
        }


class AllocationFormView(OfProject, RowFormView):
    """What booking and changing a booking share."""

    permission = Permission.CAPACITY_VIEW

    def make_form(self, data: Any = None, files: Any = None) -> AllocationForm:
        given = {name: self.request.GET.get(name) for name in ("person", "profile")} if self.row is None else {}
        initial = {name: value for name, value in given.items() if value}
        return AllocationForm(data, initial=initial if self.row is None else initial_of(self.row, AllocationForm))

    def back_url(self) -> str:
        return reverse("capacity:project", args=[self.project.pk])

    def parents(self) -> list[tuple[Text, str]]:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return self.project.name


class AllocationCreateView(AllocationFormView):
    heading = gettext_lazy("Allouer")
    button = gettext_lazy("Allouer")

    def prepare(self) -> None:
        demand_booking(self.request.member, self.project)

    def save(self, form: AllocationForm) -> str:
        create_allocation(actor=self.request.member.actor, project=self.project, **form.values)
        return self.back_url()


class AllocationEditView(AllocationFormView):
    heading = gettext_lazy("Modifier l’allocation")
    button = gettext_lazy("Enregistrer")

    def project_id(self) -> UUID:
        key: UUID = self.row.project_id
        return key

    def prepare(self) -> None:
        self.row = get_object_or_404(allocations_for(self.request.member), pk=self.kwargs["pk"])
        demand_booking(self.request.member, self.project)

    def delete_url(self) -> str:
        return reverse("capacity:allocation_delete", args=[self.kwargs["pk"]])

    def save(self, form: AllocationForm) -> str:
        change_allocation(
            actor=self.request.member.actor, allocation=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class AllocationDeleteView(RowActionView):
    permission = Permission.CAPACITY_VIEW

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return allocations_for(self.request.member)

    def fetch(self) -> Allocation:
        row: Allocation = get_object_or_404(self.rows, pk=self.kwargs["pk"])
        demand_booking(self.request.member, row.project)
        return row

    def act(self, row: Allocation) -> None:
        delete_allocation(actor=self.request.member.actor, allocation=row)

    def next_url(self, row: Allocation) -> str:
        return reverse("capacity:project", args=[row.project_id])

    def said(self, row: Allocation) -> str:
        return _("L’allocation de %(name)s a été supprimée.") % {"name": row.person or row.profile}

    def undo_url(self, row: Allocation) -> str:
        return reverse("capacity:allocation_restore", args=[row.pk])


class AllocationRestoreView(RestoreView):
    permission = Permission.CAPACITY_VIEW

    def fetch(self) -> Allocation:
        projects = Project.objects.visible_to(self.request.member, Permission.CAPACITY_VIEW)
        rows = Allocation.everything.filter(deleted_at__isnull=False, project__in=projects.values("pk"))
        row: Allocation = get_object_or_404(rows.select_related("project", "person"), pk=self.kwargs["pk"])
        demand_booking(self.request.member, row.project)
        return row

    def act(self, row: Allocation) -> None:
        restore_allocation(actor=self.request.member.actor, allocation=row)
