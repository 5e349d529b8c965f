"""What money that comes later is worth, and how long it takes to have it back. Pure: no Django, no clock.

A series of flows holds one amount for each year, the first at time 0 (not discounted), money that comes in positive.
Sources: R. Brealey, S. Myers and F. Allen, Principles of Corporate Finance, chapters 2 and 5 (net present value,
payback); dated flows count days over 365, as XNPV of spreadsheets does.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from typing import Final

# More years than any project has: beyond, a figure was typed in the wrong place.
LONGEST: Final = 120
# What 10^12 is worth after LONGEST years at 100 %, to the cent, has 51 digits.
PRECISION: Final = 60
DAYS_OF_A_YEAR: Final = 365


class ReturnsError(ValueError):
    """A question that has no answer. `code` is one of: bad_rate (-100 % or less), bad_flow (not a number),
    too_long (more than LONGEST years), no_years, early_date (before the first), mixed (returns
    of different rates or base years)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Missing(StrEnum):
    """Why there is no number: said in words where the number would have been."""

    NO_FLOW = "no_flow"
    NO_COST = "no_cost"
    NO_BENEFIT = "no_benefit"
    NO_REVENUE = "no_revenue"
    # Signs change, and yet no rate makes the present value zero.
    NO_RATE = "no_rate"
    SEVERAL_RATES = "several_rates"
    # Money comes in before it goes out: the rate is what the money costs, not what it earns.
    BORROWING = "borrowing"
    NEVER_PAID_BACK = "never_paid_back"


Result = Decimal | Missing
"""A number, or the reason why there is none."""


def number_of(result: Result | None) -> Decimal | None:
    """The number, None for a reason."""
    return None if isinstance(result, Missing) else result


def discount_factor(rate: Decimal, years: int) -> Decimal:
    """What 1 is worth `years` years earlier: 1 ÷ (1 + rate)^years; later, when `years` is negative.

    Raises ReturnsError(bad_rate).
    """
    check_rate(rate)
    with localcontext(prec=PRECISION):
        return (1 + rate) ** -years


def present_values(rate: Decimal, flows: Sequence[Decimal], base: int = 0) -> tuple[Decimal, ...]:
    """Each flow as it is worth at time `base` (0: the first year), not rounded.

    Raises ReturnsError: bad_rate, bad_flow, too_long.
    """
    check_flows(flows)
    check_rate(rate)
    with localcontext(prec=PRECISION):
        return tuple(flow * discount_factor(rate, year - base) for year, flow in enumerate(flows))


def net_present_value(rate: Decimal, flows: Sequence[Decimal], base: int = 0) -> Decimal:
    """NPV = Σ C_t ÷ (1 + r)^(t − base), not rounded; 0 without a flow. Raises as `present_values`."""
    with localcontext(prec=PRECISION):
        return sum(present_values(rate, flows, base), Decimal(0))


def dated_net_present_value(rate: Decimal, flows: Sequence[tuple[date, Decimal]]) -> Decimal:
    """XNPV = Σ C_i ÷ (1 + r)^((d_i − d_0) ÷ 365), d_0 being the first date given; not rounded.

    Raises ReturnsError: bad_rate, bad_flow, early_date (one before the first).
    """
    check_rate(rate)
    for _day, amount in flows:
        check_flow(amount)
    if any(day < flows[0][0] for day, _amount in flows):
        raise ReturnsError("early_date")
    with localcontext(prec=PRECISION):
        return sum(
            (amount / (1 + rate) ** (Decimal((day - flows[0][0]).days) / DAYS_OF_A_YEAR) for day, amount in flows),
            Decimal(0),
        )


def check_rate(rate: Decimal) -> None:
    """Raise ReturnsError(bad_rate) for what cannot discount."""
    if not rate.is_finite() or rate <= -1:
        raise ReturnsError("bad_rate")


def check_flow(flow: Decimal) -> None:
    """Raise ReturnsError(bad_flow) for what is no amount."""
    if not flow.is_finite():
        raise ReturnsError("bad_flow")


def check_flows(flows: Sequence[Decimal]) -> None:
    """Raise ReturnsError: bad_flow, too_long."""
    if len(flows) > LONGEST:
        raise ReturnsError("too_long")
    for flow in flows:
        check_flow(flow)


def payback(flows: Sequence[Decimal]) -> Result:
    """Years from time 0 until the cumulative flow is no longer under zero, for good; within a year the flow is taken
    as even. 0 when it never is under zero. Raises ReturnsError: bad_flow, too_long."""
    return discounted_payback(Decimal(0), flows)


def discounted_payback(rate: Decimal, flows: Sequence[Decimal]) -> Result:
    """The same, of discounted flows. Raises ReturnsError: bad_rate, bad_flow, too_long."""
    check_flows(flows)
    check_rate(rate)
    if not any(flows):
        return Missing.NO_FLOW
    if not any(flow < 0 for flow in flows):
        return Missing.NO_COST
    # In the money of the last year, which is exact: a project that pays back to the cent does pay back.
    growth, last = Fraction(1 + rate), len(flows) - 1
    worth = [Fraction(flow) * growth ** (last - year) for year, flow in enumerate(flows)]
    sums = list(accumulate(worth))
    if sums[-1] < 0:
        return Missing.NEVER_PAID_BACK
    lost = max((year for year, one in enumerate(sums) if one < 0), default=None)
    if lost is None:
        return Decimal(0)
    wait = lost - sums[lost] / worth[lost + 1]
    with localcontext(prec=PRECISION):
        return Decimal(wait.numerator) / wait.denominator
