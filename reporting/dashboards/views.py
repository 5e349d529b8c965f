"""The executive dashboard, the explanation of each figure, and the rows behind it."""

import hashlib
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portfolio.people.pages import in_panel
from reporting.dashboards import links
from reporting.dashboards.cash import cash_chart, cash_sentence
from reporting.dashboards.charts import budget_chart, months_chart
from reporting.dashboards.domain.cash import CashFacts
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.figures import FIGURES, figure, figures
from reporting.dashboards.filters import FilterForm, Filters
from reporting.dashboards.first_steps import first_steps
from reporting.dashboards.kept_facts import kept_cash, kept_facts
from reporting.dashboards.milestone_table import MilestoneTable
from reporting.dashboards.milestones import milestone_rows
from reporting.dashboards.queries import portfolio_facts, visible_projects
from reporting.dashboards.sorting import sorted_projects
from reporting.dashboards.sources import sources_of
from reporting.dashboards.words import sentences
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TablePage, TableView
from tech4value.tenancy import clock
from tech4value.web.views import MemberView

PAGE_SIZE: Final = 25
LONG_PAGE_SIZE: Final = 50
ROWS_IN_PANEL: Final = 12
# Of those late, and of those to come.
SHOWN_MILESTONES: Final = 10
SECTIONS: Final = ("summary", "projects", "money", "cash_curve", "deadlines", "risks", "capacity")


class DashboardView(MemberView):
    """What the dashboard's pages share: the filters of the address and the facts that they keep."""

    permission = Permission.DASHBOARD_VIEW

    @cached_property
    def filters(self) -> Filters:
        return Filters.from_query(self.request.GET)

    @cached_property
    def today(self) -> date:
        return clock.today()

    @cached_property
    def facts(self) -> PortfolioFacts:
        return kept_facts(self.request.member, self.filters, self.today)

    @cached_property
    def cash(self) -> CashFacts | None:
        """The cash of the organisation; None for who does not follow it, or without an account."""
        return kept_cash(self.today) if self.request.member.can(Permission.CASH_VIEW) else None

    def explain_url(self, key: str) -> str:
        return links.address("dashboards:explain", key, filters=self.filters)


