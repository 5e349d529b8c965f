"""Work spread over months, and what a load against a capacity is called."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from portfolio.people.domain.calendar import Calendar

UNDER = Decimal("0.80")
FULL = Decimal("1.00")
OVER = Decimal("1.10")


class LoadState(StrEnum):
    """Under 80 % there is room; up to 100 % all is well; up to 110 % replanning within the month absorbs it, which is
    also how precise estimates are; beyond, somebody or something has to move."""

    NONE = "none"
    UNDER = "under"
    BALANCED = "balanced"
    TIGHT = "tight"
    OVER = "over"


def load_state(load_minutes: int, capacity_minutes: int) -> LoadState:
    """The word for a load. Load without any capacity is an overload; nothing at all is `none`."""
    if capacity_minutes <= 0:
        return LoadState.OVER if load_minutes > 0 else LoadState.NONE
    ratio = Decimal(load_minutes) / capacity_minutes
    if ratio < UNDER:
        return LoadState.UNDER
    if ratio <= FULL:
        return LoadState.BALANCED
    return LoadState.TIGHT if ratio <= OVER else LoadState.OVER


def month_of(day: date) -> date:
    """The first day of its month."""
    return date(day.year, day.month, 1)


def following_month(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_from(first: date, count: int) -> tuple[date, ...]:
    """`count` months from that of `first`, each by its first day."""
    index = first.year * 12 + first.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(index, index + count))


def months_between(first: date, last: date) -> Iterator[date]:
    """The months that hold the days from `first` to `last`, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = following_month(month)


def spread(work_minutes: int, start: datetime, end: datetime, calendar: Calendar) -> dict[date, int]:
    """`work_minutes` over the months of `start`-`end`, in proportion to the working time of `calendar` in each.

    Whole minutes whose sum is `work_minutes` exactly (largest remainder). A period without any working time (the
    person is away all along) is spread by calendar days, so that no work is lost from sight.
    """
    if work_minutes <= 0:
        return {}
    weights = {}
    for month in months_between(start.date(), max(start, end).date()):
        low = max(start, datetime.combine(month, time()))
        high = min(end, datetime.combine(following_month(month), time()))
        weights[month] = max(calendar.working_minutes_between(low, high), 0)
    if not any(weights.values()):
        weights = _by_days(start, end)
    return {month: minutes for month, minutes in largest_remainder(work_minutes, weights).items() if minutes}


def _by_days(start: datetime, end: datetime) -> dict[date, int]:
    weights: dict[date, int] = {}
    for month in months_between(start.date(), max(start, end).date()):
        last = min(following_month(month) - timedelta(days=1), max(start, end).date())
        weights[month] = (last - max(month, start.date())).days + 1
    return weights


def largest_remainder(total: int, weights: Mapping[date, int]) -> dict[date, int]:
    """`total` in whole parts in proportion to `weights` (not all zero); the earliest wins a tie.

    Hamilton's method.
    """
    whole = sum(weights.values())
    shares = {key: divmod(total * weight, whole) for key, weight in weights.items()}
    left = total - sum(quotient for quotient, _ in shares.values())
    first_served = sorted(shares, key=lambda key: (-shares[key][1], key))[:left]
    return {key: quotient + (key in first_served) for key, (quotient, _) in shares.items()}
