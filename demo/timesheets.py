"""Three weeks of time of some people of each pole: two approved, the last one waiting for its manager."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from demo.organisation import Company
from demo.story import Anchor
from portfolio.people.models import Person, Profile
from portfolio.people.queries import capacities
from portfolio.people.rates import create_rate
from portfolio.planning.models import Assignment, TaskKind
from portfolio.timesheets.actions import Subject, copy_last_week, enter_time
from portfolio.timesheets.domain import week_days
from portfolio.timesheets.models import Activity, TimeEntry, Timesheet
from portfolio.timesheets.review_actions import approve_weeks, submit_week
from tech4value.audit.actor import SYSTEM, Actor

OF_A_POLE: Final = 3
WEEKS: Final = (-3, -2, -1)
# Of each day most goes to the task, the rest to the life of the company.
INTERNAL_MINUTES: Final = 45


def load_time(company: Company, anchor: Anchor) -> None:
    """A dated rate, and the weeks of those who had a task under way, at most OF_A_POLE in each pole."""
    profile = Profile.objects.filter(persons__isnull=False).order_by("sort_name").first()
    if profile is not None:
        rate = max(Decimal(str(person.daily_rate or 0)) for person in profile.persons.all())
        first = anchor.month(0).replace(month=1, day=1)
        create_rate(actor=SYSTEM, profile=profile, valid_from=first, daily_rate=rate)
    for pole in company.poles.values():
        pole.refresh_from_db()
        if pole.manager is None or pole.manager.membership is None:
            continue
        reviewer = pole.manager.membership.actor
        for assignment in _under_way(pole.pk, anchor.week(WEEKS[0])):
            _load_weeks(assignment, anchor, reviewer)


def _under_way(pole: UUID, week: date) -> list[Assignment]:
    """One task under way of each of the first persons of a pole; such a task is where it was: time moves no date."""
    rows = Assignment.objects.filter(
        person__pole=pole,
        person__membership__isnull=False,
        task__kind=TaskKind.TASK,
        task__percent_complete__gt=0,
        task__percent_complete__lt=1,
        task__actual_start_at__lt=datetime.combine(week, time()),
        task__deleted_at=None,
        project__deleted_at=None,
    )
    found: dict[UUID, Assignment] = {}
    related = ("person__membership__user", "task__project", "project")
    for row in rows.select_related(*related).order_by("person__sort_name", "task__starts_at", "pk"):
        found.setdefault(row.person_id, row)
    return list(found.values())[:OF_A_POLE]


def _load_weeks(assignment: Assignment, anchor: Anchor, reviewer: Actor) -> None:
    person: Person = assignment.person
    if person.membership is None:
        return
    actor = person.membership.actor
    for number in WEEKS:
        week = anchor.week(number)
        if Timesheet.objects.filter(person=person, week=week - timedelta(days=7)).exists():
            copy_last_week(actor=actor, person=person, week=week, hours=True)
        _fill(actor, assignment, week)
        if not TimeEntry.objects.filter(line__timesheet__person=person, line__timesheet__week=week).exists():
            continue
        sheet = submit_week(actor=actor, person=person, week=week)
        if number != WEEKS[-1]:
            approve_weeks(actor=reviewer, sheets=[sheet.pk])


def _fill(actor: Actor, assignment: Assignment, week: date) -> None:
    """The working days that a copy left empty."""
    person = assignment.person
    days = week_days(week)
    known = TimeEntry.objects.filter(line__timesheet__person=person, day__in=days).values_list("day", flat=True)
    done = set(known)
    for day, minutes in zip(days, capacities([person], [(day, day) for day in days])[person.pk], strict=True):
        if day in done or minutes <= INTERNAL_MINUTES:
            continue
        task = Subject(assignment.project, assignment.task)
        internal = Subject(activity=Activity.INTERNAL)
        for subject, spent in ((task, minutes - INTERNAL_MINUTES), (internal, INTERNAL_MINUTES)):
            enter_time(actor=actor, person=person, subject=subject, day=day, minutes=spent)
