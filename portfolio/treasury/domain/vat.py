"""VAT: rates by date, the month in which it is due, and the monthly return (CA3). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from portfolio.finance.domain.budget import ZERO, add_months, to_cents
from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import Dated, in_force
from portfolio.treasury.domain.terms import day_in


class VatKind(StrEnum):
    """The rates of a country, by name: what each is worth changes with the law."""

    STANDARD = "standard"
    INTERMEDIATE = "intermediate"
    REDUCED = "reduced"
    SPECIAL = "special"
    NONE = "none"


class VatBasis(StrEnum):
    """When VAT becomes due: services when paid, goods when delivered (CGI, art. 269)."""

    CASH = "cash"
    DELIVERY = "delivery"


# Mainland France (CGI, art. 278 to 281 nonies), as changed on 1 January 2012 and 2014.
FRENCH_RATES: Final[Mapping[VatKind, tuple[Dated, ...]]] = {
    VatKind.STANDARD: (Dated(date(2000, 4, 1), Decimal("0.196")), Dated(date(2014, 1, 1), Decimal("0.2"))),
    VatKind.INTERMEDIATE: (Dated(date(2012, 1, 1), Decimal("0.07")), Dated(date(2014, 1, 1), Decimal("0.1"))),
    VatKind.REDUCED: (Dated(date(1982, 7, 1), Decimal("0.055")),),
    VatKind.SPECIAL: (Dated(date(1986, 1, 1), Decimal("0.021")),),
    VatKind.NONE: (Dated(date(1954, 1, 1), Decimal(0)),),
}


@dataclass(frozen=True)
class VatRules:
    """`rates` by name, sorted by date; the return of a month is paid on `return_day` (1-28) of the next one, less the
    `credit` that the organisation had when its cash was opened. Raises TreasuryError: bad_day."""

    rates: Mapping[VatKind, Sequence[Dated]]
    return_day: int = 20
    credit: Decimal = ZERO

    def __post_init__(self) -> None:
        if not 1 <= self.return_day <= 28:
            raise TreasuryError("bad_day", str(self.return_day))

    def rate(self, kind: VatKind, day: date) -> Decimal:
        """The rate (0-1) in force on a day; nothing where none is known."""
        return in_force(self.rates.get(kind, ()), day) or Decimal(0)

    def paid_on(self, month: date) -> date:
        """The day on which the return of `month` is paid."""
        return day_in(add_months(month, 1), self.return_day)


@dataclass(frozen=True, slots=True)
class VatReturn:
    """What a month owes: `net` is collected less deductible, `due` what is paid of it once the credit carried from
    before is used, `credit` what is carried on."""

    month: date
    collected: Decimal
    deductible: Decimal
    due: Decimal
    credit: Decimal

    @property
    def net(self) -> Decimal:
        return self.collected - self.deductible


def vat_returns(
    months: Sequence[date], collected: Mapping[date, Decimal], deductible: Mapping[date, Decimal], credit: Decimal
) -> tuple[VatReturn, ...]:
    """The return of each of consecutive months (first days). A month that deducts more than it collects pays nothing
    and carries the difference on (form CA3, line 22, then 27)."""
    found = []
    for month in months:
        one, other = collected.get(month, ZERO), deductible.get(month, ZERO)
        owed = one - other - credit
        due, credit = (owed, ZERO) if owed > 0 else (ZERO, -owed)
        found.append(VatReturn(month, one, other, due, credit))
    return tuple(found)


def vat_of_parts(vat: Decimal, gross: Decimal, parts: Sequence[Decimal], decimals: int = 2) -> tuple[Decimal, ...]:
    """The VAT in each part of a price that is paid in several: rounded on what is paid so far, so that the whole
    price holds the whole VAT to the cent."""
    found, paid, told = [], ZERO, ZERO
    for part in parts:
        paid += part
        until = to_cents(vat * paid / gross, decimals) if gross else ZERO
        found.append(until - told)
        told = until
    return tuple(found)
