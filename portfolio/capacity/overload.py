"""Which tasks of a plan ask of a person more than they have: shown on the bars of its Gantt."""

from datetime import date, datetime, time
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import LoadState, following_month, month_of
from portfolio.capacity.queries import MONTHS_SHOWN, LoadFilters, PersonMonth, person_load
from portfolio.planning.models import Assignment
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.formats import month, percent
from tech4value.web.views import MemberView


class PlanOverloadView(OfProject, MemberView):
    """The sentence that each overloaded task of a plan shows, by the task's key, from this month on."""

    permission = Permission.CAPACITY_VIEW
    http_method_names = ["get"]

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        if not request.member.can(Permission.PLAN_VIEW):
            raise PermissionDenied
        return JsonResponse({"tasks": overloaded_tasks(self.project, today(), get_language() or "fr")})


def overloaded_tasks(project: Project, day: date, language: str) -> dict[str, str]:
    """For each task to do, who is loaded beyond their capacity while it lasts, all projects counted."""
    first = month_of(day)
    rows = list(
        Assignment.objects.filter(
            project=project,
            person__deleted_at=None,
            task__ends_at__gte=datetime.combine(first, time()),
            task__percent_complete__lt=1,
        )
        .order_by("task__position", "person__sort_name")
        .values_list("task_id", "person_id", "task__starts_at", "task__ends_at")
    )
    people = {person for _task, person, _start, _end in rows}
    over: dict[UUID, list[PersonMonth]] = {}
    if people:
        for one in person_load(first, MONTHS_SHOWN, LoadFilters(people=people)):
            if one.state is LoadState.OVER:
                over.setdefault(one.person_id, []).append(one)
    found: dict[str, list[str]] = {}
    for task, person, start, end in rows:
        for one in over.get(person, ()):
            if one.month <= end.date() and following_month(one.month) > start.date():
                found.setdefault(str(task), []).append(_sentence(one, language))
    return {task: " · ".join(sentences[:4]) for task, sentences in found.items()}


def _sentence(one: PersonMonth, language: str) -> str:
    when = month(one.month, language)
    if one.ratio is None:
        return _("%(person)s : absent en %(month)s") % {"person": one.person, "month": when}
    values = {"person": one.person, "share": percent(one.ratio, language), "month": when}
    return _("%(person)s : %(share)s en %(month)s") % values
