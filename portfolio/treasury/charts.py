"""The balance as a curve, week by week: actual solid, forecast dashed, threshold grey, P10 and P90 ghosted."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from portfolio.treasury.domain.balance import WEEKS
from portfolio.treasury.domain.band import Band
from portfolio.treasury.queries import CashPlan
from portfolio.treasury.words import language
from tech4value.figures import formats
from tech4value.figures.chart import LineChart, Series

# How much of the past is drawn.
BEFORE = timedelta(weeks=WEEKS)


def _sampled(plan: CashPlan) -> list[date]:
    """The last day of each week, and in each week from today on the day of its lowest balance instead: a dip between
    two Sundays is drawn."""
    found: dict[date, date] = {}
    for day in plan.balances:
        if day < plan.cash.today - BEFORE:
            continue
        monday = day - timedelta(days=day.weekday())
        known = found.get(monday)
        lower = known is None or known <= plan.cash.today or plan.balances[day] < plan.balances[known]
        if day <= plan.cash.today or lower:
            found[monday] = day
    return list(found.values())


def balance_chart(plan: CashPlan, spread: Band | None) -> LineChart:
    """The balance: what it was, what it is to be, and how sure that is."""
    days = _sampled(plan)
    today = plan.cash.today
    marker = max((index for index, day in enumerate(days) if day <= today), default=None)
    balances = [plan.balances[day] for day in days]
    past = tuple(value if day <= today else None for day, value in zip(days, balances, strict=True))
    coming = tuple(value if marker is None or index >= marker else None for index, value in enumerate(balances))
    # What is drawn last lies on top.
    series = [Series(_("Seuil d’alerte"), tuple(plan.cash.threshold for _day in days), "plan")]
    if spread is not None:
        low = dict(zip(spread.days, spread.low, strict=True))
        high = dict(zip(spread.days, spread.high, strict=True))
        series += [
            Series(_("P10"), tuple(low.get(day) for day in days), "baseline"),
            Series(_("P90"), tuple(high.get(day) for day in days), "baseline"),
        ]
    series += [Series(_("Prévision"), coming, "forecast"), Series(_("Réel"), past, "actual")]
    return LineChart(
        title=balance_message(plan),
        categories=tuple(formats.date_short(day, language()) for day in days),
        series=tuple(one for one in series if any(value is not None for value in one.values)),
        unit=f"money:{plan.ledger.books.rates.base}",
        marker=marker,
    )


def balance_message(plan: CashPlan) -> str:
    """The chart's one message: how low the balance goes, and when."""
    currency = plan.ledger.books.rates.base
    lowest = plan.balances[plan.lowest_on]
    words = {
        "amount": formats.compact_money(lowest, currency, language()),
        "day": formats.date_short(plan.lowest_on, language()),
        "gap": formats.compact_money(abs(lowest - plan.cash.threshold), currency, language()),
    }
    if lowest < plan.cash.threshold:
        return _("Trésorerie : au plus bas %(amount)s le %(day)s, %(gap)s sous le seuil") % words
    return _("Trésorerie : au plus bas %(amount)s le %(day)s, %(gap)s au-dessus du seuil") % words


def share_words(share: float) -> str:
    """How likely it is to go under the threshold."""
    return formats.percent(Decimal(str(share)), language())
