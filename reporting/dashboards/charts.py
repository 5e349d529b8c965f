"""The dashboard's charts, each with its message as its title."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Final

from django.utils.translation import gettext as _

from portfolio.finance.domain import Amounts, add_months, first_of_month, month_range
from reporting.dashboards.domain.facts import MoneyMonth, PortfolioFacts
from reporting.dashboards.figures import language
from tech4value.figures import formats
from tech4value.figures.chart import Bullet, BulletChart, LineChart, Series

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
    """Money by month, each or added up since the first. None without money.

    Actuals stop at the current month: what is later has not been spent.
    """
    if not facts.months:
        return None
    by_month = {one.month: one.money for one in facts.months}
    months = month_range(facts.months[0].month, facts.months[-1].month)
    now = first_of_month(facts.today)
    last_actual = max([now, *(one.month for one in facts.months if one.money.actual)])

    def values(value: Callable[[Amounts], Decimal], until: date | None = None) -> tuple[Decimal | None, ...]:
        each = [value(by_month.get(month, Amounts())) for month in months]
        shown = list(accumulate(each)) if cumulative else each
        return tuple(None if until and month > until else one for month, one in zip(months, shown, strict=True))

    first, last = _window(months, now)
    keep = slice(months.index(first), months.index(last) + 1)
    planned = Series(_("Prévu"), values(lambda one: one.planned)[keep], "plan")
    actual = Series(_("Réel"), values(lambda one: one.actual, last_actual)[keep], "actual")
    forecast = Series(_("Prévision"), values(lambda one: one.forecast)[keep], "forecast")
    shown = months[keep]
    return LineChart(
        title=_months_title(facts, by_month, now, cumulative=cumulative),
        categories=tuple(
            formats.month(month, language(), year=month.month == 1 or month == shown[0]) for month in shown
        ),
        series=(planned, actual, forecast) if cumulative else (forecast,),
        bars=() if cumulative else (planned, actual),
        unit=f"money:{facts.currency}",
        marker=shown.index(now) if now in shown else None,
    )


def _window(months: tuple[date, ...], now: date) -> tuple[date, date]:
    if len(months) <= MONTHS_BACK + 1 + MONTHS_AHEAD:
        return months[0], months[-1]
    first = min(max(months[0], add_months(now, -MONTHS_BACK)), months[-1])
    return first, max(first, min(months[-1], add_months(now, MONTHS_AHEAD)))


def _months_title(facts: PortfolioFacts, by_month: dict[date, Amounts], now: date, *, cumulative: bool) -> str:
    past = (
        [one for one in facts.months if one.month <= now]
        if cumulative
        else [MoneyMonth(now, by_month.get(now, Amounts()))]
    )
    actual = sum((one.money.actual for one in past), Decimal(0))
    planned = sum((one.money.planned for one in past), Decimal(0))
    values = {
        "month": formats.month(now, language()),
        "actual": formats.compact_money(actual, facts.currency, language()),
        "planned": formats.compact_money(planned, facts.currency, language()),
    }
    if cumulative:
        return _("À fin %(month)s : %(actual)s dépensés pour %(planned)s prévus") % values
    return _("En %(month)s : %(actual)s dépensés pour %(planned)s prévus") % values
