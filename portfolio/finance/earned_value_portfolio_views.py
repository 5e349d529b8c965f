"""Earned value of the portfolio: of all its projects together, by programme, by project."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.finance.domain.earned_value import EarnedValue, Result, number_of
from portfolio.finance.earned_value_charts import s_curve
from portfolio.finance.earned_value_figures import HEADLINES, KEYS, SCHEDULE, Explained, Part, figures_of
from portfolio.finance.earned_value_queries import ProjectWork, curve_of, schedule_of, total_value, works_of
from portfolio.finance.earned_value_views import estimates, listed
from portfolio.finance.earned_value_words import why
from portfolio.finance.forms import ProjectsFilter
from portfolio.finance.sorting import sorted_rows
from portfolio.people.pages import PAGE_SIZE, layout
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a project or a programme; without a value, why."""

    name: str
    code: str
    url: str
    value: EarnedValue | None
    why: str = ""
    projects: int = 0

    @property
    def spi(self) -> Decimal | None:
        return self._number(lambda one: one.schedule_performance_index)

    @property
    def cpi(self) -> Decimal | None:
        return self._number(lambda one: one.cost_performance_index)

    @property
    def eac(self) -> Decimal | None:
        return self._number(lambda one: one.estimate_at_completion())

    @property
    def vac(self) -> Decimal | None:
        return self._number(lambda one: one.variance_at_completion())

    def _number(self, read: Callable[[EarnedValue], Result]) -> Decimal | None:
        return number_of(read(self.value)) if self.value is not None else None


SORTS: Final[dict[str, Callable[[Row], Any]]] = {
    "name": lambda row: row.name.casefold(),
    "bac": lambda row: row.value and row.value.budget_at_completion,
    "pv": lambda row: row.value and row.value.planned_value,
    "ev": lambda row: row.value and row.value.earned_value,
    "ac": lambda row: row.value and row.value.actual_cost,
    "spi": lambda row: row.spi,
    "cpi": lambda row: row.cpi,
    "eac": lambda row: row.eac,
    "vac": lambda row: row.vac,
}
# The worst overrun first.
DEFAULT_SORT: Final = "vac"


class PortfolioEarnedValue(MemberView):
    """The projects that the filters of the address select, closed ones too: what they cost counts."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def everything(self) -> Any:
        return Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)

    @cached_property
    def filter(self) -> ProjectsFilter:
        return ProjectsFilter(self.request.GET, self.everything)

    @cached_property
    def works(self) -> tuple[ProjectWork, ...]:
        return works_of(list(self.filter.selected(self.everything).select_related("programme")), today())

    @property
    def measured(self) -> list[ProjectWork]:
        """The projects that have a value."""
        return [work for work in self.works if work.value is not None]

    def figures(self, *, explained: bool = False) -> dict[str, Figure]:
        query = self.request.GET.urlencode()
        parts = [
            Part(
                work.project.name,
                work.value,
                reverse("finance:earned_value", args=[work.project.pk]),
                _("Planning et budget"),
            )
            for work in (self.works if explained else ())
            if work.value is not None
        ]
        shared = Explained(
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:portfolio_earned_value_explain', args=[key])}?{query}",
            basis=_("Somme des projets qui ont un plan, une référence et un budget.") if self.measured else "",
            parts=parts,
            as_of=max((work.as_of for work in self.measured if work.as_of), default=None),
            source=_("Planning et budget"),
        )
        return figures_of(total_value(self.works), schedule_of(self.works), None, shared)


class PortfolioEarnedValueView(PortfolioEarnedValue):
    """The page Valeur acquise."""

    def get(self, request: Any) -> HttpResponse:
        currency, value = request.tenant.currency, total_value(self.works)
        rows = sorted_rows(
            [_project_row(work) for work in self.works], request.GET.get("sort", ""), SORTS, DEFAULT_SORT
        )
        context: dict[str, Any] = {
            "filter": self.filter,
            "currency": currency,
            "count": len(self.works),
            "measured": len(self.measured),
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "anything": bool(self.works) or self.everything.exists(),
        }
        if value is not None:
            figures = self.figures()
            context |= {
                "total": Row("", "", "", value),
                "figures": [figures[SCHEDULE], *(figures[key] for key in HEADLINES)],
                "indicators": listed(figures),
                "estimates": estimates(value),
                "chart": s_curve(curve_of(self.works), value, today(), currency),
                "programmes": _programme_rows(self.works),
            }
        return render(request, "portfolio/finance/portfolio_earned_value.html", context)


class PortfolioEarnedValueExplainView(PortfolioEarnedValue):
    """How one figure is made: its formula, its terms, its projects."""

    def get(self, request: Any, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        context = {"figure": self.figures(explained=True)[key], "layout": layout(request)}
        return render(request, "portfolio/finance/explain.html", context)


def _project_row(work: ProjectWork) -> Row:
    project = work.project
    url = reverse("finance:earned_value", args=[project.pk])
    return Row(project.name, project.code, url, work.value, why(work.missing))


def _programme_rows(works: Sequence[ProjectWork]) -> list[Row]:
    """Each programme with the sum of its projects that have a value; those of no programme last."""
    by_programme: dict[Any, list[ProjectWork]] = defaultdict(list)
    for work in works:
        if work.value is not None:
            by_programme[work.project.programme].append(work)
    if set(by_programme) <= {None}:
        return []
    page = reverse("finance:portfolio_earned_value")
    rows = []
    for programme, members in by_programme.items():
        if programme is not None:
            url = f"{page}?programme={programme.pk}"
            rows.append(Row(programme.name, programme.code, url, total_value(members), projects=len(members)))
    rows.sort(key=lambda row: row.name.casefold())
    if rest := by_programme.get(None):
        rows.append(Row(_("Sans programme"), "", "", total_value(rest), projects=len(rest)))
    return rows
