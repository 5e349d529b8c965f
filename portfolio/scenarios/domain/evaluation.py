"""What a list of operations makes of the live plan: its dates, costs, load, cash and risks.

Pure: nothing is read and nothing is written. Without operations the outcome is what the live screens show, to the
cent and to the minute (tests add them up).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from portfolio.finance.domain.budget import ZERO, Amounts, fiscal_year
from portfolio.scenarios.domain import cash_changes, money_changes, plan_changes, stop
from portfolio.scenarios.domain.dating import dated, later_day
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.loads import Load, load_of
from portfolio.scenarios.domain.operations import (
    AddProject,
    Allocate,
    ChangeBudget,
    ChangeRate,
    Hire,
    MoveContract,
    MoveMilestone,
    Operation,
    Reassign,
    ReduceTask,
    ResizeProject,
    ShiftProject,
    ShiftTask,
    SplitTask,
    StopProject,
)
from portfolio.scenarios.domain.triggers import triggers_of
from portfolio.scenarios.domain.world import RiskFacts, World
from portfolio.treasury.domain.balance import Breach, breaches, daily_balances
from portfolio.treasury.domain.books import Books
from portfolio.treasury.domain.cash import Cash, forecast


@dataclass(frozen=True, slots=True)
class ProjectOutcome:
    """A project as the plan now has it: from the start of its first task to the end of its last one, or the dates of
    the project where it has no plan. `cost` is what it costs in the end (the sum of its forecasts), `benefit` what
    it brings over all years as things stand (of a project that is stopped, what has come; None without any)."""

    key: str
    code: str
    name: str
    start: date
    finish: date
    amounts: Amounts
    benefit: Decimal | None = None
    risks: RiskFacts = field(default_factory=RiskFacts)
    stopped_on: date | None = None
    added: bool = False

    @property
    def cost(self) -> Decimal:
        return self.amounts.forecast

    @property
    def roi(self) -> Decimal | None:
        """Return on investment: (benefit - cost) / cost, 4 decimals; None without benefits or without cost."""
        if self.benefit is None or self.cost <= 0:
            return None
        return ((self.benefit - self.cost) / self.cost).quantize(Decimal("0.0001"))


@dataclass(frozen=True)
class Outcome:
    """The whole. `tasks` and `milestones` are those of the projects that are detailed."""

    world: World
    projects: Mapping[str, ProjectOutcome]
    load: Load
    cash: Cash | None
    books: Books | None

    @cached_property
    def tasks(self) -> Mapping[str, tuple[datetime, datetime]]:
        """When each task begins and ends."""
        return {key: (one.starts_at, one.ends_at) for key, one in self.world.tasks.items()}

    @property
    def milestones(self) -> Mapping[str, date]:
        """When each milestone was met, or is to be."""
        return self.world.milestone_days

    @cached_property
    def balances(self) -> dict[date, Decimal]:
        """The balance on each evening; nothing where the cash may not be seen."""
        return daily_balances(self.cash) if self.cash is not None else {}

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        """When the balance is to be under its threshold."""
        return breaches(self.cash, self.balances) if self.cash is not None else ()

    @property
    def lowest_on(self) -> date | None:
        """The day of the lowest balance to come, the first of equals."""
        coming = [day for day in self.balances if day >= self.world.today]
        return min(coming, key=lambda day: (self.balances[day], day), default=None)

    @cached_property
    def cost(self) -> Decimal:
        """What all the projects cost in the end, and those who are hired."""
        projects = sum((one.cost for one in self.projects.values()), ZERO)
        return projects + money_changes.hire_cost(self.world)

    def costs_by_year(self, start_month: int) -> dict[str, dict[int, Decimal]]:
        """What each detailed project costs in each fiscal year, which begins in `start_month`."""
        found: dict[str, dict[int, Decimal]] = {}
        for place, amounts in self.world.lines.items():
            years = found.setdefault(place.project, {})
            year = fiscal_year(place.month, start_month)
            years[year] = years.get(year, ZERO) + amounts.forecast
        return found

    @cached_property
    def risks(self) -> RiskFacts:
        """The active risks of all projects that go on."""
        rows = [one.risks for one in self.projects.values()]
        return RiskFacts(
            sum(one.count for one in rows), sum(one.exposure for one in rows), sum(one.critical for one in rows)
        )

    @property
    def finish(self) -> date | None:
        """The end of the last project."""
        return max((one.finish for one in self.projects.values()), default=None)


Change = Callable[[Any, World], World]


def _move_contract(operation: MoveContract, world: World) -> World:
    return world.with_(books=cash_changes.move_contract(operation, world.books))


def _with_staff(change: Change, persons: Callable[[Any, World], Iterable[str]]) -> Change:
    """A change whose cost of staff follows."""

    def changed(operation: Any, world: World) -> World:
        concerned = set(persons(operation, world))
        after = change(operation, world)
        return money_changes.with_staff_cost(dated(world), after, concerned)

    return changed


def _on_task(operation: ReduceTask, world: World) -> Iterable[str]:
    return (one.person for one in world.works_of.get(operation.task, ()))


def _both(operation: Reassign, _world: World) -> Iterable[str]:
    return operation.from_person, operation.to_person


def _shift_project(operation: ShiftProject, world: World) -> World:
    known = world.added.get(operation.project)
    if known is None:
        moved = plan_changes.shift_project(operation, world)
        return money_changes.later_lines(world, moved, operation.project, operation.days)
    starts_on, ends_on = (later_day(day, operation.days, world.calendar) for day in (known.starts_on, known.ends_on))
    return money_changes.with_added(replace(known, starts_on=starts_on, ends_on=ends_on), world)


CHANGES: Final[Mapping[type[Operation], Change]] = {
    ShiftProject: _shift_project,
    ShiftTask: plan_changes.shift_task,
    MoveMilestone: plan_changes.move_milestone,
    StopProject: stop.stop_project,
    AddProject: money_changes.add_project,
    ResizeProject: stop.resize_project,
    ChangeRate: money_changes.change_rate,
    Hire: money_changes.hire,
    MoveContract: _move_contract,
    Reassign: _with_staff(plan_changes.reassign, _both),
    SplitTask: plan_changes.split_task,
    ReduceTask: _with_staff(plan_changes.reduce_task, _on_task),
    Allocate: plan_changes.allocate,
    ChangeBudget: money_changes.change_budget,
}


def changed(world: World, operation: Operation) -> World:
    """The world after one more operation, its plan dated again when somebody looks. Raises ScenarioError."""
    operation.validated()
    return CHANGES[type(operation)](operation, world)


def applied(world: World, operations: Sequence[Operation]) -> World:
    """The world after all of them, in their order. Raises ScenarioError, whose fact `index` is the operation's place
    in the list, from 0."""
    for index, operation in enumerate(operations):
        try:
            world = changed(world, operation)
        except ScenarioError as error:
            error.facts.setdefault("index", index)
            raise
    return dated(world)


def evaluate(world: World, operations: Sequence[Operation] = ()) -> Outcome:
    """What comes of the live plan with these operations. Raises ScenarioError, as `applied` does."""
    return outcome_of(applied(world, operations))


def outcome_of(world: World) -> Outcome:
    """What a world comes to."""
    books = None if world.books is None else replace(world.books, triggers=triggers_of(world, world.books))
    cash = forecast(books, world.today) if books is not None and books.accounts else None
    projects = {key: _project(world, key) for key in world.projects}
    return Outcome(world, projects, load_of(world), cash, books)


def _project(world: World, key: str) -> ProjectOutcome:
    facts = world.projects[key]
    leaves = [one for one in world.tasks_of.get(key, ()) if not one.summary]
    span = world.spans.get(key) if key not in world.detailed else None
    first, last = span or (facts.starts_on, facts.ends_on)
    start = min((one.starts_at.date() for one in leaves), default=first)
    finish = max((one.ends_at.date() for one in leaves), default=last)
    return ProjectOutcome(
        key,
        facts.code,
        facts.name,
        start,
        finish,
        world.amounts_of(key),
        world.benefit_of(key),
        world.risks.get(key, RiskFacts()) if facts.stopped_on is None else RiskFacts(),
        facts.stopped_on,
        facts.added,
    )
