"""An estimate at completion, put on the months of a budget. Pure: no Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.finance.domain.budget import ZERO, split


class CompletionError(ValueError):
    """An estimate that the months cannot take. `code`: no_month (nothing is left to come), spent (less than what is
    already spent); `amount` is what is spent."""

    def __init__(self, code: str, amount: Decimal = ZERO) -> None:
        super().__init__(f"{code}: {amount}")
        self.code, self.amount = code, amount


@dataclass(frozen=True, slots=True)
class MonthLine:
    """What a line of the budget holds of its month."""

    month: date
    planned: Decimal
    actual: Decimal
    forecast: Decimal


def spread(estimate: Decimal, lines: Sequence[MonthLine], this_month: date, decimals: int = 2) -> list[Decimal]:
    """The forecast of each line, in their order, that adds up to `estimate` to the cent.

    A month that is over expects what it cost. What is left to spend is shared between this month's lines and the
    coming ones as their own rest to come is (forecast less actual; as planned when none has any), the remainder of
    cents to the largest. Raises CompletionError.
    """
    spent = sum((line.actual for line in lines), ZERO)
    coming = [index for index, line in enumerate(lines) if line.month >= this_month]
    rest = estimate - spent
    if rest < 0:
        raise CompletionError("spent", spent)
    if rest and not coming:
        raise CompletionError("no_month", spent)
    weights = [max(lines[index].forecast - lines[index].actual, ZERO) for index in coming]
    if not any(weights):
        weights = [lines[index].planned for index in coming]
    found = [line.actual for line in lines]
    for index, part in zip(coming, split(rest, weights, decimals), strict=True):
        found[index] += part
    return found
