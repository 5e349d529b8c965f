"""The balance day by day, the plan by month and by week, and when the balance goes under its threshold. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portfolio.finance.domain.budget import ZERO, add_months, first_of_month
from portfolio.treasury.domain.cash import Cash, Flow, FlowKind
from portfolio.treasury.domain.terms import month_end

WEEKS: Final = 13
DAY: Final = timedelta(days=1)


def daily_balances(cash: Cash) -> dict[date, Decimal]:
    """The balance on the evening of each day, from the opening to the end of the plan."""
    moves: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for flow in cash.flows:
        moves[flow.day] += flow.amount
    found = {}
    balance, day = cash.opening, cash.opened_on
    while day <= cash.until:
        balance += moves.get(day, ZERO)
        found[day] = balance
        day += DAY
    return found


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The balance on an evening, and what it is between where it is uncertain."""

    day: date
    balance: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A column of the plan: from its first to its last day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Column:
    """What moves in a span, by kind, and the balances around it. `promised` is what was due in it, for the part of it
    that is past; `actual` what moved of `amounts` for good."""

    span: Span
    opening: Decimal
    amounts: dict[FlowKind, Decimal] = field(default_factory=dict)
    actual: Decimal = ZERO
    promised: Decimal = ZERO
    lowest: Decimal = ZERO

    def of(self, kind: FlowKind) -> Decimal:
        """What moves of a kind: in is positive."""
        return self.amounts.get(kind, ZERO)

    @property
    def net(self) -> Decimal:
        """All that moves."""
        return sum(self.amounts.values(), ZERO)

    @property
    def closing(self) -> Decimal:
        """The balance at the end."""
        return self.opening + self.net


def months_of(cash: Cash) -> tuple[Span, ...]:
    """From the month of the opening (the day after it) to the end of the plan."""
    spans = []
    first = cash.opened_on + DAY
    while first <= cash.until:
        last = min(month_end(first), cash.until)
        spans.append(Span(first, last))
        first = add_months(last, 1)
    return tuple(spans)


def weeks_of(cash: Cash, count: int = WEEKS) -> tuple[Span, ...]:
    """So many weeks from today's, from Monday to Sunday; the first begins after the opening at the earliest."""
    monday = cash.today - timedelta(days=cash.today.weekday())
    spans = []
    for index in range(count):
        first = monday + timedelta(weeks=index)
        last = min(first + timedelta(days=6), cash.until)
        first = max(first, cash.opened_on + DAY)
        if first <= last:
            spans.append(Span(first, last))
    return tuple(spans)


def columns(cash: Cash, spans: Sequence[Span], balances: dict[date, Decimal]) -> tuple[Column, ...]:
    """The plan by span. `balances` are those of `daily_balances`."""
    found = []
    for span in spans:
        amounts: dict[FlowKind, Decimal] = defaultdict(lambda: ZERO)
        actual = ZERO
        for flow in within(cash.flows, span):
            amounts[flow.kind] += flow.amount
            actual += flow.amount if flow.actual else ZERO
        days = range((span.last - span.first).days + 1)
        found.append(
            Column(
                span=span,
                opening=balances[span.first - DAY],
                amounts=dict(amounts),
                actual=actual,
                promised=sum((one.amount for one in cash.promised if span.first <= one.due_on <= span.last), ZERO),
                lowest=min(balances[span.first + timedelta(days=index)] for index in days),
            )
        )
    return tuple(found)


def within(flows: Iterable[Flow], span: Span) -> list[Flow]:
    """The flows of a span."""
    return [flow for flow in flows if span.first <= flow.day <= span.last]


@dataclass(frozen=True, slots=True)
class Breach:
    """Consecutive days, from today on, that end under the threshold.

    `crossing` is the largest outflow of the first of them (None when nothing leaves then); `awaited` the largest
    receipt that only comes later, those that the plan dates first: what would have prevented it in time.
    """

    first_on: date
    last_on: date
    lowest: Decimal
    lowest_on: date
    threshold: Decimal
    crossing: Flow | None
    awaited: Flow | None

    @property
    def month(self) -> date:
        """The month in which it begins."""
        return first_of_month(self.first_on)

    @property
    def shortfall(self) -> Decimal:
        """What is missing on the worst day."""
        return self.threshold - self.lowest


def breaches(cash: Cash, balances: dict[date, Decimal]) -> tuple[Breach, ...]:
    """Every run of days under the threshold from today on, in order."""
    runs: list[list[date]] = []
    for day, balance in balances.items():
        if day < cash.today or balance >= cash.threshold:
            continue
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    found = []
    for run in runs:
        lowest_on = min(run, key=lambda day: (balances[day], day))
        out = [flow for flow in cash.flows if flow.day == run[0] and flow.amount < 0 and not flow.actual]
        later = [flow for flow in cash.flows if flow.day > run[0] and flow.kind is FlowKind.RECEIPT]
        tied = [flow for flow in later if flow.trigger] or later
        found.append(
            Breach(
                first_on=run[0],
                last_on=run[-1],
                lowest=balances[lowest_on],
                lowest_on=lowest_on,
                threshold=cash.threshold,
                crossing=min(out, key=lambda flow: flow.amount, default=None),
                awaited=max(tied, key=lambda flow: flow.amount, default=None),
            )
        )
    return tuple(found)
