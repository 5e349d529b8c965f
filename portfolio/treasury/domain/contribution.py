"""What each project does to the balance, and what the balance would be without it. Pure."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portfolio.finance.domain.budget import ZERO
from portfolio.treasury.domain.balance import Span, daily_balances
from portfolio.treasury.domain.books import Books
from portfolio.treasury.domain.cash import Cash, Flow, FlowKind, VatPart, expected, vat_by_month, vat_months
from portfolio.treasury.domain.vat import vat_returns


@dataclass(frozen=True, slots=True)
class Contribution:
    """A project in a span: what it brings in, takes out, and changes of the VAT; all that it changes from the opening
    to the end of the span (`until_then`); the lowest balance of the span, with it and without.

    `breaks`: without it the threshold holds, with it not. `mends`: the other way round.
    """

    project: str
    received: Decimal
    spent: Decimal
    vat: Decimal
    until_then: Decimal
    lowest: Decimal
    lowest_without: Decimal
    breaks: bool
    mends: bool

    @property
    def net(self) -> Decimal:
        """What it changes in the span."""
        return self.received + self.spent + self.vat


def contributions(books: Books, cash: Cash, span: Span) -> tuple[Contribution, ...]:
    """Every project that moves cash by the end of the span, the one that weighs most on its worst day first.

    Without a project, what it collects and deducts leaves the returns too. Flows of no project are not listed.
    """
    balances = daily_balances(cash)
    by_project: dict[str, list[Flow]] = defaultdict(list)
    for flow in cash.flows:
        if flow.project:
            by_project[flow.project].append(flow)
    taxes = _Vat(books, cash)
    whole = taxes.flows()
    days = [span.first + timedelta(days=index) for index in range((span.last - span.first).days + 1)]
    lowest = min(balances[day] for day in days)
    found = []
    for project in sorted({*by_project, *taxes.of_project} - {""}):
        vat = _difference(whole, taxes.flows(without=project))
        moves: dict[date, Decimal] = defaultdict(lambda: ZERO)
        for flow in by_project[project]:
            moves[flow.day] += flow.amount
        for day, amount in vat.items():
            moves[day] += amount
        without = _without(balances, moves, span.last)
        lowest_without = min(without[day] for day in days)
        inside = [flow for flow in by_project[project] if span.first <= flow.day <= span.last]
        until_then = sum((amount for day, amount in moves.items() if day <= span.last), ZERO)
        if not until_then and not inside:
            continue
        found.append(
            Contribution(
                project=project,
                received=sum((one.amount for one in inside if one.kind is FlowKind.RECEIPT), ZERO),
                spent=sum((one.amount for one in inside if one.kind is not FlowKind.RECEIPT), ZERO),
                vat=sum((amount for day, amount in vat.items() if span.first <= day <= span.last), ZERO),
                until_then=until_then,
                lowest=lowest,
                lowest_without=lowest_without,
                breaks=lowest < cash.threshold <= lowest_without,
                mends=lowest_without < cash.threshold <= lowest,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.lowest_without, one.project)))


class _Vat:
    """What VAT takes, with all projects and without one: sums by month are kept, not parts."""

    def __init__(self, books: Books, cash: Cash) -> None:
        self.books, self.cash = books, cash
        self.months = vat_months(cash.opened_on, cash.until)
        self.paid = {one.month for one in cash.flows if one.kind is FlowKind.VAT and one.actual}
        self.whole = vat_by_month(cash.vat_parts)
        parts: dict[str, list[VatPart]] = defaultdict(list)
        for one in cash.vat_parts:
            parts[one.project].append(one)
        self.of_project = {project: vat_by_month(found) for project, found in parts.items()}

    def flows(self, without: str = "") -> dict[date, Decimal]:
        """What it takes, by day, leaving out a project. A return that is paid is what it is."""
        collected, deductible = (dict(side) for side in self.whole)
        if without:
            for side, gone in zip((collected, deductible), self.of_project.get(without, ({}, {})), strict=True):
                for month, amount in gone.items():
                    side[month] -= amount
        found: dict[date, Decimal] = defaultdict(lambda: ZERO)
        for one in vat_returns(self.months, collected, deductible, self.books.vat.credit):
            day = self.books.vat.paid_on(one.month)
            if one.due and day > self.cash.opened_on and one.month not in self.paid:
                flow = expected(Flow(day, -one.due, FlowKind.VAT, day), self.cash.soon)
                found[flow.day] += flow.amount
        return found


def _difference(whole: dict[date, Decimal], part: dict[date, Decimal]) -> dict[date, Decimal]:
    days = set(whole) | set(part)
    found = {day: whole.get(day, ZERO) - part.get(day, ZERO) for day in days}
    return {day: amount for day, amount in found.items() if amount}


def _without(balances: dict[date, Decimal], moves: dict[date, Decimal], last: date) -> dict[date, Decimal]:
    found, total = {}, ZERO
    for day, balance in balances.items():
        if day > last:
            break
        total += moves.get(day, ZERO)
        found[day] = balance - total
    return found
