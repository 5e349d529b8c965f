"""What is going wrong and what it costs, in sentences: the line under the dashboard's title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.drift.domain import DriftKind
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.figures import counted, language, overload_label
from tech4value.figures import formats

NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing to know; `key` is the figure that it speaks of."""

    key: str
    text: str
    tone: Literal["bad", "warning", "good", "neutral"]


def sentences(facts: PortfolioFacts) -> tuple[Sentence, ...]:
    """The bad news, the worst first; one reassuring sentence when there is none; none without projects."""
    if not facts.projects:
        return ()
    found = [
        one
        for one in (_weather(facts), _money(facts), _late(facts), _drifts(facts), _critical(facts), _load(facts))
        if one
    ]
    if found:
        return tuple(found)
    return (Sentence("projects", _("Rien d’anormal : météo, budget, jalons, risques et charge sont tenus."), "good"),)


def _weather(facts: PortfolioFacts) -> Sentence | None:
    stormy = [row.name for row in facts.projects if row.in_difficulty and row.weather == "stormy"]
    rainy = [row.name for row in facts.projects if row.in_difficulty and row.weather == "rainy"]
    if stormy:
        text = ngettext(
            "%(count)s projet en orage : %(names)s.", "%(count)s projets en orage : %(names)s.", len(stormy)
        )
        return Sentence("projects", text % {"count": counted(len(stormy)), "names": enumerated(stormy)}, "bad")
    if rainy:
        text = ngettext(
            "%(count)s projet sous la pluie : %(names)s.", "%(count)s projets sous la pluie : %(names)s.", len(rainy)
        )
        return Sentence("projects", text % {"count": counted(len(rainy)), "names": enumerated(rainy)}, "warning")
    return None


def _money(facts: PortfolioFacts) -> Sentence | None:
    if facts.money.variance <= 0:
        return None
    worst = max(facts.projects, key=lambda row: row.money.variance)
    values = {
        "gap": formats.compact_money(facts.money.variance, facts.currency, language()),
        "share": formats.percent(facts.money.variance_share, language(), decimals=1),
        "project": worst.name,
        "part": formats.compact_money(worst.money.variance, facts.currency, language()),
    }
    if not facts.money.planned:
        text = _("Dépassement prévu de %(gap)s sans budget, surtout %(project)s (%(part)s).")
    elif len(facts.projects) == 1:
        text = _("Dépassement prévu de %(gap)s (%(share)s du budget).")
    else:
        text = _("Dépassement prévu de %(gap)s (%(share)s du budget), surtout %(project)s (%(part)s).")
    return Sentence("variance", text % values, "bad")


def _late(facts: PortfolioFacts) -> Sentence | None:
    if not facts.milestones_late:
        return None
    worst = facts.milestones[0]
    values = {
        "count": counted(facts.milestones_late),
        "name": worst.name,
        "project": worst.project,
        "days": formats.calendar_days(worst.days_late(facts.today), language()),
    }
    text = ngettext(
        "%(count)s jalon en retard : « %(name)s » de %(project)s, depuis %(days)s.",
        "%(count)s jalons en retard, le plus ancien « %(name)s » de %(project)s, depuis %(days)s.",
        facts.milestones_late,
    )
    return Sentence("milestones", text % values, "bad")


def _drifts(facts: PortfolioFacts) -> Sentence | None:
    worst = facts.worst_drift
    if worst is None:
        return None
    words = {
        DriftKind.MILESTONE_LATE.value: _("attendu %(days)s après sa promesse"),
        DriftKind.LOW_FLOAT.value: _("%(days)s de marge"),
        DriftKind.NO_PROGRESS.value: _("sans avancement depuis %(days)s"),
    }
    if worst.kind == DriftKind.LOW_FLOAT.value:
        shown = formats.working_days(worst.days, language(), decimals=0)
    else:
        shown = formats.calendar_days(worst.days, language())
    text = ngettext(
        "%(count)s dérive : « %(name)s » de %(project)s, %(what)s.",
        "%(count)s dérives, d’abord « %(name)s » de %(project)s, %(what)s.",
        facts.drifts,
    )
    values = {
        "count": counted(facts.drifts),
        "name": worst.name,
        "project": worst.project,
        "what": words[worst.kind] % {"days": shown},
    }
    return Sentence("drifts", text % values, "bad" if worst.kind == DriftKind.MILESTONE_LATE.value else "warning")


def _critical(facts: PortfolioFacts) -> Sentence | None:
    if not facts.critical_risks:
        return None
    worst = facts.risks[0]
    text = ngettext(
        "%(count)s risque critique : « %(title)s » (%(project)s).",
        "%(count)s risques critiques, d’abord « %(title)s » (%(project)s).",
        facts.critical_risks,
    )
    values = {"count": counted(facts.critical_risks), "title": worst.title, "project": worst.project}
    return Sentence("risks", text % values, "warning")


def _load(facts: PortfolioFacts) -> Sentence | None:
    over = [pole for pole in facts.capacity if pole.peak is not None]
    if not over:
        return None
    worst = max(over, key=lambda pole: pole.peak.load_fte - pole.peak.capacity_fte if pole.peak else 0)
    text = ngettext(
        "%(count)s pôle en surcharge : %(peak)s.", "%(count)s pôles en surcharge, surtout %(peak)s.", len(over)
    )
    return Sentence("overloads", text % {"count": counted(len(over)), "peak": overload_label(worst)}, "warning")


def enumerated(names: Sequence[str]) -> str:
    """`RGPD, Odoo, CRM et 2 autres`."""
    shown = ", ".join(names[:NAMED])
    rest = len(names) - NAMED
    if rest <= 0:
        return shown
    return ngettext("%(names)s et %(count)s autre", "%(names)s et %(count)s autres", rest) % {
        "names": shown,
        "count": counted(rest),
    }
