"""Work = duration x units, by the type of effort: the table of Microsoft Project."""

from decimal import Decimal

import pytest

from portfolio.planning.domain.effort import Effort, balanced
from portfolio.planning.domain.network import EffortType

UNITS, DURATION, WORK = EffortType.FIXED_UNITS, EffortType.FIXED_DURATION, EffortType.FIXED_WORK


@pytest.mark.parametrize(
    ("kind", "changed", "given", "expected"),
    [
        (UNITS, "duration", (840, "0.5", 100), (840, "0.5", 420)),
        (UNITS, "units", (420, "2", 420), (210, "2", 420)),
        (UNITS, "work", (420, "0.5", 420), (840, "0.5", 420)),
        (DURATION, "duration", (840, "1", 420), (840, "1", 840)),
        (DURATION, "units", (420, "0.5", 420), (420, "0.5", 210)),
        (DURATION, "work", (420, "1", 210), (420, "0.5", 210)),
        (WORK, "duration", (840, "1", 420), (840, "0.5", 420)),
        (WORK, "units", (420, "2", 420), (210, "2", 420)),
        (WORK, "work", (420, "1", 840), (840, "1", 840)),
        (WORK, "units", (420, "0", 420), (420, "0", 420)),
        (DURATION, "work", (0, "1", 420), (0, "1", 420)),
    ],
)
def test_what_follows_when_one_of_three_is_changed(
    kind: EffortType, changed: str, given: tuple[int, str, int], expected: tuple[int, str, int]
) -> None:
    before = Effort(given[0], Decimal(given[1]), given[2])
    after = balanced(before, kind, changed)  # type: ignore[arg-type]  # the parts as text
    assert (after.duration_minutes, after.units, after.work_minutes) == (
        expected[0], Decimal(expected[1]), expected[2],
    )  # fmt: skip
