"""Why a project will not cost what was agreed: each cent of the variance has one cause. Pure: no Django, no clock.

The split of money into a price and a quantity is that of Horngren, Datar, Rajan, *Cost Accounting: A Managerial
Emphasis* (flexible budgets, direct-cost variances):

    price variance      = (actual price - budgeted price) x actual quantity
    efficiency variance = (actual quantity - budgeted quantity) x budgeted price

The mixed term, (price difference) x (quantity difference), is in the price variance, as it is there. The budgeted
quantity need not be known: budgeted quantity x budgeted price is the money that was planned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portfolio.finance.domain.budget import ZERO, split, to_cents


class Cause(StrEnum):
    """What moves the cost of a project, in the order of reading."""

    SCOPE = "scope"
    VOLUME = "volume"
    RATE = "rate"
    DATE = "date"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Causes:
    """Money by cause; positive is an overrun.

    `scope`: what is to be done was changed (lines added or withdrawn, transfers, approved revisions); `volume`: more
    or fewer days at the planned price; `rate`: another price or exchange rate; `date`: money that moved between
    months, zero over the whole of a line; `rest`: what nothing known explains.
    """

    scope: Decimal = ZERO
    volume: Decimal = ZERO
    rate: Decimal = ZERO
    date: Decimal = ZERO
    rest: Decimal = ZERO

    def __add__(self, other: "Causes") -> "Causes":
        return Causes(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def total(self) -> Decimal:
        """The whole variance."""
        return self.scope + self.volume + self.rate + self.date + self.rest

    def of(self, cause: Cause) -> Decimal:
        """The money of one cause."""
        amount: Decimal = getattr(self, cause.value)
        return amount

    @property
    def is_empty(self) -> bool:
        """Whether no cause holds anything, even where they cancel out."""
        return not any(self.of(cause) for cause in Cause)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A category and nature of a project in one month.

    `reference` is what was agreed, `planned` what the approved versions and transfers have made of it since.
    `repriced` is the part of `actual` that other prices made: actual less the same quantity at the reference price.
    `price_to_come` is the price of what is still to come over the reference price (1.03: 3 % dearer), None when it is
    not known. `counted`: the quantity is known (days), so that what is not price is quantity.
    """

    month: date
    reference: Decimal = ZERO
    planned: Decimal = ZERO
    committed: Decimal = ZERO
    actual: Decimal = ZERO
    forecast: Decimal = ZERO
    repriced: Decimal = ZERO
    price_to_come: Decimal | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True)
class MonthExplained:
    """What a month was to cost, what it is expected to, and why: `reference + causes.total == forecast`."""

    month: date
    reference: Decimal
    forecast: Decimal
    causes: Causes


@dataclass(frozen=True, slots=True)
class RowExplained:
    """A category and nature over its months. `unplanned`: it is in no approved budget; `withdrawn`: it was planned,
    and nothing is spent, committed nor expected any more."""

    category: str
    nature: str
    months: tuple[MonthExplained, ...]
    unplanned: bool = False
    withdrawn: bool = False

    @property
    def reference(self) -> Decimal:
        """What was agreed, all months together."""
        return sum((one.reference for one in self.months), ZERO)

    @property
    def forecast(self) -> Decimal:
        """What is expected, all months together."""
        return sum((one.forecast for one in self.months), ZERO)

    @property
    def causes(self) -> Causes:
        """Why they differ."""
        return summed(one.causes for one in self.months)

    @property
    def variance(self) -> Decimal:
        """Forecast less reference: positive is an overrun."""
        return self.forecast - self.reference


def price_and_efficiency(planned: Decimal, actual: Decimal, at_planned_price: Decimal) -> tuple[Decimal, Decimal]:
    """The price and the efficiency variances of a cost: `at_planned_price` is the actual quantity at the budgeted
    price. They add up to `actual - planned`."""
    return actual - at_planned_price, at_planned_price - planned


def explained(category: str, nature: str, months: Sequence[MonthFacts], decimals: int = 2) -> RowExplained:
    """The causes of one category and nature, month by month, to the cent.

    1. From the reference to what is planned today: what the row gained or lost is scope, what only changed months is
       date.
    2. From what is planned to the forecast: the price first (known for what is spent; for what is to come, the known
       price explains at most the variance that the forecast holds). What is left is a quantity at the planned
       price: what only changed months is date, the rest of it is scope for a row that is in no budget or that was
       withdrawn, volume where quantities are known, and otherwise what nothing explains.
    """
    unplanned = not any(one.planned for one in months)
    withdrawn = not unplanned and not any(one.actual or one.committed or one.forecast for one in months)
    agreed = _apart([one.planned - one.reference for one in months], decimals)
    # Without a planned price there is none to compare with.
    prices = [ZERO if unplanned else _price(one, decimals) for one in months]
    rests = [one.forecast - one.planned - price for one, price in zip(months, prices, strict=True)]
    quantities = _apart(rests, decimals)
    found = []
    for one, (scope, moved), price, (quantity, shifted) in zip(months, agreed, prices, quantities, strict=True):
        changed = quantity if unplanned or withdrawn else ZERO
        volume = quantity if one.counted and not changed else ZERO
        causes = Causes(
            scope=scope + changed,
            volume=volume,
            rate=price,
            date=moved + shifted,
            rest=quantity - changed - volume,
        )
        found.append(MonthExplained(one.month, one.reference, one.forecast, causes))
    # A row that was agreed and that a revision emptied was withdrawn: it was never out of the budget.
    emptied = unplanned and any(one.reference for one in months)
    return RowExplained(category, nature, tuple(found), unplanned and not emptied, withdrawn or emptied)


def _price(one: MonthFacts, decimals: int) -> Decimal:
    """What other prices make of a month."""
    left = one.forecast - one.planned - one.repriced
    to_come = one.forecast - one.actual
    if not one.price_to_come or one.price_to_come < 0 or to_come <= 0:
        return one.repriced
    known = to_cents(to_come - to_come / one.price_to_come, decimals)
    if known * left <= 0:
        return one.repriced
    return one.repriced + (min(known, left) if left > 0 else max(known, left))


def _apart(changes: Sequence[Decimal], decimals: int) -> list[tuple[Decimal, Decimal]]:
    """Each month's change as (what the row gains or loses in all, what came from or went to another month): the
    first add up to the sum of changes, the second to zero. The gain is on the months that gained, in proportion."""
    net = sum(changes, ZERO)
    sign = 1 if net >= 0 else -1
    weights = [max(sign * change, ZERO) for change in changes]
    kept = [sign * part for part in split(abs(net), weights, decimals)] if net else [ZERO] * len(changes)
    return [(part, change - part) for part, change in zip(kept, changes, strict=True)]


def summed(causes: Iterable[Causes]) -> Causes:
    """The sum, to the cent."""
    return sum(causes, Causes())
