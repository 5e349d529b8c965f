"""What a proposal changes, against the live plan: dates, cost, load, cash, people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portfolio.capacity.domain.load import LoadState, load_state
from portfolio.scenarios.domain.evaluation import Outcome
from portfolio.scenarios.domain.operations import Reassign
from portfolio.scenarios.domain.world import SECOND, World
from portfolio.scenarios.proposals import Answer, Way
from portfolio.treasury.queries import CashPlan

AROUND = 2
"""Weeks that are shown before and after those of the overload."""


@dataclass(frozen=True, slots=True)
class DateMove:
    """A project, milestone or task that ends on another day. `is_critical`: it was on the critical path."""

    name: str
    project: str
    before: date
    after: date
    is_critical: bool = False

    @property
    def days(self) -> int:
        """Calendar days later (negative: earlier)."""
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class LoadMove:
    """A load over capacity in some weeks, before and after; None without capacity."""

    key: str
    name: str
    before: Decimal | None
    after: Decimal | None
    state: LoadState = LoadState.NONE


@dataclass(frozen=True, slots=True)
class WeekMove:
    """A week of the people of the overload together, before and after."""

    week: date
    is_target: bool
    before: Decimal | None
    after: Decimal | None
    state_before: LoadState
    state_after: LoadState


@dataclass(frozen=True, slots=True)
class CashMove:
    """The lowest balance to come and its day, before and after; the months whose closing balance differs, by first
    day, with the difference; how many times the balance goes under its threshold."""

    lowest_before: Decimal
    lowest_before_on: date
    lowest_after: Decimal
    lowest_after_on: date
    months: tuple[tuple[date, Decimal], ...]
    breaches_before: int
    breaches_after: int
    breach_month: date | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """All of it. `cost` is what the projects cost more in the end (negative: less); None where it may not be seen.
    `people` are those whose load changes, `concerned` those who are named by the operations."""

    projects: tuple[DateMove, ...]
    milestones: tuple[DateMove, ...]
    tasks: int
    critical_tasks: int
    cost: Decimal | None
    group: LoadMove
    people: tuple[LoadMove, ...]
    weeks: tuple[WeekMove, ...]
    cash: CashMove | None


def effect_of(answer: Answer, way: Way, *, sees_cost: bool) -> Effect | None:
    """What a proposal changes; None for one that cannot be made."""
    after, base = way.outcome, answer.base
    if after is None:
        return None
    world = answer.live.world
    paths = {key for key in world.tasks if answer.board.floats.get(key, 1) <= 0}
    moved = {
        key
        for key, one in world.tasks.items()
        if not one.summary and _end(after.world, key) not in {None, one.ends_at}
    }
    return Effect(
        projects=tuple(_projects(base, after, {world.tasks[key].project for key in moved if key in paths})),
        milestones=tuple(_milestones(world, base, after)),
        tasks=len(moved),
        critical_tasks=sum(key in paths for key in moved),
        cost=after.cost - base.cost if sees_cost else None,
        group=_load(answer, after, "", answer.overload.name, answer.board.target.persons),
        people=tuple(_people(answer, way, after)),
        weeks=weeks_of_group(answer, after),
        cash=_cash(answer.cash, way.cash),
    )


def _end(world: World, key: str) -> datetime | None:
    """When a task ends, the part that was cut from it included."""
    found = world.tasks.get(key + SECOND) or world.tasks.get(key)
    return None if found is None else found.ends_at


def _projects(base: Outcome, after: Outcome, on_path: set[str]) -> Iterable[DateMove]:
    for key, one in base.projects.items():
        now = after.projects.get(key)
        if now is not None and now.finish != one.finish:
            yield DateMove(one.name, one.code, one.finish, now.finish, key in on_path)


def _milestones(world: World, base: Outcome, after: Outcome) -> Iterable[DateMove]:
    for key, day in base.milestones.items():
        now = after.milestones.get(key, day)
        facts = world.milestones.get(key)
        if facts is not None and now != day:
            yield DateMove(facts.name, world.projects[facts.project].code, day, now)


def _load(answer: Answer, after: Outcome, key: str, name: str, persons: Iterable[str]) -> LoadMove:
    """Over the weeks of the overload together."""
    persons = list(persons)
    board = answer.board
    capacity = sum(board.capacity(one, week) for one in persons for week in board.target.weeks)
    asked = [sum(_minutes(outcome, one, board.target.weeks) for one in persons) for outcome in (answer.base, after)]
    before, now = (Decimal(minutes) / capacity if capacity else None for minutes in asked)
    return LoadMove(key, name, before, now, load_state(asked[1], capacity))


def _minutes(outcome: Outcome, person: str, weeks: Iterable[date]) -> int:
    rows = outcome.load.by_person.get(person)
    if rows is None:
        return 0
    at = {week: index for index, week in enumerate(outcome.load.weeks)}
    return sum(rows[at[week]] for week in weeks if week in at)


def _people(answer: Answer, way: Way, after: Outcome) -> Iterable[LoadMove]:
    """Those whose load changes in the weeks of the overload, and those to whom work goes; the most loaded first."""
    world, board = answer.live.world, answer.board
    named = {
        key
        for one in way.proposal.operations
        if isinstance(one, Reassign)
        for key in (one.from_person, one.to_person)
    }
    for one in way.proposal.operations:
        if isinstance(one, Reassign):
            named |= {one.from_person, one.to_person}
            continue
        task = str(getattr(one, "task", "")).removesuffix(SECOND)
        named |= {work.person for work in world.works_of.get(task, ()) if work.person in board.target.persons}
    found = []
    for key in world.people:
        differs = _minutes(answer.base, key, board.target.weeks) != _minutes(after, key, board.target.weeks)
        if differs or key in named:
            found.append(_load(answer, after, key, world.people[key].name, [key]))
    return sorted(found, key=lambda one: (-(one.before or Decimal(0)), one.name))


def weeks_of_group(answer: Answer, after: Outcome) -> tuple[WeekMove, ...]:
    """The weeks of the overload and those around it."""
    board = answer.board
    target = board.target.weeks
    if not target:
        return ()
    known = board.world.weeks
    first, last = known.index(target[0]), known.index(target[-1])
    found = []
    for week in known[max(first - AROUND, 0) : last + AROUND + 1]:
        capacity = sum(board.capacity(one, week) for one in board.target.persons)
        before, now = (
            sum(_minutes(outcome, one, [week]) for one in board.target.persons) for outcome in (answer.base, after)
        )
        found.append(
            WeekMove(
                week,
                week in target,
                Decimal(before) / capacity if capacity else None,
                Decimal(now) / capacity if capacity else None,
                load_state(before, capacity),
                load_state(now, capacity),
            )
        )
    return tuple(found)


def people_now(answer: Answer) -> tuple[LoadMove, ...]:
    """Those who are overloaded in these weeks, the most loaded first."""
    found = [
        _load(answer, answer.base, key, answer.live.world.people[key].name, [key])
        for key in answer.board.target.persons
    ]
    loaded = [one for one in found if one.state is LoadState.OVER]
    return tuple(sorted(loaded, key=lambda one: (-(one.before or Decimal(0)), one.name)))


def cash_now(plan: CashPlan) -> CashMove:
    """The cash of the live plan, against itself."""
    lowest = plan.balances[plan.lowest_on]
    count = len(plan.breaches)
    return CashMove(lowest, plan.lowest_on, lowest, plan.lowest_on, (), count, count)


def _cash(before: CashPlan | None, now: CashPlan | None) -> CashMove | None:
    if before is None or now is None:
        return None
    closing = {one.span.first: one.closing for one in before.months}
    months = tuple(
        (one.span.first, one.closing - closing[one.span.first])
        for one in now.months
        if one.span.first in closing and one.closing != closing[one.span.first]
    )
    return CashMove(
        before.balances[before.lowest_on],
        before.lowest_on,
        now.balances[now.lowest_on],
        now.lowest_on,
        months,
        len(before.breaches),
        len(now.breaches),
        now.breaches[0].month if now.breaches else None,
    )
