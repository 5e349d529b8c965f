"""Three-point estimates, and the tables that turn standard normal draws into durations.

PERT-beta: Malcolm, Roseboom, Clark and Fazar, "Application of a technique for research and development program
evaluation" (Operations Research 7, 1959), as a beta distribution of shape 4: mean (O + 4 L + P) / 6.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.simulation.domain.errors import SimulationError

Floats = NDArray[np.floating[Any]]

# Standard normal scores that a table spans, and its cells: beyond five deviations lie 6 draws in 10 millions.
REACH = 5.0
CELLS = 1024
DENSITY_POINTS = 1025


class Distribution(StrEnum):
    """The law of a duration between its three points."""

    PERT = "pert"
    TRIANGULAR = "triangular"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Three durations of a whole task, in working minutes. Raises SimulationError(bad_estimate) when not in order."""

    optimistic: int
    likely: int
    pessimistic: int
    distribution: Distribution = Distribution.PERT

    def __post_init__(self) -> None:
        if not 0 <= self.optimistic <= self.likely <= self.pessimistic:
            raise SimulationError("bad_estimate")

    @property
    def certain(self) -> bool:
        """Whether there is nothing to draw."""
        return self.optimistic == self.pessimistic

    def table(self) -> "Quantiles":
        """What turns normal scores into minutes."""
        width = self.pessimistic - self.optimistic
        mode = (self.likely - self.optimistic) / width
        return Quantiles(self.optimistic + width * _standard(self.distribution, mode))

    def mean(self) -> float:
        """Expected duration in minutes: (O + 4 L + P) / 6, or (O + L + P) / 3 for a triangular law."""
        weight = 4 if self.distribution is Distribution.PERT else 1
        return (self.optimistic + weight * self.likely + self.pessimistic) / (2 + weight)


class Quantiles:
    """A quantile function over standard normal scores, straight between CELLS + 1 points."""

    __slots__ = ("steps", "values")

    def __init__(self, values: Floats) -> None:
        self.values = values
        self.steps = np.append(np.diff(values), 0.0)

    def minutes(self, scores: Floats) -> NDArray[np.int64]:
        """Whole minutes, one at least, for each score."""
        place = scores * (CELLS / (2 * REACH)) + CELLS / 2
        np.clip(place, 0, CELLS, out=place)
        cell = place.astype(np.int64)
        place -= cell
        found = self.values.take(cell) + self.steps.take(cell) * place
        whole = np.rint(found).astype(np.int64)
        return np.maximum(whole, 1, out=whole)


@lru_cache(maxsize=1)
def _levels() -> Floats:
    """The probability below each point of a table."""
    scores = np.linspace(-REACH, REACH, CELLS + 1)
    return np.array([0.5 * math.erfc(-score / math.sqrt(2)) for score in scores])


@lru_cache(maxsize=4096)
def _standard(distribution: Distribution, mode: float) -> Floats:
    """Quantiles of the law on [0, 1] with its peak at `mode`; the end points are kept."""
    levels = _levels()
    if distribution is Distribution.TRIANGULAR:
        rising = np.sqrt(levels * mode)
        falling = 1 - np.sqrt((1 - levels) * (1 - mode))
        return np.where(levels < mode, rising, falling)
    points = np.linspace(0, 1, DENSITY_POINTS)
    density = points ** (4 * mode) * (1 - points) ** (4 * (1 - mode))
    below = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return np.interp(levels, below / below[-1], points)
