"""How costs and benefits by year become flows, as they were promised, as they stand and as they came. Pure: no
Django, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portfolio.finance.domain.budget import ZERO, Amounts
from portfolio.finance.domain.returns import YearFlow


class Basis(StrEnum):
    """Which amounts make the flows."""

    # What was agreed: planned costs, expected benefits.
    PLANNED = "planned"
    # What is known today: forecast costs, benefits realised so far and expected to come.
    CURRENT = "current"
    # What has happened: actual costs, realised benefits.
    REALISED = "realised"


@dataclass(frozen=True, slots=True)
class YearBenefit:
    """What one benefit brings in one fiscal year; None where nobody has said. `sold`: somebody pays for it."""

    year: int
    expected: Decimal | None = None
    realised: Decimal | None = None
    sold: bool = False

    def amount(self, basis: Basis, this_year: int) -> Decimal:
        """What counts. Of a year that is over, what was realised if anybody measured it, else what was expected;
        of this year and those to come, what is expected, or what was realised already when it is more."""
        expected, realised = self.expected or ZERO, self.realised or ZERO
        if basis is Basis.PLANNED:
            return expected
        if basis is Basis.REALISED:
            return realised
        if self.year < this_year:
            return expected if self.realised is None else realised
        return expected if self.realised is None else max(expected, realised)

    def is_unmeasured(self, this_year: int) -> bool:
        """Whether its year is over, something was expected of it, and nobody has said what came."""
        return self.year < this_year and bool(self.expected) and self.realised is None


def cost_of(amounts: Amounts, basis: Basis) -> Decimal:
    """The cost of a year: what was planned, is forecast, or was spent."""
    return {Basis.PLANNED: amounts.planned, Basis.CURRENT: amounts.forecast, Basis.REALISED: amounts.actual}[basis]


def flows_of(
    costs: Mapping[int, Amounts], benefits: Iterable[YearBenefit], basis: Basis, this_year: int
) -> tuple[YearFlow, ...]:
    """The flows by year, those of nothing left out; several may be of one year."""
    found = [YearFlow(year, cost=cost_of(amounts, basis)) for year, amounts in costs.items()]
    for one in benefits:
        amount = one.amount(basis, this_year)
        found.append(YearFlow(one.year, benefit=amount, revenue=amount if one.sold else ZERO))
    return tuple(one for one in found if one.cost or one.benefit)


@dataclass(frozen=True, slots=True)
class Review:
    """Promises against what came, over the years that are over: costs planned and actual, benefits expected and
    realised."""

    planned_cost: Decimal
    actual_cost: Decimal
    expected: Decimal
    realised: Decimal
    unmeasured: int

    @property
    def share(self) -> Decimal | None:
        """Realised ÷ expected; None when nothing was expected."""
        return self.realised / self.expected if self.expected else None


def review(costs: Mapping[int, Amounts], benefits: Iterable[YearBenefit], this_year: int) -> Review | None:
    """The years before `this_year`; None when no benefit was expected of them, nor came."""
    over = [one for one in benefits if one.year < this_year]
    if not any(one.expected or one.realised for one in over):
        return None
    past = [amounts for year, amounts in costs.items() if year < this_year]
    return Review(
        planned_cost=sum((one.planned for one in past), ZERO),
        actual_cost=sum((one.actual for one in past), ZERO),
        expected=sum((one.expected or ZERO for one in over), ZERO),
        realised=sum((one.realised or ZERO for one in over), ZERO),
        unmeasured=sum(one.is_unmeasured(this_year) for one in over),
    )
