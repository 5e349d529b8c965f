"""What earned value says, in words: why there is no number, and how to read one."""

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.domain.earned_value import EacMethod, EarnedValue, Missing, Result
from portfolio.finance.domain.planned_work import Weighting
from portfolio.finance.earned_value_queries import ProjectWork
from tech4value.figures import formats
from tech4value.web.formats import date_short

WHY: Final[dict[Missing, Promise]] = {
    Missing.NO_PLAN: gettext_lazy(
        "Le projet n’a pas de plan : créez ses tâches dans Planning, puis figez une référence."
    ),
    Missing.NO_BASELINE: gettext_lazy(
        "Le plan n’a pas de référence : figez-en une dans Planning, la valeur planifiée en vient."
    ),
    Missing.NO_WORK: gettext_lazy(
        "Aucune tâche de la référence n’a de durée : donnez une durée aux tâches, puis figez une nouvelle référence."
    ),
    Missing.NO_BUDGET: gettext_lazy(
        "Le projet n’a pas de budget prévu : saisissez-le dans Budget, la valeur acquise s’y mesure."
    ),
    Missing.NOTHING_PLANNED: gettext_lazy("Rien n’était encore planifié à cette date."),
    Missing.NOTHING_EARNED: gettext_lazy(
        "Aucun travail n’est encore acquis : il n’y a pas de performance à prolonger."
    ),
    Missing.NOTHING_SPENT: gettext_lazy("Aucun coût réel n’est saisi : la performance des coûts n’est pas connue."),
    Missing.BUDGET_SPENT: gettext_lazy("Le budget est déjà dépensé : aucune performance ne permet plus de le tenir."),
    Missing.COMPLETE: gettext_lazy("Tout le travail est acquis : il ne reste rien à réaliser."),
    Missing.NOT_STARTED: gettext_lazy("Le projet n’a pas commencé à cette date."),
}

METHODS: Final[dict[EacMethod, tuple[Promise, Promise]]] = {
    EacMethod.PERFORMANCE: (
        gettext_lazy("Les coûts continuent comme jusqu’ici"),
        gettext_lazy("BAC ÷ CPI"),
    ),
    EacMethod.BUDGETED: (
        gettext_lazy("Le reste se fait au coût prévu"),
        gettext_lazy("AC + BAC − EV"),
    ),
    EacMethod.COMBINED: (
        gettext_lazy("Les coûts et les délais continuent comme jusqu’ici"),
        gettext_lazy("AC + (BAC − EV) ÷ (CPI × SPI)"),
    ),
}


def language() -> str:
    """The language of the page."""
    return get_language() or "fr"


def why(result: Result | None) -> str:
    """The sentence that stands where a number is missing; empty for a number."""
    return str(WHY[result]) if isinstance(result, Missing) else ""


def basis(work: ProjectWork) -> str:
    """How the plan and the budget were joined."""
    weighting = (
        _("réparti selon la charge des tâches")
        if work.weighting is Weighting.WORK
        else _("réparti selon la durée des tâches, certaines n’ayant pas de charge")
    )
    return _("Référence « %(name)s » du %(day)s, budget prévu %(weighting)s.") % {
        "name": work.baseline,
        "day": date_short(work.baseline.taken_on, language()) if work.baseline else "",
        "weighting": weighting,
    }


def message(value: EarnedValue, currency: str) -> str:
    """The one thing that the S-curve says: late or early, dear or not."""
    words = {
        "share": formats.percent(value.earned_share, language()),
        "planned": formats.percent(value.planned_share, language()),
        "cost": formats.compact_money(abs(value.cost_variance), currency, language()),
    }
    if value.cost_variance < 0:
        return _("%(share)s du budget acquis pour %(planned)s planifiés, %(cost)s de trop dépensés") % words
    if value.cost_variance > 0:
        return (
            _("%(share)s du budget acquis pour %(planned)s planifiés, %(cost)s de moins que prévu dépensés") % words
        )
    return _("%(share)s du budget acquis pour %(planned)s planifiés, au coût prévu") % words


def pace_words(index: Result) -> str:
    """What a schedule index says."""
    if isinstance(index, Missing):
        return why(index)
    if index < 1:
        return _("en retard : %(share)s de ce qui était planifié") % {"share": formats.percent(index, language())}
    if index > 1:
        return _("en avance : %(share)s de ce qui était planifié") % {"share": formats.percent(index, language())}
    return _("comme planifié")


def cost_words(index: Result) -> str:
    """What a cost index says: how much work one unit of money buys."""
    if isinstance(index, Missing):
        return why(index)
    if index == 1:
        return _("au coût prévu")
    bought = formats.number(index, language(), decimals=2)
    if index < 1:
        return _("trop cher : %(bought)s acquis pour 1 dépensé") % {"bought": bought}
    return _("économe : %(bought)s acquis pour 1 dépensé") % {"bought": bought}


def gap_words(days: Decimal) -> str:
    """What an earned schedule's variance says."""
    shown = formats.calendar_days(abs(days), language())
    if round(days) < 0:
        return _("%(days)s de retard") % {"days": shown}
    if round(days) > 0:
        return _("%(days)s d’avance") % {"days": shown}
    return _("à l’heure")
