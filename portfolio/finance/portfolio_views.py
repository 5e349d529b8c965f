"""The budget of the portfolio: by project, by month, by category."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portfolio.finance.charts import budget_chart
from portfolio.finance.domain.budget import MEASURES, Amounts, total
from portfolio.finance.figures import KEYS, Part, budget_figures
from portfolio.finance.forms import BudgetFilter
from portfolio.finance.periods import period_of, shown_months, year_name, years_of
from portfolio.finance.queries import Extent, Period, by_category, by_month, extent, sources_of, totals
from portfolio.finance.sorting import sorted_rows
from portfolio.people.pages import PAGE_SIZE, layout
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of the table."""

    project: Project
    amounts: Amounts


def _held(read: Callable[[Amounts], Any]) -> Callable[[ProjectRow], Any]:
    """What a row is compared by: nothing without any money."""
    return lambda row: None if row.amounts.is_empty else read(row.amounts)


SORTS: Final[dict[str, Callable[[ProjectRow], Any]]] = {
    "name": lambda row: row.project.name.casefold(),
    "pole": lambda row: row.project.pole.name.casefold(),
    **{name: _held(attrgetter(name)) for name in (*MEASURES, "variance")},
    "spent": _held(lambda amounts: amounts.spent_share),
}
DEFAULT_SORT: Final = "-variance"


class PortfolioBudget(MemberView):
    """What the filters of the address select."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def everything(self) -> Any:
        return Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)

    @cached_property
    def filter(self) -> BudgetFilter:
        lines = extent(self.everything)
        return BudgetFilter(self.request.GET, years_of(lines.first, lines.last, today()), self.everything)

    @cached_property
    def projects(self) -> Any:
        return self.filter.selected(self.everything)

    @cached_property
    def period(self) -> Period:
        return period_of(self.filter.chosen("year"))

    @cached_property
    def nature(self) -> str:
        return str(self.filter.chosen("nature") or "")

    @cached_property
    def extent(self) -> Extent:
        return extent(self.projects, self.period, self.nature)

    @cached_property
    def rows(self) -> list[ProjectRow]:
        found = totals(self.projects, self.period, self.nature)
        projects = self.projects.select_related("pole")
        return [ProjectRow(project, found.get(project.pk, Amounts())) for project in projects]

    def figures(self, parts: tuple[Part, ...] = (), source: str = "") -> tuple[Figure, ...]:
        query = self.request.GET.urlencode()
        return budget_figures(
            total(row.amounts for row in self.rows),
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:explain', args=[key])}?{query}",
            parts=parts,
            as_of=self.extent.as_of,
            source=source,
        )


class PortfolioBudgetView(PortfolioBudget):
    """The page Budgets."""

    def get(self, request: Any) -> HttpResponse:
        currency = request.tenant.currency
        cumulative = request.GET.get("chart") == "cumulative"
        chart = None
        if self.extent.count:
            months = by_month(self.projects, *shown_months(self.extent.months, self.period), nature=self.nature)
            chart = budget_chart(months, today(), currency, cumulative=cumulative)
        rows = sorted_rows(self.rows, request.GET.get("sort", ""), SORTS, DEFAULT_SORT)
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "filter": self.filter,
            "figures": self.figures(),
            "page": page,
            "total": total(row.amounts for row in self.rows),
            "count": len(self.rows),
            "year": year_name(year) if (year := self.filter.chosen("year")) is not None else "",
            "categories": by_category(self.projects, self.period, self.nature) if chart else (),
            "chart": chart,
            "cumulative": cumulative,
            "currency": currency,
            "anything": self.extent.count or self.everything.exists(),
        }
        return render(request, "portfolio/finance/portfolio.html", context)


class PortfolioExplainView(PortfolioBudget):
    """How one figure of the portfolio's budget is made: its projects, the largest first, and their sources."""

    def get(self, request: Any, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        sources = sources_of(self.projects, self.period, self.nature)
        measured = sorted(
            (row for row in self.rows if not row.amounts.is_empty),
            key=lambda row: abs(row.amounts.variance if key == "variance" else row.amounts.planned or Decimal(0)),
            reverse=True,
        )
        parts = tuple(
            Part(
                label=row.project.name,
                amounts=row.amounts,
                url=reverse("finance:project", args=[row.project.pk]),
                source=sources.get(row.project.pk, ""),
            )
            for row in measured
        )
        names = {name for text in sources.values() for name in text.split(", ")}
        figure = next(one for one in self.figures(parts, ", ".join(sorted(names))) if one.key == key)
        return render(request, "portfolio/finance/explain.html", {"figure": figure, "layout": layout(request)})
