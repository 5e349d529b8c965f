"""Levelling on PSPLIB's instances, against their best known makespans.

They belong to others and are not part of this repository: RCPSP_SAMPLES names the folder that has them, by set,
beside `<set>_makespans.csv`. `bench/levelling.py` measures them all.
"""

import csv
import os
from pathlib import Path

import pytest

from integrations.imports.domain.patterson import read_patterson
from portfolio.capacity.domain.levelling.level import Method, level
from portfolio.capacity.domain.levelling.problem import Problem
from tests.portfolio.capacity.domain.levelling_oracle import faults

REPOSITORY = Path(__file__).parents[4]
SAMPLES = Path(os.environ.get("RCPSP_SAMPLES", REPOSITORY.parent / "shared" / "data" / "rcpsp"))

pytestmark = pytest.mark.skipif(
    not (SAMPLES / "j30_makespans.csv").exists(),
    reason="PSPLIB's instances not found: name their folder in RCPSP_SAMPLES",
)

Row = dict[str, str]


def sample(name: str, count: int) -> list[tuple[Row, Problem]]:
    """Instances spread over a set, with their references."""
    with (SAMPLES / f"{name}_makespans.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows = [rows[index * len(rows) // count] for index in range(count)]
    return [(row, read_patterson((SAMPLES / name / f"{row['instance']}.rcp").read_bytes()).problem) for row in rows]


@pytest.mark.parametrize(("name", "count", "gap"), [("j30", 20, 0.02), ("j60", 6, 0.02), ("j120", 4, 0.04)])
def test_the_heuristic_is_feasible_and_near_the_reference(name: str, count: int, gap: float) -> None:
    gaps = []
    for row, problem in sample(name, count):
        found = level(problem)
        assert faults(problem, found.placements) == []
        assert found.lower_bound <= int(row["makespan"])
        assert found.makespan >= int(row["lower_bound"])
        gaps.append(found.makespan / int(row["makespan"]) - 1)
    assert sum(gaps) / count <= gap


def test_the_exact_method_proves_the_reference() -> None:
    for row, problem in sample("j30", 4):
        found = level(problem, method=Method.EXACT, seconds=600, workers=1, deterministic=30.0)
        assert faults(problem, found.placements) == []
        assert (found.makespan, found.proved) == (int(row["makespan"]), row["proved_optimal"] == "True")


def test_the_exact_method_is_never_worse_than_its_beginning_and_repeatable() -> None:
    row, problem = sample("j120", 3)[1]
    first, second = (level(problem, method=Method.EXACT, seconds=600, workers=1, deterministic=1.0) for _ in range(2))
    assert faults(problem, first.placements) == []
    assert int(row["lower_bound"]) <= first.makespan <= level(problem).makespan
    assert first == second
