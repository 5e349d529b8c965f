"""Operations on plans, people and bookings: each makes of a world another one. Pure.

What an operation does here is what its application does to the live rows, so that what was shown is what comes.
"""

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from portfolio.capacity.domain.booking import Booking, Worker, refusals
from portfolio.planning.domain.network import (
    ConstraintType,
    Dependency,
    DependencyType,
    EffortType,
    PlanTask,
    TaskAssignment,
)
from portfolio.scenarios.domain.dating import dated, later, later_day
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import (
    Allocate,
    MoveMilestone,
    Reassign,
    ReduceTask,
    ShiftProject,
    ShiftTask,
    SplitTask,
)
from portfolio.scenarios.domain.work_left import DAY, left_of, rounded, usual_day
from portfolio.scenarios.domain.world import SECOND, Booked, TaskFacts, Work, World

FIXED = (ConstraintType.MUST_START_ON, ConstraintType.MUST_FINISH_ON)
FREE = (ConstraintType.AS_SOON_AS_POSSIBLE, ConstraintType.AS_LATE_AS_POSSIBLE)


def shift_task(operation: ShiftTask, world: World) -> World:
    """Raises ScenarioError: task_begun, and those of `World.task`."""
    world = dated(world)
    task = world.task(operation.task)
    if task.begun:
        raise ScenarioError("task_begun", "task", task=task.name)
    placed = _shifted(world, task, operation.days)
    return world.with_(plan={**world.plan, task.key: placed}, moved=True)


def shift_project(operation: ShiftProject, world: World) -> World:
    """Raises ScenarioError: nothing_left when all of it has begun, and those of `World.project`."""
    world = dated(world)
    project, days = world.project(operation.project), operation.days
    tasks = world.tasks_of.get(project.key, ())
    calendar = world.calendars.get(project.key, world.calendar)
    waiting = {one.key for one in tasks if not one.summary and not one.begun and not one.done}
    if tasks and not waiting:
        raise ScenarioError("nothing_left", "project", project=project.name)
    begun = any(one.begun or one.done for one in tasks if not one.summary)
    starts_on = project.starts_on if begun else later_day(project.starts_on, days, calendar)
    ends_on = max(later_day(project.ends_on, days, calendar), starts_on)
    plan = dict(world.plan)
    held = _held(world, waiting)
    for key in [one.key for one in tasks]:
        one = plan[key]
        if key in waiting and key not in held:
            one = _shifted(world, world.tasks[key], days, keep_slack=True)
        if not begun and one.project_start is not None:
            one = replace(one, project_start=datetime.combine(starts_on, time()))
        plan[key] = one
    milestones = {
        key: replace(one, due_on=later_day(one.due_on, days, calendar))
        if one.project == project.key and one.actual_on is None and one.due_on >= world.today
        else one
        for key, one in world.milestones.items()
    }
    bookings = {
        key: replace(
            one,
            booking=replace(
                one.booking,
                first=later_day(one.booking.first, days, calendar),
                last=max(later_day(one.booking.last, days, calendar), later_day(one.booking.first, days, calendar)),
            ),
        )
        if one.project == project.key and one.booking.first >= world.today
        else one
        for key, one in world.bookings.items()
    }
    projects = {**world.projects, project.key: replace(project, starts_on=starts_on, ends_on=ends_on)}
    return world.with_(plan=plan, milestones=milestones, bookings=bookings, projects=projects, moved=True)


def _held(world: World, waiting: set[str]) -> set[str]:
    """Those of `waiting` that move by themselves, after one of `waiting` that they follow: automatic, without a date
    of their own."""
    before: dict[str, list[str]] = {}
    for link in world.links:
        before.setdefault(link.successor, []).append(link.predecessor)
    under: dict[str, list[str]] = {}
    for key, one in world.plan.items():
        if one.parent is not None:
            under.setdefault(one.parent, []).append(key)

    def leaves(key: str) -> list[str]:
        return [leaf for child in under[key] for leaf in leaves(child)] if key in under else [key]

    found = set()
    for key in waiting:
        one = world.plan[key]
        if one.manual or one.constraint not in FREE:
            continue
        chain, above = [key], one.parent
        while above is not None:
            chain.append(above)
            above = world.plan[above].parent
        if any(leaf in waiting for place in chain for pred in before.get(place, ()) for leaf in leaves(pred)):
            found.add(key)
    return found


