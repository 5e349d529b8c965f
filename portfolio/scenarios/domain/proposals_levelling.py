"""The tasks of an overload as a problem of levelling: days for instants, the people concerned for the one resource.

What cannot move, or does not follow what moves, takes its part of the resource before; elsewhere than in the weeks of
the overload there is at least what is asked today. A task costs a unit for each day that it moves and, through an
activity without duration that follows it, what `Board.cost` says for each day beyond its float.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portfolio.capacity.domain.levelling.errors import LevellingError
from portfolio.capacity.domain.levelling.level import level
from portfolio.capacity.domain.levelling.problem import Activity, Link, Mode, Problem, Project, Resource
from portfolio.capacity.domain.load import monday_of
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import DependencyType
from portfolio.scenarios.domain.proposals import OF_A_DELAY, Board
from portfolio.scenarios.domain.proposals_estimate import Estimate, Moves
from portfolio.scenarios.domain.world import TaskFacts

PEOPLE: Final = "people"
# A day of a week is a mean of it: what was feasible stays so.
ROUNDING: Final = Decimal("1.03")


def levelled(board: Board, estimate: Estimate, candidates: Sequence[TaskFacts]) -> Moves | None:
    """The moves of all the candidates that cost least together; None when levelling finds no dates."""
    movable = {one.key: one for one in candidates}
    for one in candidates:
        for key in estimate.reach(one.key):
            task = board.world.tasks[key]
            if board.held(task) is None and any(
                work.person in board.target.persons for work in board.world.works_of.get(key, ())
            ):
                movable[key] = task
    line = _Line(board, min(one.starts_at.date() for one in movable.values()))
    try:
        activities, links = _activities(estimate, movable, line)
        people = _people(board, estimate, movable, line)
        problem = Problem(activities, links, (people,), _projects(board, movable, line))
        placed = level(problem).placements
    except LevellingError:
        return None
    wanted = {one.key for one in candidates}
    days = {
        key: placed[key].start - line.place(one.starts_at.date()) for key, one in movable.items() if key in wanted
    }
    moved = {key: count for key, count in days.items() if count > 0}
    return Moves(moved) if moved else None


class _Line:
    """The working days of the organisation, from a day to the end of the weeks that are known."""

    def __init__(self, board: Board, first: date) -> None:
        calendar, last = board.world.calendar, board.world.weeks[-1] + timedelta(days=6)
        span = (first + timedelta(days=count) for count in range(max((last - first).days, 0) + 1))
        self.days = [day for day in span if calendar.is_working_day(day)]

    def place(self, day: date) -> int:
        """The number of a working day; the next one's for another."""
        return bisect_left(self.days, day)

    def length(self, task: TaskFacts) -> int:
        """The working days that a task lasts: one at least."""
        return max(self.place(task.ends_at.date() + timedelta(days=1)) - self.place(task.starts_at.date()), 1)


def _activities(
    estimate: Estimate, movable: Mapping[str, TaskFacts], line: _Line
) -> tuple[tuple[Activity, ...], tuple[Link, ...]]:
    activities, links = [], []
    for key, task in movable.items():
        start, length = line.place(task.starts_at.date()), line.length(task)
        minutes = -sum(estimate.without([key]).values())
        demand = ((PEOPLE, minutes // length),) if minutes >= length else ()
        activities.append(Activity(key, (Mode(length, demand),), f"move {key}", release=start))
        activities.append(Activity(f"end {key}", (Mode(0),), f"delay {key}"))
        links.append(Link(key, f"end {key}"))
        for other, slack in estimate.reach(key).items():
            if other in movable:
                lag = line.place(movable[other].starts_at.date()) - start - slack
                links.append(Link(key, other, DependencyType.START_START, lag))
    return tuple(activities), tuple(links)


def _people(board: Board, estimate: Estimate, movable: Mapping[str, TaskFacts], line: _Line) -> Resource:
    """The minutes of a day that what does not move leaves to those who are overloaded."""
    gone = estimate.without(movable)
    moving: dict[date, int] = {}
    for (_person, week), minutes in gone.items():
        moving[week] = moving.get(week, 0) - minutes
    counts: dict[date, int] = {}
    for day in line.days:
        counts[monday_of(day)] = counts.get(monday_of(day), 0) + 1
    steps: list[tuple[int, int]] = []
    at = 0
    for week, days in counts.items():
        load = board.total(board.base, week)
        most = board.allowed(board.target.persons, week)
        if week not in board.target.weeks:
            most = max(most, Decimal(load)) * ROUNDING
        free = max(int(most) - (load - moving.get(week, 0)), 0) // days
        steps.append((at, free))
        at += days
    steps.append((at, sum(moving.values()) + 1))
    return Resource(PEOPLE, tuple(steps))


def _projects(board: Board, movable: Mapping[str, TaskFacts], line: _Line) -> tuple[Project, ...]:
    """What each task costs: by the day, and by the day beyond its float."""
    projects: list[Project] = []
    for key, task in movable.items():
        finish = line.place(task.starts_at.date()) + line.length(task)
        spare = max(board.floats.get(key, 0), 0) // day_minutes(board.world.calendar_of(key))
        weight = OF_A_DELAY * board.weights.get(task.project, 1)
        projects += [Project(f"move {key}", 1, finish), Project(f"delay {key}", weight, finish + spare)]
    return tuple(projects)
