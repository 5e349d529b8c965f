"""A plan in the terms of MSPDI, from what an import reads or writes: what is written back into the same file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from integrations.imports.domain.mspdi import ConstraintType, EffortKind, LinkType, MspdiProject, MspdiResource
from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.mspdi_held import (
    HeldAssignment,
    HeldBaseline,
    HeldCalendar,
    HeldLink,
    HeldPlan,
    HeldResource,
    HeldTask,
    Origin,
)
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.plan_changes import LIMITS, PlanChanges, in_our_terms, own_calendar
from integrations.imports.plan_fields import fields_in
from portfolio.people.domain.calendar import Calendar, CalendarException
from portfolio.planning.actions import PlannedTask
from portfolio.planning.domain.wbs import parents_of_levels
from portfolio.planning.models import LagUnit, Task, TaskMode
from tech4value.fields.models import FieldDefinition

LABEL_KEPT = 120  # characters of an exception's name


def held_task(
    row: PlannedTask | Task, *, uid: int, level: int, summary: bool, milestone: bool, calendar_uid: int | None
) -> HeldTask:
    """A line as it is written."""
    return HeldTask(
        uid=uid,
        level=level,
        name=row.name[:255],
        start=row.starts_at,
        finish=row.starts_at if milestone else row.ends_at,
        duration_minutes=0 if milestone else row.duration_minutes,
        work_minutes=row.work_minutes,
        percent_complete=row.percent_complete,
        summary=summary,
        milestone=milestone,
        manual=not summary and row.mode == TaskMode.MANUAL,
        constraint=ConstraintType(row.constraint_kind),
        constraint_date=row.constraint_at,
        deadline=row.deadline_at,
        actual_start=row.actual_start_at,
        actual_finish=row.actual_end_at,
        notes=row.notes,
        effort=EffortKind(row.effort_type),
        calendar_uid=calendar_uid,
    )


def held_link(predecessor: int, successor: int, kind: str, lag: int, unit: str) -> HeldLink:
    """A link as it is written."""
    return HeldLink(
        predecessor,
        successor,
        LinkType(kind),
        lag,
        elapsed=unit == LagUnit.ELAPSED and lag != 0,
        percent=unit == LagUnit.PERCENT,
    )


def held_calendar(uid: int, calendar: Calendar, more: Iterable[CalendarException] = ()) -> HeldCalendar:
    """A calendar as it is written, with `more` days off."""
    exceptions = (replace(one, name=one.name[:LABEL_KEPT]) for one in (*calendar.exceptions, *more))
    return HeldCalendar(uid, calendar.name, calendar.week, frozenset(exceptions))


def added_up(assignments: Iterable[HeldAssignment]) -> dict[tuple[int, int], HeldAssignment]:
    """One assignment for each person and task: those of the same pair add up, to ten full times at most."""
    found: dict[tuple[int, int], HeldAssignment] = {}
    for one in assignments:
        pair = (one.task, one.resource)
        before = found.get(pair)
        if before is not None:
            work = before.work_minutes + one.work_minutes
            one = replace(one, units=before.units + one.units, work_minutes=work)
        found[pair] = one
    return {pair: replace(one, units=min(one.units, Decimal(10))) for pair, one in found.items()}


def depths(levels: Sequence[int]) -> list[int]:
    """The levels that lines have here, where none is skipped."""
    found: list[int] = []
    for above in parents_of_levels(levels):
        found.append(1 if above is None else found[above] + 1)
    return found


def held_of_changes(
    changes: PlanChanges, *, same: Mapping[int, int] | None = None, people: frozenset[int] | None = None
) -> HeldPlan:
    """A file as it is held once imported. `same` gives the resource that stands for another; `people` are the
    resources that became persons, all of them by default."""
    same = same or {}
    people = frozenset(one.uid for one in changes.resources) if people is None else people
    levels = [row.level for row in changes.tasks]
    with_children = set(parents_of_levels(levels))
    frozen = changes.baseline.tasks if changes.baseline else {}
    tasks = []
    for index, (row, level) in enumerate(zip(changes.tasks, depths(levels), strict=True)):
        summary = index in with_children
        task = held_task(
            row,
            uid=int(row.uid),
            level=level,
            summary=summary,
            milestone=row.milestone and not summary,
            calendar_uid=changes.task_calendars.get(row.uid),
        )
        if dates := frozen.get(row.uid):
            baseline = HeldBaseline(0, dates.starts_at, dates.ends_at, dates.duration_minutes, dates.work_minutes)
            task = replace(task, baselines=(baseline,))
        tasks.append(replace(task, attributes=changes.custom.texts.get(row.uid, ())))
    links: dict[tuple[int, int], HeldLink] = {}
    for link in changes.links:
        one = held_link(int(link.predecessor), int(link.successor), link.kind, link.lag, link.lag_unit)
        links.setdefault((one.predecessor, one.successor), one)
    assignments = (
        HeldAssignment(int(one.task), same.get(one.resource, one.resource), one.units, one.work_minutes)
        for one in changes.assignments
        if one.resource in people
    )
    source = changes.source
    return HeldPlan(
        name=source.title or source.name,
        calendar_uid=source.calendar_uid,
        tasks=tuple(tasks),
        links=links,
        resources=tuple(_resource(one) for one in changes.resources if one.uid in people),
        assignments=added_up(assignments),
        calendars=tuple(_calendars(source, changes, people)),
        fields=changes.custom.attributes,
    )


def _resource(one: MspdiResource) -> HeldResource:
    units = Decimal(1) if one.max_units is None else one.max_units
    return HeldResource(one.uid, one.name.strip(), one.email.strip().lower(), units, one.calendar_uid)


def _calendars(source: MspdiProject, changes: PlanChanges, people: frozenset[int]) -> Iterable[HeldCalendar]:
    """That of the project, those of tasks, and those of persons who have hours of their own."""
    wanted = [source.calendar_uid] if source.calendar_uid in source.calendars_by_uid else []
    wanted += list(changes.task_calendars.values())
    wanted += [one.calendar_uid for one in changes.resources if one.uid in people and own_calendar(source, one)]
    for uid in dict.fromkeys(wanted):
        if uid is not None:
            yield held_calendar(uid, working_calendar(source, uid))


def read_origin(
    content: bytes,
    starts_on: date,
    *,
    same: Mapping[int, int] | None = None,
    people: frozenset[int] | None = None,
    fields: Sequence[FieldDefinition] = (),
) -> tuple[Origin, MspdiProject]:
    """The file that a plan came from, with what it became, its custom fields too (`fields`: those that there were).
    Raises ImportRefused for one that is no longer read."""
    source = read_mspdi(content, LIMITS)
    changes = in_our_terms(source, starts_on, day=starts_on)
    changes.custom = fields_in(source, fields)
    if people is not None:
        people &= {one.uid for one in changes.resources}
    return Origin(content, held_of_changes(changes, same=same, people=people), same or {}), source
