"""Returns against worked examples that are published (named where they are used, checked by hand in the comment), and
against other ways to compute them: fractions for present values, numpy's polynomial roots for internal rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.finance.domain.internal_rate import internal_rate, sign_changes
from portfolio.finance.domain.present_value import (
    Missing,
    Result,
    ReturnsError,
    dated_net_present_value,
    discount_factor,
    discounted_payback,
    net_present_value,
    payback,
    present_values,
)
from portfolio.finance.domain.returns import Returns, YearFlow, filled, returns, together

D = Decimal


def of(*amounts: str | int) -> list[Decimal]:
    return [D(amount) for amount in amounts]


def about(value: Result | None, digits: str = "0.01") -> Decimal:
    """A number rounded as the book prints it."""
    assert isinstance(value, Decimal)
    return value.quantize(D(digits))


class TestBrealeyMyersAllen:
    """R. Brealey, S. Myers and F. Allen, Principles of Corporate Finance, chapter 5."""

    @pytest.mark.parametrize(
        ("flows", "npv", "years", "discounted"),
        [
            # 500/1.1 + 500/1.21 + 5 000/1.331 - 2 000 = 454.55 + 413.22 + 3 756.57 - 2 000. The book counts payback
            # in whole years (3, 2, 2); within the third, 1 000 of 5 000 are still to be had: 2.2.
            (of(-2000, 500, 500, 5000), 2624, "2.2", "2.30"),
            # 454.55 + 1 487.60 - 2 000 = -57.85: paid back in 2 years, but not in today's money.
            (of(-2000, 500, 1800, 0), -58, "1.83", Missing.NEVER_PAID_BACK),
            # 1 636.36 + 413.22 - 2 000 = 49.59; 200 of 500 are left after the first year.
            (of(-2000, 1800, 500, 0), 50, "1.40", "1.88"),
        ],
    )
    def test_the_payback_rule(self, flows: list[Decimal], npv: int, years: str, discounted: str | Missing) -> None:
        """Projects A, B and C at 10 %: B and C pay back alike, and only C is worth it."""
        assert about(net_present_value(D("0.10"), flows), "1") == npv
        assert about(payback(flows)) == D(years)
        found = discounted_payback(D("0.10"), flows)
        assert found == discounted if isinstance(discounted, Missing) else about(found) == D(discounted)

    def test_the_rate_that_makes_npv_zero(self) -> None:
        """-4 000, 2 000, 4 000: 28.08 %. (With g = 1.2808: 2 000/g + 4 000/g² = 1 561.5 + 2 438.4.)"""
        flows = of(-4000, 2000, 4000)
        found = internal_rate(flows)
        assert about(found.rate, "0.0001") == D("0.2808")
        assert abs(net_present_value(found.roots[0], flows)) < D("0.001")

    def test_lending_or_borrowing(self) -> None:
        """Pitfall 1: both have a rate of 50 %; at 10 % one is worth +364, the other -364."""
        lending, borrowing = of(-1000, 1500), of(1000, -1500)
        assert about(net_present_value(D("0.1"), lending), "1") == 364
        assert about(net_present_value(D("0.1"), borrowing), "1") == -364
        assert internal_rate(lending).rate == D("0.5")
        assert internal_rate(borrowing).rate is Missing.BORROWING
        assert internal_rate(borrowing).roots == (D("0.5"),)

    def test_several_rates(self) -> None:
        """Pitfall 2: -50 % and 15.2 % both do; worth 74.9 at 10 %. The cumulative flow turns once: 15.2 % counts."""
        flows = of(-1000, 800, 150, 150, 150, 150, -150)
        found = internal_rate(flows)
        assert [about(root, "0.001") for root in found.roots] == [D("-0.500"), D("0.152")]
        assert found.rate == found.roots[1]
        assert about(net_present_value(D("0.1"), flows), "0.1") == D("74.9")

    def test_no_rate_at_all(self) -> None:
        """1 000, -3 000, 2 500: no rate, and worth 339 at 10 % (the discriminant 9 - 10 is negative)."""
        flows = of(1000, -3000, 2500)
        assert about(net_present_value(D("0.1"), flows), "1") == 339
        assert internal_rate(flows).rate is Missing.NO_RATE

    @pytest.mark.parametrize(
        ("flows", "npv", "index"),
        [(of(-10, 30, 5), 21, "2.1"), (of(-5, 5, 20), 16, "3.2"), (of(-5, 5, 15), 12, "2.4")],
    )
    def test_the_profitability_index(self, flows: list[Decimal], npv: int, index: str) -> None:
        """Capital rationing at 10 %: NPV over investment, ours is what comes back for 1, hence 1 more."""
        found = of_flows(flows, "0.10")
        assert about(found.npv, "1") == npv
        assert about(found.profitability_index, "0.1") == D(index) + 1


def test_the_pump_of_lorie_and_savage() -> None:
    """J. Lorie and L. Savage, "Three Problems in Rationing Capital", Journal of Business 28 (1955): a larger oil
    pump, -1 600, +10 000, -10 000, has two rates, 25 % and 400 %. (10 000/1.25 - 10 000/1.5625 = 8 000 - 6 400.)"""
    found = internal_rate(of(-1600, 10000, -10000))
    assert found.roots == (D("0.25"), D("4"))
    assert found.rate is Missing.SEVERAL_RATES


def test_the_examples_of_a_spreadsheet() -> None:
    """Microsoft's pages of IRR (-2.1 % after four years, 8.7 % after five) and of XNPV (2 086.647602 at 9 %)."""
    shop = of(-70000, 12000, 15000, 18000, 21000, 26000)
    assert about(internal_rate(shop[:5]).rate, "0.001") == D("-0.021")
    assert about(internal_rate(shop).rate, "0.001") == D("0.087")
    dated = [
        (date(2008, 1, 1), D(-10000)),
        (date(2008, 3, 1), D(2750)),
        (date(2008, 10, 30), D(4250)),
        (date(2009, 2, 15), D(3250)),
        (date(2009, 4, 1), D(2750)),
    ]
    assert about(dated_net_present_value(D("0.09"), dated), "0.000001") == D("2086.647602")


