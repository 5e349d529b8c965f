"""The schedule against a slow oracle, and against whatever input Hypothesis finds."""

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.people.domain.calendar import Calendar, CalendarException
from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import (
    ConstraintType,
    Dependency,
    DependencyType,
    EffortType,
    LagUnit,
    PlanTask,
    TaskAssignment,
)
from portfolio.planning.domain.schedule import Planner, Schedule, ScheduledTask, schedule
from tests.portfolio.planning.domain.random_plans import CALENDARS, FEATURES, NIGHT, START, Plan, random_plan
from tests.portfolio.planning.domain.slow_oracle import Oracle

# A busy machine draws its examples slowly: that says nothing of what is tried.
KNOWN = [name for name in FEATURES if name not in {"people", "elapsed_durations"}]
# More for a night: ORACLE_PLANS=20000 python -m pytest tests/portfolio/planning/domain/test_schedule_oracle.py
PLANS = int(os.environ.get("ORACLE_PLANS", "1000"))


def drawn(seed: int) -> Plan:
    """A small plan with up to six features."""
    rng = random.Random(seed)
    features = frozenset(rng.sample(KNOWN, rng.randint(0, 6)))
    return random_plan(seed, features=features, most=7, longest=16)


@pytest.mark.parametrize("start", range(0, PLANS, 100))
def test_the_schedule_equals_the_oracle(start: int) -> None:
    for seed in range(start, start + 100):
        plan = drawn(seed)
        oracle = Oracle(plan)
        planner = Planner(
            plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date
        )
        for key in oracle.leaves:
            node = planner.network.nodes[key]
            ours = (node.early_start, node.early_finish, node.late_start, node.late_finish)
            assert tuple(map(to_instant, ours)) == oracle.dates(key), (seed, key)
            assert node.total == oracle.total_float(key), (seed, key)


# --- whatever the input

MOMENTS = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)) | st.integers(0, 400).map(
    lambda hours: START + timedelta(hours=hours)
)
MINUTES = st.integers(-(10**7), 10**7) | st.integers(0, 3000) | st.integers()
WEEKS = st.lists(
    st.sampled_from([(), ((0, 1440),), ((540, 1020),), ((1380, 1440),), ((0, 1),)]), min_size=7, max_size=7
).map(tuple)
CALENDAR = (
    st.sampled_from([*CALENDARS, NIGHT])
    | WEEKS.map(lambda week: Calendar("Quelconque", week))
    | st.dates().map(lambda day: Calendar("Un jour", ((),) * 7, (CalendarException(day, day, ((0, 600),)),)))
)
KEYS = st.sampled_from("ABCDEFG")
WORK = st.builds(TaskAssignment, MINUTES, st.decimals(-1, 100) | st.just(Decimal(1)), st.none() | CALENDAR)


def tasks(minutes: st.SearchStrategy[int], shares: st.SearchStrategy[float]) -> st.SearchStrategy[PlanTask]:
    return st.builds(
        PlanTask,
        key=KEYS,
        duration_minutes=minutes,
        parent=st.none() | KEYS,
        manual=st.booleans(),
        start=st.none() | MOMENTS,
        start_no_earlier_than=st.none() | MOMENTS,
        percent_complete=shares,
        constraint=st.sampled_from(ConstraintType),
        constraint_date=MOMENTS,
        deadline=st.none() | MOMENTS,
        calendar=st.none() | CALENDAR,
        elapsed=st.booleans(),
        actual_start=st.none() | MOMENTS,
        effort=st.sampled_from(EffortType),
        assignments=st.lists(WORK, max_size=2).map(tuple),
    )


