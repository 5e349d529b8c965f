"""The register: of the portfolio, and of one project. Forms and verbs of one risk: `risk_views`."""

from functools import cached_property
from typing import Any, Final

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portfolio.people.pages import layout, page_of
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.risks.figures import KEYS, explained_rows, register_figures, summary
from portfolio.risks.forms import PortfolioFilter, RegisterFilter
from portfolio.risks.models import SEVERITY_LABELS, RiskQuerySet
from portfolio.risks.queries import matrix_of, risks_of
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView

SORTS: Final[dict[str, Any]] = {
    "reference": "reference",
    "title": "title",
    "project": "project__name",
    "owner": "owner__name",
    "status": "status",
    "due": "due_on",
    "score": "score_value",
}


def sorted_risks(risks: RiskQuerySet, sort: str) -> RiskQuerySet:
    """By `sort` (a key of SORTS, `-` before it to reverse), the worst first among equals and without it."""
    field = SORTS.get(sort.lstrip("-"))
    if field is None:
        return risks.worst_first()
    first = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    ordered: RiskQuerySet = risks.scored().order_by(first, "-score_value", "reference", "id")
    return ordered


class Register(MemberView):
    """What a page of risks shows: those of `projects` that pass the filters of the address."""

    permission = Permission.RISK_VIEW

    @cached_property
    def filter(self) -> RegisterFilter:
        return RegisterFilter(self.request.GET)

    @cached_property
    def scope(self) -> RiskQuerySet:
        """The risks before the filters on risks."""
        raise NotImplementedError

    def explain_url(self, key: str) -> str:
        raise NotImplementedError

    @cached_property
    def risks(self) -> RiskQuerySet:
        return self.filter.selected(self.scope)

    @cached_property
    def listed(self) -> RiskQuerySet:
        """Those of the table: of one cell of the matrix when one is chosen."""
        cell = self.filter.cell
        return self.risks.filter(probability=cell[0], impact=cell[1]) if cell else self.risks

    def explain(self, key: str) -> str:
        query = self.request.GET.urlencode()
        return f"{self.explain_url(key)}?{query}" if query else self.explain_url(key)

    def register_context(self) -> dict[str, Any]:
        """What `_register.html` needs."""
        day = today()
        page = page_of(self.request, sorted_risks(self.listed, self.request.GET.get("sort", "")))
        cells = {}
        for (probability, impact), count in matrix_of(self.risks).items():
            query = self.request.GET.copy()
            query.pop("page", None)
            query["probability"], query["impact"] = str(probability), str(impact)
            cells[probability, impact] = (count, f"?{query.urlencode()}")
        return {
            "filter": self.filter,
            "figures": register_figures(summary(self.risks, day), self.explain),
            "matrix": cells,
            "cell": self.filter.cell,
            "page": page,
            "rows": [(risk, risk.is_overdue(day)) for risk in page],
            "bands": {str(level): label for level, label in SEVERITY_LABELS.items()},
            "filtered": any(self.filter.chosen(name) for name in self.filter.fields),
            "may_create": self.request.member.can(Permission.RISK_EDIT),
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

    @cached_property
    def projects(self) -> Any:
        return Project.objects.visible_to(self.request.member, Permission.RISK_VIEW)

    @cached_property
    def filter(self) -> PortfolioFilter:
        return PortfolioFilter(self.request.GET, self.projects)

    @cached_property
    def scope(self) -> RiskQuerySet:
        return risks_of(self.filter.selected_projects(self.projects))

    def explain_url(self, key: str) -> str:
        return reverse("risks:explain", args=[key])


class RegisterView(PortfolioRegister):
    """The page Risques."""

    def get(self, request: Any) -> HttpResponse:
        context = self.register_context()
        context["any"] = bool(context["page"].paginator.count) or risks_of(self.projects).exists()
        context["create_url"] = reverse("risks:create")
        return render(request, "portfolio/risks/register.html", context)


class RegisterExplainView(PortfolioRegister):
    """How one figure of the portfolio's register is made."""

    def get(self, request: Any, key: str) -> HttpResponse:
        return self.explained(key)


class ProjectRegister(OfProject, Register):
    """The risks of one project."""

    @cached_property
    def scope(self) -> RiskQuerySet:
        return risks_of([self.project])

    def explain_url(self, key: str) -> str:
        return reverse("risks:project_explain", args=[self.project.pk, key])


class ProjectRisksView(ProjectRegister, ProjectPage):
    """The tab Risques of a project."""

    template_name = "portfolio/risks/project.html"

    def tab_context(self) -> dict[str, Any]:
        context = self.register_context()
        context["any"] = bool(context["page"].paginator.count) or self.scope.exists()
        context["create_url"] = reverse("risks:create_in", args=[self.project.pk])
        context["may_create"] = self.may(Permission.RISK_EDIT)
        return context


class ProjectRisksExplainView(ProjectRegister):
    """How one figure of a project's register is made."""

    def get(self, request: Any, key: str, **kwargs: Any) -> HttpResponse:
        return self.explained(key, project=self.project)
