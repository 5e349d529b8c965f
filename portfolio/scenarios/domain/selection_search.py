"""A good choice at once: greedy by value less price, then ruin and recreate.

What is scarce has a price: the shadow price of the linear relaxation, else what is asked of it in all over what
there is. A project that asks much of it must be worth more to be taken (pseudo-utility, Pirkul 1987). The choice is
improved by taking some projects out at random and putting the best that fit back (large neighbourhood search, Shaw
1998; Schrimpf et al. 2000). Amounts are whole cents and minutes: what fits here fits exactly.
"""

import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from portfolio.scenarios.domain.selection import Problem, whole, whole_limit

ROUNDS_PER_CANDIDATE: Final = 40
TAKEN_OUT: Final = (3, 12)
# How much a value may vary in one round, and how much worse a choice may be from which the search goes on.
NOISE: Final = 0.2
# How often the options are ranked by their value less its price.
PRICED: Final = 0.95
TOLERANCE: Final = 0.003


def improved(
    problem: Problem,
    start: Mapping[str, int],
    *,
    seconds: float,
    prices: Mapping[int, float] | None = None,
    seed: int = 1,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, int]:
    """A choice worth as much as `start` or more, which must hold all that is mandatory and fit. Repeatable for a
    `seed` where `seconds` are plenty. `prices` are what all of a limit is worth, by its number."""
    search = _Search(problem, prices or {})
    if not search.option:
        return dict(start)
    chance, until = Random(seed), time.monotonic() + seconds  # noqa: S311 - a search, not a secret
    # By value less price from nothing, where that holds what is mandatory, is often the better basin.
    begun = (search.refilled(dict(start), chance, 0.0), search.refilled({}, chance, 0.0))
    best = now = max(filter(search.holds_mandatory, begun), key=search.worth)
    worth_best = worth_now = search.worth(best)
    for _round in range(ROUNDS_PER_CANDIDATE * len(problem.candidates)):
        if time.monotonic() > until or stopped():
            break
        tried = search.refilled(search.ruined(now, chance), chance, NOISE)
        worth = search.worth(tried)
        if not search.holds_mandatory(tried):
            continue
        if worth >= worth_now - TOLERANCE * abs(worth_best):
            now, worth_now = tried, worth
        if worth > worth_best:
            best, worth_best = tried, worth
    return best


