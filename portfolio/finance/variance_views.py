"""Where the variance of budgets comes from: of a project by line and cause, of the portfolio by project and cause."""

from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.variance import Cause, RowExplained
from portfolio.finance.forms import BudgetFilter, YearFilter
from portfolio.finance.periods import period_of, year_name, years_of
from portfolio.finance.queries import Period, extent, place_label
from portfolio.finance.sheets import sheet
from portfolio.finance.sorting import sorted_rows
from portfolio.finance.variance_origins import made_of
from portfolio.finance.variance_queries import ProjectVariance, references_of, total_of, variances_of
from portfolio.finance.variance_tables import CauseRow, columns, heads, sort_keys, waterfall
from portfolio.finance.variance_words import LABELS, MEANINGS, reference_words
from portfolio.people.pages import PAGE_SIZE, layout
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView

DEFAULT_SORT: Final = "-variance"


class VarianceFilter(YearFilter):
    """Which fiscal year, and which approved version is the reference."""

    reference = forms.TypedChoiceField(label=gettext_lazy("Référence"), coerce=int, required=False, empty_value=None)
    field_order = ["reference", "year"]

    def __init__(self, data: Any, years: Any, versions: Any) -> None:
        super().__init__(data, years)
        field: Any = self.fields["reference"]
        # The first approved version is the one of an address that names none.
        field.choices = [("", versions[0].name if versions else _("Prévu d’aujourd’hui"))]
        field.choices += [(str(one.number), one.name) for one in versions[1:]]


class OfVariance(OfProject):
    """The causes of the project's variance, within the year of the address."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def filter(self) -> VarianceFilter:
        lines = extent([self.project])
        years = years_of(lines.first, lines.last, today())
        return VarianceFilter(self.request.GET, years, references_of(self.project))

    @cached_property
    def whole(self) -> ProjectVariance | None:
        """Over the whole life of the project; None without a budget."""
        return variances_of([self.project], self.filter.chosen("reference")).get(self.project.pk)

    @cached_property
    def period(self) -> Period:
        return period_of(self.filter.chosen("year"))

    @cached_property
    def rows(self) -> list[CauseRow]:
        if self.whole is None:
            return []
        return [self._row(row) for row in self.whole.within(self.period).rows]

    def _row(self, row: RowExplained) -> CauseRow:
        def address(cause: Cause) -> str:
            page = reverse("finance:variance_cell", args=[self.project.pk, row.category, row.nature, cause.value])
            query = self.request.GET.urlencode()
            return f"{page}?{query}" if query else page

        note = ""
        if row.unplanned:
            note = _("hors budget")
        elif row.withdrawn:
            note = _("retirée")
        name = place_label(row.category, row.nature)
        return CauseRow(name, "", "", total_of([row]), note, address)

    @property
    def total(self) -> CauseRow:
        total = total_of(self.whole.within(self.period).rows if self.whole is not None else ())
        return CauseRow(_("Total"), "", "", total)


class ProjectVarianceView(OfVariance, ProjectPage):
    """The page Écarts of a project's budget."""

    template_name = "portfolio/finance/variance.html"

    def tab_context(self) -> dict[str, Any]:
        currency = self.request.tenant.currency
        return {
            "filter": self.filter,
            "rows": self.rows,
            "total": self.total,
            "heads": heads(),
            "reference_words": reference_words(self.whole) if self.whole is not None else "",
            "chart": waterfall(self.total.total, currency) if self.rows else None,
            "currency": currency,
            "may_edit": self.may(Permission.BUDGET_EDIT),
        }


