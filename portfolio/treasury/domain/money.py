"""Amounts: rounding, shares of a total, and currencies by dated rates. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from portfolio.finance.domain.budget import to_cents
from portfolio.treasury.domain.errors import TreasuryError


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from a day on, until the next one."""

    starts_on: date
    value: Decimal


def in_force(steps: Sequence[Dated], day: date) -> Decimal | None:
    """The value on `day` of steps sorted by date: the first one before any has begun; None without any."""
    if not steps:
        return None
    index = bisect_right([step.starts_on for step in steps], day)
    return steps[max(index - 1, 0)].value


def shared(total: Decimal, shares: Sequence[Decimal], decimals: int = 2) -> tuple[Decimal, ...]:
    """Each share (0-1) of `total`, rounded half up; when the shares make the whole, so do the amounts: the remainder
    goes to the largest share, the first of equals. Raises TreasuryError: bad_share (negative, or more than the
    whole)."""
    if any(share < 0 for share in shares) or sum(shares) > 1:
        raise TreasuryError("bad_share", str(sum(shares)))
    amounts = [to_cents(total * share, decimals) for share in shares]
    if shares and sum(shares) == 1:
        largest = max(range(len(shares)), key=lambda index: (shares[index], -index))
        amounts[largest] += to_cents(total, decimals) - sum(amounts)
    return tuple(amounts)


@dataclass(frozen=True)
class Rates:
    """Exchange rates as central banks publish them: how many units of a currency one unit of `base` buys, from a day
    on (ECB reference rates, 4 decimals). Steps are sorted by date. Raises TreasuryError: bad_rate (zero or less)."""

    base: str
    decimals: int = 2
    steps: Mapping[str, Sequence[Dated]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for currency, steps in self.steps.items():
            if any(step.value <= 0 for step in steps):
                raise TreasuryError("bad_rate", currency)

    def converted(self, amount: Decimal, currency: str, day: date) -> Decimal:
        """`amount` in the base currency at the rate of `day`, rounded half up; before the first, the first.

        Raises TreasuryError: no_rate.
        """
        if currency == self.base:
            return to_cents(amount, self.decimals)
        rate = in_force(self.steps.get(currency, ()), day)
        if rate is None:
            raise TreasuryError("no_rate", currency)
        return to_cents(amount / rate, self.decimals)
