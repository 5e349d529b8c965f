"""Scales: nice ticks, and positions of values on a drawing."""

import math
from dataclasses import dataclass

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
    if low == high == 0 and from_zero:
        # Nothing to measure: only the zero line says something.
        return Scale(0.0, 1.0, start, end, (0.0,))
    if high - low <= abs(high) * 1e-12:
        # One value only: room on one side, or on both when it is not on the zero line.
        high, low = (high + (abs(high) or 1.0), low) if from_zero else (high + 1.0, low - 1.0)
    step = nice_step(high - low, wanted)
    if whole:
        step = max(1.0, math.ceil(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(index * step for index in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)
