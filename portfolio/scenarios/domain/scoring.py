"""What a candidate project is worth: a weighted sum of criteria brought to one scale of 0 to 100 points.

The weighted scoring model of portfolio selection (Archer and Ghasemzadeh, International Journal of Project
Management 17, 1999; Cooper, Edgett and Kleinschmidt, Portfolio Management for New Products, 2001). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

ZERO: Final = Decimal(0)
FULL: Final = Decimal(100)
HIGHEST_ALIGNMENT: Final = Decimal(10)
UNKNOWN_ALIGNMENT: Final = Decimal(5)
POINTS: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is known of one project: its strategic alignment (0-10; None: not said, counted in the middle), its net
    present value (money; None: not known, counted for nothing), its exposure to risk (0 or more: the sum of
    probability x impact)."""

    alignment: Decimal | None = None
    npv: Decimal | None = None
    exposure: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each criterion counts; only their proportion matters."""

    alignment: Decimal
    npv: Decimal
    risk: Decimal

    @property
    def total(self) -> Decimal:
        return self.alignment + self.npv + self.risk


@dataclass(frozen=True, slots=True)
class Points:
    """What a project gets by each criterion (0-100; a loss is negative), and in all."""

    alignment: Decimal
    npv: Decimal
    risk: Decimal
    total: Decimal


def points(criteria: Mapping[str, Criteria], weights: Weights) -> dict[str, Points]:
    """The points of each project, by key.

    Alignment is in tenths; net present value in shares of the greatest, in size, of all; risk is what the exposure
    leaves of the greatest of all, so that a project without risk has 100. Weights that are all zero count alike.
    """
    greatest = max((abs(one.npv) for one in criteria.values() if one.npv is not None), default=ZERO)
    riskiest = max((one.exposure for one in criteria.values()), default=0)
    if not weights.total:
        weights = Weights(Decimal(1), Decimal(1), Decimal(1))
    found = {}
    for key, one in criteria.items():
        said = UNKNOWN_ALIGNMENT if one.alignment is None else one.alignment
        alignment = said / HIGHEST_ALIGNMENT * FULL
        npv = one.npv / greatest * FULL if one.npv is not None and greatest else ZERO
        risk = FULL - (Decimal(one.exposure) / riskiest * FULL if riskiest else ZERO)
        total = (alignment * weights.alignment + npv * weights.npv + risk * weights.risk) / weights.total
        found[key] = Points(*(_rounded(each) for each in (alignment, npv, risk, total)))
    return found


def by_start(total: Decimal, starts: int, delay_cost: Decimal) -> tuple[Decimal, ...]:
    """What `total` points are worth when the project begins in each of `starts` months: each month of waiting takes
    `delay_cost` (a share, 0-1) of what is left, of a loss too."""
    return tuple(_rounded(total * (1 - delay_cost) ** month) for month in range(starts))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(POINTS, ROUND_HALF_UP)
