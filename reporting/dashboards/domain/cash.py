"""The cash of the organisation as the dashboard and packs show it: plain data, which a pack freezes. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.treasury.domain.balance import CurvePoint


@dataclass(frozen=True, slots=True)
class CashMonth:
    """A month of the plan, in the organisation's currency: opening and flows make the closing, to the cent. Its
    last balance is between `low` and `high` in eight plans of ten; `under`: its balance goes under the threshold."""

    first: date
    opening: Decimal
    receipts: Decimal
    suppliers: Decimal
    payroll: Decimal
    vat: Decimal
    other: Decimal
    closing: Decimal
    lowest: Decimal
    low: Decimal | None
    high: Decimal | None
    under: bool

    @property
    def net(self) -> Decimal:
        """All that moves."""
        return self.receipts + self.suppliers + self.payroll + self.vat + self.other


@dataclass(frozen=True, slots=True)
class CashBreach:
    """When the balance goes under its threshold: the sentence names the invoice that takes it there. Texts are in the
    language of whoever reads or of the pack."""

    month: date
    sentence: str
    lowest: str
    awaited: str


@dataclass(frozen=True, slots=True)
class CashFacts:
    """Twelve months of cash, seen on `today`. `breaking` is the share of plans (0-1) that go under the threshold on
    some day, None when no plan was simulated; `message` is the curve's title."""

    currency: str
    today: date
    until: date
    threshold: Decimal
    balance: Decimal
    lowest: Decimal
    lowest_on: date
    breaking: Decimal | None
    message: str
    curve: tuple[CurvePoint, ...]
    months: tuple[CashMonth, ...]
    breaches: tuple[CashBreach, ...]
