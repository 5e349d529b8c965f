"""The returns of the portfolio: of all its projects together and of each, and how they are discounted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portfolio.finance.benefits_actions import change_return_settings
from portfolio.finance.benefits_charts import returns_chart
from portfolio.finance.benefits_figures import KEYS, Explained, Part, figures_of, headlines
from portfolio.finance.benefits_forms import BasisFilter, ReturnSettingsForm, ReturnsFilter
from portfolio.finance.benefits_queries import Case, cases_of, return_settings, this_fiscal_year
from portfolio.finance.benefits_tables import listed
from portfolio.finance.benefits_words import BASES, BASIS_WORDS, wait_words, why
from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.business_case import Basis
from portfolio.finance.domain.present_value import Missing, Result, number_of
from portfolio.finance.domain.returns import Returns, together
from portfolio.finance.periods import year_name
from portfolio.finance.sheets import sheet
from portfolio.finance.sorting import sorted_rows
from portfolio.people.pages import PAGE_SIZE, SingleRowFormView, layout
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tables.columns import CellKind, Column
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView


@dataclass(frozen=True, slots=True)
class Row:
    """One project of the table, or all of them; without a cost nor a benefit, `found` is None."""

    name: str
    code: str
    url: str
    found: Returns | None
    expected: Decimal = ZERO
    realised: Decimal = ZERO

    @property
    def realised_share(self) -> Decimal | None:
        """Realised ÷ expected; None when nothing is expected."""
        return self.realised / self.expected if self.expected else None

    def number(self, read: Callable[[Returns], Result]) -> Decimal | None:
        """A measure; None where there is none."""
        return None if self.found is None else number_of(read(self.found))

    @property
    def irr(self) -> Decimal | None:
        return self.number(lambda one: one.irr)

    @property
    def irr_why(self) -> str:
        """Why there is no rate."""
        return "" if self.found is None else why(self.found.irr)

    @property
    def payback(self) -> Decimal | None:
        return self.number(lambda one: one.payback)

    @property
    def payback_why(self) -> str:
        """Why it is never paid back."""
        return "" if self.found is None else why(self.found.payback)

    @property
    def payback_words(self) -> str:
        """`2,4 ans, en 2028`; empty for never."""
        if self.found is None or self.found.payback_year is None:
            return ""
        words = {"wait": wait_words(self.found.payback), "year": year_name(self.found.payback_year)}
        return _("%(wait)s, en %(year)s") % words

    @property
    def payback_exercise(self) -> str:
        """The fiscal year in which it is paid back; empty for never."""
        return "" if self.found is None or self.found.payback_year is None else year_name(self.found.payback_year)

    @property
    def margin(self) -> Decimal | None:
        return self.number(lambda one: one.margin)

    @property
    def reason(self) -> str:
        """What a row without any number says."""
        return why(Missing.NO_FLOW)


SORTS: Final[dict[str, Callable[[Row], Any]]] = {
    "name": lambda row: row.name.casefold(),
    "cost": lambda row: row.found and row.found.cost,
    "benefit": lambda row: row.found and row.found.benefit,
    "npv": lambda row: row.found and row.found.npv,
    "irr": lambda row: row.irr,
    "payback": lambda row: row.payback,
    "margin": lambda row: row.margin,
    "realised": lambda row: row.realised_share,
}
# The most valuable first.
DEFAULT_SORT: Final = "-npv"


class PortfolioReturns(MemberView):
    """The projects that the filters of the address select, closed ones too: what they bring counts."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def everything(self) -> Any:
        return Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)

    @cached_property
    def filter(self) -> ReturnsFilter:
        return ReturnsFilter(self.request.GET, self.everything)

    @cached_property
    def basis(self) -> Basis:
        return BasisFilter(self.request.GET).chosen_basis

    @cached_property
    def projects(self) -> list[Project]:
        return list(self.filter.selected(self.everything))

    @cached_property
    def cases(self) -> dict[Any, Case]:
        return cases_of(self.projects)

    @cached_property
    def rows(self) -> list[Row]:
        return [_row(project, self.cases[project.pk], self.basis) for project in self.projects]

    @cached_property
    def measured(self) -> list[Row]:
        """The projects that have a cost or a benefit."""
        return [row for row in self.rows if row.found is not None]

    @cached_property
    def total(self) -> Row | None:
        """All of them as one; None without any."""
        found = [row.found for row in self.measured if row.found is not None]
        if not found:
            return None
        expected = sum((row.expected for row in self.rows), ZERO)
        realised = sum((row.realised for row in self.rows), ZERO)
        return Row(_("Total"), "", "", together(found), expected, realised)

    def figures(self, *, explained: bool = False) -> dict[str, Figure]:
        query = self.request.GET.urlencode()
        source = _("Budgets et bénéfices des projets")
        parts = [
            Part(row.name, row.found, row.url, source)
            for row in (self.measured if explained else ())
            if row.found is not None
        ]
        shared = Explained(
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:returns_explain', args=[key])}?{query}",
            basis=str(BASIS_WORDS[self.basis]),
            parts=parts,
            as_of=max((case.as_of for case in self.cases.values() if case.as_of), default=None),
            source=source,
        )
        return figures_of(self.total.found if self.total else None, shared)


