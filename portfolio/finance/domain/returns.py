"""The returns of a project by fiscal year: present value, internal rate, payback, ratios, margin. Pure: no Django, no
clock.

Sources: R. Brealey, S. Myers and F. Allen, Principles of Corporate Finance, chapters 5 and 6; the functions that are
called here name theirs. `docs/algorithms/returns.md` says how budgets and benefits become flows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import ceil

from portfolio.finance.domain.budget import ZERO, to_cents
from portfolio.finance.domain.internal_rate import InternalRate, internal_rate
from portfolio.finance.domain.present_value import (
    LONGEST,
    PRECISION,
    Missing,
    Result,
    ReturnsError,
    check_flow,
    discount_factor,
    discounted_payback,
    payback,
)


@dataclass(frozen=True, slots=True)
class YearFlow:
    """Money of one fiscal year: what goes out (`cost`), what comes in or is spared (`benefit`), and the part of the
    latter that is sold (`revenue`). A credit note can make any of them negative."""

    year: int
    cost: Decimal = ZERO
    benefit: Decimal = ZERO
    revenue: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Benefit less cost."""
        return self.benefit - self.cost


@dataclass(frozen=True, slots=True)
class DiscountedYear:
    """A year with what its flows are worth in the base year, each rounded to the cent, and the sums so far."""

    flow: YearFlow
    factor: Decimal
    present_cost: Decimal
    present_benefit: Decimal
    cumulative: Decimal
    cumulative_present: Decimal

    @property
    def present_net(self) -> Decimal:
        """Benefit less cost, as they are worth in the base year."""
        return self.present_benefit - self.present_cost


@dataclass(frozen=True, slots=True)
class Returns:
    """What a project, or several together, gives back. Amounts are sums of amounts rounded to the cent: a table of
    the years adds up to them; `rate` is the discount rate (0-1), and `base_year` the fiscal year in whose money
    present values are. `cost_of_sales` is what the projects that sell cost."""

    rate: Decimal
    base_year: int
    years: tuple[DiscountedYear, ...]
    cost: Decimal
    benefit: Decimal
    revenue: Decimal
    cost_of_sales: Decimal
    present_cost: Decimal
    present_benefit: Decimal
    internal: InternalRate
    payback: Result
    discounted_payback: Result

    @property
    def flows(self) -> tuple[YearFlow, ...]:
        """The years as they were given."""
        return tuple(one.flow for one in self.years)

    @property
    def net(self) -> Decimal:
        """Benefit less cost, not discounted."""
        return self.benefit - self.cost

    @property
    def npv(self) -> Decimal:
        """Net present value: present benefits less present costs."""
        return self.present_benefit - self.present_cost

    @property
    def irr(self) -> Result:
        """Internal rate of return, or why there is none."""
        return self.internal.rate

    @property
    def roi(self) -> Result:
        """Return on investment: (benefit − cost) ÷ cost, not discounted."""
        return self._over(self.net, self.cost)

    @property
    def benefit_cost_ratio(self) -> Result:
        """Present benefits ÷ present costs: above 1, the project creates value."""
        return self._over(self.present_benefit, self.present_cost)

    @property
    def profitability_index(self) -> Result:
        """1 + NPV ÷ investment, the investment being the present value of the years that lose money: what comes back
        for 1 put in. (Brealey, Myers and Allen's index is this less 1.)"""
        invested = -sum((one.present_net for one in self.years if one.present_net < 0), ZERO)
        return Missing.NO_COST if not invested else 1 + self.npv / invested

    @property
    def margin(self) -> Result:
        """Revenue less cost: of projects that sell."""
        return self.revenue - self.cost_of_sales if self.revenue else Missing.NO_REVENUE

    @property
    def margin_rate(self) -> Result:
        """(Revenue − cost) ÷ revenue."""
        return (self.revenue - self.cost_of_sales) / self.revenue if self.revenue > 0 else Missing.NO_REVENUE

    @property
    def profitability(self) -> Result:
        """Revenue ÷ cost: what is sold for 1 spent."""
        if not self.revenue:
            return Missing.NO_REVENUE
        return self._over(self.revenue, self.cost_of_sales)

    @property
    def payback_year(self) -> int | None:
        """The fiscal year in which the cumulative flow is no longer under zero; None when it never is."""
        return self._year_of(self.payback)

    @property
    def discounted_payback_year(self) -> int | None:
        """The same, of discounted flows."""
        return self._year_of(self.discounted_payback)

    def _year_of(self, wait: Result) -> int | None:
        return None if isinstance(wait, Missing) else self.years[0].flow.year + ceil(wait)

    @staticmethod
    def _over(amount: Decimal, cost: Decimal) -> Result:
        return amount / cost if cost > 0 else Missing.NO_COST


