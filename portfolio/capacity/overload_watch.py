"""Alerts of overloads to come, kept in step with load and capacity: before the commit of what changes them, and each
morning, since the horizon moves without a write.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Sum

from portfolio.capacity.domain.load import weeks_from
from portfolio.capacity.domain.overloads import Run, first_run
from portfolio.capacity.models import LoadWeek, OverloadAlert, OverloadRule
from portfolio.capacity.overload_rule import rule_in_force
from portfolio.people.models import CalendarException, Person, WorkCalendar
from portfolio.people.queries import capacities
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, object_type, update_many
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import before_commit

OF_ALL: Final = {object_type(OverloadRule), object_type(WorkCalendar), object_type(CalendarException)}
OF_PERSON: Final = object_type(Person)
# What a person's capacity is made of; absences come through the roll-up.
CAPACITY: Final = {"capacity", "calendar", "joined_on", "left_on"}
MEASURES: Final = ("first_week", "last_week", "peak")


@dataclass
class _Touched:
    """The persons whose load or capacity a transaction changed: watched once, together, at its end."""

    persons: set[UUID] = field(default_factory=set)
    everybody: bool = False

    def __call__(self) -> None:
        watch(None if self.everybody else self.persons)


def touch(persons: Iterable[UUID] | None) -> None:
    """Watch these persons (None: everybody) before the commit."""
    touched: Any = before_commit("capacity.overloads", _Touched())
    if persons is None:
        touched.everybody = True
    else:
        touched.persons.update(persons)


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    for event in events:
        if event.object_type in OF_ALL:
            touch(None)
        elif event.object_type == OF_PERSON and event.object_id is not None:
            comes_or_goes = event.verb.endswith((".deleted", ".restored"))
            if comes_or_goes or (CAPACITY & set(event.changes) and not event.verb.endswith(".created")):
                touch([event.object_id])


def watch_every_morning(_since: date, _until: date) -> None:
    """The sweep of the morning: what the horizon has reached, or left behind."""
    watch(None)


def watch(person_ids: Collection[UUID] | None) -> None:
    """Open an alert for each overload to come that has none, close those that are over, follow the others.

    Everybody when None. Some nine statements, whatever the number of persons.
    """
    rule = rule_in_force()
    weeks = weeks_from(today(), rule.horizon_weeks)
    held = OverloadAlert.objects.filter(closed_on=None)
    asked = LoadWeek.objects.filter(week__gte=weeks[0], week__lte=weeks[-1])
    if person_ids is not None:
        held, asked = held.filter(person__in=person_ids), asked.filter(person__in=person_ids)
    wanted = set(asked.order_by().values_list("person_id", flat=True)) | set(held.values_list("person_id", flat=True))
    if not wanted:
        return
    # Writers of one person follow one another, always in one order: an alert is opened once.
    locked = Person.everything.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    persons = [person for person in locked if person.deleted_at is None]
    load: dict[tuple[UUID, date], int] = {}
    for person, week, minutes in asked.order_by().values_list("person_id", "week").annotate(minutes=Sum("minutes")):
        load[person, week] = minutes
    capacity = capacities(persons, [(one, one + timedelta(days=6)) for one in weeks])
    runs: dict[UUID, Run] = {}
    for one in persons if rule.is_active else ():
        cells = [(load.get((one.pk, week), 0), capacity[one.pk][at]) for at, week in enumerate(weeks)]
        run = first_run(cells, rule.threshold, rule.min_weeks)
        if run is not None:
            runs[one.pk] = run
    _keep(runs, {row.person_id: row for row in held.select_related("person")}, weeks)


def _keep(runs: Mapping[UUID, Run], alerts: Mapping[UUID, OverloadAlert], weeks: Sequence[date]) -> None:
    day = today()
    fresh = [
        OverloadAlert(
            person_id=person,
            first_week=weeks[run.first],
            last_week=weeks[run.last],
            peak=run.peak,
            opened_on=day,
        )
        for person, run in sorted(runs.items())
        if person not in alerts
    ]
    create_many(SYSTEM, fresh)
    over = [(row, {"closed_on": day}) for person, row in alerts.items() if person not in runs]
    update_many(SYSTEM, over, verb="overloadalert.closed")
    moved = []
    for person, row in alerts.items():
        run = runs.get(person)
        values = None if run is None else (weeks[run.first], weeks[run.last], run.peak)
        if values is not None and tuple(getattr(row, name) for name in MEASURES) != values:
            for name, value in zip(MEASURES, values, strict=True):
                setattr(row, name, value)
            moved.append(row)
    if moved:  # what an alert measures is followed without an event: it was told once
        update_rows(moved, list(MEASURES))
