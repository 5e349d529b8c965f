"""Earned value: what was planned, what is done and what it cost, in one unit. Pure: no Django, no clock.

Terms and formulas are those of ANSI/PMI 19-006-2019, The Standard for Earned Value Management; earned schedule is
W. Lipke, "Schedule is Different", The Measurable News, summer 2003. `docs/algorithms/earned_value.md` says how a plan
and a budget become these numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from portfolio.finance.domain.budget import ZERO, to_cents


class EarnedValueError(ValueError):
    """A question that has no answer. `code` is one of: no_weight, bad_curve."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Missing(StrEnum):
    """Why there is no number: said in words where the number would have been."""

    NO_PLAN = "no_plan"
    NO_BASELINE = "no_baseline"
    NO_WORK = "no_work"
    NO_BUDGET = "no_budget"
    NOTHING_PLANNED = "nothing_planned"
    NOTHING_EARNED = "nothing_earned"
    NOTHING_SPENT = "nothing_spent"
    BUDGET_SPENT = "budget_spent"
    COMPLETE = "complete"
    NOT_STARTED = "not_started"


class EacMethod(StrEnum):
    """What the rest of the work is supposed to cost."""

    # At the cost performance so far: BAC ÷ CPI.
    PERFORMANCE = "performance"
    # As budgeted, what happened so far being an accident: AC + BAC − EV.
    BUDGETED = "budgeted"
    # At the cost and schedule performance so far: AC + (BAC − EV) ÷ (CPI × SPI).
    COMBINED = "combined"


Result = Decimal | Missing
"""A number, or the reason why there is none."""


def number_of(result: Result | None) -> Decimal | None:
    """The number, None for a reason."""
    return None if isinstance(result, Missing) else result


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """The four measures of one thing (a task, a project, a portfolio) on one date, in one currency.

    Variances are positive when the news is good, indices above 1 too; `BAC` is the approved budget.
    """

    budget_at_completion: Decimal = ZERO
    planned_value: Decimal = ZERO
    earned_value: Decimal = ZERO
    actual_cost: Decimal = ZERO

    def __add__(self, other: "EarnedValue") -> "EarnedValue":
        return EarnedValue(
            self.budget_at_completion + other.budget_at_completion,
            self.planned_value + other.planned_value,
            self.earned_value + other.earned_value,
            self.actual_cost + other.actual_cost,
        )

    @property
    def schedule_variance(self) -> Decimal:
        """SV = EV − PV."""
        return self.earned_value - self.planned_value

    @property
    def cost_variance(self) -> Decimal:
        """CV = EV − AC."""
        return self.earned_value - self.actual_cost

    @property
    def schedule_performance_index(self) -> Result:
        """SPI = EV ÷ PV."""
        return self.earned_value / self.planned_value if self.planned_value else Missing.NOTHING_PLANNED

    @property
    def cost_performance_index(self) -> Result:
        """CPI = EV ÷ AC."""
        return self.earned_value / self.actual_cost if self.actual_cost else Missing.NOTHING_SPENT

    @property
    def remaining_work(self) -> Decimal:
        """BAC − EV: what is still to be earned."""
        return self.budget_at_completion - self.earned_value

    def estimate_at_completion(self, method: EacMethod = EacMethod.PERFORMANCE) -> Result:
        """EAC, to the cent."""
        if method is EacMethod.BUDGETED:
            return to_cents(self.actual_cost + self.remaining_work)
        if not self.earned_value:
            return Missing.NOTHING_EARNED
        if not self.actual_cost:
            return Missing.NOTHING_SPENT
        if method is EacMethod.PERFORMANCE:
            return to_cents(self.budget_at_completion * self.actual_cost / self.earned_value)
        if not self.planned_value:
            return Missing.NOTHING_PLANNED
        rest = self.remaining_work * self.actual_cost * self.planned_value / self.earned_value**2
        return to_cents(self.actual_cost + rest)

    def estimate_to_complete(self, method: EacMethod = EacMethod.PERFORMANCE) -> Result:
        """ETC = EAC − AC: what is still to be spent."""
        total = self.estimate_at_completion(method)
        return total if isinstance(total, Missing) else total - self.actual_cost

    def variance_at_completion(self, method: EacMethod = EacMethod.PERFORMANCE) -> Result:
        """VAC = BAC − EAC: negative is an overrun."""
        total = self.estimate_at_completion(method)
        return total if isinstance(total, Missing) else self.budget_at_completion - total

    @property
    def to_complete_index(self) -> Result:
        """TCPI to the budget = (BAC − EV) ÷ (BAC − AC): the performance that the rest of the work must have for the
        budget to hold."""
        return self._to_complete(self.budget_at_completion)

    def to_complete_index_for(self, method: EacMethod = EacMethod.PERFORMANCE) -> Result:
        """TCPI to the estimate = (BAC − EV) ÷ (EAC − AC)."""
        total = self.estimate_at_completion(method)
        return total if isinstance(total, Missing) else self._to_complete(total)

    def _to_complete(self, total: Decimal) -> Result:
        if self.remaining_work <= 0:
            return Missing.COMPLETE
        left = total - self.actual_cost
        return self.remaining_work / left if left > 0 else Missing.BUDGET_SPENT

    @property
    def planned_share(self) -> Decimal | None:
        """PV ÷ BAC; None without a budget."""
        return self.planned_value / self.budget_at_completion if self.budget_at_completion else None

    @property
    def earned_share(self) -> Decimal | None:
        """EV ÷ BAC; None without a budget."""
        return self.earned_value / self.budget_at_completion if self.budget_at_completion else None

    @property
    def spent_share(self) -> Decimal | None:
        """AC ÷ BAC; None without a budget."""
        return self.actual_cost / self.budget_at_completion if self.budget_at_completion else None


