"""Schedules plans with `org.mpxj.cpm.MicrosoftScheduler`, in a process of its own: JSON lines in, JSON lines out.

    python mpxj_runner.py < plans.jsonl > dates.jsonl

A plan is what `test_against_mpxj.described` writes. Of each task comes back [early start, early finish, late start,
late finish, start, finish, total float, free float]; a plan that the engine refuses comes back as {"error": …}.
"""

import json
import sys
from typing import Any

import jpype
import mpxj  # noqa: F401  # puts the engine on the class path

jpype.startJVM("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

from java.lang import Double  # noqa: E402  # Java's packages exist once the machine is started
from java.time import DayOfWeek, LocalDate, LocalDateTime, LocalTime  # noqa: E402  # as above
from org.mpxj import (  # noqa: E402  # as above
    ConstraintType,
    Duration,
    LocalTimeRange,
    ProjectFile,
    Relation,
    RelationType,
    TaskMode,
    TaskType,
    TimeUnit,
)
from org.mpxj.cpm import MicrosoftScheduler  # noqa: E402  # as above

CONSTRAINTS = {
    "asap": ConstraintType.AS_SOON_AS_POSSIBLE,
    "alap": ConstraintType.AS_LATE_AS_POSSIBLE,
    "snet": ConstraintType.START_NO_EARLIER_THAN,
    "snlt": ConstraintType.START_NO_LATER_THAN,
    "fnet": ConstraintType.FINISH_NO_EARLIER_THAN,
    "fnlt": ConstraintType.FINISH_NO_LATER_THAN,
    "mso": ConstraintType.MUST_START_ON,
    "mfo": ConstraintType.MUST_FINISH_ON,
}
LINKS = {
    "FS": RelationType.FINISH_START,
    "SS": RelationType.START_START,
    "FF": RelationType.FINISH_FINISH,
    "SF": RelationType.START_FINISH,
}
UNITS = {"working": TimeUnit.MINUTES, "elapsed": TimeUnit.ELAPSED_MINUTES, "percent": TimeUnit.PERCENT}
TYPES = {"units": TaskType.FIXED_UNITS, "duration": TaskType.FIXED_DURATION, "work": TaskType.FIXED_WORK}


def minutes(amount: float, unit: Any = TimeUnit.MINUTES) -> Any:
    return Duration.getInstance(float(amount), unit)


def instant(text: str | None) -> Any:
    return None if text is None else LocalDateTime.parse(text)


def spans(hours: Any, intervals: list[list[int]]) -> None:
    for start, end in intervals:
        first = LocalTime.of(start // 60, start % 60)
        hours.add(LocalTimeRange(first, LocalTime.of(end // 60 % 24, end % 60)))


def calendar(file: Any, row: dict[str, Any]) -> Any:
    made = file.addCalendar()
    for number, intervals in enumerate(row["week"], start=1):
        day = DayOfWeek.of(number)
        made.setWorkingDay(day, bool(intervals))
        spans(made.addCalendarHours(day), intervals)
    for first, last, intervals in row["exceptions"]:
        spans(made.addCalendarException(LocalDate.parse(first), LocalDate.parse(last)), intervals)
    return made


def build(plan: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    file = ProjectFile()
    calendars = [calendar(file, row) for row in plan["calendars"]]
    file.setDefaultCalendar(calendars[plan["calendar"]])
    tasks: dict[str, Any] = {}
    for row in plan["tasks"]:
        task = (tasks[row["parent"]] if row["parent"] else file).addTask()
        task.setName(row["key"])
        tasks[row["key"]] = task
        if row["summary"]:
            continue
        unit = TimeUnit.ELAPSED_MINUTES if row["elapsed"] else TimeUnit.MINUTES
        task.setDuration(minutes(row["duration"], unit))
        task.setRemainingDuration(minutes(row["remaining"], unit))
        task.setActualDuration(minutes(row["duration"] - row["remaining"], unit))
        task.setPercentageComplete(Double(row["percent"]))
        task.setMilestone(row["milestone"])
        task.setType(TYPES[row["effort"]])
        task.setConstraintType(CONSTRAINTS[row["constraint"]])
        task.setConstraintDate(instant(row["constraint_date"]))
        task.setDeadline(instant(row["deadline"]))
        task.setActualStart(instant(row["actual_start"]))
        task.setActualFinish(instant(row["actual_finish"]))
        if row["calendar"] is not None:
            task.setCalendar(calendars[row["calendar"]])
        task.setTaskMode(TaskMode.MANUALLY_SCHEDULED if row["manual"] else TaskMode.AUTO_SCHEDULED)
        if row["manual"]:
            task.setStart(instant(row["start"]))
            task.setFinish(instant(row["finish"]))
        for one in row["assignments"]:
            resource = file.addResource()
            if one["calendar"] is not None:
                resource.setCalendar(calendars[one["calendar"]])
            given = task.addResourceAssignment(resource)
            given.setUnits(Double(one["units"] * 100))
            given.setWork(minutes(one["work"]))
            given.setRemainingWork(minutes(one["remaining"]))
            given.setActualWork(minutes(one["work"] - one["remaining"]))
    for before, after, kind, lag, unit in plan["links"]:
        amount = lag / 100 if unit == "percent" else lag
        relation = Relation.Builder().predecessorTask(tasks[before]).type(LINKS[kind])
        tasks[after].addPredecessor(relation.lag(minutes(amount, UNITS[unit])))
    return file, tasks


def floats(duration: Any, own: Any) -> int | None:
    return None if duration is None else round(float(duration.convertUnits(TimeUnit.MINUTES, own).getDuration()))


def dates(task: Any) -> list[Any]:
    own = task.getEffectiveCalendar()
    instants = (
        task.getEarlyStart(), task.getEarlyFinish(), task.getLateStart(), task.getLateFinish(), task.getStart(),
        task.getFinish(),
    )  # fmt: skip
    texts = [None if one is None else str(one.toString()) for one in instants]
    return [*texts, floats(task.getTotalSlack(), own), floats(task.getFreeSlack(), own)]


for line in sys.stdin:
    plan = json.loads(line)
    try:
        file, tasks = build(plan)
        MicrosoftScheduler().schedule(file, LocalDateTime.parse(plan["start"]))
        answer: dict[str, Any] = {key: dates(task) for key, task in tasks.items()}
    except jpype.JException as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
