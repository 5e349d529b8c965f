"""The chart of returns: the sum of flows, year after year."""

from django.utils.translation import gettext as _

from portfolio.finance.benefits_words import message
from portfolio.finance.domain.returns import Returns
from portfolio.finance.periods import year_name
from tech4value.figures.chart import LineChart, Series


def returns_chart(found: Returns, currency: str) -> LineChart:
    """The sum so far of discounted flows by fiscal year, beside that of flows as they come; a mark where they have
    paid the costs back."""
    years, back = found.years, found.discounted_payback_year
    return LineChart(
        title=message(found, currency),
        categories=tuple(year_name(one.flow.year) for one in years),
        series=(
            Series(_("Cumul sans actualisation"), tuple(one.cumulative for one in years), "baseline"),
            Series(_("Cumul actualisé"), tuple(one.cumulative_present for one in years), "actual"),
        ),
        unit=f"money:{currency}",
        marker=next((index for index, one in enumerate(years) if one.flow.year == back), None),
    )