class ExecutiveView(DashboardView):
    """Ten seconds: what goes wrong, and what it costs.

    An open page asks again when something changed, with the digests of the sections that it shows (`seen`): only
    those that differ are sent, so that the rest of the page, its scroll and its open panel stay as they are.
    """

    def get(self, request: MemberRequest) -> HttpResponse:
        seen = self.take_seen()
        if not self.facts.projects:
            return self.empty(seen)
        # The cash has its section for those who follow it, once there is an account.
        names = [name for name in SECTIONS if name != "cash_curve" or self.cash is not None]
        sections = {name: self.section(name) for name in names}
        digests = {name: hashlib.sha256(html.encode()).hexdigest()[:16] for name, html in sections.items()}
        if request.htmx and seen:
            if "empty" in seen:
                return HttpResponse(headers={"HX-Refresh": "true"})
            changed = [name for name in names if f"{name}:{digests[name]}" not in seen]
            context = {"sections": [(name, sections[name], digests[name]) for name in changed]}
            return render(request, "reporting/dashboards/changed.html", context)
        context = {**self.shared(), **self.frame()}
        context["sections"] = [(name, sections[name], digests[name]) for name in names]
        return render(request, "reporting/dashboards/executive.html", context)

    def take_seen(self) -> list[str]:
        """The digests, taken out of the address: its links must not carry them."""
        query = self.request.GET.copy()
        seen = query.pop("seen", [])
        self.request.GET = QueryDict(query.urlencode())
        return [str(one) for one in seen]

    def section(self, name: str) -> SafeString:
        """One section's HTML, the same text for the same facts."""
        template = f"reporting/dashboards/_{name}.html"
        return SafeString(
            render_to_string(template, {**self.shared(), **getattr(self, name)()}, request=self.request)
        )

    def shared(self) -> dict[str, Any]:
        return {
            "facts": self.facts,
            "today": self.today,
            "filters": self.filters,
            "currency": self.facts.currency,
            "unit": f"money:{self.facts.currency}",
        }

    def frame(self) -> dict[str, Any]:
        """What surrounds the sections."""
        may_make_pack = self.request.member.can(Permission.PACK_CREATE)
        return {
            "form": FilterForm(self.request.GET),
            "pack_url": links.address("packs:create", filters=self.filters) if may_make_pack else "",
        }

    def empty(self, seen: list[str]) -> HttpResponse:
        """No project at all, or none that the filters keep."""
        if self.request.htmx and seen:
            still = "empty" in seen
            return HttpResponse(status=204) if still else HttpResponse(headers={"HX-Refresh": "true"})
        member = self.request.member
        context = {
            **self.frame(),
            "filtered": bool(self.filters.query) and visible_projects(member, Filters()).exists(),
            "home_url": links.address("dashboards:executive"),
            "import_url": links.address("imports:start") if member.can(Permission.IMPORT_RUN) else "",
            "create_url": links.address("projects:create") if member.can(Permission.PROJECT_CREATE) else "",
            "steps": first_steps(member),
        }
        return render(self.request, "reporting/dashboards/empty.html", context)

    def summary(self) -> dict[str, Any]:
        said = [(one, self.rows_url(one.key)) for one in sentences(self.facts)]
        if cash := cash_sentence(self.request.member):
            # What goes wrong comes first; what reassures is left out beside it.
            said = [cash, *(pair for pair in said if pair[0].tone != "good")]
        return {"sentences": said, "figures": figures(self.facts, self.explain_url)}

    def rows_url(self, key: str) -> str:
        """What a sentence speaks of; empty for who may not see it."""
        if key == "drifts":
            return links.address("drift:list") if self.request.member.can(Permission.PLAN_VIEW) else ""
        return links.address("dashboards:rows", key, filters=self.filters)

    def projects(self) -> dict[str, Any]:
        rows = sorted_projects(self.facts, self.request.GET.get("sort", ""))
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return {"page": page, "rows": [(row, links.project(row.id)) for row in page]}

    def money(self) -> dict[str, Any]:
        cumulative = self.request.GET.get("chart") == "cumulative"
        return {
            "budget": budget_chart(self.facts),
            "months": months_chart(self.facts, cumulative=cumulative),
            "cumulative": cumulative,
            "budget_url": links.address("finance:portfolio", filters=self.filters),
        }

    def cash_curve(self) -> dict[str, Any]:
        """The section of the cash, for those who follow it."""
        if self.cash is None:
            return {}
        breaches = [(one, links.address("treasury:projects", f"{one.month:%Y-%m}")) for one in self.cash.breaches]
        return {
            "cash": self.cash,
            "chart": cash_chart(self.cash),
            "breaches": breaches,
            "cash_url": links.address("treasury:plan"),
        }

    def deadlines(self) -> dict[str, Any]:
        every, late = self.facts.milestones, self.facts.milestones_late
        shown = (*every[:late][:SHOWN_MILESTONES], *every[late:][:SHOWN_MILESTONES])
        return {
            "rows": milestone_rows(shown, self.today),
            "more": len(every) - len(shown),
            "milestones_url": links.address("dashboards:milestones", filters=self.filters),
        }

    def risks(self) -> dict[str, Any]:
        register = links.address("risks:register", filters=self.filters)
        cells = {}
        for cell in self.facts.matrix:
            place = {"probability": cell.probability, "impact": cell.impact}
            url = links.address("risks:register", filters=self.filters, query=place)
            cells[cell.probability, cell.impact] = (cell.count, url)
        rows = [(risk, links.risks(risk.project_id)) for risk in self.facts.risks]
        return {"cells": cells, "rows": rows, "register_url": register}

    def capacity(self) -> dict[str, Any]:
        pole = {"pole": str(self.filters.pole)} if self.filters.pole else {}
        months = [cell.month for cell in self.facts.capacity[0].cells] if self.facts.capacity else []
        rows = [(one, links.pole_load(one.pole_id)) for one in self.facts.capacity]
        return {"rows": rows, "months": months, "capacity_url": links.address("capacity:heatmap", query=pole)}


class ExplainView(DashboardView):
    """How one figure is made, in the panel: formula, inputs, first rows, their source, freshness."""

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        if key not in FIGURES:
            raise Http404
        facts = portfolio_facts(request.member, self.filters, self.today, details=True)
        explained = figure(
            key,
            facts,
            sources=sources_of(key, facts),
            most=ROWS_IN_PANEL,
            rows_url=links.address("dashboards:rows", key, filters=self.filters),
        )
        layout = "reporting/dashboards/panel.html" if in_panel(request) else "base.html"
        context = {"figure": explained, "layout": layout, "today": self.today}
        return render(request, "reporting/dashboards/explain.html", context)


class RowsView(DashboardView):
    """Every row behind one figure, on a page of its own."""

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        if key not in FIGURES:
            raise Http404
        facts = portfolio_facts(request.member, self.filters, self.today, details=True)
        explained = figure(key, facts, sources=sources_of(key, facts))
        page = Paginator(explained.rows, LONG_PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "figure": explained,
            "page": page,
            "form": FilterForm(request.GET),
            "filters": self.filters,
            "today": self.today,
            "dashboard_url": links.address("dashboards:executive", filters=self.filters),
            "room_url": self.room_url(key),
        }
        return render(request, "reporting/dashboards/rows.html", context)

    def room_url(self, key: str) -> str:
        """The room that keeps these rows."""
        names = {
            "projects": "projects:list",
            "variance": "finance:portfolio",
            "spent": "finance:portfolio",
            "milestones": "dashboards:milestones",
            "risks": "risks:register",
            "overloads": "capacity:heatmap",
        }
        return links.address(names[key], filters=self.filters)


class MilestonesView(TableView):
    """All the milestones of the portfolio: late, to come, met."""

    permission = Permission.DASHBOARD_VIEW
    table = MilestoneTable
    template_name = "reporting/dashboards/milestones.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        filters = Filters.from_query(self.request.GET)
        return {"dashboard_url": links.address("dashboards:executive", filters=filters)}
