"""Earned value of one project: figures, S-curve, every indicator, every task."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.finance.domain.earned_value import EacMethod, EarnedValue, number_of
from portfolio.finance.earned_value_charts import s_curve
from portfolio.finance.earned_value_figures import (
    HEADLINES,
    INDICATORS,
    KEYS,
    SCHEDULE,
    SCHEDULE_INDEX,
    Explained,
    Part,
    figures_of,
)
from portfolio.finance.earned_value_queries import Calendarised, ProjectWork, curve_of, schedule_of, works_of
from portfolio.finance.earned_value_words import METHODS, basis, why
from portfolio.finance.queries import sources_of
from portfolio.people.pages import PAGE_SIZE, layout
from portfolio.planning.models import Baseline
from portfolio.projects.pages import OfProject, ProjectPage
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView, asked_uuid


def estimates(value: EarnedValue) -> list[dict[str, Any]]:
    """The three estimates at completion, with what follows from each; a reason where there is no number."""
    found = []
    for method in EacMethod:
        label, formula = METHODS[method]
        results = {
            "eac": value.estimate_at_completion(method),
            "etc": value.estimate_to_complete(method),
            "vac": value.variance_at_completion(method),
            "tcpi": value.to_complete_index_for(method),
        }
        numbers = {name: number_of(result) for name, result in results.items()}
        missing = why(results["eac"])
        found.append({"label": label, "formula": formula, "why": missing, **numbers})
    return found


def listed(figures: dict[str, Figure]) -> list[tuple[str, Figure]]:
    """Every indicator with its acronym, in the order of reading."""
    acronyms = [(one.acronym, one.key) for one in INDICATORS]
    return [(acronym, figures[key]) for acronym, key in (*acronyms, ("SV(t)", SCHEDULE), ("SPI(t)", SCHEDULE_INDEX))]


class ProjectEarnedValue(OfProject):
    """The earned value of the project against the baseline of the address, the latest without one."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def work(self) -> ProjectWork:
        asked = asked_uuid(self.request.GET.get("baseline", ""))
        return works_of([self.project], today(), baseline_id=asked)[0]

    @cached_property
    def schedule(self) -> Calendarised | None:
        return schedule_of([self.work])

    def figures(self, *, explained: bool = False) -> dict[str, Figure]:
        work = self.work
        query = self.request.GET.urlencode()
        parts = [
            Part(
                f"{task.line.wbs} {task.line.name}".strip(),
                task.value,
                "" if task.line.deleted else reverse("planning:task", args=[task.line.task_id]),
                _("Planning et budget"),
            )
            for task in (work.tasks if explained and work.value else ())
        ]
        shared = Explained(
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:earned_value_explain', args=[self.project.pk, key])}?{query}",
            basis=basis(work) if work.value else "",
            parts=parts,
            as_of=work.as_of,
            source=sources_of([self.project]).get(self.project.pk, "") if explained else "",
            rows_url=reverse("finance:earned_value", args=[self.project.pk]),
        )
        return figures_of(work.value, self.schedule, work.missing, shared)


class ProjectEarnedValueView(ProjectEarnedValue, ProjectPage):
    """The tab Valeur acquise."""

    template_name = "portfolio/finance/earned_value.html"

    def tab_context(self) -> dict[str, Any]:
        work, currency = self.work, self.request.tenant.currency
        context = {
            "work": work,
            "why": why(work.missing),
            "currency": currency,
            "may_edit_plan": self.may(Permission.PLAN_EDIT),
            "may_edit_budget": self.may(Permission.BUDGET_EDIT),
        }
        if work.value is None:
            return context
        figures = self.figures()
        return {
            **context,
            "basis": basis(work),
            "figures": [figures[SCHEDULE], *(figures[key] for key in HEADLINES)],
            "indicators": listed(figures),
            "estimates": estimates(work.value),
            "schedule": self.schedule,
            "chart": s_curve(curve_of([work]), work.value, work.status_on, currency),
            "baselines": Baseline.objects.filter(project=self.project) if work.baseline_count > 1 else (),
            "page": Paginator(work.tasks, PAGE_SIZE).get_page(self.request.GET.get("page")),
        }


class ProjectEarnedValueExplainView(ProjectEarnedValue, MemberView):
    """How one figure is made: its formula, its terms, its tasks."""

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        figure = self.figures(explained=True)[key]
        context = {"figure": figure, "layout": layout(request), "project": self.project}
        return render(request, "portfolio/finance/explain.html", context)
