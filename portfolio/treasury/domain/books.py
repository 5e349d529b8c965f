"""What cash is forecast from: accounts, contracts and their instalments, invoices, payments, payroll. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from portfolio.finance.domain.budget import ZERO
from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import Rates
from portfolio.treasury.domain.terms import PaymentTerm
from portfolio.treasury.domain.vat import VatBasis, VatKind, VatRules


class Direction(StrEnum):
    """Money that comes from a customer, or goes to a supplier."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"

    @property
    def sign(self) -> int:
        return 1 if self is Direction.CUSTOMER else -1


class Every(StrEnum):
    """How often a subscription is invoiced."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "year": 12}[self.value]


class PaymentKind(StrEnum):
    """What a payment settles."""

    INVOICE = "invoice"
    NET_PAY = "net_pay"
    CHARGES = "charges"
    VAT = "vat"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """What an account held at the end of `opening_on`, and what all that it holds should not go under, in its own
    currency."""

    key: str
    opening_on: date
    opening: Decimal
    currency: str
    threshold: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Periods of the same length from a day on; invoiced at their start, or in arrears, at the start of the next. A
    period that begins by `ends_on` is invoiced whole. Raises TreasuryError: bad_order."""

    every: Every
    starts_on: date
    ends_on: date | None = None
    in_arrears: bool = False

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise TreasuryError("bad_order")


@dataclass(frozen=True, slots=True)
class Instalment:
    """One thing that a contract invoices: an amount before tax, or a share (0-1) of the contract; `offset_days` after
    its `trigger` (a task or milestone, by key), after the day `on`, or at each period of `recurrence`."""

    key: str
    amount: Decimal | None = None
    share: Decimal | None = None
    trigger: str = ""
    on: date | None = None
    recurrence: Recurrence | None = None
    offset_days: int = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """Amounts are before tax, in `currency`; `net` is the whole, of which instalments may be shares."""

    key: str
    direction: Direction
    currency: str
    instalments: tuple[Instalment, ...] = ()
    net: Decimal | None = None
    term: PaymentTerm = field(default_factory=PaymentTerm)
    vat: VatKind = VatKind.STANDARD
    vat_basis: VatBasis = VatBasis.CASH
    project: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a contract; it stands for the forecast of its instalment (of the period that begins on
    `period_on`, when it recurs). `due_on` as written on it, by the contract's terms when None. `awaited`: whether
    its payment is to be expected."""

    key: str
    contract: str
    issued_on: date
    net: Decimal
    vat: Decimal
    instalment: str = ""
    period_on: date | None = None
    delivered_on: date | None = None
    due_on: date | None = None
    awaited: bool = True


@dataclass(frozen=True, slots=True)
class Payment:
    """What has been paid. Of an invoice: in its currency, negative when it is paid back. Of a payroll or of VAT: what
    went out, and the `month` that it settles. Other: signed, in the base currency."""

    key: str
    account: str
    paid_on: date
    amount: Decimal
    kind: PaymentKind = PaymentKind.INVOICE
    invoice: str = ""
    payroll: str = ""
    month: date | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Payroll:
    """Net pay of each month on `pay_day` (the last day of shorter months), social charges on `charges_day` of the
    next one (the 5th from 50 people on, else the 15th), from the month of `starts_on` to that of `ends_on`."""

    key: str
    net: Decimal
    charges: Decimal
    starts_on: date
    ends_on: date | None = None
    pay_day: int = 31
    charges_day: int = 15


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a task or a milestone of the live plan ends, and whether it has."""

    on: date
    done: bool = False


@dataclass(frozen=True)
class Books:
    """All of it. `triggers` by the keys that instalments name."""

    rates: Rates
    vat: VatRules
    accounts: tuple[Account, ...] = ()
    contracts: tuple[Contract, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    payrolls: tuple[Payroll, ...] = ()
    triggers: Mapping[str, Trigger] = field(default_factory=dict)

    @cached_property
    def opened_on(self) -> date:
        """The day from whose evening the cash is known: the latest opening. Raises TreasuryError: no_account."""
        if not self.accounts:
            raise TreasuryError("no_account")
        return max(account.opening_on for account in self.accounts)
