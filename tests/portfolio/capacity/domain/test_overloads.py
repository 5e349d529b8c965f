"""When an overload to come is told, against every run found the slow way."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portfolio.capacity.domain.overloads import Run, first_run

FULL = Decimal("1.1")


def test_a_run_must_last() -> None:
    weeks = [(2400, 2100), (2000, 2100), (2400, 2100), (3150, 2100)]
    assert first_run(weeks, FULL, 1) == Run(0, 0, Decimal("1.1429"))
    assert first_run(weeks, FULL, 2) == Run(2, 3, Decimal("1.5"))
    assert first_run(weeks, FULL, 3) is None
    assert first_run([(2310, 2100)], FULL, 1) is None  # at the threshold, not beyond


def test_a_week_of_leave_neither_counts_nor_ends_a_run() -> None:
    weeks = [(2400, 2100), (0, 0), (2400, 2100)]
    assert first_run(weeks, FULL, 2) == Run(0, 2, Decimal("1.1429"))
    assert first_run(weeks, FULL, 3) is None


def test_load_without_capacity_is_an_overload_without_a_ratio() -> None:
    assert first_run([(100, 0), (2400, 2100)], FULL, 2) == Run(0, 1, None)


@given(
    st.lists(st.tuples(st.sampled_from([0, 1000, 3000]), st.sampled_from([0, 2000])), max_size=9), st.integers(1, 4)
)
def test_the_first_of_all_runs(weeks: list[tuple[int, int]], least: int) -> None:
    over = [load > 0 and (not capacity or Decimal(load) > FULL * capacity) for load, capacity in weeks]
    best = None
    for first in range(len(weeks)):
        for last in range(first, len(weeks)):
            inside = range(first, last + 1)
            whole = all(over[at] or weeks[at] == (0, 0) for at in inside) and over[first] and over[last]
            before = [at for at in range(first) if weeks[at] != (0, 0)]
            starts = not before or not over[before[-1]]
            after = [at for at in range(last + 1, len(weeks)) if weeks[at] != (0, 0)]
            ends = not after or not over[after[0]]
            if whole and starts and ends and sum(over[at] for at in inside) >= least and best is None:
                best = (first, last)
    found = first_run(weeks, FULL, least)
    assert (None if found is None else (found.first, found.last)) == best
