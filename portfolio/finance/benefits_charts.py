"""The chart of returns: what each year brings, discounted, and the sum so far."""

from django.utils.translation import gettext as _

from portfolio.finance.benefits_words import message
from portfolio.finance.domain.returns import Returns
from portfolio.finance.periods import year_name
from tech4value.figures.chart import LineChart, Series


def returns_chart(found: Returns, this_year: int, currency: str) -> LineChart:
    """The discounted net flow of each fiscal year, and its sum so far, beside that of flows as they come."""
    years = found.years
    return LineChart(
        title=message(found, currency),
        categories=tuple(year_name(one.flow.year) for one in years),
        series=(
            Series(_("Cumul sans actualisation"), tuple(one.cumulative for one in years), "baseline"),
            Series(_("Cumul actualisé"), tuple(one.cumulative_present for one in years), "actual"),
        ),
        bars=(Series(_("Flux net actualisé de l’exercice"), tuple(one.present_net for one in years), "plan"),),
        unit=f"money:{currency}",
        marker=next((index for index, one in enumerate(years) if one.flow.year == this_year), None),
    )
