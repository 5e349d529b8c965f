"""What the product says of each thing of a plan, element by element, as MSPDI writes it."""

from decimal import Decimal

from integrations.imports.domain.mspdi import ConstraintType
from integrations.imports.domain.mspdi_elements import duration, flag, instant, plain, whole_percent
from integrations.imports.domain.mspdi_held import HeldAssignment, HeldLink, HeldPlan, HeldTask
from integrations.imports.domain.mspdi_reader import CONSTRAINTS, EFFORTS, LINK_TYPES
from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.durations import day_minutes

DAYS, ELAPSED_DAYS, PERCENT = "7", "8", "19"
DEEPEST = 60  # levels of an outline: a file that says more is not followed
# What a document made here says without the product holding it: Project needs it, or takes something else for it.
ASSUMED: dict[str, dict[str, str]] = {
    "Project": {
        "SaveVersion": "14",
        "ScheduleFromStart": "1",
        "MinutesPerDay": "480",
        "MinutesPerWeek": "2400",
        "DaysPerMonth": "20",
        "DurationFormat": DAYS,
        "NewTasksAreManual": "0",
    },
    "Task": {
        "IsNull": "0",
        "Priority": "500",
        "EffortDriven": "0",
        "Estimated": "0",
        "DurationFormat": DAYS,
    },
    "Resource": {"Type": "1", "IsNull": "0"},
    "Assignment": {},
    "Calendar": {},
}


def working_time(plan: HeldPlan) -> dict[str, str]:
    """How long a day and a week are for who opens a plan made here: those of its calendar."""
    found = next((one for one in plan.calendars if one.uid == plan.calendar_uid), None)
    week = 0 if found is None else sum(end - start for hours in found.week for start, end in hours)
    if found is None or not week:
        return {name: ASSUMED["Project"][name] for name in ("MinutesPerDay", "MinutesPerWeek")}
    day = day_minutes(Calendar(found.name, found.week))
    return {"MinutesPerDay": str(day), "MinutesPerWeek": str(week)}


def task_values(task: HeldTask) -> dict[str, str | None]:
    """What the product says of a task, element by element, in the schema's order; None where it says nothing."""
    dated = task.constraint not in {ConstraintType.AS_SOON_AS_POSSIBLE, ConstraintType.AS_LATE_AS_POSSIBLE}
    return {
        "Name": task.name,
        "Manual": flag(task.manual),
        "Type": str(EFFORTS.index(task.effort)),
        "OutlineLevel": str(task.level),
        "Start": instant(task.start),
        "Finish": instant(task.finish),
        "Duration": duration(task.duration_minutes),
        "Work": duration(task.work_minutes),
        "Milestone": flag(task.milestone),
        "Summary": flag(task.summary),
        "PercentComplete": whole_percent(task.percent_complete),
        "ActualStart": instant(task.actual_start) if task.actual_start else None,
        "ActualFinish": instant(task.actual_finish) if task.actual_finish else None,
        "ConstraintType": str(CONSTRAINTS.index(task.constraint)),
        "CalendarUID": "-1" if task.calendar_uid is None else str(task.calendar_uid),
        "ConstraintDate": instant(task.constraint_date) if dated and task.constraint_date else None,
        "Deadline": instant(task.deadline) if task.deadline else None,
        "Notes": task.notes or None,
    }


def progress_values(task: HeldTask) -> dict[str, str | None]:
    """What follows from a task's dates and progress, and that Project would otherwise take for zero."""
    done, worked = _done(task.duration_minutes, task), _done(task.work_minutes, task)
    manual = task.manual or None
    return {
        "ManualStart": manual and instant(task.start),
        "ManualFinish": manual and instant(task.finish),
        "ManualDuration": manual and duration(task.duration_minutes),
        "ActualDuration": duration(done),
        "ActualWork": duration(worked),
        "RemainingDuration": duration(task.duration_minutes - done),
        "RemainingWork": duration(task.work_minutes - worked),
    }


def _done(minutes: int, task: HeldTask) -> int:
    return int(minutes * task.percent_complete)


def outline_numbers(levels: list[int]) -> list[str]:
    """1, 1.1, 1.2, 2… of lines by their levels."""
    counters: list[int] = []
    numbers = []
    for level in (min(level, DEEPEST) for level in levels):
        del counters[level:]
        counters.extend([1] * (level - 1 - len(counters)))
        counters.extend([0] * (level - len(counters)))
        counters[level - 1] += 1
        numbers.append(".".join(map(str, counters)))
    return numbers


def assignment_values(one: HeldAssignment, task: HeldTask) -> dict[str, str]:
    worked = _done(one.work_minutes, task)
    return {
        "PercentWorkComplete": whole_percent(task.percent_complete),
        "ActualWork": duration(worked),
        "Finish": instant(task.finish),
        "RegularWork": duration(one.work_minutes),
        "RemainingWork": duration(one.work_minutes - worked),
        "Start": instant(task.start),
        "Units": plain(one.units),
        "Work": duration(one.work_minutes),
    }


def link_values(predecessor: int, link: HeldLink) -> list[tuple[str, str | None]]:
    """A lag is in tenths of a minute, or in whole percents."""
    lag = str(round(Decimal(link.lag) / 100)) if link.percent else str(link.lag * 10)
    return [
        ("PredecessorUID", str(predecessor)),
        ("Type", str(LINK_TYPES.index(link.type))),
        ("CrossProject", "0"),
        ("LinkLag", lag),
        ("LagFormat", PERCENT if link.percent else ELAPSED_DAYS if link.elapsed else DAYS),
    ]
