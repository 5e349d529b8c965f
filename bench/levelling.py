#!/usr/bin/env python
"""How near levelling comes to the best known makespans of PSPLIB, and how long it takes.

    python bench/levelling.py DIR --reference CSV --seconds N [--limit N] [--method heuristic|exact]

DIR holds instances (`.rcp`); CSV has the columns instance, makespan, lower_bound, proved_optimal and critical_path.
No server is needed. Prints, for the heuristic alone and for the exact method: instances, how many are feasible
(checked here, unit of time by unit of time), the mean and the largest gap to the reference, how many of those that
the reference proves were equalled, how many this run proved itself, the mean excess over the critical path (how the
literature compares), and seconds for an instance (mean and most). A negative gap is a better makespan than the
reference, which is then not proved. `--limit` takes that many, spread over the list.
"""

import argparse
import csv
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Run as a file, the folder above is where the product is.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integrations.imports.domain.patterson import PattersonError, read_patterson
from portfolio.capacity.domain.levelling.cp_sat import solver_library
from portfolio.capacity.domain.levelling.level import Method, level
from portfolio.capacity.domain.levelling.problem import Placement, Problem

HEADINGS = ("method", "instances", "feasible", "mean gap", "max gap", "proved ref.", "equalled", "proved here",
            "over CP", "mean s", "max s")  # fmt: skip
WIDTHS = (10, 9, 8, 9, 9, 11, 8, 11, 8, 8, 8)


@dataclass(frozen=True)
class Reference:
    instance: str
    makespan: int
    lower_bound: int
    proved: bool
    critical_path: int


@dataclass(frozen=True)
class Result:
    reference: Reference
    makespan: int
    proved: bool
    feasible: bool
    seconds: float

    @property
    def gap(self) -> float:
        return self.makespan / self.reference.makespan - 1 if self.reference.makespan else 0.0


def feasible(problem: Problem, placements: Mapping[str, Placement]) -> bool:
    """Whether the dates hold: durations, finish-start links, and units in use in each unit of time."""
    used: dict[tuple[str, int], int] = {}
    for activity in problem.activities:
        placed, mode = placements[activity.key], activity.modes[0]
        if placed.start < 0 or placed.finish - placed.start != mode.duration:
            return False
        for instant in range(placed.start, placed.finish):
            for key, units in mode.demands:
                used[key, instant] = used.get((key, instant), 0) + units
    most = {resource.key: resource.most for resource in problem.resources}
    links = all(placements[link.successor].start >= placements[link.predecessor].finish for link in problem.links)
    return links and all(units <= most[key] for (key, _), units in used.items())


def references(path: Path) -> list[Reference]:
    with path.open(newline="") as lines:
        return [
            Reference(
                row["instance"],
                int(row["makespan"]),
                int(row["lower_bound"]),
                row["proved_optimal"] == "True",
                int(row["critical_path"]),
            )
            for row in csv.DictReader(lines)
        ]


def measured(reference: Reference, problem: Problem, method: Method, seconds: float) -> Result:
    start = time.perf_counter()
    found = level(problem, method=method, seconds=seconds)
    spent = time.perf_counter() - start
    good = feasible(problem, found.placements)
    return Result(reference, found.makespan, found.proved, good, spent)


def row(method: Method, results: Sequence[Result]) -> tuple[str, ...]:
    count = len(results)
    known = [one for one in results if one.reference.proved]
    return (
        method.value,
        str(count),
        str(sum(one.feasible for one in results)),
        f"{sum(one.gap for one in results) / count:.2%}",
        f"{max(one.gap for one in results):.2%}",
        str(len(known)),
        str(sum(one.makespan == one.reference.makespan for one in known)),
        str(sum(one.proved for one in results)),
        f"{sum(one.makespan / max(one.reference.critical_path, 1) - 1 for one in results) / count:.2%}",
        f"{sum(one.seconds for one in results) / count:.3f}",
        f"{max(one.seconds for one in results):.3f}",
    )


def show(cells: Sequence[str]) -> None:
    print("  ".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Levelling against the best known makespans.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--reference", type=Path, required=True, metavar="CSV")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="N", help="for one instance, exact method")
    parser.add_argument("--limit", type=int, metavar="N", help="so many instances, spread over the list")
    parser.add_argument("--method", choices=[str(one) for one in Method], help="only this method")
    options = parser.parse_args()
    known = references(options.reference)
    if options.limit and options.limit < len(known):
        known = [known[index * len(known) // options.limit] for index in range(options.limit)]
    problems = []
    for reference in known:
        file = options.folder / f"{reference.instance}.rcp"
        try:
            problems.append((reference, read_patterson(file.read_bytes()).problem))
        except (OSError, PattersonError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            return 2
    if not problems:
        print(f"{options.reference}: no instance", file=sys.stderr)
        return 2
    solver_library()
    show(HEADINGS)
    bad = 0
    for method in [Method(options.method)] if options.method else list(Method):
        results = [measured(reference, problem, method, options.seconds) for reference, problem in problems]
        show(row(method, results))
        bad += sum(not one.feasible for one in results)
        for one in results:
            if one.reference.proved and one.makespan != one.reference.makespan and method is Method.EXACT:
                print(f"  {one.reference.instance}: {one.makespan}, proved {one.reference.makespan}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
