"""Days at the surface: how many working minutes make a day, and durations as people write them."""

from collections import Counter

from portfolio.people.domain.calendar import Calendar

STANDARD_DAY_MINUTES = 420


def day_minutes(calendar: Calendar) -> int:
    """Working minutes of an ordinary day of `calendar`: those of most days of its week, the longest on a tie.

    Seven hours for a calendar without working days.
    """
    totals = [sum(end - start for start, end in intervals) for intervals in calendar.week]
    counted = Counter(total for total in totals if total)
    if not counted:
        return STANDARD_DAY_MINUTES
    return max(counted, key=lambda total: (counted[total], total))


def in_days(minutes: int, day: int) -> float:
    """A duration in days of `day` minutes, to a hundredth."""
    return round(minutes / day, 2)
