"""The register: of the portfolio, and of one project. Forms and verbs of one risk: `risk_views`."""

from functools import cached_property
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portfolio.people.pages import layout
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.risks.figures import KEYS, explained_rows, register_figures, summary
from portfolio.risks.lists import RiskTable
from portfolio.risks.models import SEVERITY_LABELS, RiskQuerySet
from portfolio.risks.queries import matrix_of
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TablePage
from tech4value.tables.state import TableState
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView

CELL: Final = ("probability", "impact")


class Register(MemberView):
    """What a page of risks shows: those that pass the filters of the address."""

    permission = Permission.RISK_VIEW

    def scope(self) -> dict[str, str]:
        """What the address fixes."""
        return {}

    @cached_property
    def listed(self) -> TablePage:
        """The table: of one cell of the matrix when one is chosen."""
        return TablePage(RiskTable(self.request.member, self.scope()), self.request.GET)

    @cached_property
    def risks(self) -> RiskQuerySet:
        """What the figures and the matrix count: the cell that is chosen leaves them as they are."""
        query = self.listed.state.query.copy()
        for name in CELL:
            query.pop(name, None)
        rows: Any = TableState(self.listed.table, query).rows()
        return rows.select_related("project", "owner").worst_first()

    @property
    def cell(self) -> tuple[int, int] | None:
        """(probability, impact) of the matrix's cell, when one is chosen."""
        given = self.listed.state.given
        chosen = [int(given[name][name]) for name in CELL if name in given]
        return (chosen[0], chosen[1]) if len(chosen) == len(CELL) else None

    def explain_url(self, key: str) -> str:
        raise NotImplementedError

    def explain(self, key: str) -> str:
        query = self.request.GET.urlencode()
        return f"{self.explain_url(key)}?{query}" if query else self.explain_url(key)

    def register_context(self) -> dict[str, Any]:
        """What `_register.html` needs."""
        day = today()
        cells = {}
        for (probability, impact), count in matrix_of(self.risks).items():
            query = self.request.GET.copy()
            query.pop("page", None)
            query["probability"], query["impact"] = str(probability), str(impact)
            cells[probability, impact] = (count, f"?{query.urlencode()}")
        return {
            "list": self.listed,
            "figures": register_figures(summary(self.risks, day), self.explain),
            "matrix": cells,
            "cell": self.cell,
            "bands": {str(level): label for level, label in SEVERITY_LABELS.items()},
            "any": self.listed.any,
            "may_create": self.request.member.can(Permission.RISK_EDIT),
            # The first risk needs a project.
            "no_project": not self.listed.any and not Project.objects.visible_to(self.request.member).exists(),
        }

    def explained(self, key: str, **context: Any) -> HttpResponse:
        """How one figure is made."""
        if key not in KEYS:
            raise Http404
        day = today()
        rows, source = explained_rows(self.risks, key, day)
        figures = register_figures(summary(self.risks, day), self.explain, rows=rows, source=source)
        figure = next(one for one in figures if one.key == key)
        context |= {"figure": figure, "layout": layout(self.request)}
        return render(self.request, "portfolio/risks/explain.html", context)


class PortfolioRegister(Register):
    """The risks of every project that the member may see."""

    def explain_url(self, key: str) -> str:
        return reverse("risks:explain", args=[key])


class RegisterView(PortfolioRegister):
    """The page Risques."""

    def get(self, request: Any) -> HttpResponse:
        context = self.register_context()
        context["create_url"] = reverse("risks:create")
        return render(request, "portfolio/risks/register.html", context)


class RegisterExplainView(PortfolioRegister):
    """How one figure of the portfolio's register is made."""

    def get(self, request: Any, key: str) -> HttpResponse:
        return self.explained(key)


class ProjectRegister(OfProject, Register):
    """The risks of one project."""

    def scope(self) -> dict[str, str]:
        return {"project": str(self.project.pk)}

    def explain_url(self, key: str) -> str:
        return reverse("risks:project_explain", args=[self.project.pk, key])


class ProjectRisksView(ProjectRegister, ProjectPage):
    """The tab Risques of a project."""

    template_name = "portfolio/risks/project.html"

    def tab_context(self) -> dict[str, Any]:
        context = self.register_context()
        context["create_url"] = reverse("risks:create_in", args=[self.project.pk])
        context["may_create"] = self.may(Permission.RISK_EDIT)
        return context


class ProjectRisksExplainView(ProjectRegister):
    """How one figure of a project's register is made."""

    def get(self, request: Any, key: str, **kwargs: Any) -> HttpResponse:
        return self.explained(key, project=self.project)