class ProjectVarianceCellView(OfVariance, MemberView):
    """What makes one amount: its months, and over the whole life of the project its transfers, revisions, rates."""

    def get(self, request: MemberRequest, project_id: UUID, category: str, nature: str, cause: str) -> HttpResponse:
        variance = self.whole
        rows = variance.rows if variance is not None else ()
        row = next((one for one in rows if (one.category, one.nature) == (category, nature)), None)
        if variance is None or row is None or cause not in {one.value for one in Cause}:
            raise Http404
        asked = Cause(cause)
        months = [one for one in row.months if one.month in self.period and one.causes.of(asked)]
        context = {
            "layout": layout(request),
            "project": self.project,
            "name": place_label(category, nature),
            "cause": LABELS[asked],
            "meaning": MEANINGS[asked],
            "reference_words": reference_words(variance),
            "made": made_of(
                variance,
                row,
                asked,
                rates=request.member.can(Permission.RATE_VIEW),
                times=request.member.can(Permission.TIME_VIEW),
            ),
            "months": [(one, one.causes.of(asked)) for one in months],
            "amount": sum(one.causes.of(asked) for one in months),
            "year": year_name(year) if (year := self.filter.chosen("year")) is not None else "",
            "lines_url": f"{reverse('finance:lines')}?project={self.project.pk}&category={category}&nature={nature}",
            "currency": request.tenant.currency,
        }
        return render(request, "portfolio/finance/variance_cell.html", context)


class ProjectVarianceExportView(OfVariance, MemberView):
    """The table as a workbook, its total last."""

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        first = [Column(key="name", label=_("Ligne"), value="name", kind=CellKind.NAME)]
        title = _("Écarts %(project)s") % {"project": self.project.code}
        return sheet(title, columns(first), [*self.rows, self.total], request.GET.get("format", ""))


class PortfolioVariance(MemberView):
    """The projects that the filters of the address select."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def everything(self) -> Any:
        return Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)

    @cached_property
    def filter(self) -> BudgetFilter:
        lines = extent(self.everything)
        return BudgetFilter(self.request.GET, years_of(lines.first, lines.last, today()), self.everything)

    @cached_property
    def explained(self) -> list[tuple[Project, tuple[RowExplained, ...]]]:
        """Each project with its rows of the chosen year and nature."""
        projects = list(self.filter.selected(self.everything))
        found = variances_of(projects)
        period, nature = period_of(self.filter.chosen("year")), str(self.filter.chosen("nature") or "")
        return [
            (project, found[project.pk].within(period).of(nature) if project.pk in found else ())
            for project in projects
        ]

    @cached_property
    def rows(self) -> list[CauseRow]:
        return [self._row(project, rows) for project, rows in self.explained]

    def _row(self, project: Project, rows: tuple[RowExplained, ...]) -> CauseRow:
        url = reverse("finance:variance", args=[project.pk])
        if (year := self.filter.chosen("year")) is not None:
            url = f"{url}?year={year}"
        return CauseRow(project.name, project.code, url, total_of(rows), address=lambda _cause: url)

    @property
    def total(self) -> CauseRow:
        return CauseRow(_("Total"), "", "", total_of([row for _project, rows in self.explained for row in rows]))

    @property
    def ordered(self) -> list[CauseRow]:
        """As the address asks, the worst overrun first without it."""
        return sorted_rows(self.rows, self.request.GET.get("sort", ""), sort_keys(), DEFAULT_SORT)


class PortfolioVarianceView(PortfolioVariance):
    """The page Écarts de budget."""

    def get(self, request: MemberRequest) -> HttpResponse:
        currency, total = request.tenant.currency, self.total
        context = {
            "filter": self.filter,
            "page": Paginator(self.ordered, PAGE_SIZE).get_page(request.GET.get("page")),
            "total": total,
            "heads": heads(),
            "chart": None if total.total.is_empty else waterfall(total.total, currency),
            "count": len(self.rows),
            "anything": bool(self.rows) or self.everything.exists(),
            "currency": currency,
        }
        return render(request, "portfolio/finance/portfolio_variance.html", context)


class PortfolioVarianceExportView(PortfolioVariance):
    """The table as a workbook, in the order that is shown, its total last."""

    def get(self, request: MemberRequest) -> HttpResponse:
        first = [
            Column(key="code", label=_("Code"), value="code"),
            Column(key="name", label=_("Projet"), value="name", kind=CellKind.NAME),
        ]
        rows = [*self.ordered, self.total]
        return sheet(_("Écarts de budget"), columns(first), rows, request.GET.get("format", ""))
