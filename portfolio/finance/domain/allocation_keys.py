"""An amount shared between those who carry it, by a key. Pure: no Django, no clock.

Shares are found by the method of largest remainders (Hamilton's): each part is rounded down to the smallest unit of
the currency, then the units that are left go to the largest remainders (M. Balinski, H. P. Young, Fair
Representation, 1982, chapter 2). It keeps quota: no part is a whole unit away from its exact value.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar
from uuid import UUID

WHOLE: Final = Decimal(100)


Key = TypeVar("Key", str, UUID)


class AllocationError(ValueError):
    """Weights that share nothing. `code`: nobody (no one to share between), negative (`key` has a weight below zero),
    nothing (every weight is zero), not_whole (fixed parts add up to `value`, not to 100)."""

    def __init__(self, code: str, *, key: object = None, value: Decimal = Decimal(0)) -> None:
        super().__init__(f"{code}: {key} {value}")
        self.code, self.key, self.value = code, key, value


def check(weights: Mapping[Key, Decimal], *, percents: bool = False) -> None:
    """Raise AllocationError unless `weights` share something; with `percents`, unless they add up to 100."""
    if not weights:
        raise AllocationError("nobody")
    for key, weight in weights.items():
        if not weight.is_finite() or weight < 0:
            raise AllocationError("negative", key=key, value=weight)
    whole = sum(weights.values(), Decimal(0))
    if percents and whole != WHOLE:
        raise AllocationError("not_whole", value=whole)
    if not whole:
        raise AllocationError("nothing")


def fractions(weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """The part of each, 0 to 1, as it is shown (not what amounts are computed from). Raises AllocationError."""
    check(weights)
    whole = sum(weights.values(), Decimal(0))
    return {key: weight / whole for key, weight in weights.items()}


def allocate(amount: Decimal, weights: Mapping[Key, Decimal], decimals: int = 2) -> dict[Key, Decimal]:
    """`amount`, with at most `decimals` decimals, in proportion to `weights`: the parts add up to it exactly, and the
    larger of two weights never has the smaller part. A negative amount (a credit note) is shared as its opposite is.

    The result does not depend on the order of `weights`: units that are left over between equals go to the first key.
    Raises AllocationError; ValueError when `amount` has more decimals.
    """
    check(weights)
    unit = Decimal(1).scaleb(-decimals)
    units = abs(amount) / unit
    if units != units.to_integral_value():
        raise ValueError(f"{amount} has more than {decimals} decimals")
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    exact = {key: Fraction(weight) * int(units) / whole for key, weight in weights.items()}
    parts = {key: int(value) for key, value in exact.items()}
    left = int(units) - sum(parts.values())
    order = sorted(weights)
    order.sort(key=lambda key: (parts[key] - exact[key], -weights[key]))
    for key in order[:left]:
        parts[key] += 1
    sign = -1 if amount < 0 else 1
    return {key: sign * part * unit for key, part in parts.items()}