def _shifted(world: World, task: TaskFacts, days: int, *, keep_slack: bool = False) -> PlanTask:
    """How a task that has not begun is dated after a shift: by hand where it is, with its date where it must be on
    one, else no earlier than its new start, as when it is dragged in the plan. `keep_slack`: a "no earlier than"
    moves as far as the rest."""
    one, calendar, opens = world.plan[task.key], world.calendar_of(task.key), not task.point
    if one.manual and one.start is not None:
        start = later(one.start, days, calendar, opens=opens)
        minutes = one.duration_minutes
        return replace(one, start=start, finish=calendar.add_working_minutes(start, minutes) if minutes else start)
    if one.constraint in FIXED and one.constraint_date is not None:
        opening = opens and one.constraint is ConstraintType.MUST_START_ON
        return replace(one, constraint_date=later(one.constraint_date, days, calendar, opens=opening))
    since = task.starts_at
    if keep_slack and one.constraint is ConstraintType.START_NO_EARLIER_THAN and one.constraint_date is not None:
        since = one.constraint_date
    return replace(
        one,
        constraint=ConstraintType.START_NO_EARLIER_THAN,
        constraint_date=later(since, days, calendar, opens=opens),
    )


def move_milestone(operation: MoveMilestone, world: World) -> World:
    """Raises ScenarioError: unknown_subject, milestone_met, and those of `World.project`."""
    found = world.milestones.get(operation.milestone)
    if found is None:
        raise ScenarioError("unknown_subject", "milestone")
    world.project(found.project)
    if found.actual_on is not None:
        raise ScenarioError("milestone_met", "milestone", milestone=found.name, day=found.actual_on)
    due_on = found.due_on + DAY * operation.days
    return world.with_(milestones={**world.milestones, found.key: replace(found, due_on=due_on)})


def reassign(operation: Reassign, world: World) -> World:
    """Raises ScenarioError: nobody_assigned, nothing_left, absent (the other is not there meanwhile), and those of
    `World.task`."""
    world = dated(world)
    task = world.task(operation.task)
    giver = world.person(operation.from_person, "from_person")
    taker = world.person(operation.to_person, "to_person")
    works = {one.person: one for one in world.works_of.get(task.key, ())}
    mine = works.get(giver.key)
    if mine is None:
        raise ScenarioError("nobody_assigned", "from_person", person=giver.name, task=task.name)
    given = rounded(left_of(mine, task) * operation.share)
    if not given:
        raise ScenarioError("nothing_left", "task", task=task.name)
    end = max(task.ends_at, task.starts_at + DAY)
    if not taker.calendar.working_minutes_between(max(task.starts_at, _morning(world)), end):
        raise ScenarioError("absent", "to_person", person=taker.name, task=task.name)
    kept = dict(world.works)
    left = mine.work_minutes - given
    if left:
        kept[mine.key] = replace(mine, work_minutes=left)
    else:
        del kept[mine.key]
    theirs = works.get(taker.key)
    if theirs is not None:
        kept[theirs.key] = replace(theirs, work_minutes=theirs.work_minutes + given)
    else:
        key = f"{task.key}+{taker.key}"
        kept[key] = Work(key, task.key, task.project, taker.key, given, mine.units)
    return with_people(world, kept, task.key)


def reduce_task(operation: ReduceTask, world: World) -> World:
    """Raises ScenarioError: nothing_left, and those of `World.task`."""
    world = dated(world)
    task = world.task(operation.task)
    works = world.works_of.get(task.key, ())
    if not any(left_of(one, task) for one in works) and not task.work_minutes:
        raise ScenarioError("nothing_left", "task", task=task.name)
    return scaled(world, [task], operation.factor)


def scaled(world: World, tasks: list[TaskFacts], factor: Decimal) -> World:
    """What is left of the work of these tasks, times `factor`."""
    kept, facts = dict(world.works), dict(world.tasks)
    for task in tasks:
        works = world.works_of.get(task.key, ())
        for one in works:
            left = left_of(one, task)
            kept[one.key] = replace(one, work_minutes=one.work_minutes - left + rounded(left * factor))
        if not works and task.work_minutes:
            left = rounded(task.work_minutes * (1 - task.percent))
            minutes = task.work_minutes - left + rounded(left * factor)
            facts[task.key] = replace(task, work_minutes=minutes)
    return with_people(world.with_(tasks=facts), kept, *(task.key for task in tasks))


def with_people(world: World, works: dict[str, Work], *tasks: str) -> World:
    """Other people or work on some tasks; those whose length follows from their work are dated by it."""
    changed = world.with_(works=works)
    plan = dict(world.plan)
    for key in tasks:
        assignments = _assignments(changed, key, world, key)
        if plan[key].effort is not EffortType.FIXED_DURATION and assignments != plan[key].assignments:
            plan[key] = replace(plan[key], assignments=assignments)
    return changed.with_(plan=plan, moved=changed.moved or plan != world.plan)


