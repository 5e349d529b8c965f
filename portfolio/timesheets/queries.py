"""A week as its grid shows it, and the weeks that wait for a decision. Bounded numbers of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.people.queries import absences_of, capacities, working_calendar, working_calendars
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.projects.models import Phase
from portfolio.timesheets.domain import Unit, week_days, written
from portfolio.timesheets.limits import limits, packages
from portfolio.timesheets.models import Activity, SheetState, TimeEntry, Timesheet, TimesheetLine
from portfolio.timesheets.rules import language, locked_months, long_day_warning
from portfolio.timesheets.settings import time_settings
from tech4value.figures import formats

MOST_ASSIGNED = 60
EDITABLE = (SheetState.DRAFT, SheetState.RETURNED)


@dataclass(frozen=True, slots=True)
class Reading:
    """How times are written for a person: the unit, and the minutes of their day."""

    unit: Unit
    day_minutes: int

    def written(self, minutes: int) -> str:
        """As a cell shows it; the comma of the language."""
        return written(minutes, self.unit, self.day_minutes, "," if formats.is_french(language()) else ".")

    def total(self, minutes: int) -> str:
        """As a sum shows it, its unit with it."""
        if not minutes:
            return "–"
        if self.unit is Unit.DAYS:
            return formats.days(minutes / self.day_minutes, language(), decimals=2)
        return self.written(minutes)

    @property
    def nothing(self) -> str:
        """No time at all, with its unit."""
        return formats.days(0, language()) if self.unit is Unit.DAYS else "0h"


def reading_of(person: Person) -> Reading:
    """How this person's times are written."""
    calendar = working_calendar(person.calendar)
    return Reading(Unit(time_settings().unit), day_minutes(calendar))


@dataclass(frozen=True, slots=True)
class CellView:
    """One day of one row. `version` is 0 where nothing is kept."""

    day: date
    minutes: int
    text: str
    version: int
    editable: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the grid. `key` names its subject: `task:…`, `project:…`, `activity:…`."""

    key: str
    title: str
    sub: str
    cells: tuple[CellView, ...]
    minutes: int
    total: str
    is_task: bool
    line_id: UUID | None
    line_version: int
    remaining: str
    work: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A day over all rows."""

    day: date
    minutes: int
    capacity: int
    total: str
    of: str
    absence: str
    closed: str
    warning: str
    today: bool


@dataclass(frozen=True)
class WeekView:
    """A person's week."""

    person: Person
    week: date
    sheet: Timesheet | None
    reading: Reading
    rows: tuple[RowView, ...]
    days: tuple[DayView, ...]
    editable: bool
    lines: tuple[TimesheetLine, ...] = field(repr=False)
    # What the week breaks of the person's work rules, and how far their days package is used: sentences.
    limits: tuple[str, ...] = ()
    package: str = ""

    @property
    def state(self) -> SheetState:
        return SheetState(self.sheet.state) if self.sheet is not None else SheetState.DRAFT

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def capacity(self) -> int:
        return sum(day.capacity for day in self.days)

    @property
    def total(self) -> str:
        return self.reading.total(self.minutes) if self.minutes else self.reading.nothing

    @property
    def of(self) -> str:
        return self.reading.total(self.capacity)

    @property
    def share(self) -> float | None:
        """Of the capacity; None without one."""
        return self.minutes / self.capacity if self.capacity else None

    @property
    def before(self) -> date:
        return self.week - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.week + timedelta(days=7)


def week_view(person: Person, week: date, today: date, *, mine: bool, reasons: bool = True) -> WeekView:
    """The week of `person`; for its own person (`mine`) also the tasks to do that have no row yet. `reasons`:
    whether the reader may know why the person is away. Some twelve statements."""
    sheet = Timesheet.objects.filter(person=person, week=week).first()
    reading = reading_of(person)
    lines = _lines(sheet)
    editable = mine and (sheet is None or sheet.state in EDITABLE)
    days = week_days(week)
    locked = locked_months(days)
    open_days = {day: editable and not _closed(person, day, locked) for day in days}
    entries: dict[UUID, dict[date, TimeEntry]] = {}
    for entry in TimeEntry.objects.filter(line__in=[line.pk for line in lines]):
        entries.setdefault(entry.line_id, {})[entry.day] = entry
    assigned = _assigned(person, week) if mine else []
    held = {line.task_id for line in lines}
    rows = [_row(line, entries.get(line.pk, {}), open_days, reading) for line in lines]
    if editable:
        rows += [_empty_row(one, open_days, reading) for one in assigned if one.task_id not in held]
    rows = _with_work(rows, lines, assigned, reading)
    shown = _days(person, days, rows, locked, reading, today, reasons)
    package = packages([(person, week)], {person.pk: reading.day_minutes}).get((person.pk, week))
    return WeekView(
        person,
        week,
        sheet,
        reading,
        tuple(rows),
        shown,
        editable,
        lines,
        limits(person, [one.minutes for one in shown], package),
        "" if package is None else package.sentence,
    )


