"""The balance as a curve, week by week: actual solid, forecast dashed, threshold grey, P10 and P90 ghosted."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from portfolio.treasury.domain.balance import WEEKS, CurvePoint
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


def curve_of(plan: CashPlan, spread: Band | None) -> tuple[CurvePoint, ...]:
    """The days that the curve joins, with the band from today on."""
    low = dict(zip(spread.days, spread.low, strict=True)) if spread else {}
    high = dict(zip(spread.days, spread.high, strict=True)) if spread else {}
    return tuple(CurvePoint(day, plan.balances[day], low.get(day), high.get(day)) for day in _sampled(plan))


def balance_chart(plan: CashPlan, spread: Band | None) -> LineChart:
    """The balance: what it was, what it is to be, and how sure that is."""
    return curve_chart(
        curve_of(plan, spread),
        today=plan.cash.today,
        threshold=plan.cash.threshold,
        currency=plan.ledger.books.rates.base,
        title=balance_message(plan),
    )


def curve_chart(
    points: Sequence[CurvePoint], *, today: date, threshold: Decimal, currency: str, title: str
) -> LineChart:
    """A curve as it was read, now or when it was frozen."""
    marker = max((index for index, one in enumerate(points) if one.day <= today), default=None)
    past = tuple(one.balance if one.day <= today else None for one in points)
    coming = tuple(one.balance if marker is None or index >= marker else None for index, one in enumerate(points))
    # What is drawn last lies on top.
    series = [
        Series(_("Seuil d’alerte"), tuple(threshold for _point in points), "plan"),
        Series(_("P10"), tuple(one.low for one in points), "baseline"),
        Series(_("P90"), tuple(one.high for one in points), "baseline"),
        Series(_("Prévision"), coming, "forecast"),
        Series(_("Réel"), past, "actual"),
    ]
    return LineChart(
        title=title,
        categories=tuple(formats.date_short(one.day, language()) for one in points),
        series=tuple(one for one in series if any(value is not None for value in one.values)),
        unit=f"money:{currency}",
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
