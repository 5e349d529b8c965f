"""Fiscal years of the tenant, as the pages offer and show them."""

from collections.abc import Sequence
from datetime import date

from portfolio.finance.domain.budget import fiscal_months, fiscal_year
from portfolio.finance.queries import ALWAYS, Period
from tech4value.tenancy.context import current_tenant


def years_of(first: date | None, last: date | None, today: date) -> list[tuple[int, str]]:
    """The fiscal years that lines cover, and this one, latest first, with their names."""
    start = current_tenant().fiscal_year_start_month
    this = fiscal_year(today, start)
    lowest = min(this, fiscal_year(first, start)) if first else this
    highest = max(this, fiscal_year(last, start)) if last else this
    return [(year, year_name(year)) for year in range(highest, lowest - 1, -1)]


def year_name(year: int) -> str:
    """`2026`, or `2026-2027` when the fiscal year does not begin in January."""
    return str(year) if current_tenant().fiscal_year_start_month == 1 else f"{year}-{year + 1}"


def period_of(year: int | None) -> Period:
    """The months of a fiscal year; all of them when there is none."""
    if year is None:
        return ALWAYS
    return Period(*fiscal_months(year, current_tenant().fiscal_year_start_month))


def shown_months(months: Sequence[date], period: Period) -> tuple[date, int]:
    """The first month and how many a chart shows: the period's, else those that have lines."""
    first = period.first or months[0]
    last = period.last or months[-1]
    return first, (last.year - first.year) * 12 + last.month - first.month + 1
