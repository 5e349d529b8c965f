"""The page of the cash in a pack: its lines, month by month, as the page of the treasury has them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from reporting.dashboards.cash import cash_chart
from reporting.dashboards.domain.cash import CashFacts, CashMonth
from reporting.packs import marks

# What the page has room for.
BREACHES: Final = 3


@dataclass(frozen=True, slots=True)
class CashLine:
    """A line of the table: each month's amount, and the tone of one that goes wrong."""

    label: str
    cells: tuple[tuple[Decimal | None, str], ...]
    strong: bool = False


def cash_context(cash: CashFacts | None, language: str) -> dict[str, Any]:
    """What the template draws; nothing when the pack holds no cash."""
    if cash is None:
        return {"cash": None}
    amounts = [value for month in cash.months for value in (month.opening, month.receipts, month.net, month.closing)]
    return {
        "cash": cash,
        "cash_chart": marks.drawing(cash_chart(cash), language, width=1076, height=215),
        "cash_lines": _lines(cash.months),
        "cash_decimals": 0 if all(value == value.to_integral_value() for value in amounts) else 2,
    }


def _lines(months: tuple[CashMonth, ...]) -> list[CashLine]:
    def line(label: str, name: str, *, strong: bool = False, watched: bool = False) -> CashLine:
        cells = tuple((getattr(one, name), "bad" if watched and one.under else "") for one in months)
        return CashLine(label, cells, strong)

    found = [
        line(_("Ouverture"), "opening"),
        line(_("Encaissements clients"), "receipts"),
        line(_("Fournisseurs"), "suppliers"),
        line(_("Salaires et charges"), "payroll"),
        line(_("TVA"), "vat"),
    ]
    if any(one.other for one in months):
        found.append(line(_("Autres mouvements"), "other"))
    found += [
        line(_("Clôture"), "closing", strong=True),
        line(_("Au plus bas"), "lowest", watched=True),
    ]
    if any(one.low is not None for one in months):
        found += [line(_("Clôture, P10"), "low"), line(_("Clôture, P90"), "high")]
    return found
