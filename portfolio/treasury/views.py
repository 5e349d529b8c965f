"""The cash plan, what makes each amount, what projects do to a month, and the settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO
from portfolio.people.pages import layout
from portfolio.projects.models import Project
from portfolio.treasury.charts import balance_chart
from portfolio.treasury.domain.balance import Column, Span
from portfolio.treasury.domain.band import Band
from portfolio.treasury.domain.cash import Flow, FlowKind
from portfolio.treasury.domain.vat import FRENCH_RATES, VatKind
from portfolio.treasury.figures import KEYS, cash_figures
from portfolio.treasury.models import VAT_KINDS, BankAccount, ExchangeRate, PayrollRule, VatRate
from portfolio.treasury.queries import CashPlan, cash_plan
from portfolio.treasury.terms import settings_row, vat_rules
from portfolio.treasury.words import (
    awaited_sentence,
    breach_sentence,
    facts_of_breach,
    facts_of_flow,
    flow_address,
    flow_name,
    kind_label,
    language,
    lowest_sentence,
    tied_to,
    trigger_address,
)
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.figures.spreadsheet import csv_bytes
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView

CASH_IN: Final = (FlowKind.RECEIPT,)


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount of the table; `url` opens what makes it."""

    value: Decimal
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table, over its columns."""

    label: str
    cells: tuple[Cell, ...]
    strong: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: its name, its month when projects can be looked at for it, whether it holds a breach."""

    label: str
    url: str
    under: bool
    current: bool


def flows_address(span: Span, kind: FlowKind | None = None) -> str:
    """What makes an amount."""
    address = f"{reverse('treasury:flows')}?from={span.first.isoformat()}&to={span.last.isoformat()}"
    return f"{address}&kind={kind.value}" if kind else address


class Plan(MemberView):
    """What a view of the plan needs."""

    permission = Permission.CASH_VIEW

    @cached_property
    def plan(self) -> CashPlan | None:
        return cash_plan()

    @cached_property
    def found(self) -> CashPlan:
        """The plan; 404 as long as there is none."""
        if self.plan is None:
            raise Http404
        return self.plan

    @cached_property
    def band(self) -> Band | None:
        return self.found.band()

    @property
    def by_week(self) -> bool:
        return self.request.GET.get("by") == "week"


class PlanView(Plan):
    """The page Trésorerie."""

    def get(self, request: MemberRequest) -> HttpResponse:
        may_edit = request.member.can(Permission.CASH_EDIT)
        if self.plan is None:
            return render(request, "portfolio/treasury/plan.html", {"plan": None, "may_edit": may_edit})
        plan = self.found
        columns = plan.weeks if self.by_week else plan.months
        facts = [facts_of_breach(one, plan) for one in plan.breaches]
        context = {
            "plan": plan,
            "may_edit": may_edit,
            "figures": cash_figures(plan, self.band, lambda key: reverse("treasury:explain", args=[key])),
            "breaches": [
                {
                    "sentence": breach_sentence(one),
                    "lowest": lowest_sentence(one),
                    "awaited": awaited_sentence(one),
                    "month": breach.month,
                    "url": reverse("treasury:projects", args=[f"{breach.month:%Y-%m}"]),
                }
                for one, breach in zip(facts, plan.breaches, strict=True)
            ],
            "chart": balance_chart(plan, self.band),
            "by_week": self.by_week,
            "heads": heads(plan, columns, by_week=self.by_week),
            "lines": lines(columns, plan),
            "decimals": 2 if any(one.amount % 1 for one in plan.cash.flows) else 0,
            "currency": plan.ledger.books.rates.base,
            "undated": plan.ledger.undated,
            "unpriced": ", ".join(plan.ledger.unpriced),
        }
        return render(request, "portfolio/treasury/plan.html", context)


def heads(plan: CashPlan, columns: Sequence[Column], *, by_week: bool) -> list[Head]:
    """The heads of the table."""
    found = []
    for one in columns:
        month = one.span.first.replace(day=1)
        label = formats.date_short(one.span.first, language()) if by_week else formats.month(month, language())
        url = reverse("treasury:projects", args=[f"{month:%Y-%m}"])
        under = one.span.last >= plan.cash.today and any(
            breach.first_on <= one.span.last and breach.last_on >= one.span.first for breach in plan.breaches
        )
        found.append(Head(label, url, under, one.span.first <= plan.cash.today <= one.span.last))
    return found


def whole(columns: Sequence[Column]) -> Column:
    """All the columns as one: what they add up to, from the first opening to the last closing."""
    amounts = {kind: sum((one.of(kind) for one in columns), ZERO) for kind in FlowKind}
    return Column(
        span=Span(columns[0].span.first, columns[-1].span.last),
        opening=columns[0].opening,
        amounts={kind: amount for kind, amount in amounts.items() if amount},
        actual=sum((one.actual for one in columns), ZERO),
        promised=sum((one.promised for one in columns), ZERO),
        lowest=min(one.lowest for one in columns),
    )


def lines(columns: Sequence[Column], plan: CashPlan) -> list[Line]:
    """Opening, each kind, net and closing, the whole in a last column; then what had been promised, for the columns
    that are past."""
    kinds = [kind for kind in FlowKind if kind is not FlowKind.OTHER or any(one.of(kind) for one in columns)]
    columns = [*columns, whole(columns)]
    found = [Line(_("Solde d’ouverture"), tuple(Cell(one.opening) for one in columns), muted=True)]
    found += [
        Line(
            kind_label(kind),
            tuple(Cell(one.of(kind), flows_address(one.span, kind) if one.of(kind) else "") for one in columns),
        )
        for kind in kinds
    ]
    found.append(Line(_("Flux net"), tuple(Cell(one.net, flows_address(one.span)) for one in columns), strong=True))
    found.append(Line(_("Solde de clôture"), tuple(Cell(one.closing) for one in columns), strong=True))
    found.append(Line(_("Solde le plus bas"), tuple(Cell(one.lowest) for one in columns), muted=True))
    if any(one.span.first <= plan.cash.today for one in columns):
        found.append(Line(_("Réel (payé)"), tuple(Cell(one.actual) for one in columns), muted=True))
        found.append(Line(_("Prévu (échéances passées)"), tuple(Cell(one.promised) for one in columns), muted=True))
    return found


