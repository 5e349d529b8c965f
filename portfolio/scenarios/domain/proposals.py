"""What could be done of an overload: what is asked, what would do, and why something cannot be done. Pure.

An overload is some people (one, those of a pole, those who have a skill) in some weeks. What would do is a list of
operations, as few as reach the goal: the load of these people together at most the threshold in these weeks, and no
overload made elsewhere. Three natures of proposals are sought (proposals_shift, proposals_swap, proposals_relief);
each is estimated by the spreading of the live load, and checked by the evaluation of scenarios (`Trial`) before it is
given.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from portfolio.capacity.domain.load import monday_of, spread_slices
from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import ConstraintType
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import Operation
from portfolio.scenarios.domain.work_left import slices_of
from portfolio.scenarios.domain.world import SECOND, TaskFacts, Work, World

Loads = Mapping[str, Mapping[date, int]]
"""Minutes by person and week (its Monday)."""
Trial = Callable[[tuple[Operation, ...]], tuple[Loads, Mapping[str, datetime]]]
"""The load after some operations, as the evaluation counts it, and when each task ends. Raises ScenarioError for what
the plan refuses."""

# More load than before that is no new overload: replanning moves work by some days, hence across weeks.
TOLERANCE: Final = Decimal("0.05")
GROUP_TOLERANCE: Final = Decimal("0.01")
# A delay of a project counts so many times the move of a task within its float.
OF_A_DELAY: Final = 10
FIXED: Final = {ConstraintType.MUST_START_ON, ConstraintType.MUST_FINISH_ON}


class Nature(StrEnum):
    """What kind of way out a proposal is."""

    SHIFT = "shift"
    SWAP = "swap"
    RELIEF = "relief"


class Held(StrEnum):
    """Why a task cannot be moved."""

    BEGUN = "begun"
    FIXED = "fixed"
    CLOSED = "closed"


class Why(StrEnum):
    """Why there is no proposal of a nature. See `Proposal.facts` for what each knows."""

    NO_TASK = "no_task"  # nothing but bookings makes this load
    HELD = "held"  # every task that makes it is held: `tasks`, `begun`, `fixed`, `closed` (how many)
    NOT_ENOUGH = "not_enough"  # all that may be done leaves `ratio` (load over capacity), `held` tasks are held
    ELSEWHERE = "elsewhere"  # what would do makes an overload of `person` (or of the group) in `week`
    NO_SKILL = "no_skill"  # nobody else has what `persons` know: `skills`
    NO_ROOM = "no_room"  # those who know have no time before `before` (None: in the year)
    GONE = "gone"  # the plan has moved since it was found
    OVER = "over"  # the weeks have begun, or are no overload (any more)


@dataclass(frozen=True, slots=True)
class Target:
    """Whose overload, in which weeks (Mondays, in order), beyond which load over capacity (1 is full)."""

    persons: frozenset[str]
    weeks: tuple[date, ...]
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Operations of one nature, or why there are none; `facts` are the keys and numbers that a sentence needs."""

    nature: Nature
    operations: tuple[Operation, ...] = ()
    why: Why | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Breach:
    """More load than may be: of a person, or of all (empty), in a week."""

    person: str
    week: date