# --- other ways to compute the same

CENTS = st.integers(-10_000_00, 10_000_00).map(lambda cents: D(cents) / 100)
SERIES = st.lists(CENTS, max_size=12)
RATES = st.integers(-50, 300).map(lambda percent: D(percent) / 100)


@given(RATES, SERIES, st.integers(-3, 12))
def test_present_value_is_the_sum_of_fractions(rate: Decimal, flows: list[Decimal], base: int) -> None:
    growth = 1 + Fraction(rate)
    exact = sum((Fraction(flow) / growth ** (year - base) for year, flow in enumerate(flows)), Fraction(0))
    assert abs(Fraction(net_present_value(rate, flows, base)) - exact) < Fraction(1, 10**30)
    assert sum(present_values(rate, flows, base), D(0)) == pytest.approx(net_present_value(rate, flows, base))


@given(RATES, SERIES)
def test_dated_flows_a_year_apart_are_yearly_flows(rate: Decimal, flows: list[Decimal]) -> None:
    day = date(2020, 1, 1).toordinal()
    dated = [(date.fromordinal(day + 365 * year), flow) for year, flow in enumerate(flows)]
    assert abs(dated_net_present_value(rate, dated) - net_present_value(rate, flows)) < D("1e-30")


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=8))
def test_rates_are_the_roots_of_the_polynomial(whole: list[int]) -> None:
    """numpy finds the roots as eigenvalues: real ones above zero are growth factors. Where two are nearly one, it
    cannot tell whether they are real: such series are left out."""
    assume(any(whole))
    roots = np.roots(whole)
    positive = sorted(root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 1e-9)
    assume(all(abs(root.imag) < 1e-9 or abs(root.imag) > 1e-3 for root in roots))
    assume(all(later - earlier > 1e-3 for earlier, later in pairwise(positive)))
    found = internal_rate([D(one) for one in whole])
    assert [float(root) for root in found.roots] == pytest.approx([root - 1 for root in positive], abs=1e-6)
    # Descartes: no more of them than changes of sign.
    assert len(found.roots) <= sign_changes(whole)


@given(SERIES)
def test_a_rate_makes_the_present_value_zero(flows: list[Decimal]) -> None:
    found = internal_rate(flows)
    # Far from 0 %, eight decimals of a rate are too few to see it.
    for root in (root for root in found.roots if D("-0.5") < root < 3):
        near = [net_present_value(root + step, flows) for step in (D("-1e-8"), D("1e-8"))]
        touches = abs(net_present_value(root, flows)) < D("0.01")
        assert touches or min(near) <= 0 <= max(near)
    if isinstance(found.rate, Decimal):
        assert found.rate in found.roots


@given(SERIES, st.integers(0, 50).map(lambda percent: D(percent) / 100))
def test_payback_is_when_the_sum_is_no_longer_negative(flows: list[Decimal], rate: Decimal) -> None:
    found = discounted_payback(rate, flows)
    if not any(flow < 0 for flow in flows):
        assert found in {Missing.NO_COST, Missing.NO_FLOW}
        return
    growth = 1 + Fraction(rate)
    sums = list(accumulate(Fraction(flow) / growth**year for year, flow in enumerate(flows)))
    if isinstance(found, Missing):
        assert found is Missing.NEVER_PAID_BACK
        assert sums[-1] < 0
        return
    whole = int(found)
    assert all(one >= 0 for one in sums[whole + (found > whole) :])
    if found:
        before = sums[whole - (found == whole)]
        assert before < 0 or found == whole
        after = sums[whole + (found > whole)]
        assert abs((1 - (Fraction(found) % 1 or 1)) * before + (Fraction(found) % 1 or 1) * after) < Fraction(
            1, 10**6
        )


