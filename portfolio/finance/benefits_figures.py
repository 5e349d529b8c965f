"""The figures of returns, each with its formula, its terms and the years or projects that it adds up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portfolio.finance.benefits_words import irr_words, npv_words, payback_words, why
from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.present_value import Missing, Result, number_of
from portfolio.finance.domain.returns import DiscountedYear, Returns
from portfolio.finance.periods import year_name
from tech4value.figures.figure import Figure, Input, RowRef

MONEY: Final = "money"
SHARE: Final = "percent:1"
YEARS: Final = "years"
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A project behind the figures of a portfolio."""

    label: str
    value: Returns
    url: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `terms` are what its formula names, `by_year` what a year adds to it, when years add up."""

    key: str
    label: Promise
    formula: Promise
    read: Callable[[Returns], Result]
    unit: str = MONEY
    terms: tuple[str, ...] = ()
    by_year: Callable[[DiscountedYear], Result] | None = None
    good_when: Literal["up", "down"] | None = None
    words: Callable[[Returns], str] = lambda _found: ""


TERMS: Final[dict[str, tuple[Promise, Callable[[Returns], Result], str]]] = {
    "cost": (gettext_lazy("Coûts"), lambda one: one.cost, MONEY),
    "benefit": (gettext_lazy("Bénéfices"), lambda one: one.benefit, MONEY),
    "cost_of_sales": (gettext_lazy("Coûts des projets qui vendent"), lambda one: one.cost_of_sales, MONEY),
    "revenue": (gettext_lazy("Chiffre d’affaires"), lambda one: one.revenue, MONEY),
    "present_cost": (gettext_lazy("Coûts actualisés"), lambda one: one.present_cost, MONEY),
    "present_benefit": (gettext_lazy("Bénéfices actualisés"), lambda one: one.present_benefit, MONEY),
    "npv": (gettext_lazy("Valeur actuelle nette"), lambda one: one.npv, MONEY),
    "rate": (gettext_lazy("Taux d’actualisation"), lambda one: one.rate, SHARE),
}
INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator(
        "npv",
        gettext_lazy("Valeur actuelle nette (VAN)"),
        gettext_lazy(
            "Σ (bénéfices − coûts de l’exercice) ÷ (1 + taux)^(exercice − exercice de référence), au centime par "
            "exercice."
        ),
        lambda one: one.npv,
        terms=("present_benefit", "present_cost", "rate"),
        by_year=lambda year: year.present_net,
        good_when="up",
        words=npv_words,
    ),
    Indicator(
        "irr",
        gettext_lazy("Taux de rentabilité interne (TRI)"),
        gettext_lazy("Le taux auquel la VAN des flux annuels est nulle."),
        lambda one: one.irr,
        SHARE,
        ("rate",),
        by_year=lambda year: year.flow.net,
        good_when="up",
        words=irr_words,
    ),
    Indicator(
        "payback",
        gettext_lazy("Délai de récupération"),
        gettext_lazy(
            "Le temps, depuis le premier exercice, au bout duquel le cumul des bénéfices couvre pour de bon celui "
            "des coûts ; dans l’exercice, les flux sont tenus pour réguliers."
        ),
        lambda one: one.payback,
        YEARS,
        by_year=lambda year: year.cumulative,
        good_when="down",
        words=lambda one: payback_words(one.payback, one.payback_year),
    ),
    Indicator(
        "discounted_payback",
        gettext_lazy("Délai de récupération actualisé"),
        gettext_lazy("Le même délai, sur les flux actualisés."),
        lambda one: one.discounted_payback,
        YEARS,
        ("rate",),
        by_year=lambda year: year.cumulative_present,
        good_when="down",
        words=lambda one: payback_words(one.discounted_payback, one.discounted_payback_year),
    ),
    Indicator(
        "roi",
        gettext_lazy("Retour sur investissement (ROI)"),
        gettext_lazy("(Bénéfices − coûts) ÷ coûts, sans actualisation."),
        lambda one: one.roi,
        SHARE,
        ("benefit", "cost"),
        good_when="up",
    ),
    Indicator(
        "ratio",
        gettext_lazy("Rapport bénéfices sur coûts"),
        gettext_lazy("Bénéfices actualisés ÷ coûts actualisés : au-dessus de 1, le projet crée de la valeur."),
        lambda one: one.benefit_cost_ratio,
        "ratio",
        ("present_benefit", "present_cost"),
        good_when="up",
    ),
    Indicator(
        "index",
        gettext_lazy("Indice de profitabilité"),
        gettext_lazy(
            "1 + VAN ÷ investissement, l’investissement étant la valeur actuelle des exercices où les coûts "
            "dépassent les bénéfices."
        ),
        lambda one: one.profitability_index,
        "ratio",
        ("npv",),
        good_when="up",
    ),
    Indicator(
        "margin",
        pgettext_lazy("argent", "Marge"),
        gettext_lazy("Chiffre d’affaires − coûts des projets qui vendent, sans actualisation."),
        lambda one: one.margin,
        terms=("revenue", "cost_of_sales"),
        good_when="up",
    ),
    Indicator(
        "margin_rate",
        gettext_lazy("Taux de marge"),
        gettext_lazy("Marge ÷ chiffre d’affaires."),
        lambda one: one.margin_rate,
        SHARE,
        ("revenue", "cost_of_sales"),
        good_when="up",
    ),
    Indicator(
        "profitability",
        gettext_lazy("Rentabilité des ventes"),
        gettext_lazy("Chiffre d’affaires ÷ coûts des projets qui vendent : ce qui est vendu pour 1 dépensé."),
        lambda one: one.profitability,
        "ratio",
        ("revenue", "cost_of_sales"),
        good_when="up",
    ),
)
BY_KEY: Final = {one.key: one for one in INDICATORS}
KEYS: Final = tuple(BY_KEY)
HEADLINES: Final = ("npv", "irr", "payback", "roi")
OF_SALES: Final = frozenset({"margin", "margin_rate", "profitability"})


@dataclass(frozen=True, slots=True)
class Explained:
    """What every figure of one page shares; `explain` gives the address of each by its key."""

    currency: str
    explain: Callable[[str], str]
    basis: str
    parts: Sequence[Part] = ()
    as_of: datetime | None = None
    source: str = ""
    rows_url: str = ""


def figures_of(found: Returns | None, shared: Explained) -> dict[str, Figure]:
    """Every indicator by its key. Without a cost nor a benefit each is a dash with the reason."""
    return {one.key: _figure(one, found, shared) for one in INDICATORS}


def headlines(figures: dict[str, Figure], found: Returns) -> list[Figure]:
    """The figures at the head of a page; the margin when something is sold."""
    keys = (*HEADLINES, "margin") if found.revenue else HEADLINES
    return [figures[key] for key in keys]


def _unit(unit: str, shared: Explained) -> str:
    if unit == MONEY:
        return f"money:{shared.currency}"
    return _("ans") if unit == YEARS else unit


def _figure(one: Indicator, found: Returns | None, shared: Explained) -> Figure:
    result = Missing.NO_FLOW if found is None else one.read(found)
    inputs = [
        Input(str(label), number_of(read(found)), _unit(unit, shared))
        for label, read, unit in (TERMS[key] for key in one.terms)
        if found is not None
    ]
    return Figure(
        key=one.key,
        label=str(one.label),
        value=number_of(result),
        unit=_unit(one.unit, shared),
        formula=" ".join(text for text in (str(one.formula), shared.basis, why(result)) if text),
        inputs=tuple(inputs),
        rows=_rows(one, found, shared),
        rows_url=shared.rows_url,
        source=shared.source,
        as_of=shared.as_of,
        good_when=one.good_when,
        explain_url=shared.explain(one.key),
        note=why(result) or (one.words(found) if found is not None else ""),
    )


def _rows(one: Indicator, found: Returns | None, shared: Explained) -> tuple[RowRef, ...]:
    """The projects behind a figure, the largest first; of a project, its years."""
    if shared.parts:
        known = [(part, number_of(one.read(part.value))) for part in shared.parts]
        ranked = sorted(known, key=lambda pair: abs(pair[1] or ZERO), reverse=True)
        return tuple(RowRef(part.label, value, part.url, part.source) for part, value in ranked[:SHOWN])
    if found is None or one.by_year is None:
        return ()
    money = _unit(MONEY, shared)
    return tuple(
        RowRef(year_name(year.flow.year), number_of(one.by_year(year)), unit=money, source=shared.source)
        for year in found.years
    )
