"""The tab Trésorerie of a project: its contracts, and what they are to bring in and take out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO
from portfolio.people.pages import layout
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.treasury.domain.cash import Flow, FlowKind
from portfolio.treasury.figures import rows_of
from portfolio.treasury.models import Contract
from portfolio.treasury.queries import CashPlan, cash_plan
from portfolio.treasury.views import shown
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.web.views import MemberView


class OfProjectCash(OfProject):
    """What a view of a project's cash needs."""

    permission = Permission.CASH_VIEW

    @cached_property
    def contracts(self) -> list[Contract]:
        return list(Contract.objects.filter(project=self.project))

    @cached_property
    def plan(self) -> CashPlan | None:
        return cash_plan() if self.contracts else None

    def coming(self, plan: CashPlan) -> list[Flow]:
        """What is still to move."""
        return [flow for flow in plan.cash.flows if flow.project == str(self.project.pk) and not flow.actual]

    def figures(self, plan: CashPlan) -> tuple[Figure, ...]:
        return project_figures(
            plan,
            self.coming(plan),
            lambda key: reverse("treasury:project_explain", args=[self.project.pk, key]),
        )


class ProjectCashView(OfProjectCash, ProjectPage):
    """Twelve months of one project; its VAT is the organisation's business."""

    template_name = "portfolio/treasury/project.html"

    def tab_context(self) -> dict[str, Any]:
        context: dict[str, Any] = {
            "contracts": self.contracts,
            "key": str(self.project.pk),
            "may_edit": self.request.member.can(Permission.CASH_EDIT),
        }
        plan = self.plan
        if plan is None:
            return context
        return {
            **context,
            "figures": self.figures(plan),
            "flows": [shown(flow, plan) for flow in self.coming(plan)],
            "currency": plan.ledger.books.rates.base,
        }


class ProjectCashExplainView(OfProjectCash, MemberView):
    """How one figure of a project's cash is made."""

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        figures = self.figures(self.plan) if self.project and self.plan else ()
        figure = next((one for one in figures if one.key == key), None)
        if figure is None:
            raise Http404
        context = {"figure": replace(figure, explain_url=""), "layout": layout(request), "project": self.project}
        return render(request, "portfolio/treasury/explain.html", context)


def project_figures(plan: CashPlan, coming: Sequence[Flow], explain: Callable[[str], str]) -> tuple[Figure, ...]:
    """What is to come in, to go out, and the difference, to the end of the plan."""
    received = [flow for flow in coming if flow.kind is FlowKind.RECEIPT]
    spent = [flow for flow in coming if flow.kind is not FlowKind.RECEIPT]

    def figure(key: str, label: str, formula: str, parts: Sequence[Flow]) -> Figure:
        value: Decimal = sum((flow.amount for flow in parts), ZERO)
        unit = f"money:{plan.ledger.books.rates.base}"
        rows = rows_of(plan, parts)
        return Figure(key, label, value, unit, formula=formula, rows=rows, explain_url=explain(key))

    return (
        figure("received", _("À encaisser à 12 mois"), _("Somme des encaissements attendus, TTC."), received),
        figure("spent", _("À payer à 12 mois"), _("Somme des paiements attendus, TTC."), spent),
        figure("net", _("Flux net à 12 mois"), _("À encaisser moins à payer."), coming),
    )