# --- the corners


def test_flows_that_have_no_rate() -> None:
    assert internal_rate([]).rate is Missing.NO_FLOW
    assert internal_rate(of(0, 0)).rate is Missing.NO_FLOW
    assert internal_rate(of(-5, -6)).rate is Missing.NO_BENEFIT
    assert internal_rate(of(5, 6)).rate is Missing.NO_COST


def test_a_value_that_touches_zero_without_crossing_has_no_rate_to_compare() -> None:
    """-1, 2, -1 is -(1 - 1/g)²: never positive, zero at 0 % only."""
    found = internal_rate(of(-1, 2, -1))
    assert found.roots == (D(0),)
    assert found.rate is Missing.SEVERAL_RATES


def test_years_without_money_around_change_no_rate() -> None:
    assert internal_rate(of(0, 0, -100, 110, 0)).rate == D("0.1")


def test_a_project_that_pays_back_to_the_cent_does_pay_back() -> None:
    """-100, then 110 at 10 %: exactly 1 year, where 110 x 0.9090... would fall short."""
    assert discounted_payback(D("0.1"), of(-100, 110)) == 1
    assert payback(of(5, -3)) == 0


def test_costs_that_come_back_at_the_end_move_the_payback() -> None:
    """Paid back after a year, then lost again by what it costs to take apart, and never recovered."""
    assert payback(of(-100, 120, -50)) is Missing.NEVER_PAID_BACK
    assert about(payback(of(-100, 120, -50, 60))) == D("2.50")


@pytest.mark.parametrize("rate", ["-1", "-2", "NaN", "Infinity"])
def test_rates_that_discount_nothing_are_refused(rate: str) -> None:
    with pytest.raises(ReturnsError, match="bad_rate"):
        discount_factor(D(rate), 1)
    with pytest.raises(ReturnsError, match="bad_rate"):
        returns([YearFlow(2026, D(1))], D(rate), 2026)


def test_a_cost_of_capital_is_not_more_than_the_whole() -> None:
    with pytest.raises(ReturnsError, match="bad_rate"):
        returns([YearFlow(2026, D(1))], D("1.01"), 2026)


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ReturnsError, match="bad_flow"):
        internal_rate(of("NaN"))
    with pytest.raises(ReturnsError, match="bad_flow"):
        returns([YearFlow(2026, D("Infinity"))], D("0.08"), 2026)
    with pytest.raises(ReturnsError, match="too_long"):
        payback(of(*[1] * 121))
    with pytest.raises(ReturnsError, match="no_years"):
        returns([], D("0.08"), 2026)
    with pytest.raises(ReturnsError, match="too_long"):
        returns([YearFlow(2000), YearFlow(2121)], D("0.08"), 2026)
    with pytest.raises(ReturnsError, match="too_long"):
        returns([YearFlow(2026)], D("0.08"), 1800)
    with pytest.raises(ReturnsError, match="early_date"):
        dated_net_present_value(D("0.1"), [(date(2026, 1, 2), D(1)), (date(2026, 1, 1), D(1))])


# --- the returns of a project


def of_flows(flows: list[Decimal], rate: str) -> Returns:
    """Losses as costs, gains as revenue."""
    years = [
        YearFlow(2026 + index, max(-flow, D(0)), max(flow, D(0)), max(flow, D(0))) for index, flow in enumerate(flows)
    ]
    return returns(years, D(rate), 2026)


def test_a_project_that_sells() -> None:
    """1 000 in 2026, 200 a year to run, 800 sold each of three years, at 10 %, in the money of 2026.

    Net -1 000, 600, 600, 600; 600 x (0.909091 + 0.826446 + 0.751315) = 545.45 + 495.87 + 450.79.
    """
    years = [YearFlow(2026, D(1000))] + [YearFlow(year, D(200), D(800), D(800)) for year in (2027, 2028, 2029)]
    found = returns(years, D("0.10"), 2026)
    assert (found.cost, found.benefit, found.net) == (1600, 2400, 800)
    assert found.npv == D("492.11")
    # 800/1.1 = 727.27, 661.16, 601.05; 181.82, 165.29, 150.26.
    assert (found.present_benefit, found.present_cost) == (D("1989.48"), D("1497.37"))
    assert about(found.benefit_cost_ratio, "0.0001") == D("1.3286")
    assert about(found.profitability_index, "0.0001") == D("1.4921")
    assert found.roi == D("0.5")
    assert (found.margin, about(found.margin_rate, "0.0001"), found.profitability) == (800, D("0.3333"), D("1.5"))
    # 600 a year for 1 000: 1.67 years, in 2028; discounted, 545.45 + 454.55 of 495.87: 1.92 years.
    assert (about(found.payback), found.payback_year) == (D("1.67"), 2028)
    assert (about(found.discounted_payback), found.discounted_payback_year) == (D("1.92"), 2028)
    assert about(found.irr, "0.0001") == D("0.3631")