def _row(project: Project, case: Case, basis: Basis) -> Row:
    url = reverse("finance:benefits", args=[project.pk])
    return Row(project.name, project.code, url, case.returns(basis), case.expected, case.realised)


class PortfolioReturnsView(PortfolioReturns):
    """The page Rentabilité."""

    def get(self, request: MemberRequest) -> HttpResponse:
        currency, settings = request.tenant.currency, return_settings()
        rows = sorted_rows(self.rows, request.GET.get("sort", ""), SORTS, DEFAULT_SORT)
        context: dict[str, Any] = {
            "filter": self.filter,
            "currency": currency,
            "count": len(self.rows),
            "measured": len(self.measured),
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "anything": bool(self.rows) or self.everything.exists(),
            "bases": [(basis.value, label, basis is self.basis) for basis, label in BASES.items()],
            "basis_words": BASIS_WORDS[self.basis],
            "rate": settings.discount_rate,
            "base_year": year_name(settings.base_year or this_fiscal_year()),
            "may_set": request.member.can(Permission.CASH_EDIT),
            "unmeasured": sum(case.unmeasured for case in self.cases.values()),
        }
        if self.total is not None and self.total.found is not None:
            figures, found = self.figures(), self.total.found
            context |= {
                "total": self.total,
                "figures": headlines(figures, found),
                "indicators": listed(figures, found),
                "chart": returns_chart(found, currency),
            }
        return render(request, "portfolio/finance/returns.html", context)


class PortfolioReturnsExplainView(PortfolioReturns):
    """How one figure is made: its formula, its terms, its projects."""

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        context = {"figure": self.figures(explained=True)[key], "layout": layout(request)}
        return render(request, "portfolio/finance/explain.html", context)


class PortfolioReturnsExportView(PortfolioReturns):
    """The table as a file, in the order that is shown, its total last; `format=csv` for text."""

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = sorted_rows(self.rows, request.GET.get("sort", ""), SORTS, DEFAULT_SORT)
        shown = [*rows, self.total] if self.total is not None else rows
        return sheet(_("Rentabilité"), _columns(), shown, request.GET.get("format", ""))


def _columns() -> list[Column]:
    """What the table shows, and what its share of benefits realised is made of."""

    def money(key: str, label: str, value: Callable[[Row], Decimal | None]) -> Column:
        return Column(key=key, label=label, value=value, kind=CellKind.MONEY)

    return [
        Column(key="code", label=_("Code"), value="code"),
        Column(key="name", label=_("Projet"), value="name", kind=CellKind.NAME),
        money("cost", _("Coûts"), lambda row: None if row.found is None else row.found.cost),
        money("benefit", _("Bénéfices"), lambda row: None if row.found is None else row.found.benefit),
        money("npv", _("VAN"), lambda row: None if row.found is None else row.found.npv),
        Column(key="irr", label=_("TRI"), value=lambda row: _short(row.irr), kind=CellKind.PERCENT, decimals=2),
        Column(
            key="payback",
            label=_("Récupération en années"),
            value=lambda row: _short(row.payback),
            kind=CellKind.NUMBER,
            decimals=2,
        ),
        Column(
            key="payback_year",
            label=_("Exercice de récupération"),
            value=lambda row: row.payback_exercise,
        ),
        money("margin", pgettext("argent", "Marge"), lambda row: row.margin),
        money("expected", _("Bénéfices attendus"), lambda row: None if row.found is None else row.expected),
        money("realised", _("Bénéfices réalisés"), lambda row: None if row.found is None else row.realised),
        Column(
            key="share",
            label=_("Part réalisée"),
            value=lambda row: _short(row.realised_share),
            kind=CellKind.PERCENT,
            decimals=1,
        ),
    ]


def _short(value: Decimal | None) -> Decimal | None:
    """Four decimals of a rate or of a number of years."""
    return None if value is None else value.quantize(Decimal("0.0001"))


class ReturnSettingsView(SingleRowFormView):
    """The discount rate, and the year in whose money everything is."""

    permission = Permission.CASH_EDIT
    heading = gettext_lazy("Régler l’actualisation")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.settings = return_settings()
        # One that nobody has changed yet has no version to be late on.
        self.row = None if self.settings._state.adding else self.settings

    def back_url(self) -> str:
        return reverse("finance:returns")

    def parents(self) -> Sequence[tuple[Any, str]]:
        return [(_("Rentabilité"), self.back_url())]

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        row = self.row or self.settings
        initial = {name: getattr(row, name) for name in ("discount_rate", "base_year")}
        return ReturnSettingsForm(data, initial={**initial, "version": getattr(self.row, "version", None)})

    def save(self, form: Any) -> str:
        change_return_settings(actor=self.request.member.actor, values=form.values, version=form.read_version)
        toast(self.request, _("Actualisation enregistrée : la rentabilité de tous les projets la suit."))
        return self.back_url()
