"""What a purchase order weighs on a budget: what is ordered and not yet invoiced, and what is invoiced. Pure.

An invoice is spent in its month, shared between the order's categories in proportion to what each orders (the
remainder of cents to the largest); it ends the commitment of the earliest months first. So, as long as no more is
invoiced than ordered, what is committed and what is invoiced add up to what is ordered, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.finance.domain.budget import ZERO, first_of_month, split
from portfolio.finance.domain.versions import Place


@dataclass(frozen=True, slots=True)
class OrderedPart:
    """A line of an order: its place in the budget, and its amount before tax."""

    place: Place
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoicedPart:
    """An invoice of an order: its day, and its amount before tax (negative for a credit note)."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Weight:
    """What orders put on a place: still committed, and invoiced."""

    ordered: Decimal = ZERO
    invoiced: Decimal = ZERO

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.ordered + other.ordered, self.invoiced + other.invoiced)


def weigh(
    parts: Sequence[OrderedPart], invoices: Iterable[InvoicedPart], *, is_open: bool, decimals: int = 2
) -> dict[Place, Weight]:
    """The weight of an order on each place that it touches; nothing for an order without a line.

    An order that is not open commits nothing more: what was invoiced stays. Amounts are in one currency, to the cent.
    """
    ordered: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        ordered[part.place[:2]] += part.amount
    names = sorted(ordered)
    found: dict[Place, Weight] = defaultdict(Weight)
    consumed: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for invoice in invoices:
        shares = split(invoice.amount, [ordered[name] for name in names], decimals)
        for (category, nature), amount in zip(names, shares, strict=True):
            if amount:
                found[category, nature, first_of_month(invoice.day)] += Weight(invoiced=amount)
                consumed[category, nature] += amount
    if is_open:
        for part in sorted(parts, key=lambda part: part.place[2]):
            name = part.place[:2]
            ended = min(max(consumed[name], ZERO), part.amount)
            consumed[name] -= ended
            if part.amount > ended:
                found[part.place] += Weight(ordered=part.amount - ended)
    return dict(found)


def together(weights: Iterable[dict[Place, Weight]]) -> dict[Place, Weight]:
    """What several orders put on each place."""
    found: dict[Place, Weight] = defaultdict(Weight)
    for one in weights:
        for place, weight in one.items():
            found[place] += weight
    return dict(found)
