"""Time that counts becomes the actual and remaining work of tasks, in the transaction that makes it count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Min, Q, Sum

from portfolio.planning.models import Assignment
from portfolio.planning.work_actions import WorkDone, record_work
from portfolio.timesheets.domain import WeekOfWork, still_to_do
from portfolio.timesheets.models import TimeEntry, Timesheet, TimesheetLine
from portfolio.timesheets.settings import counted_states
from tech4value.audit.actor import Actor


def feed_plans(actor: Actor, sheets: Sequence[Timesheet]) -> None:
    """The tasks of these weeks say what was done on them; some ten statements, and those of the plans that move."""
    lines = TimesheetLine.everything.filter(timesheet__in=sheets, task__isnull=False)
    feed_tasks(actor, set(lines.values_list("task_id", flat=True)))


def feed_everything(actor: Actor) -> None:
    """Every task that anybody entered time on: after a change of what counts."""
    feed_tasks(actor, set(TimesheetLine.everything.filter(task__isnull=False).values_list("task_id", flat=True)))


def feed_tasks(actor: Actor, tasks: Iterable[UUID | None]) -> None:
    """Write what was done on these tasks, and what is left."""
    keys = {key for key in tasks if key is not None}
    if keys:
        record_work(actor=actor, work=work_of(keys))


def work_of(tasks: Iterable[UUID]) -> dict[UUID, WorkDone]:
    """What was done on each task in the weeks that count. Four statements."""
    keys = set(tasks)
    counts = Q(
        line__deleted_at=None,
        line__timesheet__deleted_at=None,
        line__timesheet__state__in=counted_states(),
        line__task__in=keys,
    )
    minutes: dict[tuple[UUID, UUID], dict[date, int]] = defaultdict(dict)
    begun: dict[UUID, date] = {}
    rows = TimeEntry.objects.filter(counts, minutes__gt=0).order_by()
    grouped = rows.values_list("line__task_id", "line__timesheet__person_id", "line__timesheet__week")
    for task, person, week, total, first in grouped.annotate(total=Sum("minutes"), first=Min("day")):
        minutes[task, person][week] = total
        begun[task] = min(first, begun.get(task, first))
    said: dict[tuple[UUID, UUID], dict[date, int]] = defaultdict(dict)
    lines = TimesheetLine.objects.filter(
        task__in=keys,
        timesheet__deleted_at=None,
        timesheet__state__in=counted_states(),
        remaining_minutes__isnull=False,
    )
    for task, person, week, left in lines.values_list(
        "task_id", "timesheet__person_id", "timesheet__week", "remaining_minutes"
    ):
        said[task, person][week] = left
    planned: dict[tuple[UUID, UUID], int] = {}
    for task, person, work in Assignment.objects.filter(task__in=keys).values_list(
        "task_id", "person_id", "work_minutes"
    ):
        planned[task, person] = work
    everybody = {*minutes, *said, *planned}
    found = {}
    for task in keys:
        people = [place for place in everybody if place[0] == task]
        left = None
        if any(place in said for place in people):
            left = sum(still_to_do(planned.get(one, 0), _weeks(minutes[one], said[one])) for one in people)
        done = sum(sum(minutes[one].values()) for one in people)
        found[task] = WorkDone(done, left, begun.get(task))
    return found


def _weeks(minutes: dict[date, int], said: dict[date, int]) -> list[WeekOfWork]:
    return [WeekOfWork(week, minutes.get(week, 0), said.get(week)) for week in {*minutes, *said}]
