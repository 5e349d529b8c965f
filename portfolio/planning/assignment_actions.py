"""Who works on what: units (1 is full time) and work in minutes."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.people.validation import changed, cleaned, values_of
from portfolio.planning.domain.effort import Effort, balanced
from portfolio.planning.domain.network import EffortType
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.planning.scheduling import lock_plan, reschedule
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, update, update_many

ONE = Decimal(1)
MOST_UNITS = Decimal(10)


def work_of(units: Decimal, duration_minutes: int) -> int:
    """The work of an assignment that follows the task's duration, rounded half up to the minute."""
    return int((Decimal(units) * duration_minutes).quantize(ONE, rounding=ROUND_HALF_UP))


@transaction.atomic
def assign(
    *, actor: Actor, task: Task, person: Person, units: Decimal = ONE, work_minutes: int | None = None
) -> Assignment:
    """Put `person` on `task`. The work is units x duration when it is not said."""
    lock_plan(task.project)
    task.refresh_from_db()
    if task.kind == TaskKind.MILESTONE:
        raise ValidationError(
            {"task": _("« %(task)s » est un jalon : personne n’y travaille.") % {"task": task.name}}
        )
    if Assignment.objects.filter(task=task, person=person).exists():
        raise ValidationError(
            {
                "person": _("%(person)s est déjà sur « %(task)s » : modifiez son affectation.")
                % {"person": person.name, "task": task.name}
            }
        )
    row = cleaned(
        Assignment(project_id=task.project_id, task=task, person=person, units=units, work_minutes=work_minutes or 0)
    )
    if work_minutes is None:
        row.work_minutes = work_of(row.units, task.duration_minutes)
    create(actor, row)
    sum_work(actor, task)
    _redate(actor, task)
    return row


@transaction.atomic
def change_assignment(
    *, actor: Actor, assignment: Assignment, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change units or work. Of a task of fixed duration the work follows new units unless it is said; of another the
    duration does, and the plan is dated again."""
    lock_plan(assignment.task.project)
    assignment.task.refresh_from_db()
    values = dict(values)
    candidate = changed(assignment, values)
    if "units" in values and "work_minutes" not in values and candidate.units != assignment.units:
        task = assignment.task
        effort = Effort(task.duration_minutes, candidate.units, assignment.work_minutes)
        candidate.work_minutes = balanced(effort, EffortType(task.effort_type), "units").work_minutes
        values["work_minutes"] = candidate.work_minutes
    differs = update(actor, assignment, values_of(candidate, values), version=version)
    if differs:
        sum_work(actor, assignment.task)
        _redate(actor, assignment.task)
    return differs


@transaction.atomic
def unassign(*, actor: Actor, assignment: Assignment) -> None:
    """Take a person off a task."""
    lock_plan(assignment.task.project)
    delete(actor, assignment)
    sum_work(actor, assignment.task)
    _redate(actor, assignment.task)


@transaction.atomic
def set_people(*, actor: Actor, task: Task, people: Mapping[Person, Decimal]) -> None:
    """Leave exactly these persons on the task, with these units."""
    current = {row.person_id: row for row in Assignment.objects.filter(task=task).select_related("task")}
    wanted = {person.pk for person in people}
    for person_id, row in current.items():
        if person_id not in wanted:
            unassign(actor=actor, assignment=row)
    for person, units in people.items():
        known = current.get(person.pk)
        if known is None:
            assign(actor=actor, task=task, person=person, units=units)
        else:
            change_assignment(actor=actor, assignment=known, values={"units": units})
    task.refresh_from_db()


def _redate(actor: Actor, task: Task) -> None:
    """Where the length of a task follows from its work, the plan is dated again."""
    if task.effort_type != EffortType.FIXED_DURATION:
        reschedule(actor=actor, project=task.project)


def follow_duration(actor: Actor, task: Task, old_duration: int) -> None:
    """After a change of duration: units follow it where the work is fixed; else the work that followed it follows it
    still, and work that was typed stays."""
    rows = list(Assignment.objects.filter(task=task))
    if task.effort_type == EffortType.FIXED_WORK:
        held = [(row, Effort(task.duration_minutes, row.units, row.work_minutes)) for row in rows]
        kept = [(row, min(balanced(one, EffortType.FIXED_WORK, "duration").units, MOST_UNITS)) for row, one in held]
        update_many(actor, [(row, {"units": units}) for row, units in kept if units != row.units])
        return
    update_many(
        actor,
        [
            (row, {"work_minutes": work_of(row.units, task.duration_minutes)})
            for row in rows
            if row.work_minutes == work_of(row.units, old_duration) or task.effort_type == EffortType.FIXED_UNITS
        ],
    )
    if rows:
        sum_work(actor, task)


def sum_work(actor: Actor, task: Task) -> None:
    """A task's work is the sum of its assignments'."""
    total = Assignment.objects.filter(task=task).aggregate(total=Sum("work_minutes"))["total"] or 0
    row = Task.objects.get(pk=task.pk)
    update_many(actor, [(row, {"work_minutes": total})])
    task.work_minutes, task.version = row.work_minutes, row.version