@dataclass
class Board:
    """An overload and the plan that it is in. `weights` is what a delay of each project weighs (1 is the least),
    `floats` the total float of tasks within their project in minutes, `deadlines` the dates that tasks must keep,
    `base` the load of the live plan."""

    world: World
    target: Target
    trial: Trial
    base: Loads
    weights: Mapping[str, int] = field(default_factory=dict)
    floats: Mapping[str, int] = field(default_factory=dict)
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    _asked: dict[str, Mapping[date, int]] = field(default_factory=dict, init=False, repr=False)
    _spread: dict[tuple[int, int, datetime, datetime], Mapping[date, int]] = field(
        default_factory=dict, init=False, repr=False
    )

    # --- load

    def capacity(self, person: str, week: date) -> int:
        """Minutes that a person has in a week; 0 outside the weeks of the plan."""
        at = self._week_index.get(week)
        return 0 if at is None else self.world.people[person].capacity[at]

    @cached_property
    def _week_index(self) -> Mapping[date, int]:
        return {week: at for at, week in enumerate(self.world.weeks)}

    def allowed(self, persons: Iterable[str], week: date) -> Decimal:
        """The most load of these persons together in a week."""
        return self.target.threshold * sum(self.capacity(one, week) for one in persons)

    def excess(self, loads: Loads) -> dict[date, Decimal]:
        """Minutes beyond the threshold in each week of the target; weeks that hold it are left out."""
        found = {}
        for week in self.target.weeks:
            over = self.total(loads, week) - self.allowed(self.target.persons, week)
            if over > 0:
                found[week] = over
        return found

    def total(self, loads: Loads, week: date) -> int:
        """The load of the target's persons together."""
        return sum(loads.get(one, {}).get(week, 0) for one in self.target.persons)

    def ratio(self, loads: Loads) -> Decimal | None:
        """The greatest load over capacity among the target's weeks (4 decimals); None without any capacity."""
        ratios = []
        for week in self.target.weeks:
            capacity = sum(self.capacity(one, week) for one in self.target.persons)
            if capacity:
                ratios.append(Decimal(self.total(loads, week)) / capacity)
        return max(ratios).quantize(Decimal("0.0001")) if ratios else None

    def worsened(self, loads: Loads) -> Breach | None:
        """The first overload that is new, or that has grown: of somebody, or of the target's persons together in
        another week."""
        breach = self.outgrown(loads)
        if breach is not None:
            return breach
        for week in self.world.weeks:
            more = self.total(loads, week) - self.total(self.base, week)
            if week not in self.target.weeks and not self.group_fits(week, more):
                return Breach("", week)
        return None

    def outgrown(self, loads: Loads) -> Breach | None:
        """Somebody who has more load than before in a week, and too much."""
        for person, weeks in loads.items():
            if person not in self.world.people:
                continue
            before = self.base.get(person, {})
            if weeks is before:  # nothing of theirs has changed
                continue
            for week, minutes in weeks.items():
                if week not in self._week_index or minutes <= before.get(week, 0):
                    continue
                capacity = self.capacity(person, week)
                most = max(self.target.threshold * capacity, Decimal(before.get(week, 0))) + TOLERANCE * capacity
                if minutes > most:
                    return Breach(person, week)
        return None

    def group_fits(self, week: date, more: int) -> bool:
        """Whether the target's persons may have so many minutes more together in a week that is not the target's;
        what one of them may is `outgrown`'s to say."""
        if more <= 0 or week not in self._week_index or len(self.target.persons) == 1:
            return True
        capacity = sum(self.capacity(one, week) for one in self.target.persons)
        before = self.total(self.base, week)
        most = max(self.target.threshold * capacity, Decimal(before)) + GROUP_TOLERANCE * capacity
        return before + more <= most

    def does(self, loads: Loads) -> bool:
        """Whether the goal is reached."""
        return not self.excess(loads) and self.worsened(loads) is None

    def tried(self, operations: Sequence[Operation], *, still: bool = False) -> Loads | None:
        """The load after these operations; None when the plan refuses them, or a deadline would be missed. `still`:
        or a task would end later than it does."""
        try:
            loads, ends = self.trial(tuple(operations))
        except ScenarioError:
            return None
        if any(self.misses(task, end) for task, end in ends.items()):
            return None
        return None if still and any(self.delays(task, end) for task, end in ends.items()) else loads

    def delays(self, task: str, end: datetime) -> bool:
        """Whether a task (or the part that was cut from it) ends later than it does, by a day or more."""
        known = self.world.tasks.get(task.removesuffix(SECOND))
        return known is not None and end.date() > known.ends_at.date()

    def misses(self, task: str, end: datetime) -> bool:
        """Whether a task would miss a deadline that it keeps, by ending then."""
        deadline = self.deadlines.get(task)
        return deadline is not None and end > deadline >= self.world.tasks[task].ends_at

    # --- the tasks that make the load

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """The work of the target's persons on open tasks, that asks something in the target's weeks."""
        return tuple(
            one
            for one in self.world.works.values()
            if one.person in self.target.persons
            and one.task in self.world.tasks
            and not self.world.tasks[one.task].done
            and any(self.asked(one).get(week) for week in self.target.weeks)
        )

    @cached_property
    def tasks(self) -> tuple[TaskFacts, ...]:
        """The tasks of `works`, by what a delay of theirs costs, the least first."""
        keys = dict.fromkeys(one.task for one in self.works)
        return tuple(sorted((self.world.tasks[key] for key in keys), key=lambda one: self.rank(one.key)))

    def rank(self, task: str) -> tuple[int, int, str]:
        """Least priority first: the weight of the project, then the most float."""
        facts = self.world.tasks[task]
        return self.weights.get(facts.project, 1), -self.floats.get(task, 0), facts.key

    def held(self, task: TaskFacts) -> Held | None:
        """Why a task cannot be moved; None for one that can."""
        project = self.world.projects[task.project]
        planned = self.world.plan[task.key]
        if project.fixed or project.stopped_on is not None or task.project not in self.world.detailed:
            return Held.CLOSED
        if task.begun or planned.actual_start is not None or task.percent > 0:
            return Held.BEGUN
        if planned.manual or planned.constraint in FIXED:
            return Held.FIXED
        return None

    def asked(self, work: Work) -> Mapping[date, int]:
        """Minutes of a work by week, as the live plan counts them."""
        found = self._asked.get(work.key)
        if found is None:
            found = self._asked[work.key] = by_week(slices_of(work, self.world))
        return found

    def spread(self, person: str, minutes: int, start: datetime, finish: datetime) -> Mapping[date, int]:
        """`minutes` of somebody from `start` to `finish`, by week."""
        calendar = self.world.people[person].calendar
        # Most people share a calendar, and are never away.
        place = (id(calendar), minutes, start, finish)
        found = self._spread.get(place)
        if found is None:
            try:
                found = by_week(spread_slices(minutes, start, finish, calendar))
            except CalendarError:
                found = {monday_of(start.date()): minutes}
            self._spread[place] = found
        return found

    # --- costs

    def cost(self, task: str, days: int) -> int:
        """What moving a task by so many working days costs: a unit a day, and for each day by which it delays its
        project OF_A_DELAY times the weight of the project."""
        if days <= 0:
            return 0
        facts = self.world.tasks[task]
        spare = max(self.floats.get(task, 0), 0) // day_minutes(self.world.calendar_of(task))
        return days + OF_A_DELAY * self.weights.get(facts.project, 1) * max(0, days - spare)

    @property
    def after(self) -> date:
        """The Monday after the last week of the target."""
        return self.target.weeks[-1] + timedelta(days=7)


def live_target(target: Target, today: date) -> Target:
    """The target without the weeks that have begun: they are no longer planned again."""
    return Target(target.persons, tuple(week for week in target.weeks if week > today), target.threshold)


def by_week(slices: Mapping[date, int]) -> dict[date, int]:
    """Minutes by week of what is counted by slice."""
    weeks: dict[date, int] = {}
    for one, minutes in slices.items():
        weeks[monday_of(one)] = weeks.get(monday_of(one), 0) + minutes
    return weeks