def _lines(sheet: Timesheet | None) -> tuple[TimesheetLine, ...]:
    if sheet is None:
        return ()
    rows = TimesheetLine.objects.filter(timesheet=sheet).select_related("project", "task")
    return tuple(sorted(rows, key=lambda line: (line.project is None, line.project.name if line.project else "")))


def _closed(person: Person, day: date, locked: set[date]) -> str:
    """Why a day takes no time; empty when it does."""
    if day.replace(day=1) in locked:
        return _("Mois clôturé")
    if person.joined_on is not None and day < person.joined_on:
        return _("Avant l’arrivée")
    if person.left_on is not None and day > person.left_on:
        return _("Après le départ")
    return ""


def _assigned(person: Person, week: date) -> list[Assignment]:
    """The tasks that the person may be working on: begun, or to begin before the end of the week, and not done."""
    end = datetime.combine(week + timedelta(days=7), time())
    rows = Assignment.objects.filter(
        person=person,
        task__deleted_at=None,
        task__kind=TaskKind.TASK,
        task__percent_complete__lt=1,
        task__starts_at__lt=end,
        project__deleted_at=None,
        project__read_only=False,
    ).exclude(project__phase=Phase.CLOSED)
    ordered = rows.select_related("task", "project").order_by("project__sort_name", "task__position", "pk")
    return list(ordered[:MOST_ASSIGNED])


def key_of(line: TimesheetLine) -> str:
    """How the grid names the subject of a line."""
    if line.task_id is not None:
        return f"task:{line.task_id}"
    return f"project:{line.project_id}" if line.project_id is not None else f"activity:{line.activity}"


def _row(
    line: TimesheetLine, entries: dict[date, TimeEntry], open_days: dict[date, bool], reading: Reading
) -> RowView:
    cells = []
    for day, opened in open_days.items():
        entry = entries.get(day)
        minutes = entry.minutes if entry else 0
        cells.append(CellView(day, minutes, reading.written(minutes), entry.version if entry else 0, opened))
    minutes = sum(cell.minutes for cell in cells)
    return RowView(
        key=key_of(line),
        title=line.name,
        sub=_sub(line),
        cells=tuple(cells),
        minutes=minutes,
        total=reading.total(minutes),
        is_task=line.task_id is not None,
        line_id=line.pk,
        line_version=line.version,
        remaining="" if line.remaining_minutes is None else reading.written(line.remaining_minutes) or "0",
        work="",
    )


def _sub(line: TimesheetLine) -> str:
    if line.task is not None and line.project is not None:
        return f"{line.project.code} · {line.project.name}"
    return line.project.code if line.project is not None else _("Hors projet")


def _empty_row(one: Assignment, open_days: dict[date, bool], reading: Reading) -> RowView:
    return RowView(
        key=f"task:{one.task_id}",
        title=one.task.name,
        sub=f"{one.project.code} · {one.project.name}",
        cells=tuple(CellView(day, 0, "", 0, opened) for day, opened in open_days.items()),
        minutes=0,
        total=reading.total(0),
        is_task=True,
        line_id=None,
        line_version=0,
        remaining="",
        work="",
    )


def _with_work(
    rows: Sequence[RowView], lines: Sequence[TimesheetLine], assigned: Sequence[Assignment], reading: Reading
) -> list[RowView]:
    """The rows with what was planned for the task and what was done on it, by all."""
    tasks = {f"task:{line.task_id}": line.task for line in lines if line.task is not None}
    tasks |= {f"task:{one.task_id}": one.task for one in assigned}
    found = []
    for row in rows:
        task = tasks.get(row.key)
        if task is not None:
            row = replace(row, work=_work(task, reading))
        found.append(row)
    return found


