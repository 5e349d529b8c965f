"""The budget's chart: plan grey, actual solid, forecast dashed, by month or cumulated."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import Amounts
from portfolio.finance.queries import MonthAmounts, month_name
from tech4value.figures import formats
from tech4value.figures.chart import LineChart, Series


def budget_chart(months: Sequence[MonthAmounts], today: date, currency: str, *, cumulative: bool) -> LineChart:
    """Planned, actual and forecast money of consecutive months. The actual stops at the last month that has any,
    or at this month: what has not happened yet is not a zero."""
    amounts = [one.amounts for one in months]
    known = max((index for index, one in enumerate(months) if one.amounts.actual or one.month <= today), default=-1)
    planned = [one.planned for one in amounts]
    actual = [one.actual for one in amounts]
    forecast = [one.forecast for one in amounts]
    if cumulative:
        planned, actual, forecast = (list(accumulate(values)) for values in (planned, actual, forecast))
    shown: list[Decimal | None] = [value if index <= known else None for index, value in enumerate(actual)]
    plan_series = Series(_("Prévu"), tuple(planned), "plan")
    actual_series = Series(_("Réel"), tuple(shown), "actual")
    forecast_series = Series(_("Prévision"), tuple(forecast), "forecast")
    return LineChart(
        title=budget_message(_sum(amounts)),
        categories=tuple(month_name(one.month) for one in months),
        series=(plan_series, actual_series, forecast_series) if cumulative else (forecast_series,),
        bars=() if cumulative else (plan_series, actual_series),
        unit=f"money:{currency}",
        marker=next((index for index, one in enumerate(months) if one.month == today.replace(day=1)), None),
    )


def _sum(amounts: Sequence[Amounts]) -> Amounts:
    return sum(amounts, Amounts())


def budget_message(amounts: Amounts) -> str:
    """The chart's one message: how much is spent, and where it is going."""
    if amounts.spent_share is None or amounts.variance_share is None:
        return _("Montants par mois")
    language = get_language() or "fr"
    words = {
        "spent": formats.percent(amounts.spent_share, language),
        "share": formats.percent(abs(amounts.variance_share), language, decimals=1),
    }
    if amounts.variance > 0:
        return _("Budget : %(spent)s consommé, prévision à %(share)s au-dessus du prévu") % words
    if amounts.variance < 0:
        return _("Budget : %(spent)s consommé, prévision à %(share)s en dessous du prévu") % words
    return _("Budget : %(spent)s consommé, prévision conforme au prévu") % words
