"""When an invoice is to be paid, and the arithmetic of months that it takes. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portfolio.finance.domain.budget import add_months
from portfolio.treasury.domain.errors import TreasuryError

LONGEST_DAYS = 365


class TermKind(StrEnum):
    """How days and the end of the month combine (French practice, Code de commerce, art. L441-10)."""

    NET = "net"
    DAYS_THEN_MONTH_END = "days_eom"
    MONTH_END_THEN_DAYS = "eom_days"


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def day_in(month: date, day: int) -> date:
    """The `day` (1-31) of a month, its last when it has fewer."""
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def months_later(day: date, count: int) -> date:
    """The same day `count` months later, the last of the month when it has fewer days."""
    return day_in(add_months(day, count), day.day)


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """`days` after the invoice (0: on receipt), counted as `kind` says, then on the next `day` of the month if given.

    « 45 jours fin de mois » is DAYS_THEN_MONTH_END by default: the invoice's date plus 45 days, then the end of that
    month; MONTH_END_THEN_DAYS is the other accepted reading. Bank holidays are left to the bank.
    Raises TreasuryError: bad_days (outside 0-365), bad_day (outside 1-31).
    """

    kind: TermKind = TermKind.NET
    days: int = 0
    day: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.days <= LONGEST_DAYS:
            raise TreasuryError("bad_days", str(self.days))
        if self.day is not None and not 1 <= self.day <= 31:
            raise TreasuryError("bad_day", str(self.day))

    def due_on(self, invoiced_on: date) -> date:
        """The day on which an invoice of `invoiced_on` is to be paid."""
        if self.kind is TermKind.MONTH_END_THEN_DAYS:
            due = month_end(invoiced_on) + timedelta(days=self.days)
        else:
            due = invoiced_on + timedelta(days=self.days)
            if self.kind is TermKind.DAYS_THEN_MONTH_END:
                due = month_end(due)
        if self.day is None:
            return due
        chosen = day_in(due, self.day)
        return chosen if chosen >= due else day_in(add_months(due, 1), self.day)
