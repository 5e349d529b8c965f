"""The dates of a template from a start, on a calendar: the critical path method of portfolio.planning."""

from datetime import date, datetime, time

from portfolio.governance.domain.template import LineKind, Template, TemplateLine, TemplateLink
from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import Dependency, LagUnit, PlanTask
from portfolio.planning.domain.schedule import Schedule, schedule


def scheduled(template: Template, calendar: Calendar, starts_on: date) -> Schedule:
    """Every line dated, by its key. Raises PlanningError: cycle with its path, calendar."""
    origin = datetime.combine(starts_on, time())
    tasks = []
    for index, line in enumerate(template.lines):
        above = template.parents[index]
        parent = None if above is None else template.lines[above].key
        if line.key in template.holders:
            tasks.append(PlanTask(line.key, parent=parent))
        else:
            floor = offset_instant(line, calendar, starts_on)
            duration = duration_minutes(line, calendar)
            tasks.append(PlanTask(line.key, duration, parent, start_no_earlier_than=floor))
    links = [
        Dependency(link.predecessor, line.key, link.type, lag_of(link, calendar), link.unit)
        for line in template.lines
        for link in line.links
    ]
    return schedule(tasks, links, calendar=calendar, project_start=origin)


def duration_minutes(line: TemplateLine, calendar: Calendar) -> int:
    """Working minutes of a line that holds no other; none for a milestone."""
    return 0 if line.kind is LineKind.MILESTONE else round(line.days * day_minutes(calendar))


def work_minutes(line: TemplateLine, calendar: Calendar) -> int:
    """Effort in minutes."""
    return round(line.work_days * day_minutes(calendar))


def lag_of(link: TemplateLink, calendar: Calendar) -> int:
    """The lag as plans write it: minutes, or hundredths of a percent."""
    match link.unit:
        case LagUnit.PERCENT:
            return round(link.lag * 100)
        case LagUnit.ELAPSED:
            return round(link.lag * 24 * 60)
    return round(link.lag * day_minutes(calendar))


def offset_instant(line: TemplateLine, calendar: Calendar, starts_on: date) -> datetime | None:
    """The instant before which the line does not begin; None without offset. An offset of 5 days is the beginning of
    the sixth working day. Raises PlanningError(calendar)."""
    if line.offset_days is None:
        return None
    try:
        begins = calendar.next_working_instant(datetime.combine(starts_on, time()))
        reached = calendar.add_working_minutes(begins, round(line.offset_days * day_minutes(calendar)))
        return calendar.next_working_instant(reached)
    except CalendarError as error:
        raise PlanningError("calendar", calendar.name, error.code) from error
