"""What benefits and returns say in words."""

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.domain.business_case import Basis
from portfolio.finance.domain.present_value import Missing, Result
from portfolio.finance.domain.returns import Returns
from portfolio.finance.periods import year_name
from tech4value.figures import formats

BASES: Final[dict[Basis, Promise]] = {
    Basis.CURRENT: gettext_lazy("À ce jour"),
    Basis.PLANNED: gettext_lazy("Promis"),
    Basis.REALISED: gettext_lazy("Réalisé"),
}
BASIS_WORDS: Final[dict[Basis, Promise]] = {
    Basis.CURRENT: gettext_lazy(
        "Coûts : la prévision du budget. Bénéfices : réalisés pour les exercices finis, attendus pour les autres."
    ),
    Basis.PLANNED: gettext_lazy("Coûts : le prévu du budget. Bénéfices : ceux qui étaient attendus."),
    Basis.REALISED: gettext_lazy("Coûts : le réel du budget. Bénéfices : ceux qui sont réalisés."),
}
_REASONS: Final[dict[Missing, Promise]] = {
    Missing.NO_FLOW: gettext_lazy("Ni coût ni bénéfice : saisissez le budget, puis les bénéfices attendus."),
    Missing.NO_COST: gettext_lazy("Aucun coût : saisissez d’abord le budget du projet."),
    Missing.NO_BENEFIT: gettext_lazy(
        "Les bénéfices ne dépassent les coûts aucune année : les flux ne changent pas de signe."
    ),
    Missing.NO_REVENUE: gettext_lazy("Aucune vente : ni contrat client, ni chiffre d’affaires attendu."),
    Missing.NO_RATE: gettext_lazy("Aucun taux n’annule la valeur de ces flux : décidez par la VAN."),
    Missing.SEVERAL_RATES: gettext_lazy(
        "Les flux changent plusieurs fois de signe et plusieurs taux les annulent : décidez par la VAN."
    ),
    Missing.BORROWING: gettext_lazy(
        "L’argent entre avant de sortir : ce taux serait un coût, non un gain. Décidez par la VAN."
    ),
    Missing.NEVER_PAID_BACK: gettext_lazy("Les bénéfices saisis ne couvrent pas les coûts."),
}


def language() -> str:
    """The reader's."""
    return get_language() or "fr"


def why(result: Result | None) -> str:
    """Why there is no number; empty for a number."""
    return str(_REASONS[result]) if isinstance(result, Missing) else ""


def irr_words(found: Returns) -> str:
    """Under the rate: how it compares with the discount rate, the rates when there are several, or why none."""
    rate = formats.percent(found.rate, language(), decimals=1)
    if isinstance(found.irr, Decimal):
        if found.irr >= found.rate:
            return _("au-dessus du taux d’actualisation de %(rate)s") % {"rate": rate}
        return _("sous le taux d’actualisation de %(rate)s") % {"rate": rate}
    if found.irr is Missing.SEVERAL_RATES and found.internal.roots:
        roots = ", ".join(formats.percent(root, language(), decimals=1) for root in found.internal.roots)
        return _("plusieurs taux conviennent (%(roots)s) : décidez par la VAN") % {"roots": roots}
    return why(found.irr)


def npv_words(found: Returns) -> str:
    """Under the net present value: in the money of which year, at which rate."""
    return _("en monnaie de %(year)s, actualisée à %(rate)s") % {
        "year": year_name(found.base_year),
        "rate": formats.percent(found.rate, language(), decimals=1),
    }


def payback_words(wait: Result, year: int | None) -> str:
    """In which fiscal year; why never."""
    if year is None:
        return why(wait)
    return _("au cours de l’exercice %(year)s") % {"year": year_name(year)}


def wait_words(wait: Result) -> str:
    """`2,4 ans`."""
    if isinstance(wait, Missing):
        return formats.DASH
    years = formats.number(wait, language(), decimals=1)
    words = _("%(years)s an") if wait < Decimal("1.95") else _("%(years)s ans")
    return words % {"years": years}


def message(found: Returns, currency: str) -> str:
    """The chart's one message: what the project is worth, and when it is paid back."""
    words = {"npv": formats.compact_money(abs(found.npv), currency, language())}
    year = found.discounted_payback_year
    if year is None or isinstance(found.discounted_payback, Missing):
        if found.npv < 0:
            return _("Flux cumulés actualisés : les bénéfices saisis laissent %(npv)s de coûts à couvrir") % words
        return _("Flux cumulés actualisés : %(npv)s de valeur créée") % words
    words["year"] = year_name(year)
    return _("Flux cumulés actualisés : coûts remboursés en %(year)s, %(npv)s de valeur créée") % words
