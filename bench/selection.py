"""`python -m bench.selection [--candidates 60] [--seconds 10]`: the choice of projects against the naive choice.

Seeded portfolios: each project lasts 3 to 18 months, may begin in any month of its first two years, costs money over
four fiscal years and asks three of eight skills for people; there is about half of what all of them would need.
Prints for each the time, the gap that is left, and the value as a ratio to the naive choice (by value over cost, each
where it fits best, as a spreadsheet would); of the projects left out, for how many it is proved what least would let
them in, and what holding them would cost, in the seconds given for all; then how many are proved and the mean of the
gaps and ratios.
"""

import argparse
import random
import time
from decimal import Decimal

from portfolio.scenarios.domain.selection import Budget, Candidate, Problem, Requirement, greedy
from portfolio.scenarios.domain.selection_entry import entries
from portfolio.scenarios.domain.selection_solver import choose

SKILLS = ("bi", "web", "erp", "sécurité", "réseau", "conduite", "rh", "finance")
YEARS, STARTS = 4, 24


def portfolio(count: int, chance: random.Random) -> Problem:
    """`count` candidates and about half of what they ask for."""
    candidates = []
    for number in range(count):
        months = chance.randint(3, 18)
        worth = Decimal(chance.randint(10, 1000))
        candidates.append(
            Candidate(
                key=f"P{number:03}",
                # A month later is worth 1 % less.
                values=tuple(round(worth * Decimal("0.99") ** month, 4) for month in range(STARTS)),
                periods=months,
                costs=tuple(Decimal(chance.randint(500_000, 4_000_000)) / 100 for _month in range(months)),
                demand={skill: (chance.randint(1_000, 9_000),) * months for skill in chance.sample(SKILLS, k=3)},
                mandatory=number % 20 == 0,
            )
        )
    asked = sum((sum(one.costs, Decimal(0)) for one in candidates), Decimal(0))
    people = sum(sum(map(sum, one.demand.values())) for one in candidates)
    keys = [one.key for one in candidates]
    return Problem(
        tuple(candidates),
        budgets=tuple(
            Budget(f"{2027 + year}", 12 * year, 12 * year + 11, asked / YEARS / 2) for year in range(YEARS)
        ),
        capacities={skill: (people // len(SKILLS) // (12 * YEARS),) * (12 * YEARS) for skill in SKILLS},
        exclusive=tuple(frozenset(keys[at : at + 2]) for at in range(1, count - 1, 12)),
        requirements=tuple(Requirement(keys[at], keys[at + 1]) for at in range(3, count - 1, 15)),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--portfolios", type=int, default=5)
    given = parser.parse_args()
    print(
        f"{'seed':>4} {'chosen':>6} {'seconds':>8} {'gap':>8} {'proved':>6} {'to naive':>8} "
        f"{'out':>4} {'least':>6} {'loss':>6}"
    )
    gaps, ratios, proofs = list[float](), list[float](), 0
    for seed in range(1, given.portfolios + 1):
        problem = portfolio(given.candidates, random.Random(seed))
        begun = time.perf_counter()
        found = choose(problem, seconds=given.seconds)
        solved = time.perf_counter()
        found, left_out = entries(problem, found, seconds=given.seconds)
        least = sum(1 for one in left_out if one.more is not None and one.more.least)
        losses = sum(1 for one in left_out if one.loss_proved or one.clash is not None)
        simple = greedy(problem)
        value = sum((problem.by_key[key].value_at(start) for key, start in simple.items()), Decimal(0))
        ratio = f"{found.value / value:8.3f}" if value else "       –"
        print(
            f"{seed:>4} {len(found.starts):>6} {solved - begun:>8.2f} {found.gap or 0:>8.4%} {found.proved!s:>6} "
            f"{ratio} {len(left_out):>4} {least:>6} {losses:>6}",
            flush=True,
        )
        gaps.append(float(found.gap or 0))
        ratios += [float(found.value / value)] if value else []
        proofs += found.proved
    print(
        f"{proofs} of {len(gaps)} proved, mean gap {sum(gaps) / len(gaps):.2%}, "
        f"mean ratio to naive {sum(ratios) / max(len(ratios), 1):.3f}"
    )


if __name__ == "__main__":
    main()