def returns(years: Sequence[YearFlow], rate: Decimal, base_year: int) -> Returns:
    """The returns of flows by fiscal year, in any order; those of one year are added, and a year without money
    between two others counts as zero.

    Raises ReturnsError: no_years, bad_rate (a cost of capital is 0 to 100 %), bad_flow, too_long (the base year too).
    """
    flows = filled(years)
    for one in flows:
        for amount in (one.cost, one.benefit, one.revenue):
            check_flow(amount)
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise ReturnsError("bad_rate")
    if any(abs(one.year - base_year) > LONGEST for one in flows):
        raise ReturnsError("too_long")
    present = []
    for one in flows:
        factor = discount_factor(rate, one.year - base_year)
        with localcontext(prec=PRECISION):
            present.append((factor, to_cents(one.cost * factor), to_cents(one.benefit * factor)))
    sold = any(one.revenue for one in flows)
    return _summed(rate, base_year, flows, present, sum((one.cost for one in flows), ZERO) if sold else ZERO)


def together(several: Sequence[Returns]) -> Returns:
    """The returns of several projects as one: amounts are the sums of theirs, year by year, to the cent; rates and
    payback follow from the flows together. Raises ReturnsError: no_years, mixed (not of one rate and base year)."""
    if not several:
        raise ReturnsError("no_years")
    rate, base_year = several[0].rate, several[0].base_year
    if any((one.rate, one.base_year) != (rate, base_year) for one in several):
        raise ReturnsError("mixed")
    flows = filled([flow for one in several for flow in one.flows])
    costs, benefits = (
        dict.fromkeys((one.year for one in flows), ZERO),
        dict.fromkeys((one.year for one in flows), ZERO),
    )
    for one in several:
        for year in one.years:
            costs[year.flow.year] += year.present_cost
            benefits[year.flow.year] += year.present_benefit
    present = [(discount_factor(rate, one.year - base_year), costs[one.year], benefits[one.year]) for one in flows]
    return _summed(rate, base_year, flows, present, sum((one.cost_of_sales for one in several), ZERO))


Present = tuple[Decimal, Decimal, Decimal]
"""Of a year: its discount factor, its present cost, its present benefit."""


def _summed(
    rate: Decimal, base_year: int, flows: Sequence[YearFlow], present: Sequence[Present], cost_of_sales: Decimal
) -> Returns:
    years: list[DiscountedYear] = []
    sums = present_sums = ZERO
    for flow, (factor, cost, benefit) in zip(flows, present, strict=True):
        sums += flow.net
        present_sums += benefit - cost
        years.append(DiscountedYear(flow, factor, cost, benefit, sums, present_sums))
    nets = [one.net for one in flows]
    return Returns(
        rate=rate,
        base_year=base_year,
        years=tuple(years),
        cost=sum((one.cost for one in flows), ZERO),
        benefit=sum((one.benefit for one in flows), ZERO),
        revenue=sum((one.revenue for one in flows), ZERO),
        cost_of_sales=cost_of_sales,
        present_cost=sum((one.present_cost for one in years), ZERO),
        present_benefit=sum((one.present_benefit for one in years), ZERO),
        internal=internal_rate(nets),
        payback=payback(nets),
        discounted_payback=discounted_payback(rate, nets),
    )


def filled(years: Sequence[YearFlow]) -> tuple[YearFlow, ...]:
    """Consecutive years from the first to the last one given, those given twice added.

    Raises ReturnsError: no_years, too_long.
    """
    if not years:
        raise ReturnsError("no_years")
    first, last = min(one.year for one in years), max(one.year for one in years)
    if last - first >= LONGEST:
        raise ReturnsError("too_long")
    sums = {year: YearFlow(year) for year in range(first, last + 1)}
    for one in years:
        so_far = sums[one.year]
        sums[one.year] = YearFlow(
            one.year, so_far.cost + one.cost, so_far.benefit + one.benefit, so_far.revenue + one.revenue
        )
    return tuple(sums.values())
