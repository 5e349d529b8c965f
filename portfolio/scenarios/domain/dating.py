"""The plan of a world dated again after a change, by the engine that dates the live one. Pure.

A task whose date the engine gives as before stays exactly where the live plan has it: only what a change moves moves,
also in plans that were brought with dates of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final, NamedTuple

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import PlanTask
from portfolio.planning.domain.schedule import Planner, ScheduledTask
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.world import World

# Tasks that differ between two worlds: with more, the whole is as quick.
MOST_WAVES: Final = 24


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
    live = world.origin
    kept: _Followed | None = live.memo.get("plan")
    if kept is None or kept.live is not live:
        kept = live.memo["plan"] = _Followed(live)
    return kept.tasks if world is live else kept.after(world)


class _Followed:
    """The plan of the live world, and a planner that goes from one world made of it to the next: what differs is a
    wave along the links, not a run of the whole."""

    def __init__(self, live: World) -> None:
        self.live = live
        self.start = _opening(live)
        self.planner = _planner(live)
        self.tasks: Mapping[str, ScheduledTask] = {} if self.planner is None else _placed(live, self.planner)
        self.plan = dict(live.plan)
        self.now = dict(self.tasks)

    def after(self, world: World) -> Mapping[str, ScheduledTask]:
        """The plan of another world. Raises ScenarioError(no_schedule) with the tasks concerned."""
        changed = self._changed(world)
        if self.planner is None or changed is None:
            planner = _planner(world, beside=self.planner)
            return {} if planner is None else _placed(world, planner)
        for one in changed:
            try:
                self.now.update(self.planner.change(one))
            except PlanningError as error:
                raise _no_schedule(world, error) from error
            self.plan[one.key] = one
        return dict(self.now)

    def _changed(self, world: World) -> list[PlanTask] | None:
        """What a world says of its tasks that the planner does not; None when it has others, or other links."""
        if world.links != self.live.links or world.plan.keys() != self.plan.keys() or _opening(world) != self.start:
            return None
        found = [one for key, one in world.plan.items() if one is not self.plan[key]]
        moved = any(one.parent != self.plan[one.key].parent for one in found)
        return None if moved or len(found) > MOST_WAVES else found


def _opening(world: World) -> datetime:
    starts = [one.project_start for one in world.plan.values() if one.project_start is not None]
    return min(starts, default=datetime.combine(world.today, time()))


def _planner(world: World, beside: Planner | None = None) -> Planner | None:
    """A planner of the whole; None when nothing in it is the world's own."""
    if all(one.outside for one in world.plan.values()):
        return None
    try:
        return Planner(
            world.plan.values(),
            world.links,
            calendar=world.calendar,
            project_start=_opening(world),
            near_critical=day_minutes(world.calendar),
            beside=beside,
        )
    except (PlanningError, CalendarError) as error:
        raise _no_schedule(world, error) from error


def _placed(world: World, planner: Planner) -> Mapping[str, ScheduledTask]:
    try:
        return planner.schedule().tasks
    except (PlanningError, CalendarError) as error:
        raise _no_schedule(world, error) from error


def _no_schedule(world: World, error: PlanningError | CalendarError) -> ScenarioError:
    path = getattr(error, "path", ())
    names = tuple(world.tasks[key].name for key in path if key in world.tasks)
    return ScenarioError("no_schedule", tasks=names, reason=error.code)


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
