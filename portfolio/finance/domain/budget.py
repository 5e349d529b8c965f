"""Amounts of a budget and what is derived from them. Pure: no Django, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

ZERO: Final = Decimal("0.00")


def to_cents(amount: Decimal, decimals: int = 2) -> Decimal:
    """`amount` rounded half up to the currency's decimals, as every line is before it is summed."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Planned, committed, actual and forecast money of the same thing, in one currency.

    `forecast` is the expected total: what is spent plus what is still to come. Summed over the whole life of a
    project it is its estimate at completion (EAC; PMI, Practice Standard for Earned Value Management), and
    `planned` its budget at completion (BAC).
    """

    planned: Decimal = ZERO
    committed: Decimal = ZERO
    actual: Decimal = ZERO
    forecast: Decimal = ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.planned + other.planned,
            self.committed + other.committed,
            self.actual + other.actual,
            self.forecast + other.forecast,
        )

    @property
    def variance(self) -> Decimal:
        """Forecast minus planned: positive is an overrun."""
        return self.forecast - self.planned

    @property
    def variance_share(self) -> Decimal | None:
        """The variance as a share of what was planned (0.03 is 3 % over); None when nothing was planned."""
        return self.variance / self.planned if self.planned else None

    @property
    def spent_share(self) -> Decimal | None:
        """Actual over planned; None when nothing was planned."""
        return self.actual / self.planned if self.planned else None

    @property
    def committed_share(self) -> Decimal | None:
        """Committed over planned; None when nothing was planned."""
        return self.committed / self.planned if self.planned else None

    @property
    def is_empty(self) -> bool:
        """Whether there is no money at all."""
        return not (self.planned or self.committed or self.actual or self.forecast)


def split(amount: Decimal, weights: Sequence[Decimal], decimals: int = 2) -> list[Decimal]:
    """`amount` shared in proportion to `weights` (zero or more; equal when all are zero), each part rounded down in
    size to the currency's decimals and what is left over given to the largest weight, so that the sum is exact."""
    if not weights:
        return []
    whole = sum(weights, Decimal(0))
    shares = [weight / whole for weight in weights] if whole else [Decimal(1) / len(weights)] * len(weights)
    parts = [(amount * share).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN) for share in shares]
    parts[max(range(len(weights)), key=lambda index: weights[index])] += amount - sum(parts, Decimal(0))
    return parts


def available(
    planned: Decimal, committed: Decimal, actual: Decimal, ordered: Decimal = ZERO, invoiced: Decimal = ZERO
) -> Decimal:
    """What of `planned` is neither spent nor committed; zero when more is."""
    return max(planned - engaged(committed, actual, ordered, invoiced), ZERO)


def engaged(committed: Decimal, actual: Decimal, ordered: Decimal = ZERO, invoiced: Decimal = ZERO) -> Decimal:
    """What is spent or committed.

    `ordered` and `invoiced` are the parts of `committed` and `actual` that come from purchase orders, where a
    commitment ends as it is invoiced: they add up. What is typed is signed in all, spent or not: the larger counts.
    """
    return ordered + invoiced + max(committed - ordered, actual - invoiced)


MEASURES: Final = ("planned", "committed", "actual", "forecast")


def total(amounts: Iterable[Amounts]) -> Amounts:
    """The sum, to the cent; nothing when there is none."""
    result = Amounts()
    for one in amounts:
        result += one
    return result


def first_of_month(day: date) -> date:
    """The month of `day`, written as its first day."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months after (before, when negative) that of `month`."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def month_range(first: date, last: date) -> tuple[date, ...]:
    """The months from `first` to `last`, both included; none when `last` is before."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(add_months(first, index) for index in range(count))


def fiscal_year(month: date, start_month: int) -> int:
    """The fiscal year of `month`, named by the calendar year in which it begins."""
    return month.year if month.month >= start_month else month.year - 1


def fiscal_months(year: int, start_month: int) -> tuple[date, date]:
    """The first and last months of a fiscal year."""
    first = date(year, start_month, 1)
    return first, add_months(first, 11)
