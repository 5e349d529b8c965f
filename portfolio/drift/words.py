"""What an alert says."""

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.drift.domain import DriftKind
from tech4value.figures.formats import calendar_days, date_short, working_days


def language() -> str:
    """The language of the reader."""
    return get_language() or "fr"


def what(kind: str, count: int, promised_on: date | None, forecast_on: date | None) -> str:
    """The drift itself, without what drifts: « prévu le 12/03/2026, 28 j calendaires après sa promesse »."""
    if kind == DriftKind.MILESTONE_LATE.value:
        return _("prévu le %(forecast)s, %(days)s après sa promesse du %(promised)s") % {
            "forecast": date_short(forecast_on, language()),
            "promised": date_short(promised_on, language()),
            "days": calendar_days(count, language()),
        }
    if kind == DriftKind.LOW_FLOAT.value:
        if count < 0:
            return _("marge négative : %(days)s de trop pour tenir les dates imposées") % {
                "days": working_days(-count, language(), decimals=0)
            }
        return _("plus que %(days)s de marge") % {"days": working_days(count, language(), decimals=0)}
    return _("sans avancement depuis %(days)s") % {"days": calendar_days(count, language())}


def limit(kind: str, threshold: int) -> str:
    """The rule that was crossed."""
    if kind == DriftKind.MILESTONE_LATE.value:
        return _("%(days)s ou plus après la promesse") % {"days": calendar_days(threshold, language())}
    if kind == DriftKind.LOW_FLOAT.value:
        return _("moins de %(days)s de marge") % {"days": working_days(threshold, language(), decimals=0)}
    return _("%(days)s ou plus sans avancement") % {"days": calendar_days(threshold, language())}
