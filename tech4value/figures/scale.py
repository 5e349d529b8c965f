"""Scales: nice ticks, and positions of values on a drawing."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

# Steps between dates: days (weeks begin on Mondays), then months, from the first of one, up to a century.
DAY_STEPS: Final = (1, 2, 7, 14)
MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
# Below it a power of ten is no longer a number.
LEAST_SPAN = 1e-290


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] to [start, end]; `ticks` lie within [low, high]."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The position of a value; beyond the scale it is held at its end."""
        if self.high == self.low:
            return self.start
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def nice_step(span: float, wanted: int) -> float:
    """The step of 1, 2, 2.5 or 5 times a power of ten that gives about `wanted` intervals (Heckbert 1990)."""
    if span < LEAST_SPAN or not math.isfinite(span):
        return 1.0
    rough = span / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if rough <= factor * power * (1 + 1e-9):
            return factor * power
    return 10.0 * power


def nice_scale(
    values: list[float],
    start: float,
    end: float,
    *,
    wanted: int = 4,
    from_zero: bool = True,
    whole: bool = False,
) -> Scale:
    """A scale whose ends are ticks and which holds every value; `whole` refuses ticks between integers."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if from_zero and max(-low, high) < LEAST_SPAN:
        # Nothing to measure: only the zero line says something.
        return Scale(low, 1.0, start, end, (0.0,))
    if high - low <= abs(high) * 1e-12:
        # One value only: room on one side, or on both when it is not on the zero line.
        high, low = (high + (abs(high) or 1.0), low) if from_zero else (high + 1.0, low - 1.0)
    step = nice_step(high - low, wanted)
    if whole:
        step = max(1.0, math.ceil(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(index * step for index in range(first, last + 1))
    # A value may stand a rounding error beyond the last tick: it is within the ends all the same.
    return Scale(min(ticks[0], low), max(ticks[-1], high), start, end, ticks)


def date_scale(values: list[float], start: float, end: float, *, wanted: int = 5) -> Scale:
    """A scale of days (their ordinals) whose ends are ticks that people know: Mondays, firsts of months, of quarters,
    of years, about `wanted` of them. Values that are no dates get a plain scale."""
    low, high = (math.floor(min(values)), math.ceil(max(values))) if values else (0, 0)
    least, most = date(200, 1, 1).toordinal(), date(9700, 1, 1).toordinal()
    if not least <= low <= high <= most:
        return nice_scale(values, start, end, from_zero=False, whole=True)
    high = max(high, low + 1)
    for step in DAY_STEPS:
        # The ordinal of a Monday is one more than a multiple of seven.
        first, last = (low - 1) // step * step + 1, -(-(high - 1) // step) * step + 1
        if (last - first) // step <= wanted:
            return Scale(first, last, start, end, tuple(range(first, last + 1, step)))
    begins = count = 0
    for step in MONTH_STEPS:
        begins = _month(low) // step * step
        count = -(-(_month(high - 1) + 1 - begins) // step)
        if count <= wanted:
            break
    ticks = tuple(_first_of(begins + step * index) for index in range(count + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def _month(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> int:
    """The ordinal of the first day of a month, which is counted from that of year 0."""
    return date(month // 12, month % 12 + 1, 1).toordinal()