class ExplainView(Plan):
    """How one figure is made."""

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        figures = cash_figures(self.found, self.band, lambda _key: "")
        figure = next((one for one in figures if one.key == key), None)
        if figure is None:
            raise Http404
        return render(request, "portfolio/treasury/explain.html", {"figure": figure, "layout": layout(request)})


def _asked_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


class FlowsView(Plan):
    """What makes an amount: every flow of a span and a kind, with what dates it."""

    def get(self, request: MemberRequest) -> HttpResponse:
        given = request.GET
        kind = next((one for one in FlowKind if one.value == given.get("kind")), None)
        if self.plan is None:
            return render(
                request,
                "portfolio/treasury/flows.html",
                {"layout": layout(request), "flows": [], "heading": _("Flux")},
            )
        plan = self.found
        first = _asked_day(given.get("from")) or plan.cash.opened_on
        last = _asked_day(given.get("to")) or plan.cash.until
        flows = plan.of(Span(first, last), kind)
        context = {
            "layout": layout(request),
            "heading": kind_label(kind) if kind else _("Tous les flux"),
            "first": first,
            "last": last,
            "flows": [shown(flow, plan) for flow in flows],
            "total": sum((flow.amount for flow in flows), ZERO),
            "currency": plan.ledger.books.rates.base,
        }
        return render(request, "portfolio/treasury/flows.html", context)


def shown(flow: Flow, plan: CashPlan) -> dict[str, Any]:
    """A line of the list of flows."""
    facts = facts_of_flow(flow, plan.ledger)
    return {
        "flow": flow,
        "name": flow_name(facts),
        "counterparty": facts["counterparty"],
        "project": facts["project"],
        "tie": tied_to(facts),
        "url": flow_address(flow, plan.ledger),
        "trigger_url": trigger_address(flow, plan.ledger),
    }


class ExportView(Plan):
    """Every flow of the plan as a CSV file: what the table sums, to the cent."""

    def get(self, request: MemberRequest) -> HttpResponse:
        plan = self.found
        rows = [[_("Date"), _("Nature"), _("Origine"), _("Projet"), _("Déclencheur"), _("Montant"), _("État")]]
        for flow in plan.cash.flows:
            facts = facts_of_flow(flow, plan.ledger)
            state = _("Réel") if flow.actual else _("En retard") if flow.late else _("Prévu")
            rows.append(
                [
                    flow.day.isoformat(),
                    kind_label(flow.kind),
                    flow_name(facts),
                    facts["project"],
                    facts["trigger"],
                    _written(flow.amount),
                    state,
                ]
            )
        total = sum((flow.amount for flow in plan.cash.flows), ZERO)
        rows.append([plan.cash.until.isoformat(), _("Total"), "", "", "", _written(total), ""])
        response = HttpResponse(csv_bytes(rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="tresorerie-{plan.cash.today}.csv"'
        return response


def _written(amount: Decimal) -> str:
    """As spreadsheets of the reader's language read it."""
    return str(amount).replace(".", ",") if formats.is_french(language()) else str(amount)


class ProjectsView(Plan):
    """Which projects break the balance of a month: what each does to it, and what it would be without."""

    def get(self, request: MemberRequest, month: str) -> HttpResponse:
        first = _asked_day(f"{month}-01")
        span = self.found.month(first) if first else None
        if span is None:
            raise Http404
        plan = self.found
        rows = plan.contributions(span)
        projects = {str(one.pk): one for one in Project.objects.filter(pk__in=[row.project for row in rows])}
        shown_rows = [{"row": row, "project": projects[row.project]} for row in rows if row.project in projects]
        breach = next((one for one in plan.breaches if one.first_on <= span.last and one.last_on >= span.first), None)
        context = {
            "month": span.first,
            "rows": shown_rows,
            "breaking": [one for one in shown_rows if one["row"].breaks],
            "breach": breach_sentence(facts_of_breach(breach, plan)) if breach else "",
            "lowest": min(plan.balances[day] for day in plan.balances if span.first <= day <= span.last),
            "threshold": plan.cash.threshold,
            "currency": plan.ledger.books.rates.base,
            "previous": max((one.span.first for one in plan.months if one.span.first < span.first), default=None),
            "next": min((one.span.first for one in plan.months if one.span.first > span.first), default=None),
        }
        return render(request, "portfolio/treasury/projects.html", context)


class SettingsView(MemberView):
    """Accounts, payroll, rates, and how VAT is declared."""

    permission = Permission.CASH_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        rules, day = vat_rules(), today()
        context = {
            "may_edit": request.member.can(Permission.CASH_EDIT),
            "currency": request.tenant.currency,
            "accounts": BankAccount.objects.all(),
            "payrolls": PayrollRule.objects.all(),
            "exchange_rates": ExchangeRate.objects.all(),
            "vat_rates": VatRate.objects.all(),
            "in_force": [
                (label, rules.rate(VatKind(key), day)) for key, label in VAT_KINDS if FRENCH_RATES[VatKind(key)]
            ],
            "settings": settings_row(),
        }
        return render(request, "portfolio/treasury/settings.html", context)
