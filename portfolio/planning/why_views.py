"""« Pourquoi cette date ? » in the panel, and on its own page."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from portfolio.people.pages import layout
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.outside import names_of
from portfolio.planning.scheduling import load_plan
from portfolio.planning.task_views import OfTask
from portfolio.planning.why import conflict_sentences, why_this_date
from portfolio.planning.why_compared import compared
from tech4value.accounts.http import MemberRequest
from tech4value.web.views import MemberView


class WhyView(OfTask, MemberView):
    """The chain that makes a task's dates, told to whoever reads the plan."""

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        plan = load_plan(self.project)
        task = plan.by_id[self.task.pk]
        names = names_of(plan.tasks, plan.outside, request.member)
        context: dict[str, Any] = {
            "layout": layout(request),
            "project": self.project,
            "task": task,
            "conflicts": conflict_sentences(task, names, day=day_minutes(plan.calendar)),
        }
        try:
            context["answer"] = compared(why_this_date(plan, task, request.member), plan.calendar)
        except ValidationError as error:
            context["error"] = " ".join(error.messages)
        return render(request, "portfolio/planning/why.html", context)
