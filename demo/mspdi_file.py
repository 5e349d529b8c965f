"""A plan as a Microsoft Project file (MSPDI), which the product's import reads."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from demo.planning import Plan
from demo.story import Anchor
from integrations.imports.domain.mspdi_reader import LINK_TYPES
from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person
from portfolio.planning.actions import PlannedAssignment, PlannedTask
from portfolio.planning.models import ConstraintKind

NAMESPACE = "http://schemas.microsoft.com/project"
DAY = 420
SNET = 4
TYPES = [kind.value for kind in LINK_TYPES]


def plan_file(
    name: str, plan: Plan, people: Sequence[PlannedAssignment], calendar: Calendar, anchor: Anchor
) -> bytes:
    """The file: tasks, outline, links with lags, deadlines, resources, assignments, baseline and calendar."""
    root = Element("Project", xmlns=NAMESPACE)
    start, finish = plan.tasks[0].starts_at, max(task.ends_at for task in plan.tasks)
    _fill(
        root,
        {
            "SaveVersion": 14, "Name": f"{name}.xml", "Title": name, "CreationDate": start,
            "LastSaved": datetime.combine(anchor.day, time(9)), "ScheduleFromStart": 1, "StartDate": start,
            "FinishDate": finish, "CurrencyCode": "EUR", "CalendarUID": 1, "DefaultStartTime": "09:00:00",
            "DefaultFinishTime": "17:00:00", "MinutesPerDay": DAY, "MinutesPerWeek": 5 * DAY, "DaysPerMonth": 20,
        },
    )  # fmt: skip
    _calendar(SubElement(root, "Calendars"), calendar, start.date(), finish.date())
    numbers = {task.uid: number for number, task in enumerate(plan.tasks, start=1)}
    tasks = SubElement(root, "Tasks")
    for task in plan.tasks:
        _task(SubElement(tasks, "Task"), task, plan, numbers)
    resources = list({one.person.pk: one.person for one in people}.values())
    _resources(SubElement(root, "Resources"), resources)
    uids = {person.pk: number for number, person in enumerate(resources, start=1)}
    _assignments(SubElement(root, "Assignments"), plan, people, numbers, uids)
    indent(root, "\t")
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _fill(parent: Element, values: Mapping[str, object]) -> None:
    """Children in the order given, which is that of the schema; None is left out."""
    for name, value in values.items():
        if value is not None:
            SubElement(parent, name).text = value.isoformat() if isinstance(value, datetime | date) else str(value)


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _calendar(parent: Element, calendar: Calendar, first: date, last: date) -> None:
    base = SubElement(parent, "Calendar")
    _fill(base, {"UID": 1, "Name": f"{calendar.name} (planning)", "IsBaseCalendar": 1, "BaseCalendarUID": -1})
    days = SubElement(base, "WeekDays")
    for number in range(1, 8):  # 1 is Sunday
        hours = calendar.week[(number - 2) % 7]
        day = SubElement(days, "WeekDay")
        _fill(day, {"DayType": number, "DayWorking": int(bool(hours))})
        if hours:
            times = SubElement(day, "WorkingTimes")
            for begin, end in hours:
                clock = {"FromTime": time(*divmod(begin, 60)), "ToTime": time(*divmod(end, 60))}
                _fill(SubElement(times, "WorkingTime"), clock)
    exceptions = SubElement(base, "Exceptions")
    for ordinal in range(first.toordinal(), last.toordinal() + 60):
        day_off = date.fromordinal(ordinal)
        if calendar.week[day_off.weekday()] and not calendar.is_working_day(day_off):
            exception = SubElement(exceptions, "Exception")
            _fill(exception, {"EnteredByOccurrences": 0})
            period = {"FromDate": f"{day_off}T00:00:00", "ToDate": f"{day_off}T23:59:00"}
            _fill(SubElement(exception, "TimePeriod"), period)
            _fill(exception, {"Occurrences": 1, "Name": f"Fermé le {day_off:%d/%m}", "Type": 1, "DayWorking": 0})


def _task(element: Element, task: PlannedTask, plan: Plan, numbers: Mapping[str, int]) -> None:
    pinned = task.constraint_kind == ConstraintKind.SNET
    _fill(
        element,
        {
            "UID": numbers[task.uid], "ID": numbers[task.uid], "Name": task.name, "Active": 1, "Manual": 0,
            "Type": 0, "IsNull": 0, "WBS": task.uid, "OutlineNumber": task.uid, "OutlineLevel": task.level,
            "Priority": 500, "Start": task.starts_at, "Finish": task.ends_at,
            "Duration": _duration(task.duration_minutes), "DurationFormat": 7, "Milestone": int(task.milestone),
            "Summary": int(task.level == 1), "PercentComplete": int(task.percent_complete * 100),
            "ActualStart": task.actual_start_at, "ActualFinish": task.actual_end_at,
            "ConstraintType": SNET if pinned else 0, "CalendarUID": -1,
            "ConstraintDate": task.constraint_at if pinned else None, "Deadline": task.deadline_at,
        },
    )  # fmt: skip
    for link in plan.links:
        if link.successor == task.uid:
            _fill(
                SubElement(element, "PredecessorLink"),
                {"PredecessorUID": numbers[link.predecessor], "Type": TYPES.index(link.kind), "CrossProject": 0,
                 "LinkLag": link.lag * 10, "LagFormat": 7},
            )  # fmt: skip
    frozen = plan.frozen[task.uid]
    _fill(
        SubElement(element, "Baseline"),
        {"Number": 0, "Start": frozen.starts_at, "Finish": frozen.ends_at,
         "Duration": _duration(frozen.duration_minutes), "DurationFormat": 7},
    )  # fmt: skip


def _resources(parent: Element, persons: Sequence[Person]) -> None:
    for number, person in enumerate(persons, start=1):
        _fill(
            SubElement(parent, "Resource"),
            {
                "UID": number, "ID": number, "Name": person.name, "Type": 1, "IsNull": 0,
                "EmailAddress": person.email, "MaxUnits": "1.00", "CalendarUID": -1,
            },
        )  # fmt: skip


def _assignments(
    parent: Element,
    plan: Plan,
    people: Sequence[PlannedAssignment],
    numbers: Mapping[str, int],
    uids: Mapping[UUID, int],
) -> None:
    tasks = {task.uid: task for task in plan.tasks}
    for number, one in enumerate(people, start=1):
        task = tasks[one.task]
        _fill(
            SubElement(parent, "Assignment"),
            {"UID": number, "TaskUID": numbers[one.task], "ResourceUID": uids[one.person.pk], "Finish": task.ends_at,
             "Start": task.starts_at, "Units": one.units, "Work": _duration(one.work_minutes)},
        )  # fmt: skip
