"""Calendars into an MSPDI document: those that have changed or come; the others stay as the file has them."""

from integrations.imports.domain.mspdi_elements import Document, Element, flag
from integrations.imports.domain.mspdi_held import HeldCalendar, HeldPlan
from portfolio.people.domain.calendar import DAY_MINUTES, Intervals


def write_calendars(document: Document, plan: HeldPlan, former: HeldPlan) -> None:
    """Bring the document's calendars to those of the plan; those that the plan does not follow stay."""
    before = {one.uid: one for one in former.calendars}
    held = {document.number(one, "UID"): one for one in document.items("Calendars", "Calendar")}
    rows = list(held.values())
    for calendar in plan.calendars:
        element = held.get(calendar.uid)
        if element is None:
            element = document.new("Calendar")
            values = [("UID", str(calendar.uid)), ("Name", calendar.name), ("IsBaseCalendar", "1")]
            document.write(element, [*values, ("BaseCalendarUID", "-1")])
            rows.append(element)
        elif _same(calendar, before.get(calendar.uid)):
            continue
        _hours(document, element, calendar)
    if rows:
        document.arrange("Calendars", "Calendar", rows)


def _same(calendar: HeldCalendar, former: HeldCalendar | None) -> bool:
    return former is not None and (calendar.week, calendar.exceptions) == (former.week, former.exceptions)


def _hours(document: Document, element: Element, calendar: HeldCalendar) -> None:
    """The whole week and every exception, instead of what the element says of them."""
    document.drop(element, ("WeekDays", "Exceptions", "WorkWeeks"))
    week = document.add(element, "WeekDays")
    for day in (6, 0, 1, 2, 3, 4, 5):  # Sunday is the first day of the format
        child = document.new("WeekDay")
        document.write(child, [("DayType", str((day + 1) % 7 + 1)), ("DayWorking", flag(bool(calendar.week[day])))])
        _times(document, child, calendar.week[day])
        week.append(child)
    exceptions = sorted(calendar.exceptions, key=lambda one: (one.start, one.finish, one.name, one.intervals))
    if not exceptions:
        return
    group = document.add(element, "Exceptions")
    for one in exceptions:
        child = document.new("Exception")
        document.write(child, [("EnteredByOccurrences", "0")])
        period = document.new("TimePeriod")
        child.append(period)
        document.write(
            period,
            [("FromDate", f"{one.start.isoformat()}T00:00:00"), ("ToDate", f"{one.finish.isoformat()}T23:59:00")],
        )
        occurrences = (one.finish - one.start).days + 1
        document.write(child, [("Occurrences", str(occurrences)), ("Name", one.name or None), ("Type", "1")])
        document.write(child, [("DayWorking", flag(bool(one.intervals)))])
        _times(document, child, one.intervals)
        group.append(child)


def _times(document: Document, parent: Element, intervals: Intervals) -> None:
    if not intervals:
        return
    group = document.new("WorkingTimes")
    parent.append(group)
    for begin, end in intervals:
        child = document.new("WorkingTime")
        document.write(child, [("FromTime", _time(begin)), ("ToTime", _time(end))])
        group.append(child)


def _time(minute: int) -> str:
    """Midnight at the end of a day is written as that of its beginning."""
    hours, rest = divmod(minute % DAY_MINUTES, 60)
    return f"{hours:02d}:{rest:02d}:00"
