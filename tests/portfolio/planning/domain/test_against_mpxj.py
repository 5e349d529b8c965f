"""The schedule against another engine: `org.mpxj.cpm.MicrosoftScheduler`, which follows Microsoft Project.

Early, late and planned dates, total and free float of hundreds of random plans are equal, but for the reasons that
`causes` lists; docs/algorithms/scheduling.md explains each, and says who is right. In such a plan only the
fields that the cause touches may differ.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from portfolio.people.domain.calendar import Calendar, public_holidays
from portfolio.planning.domain.network import ConstraintType, DependencyType, EffortType, LagUnit
from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.passes import Forward
from portfolio.planning.domain.schedule import Planner, schedule
from tests.portfolio.planning.domain.random_plans import CALENDARS, Plan, random_plan

RUNNER = Path(__file__).with_name("mpxj_runner.py")
NAMES = ("early_start", "early_finish", "late_start", "late_finish", "start", "finish", "total_float", "free_float")
YEARS = range(2024, 2029)
# What the plans make use of, in turn: each feature alone or with those that it can disturb.
MIXES = (
    {"lags", "constraints", "deadlines"},
    {"percent", "lags", "alap", "constraints"},
    {"calendars", "constraints", "deadlines"},
    {"elapsed", "constraints"},
    {"people", "calendars", "deadlines"},
    {"calendars", "alap", "manual"},
    {"summaries", "lags", "constraints"},
    {"progress", "lags"},
    {"calendars", "lags", "elapsed", "percent", "constraints", "alap"},
)
PLANS = int(os.environ.get("MPXJ_PLANS", "900"))


def missing() -> str:
    """Why the other engine cannot be asked; empty when it can."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Java 17 is not installed: the schedule is not compared with another engine"
    if find_spec("mpxj") is None or find_spec("jpype") is None:
        return "the packages mpxj and jpype1 are not installed (extra `oracle`): no other engine to compare with"
    return ""


def test_the_schedule_equals_that_of_another_engine() -> None:
    if reason := missing():
        pytest.skip(reason)
    plans = [random_plan(seed, features=frozenset(MIXES[seed % len(MIXES)])) for seed in range(PLANS)]
    equal: list[Plan] = []
    explained: Counter[str] = Counter()
    for seed, (plan, theirs) in enumerate(zip(plans, run_mpxj(plans), strict=True)):
        assert "error" not in theirs, (seed, theirs)
        mine, reasons = ours(plan), causes(plan)
        differ = {name for key in mine for name in alike(plan, key, mine[key], theirs[key])}
        assert differ <= {name for names in reasons.values() for name in names}, (seed, differ, reasons)
        explained.update(list(reasons) if differ else ())
        if not differ:
            equal.append(plan)
    assert len(equal) >= 500 * PLANS // 900, explained
    links = [link for plan in equal for link in plan.links]
    assert {link.type for link in links} == set(DependencyType)
    assert {link.lag_unit for link in links if link.lag} == set(LagUnit)
    tasks = [task for plan in equal for task in plan.tasks]
    assert {task.constraint for task in tasks} == set(ConstraintType)
    assert {task.effort for task in tasks} == set(EffortType)
    assert {id(task.calendar) for task in tasks if task.calendar} == {id(calendar) for calendar in CALENDARS}


def described(plan: Plan) -> dict[str, Any]:
    """A plan as `mpxj_runner` reads it."""
    calendars = [plan.calendar]

    def index(calendar: Any) -> int | None:
        if calendar is None:
            return None
        if calendar not in calendars:
            calendars.append(calendar)
        return calendars.index(calendar)

    parents = {task.parent for task in plan.tasks}
    tasks = []
    for task in plan.tasks:
        left = 1 - task.percent_complete
        started = task.actual_start is not None
        tasks.append(
            {
                "key": task.key,
                "parent": task.parent,
                "summary": task.key in parents,
                "duration": task.duration_minutes,
                "remaining": round(task.duration_minutes * left) if started else task.duration_minutes,
                "percent": task.percent_complete * 100,
                "elapsed": task.elapsed,
                "milestone": not task.duration_minutes,
                "effort": str(task.effort),
                "constraint": str(task.constraint),
                "calendar": index(task.calendar),
                "manual": task.manual,
                "assignments": [
                    {
                        "work": one.work_minutes,
                        "remaining": one.work_minutes * left if started else one.work_minutes,
                        "units": float(one.units),
                        "calendar": index(one.calendar),
                    }
                    for one in task.assignments
                ],
                **{
                    name: None if (value := getattr(task, name)) is None else value.isoformat()
                    for name in ("start", "finish", "constraint_date", "deadline", "actual_start", "actual_finish")
                },
            }
        )
    return {
        "start": plan.start.isoformat(),
        "calendar": 0,
        "tasks": tasks,
        "links": [(one.predecessor, one.successor, str(one.type), one.lag, str(one.lag_unit)) for one in plan.links],
        "calendars": [
            {
                "week": calendar.week,
                "exceptions": [(str(day.start), str(day.finish), day.intervals) for day in calendar.exceptions]
                + holidays_of(calendar),
            }
            for calendar in calendars
        ],
    }


