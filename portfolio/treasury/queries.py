"""The cash plan as it is read: months, weeks, breaches, what makes an amount, what projects do to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from portfolio.finance.domain.budget import ZERO, add_months
from portfolio.treasury.domain.balance import (
    Breach,
    Column,
    Span,
    breaches,
    columns,
    daily_balances,
    months_of,
    weeks_of,
)
from portfolio.treasury.domain.band import Band, band
from portfolio.treasury.domain.cash import Cash, Flow, FlowKind, forecast
from portfolio.treasury.domain.contribution import Contribution, contributions
from portfolio.treasury.ledger import Ledger, load_ledger, spreads_of
from portfolio.treasury.models import CashAlert, Payment
from tech4value.tenancy.clock import today as clock_today

PAST_MONTHS: Final = 12


@dataclass(frozen=True)
class CashPlan:
    """The plan of the organisation on a day. Computed from the rows, once, at reading."""

    ledger: Ledger
    cash: Cash

    @cached_property
    def balances(self) -> dict[date, Decimal]:
        """The balance on each evening."""
        return daily_balances(self.cash)

    @cached_property
    def months(self) -> tuple[Column, ...]:
        """From the opening, or twelve months ago if that is later, to twelve months from now."""
        since = add_months(self.cash.today, -PAST_MONTHS)
        return columns(self.cash, [one for one in months_of(self.cash) if one.last >= since], self.balances)

    @cached_property
    def weeks(self) -> tuple[Column, ...]:
        """Thirteen, from today's."""
        return columns(self.cash, weeks_of(self.cash), self.balances)

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        """When the balance is to be under its threshold."""
        return breaches(self.cash, self.balances)

    @cached_property
    def late(self) -> tuple[Flow, ...]:
        """What was due before today and is not paid."""
        return tuple(flow for flow in self.cash.flows if flow.late)

    @property
    def balance(self) -> Decimal:
        """The balance of today's evening, as it is known: what has moved for good."""
        moved = (flow.amount for flow in self.cash.flows if flow.actual and flow.day <= self.cash.today)
        return self.cash.opening + sum(moved, ZERO)

    @property
    def lowest_on(self) -> date:
        """The day of the lowest balance to come, the first of equals."""
        coming = [day for day in self.balances if day >= self.cash.today]
        return min(coming, key=lambda day: (self.balances[day], day))

    def moved(self, days: Mapping[str, date]) -> "CashPlan":
        """The plan as it would be if these triggers (`milestone:<key>`, `task:<key>`) ended on other days: what-if,
        nothing is written. Those that no instalment waits for are left aside."""
        books = self.ledger.books
        triggers = {
            key: replace(one, on=days[key], done=False) if key in days else one for key, one in books.triggers.items()
        }
        ledger = replace(self.ledger, books=replace(books, triggers=triggers))
        return CashPlan(ledger, forecast(ledger.books, self.cash.today))

    def of(self, span: Span, kind: FlowKind | None = None) -> list[Flow]:
        """The flows of a span, all or of one kind, in order."""
        return [
            flow
            for flow in self.cash.flows
            if span.first <= flow.day <= span.last and (kind is None or flow.kind is kind)
        ]

    def month(self, first: date) -> Span | None:
        """The part of a month that the plan holds; None for another month."""
        return next((one.span for one in self.months if one.span.first.replace(day=1) == first), None)

    def contributions(self, span: Span) -> tuple[Contribution, ...]:
        """What each project does to the balance of a span."""
        return contributions(self.ledger.books, self.cash, span)

    def band(self) -> Band | None:
        """P10-P90 of the balance, from the simulations of the projects; None without any. Three statements."""
        spreads = spreads_of(self.ledger)
        return band(self.ledger.books, self.cash, spreads) if spreads else None


def cash_plan(today: date | None = None) -> CashPlan | None:
    """The plan; None as long as no account says what there is."""
    ledger = load_ledger()
    if not ledger.books.accounts:
        return None
    return CashPlan(ledger, forecast(ledger.books, today or clock_today()))


def with_paid(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Invoices with `paid`, `gross` and `rest`, in their currency."""
    payments = Payment.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    total = payments.annotate(total=Sum("amount")).values("total")
    summed = rows.annotate(paid=Coalesce(Subquery(total), ZERO), gross=F("net_amount") + F("vat_amount"))
    return summed.annotate(rest=F("gross") - F("paid"))


def open_alerts() -> list[CashAlert]:
    """The alerts that are not over, the nearest first. One statement."""
    return list(CashAlert.objects.filter(closed_on=None).order_by("month"))
