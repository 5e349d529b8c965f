"""How sure the balance is: plans drawn from what the simulation of each project found of its milestones. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from portfolio.finance.domain.budget import first_of_month
from portfolio.treasury.domain.billing import Billing, billings, moved
from portfolio.treasury.domain.books import Books
from portfolio.treasury.domain.cash import Cash, Flow, FlowKind, VatPart, settled, vat_months

RUNS: Final = 500
SEED: Final = 1
LOW, HIGH = 0.1, 0.9
# An invoice of the year after the plan may be drawn into it.
BEYOND: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Spread:
    """What a simulation found of one trigger: the day it was planned for then, and (level, day) in order of level.

    Triggers of one `group` (a project) move together; groups know nothing of each other.
    """

    group: str
    planned: date
    levels: tuple[tuple[float, date], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """On each evening from today on, the balances that one plan in ten stays under (`low`), and that one in ten goes
    over (`high`). `breaking` is the share of plans (0-1) that go under the threshold on some day."""

    days: tuple[date, ...]
    low: tuple[Decimal, ...]
    high: tuple[Decimal, ...]
    runs: int
    breaking: float


def band(
    books: Books, cash: Cash, spreads: Mapping[str, Spread], *, runs: int = RUNS, seed: int = SEED
) -> Band | None:
    """Draw `runs` plans and see what becomes of the balance; None when nothing that is forecast is uncertain.

    In each, a project's milestones all come at one level of certainty, drawn evenly: what is late makes all late.
    By how much comes from the stored percentiles: between two of them in proportion, beyond the first and the last as
    they are, since nothing is stored of the tails. Invoices, VAT and payments follow; no drawn day is before today.
    """
    every = billings(books, cash.today, cash.until + BEYOND)
    coming = {key for key in spreads if key in books.triggers and not books.triggers[key].done}
    loose = [one for one in every if not one.invoice and one.trigger in coming]
    if not loose:
        return None
    draw = _Draw(books, cash, {one.instalment for one in loose}, runs)
    groups = sorted({spreads[one.trigger].group for one in loose})
    levels = np.random.default_rng(seed).random((runs, len(groups)))
    for one in loose:
        spread = spreads[one.trigger]
        known = [level for level, _day in spread.levels]
        days = [(day - spread.planned).days for _level, day in spread.levels]
        shifts = np.rint(np.interp(levels[:, groups.index(spread.group)], known, days)).astype(int)
        draw.add(one, shifts)
    lines = draw.balances()
    low, high = np.quantile(lines, [LOW, HIGH], axis=0)
    # Half a cent: sums of floats are not those of cents.
    under = (lines < float(cash.threshold) - 0.005).any(axis=1)
    return Band(
        days=tuple(cash.today + timedelta(days=index) for index in range(lines.shape[1])),
        low=_money(low),
        high=_money(high),
        runs=runs,
        breaking=float(under.mean()),
    )


class _Draw:
    """Many plans at once: what moves on each day, and the VAT of each month, a row a plan."""

    def __init__(self, books: Books, cash: Cash, loose: set[str], runs: int) -> None:
        self.books, self.cash = books, cash
        self.months = vat_months(cash.opened_on, cash.until)
        self.place = {month: index for index, month in enumerate(self.months)}
        moves = np.zeros((cash.until - cash.today).days + 1)
        vat = np.zeros(len(self.months))
        self.start = float(cash.opening)
        for flow in cash.flows:
            if flow.day < cash.today:
                self.start += float(flow.amount)
            # The returns to come are made again from what each plan collects and deducts.
            elif not self._is(flow, loose) and (flow.actual or flow.kind is not FlowKind.VAT):
                moves[self._day(flow)] += float(flow.amount)
        for part in cash.vat_parts:
            if not self._is(part, loose) and first_of_month(part.day) in self.place:
                vat[self._month(part)] += _signed(part)
        self.moves, self.vat = np.tile(moves, (runs, 1)), np.tile(vat, (runs, 1))

    def add(self, one: Billing, shifts: Any) -> None:
        """A forecast that comes so many days later, plan by plan."""
        for shift in np.unique(shifts):
            rows = shifts == shift
            invoiced = max(one.invoiced_on + timedelta(days=int(shift)), self.cash.today)
            made = settled(moved(one, invoiced, self.books.vat), (), self.books, self.cash.soon)
            for flow in made.flows:
                if flow.day <= self.cash.until:
                    self.moves[rows, self._day(flow)] += float(flow.amount)
            for part in made.vat:
                if first_of_month(part.day) in self.place:
                    self.vat[rows, self._month(part)] += _signed(part)

    def balances(self) -> Any:
        """The balance of each plan on each evening, once the returns are paid."""
        paid = {one.month for one in self.cash.flows if one.kind is FlowKind.VAT and one.actual}
        credit = np.full(len(self.vat), float(self.books.vat.credit))
        for index, month in enumerate(self.months):
            due = self.vat[:, index] - credit
            credit = np.maximum(-due, 0)
            asked = self.books.vat.paid_on(month)
            day = max(asked, self.cash.soon)
            if asked > self.cash.opened_on and month not in paid and day <= self.cash.until:
                self.moves[:, (day - self.cash.today).days] -= np.maximum(due, 0)
        return self.start + np.cumsum(self.moves, axis=1)

    def _is(self, one: Flow | VatPart, loose: set[str]) -> bool:
        return not one.invoice and one.instalment in loose

    def _day(self, flow: Flow) -> int:
        return (flow.day - self.cash.today).days

    def _month(self, part: VatPart) -> int:
        return self.place[first_of_month(part.day)]


def _signed(part: VatPart) -> float:
    return float(part.amount) if part.collected else -float(part.amount)


def _money(values: Any) -> tuple[Decimal, ...]:
    return tuple(Decimal(f"{float(value):.2f}") for value in values)
