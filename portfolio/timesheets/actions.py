"""What a person writes in their weeks: times, what is left to do, rows; copied from the week before.

Whoever writes in the weeks of one person waits for the others who do: a week is made once, a day is summed right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.people.queries import capacities
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from portfolio.timesheets.domain import monday_of, week_days
from portfolio.timesheets.models import Activity, TimeEntry, Timesheet, TimesheetLine
from portfolio.timesheets.rules import (
    locked_months,
    refuse_day,
    refuse_long_days,
    refuse_state,
    refuse_subject,
    refuse_year,
)
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoRefusedError, undo_batch
from tech4value.audit.writing import (
    create,
    create_many,
    delete,
    object_type,
    restore,
    stale_error,
    update,
    update_many,
)
from tech4value.tenancy.models import uuid7


@dataclass(frozen=True, slots=True)
class Subject:
    """What time is spent on: a task (with its project), a project as a whole, or an activity."""

    project: Project | None = None
    task: Task | None = None
    activity: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """As a line keeps it."""
        return {"project": self.project, "task": self.task, "activity": self.activity}

    @property
    def name(self) -> str:
        if self.task is not None:
            return self.task.name
        return self.project.name if self.project is not None else str(Activity(self.activity).label)


def subject_of(line: TimesheetLine) -> Subject:
    """What a line is about."""
    return Subject(line.project, line.task, line.activity)


def lock_week(actor: Actor, person: Person, week: date) -> Timesheet:
    """The person's week, made when it is not there, to be written by nobody else until the end."""
    refuse_year(week)
    list(Person.everything.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
    sheet = Timesheet.objects.filter(person=person, week=monday_of(week)).first()
    if sheet is None:
        return create(actor, Timesheet(person=person, week=monday_of(week)))
    sheet.person = person
    return sheet


@transaction.atomic
def enter_time(
    *, actor: Actor, person: Person, subject: Subject, day: date, minutes: int, version: int | None = None
) -> TimeEntry | None:
    """Set the time of one day on one subject; returns the row, None where there is nothing and was nothing.

    `version` is the one that the person saw, 0 for an empty cell. Raises StaleVersionError when somebody has written
    there since, ValidationError with the rule otherwise.
    """
    sheet = lock_week(actor, person, day)
    refuse_state(sheet)
    refuse_day(person, day, locked_months([day]))
    line = _line(sheet, subject)
    entry = TimeEntry.objects.filter(line=line, day=day).first() if line is not None else None
    if entry is not None:
        entry.line = line
    if entry is not None and version is not None and version != entry.version:
        raise stale_error(entry, version)
    before = entry.minutes if entry is not None else 0
    if minutes > before:
        _refuse(person, subject)
    if entry is None and not minutes:
        return None
    if entry is None:
        line = line or create(actor, TimesheetLine(timesheet=sheet, **subject.fields))
        entry = create(actor, TimeEntry(line=line, day=day, minutes=minutes))
    else:
        update(actor, entry, {"minutes": minutes})
    refuse_long_days(sheet, [day])
    return entry


@transaction.atomic
def say_remaining(
    *, actor: Actor, person: Person, subject: Subject, week: date, minutes: int | None, version: int | None = None
) -> TimesheetLine:
    """Say what is left to do on a task at the end of the week; None takes the word back."""
    sheet = lock_week(actor, person, week)
    refuse_state(sheet)
    if subject.task is None:
        raise ValidationError({"remaining": _("Le reste à faire se saisit sur une tâche.")})
    line = add_line(actor=actor, person=person, subject=subject, week=week)
    # A row that was not there yet has no version to be late on.
    update(actor, line, {"remaining_minutes": minutes}, version=version or None)
    return line


@transaction.atomic
def add_line(*, actor: Actor, person: Person, subject: Subject, week: date) -> TimesheetLine:
    """A row of the week for `subject`; the one that is there already, if any."""
    sheet = lock_week(actor, person, week)
    refuse_state(sheet)
    line = _line(sheet, subject)
    if line is not None:
        return line
    _refuse(person, subject)
    return create(actor, TimesheetLine(timesheet=sheet, **subject.fields))


@transaction.atomic
def remove_line(*, actor: Actor, line: TimesheetLine) -> None:
    """Put a row of the week in the bin, with its times."""
    sheet = lock_week(actor, line.timesheet.person, line.timesheet.week)
    refuse_state(sheet)
    _refuse_locked(line)
    delete(actor, line)


@transaction.atomic
def restore_line(*, actor: Actor, line: TimesheetLine) -> None:
    """Bring a row back. Raises ValidationError when the week changes no more, or has the same row again."""
    sheet = lock_week(actor, line.timesheet.person, line.timesheet.week)
    refuse_state(sheet)
    _refuse_locked(line)
    if _line(sheet, subject_of(line)) is not None:
        raise ValidationError(
            _("La semaine contient de nouveau une ligne « %(name)s » : complétez-la plutôt.") % {"name": line.name}
        )
    restore(actor, line)
    refuse_long_days(sheet, week_days(sheet.week))


@dataclass(frozen=True, slots=True)
class Copied:
    """What came from the week before: rows, times, the names of what could not come; the batch undoes it."""

    lines: int
    cells: int
    left_out: tuple[str, ...]
    batch: UUID


@transaction.atomic
def copy_last_week(*, actor: Actor, person: Person, week: date, hours: bool) -> Copied:
    """Bring the rows of the week before, with their times when `hours`: on working days of the person that are empty
    and open. Rows that the person may no longer enter time on are left out, and named."""
    batch = uuid7()
    actor = actor.within(batch)
    sheet = lock_week(actor, person, week)
    refuse_state(sheet)
    shift = timedelta(days=7)
    before = TimesheetLine.objects.filter(timesheet__person=person, timesheet__week=sheet.week - shift)
    sources = list(before.filter(timesheet__deleted_at=None).select_related("project", "task"))
    if not sources:
        raise ValidationError(_("La semaine précédente ne contient aucune ligne à copier."))
    lines: dict[UUID, TimesheetLine] = {}
    made: list[TimesheetLine] = []
    left_out: list[str] = []
    for source in sources:
        line = _line(sheet, subject_of(source))
        if line is None:
            try:
                _refuse(person, subject_of(source))
            except ValidationError:
                left_out.append(source.name)
                continue
            line = TimesheetLine(timesheet=sheet, **subject_of(source).fields)
            made.append(line)
        lines[source.pk] = line
    create_many(actor, made)
    cells = _copy_times(actor, person, sheet, lines) if hours else 0
    return Copied(len(made), cells, tuple(left_out), batch)


def _copy_times(actor: Actor, person: Person, sheet: Timesheet, lines: dict[UUID, TimesheetLine]) -> int:
    open_days = _open_days(person, sheet)
    known_entries = TimeEntry.objects.filter(line__in=[*lines.values()])
    taken = {
        (entry.line_id, entry.day): entry for entry in known_entries.select_related("line__project", "line__task")
    }
    fresh, emptied = [], []
    for source in TimeEntry.objects.filter(line__in=lines, minutes__gt=0):
        line, day = lines[source.line_id], source.day + timedelta(days=7)
        if day not in open_days:
            continue
        known = taken.get((line.pk, day))
        if known is None:
            fresh.append(TimeEntry(line=line, day=day, minutes=source.minutes))
        elif not known.minutes:
            emptied.append((known, {"minutes": source.minutes}))
    create_many(actor, fresh)
    changed = update_many(actor, emptied)
    refuse_long_days(sheet, open_days)
    return len(fresh) + len(changed)


def _open_days(person: Person, sheet: Timesheet) -> set[date]:
    """The days of a week on which the person works and that are not closed."""
    days = week_days(sheet.week)
    locked = locked_months(days)
    capacity = capacities([person], [(day, day) for day in days])[person.pk]
    return {day for day, minutes in zip(days, capacity, strict=True) if minutes and day.replace(day=1) not in locked}


@transaction.atomic
def undo_copy(*, actor: Actor, person: Person, batch: UUID) -> int:
    """Take back what a copy brought; returns the number of rows. Raises LookupError when the batch is no copy into a
    week of `person`, ValidationError when something was changed since or the week changes no more."""
    events = AuditEvent.objects.filter(batch_id=batch)
    types = set(events.values_list("object_type", flat=True))
    ours = {object_type(model) for model in (Timesheet, TimesheetLine, TimeEntry)}
    lines = TimesheetLine.objects.filter(pk__in=events.values("object_id"))
    entries = TimeEntry.objects.filter(pk__in=events.values("object_id"))
    sheets = list(
        Timesheet.objects.filter(
            pk__in={
                *lines.values_list("timesheet_id", flat=True),
                *entries.values_list("line__timesheet_id", flat=True),
            }
        )
    )
    if not sheets or not types <= ours or any(sheet.person_id != person.pk for sheet in sheets):
        raise LookupError(f"batch {batch} is no copy of a week of this person")
    for sheet in sheets:
        refuse_state(lock_week(actor, person, sheet.week))
    try:
        return undo_batch(actor, batch)
    except UndoRefusedError as error:
        raise ValidationError(
            _("La copie ne peut plus être annulée : « %(name)s » a changé depuis.")
            % {"name": error.conflicts[0].label}
        ) from error


def _line(sheet: Timesheet, subject: Subject) -> TimesheetLine | None:
    found: TimesheetLine | None = TimesheetLine.objects.filter(timesheet=sheet, **subject.fields).first()
    if found is not None:
        found.timesheet, found.project, found.task = sheet, subject.project, subject.task
    return found


def _refuse(person: Person, subject: Subject) -> None:
    if subject.project is not None:
        refuse_subject(person, subject.project, subject.task)
    elif subject.activity not in Activity.values:
        raise ValidationError({"activity": _("Choisissez une activité de la liste.")})


def _refuse_locked(line: TimesheetLine) -> None:
    days: Sequence[date] = list(TimeEntry.objects.filter(line=line, minutes__gt=0).values_list("day", flat=True))
    locked = locked_months(days)
    for day in days:
        refuse_day(line.timesheet.person, day, locked)
