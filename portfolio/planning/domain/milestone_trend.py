"""Milestone trend analysis: what was forecast of each milestone, report after report. Pure: no Django, no clock.

The chart is the slippage chart of the trade: reports along, forecast dates up. A line that stays level keeps its
promise, one that climbs slips, one that meets the diagonal is met.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

MOST_REPORTS: Final = 18


@dataclass(frozen=True, slots=True)
class Known:
    """From `on` the milestone was forecast for `due`; None: it was no longer there."""

    on: date
    due: date | None


def reports(first: date, today: date) -> tuple[date, ...]:
    """The days reported on: the first, then the Fridays of up to four months, or the ends of months (every other one,
    and so on, when there are many), and today last."""
    if first >= today:
        return (today,)
    if (today - first).days <= 7 * (MOST_REPORTS - 3):
        days = list(_fridays(first, today))
    else:
        days = list(_month_ends(first, today))
        step = -(-len(days) // (MOST_REPORTS - 2))
        # From the last one back, so that recent months stay.
        days = days[::-1][::step][::-1]
    return (*([first] if first not in days else []), *days, today)


def _fridays(first: date, today: date) -> Iterable[date]:
    day = first + timedelta(days=(4 - first.weekday()) % 7)
    while day < today:
        yield day
        day += timedelta(days=7)


def _month_ends(first: date, today: date) -> Iterable[date]:
    year, month = first.year, first.month
    while (day := date(year, month, monthrange(year, month)[1])) < today:
        yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def forecasts(known: Sequence[Known], days: Sequence[date], met_on: date | None = None) -> tuple[date | None, ...]:
    """The date forecast on each of the days: the last one known by its end. Nothing before the first is known, nor
    on the reports after the milestone was met: its line ends on the one that tells it."""
    ordered = sorted(known, key=lambda one: one.on)
    found: list[date | None] = []
    over = False
    for day in days:
        due = None
        for one in ordered:
            if one.on <= day:
                due = one.due
        if met_on is not None and met_on <= day:
            found.append(None if over else met_on)
            over = True
        else:
            found.append(due)
    return tuple(found)


def slips(shown: Sequence[date | None]) -> int:
    """How many times the forecast was put off."""
    dates = [day for day in shown if day is not None]
    return sum(1 for before, after in pairwise(dates) if after > before)