class _Search:
    """The options (a project and a start) as rows of what they take, so that all are tried against what is left at
    once."""

    def __init__(self, problem: Problem, prices: Mapping[int, float]) -> None:
        import numpy as np

        self.np, self.problem, limits = np, problem, problem.limits
        self.has = np.array([whole_limit(one) for one in limits.all], dtype=np.int64)
        options = [(one.key, start) for one in problem.candidates for start in one.starts]
        self.takes = np.zeros((len(options), len(limits.all)), dtype=np.int64)
        for row, (key, start) in enumerate(options):
            for number, amount in limits.taken(problem.by_key[key], start).items():
                self.takes[row, number] = whole(amount, limits.all[number])
        alone = np.asarray((self.takes <= self.has).all(axis=1))
        self.option = [one for one, fits in zip(options, alone, strict=True) if fits]
        tight = self.takes.sum(axis=0) > self.has  # the others leave room for everything at once
        worth = np.array([prices.get(number, 0.0) for number in range(len(limits.all))], dtype=np.float64)[tight]
        self.takes, self.has = self.takes[alone][:, tight], self.has[tight]
        self.priced = bool(worth.any())
        self.price = (self.takes / np.maximum(self.has, 1)) @ worth
        self.values = np.array(
            [float(problem.by_key[key].value_at(start)) for key, start in self.option], dtype=np.float64
        )
        self.row = {one: number for number, one in enumerate(self.option)}
        self.rows: dict[str, list[int]] = {}
        for number, (key, _start) in enumerate(self.option):
            self.rows.setdefault(key, []).append(number)
        self.mandatory = frozenset(one.key for one in problem.candidates if one.mandatory)
        self.held = np.array([key in self.mandatory for key, _start in self.option], dtype=bool)
        self.worthwhile = (self.values > 0) | self.held
        places = {key: place for place, key in enumerate(self.rows)}
        self.owner = np.array([places[key] for key, _start in self.option], dtype=np.int64)
        self.rivals: dict[str, set[str]] = {}
        for group in problem.exclusive:
            for key in group:
                self.rivals.setdefault(key, set()).update(group - {key})
        self.needs: dict[str, list[tuple[str, int]]] = {}
        self.needed: dict[str, list[tuple[str, int]]] = {}
        for rule in problem.requirements:
            self.needs.setdefault(rule.candidate, []).append((rule.needs, rule.gap))
            self.needed.setdefault(rule.needs, []).append((rule.candidate, rule.gap))
        self.weights = self._weights()

    def _weights(self) -> Any:
        """What each option takes, in scarce things: one where it takes all that there is of what all want."""
        np = self.np
        if not self.option:
            return np.zeros(0)
        shares = self.takes / np.maximum(self.has, 1)
        wanted = np.zeros(len(self.has))
        for rows in self.rows.values():
            wanted += shares[rows].mean(axis=0)
        weights = shares @ np.maximum(wanted - 1, 0)
        return weights + max(float(weights.mean()), 1.0) * 1e-3  # what takes nothing is taken first, not infinitely

    def worth(self, chosen: Mapping[str, int]) -> float:
        return float(sum(self.values[self.row[one]] for one in chosen.items()))

    def holds_mandatory(self, chosen: Mapping[str, int]) -> bool:
        return self.mandatory <= chosen.keys()

    def ruined(self, chosen: Mapping[str, int], chance: Random) -> dict[str, int]:
        """The choice without a few projects, and without what needs them."""
        kept = dict(chosen)
        for _number in range(chance.randint(*TAKEN_OUT)):
            if kept:
                self._take_out(kept, chance.choice(sorted(kept)))
        return kept

    def _take_out(self, kept: dict[str, int], key: str) -> None:
        if kept.pop(key, None) is not None:
            for other, _gap in self.needed.get(key, ()):
                self._take_out(kept, other)

    def refilled(self, chosen: dict[str, int], chance: Random, noise: float) -> dict[str, int]:
        """The choice with the best that still fits beside it, one by one; what is mandatory first."""
        np = self.np
        left = self.has - sum((self.takes[self.row[one]] for one in chosen.items()), np.zeros_like(self.has))
        by_candidate = {key: 1 + noise * (2 * chance.random() - 1) for key in sorted(self.rows)}
        blur = np.array([by_candidate[key] for key, _start in self.option])
        scores = self._scores(self.values * blur, chance.random())
        wanted = np.ones(len(self.option), dtype=bool)
        for key in chosen:
            wanted[self.rows[key]] = False
        rows = np.flatnonzero(wanted & self.worthwhile)
        while True:
            rows = rows[(self.takes[rows] <= left).all(axis=1)]  # what no longer fits never fits again
            # By score, and what is mandatory before all.
            ranked = rows[np.lexsort((-scores[rows], ~self.held[rows]))].tolist()
            row = next((one for one in ranked if self._allowed(one, chosen)), None)
            if row is None:
                return chosen
            key, start = self.option[row]
            chosen[key] = start
            left = left - self.takes[row]
            rows = rows[self.owner[rows] != self.owner[row]]

    def _scores(self, values: Any, draw: float) -> Any:
        """What the options are ranked by: mostly what is left of their value when what they take is paid for."""
        if self.priced and draw < PRICED:
            return values - self.price
        return values / self.weights if draw < (1 + PRICED) / 2 else values

    def _allowed(self, row: int, chosen: Mapping[str, int]) -> bool:
        """Whether the rules between projects allow it beside those chosen."""
        key, start = self.option[row]
        if not self.rivals.get(key, set()).isdisjoint(chosen):
            return False
        lasts = self.problem.by_key
        for other, gap in self.needs.get(key, ()):
            if other not in chosen or chosen[other] + lasts[other].periods + gap > start:
                return False
        return all(
            start + lasts[key].periods + gap <= chosen[other]
            for other, gap in self.needed.get(key, ())
            if other in chosen
        )