def test_the_base_year_changes_amounts_and_nothing_else() -> None:
    """In the money of 2028, everything is worth 1.21 of what it was in 2026."""
    years = [YearFlow(2026, D(1000)), YearFlow(2028, D(0), D(1500))]
    early, late = (returns(years, D("0.10"), base) for base in (2026, 2028))
    assert (early.npv, late.npv) == (D("239.67"), D("290.00"))
    assert (early.irr, early.payback, early.discounted_payback) == (late.irr, late.payback, late.discounted_payback)
    assert about(early.benefit_cost_ratio, "0.0001") == about(late.benefit_cost_ratio, "0.0001")


AMOUNTS = st.integers(0, 10_000_00).map(lambda cents: D(cents) / 100)
YEARS = st.lists(st.builds(YearFlow, st.integers(2020, 2035), AMOUNTS, AMOUNTS), min_size=1, max_size=12)


@given(YEARS, YEARS, st.integers(0, 30).map(lambda percent: D(percent) / 100))
def test_what_is_shown_adds_up(first: list[YearFlow], second: list[YearFlow], rate: Decimal) -> None:
    """Years add up to the totals to the cent, and projects of one base year within the rounding of their years."""
    one, other, both = (returns(years, rate, 2026) for years in (first, second, first + second))
    for found in (one, other, both):
        assert found.npv == sum(year.present_net for year in found.years) == found.years[-1].cumulative_present
        assert found.net == found.years[-1].cumulative
    assert both.cost == one.cost + other.cost
    assert both.benefit == one.benefit + other.benefit
    assert abs(both.npv - one.npv - other.npv) <= D("0.01") * 3 * len(both.years)


def test_years_in_any_order_and_given_twice() -> None:
    found = filled([YearFlow(2029, D(1)), YearFlow(2027, D(2), D(3), D(3)), YearFlow(2027, D(5))])
    assert [(one.year, one.cost, one.benefit) for one in found] == [(2027, 7, 3), (2028, 0, 0), (2029, 1, 0)]


def test_ratios_that_cannot_be() -> None:
    free = returns([YearFlow(2026, D(0), D(10))], D("0.08"), 2026)
    assert (free.roi, free.benefit_cost_ratio, free.profitability_index) == (Missing.NO_COST,) * 3
    assert (free.margin, free.margin_rate, free.profitability) == (Missing.NO_REVENUE,) * 3
    assert (free.payback, free.irr) == (Missing.NO_COST, Missing.NO_COST)
    sold = returns([YearFlow(2026, D(0), D(10), D(10))], D("0.08"), 2026)
    assert (sold.margin, sold.profitability) == (10, Missing.NO_COST)
    lost = returns([YearFlow(2026, D(10))], D("0.08"), 2026)
    assert (lost.payback, lost.payback_year, lost.irr) == (Missing.NEVER_PAID_BACK, None, Missing.NO_BENEFIT)


def test_the_margin_of_several_is_that_of_those_that_sell() -> None:
    """200 sold for 150, beside a project of 1 000 that sells nothing."""
    sold = returns([YearFlow(2026, D(150), D(200), D(200))], D("0.08"), 2026)
    spared = returns([YearFlow(2026, D(1000), D(900))], D("0.08"), 2026)
    both = together([sold, spared])
    assert (both.margin, both.margin_rate, both.cost) == (50, D("0.25"), 1150)
    assert about(both.profitability) == D("1.33")


def test_projects_together_add_up_to_the_cent() -> None:
    """Each 10.00 of 2027 is 9.26 in 2026, hence three of them 27.78."""
    one = returns([YearFlow(2027, D(0), D(10))], D("0.08"), 2026)
    assert together([one] * 3).npv == 3 * one.npv == D("27.78")
    with pytest.raises(ReturnsError, match="mixed"):
        together([one, returns([YearFlow(2027, D(1))], D("0.07"), 2026)])
    with pytest.raises(ReturnsError, match="no_years"):
        together([])