def _work(task: Task, reading: Reading) -> str:
    """What was planned for a task, and what everybody did on it, as far as anybody said."""
    said = []
    if task.work_minutes:
        said.append(_("prévu %(time)s") % {"time": reading.total(task.work_minutes)})
    if task.actual_work_minutes:
        said.append(_("réalisé %(time)s") % {"time": reading.total(task.actual_work_minutes)})
    return ", ".join(said)


def _days(
    person: Person,
    days: Sequence[date],
    rows: Sequence[RowView],
    locked: set[date],
    reading: Reading,
    today: date,
    reasons: bool,
) -> tuple[DayView, ...]:
    capacity = capacities([person], [(day, day) for day in days])[person.pk]
    away = absences_of([person], days[0], days[-1]).get(person.pk, [])
    found = []
    for index, day in enumerate(days):
        minutes = sum(row.cells[index].minutes for row in rows)
        off = next((one for one in away if one.starts_on <= day <= one.ends_on), None)
        absence = "" if off is None else str(off.get_kind_display()) if reasons else _("Absence")
        found.append(
            DayView(
                day=day,
                minutes=minutes,
                capacity=capacity[index],
                total=reading.total(minutes),
                of=reading.total(capacity[index]) if capacity[index] else "",
                absence=absence,
                closed=_closed(person, day, locked),
                warning=long_day_warning(day, minutes, capacity[index], absence),
                today=day == today,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A week that waits, or was decided: its time against the person's capacity, and what stands out."""

    sheet: Timesheet
    minutes: int
    capacity: int
    total: str
    of: str
    short: bool
    over: bool
    projects: str
    limits: tuple[str, ...]


def review_rows(sheets: QuerySet[Timesheet] | Sequence[Timesheet]) -> list[ReviewRow]:
    """These weeks with their sums; eight statements whatever their number, nine when somebody has a days package."""
    found = list(sheets)
    keys = [sheet.pk for sheet in found]
    times = TimeEntry.objects.filter(line__timesheet__in=keys, line__deleted_at=None, minutes__gt=0).order_by()
    named = times.values_list("line__timesheet_id", "line__project__name", "line__activity")
    sums: dict[UUID, dict[str, int]] = {}
    for sheet_id, name, activity, minutes in named.annotate(total=Sum("minutes")):
        label = name or str(Activity(activity).label)
        sums.setdefault(sheet_id, {})[label] = sums.get(sheet_id, {}).get(label, 0) + minutes
    by_day: dict[UUID, list[int]] = {key: [0] * 7 for key in keys}
    for sheet_id, day, minutes in times.values_list("line__timesheet_id", "day").annotate(total=Sum("minutes")):
        by_day[sheet_id][day.weekday()] = minutes
    persons = list({sheet.person_id: sheet.person for sheet in found}.values())
    weeks = sorted({sheet.week for sheet in found})
    periods = [(week, week + timedelta(days=6)) for week in weeks]
    capacity = capacities(persons, periods) if persons else {}
    calendars = working_calendars(persons) if persons else {}
    lengths = {key: day_minutes(calendar) for key, calendar in calendars.items()}
    used = packages([(sheet.person, sheet.week) for sheet in found], lengths)
    unit = Unit(time_settings().unit)
    rows = []
    for sheet in found:
        reading = Reading(unit, lengths[sheet.person_id])
        parts = sums.get(sheet.pk, {})
        minutes, able = sum(parts.values()), capacity[sheet.person_id][weeks.index(sheet.week)]
        heaviest = sorted(parts, key=lambda name: -parts[name])
        rows.append(
            ReviewRow(
                sheet,
                minutes,
                able,
                reading.total(minutes),
                reading.total(able),
                minutes < able,
                minutes > able,
                ", ".join(f"{name} ({reading.total(parts[name])})" for name in heaviest[:3]),
                limits(sheet.person, by_day[sheet.pk], used.get((sheet.person_id, sheet.week))),
            )
        )
    return rows


def unfinished_weeks(month: date) -> tuple[int, int]:
    """In the weeks that touch a month: how many wait for approval, and how many were begun and never submitted."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    touching = Q(week__lte=last, week__gte=month - timedelta(days=6), person__deleted_at=None)
    rows = Timesheet.objects.filter(touching)
    return rows.filter(state=SheetState.SUBMITTED).count(), rows.filter(state__in=EDITABLE).count()
