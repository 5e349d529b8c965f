"""What two plans of the same budget differ by. Pure: no Django, no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.finance.domain.budget import ZERO

Place = tuple[str, str, date]
"""Category, nature, month (its first day)."""
Plan = Mapping[Place, Decimal]
"""What is planned at each place; a place that is not there is zero."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a place, a row or a month holds in two plans."""

    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """After minus before: positive is more money."""
        return self.after - self.before

    def __add__(self, other: "Change") -> "Change":
        return Change(self.before + other.before, self.after + other.after)


NOTHING = Change(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A category and nature: what each month of the comparison holds in both plans, and its sum over every month."""

    category: str
    nature: str
    cells: tuple[Change, ...]
    total: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side. `months` are those in which something differs, `rows` every category and nature of
    either; `total` and each row's are of every month, shown or not."""

    months: tuple[date, ...]
    rows: tuple[ComparedRow, ...]
    by_month: tuple[Change, ...]
    total: Change

    @property
    def differs(self) -> bool:
        """Whether anything does, even where the totals are the same."""
        return bool(self.months)


def compared(before: Plan, after: Plan, order: Callable[[str, str], tuple[int, ...]]) -> Comparison:
    """`before` and `after` by category and month; `order(nature, category)` says where a row stands."""
    places = set(before) | set(after)
    months = tuple(sorted({place[2] for place in places if before.get(place, ZERO) != after.get(place, ZERO)}))
    names = sorted({place[:2] for place in places}, key=lambda name: order(name[1], name[0]))
    held: dict[tuple[str, str], dict[date, Change]] = {name: {} for name in names}
    for place in places:
        held[place[:2]][place[2]] = Change(before.get(place, ZERO), after.get(place, ZERO))
    rows = tuple(
        ComparedRow(
            category=category,
            nature=nature,
            cells=tuple(held[category, nature].get(month, NOTHING) for month in months),
            total=summed(held[category, nature].values()),
        )
        for category, nature in names
    )
    by_month = tuple(summed(row.cells[index] for row in rows) for index in range(len(months)))
    return Comparison(months, rows, by_month, summed(row.total for row in rows))


def summed(changes: Iterable[Change]) -> Change:
    """The sum of changes."""
    return sum(changes, NOTHING)


def to_rows(plan: Plan) -> list[list[str]]:
    """A plan as it is kept: `[category, nature, "2026-03", "1000.10"]`, sorted, zeros left out."""
    return [
        [category, nature, f"{month:%Y-%m}", str(amount)]
        for (category, nature, month), amount in sorted(plan.items(), key=lambda one: (one[0][2], *one[0][:2]))
        if amount
    ]


def from_rows(rows: Sequence[Sequence[str]]) -> dict[Place, Decimal]:
    """The plan that `to_rows` wrote."""
    return {
        (category, nature, date(int(month[:4]), int(month[5:7]), 1)): Decimal(amount)
        for category, nature, month, amount in rows
    }
