"""The figures of earned value, each with its formula, its terms and the rows that it adds up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.earned_value import EarnedValue, Missing, Result, number_of
from portfolio.finance.earned_value_queries import Calendarised
from portfolio.finance.earned_value_words import cost_words, gap_words, pace_words, why
from tech4value.figures.figure import Figure, Input, RowRef

MONEY: Final = "money"
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One row behind the figures: a task of a project, a project of a portfolio."""

    label: str
    value: EarnedValue
    url: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `acronym` is explained by web/tags/glossary, `terms` are keys of other indicators."""

    key: str
    acronym: str
    label: Promise
    formula: Promise
    read: Callable[[EarnedValue], Result]
    unit: str = MONEY
    terms: tuple[str, ...] = ()
    good_when: Literal["up", "down"] | None = None
    words: Callable[[Result], str] = why


def _signed(good: Promise, bad: Promise) -> Callable[[Result], str]:
    def words(result: Result) -> str:
        if isinstance(result, Missing):
            return why(result)
        return str(bad if result < 0 else good) if result else _("comme prévu")

    return words


INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator(
        "bac",
        "BAC",
        gettext_lazy("Budget à l’achèvement"),
        gettext_lazy("Somme des montants prévus de toutes les lignes de budget du projet."),
        lambda one: one.budget_at_completion,
    ),
    Indicator(
        "pv",
        "PV",
        gettext_lazy("Valeur planifiée"),
        gettext_lazy(
            "Budget des tâches de la référence × part de leur temps ouvré de référence écoulée à la date d’état."
        ),
        lambda one: one.planned_value,
        terms=("bac",),
    ),
    Indicator(
        "ev",
        "EV",
        gettext_lazy("Valeur acquise"),
        gettext_lazy("Somme, tâche par tâche, du budget de la tâche × son avancement."),
        lambda one: one.earned_value,
        terms=("bac",),
    ),
    Indicator(
        "ac",
        "AC",
        gettext_lazy("Coût réel"),
        gettext_lazy("Somme des montants réels des lignes de budget, jusqu’au mois de la date d’état."),
        lambda one: one.actual_cost,
    ),
    Indicator(
        "sv",
        "SV",
        gettext_lazy("Écart de délai"),
        gettext_lazy("EV − PV : négatif, moins de travail est fait que prévu."),
        lambda one: one.schedule_variance,
        terms=("ev", "pv"),
        good_when="up",
        words=_signed(gettext_lazy("plus de travail que planifié"), gettext_lazy("moins de travail que planifié")),
    ),
    Indicator(
        "cv",
        "CV",
        gettext_lazy("Écart de coût"),
        gettext_lazy("EV − AC : négatif, le travail fait a coûté plus que son budget."),
        lambda one: one.cost_variance,
        terms=("ev", "ac"),
        good_when="up",
        words=_signed(gettext_lazy("moins cher que prévu"), gettext_lazy("plus cher que prévu")),
    ),
    Indicator(
        "spi",
        "SPI",
        gettext_lazy("Indice de délai"),
        gettext_lazy("EV ÷ PV : sous 1, moins de travail est fait que prévu."),
        lambda one: one.schedule_performance_index,
        "ratio",
        ("ev", "pv"),
        "up",
        pace_words,
    ),
    Indicator(
        "cpi",
        "CPI",
        gettext_lazy("Indice de coût"),
        gettext_lazy("EV ÷ AC : sous 1, le travail fait a coûté plus que son budget."),
        lambda one: one.cost_performance_index,
        "ratio",
        ("ev", "ac"),
        "up",
        cost_words,
    ),
    Indicator(
        "eac",
        "EAC",
        gettext_lazy("Estimation à l’achèvement"),
        gettext_lazy("BAC ÷ CPI : ce que coûtera le projet si les coûts continuent comme jusqu’ici."),
        lambda one: one.estimate_at_completion(),
        terms=("bac", "cpi"),
        good_when="down",
    ),
    Indicator(
        "etc",
        "ETC",
        gettext_lazy("Reste à dépenser"),
        gettext_lazy("EAC − AC."),
        lambda one: one.estimate_to_complete(),
        terms=("eac", "ac"),
    ),
    Indicator(
        "vac",
        "VAC",
        gettext_lazy("Écart à l’achèvement"),
        gettext_lazy("BAC − EAC : négatif, le budget sera dépassé."),
        lambda one: one.variance_at_completion(),
        terms=("bac", "eac"),
        good_when="up",
        words=_signed(gettext_lazy("économie attendue"), gettext_lazy("dépassement attendu")),
    ),
    Indicator(
        "tcpi",
        "TCPI",
        gettext_lazy("Performance à tenir"),
        gettext_lazy(
            "(BAC − EV) ÷ (BAC − AC) : l’indice de coût que le reste du travail doit avoir pour tenir le budget."
        ),
        lambda one: one.to_complete_index,
        "ratio",
        ("bac", "ev", "ac"),
        "down",
    ),
)
BY_KEY: Final = {one.key: one for one in INDICATORS}
HEADLINES: Final = ("ev", "cpi", "eac", "vac")
SCHEDULE: Final = "svt"
SCHEDULE_INDEX: Final = "spit"
KEYS: Final = (*BY_KEY, SCHEDULE, SCHEDULE_INDEX)


@dataclass(frozen=True, slots=True)
class Explained:
    """What every figure of one page shares; `explain` gives the address of each by its key."""

    currency: str
    explain: Callable[[str], str]
    basis: str = ""
    parts: Sequence[Part] = ()
    as_of: datetime | None = None
    source: str = ""
    rows_url: str = ""


def figures_of(
    value: EarnedValue | None, schedule: Calendarised | None, missing: Missing | None, shared: Explained
) -> dict[str, Figure]:
    """Every indicator by its key. Without a value each is a dash with the reason."""
    found = {one.key: _figure(one, value, missing, shared) for one in INDICATORS}
    found[SCHEDULE] = _schedule_variance(schedule, missing, shared)
    found[SCHEDULE_INDEX] = _schedule_index(schedule, missing, shared)
    return found


def _unit(unit: str, shared: Explained) -> str:
    return f"money:{shared.currency}" if unit == MONEY else unit


def _figure(one: Indicator, value: EarnedValue | None, missing: Missing | None, shared: Explained) -> Figure:
    result: Result | None = missing if value is None else one.read(value)
    inputs = [Input(f"{BY_KEY[key].label} ({BY_KEY[key].acronym})", *_term(key, value, shared)) for key in one.terms]
    ranked = sorted(shared.parts, key=lambda part: abs(number_of(one.read(part.value)) or Decimal(0)), reverse=True)
    return Figure(
        key=one.key,
        label=str(one.label),
        value=number_of(result),
        unit=_unit(one.unit, shared),
        formula=f"{one.formula} {shared.basis}".strip(),
        inputs=tuple(inputs) if value is not None else (),
        rows=tuple(
            RowRef(part.label, number_of(one.read(part.value)), part.url, part.source) for part in ranked[:SHOWN]
        ),
        rows_url=shared.rows_url,
        source=shared.source,
        as_of=shared.as_of,
        good_when=one.good_when,
        explain_url=shared.explain(one.key),
        note=why(result) or (one.words(result) if result is not None else ""),
    )


def _term(key: str, value: EarnedValue | None, shared: Explained) -> tuple[Decimal | None, str]:
    return (number_of(BY_KEY[key].read(value)) if value is not None else None), _unit(BY_KEY[key].unit, shared)


def _schedule_inputs(schedule: Calendarised | None) -> tuple[Input, ...]:
    if schedule is None:
        return ()
    return (
        Input(_("Durée acquise (ES)"), schedule.schedule.earned, "calendar_days"),
        Input(_("Durée écoulée (AT)"), schedule.schedule.elapsed, "calendar_days"),
    )


def _schedule_variance(schedule: Calendarised | None, missing: Missing | None, shared: Explained) -> Figure:
    gap = None if schedule is None else schedule.schedule.schedule_variance
    return Figure(
        key=SCHEDULE,
        label=_("Écart de délai, en jours calendaires"),
        value=gap,
        unit="calendar_days",
        formula=_(
            "ES − AT : jours calendaires entre la date où la valeur acquise devait l’être et la date "
            "d’état. Négatif : un retard."
        ),
        inputs=_schedule_inputs(schedule),
        source=shared.source,
        as_of=shared.as_of,
        good_when="up",
        explain_url=shared.explain(SCHEDULE),
        note=why(missing) if gap is None else gap_words(gap),
    )


def _schedule_index(schedule: Calendarised | None, missing: Missing | None, shared: Explained) -> Figure:
    index = missing if schedule is None else schedule.schedule.schedule_performance_index
    return Figure(
        key=SCHEDULE_INDEX,
        label=_("Indice de délai en durée"),
        value=number_of(index),
        unit="ratio",
        formula=_("ES ÷ AT : sous 1, le projet avance moins vite que le calendrier. Reste juste jusqu’à la fin."),
        inputs=_schedule_inputs(schedule),
        source=shared.source,
        as_of=shared.as_of,
        good_when="up",
        explain_url=shared.explain(SCHEDULE_INDEX),
        note=why(index) or (pace_words(index) if index is not None else ""),
    )
