"""A project that ends before its time, or that is made larger or smaller from today on. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from portfolio.capacity.domain.booking import Booking
from portfolio.finance.domain.budget import Amounts, first_of_month, to_cents
from portfolio.planning.domain.network import PlanTask
from portfolio.scenarios.domain.cash_changes import without_unissued
from portfolio.scenarios.domain.dating import dated
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import ResizeProject, StopProject
from portfolio.scenarios.domain.plan_changes import scaled
from portfolio.scenarios.domain.triggers import triggers_of
from portfolio.scenarios.domain.work_left import DAY, cut, rounded
from portfolio.scenarios.domain.world import Booked, Place, TaskFacts, Work, World


def stop_project(operation: StopProject, world: World) -> World:
    """What comes after the day is gone: tasks that begin later, the rest of those that are under way, bookings,
    milestones that are not met, instalments that are not invoiced, and what was still to be spent from the next month
    on, its parts of shared budgets aside: they are spent all the same. Raises ScenarioError: past, and those of
    `World.project`."""
    world = dated(world)
    project, on = world.project(operation.project), operation.on
    if on < world.today:
        raise ScenarioError("past", "on", day=on)
    world = _without_tasks(world, project.key, on)
    month = first_of_month(on)
    lines = {
        place: replace(amounts, forecast=amounts.actual)
        if place.project == project.key and place.month > month and not place.envelope
        else amounts
        for place, amounts in world.lines.items()
    }
    bookings = {}
    for key, row in world.bookings.items():
        kept: Booking | None = row.booking if row.project != project.key else cut(row, on + DAY, world)[0]
        if kept is not None:
            bookings[key] = replace(row, booking=kept)
    milestones = {
        key: one
        for key, one in world.milestones.items()
        if one.project != project.key or one.actual_on is not None or one.due_on <= on
    }
    ended = replace(project, stopped_on=on, ends_on=max(min(project.ends_on, on), project.starts_on))
    books = None if world.books is None else replace(world.books, triggers=triggers_of(world, world.books))
    return world.with_(
        lines=lines,
        bookings=bookings,
        milestones=milestones,
        projects={**world.projects, project.key: ended},
        books=without_unissued(books, project.key, on, world.today),
    )


def _without_tasks(world: World, project: str, on: date) -> World:
    """The plan of a project as it is on the evening of a day."""
    evening = datetime.combine(on + DAY, time())
    mine = world.tasks_of.get(project, ())
    gone = {one.key for one in mine if not one.summary and not one.begun and one.starts_at >= evening}
    gone |= _empty(world.plan, {one.key for one in mine if one.summary}, gone)
    tasks = {key: one for key, one in world.tasks.items() if key not in gone}
    plan = {key: one for key, one in world.plan.items() if key not in gone}
    works: dict[str, Work] = {key: one for key, one in world.works.items() if one.task not in gone}
    for one in mine:
        if one.key in gone or one.summary or one.done or one.ends_at <= evening:
            continue
        calendar = world.calendar_of(one.key)
        whole = calendar.working_minutes_between(one.starts_at, one.ends_at)
        worked = max(calendar.working_minutes_between(one.starts_at, evening), 0)
        share = Decimal(worked) / whole if whole else Decimal(0)
        ends_at = calendar.add_working_minutes(one.starts_at, worked)
        tasks[one.key] = replace(one, ends_at=ends_at, work_minutes=rounded(one.work_minutes * share))
        plan[one.key] = replace(
            plan[one.key], manual=True, start=one.starts_at, finish=ends_at, duration_minutes=worked
        )
        for work in world.works_of.get(one.key, ()):
            works[work.key] = replace(work, work_minutes=rounded(work.work_minutes * share))
    links = tuple(link for link in world.links if link.predecessor not in gone and link.successor not in gone)
    return world.with_(tasks=tasks, plan=plan, works=works, links=links, moved=True)


def _empty(plan: Mapping[str, PlanTask], summaries: set[str], gone: set[str]) -> set[str]:
    """The summaries that hold nothing any more."""
    found: set[str] = set()
    while True:
        held = {one.parent for key, one in plan.items() if key not in gone and key not in found}
        emptied = {key for key in summaries - found if key not in held}
        if not emptied:
            return found
        found |= emptied


def resize_project(operation: ResizeProject, world: World) -> World:
    """The work that is left of every task, the time still booked and what is still to be spent, times the factor.
    Raises ScenarioError: nothing_left, and those of `World.project`."""
    world = dated(world)
    project, factor = world.project(operation.project), operation.factor
    tasks = [one for one in world.tasks_of.get(project.key, ()) if not one.summary and not one.done]
    lines = _resized(world, project.key, factor)
    bookings = _rebooked(world, project.key, factor)
    if lines == world.lines and bookings == world.bookings and not any(_has_work(world, one) for one in tasks):
        raise ScenarioError("nothing_left", "project", project=project.name)
    return scaled(world.with_(lines=lines, bookings=bookings), tasks, factor)


def _has_work(world: World, task: TaskFacts) -> bool:
    return bool(task.work_minutes or world.works_of.get(task.key))


def _resized(world: World, project: str, factor: Decimal) -> dict[Place, Amounts]:
    month = first_of_month(world.today)
    return {
        place: replace(one, forecast=one.actual + to_cents((one.forecast - one.actual) * factor))
        if place.project == project and place.month >= month and not place.envelope
        else one
        for place, one in world.lines.items()
    }


def _rebooked(world: World, project: str, factor: Decimal) -> dict[str, Booked]:
    found: dict[str, Booked] = {}
    for key, row in world.bookings.items():
        if row.project != project:
            found[key] = row
            continue
        before, after = cut(row, world.today, world)
        if before is not None:
            found[key] = replace(row, booking=before)
        if after is not None and factor:
            larger = replace(
                after,
                share=None if after.share is None else (after.share * factor).quantize(Decimal("0.0001")),
                days=None if after.days is None else (after.days * factor).quantize(Decimal("0.01")),
            )
            rest = key if before is None else f"{key}/{world.today.isoformat()}"
            found[rest] = replace(row, key=rest, booking=larger)
    return found