def _assignments(world: World, key: str, before: World, was: str) -> tuple[TaskAssignment, ...]:
    """Who makes the length of a task. The calendars that the engine had for those who were on the task `was` are
    kept: they are in the order of its works."""
    persons = (each.person for each in before.works_of.get(was, ()))
    known = {person: one.calendar for person, one in zip(persons, before.plan[was].assignments, strict=False)}
    return tuple(
        TaskAssignment(each.work_minutes, each.units, known.get(each.person, world.people[each.person].calendar))
        for each in world.works_of.get(key, ())
    )


def split_task(operation: SplitTask, world: World) -> World:
    """The second part is a task of its own, after the first, no earlier than the day it goes on; what waited for the
    end of the task waits for it. Raises ScenarioError: outside_task, point_task, and those of `World.task`."""
    world = dated(world)
    task = world.task(operation.task)
    if task.point:
        raise ScenarioError("point_task", "task", task=task.name)
    one, calendar = world.plan[task.key], world.calendar_of(task.key)
    at = datetime.combine(operation.at, time())
    first = calendar.working_minutes_between(task.starts_at, at) if at > task.starts_at else 0
    whole = calendar.working_minutes_between(task.starts_at, task.ends_at)
    if not 0 < first < whole or (task.begun and operation.at < world.today):
        raise ScenarioError("outside_task", "at", task=task.name, first=task.starts_at, last=task.ends_at)
    share = Decimal(first) / whole
    key = task.key + SECOND
    if key in world.tasks:
        raise ScenarioError("split_before", "task", task=task.name)
    resumes = later(datetime.combine(operation.resumes_on, time()), 0, calendar, opens=True)
    percent = min(task.percent / share, Decimal(1))
    rest = max((task.percent - share) / (1 - share), Decimal(0))
    second_percent = rest.quantize(Decimal("0.0001"))
    kept = dict(world.works)
    for each in world.works_of.get(task.key, ()):
        mine = rounded(each.work_minutes * share)
        kept[each.key] = replace(each, work_minutes=mine)
        kept[each.key + SECOND] = replace(
            each, key=each.key + SECOND, task=key, work_minutes=each.work_minutes - mine
        )
    mine = rounded(task.work_minutes * share)
    tasks = {
        **world.tasks,
        task.key: replace(
            task, work_minutes=mine, percent=percent.quantize(Decimal("0.0001")), milestone="", ends_at=at
        ),
        key: replace(
            task, key=key, work_minutes=task.work_minutes - mine, percent=second_percent, begun=second_percent > 0
        ),
    }
    finish = calendar.add_working_minutes(task.starts_at, first) if one.manual else one.finish
    first_plan = replace(one, duration_minutes=first, percent_complete=float(percent), finish=finish)
    second = PlanTask(
        key,
        duration_minutes=whole - first,
        parent=one.parent,
        percent_complete=float(second_percent),
        constraint=ConstraintType.START_NO_EARLIER_THAN,
        constraint_date=resumes,
        calendar=one.calendar,
        effort=one.effort,
        project_start=one.project_start,
        data_date=one.data_date,
    )
    from_end = (DependencyType.FINISH_START, DependencyType.FINISH_FINISH)
    links = [
        replace(link, predecessor=key) if link.predecessor == task.key and link.type in from_end else link
        for link in world.links
    ]
    links.append(Dependency(task.key, key))
    changed = world.with_(
        tasks=tasks, plan={**world.plan, task.key: first_plan, key: second}, links=tuple(links), moved=True
    )
    changed = changed.with_(works=kept)
    if one.effort is not EffortType.FIXED_DURATION:
        parts = {part: _assignments(changed, part, world, task.key) for part in (task.key, key)}
        plan = {**changed.plan, **{part: replace(changed.plan[part], assignments=who) for part, who in parts.items()}}
        changed = changed.with_(plan=plan)
    return dated(changed)


def allocate(operation: Allocate, world: World) -> World:
    """Raises ScenarioError: refused, with the reasons for which the person cannot be booked so (`capacity.domain`),
    and those of `World.project`."""
    project = world.project(operation.project)
    booking = Booking(operation.starts_on, operation.ends_on, operation.share)
    if operation.person:
        person = world.person(operation.person)
        worker = Worker(person.calendar, usual_day(person.calendar), person.share, person.arrives, person.leaves)
        found = refusals(booking, worker)
        if found:
            raise ScenarioError("refused", "person", refusals=found, person=person.name, key=person.key)
    elif operation.profile not in world.names.profiles:
        raise ScenarioError("unknown_subject", "profile")
    key = f"{project.key}+{operation.person or operation.profile}+{len(world.bookings)}"
    row = Booked(key, project.key, booking, operation.person, operation.profile)
    return world.with_(bookings={**world.bookings, key: row})


def _morning(world: World) -> datetime:
    return datetime.combine(world.today, time())
