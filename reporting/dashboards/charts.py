"""The dashboard's charts, each with its message as its title."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from portfolio.finance.charts import budget_chart as month_chart
from portfolio.finance.domain.budget import Amounts, add_months, first_of_month, month_range, total
from portfolio.finance.queries import MonthAmounts
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.figures import language
from tech4value.figures import formats
from tech4value.figures.chart import Bullet, BulletChart, LineChart

MOST_BULLETS: Final = 10
# A longer budget is shown around today: a year back, a year ahead.
MONTHS_BACK: Final = 11
MONTHS_AHEAD: Final = 12


def budget_chart(facts: PortfolioFacts) -> BulletChart | None:
    """Actual against plan, with the forecast: by pole, or by project when there is one pole. None without money."""
    if facts.money.is_empty:
        return None
    parts = [(pole.pole, pole.money) for pole in facts.poles]
    if len(parts) == 1:
        rows = sorted(facts.projects, key=lambda row: -row.money.planned)
        parts = [(row.name, row.money) for row in rows]
    parts = [(name, money) for name, money in parts if not money.is_empty]
    return BulletChart(
        title=budget_title(facts.money, facts.currency),
        bullets=tuple(
            Bullet(name, money.actual, money.forecast, money.planned) for name, money in parts[:MOST_BULLETS]
        ),
        unit=f"money:{facts.currency}",
        value_name=_("Réel"),
        target_name=_("Prévision"),
        reference_name=_("Prévu"),
    )


def budget_title(money: Amounts, currency: str) -> str:
    """What the budget chart says."""
    values = {
        "spent": formats.percent(money.spent_share, language()),
        "gap": formats.compact_money(abs(money.variance), currency, language()),
    }
    if not money.planned:
        return _("Budget : aucun montant prévu")
    if money.variance > 0:
        return _("Budget : %(spent)s consommé, dépassement prévu de %(gap)s") % values
    if money.variance < 0:
        return _("Budget : %(spent)s consommé, économie prévue de %(gap)s") % values
    return _("Budget : %(spent)s consommé, prévision conforme") % values


def months_chart(facts: PortfolioFacts, *, cumulative: bool) -> LineChart | None:
    """Money by month, each or added up since the first: finance's chart, with a message about now. None without
    money."""
    if not facts.months:
        return None
    by_month = {one.month: one.money for one in facts.months}
    months = month_range(facts.months[0].month, facts.months[-1].month)
    amounts = [MonthAmounts(month, by_month.get(month, Amounts())) for month in months]
    chart = month_chart(amounts, facts.today, facts.currency, cumulative=cumulative)
    now = first_of_month(facts.today)
    first, last = _window(months, now)
    keep = slice(months.index(first), months.index(last) + 1)
    return replace(
        chart,
        title=_months_title(amounts, now, facts.currency, cumulative=cumulative),
        categories=tuple(
            formats.month(month, language(), year=month.month == 1 or month == first) for month in months[keep]
        ),
        series=tuple(replace(one, values=one.values[keep]) for one in chart.series),
        bars=tuple(replace(one, values=one.values[keep]) for one in chart.bars),
        marker=months[keep].index(now) if now in months[keep] else None,
    )


def _window(months: tuple[date, ...], now: date) -> tuple[date, date]:
    if len(months) <= MONTHS_BACK + 1 + MONTHS_AHEAD:
        return months[0], months[-1]
    first = min(max(months[0], add_months(now, -MONTHS_BACK)), months[-1])
    return first, max(first, min(months[-1], add_months(now, MONTHS_AHEAD)))


def _months_title(months: Sequence[MonthAmounts], now: date, currency: str, *, cumulative: bool) -> str:
    told = [one.amounts for one in months if (one.month <= now if cumulative else one.month == now)]
    sums = total(told)
    values = {
        "month": formats.month(now, language()),
        "actual": formats.compact_money(sums.actual, currency, language()),
        "planned": formats.compact_money(sums.planned, currency, language()),
    }
    if cumulative:
        return _("À fin %(month)s : %(actual)s dépensés pour %(planned)s prévus") % values
    return _("En %(month)s : %(actual)s dépensés pour %(planned)s prévus") % values
