"""Rows as the domain reads them: payment terms, recurrences, rates of VAT and exchange."""

from collections import defaultdict

from portfolio.treasury.domain.books import Every, Recurrence
from portfolio.treasury.domain.errors import TreasuryError
from portfolio.treasury.domain.money import Dated, Rates
from portfolio.treasury.domain.terms import PaymentTerm, TermKind
from portfolio.treasury.domain.vat import FRENCH_RATES, VatKind, VatRules
from portfolio.treasury.models import Contract, ContractInstalment, ExchangeRate, TreasurySettings, VatRate
from tech4value.figures.formats import currency_decimals
from tech4value.tenancy.context import current_tenant


def term_of(contract: Contract) -> PaymentTerm:
    """When invoices of a contract are to be paid."""
    return PaymentTerm(TermKind(contract.term_kind), contract.term_days, contract.term_day)


def recurrence_of(row: ContractInstalment) -> Recurrence:
    """The periods of a subscription. Raises TreasuryError: bad_order when the row has no start."""
    if row.starts_on is None:
        raise TreasuryError("bad_order", str(row.pk))
    return Recurrence(Every(row.every), row.starts_on, row.ends_on, row.in_arrears)


def settings_row() -> TreasurySettings:
    """The organisation's settings, saved or not. One statement."""
    return TreasurySettings.objects.first() or TreasurySettings()


def vat_rules() -> VatRules:
    """The rates in force: the organisation's, over those of French law. Two statements."""
    own: dict[VatKind, list[Dated]] = defaultdict(list)
    for row in VatRate.objects.order_by("starts_on"):
        own[VatKind(row.kind)].append(Dated(row.starts_on, row.rate))
    rates = {
        kind: sorted([*_before(FRENCH_RATES[kind], own[kind]), *own[kind]], key=lambda step: step.starts_on)
        for kind in VatKind
    }
    row = settings_row()
    return VatRules(rates, row.vat_return_day, row.vat_credit)


def _before(law: tuple[Dated, ...], own: list[Dated]) -> list[Dated]:
    """What the law said until the organisation says otherwise."""
    return [step for step in law if not own or step.starts_on < own[0].starts_on]


def rates_of() -> Rates:
    """Every exchange rate, by currency. One statement."""
    steps: dict[str, list[Dated]] = defaultdict(list)
    for currency, starts_on, rate in ExchangeRate.objects.order_by("starts_on").values_list(
        "currency", "starts_on", "rate"
    ):
        steps[currency].append(Dated(starts_on, rate))
    base = current_tenant().currency
    return Rates(base, min(currency_decimals(base), 2), steps)
