"""Three ways: what an operation was made on, what the live plan is now, what the scenario wants. Pure.

An operation keeps the live values of what it touches, as they were when it was added (`snapshot`). When they have
moved since, it is a conflict: the live plan is kept, or the operation is done so that it arrives where the scenario
showed (`rebased`), never where the sum of both moves would lead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import Any

from portfolio.finance.domain.budget import Amounts
from portfolio.planning.domain.durations import day_minutes
from portfolio.scenarios.domain.dating import dated, later, later_day
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
from portfolio.scenarios.domain.world import Place, World

Values = Mapping[str, Any]
"""By field, as JSON: dates and amounts are texts, minutes are numbers."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the live plan has changed since. None: there was none, or it is gone. `subject` is whose it is,
    when it is not that of the operation's own row (a person of a task)."""

    field: str
    before: Any
    now: Any
    subject: str = ""


def differences(before: Values, now: Values) -> tuple[Difference, ...]:
    """What has moved, in the order of `before`; a field that the snapshot did not keep yet says nothing."""
    found = []
    for name, value in before.items():
        current = now.get(name)
        if isinstance(value, dict):
            theirs = current if isinstance(current, dict) else {}
            found += [
                Difference(name, value.get(key), theirs.get(key), key)
                for key in sorted(value.keys() | theirs.keys())
                if value.get(key) != theirs.get(key)
            ]
        elif value != current:
            found.append(Difference(name, value, current))
    return tuple(found)


@singledispatch
def snapshot(operation: Operation, world: World) -> dict[str, Any]:
    """The live values that an operation touches; empty when what it names is not there (any more)."""
    raise NotImplementedError(type(operation).__name__)


@snapshot.register(ShiftProject)
@snapshot.register(StopProject)
@snapshot.register(ResizeProject)
def _(operation: ShiftProject | StopProject | ResizeProject, world: World) -> dict[str, Any]:
    found = world.projects.get(operation.project)
    if found is None:
        return {}
    values: dict[str, Any] = {
        "starts_on": found.starts_on.isoformat(),
        "ends_on": found.ends_on.isoformat(),
        "phase": found.phase,
    }
    if not isinstance(operation, ShiftProject):
        works = [one.work_minutes for one in world.works.values() if one.project == found.key]
        values |= {"forecast": str(world.amounts_of(found.key).forecast), "work_minutes": sum(works)}
    return values


@snapshot.register(ShiftTask)
@snapshot.register(SplitTask)
def _(operation: ShiftTask | SplitTask, world: World) -> dict[str, Any]:
    return _of_task(operation.task, world)


@snapshot.register(Reassign)
@snapshot.register(ReduceTask)
def _(operation: Reassign | ReduceTask, world: World) -> dict[str, Any]:
    values = _of_task(operation.task, world)
    if values:
        works = world.works_of.get(operation.task, ())
        values["people"] = {one.person: one.work_minutes for one in works}
    return values


def _of_task(key: str, world: World) -> dict[str, Any]:
    found = world.tasks.get(key)
    if found is None:
        return {}
    return {
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "percent_complete": str(found.percent),
        "work_minutes": found.work_minutes,
    }


@snapshot.register
def _(operation: MoveMilestone, world: World) -> dict[str, Any]:
    found = world.milestones.get(operation.milestone)
    if found is None:
        return {}
    return {"due_on": found.due_on.isoformat(), "actual_on": _text(found.actual_on)}


@snapshot.register
def _(operation: ChangeRate, world: World) -> dict[str, Any]:
    if operation.person:
        known = operation.person in world.people
        rate = world.rate_of(operation.person, operation.from_on) if known else None
    else:
        steps = world.profile_rates.get(operation.profile, ())
        known = operation.profile in world.names.profiles
        begun = [value for since, value in steps if since <= operation.from_on]
        rate = begun[-1] if begun else None
    return {"daily_rate": None if rate is None else f"{rate:f}"} if known else {}


@snapshot.register
def _(operation: MoveContract, world: World) -> dict[str, Any]:
    contracts = world.books.contracts if world.books is not None else ()
    found = next((one for one in contracts if one.key == operation.contract), None)
    if found is None:
        return {}
    days = {
        one.key: _text(one.recurrence.starts_on if one.recurrence is not None else one.on)
        for one in found.instalments
        if not one.trigger
    }
    return {"instalments": days}


@snapshot.register
def _(operation: Allocate, world: World) -> dict[str, Any]:
    found = world.projects.get(operation.project)
    return {} if found is None else {"phase": found.phase}


@snapshot.register
def _(operation: ChangeBudget, world: World) -> dict[str, Any]:
    if operation.project not in world.projects:
        return {}
    place = Place(operation.project, operation.category, operation.nature, operation.month)
    return {"forecast": str(world.lines.get(place, Amounts()).forecast)}


@snapshot.register
def _(operation: AddProject, world: World) -> dict[str, Any]:
    taken = [one.key for one in world.projects.values() if one.code == operation.code and not one.added]
    return {"code_taken": bool(taken)}


@snapshot.register
def _(operation: Hire, world: World) -> dict[str, Any]:
    return {"profile": world.names.profiles.get(operation.profile, "")}


def rebased(operation: Operation, before: Values, world: World) -> Operation | None:
    """The operation that leads, from the live plan as it now is, where this one led from what it was made on; None
    when the live plan is there already. What is said in absolute terms, or as a share, stays as it is."""
    world = dated(world)
    if isinstance(operation, MoveMilestone) and "due_on" in before and operation.milestone in world.milestones:
        wanted = date.fromisoformat(before["due_on"]) + timedelta(days=operation.days)
        return _with_days(operation, (wanted - world.milestones[operation.milestone].due_on).days)
    if isinstance(operation, ShiftTask) and "starts_at" in before and operation.task in world.tasks:
        now, calendar = world.tasks[operation.task], world.calendar_of(operation.task)
        was = datetime.fromisoformat(before["starts_at"])
        target = later(was, operation.days, calendar, opens=not now.point)
        minutes = calendar.working_minutes_between(now.starts_at, target)
        return _with_days(operation, _days(minutes, day_minutes(calendar)))
    if isinstance(operation, ShiftProject) and "ends_on" in before and operation.project in world.projects:
        project = world.projects[operation.project]
        calendar = world.calendars.get(project.key, world.calendar)
        aim = later_day(date.fromisoformat(before["ends_on"]), operation.days, calendar)
        low, high = sorted((project.ends_on, aim))
        count = calendar.working_days_between(low, high - timedelta(days=1))
        return _with_days(operation, count if aim >= project.ends_on else -count)
    return operation


def _with_days(operation: Any, days: int) -> Operation | None:
    if not days:
        return None
    found: Operation = replace(operation, days=days)
    return found


def _days(minutes: int, day: int) -> int:
    return int((Decimal(minutes) / day).to_integral_value(rounding="ROUND_HALF_EVEN"))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