ANYTHING = st.lists(tasks(MINUTES, st.floats() | st.floats(0, 1)), max_size=6)
# What passes the first checks, and goes further.
POSSIBLE = st.lists(
    tasks(st.integers(0, 3000), st.floats(0, 1)).map(
        lambda task: replace(task, parent=None if task.parent is None or task.parent >= task.key else task.parent)
    ),
    max_size=7,
    unique_by=lambda task: task.key,
).map(
    lambda found: [replace(one, parent=one.parent if one.parent in {t.key for t in found} else None) for one in found]
)
LINKS = st.lists(
    st.builds(Dependency, KEYS, KEYS, st.sampled_from(DependencyType), MINUTES, st.sampled_from(LagUnit)), max_size=6
)


@settings(max_examples=250)
@given(ANYTHING | POSSIBLE, LINKS, CALENDAR, MOMENTS, st.none() | MOMENTS)
def test_nothing_but_planning_errors_whatever_the_input(
    found: list[PlanTask],
    links: list[Dependency],
    calendar: Calendar,
    start: datetime,
    data_date: datetime | None,
) -> None:
    keys = {task.key for task in found}
    links = [link for link in links if {link.predecessor, link.successor} <= keys or len(keys) < 3]
    try:
        result = schedule(found, links, calendar=calendar, project_start=start, data_date=data_date)
    except PlanningError as error:
        assert error.code
        return
    assert set(result.tasks) == keys


def in_calendar(result: Schedule, plan: Plan) -> None:
    """No date that the engine chose falls outside the task's calendar: actual dates and tasks placed by hand are
    facts, elapsed durations run at night, and people have their own hours."""
    for task in plan.tasks:
        found, calendar = result.tasks[task.key], task.calendar or plan.calendar
        if found.summary or task.manual or task.actual_finish or task.elapsed or task.assignments:
            continue
        if task.actual_start:
            begun_in_calendar(found, task, calendar)
            continue
        for moment in (found.early_start, found.early_finish, found.late_start, found.late_finish):
            assert calendar.is_working_instant(moment), (task.key, moment)
        if not found.milestone:
            assert calendar.next_working_instant(found.early_start) == found.early_start
            assert calendar.previous_working_instant(found.early_finish) == found.early_finish
            assert calendar.working_minutes_between(found.early_start, found.early_finish) == task.duration_minutes


def begun_in_calendar(found: ScheduledTask, task: PlanTask, calendar: Calendar) -> None:
    """Of work that has begun, all but its start is chosen: its end, and where progress splits it."""
    assert found.early_start == task.actual_start
    for moment in (found.early_finish, found.late_finish):
        assert calendar.previous_working_instant(moment) == moment, (task.key, moment)
    assert calendar.working_minutes_between(found.early_start, found.early_finish) >= task.duration_minutes
    if found.parts:
        (_, stopped), (resumed, _) = found.parts
        assert calendar.previous_working_instant(stopped) == stopped, (task.key, stopped)
        assert calendar.next_working_instant(resumed) == resumed, (task.key, resumed)


def dated(plan: Plan) -> Schedule:
    return schedule(
        plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date
    )


@settings(max_examples=200)
@given(st.integers(0, 10**9))
def test_no_date_falls_outside_its_calendar(seed: int) -> None:
    plan = random_plan(seed)
    in_calendar(dated(plan), plan)


# Work that has begun and is asked to end at any moment is rare among all plans: in about one of these in a hundred.
UNDER_WAY = frozenset({"progress", "constraints", "deadlines", "data_date", "any_moment"})


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_no_date_of_work_under_way_falls_outside_its_calendar(start: int) -> None:
    for seed in range(start, start + 100):
        plan = random_plan(seed, features=UNDER_WAY)
        in_calendar(dated(plan), plan)


def test_a_deep_outline_and_a_long_chain_are_no_trouble() -> None:
    deep = [PlanTask(str(n), 60, parent=str(n - 1) if n else None) for n in range(3000)]
    chain = [PlanTask(f"L{n}", 60) for n in range(3000)]
    links = [Dependency(f"L{n}", f"L{n + 1}") for n in range(2999)]
    result = schedule([*deep, *chain], links, calendar=CALENDARS[0], project_start=START)
    assert result.tasks["0"].summary and len(result.tasks) == 6000