def holidays_of(calendar: Calendar) -> list[tuple[str, str, tuple[()]]]:
    """The public holidays, as exceptions."""
    if calendar.region is None:
        return []
    return [(str(day), str(day), ()) for year in YEARS for day in public_holidays(calendar.region, year)]


def run_mpxj(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """What the other engine says of each plan; one process for all."""
    lines = "".join(json.dumps(described(plan)) + "\n" for plan in plans)
    done = subprocess.run([sys.executable, str(RUNNER)], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(plan: Plan) -> dict[str, list[Any]]:
    result = schedule(
        plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start, data_date=plan.data_date
    )

    def text(value: Any) -> Any:
        return value if isinstance(value, int) else value.isoformat(timespec="minutes")

    return {key: [text(getattr(task, name)) for name in NAMES] for key, task in result.tasks.items()}


def alike(plan: Plan, key: str, mine: list[Any], theirs: list[Any]) -> list[str]:
    """The names of what differs. Two instants without working time between them are one for a milestone."""
    task = next(task for task in plan.tasks if task.key == key)
    calendar = task.calendar or plan.calendar

    def same(one: Any, other: Any) -> bool:
        if one == other:
            return True
        if isinstance(one, int) or task.duration_minutes:
            return False
        return calendar.working_minutes_between(datetime.fromisoformat(one), datetime.fromisoformat(other)) == 0

    return [name for name, one, other in zip(NAMES, mine, theirs, strict=True) if not same(one, other)]


def causes(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Why the engines may differ on a plan, and in what (docs/algorithms/scheduling.md has each case)."""
    planner = Planner(plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start)
    forward = Forward()
    found: dict[str, tuple[str, ...]] = {}
    for node in planner.network.nodes.values():
        hard = node.constraint in (ConstraintType.MUST_START_ON, ConstraintType.MUST_FINISH_ON)
        if not node.children and not node.placed and not hard:
            bound, link = forward.link_bound(node)
            if link is not None and node.timeline.between(bound, planner.network.start) > 0:
                found["lead before the start"] = NAMES
        if node.efforts and node.constraint is ConstraintType.MUST_FINISH_ON:
            found["must finish on, with people"] = NAMES
        if node.started and node.constraint is ConstraintType.AS_LATE_AS_POSSIBLE:
            found["begun, as late as possible"] = NAMES
        if node.finished and any(above.incoming for above in over(node)):
            found["done, under a linked summary"] = NAMES
        if node.elapsed:
            found["elapsed duration"] = NAMES
        if node.children:
            found["free float of a summary"] = ("free_float",)
            if any(link.successor.alap for link in node.outgoing):
                found["as late as possible, after a summary"] = NAMES
            if node.first_leaf.placed and any(not link.from_finish for link in node.outgoing):
                found["start of what does not move"] = NAMES
            if node.incoming and any(not link.from_finish for link in node.outgoing):
                found["first task of a summary"] = NAMES
        for link in node.outgoing:
            after = link.successor
            if (link.lag or link.percent) and after.efforts and not link.to_start:
                found["lag to the finish of people's work"] = NAMES
            if link.elapsed and link.lag and not link.to_start:
                found["elapsed lag to a finish"] = NAMES
            if link.elapsed and link.lag:
                found["free float over an elapsed lag"] = ("free_float",)
            if (link.lag or link.percent) and after.timeline is not node.timeline:
                found["free float over a lag between calendars"] = ("free_float",)
                if not link.to_start and not link.from_finish:
                    found["late dates over SF between calendars"] = NAMES
            if not link.from_finish and node.manual_start is not None:
                found["start of a manual task"] = NAMES
            if not link.from_finish and not node.finished and (node.started or after.started):
                found["start of what has begun"] = NAMES
            if link.moving:
                found["percent of a duration that follows"] = NAMES
    return found


def over(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
