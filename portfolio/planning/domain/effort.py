"""Work = duration x units: which of the three follows when one is changed, by the type of effort.

Source: Microsoft Project, "task types" (fixed units, fixed duration, fixed work).
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from portfolio.planning.domain.network import EffortType

ONE = Decimal(1)
# As many decimals as an assignment keeps.
UNITS_STEP = Decimal("0.001")
Part = Literal["duration", "units", "work"]


@dataclass(frozen=True)
class Effort:
    """An assignment's part of a task: minutes of duration and of work, and units (1 is full time)."""

    duration_minutes: int
    units: Decimal
    work_minutes: int


FOLLOWS: dict[tuple[EffortType, Part], Part] = {
    (EffortType.FIXED_UNITS, "duration"): "work",
    (EffortType.FIXED_UNITS, "units"): "duration",
    (EffortType.FIXED_UNITS, "work"): "duration",
    (EffortType.FIXED_DURATION, "duration"): "work",
    (EffortType.FIXED_DURATION, "units"): "work",
    (EffortType.FIXED_DURATION, "work"): "units",
    (EffortType.FIXED_WORK, "duration"): "units",
    (EffortType.FIXED_WORK, "units"): "duration",
    (EffortType.FIXED_WORK, "work"): "duration",
}


def balanced(effort: Effort, kind: EffortType, changed: Part) -> Effort:
    """`effort`, of which `changed` was given, with the part that follows it. Nothing follows from no units or no
    duration: they would divide by zero."""
    match FOLLOWS[kind, changed]:
        case "work":
            return replace(effort, work_minutes=_whole(effort.units * effort.duration_minutes))
        case "duration" if effort.units > 0:
            return replace(effort, duration_minutes=_whole(effort.work_minutes / effort.units))
        case "units" if effort.duration_minutes > 0:
            units = Decimal(effort.work_minutes) / effort.duration_minutes
            return replace(effort, units=units.quantize(UNITS_STEP, ROUND_HALF_UP))
    return effort


def _whole(minutes: Decimal) -> int:
    return int(minutes.quantize(ONE, ROUND_HALF_UP))
