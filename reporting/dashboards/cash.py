"""What the dashboard and packs say of the cash, to those who follow it: it is the organisation's, whatever the
filters."""

from decimal import Decimal

from portfolio.treasury.charts import balance_message, curve_chart, curve_of
from portfolio.treasury.domain.balance import Column
from portfolio.treasury.domain.band import Band
from portfolio.treasury.domain.cash import FlowKind
from portfolio.treasury.queries import CashPlan, cash_plan, open_alerts
from portfolio.treasury.words import awaited_sentence, breach_sentence, facts_of_breach, lowest_sentence
from reporting.dashboards import links
from reporting.dashboards.domain.cash import CashBreach, CashFacts, CashMonth
from reporting.dashboards.words import Sentence
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.figures.chart import LineChart


def cash_sentence(member: Membership) -> tuple[Sentence, str] | None:
    """The first month in which the balance goes under its threshold, with the page of the projects that weigh on it;
    None when it holds, or when the member does not follow the cash. One statement."""
    if not member.can(Permission.CASH_VIEW):
        return None
    alerts = open_alerts()
    if not alerts:
        return None
    first = alerts[0]
    awaited = awaited_sentence(first.facts)
    said = [f"{text}." for text in (breach_sentence(first.facts), awaited) if text]
    return Sentence("cash", " ".join(said), "bad"), links.address("treasury:projects", f"{first.month:%Y-%m}")


def cash_facts() -> CashFacts | None:
    """The cash now, in the language in force; None as long as no account says what there is. Some fifteen
    statements."""
    plan = cash_plan()
    if plan is None:
        return None
    spread = plan.band()
    said = [facts_of_breach(one, plan) for one in plan.breaches]
    return CashFacts(
        currency=plan.ledger.books.rates.base,
        today=plan.cash.today,
        until=plan.cash.until,
        threshold=plan.cash.threshold,
        balance=plan.balance,
        lowest=plan.balances[plan.lowest_on],
        lowest_on=plan.lowest_on,
        breaking=None if spread is None else Decimal(str(spread.breaking)),
        message=balance_message(plan),
        curve=curve_of(plan, spread),
        months=tuple(_month(one, plan, spread) for one in plan.months if one.span.last >= plan.cash.today),
        breaches=tuple(
            CashBreach(breach.month, breach_sentence(facts), lowest_sentence(facts), awaited_sentence(facts))
            for breach, facts in zip(plan.breaches, said, strict=True)
        ),
    )


def _month(one: Column, plan: CashPlan, spread: Band | None) -> CashMonth:
    low = dict(zip(spread.days, spread.low, strict=True)) if spread else {}
    high = dict(zip(spread.days, spread.high, strict=True)) if spread else {}
    return CashMonth(
        first=one.span.first.replace(day=1),
        opening=one.opening,
        receipts=one.of(FlowKind.RECEIPT),
        suppliers=one.of(FlowKind.SUPPLIER),
        payroll=one.of(FlowKind.PAYROLL),
        vat=one.of(FlowKind.VAT),
        other=one.of(FlowKind.OTHER),
        closing=one.closing,
        lowest=one.lowest,
        low=low.get(one.span.last),
        high=high.get(one.span.last),
        under=any(each.first_on <= one.span.last and each.last_on >= one.span.first for each in plan.breaches),
    )


def cash_chart(facts: CashFacts) -> LineChart:
    """The curve of the balance, as the page of the cash draws it."""
    return curve_chart(
        facts.curve, today=facts.today, threshold=facts.threshold, currency=facts.currency, title=facts.message
    )
