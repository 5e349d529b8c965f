"""The part of a task that an overload lets one change: all of it, or what comes from the overload on. Pure.

A task that has begun is cut on the eve of the overload, without rest: what is given to somebody else, or left undone,
is then work that is still to come, and counts in the weeks to come alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portfolio.scenarios.domain.operations import Operation, SplitTask
from portfolio.scenarios.domain.proposals import Board
from portfolio.scenarios.domain.world import SECOND, TaskFacts, Work


@dataclass(frozen=True, slots=True)
class Part:
    """`key` names the part once `operations` are done; `works` are the minutes of each person in it, from `start` to
    `finish`."""

    key: str
    operations: tuple[Operation, ...]
    start: datetime
    finish: datetime
    works: Mapping[str, int]


def part_of(board: Board, task: TaskFacts) -> Part | None:
    """What may be changed of a task; None when nothing of it comes after the overload begins."""
    works = board.world.works_of.get(task.key, ())
    monday = board.target.weeks[0]
    opening = datetime.combine(monday, time())
    if (not task.begun and not task.percent) or task.starts_at >= opening:
        return Part(task.key, (), task.starts_at, task.ends_at, {one.person: one.work_minutes for one in works})
    if task.point or task.summary or task.ends_at <= opening or task.key.endswith(SECOND):
        return None
    calendar = board.world.calendar_of(task.key)
    whole = calendar.working_minutes_between(task.starts_at, task.ends_at)
    first = calendar.working_minutes_between(task.starts_at, opening) if opening > task.starts_at else 0
    if not 0 < first < whole:
        return None
    split = SplitTask(task.key, monday - timedelta(days=1), monday)
    left = {one.person: one.work_minutes - one.work_minutes * first // whole for one in works}
    return Part(task.key + SECOND, (split,), calendar.next_working_instant(opening), task.ends_at, left)


def asked_of(board: Board, part: Part, work: Work) -> Mapping[date, int]:
    """The minutes of somebody's part by week."""
    return board.spread(work.person, part.works.get(work.person, 0), part.start, part.finish)
