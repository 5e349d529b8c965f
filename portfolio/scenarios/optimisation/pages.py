"""What the page of a study shows of its answer and of its candidates, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from portfolio.capacity.domain.load import LoadState, load_state
from portfolio.finance.domain.budget import add_months
from portfolio.people.queries import working_calendar, working_day_minutes
from portfolio.scenarios.optimisation.candidates import Material, Row, named_candidates
from portfolio.scenarios.optimisation.models import OptimisationStudy, StudyAnswer
from portfolio.scenarios.optimisation.search import EXCLUSIVE
from portfolio.scenarios.optimisation.words import Names, clash, holds, lets_in, why
from tech4value.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """A project that is done, and the months that it takes on the strip; `url` is empty for a proposal."""

    key: str
    name: str
    url: str
    starts_on: date
    ends_on: date
    moved: int
    value: Decimal
    cost: Decimal
    mandatory: bool
    months: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ExcludedLine:
    """A project that is not done, why, and what would let it in."""

    key: str
    name: str
    url: str
    value: Decimal
    cost: Decimal
    reasons: tuple[str, ...]
    lets_in: str
    holds: str


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What of a year's budget is used; `share` is 0 where there is none."""

    year: str
    has: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.has - self.used

    @property
    def share(self) -> Decimal:
        return self.used / self.has if self.has else Decimal(0)


@dataclass(frozen=True, slots=True)
class PeopleCell:
    """What is used of a group's free time in a month, in minutes."""

    used: int
    free: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.used) / self.free if self.free else None

    @property
    def state(self) -> LoadState:
        return load_state(self.used, self.free) if self.used else LoadState.NONE


@dataclass(frozen=True, slots=True)
class PeopleLine:
    """A group whose time is used, month by month."""

    name: str
    cells: tuple[PeopleCell, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer as it is shown."""

    names: Names
    months: tuple[date, ...]
    chosen: tuple[ChosenLine, ...]
    excluded: tuple[ExcludedLine, ...]
    late: tuple[str, ...]
    budgets: tuple[BudgetLine, ...]
    people_months: tuple[date, ...]
    people: tuple[PeopleLine, ...]
    clash: tuple[str, ...]


def names_of(data: dict[str, Any], day_minutes: int | None = None) -> Names:
    """What the keys of an answer stand for. Two statements, unless the minutes of a working day are given."""
    return Names(
        date.fromisoformat(data["first"]),
        data["names"],
        data["groups"],
        data["years"],
        working_day_minutes(working_calendar(None)) if day_minutes is None else day_minutes,
    )


def answer_page(answer: StudyAnswer) -> AnswerPage:
    """An answer, ready to be drawn."""
    data = answer.data
    names = names_of(data)
    chosen, capacities = data.get("chosen", []), data.get("capacities", {})
    count = max((one["start"] + one["periods"] for one in chosen), default=0)
    span = max((len(cells) for cells in capacities.values()), default=0)
    span = min(span, max(count, 1))  # nothing is used after the last end
    return AnswerPage(
        names=names,
        months=tuple(add_months(names.first, at) for at in range(count)),
        chosen=tuple(_chosen(one, names, count, address(data, one["key"])) for one in chosen),
        excluded=tuple(_excluded(one, names, address(data, one["key"])) for one in data.get("excluded", [])),
        late=tuple(names.project(key) for key in data.get("late", [])),
        budgets=tuple(
            BudgetLine(names.years.get(one["year"], one["year"]), Decimal(one["has"]), Decimal(one["used"]))
            for one in data.get("budgets", [])
        ),
        people_months=tuple(add_months(names.first, at) for at in range(span)),
        people=tuple(
            PeopleLine(names.groups.get(key, key), tuple(PeopleCell(used, free) for used, free in cells[:span]))
            for key, cells in sorted(capacities.items(), key=lambda pair: names.groups.get(pair[0], pair[0]))
            if any(used for used, _free in cells)
        ),
        clash=tuple(clash(data["clash"], names)) if "clash" in data else (),
    )


def address(data: dict[str, Any], key: str) -> str:
    """The page of a project of an answer; empty for what a scenario proposed."""
    return "" if key in data["proposals"] else reverse("projects:detail", args=[key])


def _chosen(one: dict[str, Any], names: Names, count: int, url: str) -> ChosenLine:
    starts_on, planned_on = date.fromisoformat(one["starts_on"]), date.fromisoformat(one["planned_on"])
    return ChosenLine(
        key=one["key"],
        name=names.project(one["key"]),
        url=url,
        starts_on=starts_on,
        ends_on=date.fromisoformat(one["ends_on"]),
        moved=(starts_on.year - planned_on.year) * 12 + starts_on.month - planned_on.month,
        value=Decimal(one["value"]),
        cost=Decimal(one["cost"]),
        mandatory=one["mandatory"],
        months=tuple(one["start"] <= at < one["start"] + one["periods"] for at in range(count)),
    )


def _excluded(one: dict[str, Any], names: Names, url: str) -> ExcludedLine:
    return ExcludedLine(
        key=one["key"],
        name=names.project(one["key"]),
        url=url,
        value=Decimal(one["value"]),
        cost=Decimal(one["cost"]),
        reasons=tuple(why(reason, names) for reason in one["reasons"]),
        lets_in=lets_in(one, names),
        holds=holds(one, names),
    )


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule of the study; `number` is its place, from 0."""

    number: int
    one: str
    other: str
    exclusive: bool
    months: int

    @property
    def before(self) -> int:
        """How many months before the end of the other one it may begin; 0 when it may not."""
        return max(-self.months, 0)


def rule_lines(study: OptimisationStudy, material: Material) -> Sequence[RuleLine]:
    """The rules whose projects are both candidates."""
    by_key = material.by_key
    return [
        RuleLine(number, _name(by_key[told[1]]), _name(by_key[told[2]]), told[0] == EXCLUSIVE, told[3])
        for number, told in enumerate(study.rules)
        if told[1] in by_key and told[2] in by_key
    ]


def _name(row: Row) -> str:
    return f"{row.code} · {row.name}"


def left_out(member: Membership, study: OptimisationStudy) -> list[tuple[str, str]]:
    """The candidates that the study leaves out, which the material does not hold: keys and names."""
    keys = {key for key, told in study.projects.items() if told.get("role") == "left_out"}
    return [(key, name) for key, name in named_candidates(member) if key in keys] if keys else []
