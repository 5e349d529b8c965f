"""The five figures of a budget, on the project's page and on the portfolio's, each with what it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import Amounts
from tech4value.figures import formats
from tech4value.figures.figure import Figure, Input, RowRef

KEYS: Final = ("budget", "committed", "spent", "forecast", "variance")


@dataclass(frozen=True, slots=True)
class Part:
    """One row behind the figures: a project of the portfolio, a category of a project."""

    label: str
    amounts: Amounts
    url: str = ""
    source: str = ""


def budget_figures(
    amounts: Amounts,
    *,
    currency: str,
    explain: Callable[[str], str],
    parts: Sequence[Part] = (),
    as_of: datetime | None = None,
    source: str = "",
    rows_url: str = "",
) -> tuple[Figure, ...]:
    """Budget, committed, spent share, forecast at completion, variance; `explain` gives each one's address by key.

    Without any money the values are None: a dash is shown rather than a zero that nobody entered.
    """
    unit = f"money:{currency}"
    language = get_language() or "fr"

    def part_rows(value: Callable[[Amounts], Decimal | None]) -> tuple[RowRef, ...]:
        return tuple(RowRef(part.label, value(part.amounts), part.url, part.source) for part in parts)

    def figure(
        key: str,
        label: str,
        formula: str,
        value: Callable[[Amounts], Decimal | None],
        inputs: tuple[Input, ...] = (),
        *,
        unit: str = unit,
        note: str = "",
        target: Decimal | None = None,
    ) -> Figure:
        return Figure(
            key=key,
            label=label,
            value=None if amounts.is_empty else value(amounts),
            unit=unit,
            formula=formula,
            inputs=inputs,
            rows=part_rows(value),
            rows_url=rows_url,
            source=source,
            as_of=as_of,
            target=target,
            explain_url=explain(key),
            note="" if amounts.is_empty else note,
        )

    planned = Input(_("Prévu"), amounts.planned, unit)
    actual = Input(_("Réel"), amounts.actual, unit)
    forecast = Input(_("Prévision"), amounts.forecast, unit)
    committed = Input(_("Engagé"), amounts.committed, unit)
    share = formats.percent(amounts.variance_share, language, decimals=1, signed=True)
    return (
        figure(
            "budget",
            _("Budget prévu"),
            _("Somme des montants prévus de chaque ligne de budget."),
            lambda one: one.planned,
        ),
        figure(
            "committed",
            _("Engagé"),
            _("Somme des montants engagés (commandes et contrats signés) de chaque ligne de budget."),
            lambda one: one.committed,
            (planned, committed),
            note=_("%(share)s du prévu") % {"share": formats.percent(amounts.committed_share, language)},
        ),
        figure(
            "spent",
            _("Consommé"),
            _("Réel ÷ prévu, sur toutes les lignes de budget."),
            lambda one: one.spent_share,
            (actual, planned),
            unit="percent",
            note=_("%(amount)s dépensés") % {"amount": formats.compact_money(amounts.actual, currency, language)},
        ),
        figure(
            "forecast",
            _("Prévision à l’achèvement"),
            _("Somme des prévisions de chaque ligne : pour chaque mois, ce qui est dépensé plus le reste à venir."),
            lambda one: one.forecast,
            (actual, forecast),
            note=_("pour %(amount)s prévus") % {"amount": formats.compact_money(amounts.planned, currency, language)},
        ),
        figure(
            "variance",
            _("Écart à l’achèvement"),
            _("Prévision − prévu : un écart positif est un dépassement."),
            lambda one: one.variance,
            (forecast, planned),
            note=variance_words(amounts, share),
        ),
    )


def variance_words(amounts: Amounts, share: str) -> str:
    """The variance's direction in words, with its percent."""
    if amounts.variance > 0:
        return _("dépassement de %(share)s") % {"share": share.lstrip("+")} if amounts.planned else _("dépassement")
    if amounts.variance < 0:
        return (
            _("économie de %(share)s") % {"share": share.lstrip(formats.MINUS)} if amounts.planned else _("économie")
        )
    return _("conforme au prévu")
