"""The budget of a project, month by month, and what became of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sin
from typing import TypeVar

from demo.story import Anchor, ProjectStory

Place = tuple[str, str, int]
"""Category, nature, number of the month."""

Key = TypeVar("Key", bound=Hashable)
EURO = Decimal(1)
CENT = Decimal("0.01")
# When each category is spent over the life of a project: weights at its beginning, middle and end.
CURVES = {
    "staff": (3, 5, 4),
    "services": (2, 5, 4),
    "licences": (2, 3, 5),
    "infrastructure": (4, 5, 2),
    "hardware": (3, 6, 1),
    "training": (1, 2, 6),
    "other": (1, 1, 1),
}


@dataclass(frozen=True, slots=True)
class Money:
    """The amounts of every line as seen today, and the ones that people first agreed."""

    planned: dict[Place, Decimal]
    actual: dict[Place, Decimal]
    committed: dict[Place, Decimal]
    forecast: dict[Place, Decimal]

    @property
    def places(self) -> list[Place]:
        return sorted(set(self.planned) | set(self.forecast), key=lambda place: (place[2], place[1], place[0]))


def money(project: ProjectStory, anchor: Anchor) -> Money:
    """The lines of a project. What is planned sums to the budget exactly; what is forecast, to budget and overrun."""
    first, last = anchor.months_until(project.starts), anchor.months_until(project.phases[-1].baseline_end)
    planned: dict[Place, Decimal] = {}
    total = Decimal(project.budget.total)
    for (category, nature), part in _allocated(total, dict(project.budget.shares)).items():
        months = {number: _weight(category, number, first, last) for number in range(first, last + 1)}
        for number, amount in _allocated(part, months).items():
            planned[category, nature, number] = amount
    actual = {place: _spent(project, place, amount, anchor) for place, amount in planned.items() if place[2] <= 0}
    forecast = _forecast(project, planned, actual, anchor.months_until(project.ends))
    committed = {place: _committed(place, amount, actual) for place, amount in forecast.items()}
    return Money(planned, actual, {place: amount for place, amount in committed.items() if amount}, forecast)


def _weight(category: str, number: int, first: int, last: int) -> float:
    """How much of a category falls in a month: its curve, and the unevenness of real months."""
    early, middle, late = CURVES[category]
    position = (number - first) / max(last - first, 1)
    level = (
        early + (middle - early) * position * 2 if position < 0.5 else middle + (late - middle) * (position - 0.5) * 2
    )
    return level * (1 + 0.12 * sin(number * 1.7 + len(category)))


def _allocated(total: Decimal, weights: Mapping[Key, float]) -> dict[Key, Decimal]:
    """`total` in whole euros in proportion to weights; the remainder goes to the largest share."""
    whole = Decimal(str(sum(weights.values())))
    parts = {key: (total * Decimal(str(weight)) / whole).quantize(EURO) for key, weight in weights.items()}
    largest = max(parts, key=lambda key: parts[key])
    parts[largest] += total - sum(parts.values())
    return parts


def _spent(project: ProjectStory, place: Place, planned: Decimal, anchor: Anchor) -> Decimal:
    """What a past month cost; this month, what has been invoiced so far."""
    category, nature, number = place
    pace = Decimal(project.budget.pace)
    if (category, nature) == project.budget.overrun_on and number >= project.budget.known:
        pace += Decimal("0.12") if Decimal(project.budget.overrun) > 0 else Decimal("-0.08")
    uneven = Decimal(str(round(1 + 0.07 * sin(number * 2.3 + len(project.code) + len(category)), 4)))
    share = Decimal(1) if number < 0 else Decimal(anchor.day.day - 1) / 31 * Decimal("0.8")
    return (planned * pace * uneven * share).quantize(CENT, ROUND_HALF_UP)


def _forecast(
    project: ProjectStory, planned: Mapping[Place, Decimal], actual: Mapping[Place, Decimal], last: int
) -> dict[Place, Decimal]:
    """Past months cost what they cost; the rest of the expected total is spread as the plan was, over the months of
    the delay too."""
    expected = Decimal(project.budget.total) * (1 + Decimal(project.budget.overrun))
    forecast = {place: actual[place] for place in planned if place[2] < 0}
    weights = {place: float(amount) for place, amount in planned.items() if place[2] >= 0}
    category, nature = project.budget.overrun_on
    tail = [amount for place, amount in planned.items() if place[:2] == (category, nature)]
    for number in range(max(place[2] for place in planned) + 1, last + 1):
        weights[category, nature, number] = float(sum(tail)) / len(tail)
    return forecast | _allocated((expected - sum(forecast.values())), weights)


def _committed(place: Place, forecast: Decimal, actual: Mapping[Place, Decimal]) -> Decimal:
    """Past months: what was spent. Coming ones: what is signed, and at least what is spent."""
    spent = actual.get(place, Decimal(0))
    return spent if place[2] < 0 else max(committed_amount(place, forecast), spent)


def committed_amount(place: Place, forecast: Decimal) -> Decimal:
    """What is signed of a month to come: contracts are signed some months ahead, salaries are not."""
    category, _nature, number = place
    ahead = {"staff": 1, "training": 2}.get(category, 4)
    return (forecast * max(Decimal(ahead - number) / ahead, Decimal(0)) * Decimal("0.9")).quantize(CENT)
