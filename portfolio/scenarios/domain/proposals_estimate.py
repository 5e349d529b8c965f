"""What moving tasks does to the load of the people of an overload, without dating the plan again. Pure.

Only the tasks that follow a moved one move with it, by what the slack between them does not absorb. The engine says
the same in more time: a proposal is estimated many times, and evaluated a few.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from math import ceil

from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import Dependency, DependencyType, LagUnit
from portfolio.scenarios.domain.dating import later
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.proposals import Board
from portfolio.scenarios.domain.world import Work

FROM_FINISH = {DependencyType.FINISH_START, DependencyType.FINISH_FINISH}
TO_START = {DependencyType.FINISH_START, DependencyType.START_START}


@dataclass(frozen=True, slots=True)
class Gap:
    """A task that stops on `at` and goes on so many working days later."""

    at: date
    days: int


@dataclass(frozen=True, slots=True)
class Moves:
    """How many working days later tasks are, and which are split."""

    days: Mapping[str, int] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)


class Estimate:
    """The load of the target's people after some moves."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._reach: dict[str, Mapping[str, int]] = {}
        self._changes: dict[tuple[str, int, Gap | None], Mapping[tuple[str, date], int]] = {}

    def loads(self, change: Mapping[tuple[str, date], int]) -> dict[str, dict[date, int]]:
        """The minutes of the target's persons by week, once changed."""
        after = {one: dict(self.board.base.get(one, {})) for one in self.board.target.persons}
        for (person, week), minutes in change.items():
            after[person][week] = after[person].get(week, 0) + minutes
        return after

    def fits(self, moves: Moves) -> bool:
        """Whether the goal is reached, as estimated, and every deadline kept."""
        board, change = self.board, self.change(moves)
        gained: dict[date, int] = {}
        for (_person, week), minutes in change.items():
            gained[week] = gained.get(week, 0) + minutes
        if any(over + gained.get(week, 0) > 0 for week, over in self._over.items()):
            return False
        touched: dict[str, dict[date, int]] = {}
        for (person, week), minutes in change.items():
            if minutes > 0:
                known = board.base.get(person, {}).get(week, 0)
                touched.setdefault(person, {})[week] = known + minutes
        if board.outgrown(touched) is not None or not self.keeps(moves):
            return False
        return all(
            minutes <= 0 or week in self._over or board.group_fits(week, minutes) for week, minutes in gained.items()
        )

    @cached_property
    def _over(self) -> Mapping[date, int]:
        """By how much the load is beyond the threshold in each week of the target (negative: what is left)."""
        board = self.board
        persons = board.target.persons
        return {
            week: ceil(board.total(board.base, week) - board.allowed(persons, week)) for week in board.target.weeks
        }

    def without(self, tasks: Iterable[str]) -> dict[tuple[str, date], int]:
        """What is taken away when these tasks are gone altogether."""
        total: dict[tuple[str, date], int] = {}
        for task in tasks:
            for one in self.board.world.works_of.get(task, ()):
                if one.person in self.board.target.persons:
                    for week, minutes in self.board.asked(one).items():
                        total[one.person, week] = total.get((one.person, week), 0) - minutes
        return total

    def change(self, moves: Moves) -> dict[tuple[str, date], int]:
        """What the moves add to each person and week (negative: take away)."""
        total: dict[tuple[str, date], int] = {}
        for task, days in self.pushed(moves).items():
            for key, minutes in self._of_task(task, days, moves.gaps.get(task)).items():
                total[key] = total.get(key, 0) + minutes
        return total

    def keeps(self, moves: Moves) -> bool:
        """Whether every deadline is kept, as estimated."""
        tasks = self.board.world.tasks
        for task, days in self.pushed(moves).items():
            gap = moves.gaps.get(task)
            later_by = days if gap is None else days + gap.days
            bound = later_by and task in self.board.deadlines
            if bound and self.board.misses(task, self.moved(task, tasks[task].ends_at, later_by)):
                return False
        return True

    def pushed(self, moves: Moves) -> dict[str, int]:
        """By how many working days each task moves: those that are moved, those that follow. A task that is split is
        among them, with 0 days when nothing pushes it."""
        found = dict.fromkeys(moves.gaps, 0) | dict(moves.days)
        origins = {**moves.days, **{task: gap.days for task, gap in moves.gaps.items()}}
        for task, days in origins.items():
            for follower, slack in self.reach(task).items():
                if days > slack and self.board.held(self.board.world.tasks[follower]) is None:
                    found[follower] = max(found.get(follower, 0), days - slack)
        return found

    def reach(self, task: str) -> Mapping[str, int]:
        """The tasks that follow a task, with the working days that it may move before they do."""
        known = self._reach.get(task)
        if known is None:
            best: dict[str, int] = {}
            queue = [(0, task)]
            while queue:
                slack, key = heapq.heappop(queue)
                if best.get(key, slack) < slack:
                    continue
                for other, more in self._after.get(key, ()):
                    if slack + more < best.get(other, slack + more + 1):
                        best[other] = slack + more
                        heapq.heappush(queue, (slack + more, other))
            best.pop(task, None)
            known = self._reach[task] = best
        return known

    @cached_property
    def _after(self) -> Mapping[str, list[tuple[str, int]]]:
        """Which tasks wait for each, and the working days between them beyond what the link asks."""
        found: dict[str, list[tuple[str, int]]] = {}
        for link in self.board.world.links:
            for one in self._leaves(link.predecessor):
                for other in self._leaves(link.successor):
                    found.setdefault(one, []).append((other, self._slack(link, one, other)))
        return found

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, one in self.board.world.plan.items():
            if one.parent is not None:
                found.setdefault(one.parent, []).append(key)
        return found

    def _leaves(self, key: str) -> Iterator[str]:
        """A task, or all that is under a summary."""
        below = self._children.get(key)
        if below is None:
            if key in self.board.world.tasks:
                yield key
            return
        for child in below:
            yield from self._leaves(child)

    def _slack(self, link: Dependency, one: str, other: str) -> int:
        world = self.board.world
        before, after = world.tasks[one], world.tasks[other]
        held = before.ends_at if link.type in FROM_FINISH else before.starts_at
        end = after.starts_at if link.type in TO_START else after.ends_at
        calendar = world.calendar_of(other)
        try:
            minutes = calendar.working_minutes_between(held, end)
        except CalendarError:
            return 0
        if link.lag_unit is LagUnit.WORKING:
            minutes -= link.lag
        elif link.lag_unit is LagUnit.ELAPSED:
            minutes -= link.lag * 5 // 21  # of the minutes of a week, those of work
        return max(minutes, 0) // day_minutes(calendar)

    def _of_task(self, task: str, days: int, gap: Gap | None) -> Mapping[tuple[str, date], int]:
        key = (task, days, gap)
        found = self._changes.get(key)
        if found is None:
            found = self._changes[key] = self._change_of_task(task, days, gap)
        return found

    def _change_of_task(self, task: str, days: int, gap: Gap | None) -> Mapping[tuple[str, date], int]:
        board = self.board
        facts = board.world.tasks[task]
        works = [one for one in board.world.works_of.get(task, ()) if one.person in board.target.persons]
        if not works or (not days and gap is None):
            return {}
        start = self.moved(task, facts.starts_at, days, opens=True)
        finish = self.moved(task, facts.ends_at, days)
        total: dict[tuple[str, date], int] = {}

        def add(person: str, weeks: Mapping[date, int], sign: int) -> None:
            for week, minutes in weeks.items():
                total[person, week] = total.get((person, week), 0) + sign * minutes

        for one in works:
            add(one.person, board.asked(one), -1)
            for share, low, high in self._parts(one, start, finish, gap):
                add(one.person, board.spread(one.person, share, low, high), 1)
        return total

    def _parts(
        self, work: Work, start: datetime, finish: datetime, gap: Gap | None
    ) -> Iterable[tuple[int, datetime, datetime]]:
        """Minutes of a work, and from when to when they are done."""
        stop = None if gap is None else datetime.combine(gap.at, time())
        if stop is None or gap is None or not start < stop < finish:
            return ((work.work_minutes, start, finish),)
        calendar = self.board.world.calendar_of(work.task)
        done = calendar.working_minutes_between(start, stop)
        share = work.work_minutes * done // max(calendar.working_minutes_between(start, finish), 1)
        resumed = self.moved(work.task, stop, gap.days, opens=True)
        return (
            (share, start, stop),
            (work.work_minutes - share, resumed, self.moved(work.task, finish, gap.days)),
        )

    def moved(self, task: str, instant: datetime, days: int, *, opens: bool = False) -> datetime:
        """An instant of a task so many working days later; itself where its calendar ends."""
        try:
            return later(instant, days, self.board.world.calendar_of(task), opens=opens)
        except ScenarioError:
            return instant
