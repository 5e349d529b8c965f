"""Work spread over time, and what a load against a capacity is called.

Time is cut into slices: weeks, cut again where a month ends. Weeks and months are both sums of whole slices, so that
what is counted in slices says the same in both.
"""

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


class Grain(StrEnum):
    """What a column of the heatmap is."""

    MONTH = "month"
    WEEK = "week"

    def periods(self, first: date, count: int) -> tuple[date, ...]:
        """`count` periods from that of `first`, each by its first day."""
        return months_from(first, count) if self is Grain.MONTH else weeks_from(first, count)

    def following(self, first: date) -> date:
        """The first day of the period after the one that begins on `first`."""
        return following_month(first) if self is Grain.MONTH else first + timedelta(days=7)

    def period_of(self, day: date) -> date:
        """The first day of the period that holds `day`."""
        return month_of(day) if self is Grain.MONTH else monday_of(day)

    def last(self, first: date) -> date:
        """The last day of the period that begins on `first`."""
        return self.following(first) - timedelta(days=1)


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


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def slice_of(day: date) -> date:
    """The first day of its slice: its Monday, or the first of its month when that comes later."""
    return max(monday_of(day), month_of(day))


def following_slice(first: date) -> date:
    """The first day of the next slice."""
    return min(monday_of(first) + timedelta(days=7), following_month(month_of(first)))


def slices_between(first: date, last: date) -> Iterator[date]:
    """The slices that hold the days from `first` to `last`, both included, each by its first day."""
    one = slice_of(first)
    while one <= last:
        yield one
        one = following_slice(one)


def weeks_from(first: date, count: int) -> tuple[date, ...]:
    """`count` weeks from that of `first`, each by its Monday."""
    return tuple(monday_of(first) + timedelta(days=7 * number) for number in range(count))


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


def spread_slices(work_minutes: int, start: datetime, end: datetime, calendar: Calendar) -> dict[date, int]:
    """`spread`, and the share of each month over its slices in the same way: the months stay what they were."""
    found: dict[date, int] = {}
    for month, minutes in spread(work_minutes, start, end, calendar).items():
        low = max(start, datetime.combine(month, time()))
        high = min(max(start, end), datetime.combine(following_month(month), time()))
        slices = [one for one in slices_between(low.date(), high.date()) if month_of(one) == month]
        weights = {one: _worked(calendar, one, low, high) for one in slices}
        if not any(weights.values()):
            weights = {one: _days_of_slice(one, low.date(), high.date()) for one in slices}
        found |= {one: part for one, part in largest_remainder(minutes, weights).items() if part}
    return found


def worked_slices(calendar: Calendar, first: date, last: date) -> dict[date, int]:
    """Working minutes of each slice within the days from `first` to `last`, both included; those with none too."""
    low, high = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    return {one: _worked(calendar, one, low, high) for one in slices_between(first, last)}


def _worked(calendar: Calendar, one: date, low: datetime, high: datetime) -> int:
    start = max(low, datetime.combine(one, time()))
    end = min(high, datetime.combine(following_slice(one), time()))
    return max(calendar.working_minutes_between(start, end), 0) if start < end else 0


def _days_of_slice(one: date, first: date, last: date) -> int:
    return max((min(following_slice(one) - timedelta(days=1), last) - max(one, first)).days + 1, 0)


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
