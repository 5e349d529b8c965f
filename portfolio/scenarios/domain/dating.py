"""The plan of a world dated again after a change, by the engine that dates the live one. Pure.

A task whose date the engine gives as before stays exactly where the live plan has it: only what a change moves moves,
also in plans that were brought with dates of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import NamedTuple

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Planner, ScheduledTask
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.world import World


class Dates(NamedTuple):
    """Of a task."""

    start: datetime
    finish: datetime


def dated(world: World) -> World:
    """The world with the dates that its plan now has. Raises ScenarioError(no_schedule) with the tasks concerned."""
    if not world.moved:
        return world
    before, after = _scheduled(world.origin), _scheduled(world)
    live = world.origin.tasks
    tasks = dict(world.tasks)
    for key, one in tasks.items():
        placed = after.get(key)
        if placed is None:
            continue
        known = before.get(key)
        same = known is not None and (known.start, known.finish) == (placed.start, placed.finish)
        dates = Dates(live[key].starts_at, live[key].ends_at) if same else Dates(placed.start, placed.finish)
        if (one.starts_at, one.ends_at) != dates:
            tasks[key] = replace(one, starts_at=dates.start, ends_at=dates.finish)
    return world.with_(tasks=tasks, moved=False)


def _scheduled(world: World) -> Mapping[str, ScheduledTask]:
    if world.live is None:
        if "schedule" not in world.memo:
            world.memo["schedule"] = _run(world)
        found: Mapping[str, ScheduledTask] = world.memo["schedule"]
        return found
    return _run(world)


def _run(world: World) -> Mapping[str, ScheduledTask]:
    if all(one.outside for one in world.plan.values()):
        return {}
    starts = [one.project_start for one in world.plan.values() if one.project_start is not None]
    try:
        planner = Planner(
            world.plan.values(),
            world.links,
            calendar=world.calendar,
            project_start=min(starts, default=datetime.combine(world.today, time())),
            near_critical=day_minutes(world.calendar),
            beside=world.memo.get("planner"),
        )
        world.memo.setdefault("planner", planner)
        return planner.schedule().tasks
    except (PlanningError, CalendarError) as error:
        path = getattr(error, "path", ())
        names = tuple(world.tasks[key].name for key in path if key in world.tasks)
        raise ScenarioError("no_schedule", tasks=names, reason=error.code) from error


def critical(world: World) -> frozenset[str]:
    """The tasks without float in the plan as it now is."""
    return frozenset(key for key, one in _scheduled(world).items() if one.critical and one.percent_complete < 1)


def later(instant: datetime, days: int, calendar: Calendar, *, opens: bool) -> datetime:
    """An instant so many working days of the calendar later (earlier when negative). One that `opens` work falls on
    working time. Raises ScenarioError(no_schedule) where the calendar has no end to count to."""
    try:
        moved = calendar.add_working_minutes(instant, days * day_minutes(calendar))
        return calendar.next_working_instant(moved) if opens else moved
    except CalendarError as error:
        raise ScenarioError("no_schedule", tasks=(), reason=error.code) from error


def later_day(day: date, days: int, calendar: Calendar) -> date:
    """A day so many working days later; a day off counts as the next working one."""
    return later(datetime.combine(day, time()), days, calendar, opens=True).date()
