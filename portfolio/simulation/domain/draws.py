"""What is drawn: correlated normal scores of durations, and whether each risk happens.

Durations of one group (a class of task, or a person) share a factor: score = sqrt(r) x factor + sqrt(1 - r) x own,
so that any two have correlation r. This is a one-factor Gaussian copula: the laws of the durations are kept.
Li, "On default correlation: a copula function approach" (2000); for networks of tasks, van Dorp and Duffey,
"Statistical dependence in risk analysis for project networks using Monte Carlo methods" (1999).
"""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class Draws:
    """Draws for `groups` (the group of each uncertain task, None for one on its own) and `probabilities` of risks.

    A block of runs is drawn from the seed and its own number: the same draws whenever it is asked for again.
    """

    def __init__(
        self, groups: Sequence[str | None], correlation: float, probabilities: Sequence[float], seed: int
    ) -> None:
        names = sorted({group for group in groups if group is not None}) if correlation else []
        self.count, self.factors, self.seed = len(groups), len(names), seed
        grouped: dict[str, list[int]] = {name: [] for name in names}
        for index, group in enumerate(groups):
            if group is not None and names:
                grouped[group].append(index)
        self.members = list(grouped.values())
        self.common, self.own = np.float32(sqrt(correlation)), np.float32(sqrt(1 - correlation))
        self.probabilities = np.array(probabilities, np.float64).reshape(-1, 1)

    def block(self, number: int, runs: int) -> tuple[Scores, NDArray[np.bool_]]:
        """Scores (uncertain tasks x runs) and events (risks x runs) of one block."""
        source = np.random.default_rng([self.seed, number])
        scores = source.standard_normal((self.count, runs), np.float32)
        factors = source.standard_normal((self.factors, runs), np.float32)
        for members, factor in zip(self.members, factors, strict=True):
            scores[members] = self.own * scores[members] + self.common * factor
        events = source.random((len(self.probabilities), runs)) < self.probabilities
        return scores, events


def normal_scores(values: NDArray[Any]) -> NDArray[np.float32]:
    """Van der Waerden scores of the ranks of `values`, ties apart in the order given; mean 0, deviation 1."""
    count = len(values)
    ranks = np.empty(count, np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(count)
    scores = _inverse_normal((np.arange(count) + 0.5) / count)
    return ((scores - scores.mean()) / (scores.std() or 1.0))[ranks].astype(np.float32)


def _inverse_normal(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard normal quantile, from the standard library."""
    law = NormalDist()
    return np.array([law.inv_cdf(level) for level in levels])
