"""The dashboard's six figures, made from its facts: the same on the screen, in their explanations and in the pack.

Rows of a figure are those that it counts or sums, so that it can be checked by hand.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import Amounts
from portfolio.finance.figures import variance_words
from portfolio.projects.models import Weather
from reporting.dashboards import links
from reporting.dashboards.domain.facts import (
    MilestoneRow,
    PoleLoad,
    PortfolioFacts,
    Previous,
    ProjectRow,
    RiskRow,
    WeatherCounts,
)
from tech4value.figures import formats
from tech4value.figures.figure import Figure, Input, RowRef, Value

Sources = Mapping[UUID, str]
NO_SOURCES: Final[Sources] = {}


def language() -> str:
    """The language in which texts are made."""
    return get_language() or "fr"


def counted(number: int) -> str:
    """A count in words: 1 200 in French, 1,200 in English."""
    return formats.number(number, language())


def figures(facts: PortfolioFacts, explain: Callable[[str], str] = lambda key: "") -> tuple[Figure, ...]:
    """All six, in their order, without their rows; `explain` gives the address of each one's explanation by its
    key."""
    return tuple(
        Figure(key=key, as_of=facts.as_of, explain_url=explain(key), **{**build(facts, NO_SOURCES), "rows": ()})
        for key, build in FIGURES.items()
    )


def figure(
    key: str,
    facts: PortfolioFacts,
    *,
    sources: Sources = NO_SOURCES,
    explain_url: str = "",
    most: int | None = None,
    rows_url: str = "",
) -> Figure:
    """One figure by its key. `sources` says where rows came from, by their key; `most` limits the rows, all of which
    are at `rows_url`. Raises KeyError for another key."""
    values = FIGURES[key](facts, sources)
    rows = tuple(values["rows"])
    names = {name for row in rows for name in (row.source or _("Saisi à l’écran")).split(", ")}
    values |= {"source": ", ".join(sorted(names)), "rows": rows[:most]}
    return Figure(key=key, as_of=facts.as_of, explain_url=explain_url, rows_url=rows_url, **values)


def _before(facts: PortfolioFacts, value: Callable[[Previous], Value | None]) -> Value | None:
    return None if facts.previous is None else value(facts.previous)


def _projects(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    counts = facts.weather
    return {
        "label": _("Projets en difficulté"),
        "value": counts.in_difficulty if facts.projects else None,
        "formula": _("Projets non clôturés dont le dernier point d’avancement est pluvieux ou orageux."),
        "inputs": tuple(Input(label, value) for label, value in weather_words(counts)),
        "rows": (
            RowRef(project_label(row), 1, links.project(row.id), sources.get(row.id, ""))
            for row in facts.projects
            if row.in_difficulty
        ),
        "previous": _before(facts, lambda past: past.weather.in_difficulty),
        "good_when": "down",
        "note": ngettext("sur %(count)s projet en cours", "sur %(count)s projets en cours", counts.open)
        % {"count": counted(counts.open)},
    }


def weather_words(counts: WeatherCounts) -> tuple[tuple[str, int], ...]:
    """Each weather with its number of projects, the worst first."""
    return (
        (str(Weather.STORMY.label), counts.stormy),
        (str(Weather.RAINY.label), counts.rainy),
        (str(Weather.CLOUDY.label), counts.cloudy),
        (str(Weather.SUNNY.label), counts.sunny),
        (_("Sans point d’avancement"), counts.unknown),
        (_("Clôturés"), counts.closed),
    )


def _spent(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    unit, money = f"money:{facts.currency}", facts.money
    to_date = facts.planned_to_date / money.planned if money.planned else None
    return {
        "label": _("Budget consommé"),
        "value": money.spent_share,
        "unit": "percent",
        "formula": _("Réel ÷ prévu, sur toutes les lignes de budget des projets."),
        "inputs": (
            Input(_("Réel"), money.actual, unit),
            Input(_("Prévu"), money.planned, unit),
            Input(_("Prévu à ce jour (mois en cours compris)"), facts.planned_to_date, unit),
            Input(_("Engagé"), money.committed, unit),
        ),
        "rows": _money_rows(facts, sources, lambda amounts: amounts.spent_share),
        "previous": _before(facts, lambda past: past.money.spent_share),
        "target": to_date,
        "note": _("%(actual)s dépensés, %(share)s attendus")
        % {
            "actual": formats.compact_money(money.actual, facts.currency, language()),
            "share": formats.percent(to_date, language()),
        }
        if money.planned
        else _("aucun budget prévu"),
    }


def _variance(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    unit, money = f"money:{facts.currency}", facts.money
    share = formats.percent(money.variance_share, language(), decimals=1, signed=True)
    return {
        "label": _("Écart à l’achèvement"),
        "value": None if money.is_empty else money.variance,
        "unit": unit,
        "formula": _("Prévision − prévu, sur toutes les lignes de budget : un écart positif est un dépassement."),
        "inputs": (
            Input(_("Prévision"), money.forecast, unit),
            Input(_("Prévu"), money.planned, unit),
            Input(_("Écart en part du prévu"), money.variance_share, "percent:1"),
        ),
        "rows": _money_rows(facts, sources, lambda amounts: amounts.variance),
        "previous": None if money.is_empty else _before(facts, lambda past: past.money.variance),
        "good_when": "down",
        "note": "" if money.is_empty else variance_words(money, share),
    }


def _money_rows(
    facts: PortfolioFacts, sources: Sources, value: Callable[[Amounts], Decimal | None]
) -> Iterator[RowRef]:
    """Projects with money, the largest value first."""
    rows = [row for row in facts.projects if not row.money.is_empty]
    rows.sort(key=lambda row: value(row.money) or Decimal(0), reverse=True)
    for row in rows:
        yield RowRef(project_label(row), value(row.money), links.budget(row.id), sources.get(row.id, ""))


def _milestones(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    late = [row for row in facts.milestones if row.is_late(facts.today)]
    return {
        "label": _("Jalons en retard"),
        "value": facts.milestones_late if facts.projects else None,
        "formula": _(
            "Jalons non atteints de projets non clôturés dont la date prévue ou la date de référence est passée."
        ),
        "inputs": (
            Input(_("En retard"), facts.milestones_late),
            Input(_("À venir sous %(days)d jours") % {"days": facts.horizon_days}, facts.milestones_due),
        ),
        "rows": (
            RowRef(milestone_label(row, facts), 1, links.milestones(row.project_id), sources.get(row.id, ""))
            for row in late
        ),
        "previous": _before(facts, lambda past: past.milestones_late),
        "good_when": "down",
        "note": ngettext(
            "%(count)s à venir sous %(days)d jours",
            "%(count)s à venir sous %(days)d jours",
            facts.milestones_due,
        )
        % {"count": counted(facts.milestones_due), "days": facts.horizon_days},
    }


def _risks(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    return {
        "label": _("Risques critiques"),
        "value": facts.critical_risks if facts.projects else None,
        "formula": _("Risques ouverts ou en traitement dont la probabilité × l’impact atteint 15 sur 25."),
        "inputs": (
            Input(_("Critiques (15 à 25)"), facts.critical_risks),
            Input(_("Ouverts ou en traitement"), facts.open_risks),
        ),
        "rows": (
            RowRef(risk_label(row), 1, links.risks(row.project_id), sources.get(row.id, ""))
            for row in facts.risks
            if row.is_critical
        ),
        "previous": _before(facts, lambda past: past.critical_risks),
        "good_when": "down",
        "note": ngettext("sur %(count)s risque ouvert", "sur %(count)s risques ouverts", facts.open_risks)
        % {"count": counted(facts.open_risks)},
    }


def _overloads(facts: PortfolioFacts, sources: Sources) -> dict[str, Any]:
    worst = max(
        (pole for pole in facts.capacity if pole.peak is not None),
        key=lambda pole: pole.peak.load_fte - pole.peak.capacity_fte if pole.peak else Decimal(0),
        default=None,
    )
    return {
        "label": _("Pôles en surcharge"),
        "value": facts.overloaded_poles if facts.capacity else None,
        "formula": _(
            "Pôles dont la charge affectée, tous projets confondus, dépasse 110 % de la capacité au moins un des "
            "six prochains mois, celui-ci compris."
        ),
        "inputs": (
            Input(_("Pôles suivis"), len(facts.capacity)),
            Input(_("Mois en surcharge"), len(facts.overloads)),
        ),
        "rows": (
            RowRef(overload_label(pole), 1, links.pole_load(pole.pole_id)) for pole in facts.capacity if pole.peak
        ),
        "good_when": "down",
        "note": overload_label(worst) if worst else _("charge tenue sur six mois"),
    }


# What a figure is made of; its rows are an iterator, drawn only when the figure is explained.
FIGURES: Final[dict[str, Callable[[PortfolioFacts, Sources], dict[str, Any]]]] = {
    "projects": _projects,
    "variance": _variance,
    "spent": _spent,
    "milestones": _milestones,
    "risks": _risks,
    "overloads": _overloads,
}


def project_label(row: ProjectRow) -> str:
    """`RGPD – Mise en conformité`."""
    return f"{row.code} – {row.name}"


def milestone_label(row: MilestoneRow, facts: PortfolioFacts) -> str:
    """The milestone, its project and its delay in words."""
    days = formats.calendar_days(row.days_late(facts.today), language())
    return _("%(project)s – %(name)s, en retard de %(days)s") % {
        "project": row.project_code,
        "name": row.name,
        "days": days,
    }


def risk_label(row: RiskRow) -> str:
    """The risk, its project and its score."""
    return _("%(project)s – %(reference)s %(title)s, score %(score)d") % {
        "project": row.project_code,
        "reference": row.reference,
        "title": row.title,
        "score": row.score,
    }


def overload_label(pole: PoleLoad) -> str:
    """The pole's worst month in words."""
    peak = pole.peak
    if peak is None:
        return pole.pole
    values = {
        "pole": pole.pole,
        "month": formats.month(peak.month, language()),
        "load": formats.fte(peak.load_fte, language()),
        "capacity": formats.fte(peak.capacity_fte, language()),
        "ratio": formats.percent(peak.ratio, language()),
    }
    if peak.ratio is None:
        return _("%(pole)s : %(load)s sans capacité en %(month)s") % values
    return _("%(pole)s : %(ratio)s en %(month)s (%(load)s pour %(capacity)s)") % values
