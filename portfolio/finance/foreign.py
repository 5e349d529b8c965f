"""Budget lines typed in another currency: converted once, at the rate of the first day of their month, and kept as
they were typed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import MEASURES, first_of_month, to_cents
from portfolio.finance.exchange import Converter
from portfolio.finance.models import BudgetLine
from tech4value.figures import formats

FIELDS: Final = ("typed_currency", "typed", "rate", "rate_on")
# Beyond this, what is typed is an error (a line says so itself once it is converted).
LARGEST: Final = Decimal("999999999999.99")


def convert(line: BudgetLine, given: Iterable[str] = MEASURES, converter: Converter | None = None) -> None:
    """Put the amounts of `given`, typed in `line.currency`, in the organisation's; those that are not given already
    are. When `line.currency` is the organisation's, another one is forgotten once nothing is what was typed in it.

    Raises ValidationError by field: no rate on the first day of the line's month, an amount beyond what is kept.
    """
    converter = converter or Converter()
    line.currency = str(line.currency or converter.base).strip().upper()
    if line.currency == converter.base:
        if not any(typed_amounts(line).values()):
            line.typed_currency, line.typed, line.rate, line.rate_on = "", {}, None, None
        return
    try:
        month = first_of_month(line.month)
    except (AttributeError, TypeError) as error:
        raise ValidationError({"month": _("Indiquez le mois.")}) from error
    line.rate_on, line.rate = converter.rate_of(line.currency, month)
    decimals = min(formats.currency_decimals(line.currency), 2)
    kept = {name: line.typed[name] for name in line.typed if line.typed_currency == line.currency}
    for name in given:
        amount = Decimal(getattr(line, name))
        if not amount.is_finite() or abs(amount) > LARGEST:
            raise ValidationError({name: _("Le montant dépasse ce qui peut être enregistré. Vérifiez la saisie.")})
        amount = to_cents(amount, decimals)
        kept[name] = str(amount)
        setattr(line, name, to_cents(amount / line.rate, converter.decimals))
    line.typed_currency, line.typed = line.currency, kept
    line.currency = converter.base


def typed_amounts(line: BudgetLine) -> dict[str, Decimal]:
    """The amounts that are still what was typed in another currency, by measure; what a version, a transfer, an order
    or time has written since is not."""
    if not line.typed_currency or not line.rate:
        return {}
    decimals = min(formats.currency_decimals(line.currency), 2)
    found = {name: Decimal(line.typed[name]) for name in MEASURES if name in line.typed}
    return {
        name: amount
        for name, amount in found.items()
        if to_cents(amount / line.rate, decimals) == getattr(line, name)
    }


def form_amounts(line: BudgetLine) -> tuple[str, dict[str, Decimal]]:
    """The currency that a form opens in, and its amounts: as they were typed while every one still is."""
    typed = typed_amounts(line)
    if typed and all(name in typed or not getattr(line, name) for name in MEASURES):
        return line.typed_currency, {name: typed.get(name, Decimal(0)) for name in MEASURES}
    return line.currency, {name: getattr(line, name) for name in MEASURES}


def typed_words(line: BudgetLine, measure: str) -> str:
    """« 1 200,00 $ au cours de 1,0850 du 01/03/2026 »; empty when it was typed in the organisation's currency."""
    amount = typed_amounts(line).get(measure)
    if not amount or line.rate is None or line.rate_on is None:
        return ""
    language = get_language() or "fr"
    facts: dict[str, Any] = {
        "amount": formats.money(amount, line.typed_currency, language),
        "rate": formats.number(line.rate, language, decimals=4),
        "day": formats.date_short(line.rate_on, language),
    }
    return _("%(amount)s au cours de %(rate)s du %(day)s") % facts
