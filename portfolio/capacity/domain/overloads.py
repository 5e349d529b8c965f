"""When an overload to come is worth telling. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive weeks beyond the threshold: the index of the first and of the last, and the greatest load over
    capacity (None when one of the weeks has load without capacity)."""

    first: int
    last: int
    peak: Decimal | None


def first_run(weeks: Sequence[tuple[int, int]], threshold: Decimal, min_weeks: int) -> Run | None:
    """The first run of `min_weeks` weeks or more beyond `threshold` (1 is full); a week is (load, capacity), minutes.

    A week that nobody works and that asks for nothing, a leave or a closing, neither counts nor ends a run.
    """
    at = 0
    while at < len(weeks):
        if not _over(weeks[at], threshold):
            at += 1
            continue
        counted = [at]
        for index in range(at + 1, len(weeks)):
            if _over(weeks[index], threshold):
                counted.append(index)
            elif weeks[index] != (0, 0):
                break
        if len(counted) >= min_weeks:
            run = [weeks[index] for index in counted]
            ratios = [Decimal(load) / capacity for load, capacity in run if capacity > 0]
            peak = max(ratios).quantize(Decimal("0.0001")) if len(ratios) == len(run) else None
            return Run(counted[0], counted[-1], peak)
        at = counted[-1] + 1
    return None


def _over(week: tuple[int, int], threshold: Decimal) -> bool:
    load, capacity = week
    return load > 0 and (capacity <= 0 or Decimal(load) > threshold * capacity)
