"""The internal rate of return. Pure: no Django, no clock.

Sources: R. Brealey, S. Myers and F. Allen, Principles of Corporate Finance, chapter 5 (the rate and its pitfalls).
How many rates a series can have: Descartes' rule of signs and Sturm's theorem, on the polynomial whose roots they
are. Which one counts when there are several: C. Norstrom, "A Sufficient Condition for a Unique Nonnegative Internal
Rate of Return", Journal of Financial and Quantitative Analysis 7 (1972).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import reduce
from itertools import accumulate, pairwise
from math import gcd, lcm
from typing import Final

from portfolio.finance.domain.present_value import PRECISION, Missing, Result, check_flows

# Rates are shown with two decimals of a percent and compared with eight.
RATE_DECIMALS: Final = Decimal("1e-8")
# Growth factors are looked for among the multiples of 2^-48.
SHIFT: Final = 48
SCALE: Final = 2**SHIFT


def sign_changes(flows: Sequence[Decimal] | Sequence[int]) -> int:
    """How often the sign changes along the flows, zeros left out: no more rates than that (Descartes)."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(before != after for before, after in pairwise(signs))


@dataclass(frozen=True, slots=True)
class InternalRate:
    """`roots` are all the rates above -100 % that make the present value zero, growing; `rate` is the one that can be
    compared with a cost of capital, or why there is none."""

    rate: Result
    roots: tuple[Decimal, ...] = ()


def internal_rate(flows: Sequence[Decimal]) -> InternalRate:
    """The rate at which the flows are worth nothing, to eight decimals.

    With several roots (one that the value touches without crossing counts twice), the only one that is not negative
    counts when the cumulative flow goes from loss to gain once (Norstrom); otherwise there is none (SEVERAL_RATES).
    Raises ReturnsError: bad_flow, too_long.
    """
    check_flows(flows)
    polynomial = _polynomial(flows)
    if not polynomial:
        return InternalRate(Missing.NO_FLOW)
    if not sign_changes(polynomial):
        return InternalRate(Missing.NO_COST if polynomial[0] > 0 else Missing.NO_BENEFIT)
    roots = tuple(_rate(root) for root in _positive_roots(polynomial))
    if not roots:
        return InternalRate(Missing.NO_RATE)
    if len(roots) == 1 and polynomial[0] * polynomial[-1] < 0:
        return InternalRate(Missing.BORROWING if polynomial[0] > 0 else roots[0], roots)
    earned = [root for root in roots if root >= 0]
    if len(earned) == 1 and _turns_once(flows):
        return InternalRate(earned[0], roots)
    return InternalRate(Missing.SEVERAL_RATES, roots)


def _turns_once(flows: Sequence[Decimal]) -> bool:
    """Whether the cumulative flow begins under zero, ends above, and crosses once."""
    sums = list(accumulate(flows))
    return sums[-1] > 0 and next(one for one in sums if one) < 0 and sign_changes(sums) == 1


def _rate(point: int) -> Decimal:
    with localcontext(prec=PRECISION):
        return (Decimal(point) / SCALE - 1).quantize(RATE_DECIMALS)


# A polynomial is its whole coefficients, the highest degree first; its unknown is the growth factor 1 + rate.
Polynomial = list[int]


def _polynomial(flows: Sequence[Decimal]) -> Polynomial:
    """Σ C_t × g^(n − t), without the years before the first flow and after the last: they add no root."""
    exact = [Fraction(flow) for flow in flows]
    scale = lcm(*(one.denominator for one in exact)) if exact else 1
    whole = [int(one * scale) for one in exact]
    used = [index for index, one in enumerate(whole) if one]
    return _primitive(whole[used[0] : used[-1] + 1]) if used else []


def _primitive(polynomial: Polynomial) -> Polynomial:
    """The same signs and roots, with smaller coefficients and no zero at the head."""
    head = next((index for index, one in enumerate(polynomial) if one), len(polynomial))
    divisor = reduce(gcd, polynomial, 0) or 1
    return [one // divisor for one in polynomial[head:]]


def _sign(polynomial: Polynomial, point: int) -> int:
    """The sign of the polynomial, exactly: Horner's scheme on whole numbers, `point` in parts of SCALE."""
    value, shift = 0, 0
    for coefficient in polynomial:
        value = value * point + (coefficient << shift)
        shift += SHIFT
    return (value > 0) - (value < 0)


def _positive_roots(polynomial: Polynomial) -> list[int]:
    """The positive roots, growing, each the point at or just above it; a multiple root once."""
    # Cauchy's bound: no root is larger.
    bound = (2 + max(abs(one) for one in polynomial) // abs(polynomial[0])) << SHIFT
    if sign_changes(polynomial) == 1:
        before = -_sign(polynomial, bound)
        return [_first(0, bound, lambda point: _sign(polynomial, point) != before)]
    chain = _sturm_chain(polynomial)

    def count(low: int, high: int) -> int:
        return _variations(chain, low) - _variations(chain, high)

    def split(low: int, high: int, found: int) -> list[int]:
        if not found:
            return []
        if found == 1 or high - low == 1:
            return [_first(low, high, lambda point: count(low, point) == found)] * found
        middle = (low + high) // 2
        below = count(low, middle)
        return split(low, middle, below) + split(middle, high, found - below)

    return split(0, bound, count(0, bound))


def _first(low: int, high: int, reached: Callable[[int], bool]) -> int:
    """The first point after `low` for which `reached` holds; it does at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        if reached(middle):
            high = middle
        else:
            low = middle
    return high


def _sturm_chain(polynomial: Polynomial) -> list[Polynomial]:
    """Sturm's sequence of the polynomial, its multiple roots made simple: the number of roots in (a, b] is the number
    of sign variations lost from a to b."""
    chain = [_primitive(polynomial), _primitive(_derivative(polynomial))]
    while rest := _negated_remainder(chain[-2], chain[-1]):
        chain.append(rest)
    if len(chain[-1]) > 1:
        # What divides both a polynomial and its derivative is its multiple roots.
        return _sturm_chain(_quotient(polynomial, chain[-1]))
    return chain


def _variations(chain: Sequence[Polynomial], point: int) -> int:
    return sign_changes([_sign(one, point) for one in chain])


def _derivative(polynomial: Polynomial) -> Polynomial:
    degree = len(polynomial) - 1
    return [coefficient * (degree - index) for index, coefficient in enumerate(polynomial[:-1])]


def _negated_remainder(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """Minus the remainder, times a positive number that keeps it whole; empty when there is none."""
    rest, size = list(dividend), abs(divisor[0])
    while len(rest) >= len(divisor):
        factor = rest[0] if divisor[0] > 0 else -rest[0]
        padded = divisor + [0] * (len(rest) - len(divisor))
        rest = [one * size - factor * other for one, other in zip(rest, padded, strict=True)][1:]
    return _primitive([-one for one in rest])


def _quotient(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """An exact division, times a positive or negative number that keeps it whole."""
    rest = [Fraction(one) for one in dividend]
    found = []
    while len(rest) >= len(divisor):
        found.append(rest[0] / divisor[0])
        padded = divisor + [0] * (len(rest) - len(divisor))
        rest = [one - found[-1] * other for one, other in zip(rest, padded, strict=True)][1:]
    scale = lcm(*(one.denominator for one in found))
    return _primitive([int(one * scale) for one in found])