@dataclass(frozen=True, slots=True)
class EarnedSchedule:
    """When what is earned today was to be earned, in the unit of the curve's times (days here, periods in books).

    `elapsed` is AT, the time gone by since the start; `earned` is ES.
    """

    earned: Decimal
    elapsed: Decimal

    @property
    def schedule_variance(self) -> Decimal:
        """SV(t) = ES − AT: negative is late."""
        return self.earned - self.elapsed

    @property
    def schedule_performance_index(self) -> Result:
        """SPI(t) = ES ÷ AT."""
        return self.earned / self.elapsed if self.elapsed > 0 else Missing.NOT_STARTED


def earned_schedule(times: Sequence[Decimal], planned: Sequence[Decimal], earned: Decimal) -> Decimal:
    """ES: the time at which the cumulative planned value was to reach `earned`.

    `times` grow and `planned` never falls, of one length; `planned[0]` is 0 at the start. Between two points the
    planned value is taken as a straight line (Lipke: ES = C + (EV − PV_C) ÷ (PV_C+1 − PV_C), C the last period whose
    planned value is not above what is earned). What is wholly earned was to be so when the plan first was.
    Raises EarnedValueError(bad_curve).
    """
    if not times or len(times) != len(planned):
        raise EarnedValueError("bad_curve")
    if any(later < earlier for series in (times, planned) for earlier, later in pairwise(series)):
        raise EarnedValueError("bad_curve")
    if earned >= planned[-1]:
        return next(time for time, value in zip(times, planned, strict=True) if value == planned[-1])
    reached = max((index for index, value in enumerate(planned) if value <= earned), default=None)
    if reached is None:
        return times[0]
    part = (earned - planned[reached]) / (planned[reached + 1] - planned[reached])
    return times[reached] + part * (times[reached + 1] - times[reached])


def shared_out(amount: Decimal, weights: Sequence[int]) -> tuple[Decimal, ...]:
    """`amount` in proportion of `weights`, each part to the cent, the remainder on the largest.

    Raises EarnedValueError(no_weight) when nothing weighs anything.
    """
    total = sum(weights)
    if total <= 0:
        raise EarnedValueError("no_weight")
    parts = [to_cents(amount * weight / total) for weight in weights]
    largest = max(range(len(weights)), key=weights.__getitem__)
    parts[largest] += amount - sum(parts, ZERO)
    return tuple(parts)
