"""What an overload to come says."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.capacity.words import day, language
from tech4value.figures.formats import percent


def what(first: date, last: date, peak: Decimal | None) -> str:
    """`130 % de charge au plus fort, du 02/03/2026 au 22/03/2026 (3 semaines)`; `first` and `last` are Mondays."""
    weeks = (last - first).days // 7 + 1
    said = {
        "first": day(first),
        "last": day(last + timedelta(days=6)),
        "weeks": ngettext("%(n)s semaine", "%(n)s semaines", weeks) % {"n": weeks},
        "peak": percent(peak, language()) if peak is not None else "",
    }
    if peak is None:
        return _("charge sans capacité, du %(first)s au %(last)s (%(weeks)s)") % said
    return _("%(peak)s de charge au plus fort, du %(first)s au %(last)s (%(weeks)s)") % said


def limit(threshold: Decimal, horizon: int, least: int) -> str:
    """The rule in a sentence."""
    said = {
        "threshold": percent(threshold, language()),
        "horizon": ngettext("%(n)s semaine", "%(n)s semaines", horizon) % {"n": horizon},
        "least": ngettext("%(n)s semaine", "%(n)s semaines", least) % {"n": least},
    }
    return _("plus de %(threshold)s de charge pendant %(least)s ou plus, dans les %(horizon)s à venir") % said
