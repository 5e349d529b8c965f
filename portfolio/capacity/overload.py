"""Which tasks of a plan ask of a person more than they have: shown on the bars of its Gantt."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import LoadState, following_month, month_of
from portfolio.capacity.queries import MONTHS_SHOWN, LoadFilters, PersonMonth, person_load
from portfolio.planning.gantt_rows import EPOCH
from portfolio.planning.models import Assignment
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.formats import month, percent
from tech4value.web.views import MemberView, asked_uuid

MOST_PEOPLE: Final = 20


class PlanOverloadView(OfProject, MemberView):
    """The sentence that each overloaded task of a plan shows, by the task's key, from this month on.

    `?people=id,id&from=&to=` (days since 1970): how loaded these persons are then, in the fullest of the months.
    """

    permission = Permission.CAPACITY_VIEW
    http_method_names = ["get"]

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        if not request.member.can(Permission.PLAN_VIEW):
            raise PermissionDenied
        language = get_language() or "fr"
        if "people" in request.GET:
            asked = [key for part in request.GET["people"].split(",")[:MOST_PEOPLE] if (key := asked_uuid(part))]
            first, last = (_day(request.GET.get(name, "")) for name in ("from", "to"))
            return JsonResponse({"people": loads(asked, first, last, language)})
        return JsonResponse({"tasks": overloaded_tasks(self.project, today(), language)})


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


def loads(people: Collection[UUID], first: date, last: date, language: str) -> dict[str, dict[str, Any]]:
    """How loaded each person is in the fullest month from `first` to `last` (at most a year), all projects counted:
    {key: {text, over}}. Seven statements."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    fullest: dict[UUID, PersonMonth] = {}
    for one in person_load(month_of(first), min(max(months, 1), MONTHS_SHOWN), LoadFilters(people=people)):
        known = fullest.get(one.person_id)
        if known is None or (one.ratio is not None and (known.ratio is None or one.ratio > known.ratio)):
            fullest[one.person_id] = one
    return {
        str(key): {
            "text": _("%(share)s en %(month)s")
            % {"share": percent(one.ratio, language), "month": month(one.month, language)},
            "over": one.state is LoadState.OVER,
        }
        for key, one in fullest.items()
        if one.ratio is not None
    }


def _day(text: str) -> date:
    """A day since 1970; today for what is none, or is in no plan."""
    try:
        day = EPOCH.date() + timedelta(days=int(text))
    except (ValueError, OverflowError):
        return today()
    return day if 1970 <= day.year < 2200 else today()


def _sentence(one: PersonMonth, language: str) -> str:
    when = month(one.month, language)
    if one.ratio is None:
        return _("%(person)s : absent en %(month)s") % {"person": one.person, "month": when}
    values = {"person": one.person, "share": percent(one.ratio, language), "month": when}
    return _("%(person)s : %(share)s en %(month)s") % values
