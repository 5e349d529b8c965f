"""The S-curve: planned value grey, earned value solid, actual cost beside it, month by month."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from portfolio.finance.domain.earned_value import EarnedValue
from portfolio.finance.earned_value_queries import CurvePoint
from portfolio.finance.earned_value_words import message
from portfolio.finance.queries import month_name
from tech4value.figures.chart import LineChart, Series


def s_curve(points: Sequence[CurvePoint], value: EarnedValue, status: date, currency: str) -> LineChart:
    """Cumulative amounts at the end of each month; earned and actual stop at the status date."""
    return LineChart(
        title=message(value, currency),
        categories=tuple(month_name(point.month) for point in points),
        series=(
            Series(_("Valeur planifiée (PV)"), tuple(point.planned_value for point in points), "plan"),
            Series(_("Valeur acquise (EV)"), tuple(point.earned_value for point in points), "actual"),
            Series(_("Coût réel (AC)"), tuple(point.actual_cost for point in points), "other"),
        ),
        unit=f"money:{currency}",
        marker=next((index for index, one in enumerate(points) if one.month == status.replace(day=1)), None),
    )
