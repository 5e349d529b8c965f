"""A plan that comes from elsewhere (a Microsoft Project file, demo data) takes the place of what came before.

Rows are matched by the source's own ids: `known` says which task each stands for, so that the same file read again
updates and never duplicates. Tasks that people added here by hand stay, after those of the source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.planning.domain import wbs
from portfolio.planning.models import (
    Assignment,
    Baseline,
    BaselineTask,
    ConstraintKind,
    Dependency,
    DependencyKind,
    EffortType,
    LagUnit,
    Task,
    TaskKind,
    TaskMode,
)
from portfolio.planning.scheduling import load_plan, lock_plan, renumber, reschedule
from portfolio.planning.task_rules import refuse_far
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, delete_many, update_many


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A line of the source, in reading order; `level` is 1 at the top. A line with lines under it is a summary."""

    uid: str
    level: int
    name: str
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int = 0
    work_minutes: int = 0
    milestone: bool = False
    mode: str = TaskMode.AUTO
    percent_complete: Decimal = Decimal(0)
    constraint_kind: str = ConstraintKind.ASAP
    constraint_at: datetime | None = None
    deadline_at: datetime | None = None
    actual_start_at: datetime | None = None
    actual_end_at: datetime | None = None
    notes: str = ""
    effort_type: str = EffortType.DURATION
    # The line's own calendar; None follows the plan's.
    calendar_id: UUID | None = None
    # The project's milestone that the line stands for; None leaves the one that is tied to it.
    milestone_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """`lag` is in minutes, or in hundredths of a percent for `LagUnit.PERCENT`."""

    predecessor: str
    successor: str
    kind: str = DependencyKind.FS
    lag: int = 0
    lag_unit: str = LagUnit.WORKING


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    """`units` 1 is full time."""

    task: str
    person: Person
    units: Decimal = Decimal(1)
    work_minutes: int = 0


@dataclass(frozen=True, slots=True)
class PlannedDates:
    """A task in a baseline."""

    starts_at: datetime
    ends_at: datetime
    duration_minutes: int = 0
    work_minutes: int = 0


@dataclass(frozen=True, slots=True)
class PlannedBaseline:
    """The dates that the source had frozen, by task."""

    name: str
    taken_on: date
    tasks: Mapping[str, PlannedDates]


@dataclass(frozen=True, slots=True)
class ReplacedPlan:
    """What was written. `task_ids` is the next `known`: keep it (as ExternalRef rows) for the next run."""

    task_ids: dict[str, UUID]
    created: int = 0
    updated: int = 0
    deleted: int = 0
    links: int = 0
    assignments: int = 0


@transaction.atomic
def replace_plan(
    *,
    actor: Actor,
    project: Project,
    tasks: Sequence[PlannedTask],
    links: Sequence[PlannedLink] = (),
    assignments: Sequence[PlannedAssignment] = (),
    baseline: PlannedBaseline | None = None,
    known: Mapping[str, UUID] | None = None,
    keep_dates: bool = True,
) -> ReplacedPlan:
    """Bring the plan to what the source says, in a few statements whatever the number of tasks, all journaled.

    `known` maps the source's uids to the tasks that they became last time (those gone since are created again);
    tasks of `known` that the source no longer has are deleted. With `keep_dates` the source's dates stand until the
    plan is next edited here. Raises ValidationError (a loop with its path, dates out of reach, unknown uids).
    """
    lock_plan(project)
    known = known or {}
    _check(project, tasks, links, assignments, baseline)
    existing = {task.pk: task for task in Task.objects.filter(project=project)}
    matched = {uid: existing[key] for uid, key in known.items() if key in existing}
    gone = {task.pk: task for uid, task in matched.items() if uid not in {row.uid for row in tasks}}
    by_uid, created, updated = _write_tasks(actor, project, tasks, matched)
    _settle_others(actor, existing, {task.pk for task in by_uid.values()}, gone, len(tasks))
    link_changes = _write_links(actor, project, links, by_uid, gone)
    assignment_changes = _write_assignments(actor, project, assignments, by_uid, gone)
    delete_many(actor, list(gone.values()))
    if baseline is not None:
        _write_baseline(actor, project, baseline, by_uid)
    plan = load_plan(project)
    renumber(plan)
    reschedule(actor=actor, project=project, plan=plan, keep_dates=keep_dates)
    return ReplacedPlan(
        {uid: task.pk for uid, task in by_uid.items()},
        created,
        updated,
        len(gone),
        link_changes,
        assignment_changes,
    )


def _check(
    project: Project,
    tasks: Sequence[PlannedTask],
    links: Sequence[PlannedLink],
    assignments: Sequence[PlannedAssignment],
    baseline: PlannedBaseline | None,
) -> None:
    uids = {row.uid for row in tasks}
    if len(uids) != len(tasks):
        raise ValidationError(_("Deux tâches ont le même identifiant."))
    named = {uid for link in links for uid in (link.predecessor, link.successor)}
    named |= {row.task for row in assignments} | (set(baseline.tasks) if baseline else set())
    if named - uids:
        raise ValidationError(
            _("Un lien, une affectation ou une référence parle d’une tâche absente : %(uids)s.")
            % {"uids": ", ".join(sorted(named - uids)[:5])}
        )
    for row in tasks:
        if row.ends_at < row.starts_at:
            raise ValidationError(
                _("La fin précède le début : « %(path)s ». Corrigez l’une des deux dates.") % {"path": row.name}
            )
        try:
            refuse_far(row.starts_at, row.ends_at, project)
        except ValidationError as error:
            values = {"task": row.name, "reason": " ".join(error.messages)}
            raise ValidationError(_("« %(task)s » : %(reason)s") % values) from error


def _write_tasks(
    actor: Actor, project: Project, rows: Sequence[PlannedTask], matched: Mapping[str, Task]
) -> tuple[dict[str, Task], int, int]:
    parents = wbs.parents_of_levels([row.level for row in rows])
    codes = wbs.codes_of_levels([row.level for row in rows])
    with_children = set(parents)
    by_uid: dict[str, Task] = {}
    new: list[Task] = []
    changes: list[tuple[Task, dict[str, Any]]] = []
    for index, row in enumerate(rows):
        above = parents[index]
        values = _task_values(row, index in with_children)
        values |= {
            "parent_id": None if above is None else by_uid[rows[above].uid].pk,
            "position": index,
            "wbs": codes[index][:60],
        }
        task = matched.get(row.uid)
        if task is None:
            task = Task(project=project, **values)
            new.append(task)
        else:
            changes.append((task, values))
        by_uid[row.uid] = task
    create_many(actor, new)
    return by_uid, len(new), len(update_many(actor, changes))


def _task_values(row: PlannedTask, is_summary: bool) -> dict[str, Any]:
    kind = TaskKind.SUMMARY if is_summary else TaskKind.MILESTONE if row.milestone else TaskKind.TASK
    tied = {} if row.milestone_id is None else {"milestone_id": row.milestone_id}
    return {
        **tied,
        "name": row.name[:255],
        "kind": kind,
        "mode": TaskMode.AUTO if is_summary else row.mode,
        "starts_at": row.starts_at,
        "ends_at": row.starts_at if kind == TaskKind.MILESTONE else row.ends_at,
        "duration_minutes": 0 if kind == TaskKind.MILESTONE else row.duration_minutes,
        "work_minutes": row.work_minutes,
        "percent_complete": row.percent_complete,
        "constraint_kind": row.constraint_kind,
        "constraint_at": row.constraint_at,
        "deadline_at": row.deadline_at,
        "actual_start_at": row.actual_start_at,
        "actual_end_at": row.actual_end_at,
        "notes": row.notes,
        "effort_type": row.effort_type,
        "calendar_id": row.calendar_id,
    }


def _settle_others(
    actor: Actor, existing: Mapping[UUID, Task], ours: set[UUID], gone: Mapping[UUID, Task], first: int
) -> None:
    """The tasks made by hand come after the source's, and out of a summary that goes."""
    others = sorted(
        (task for key, task in existing.items() if key not in ours and key not in gone), key=attrgetter("position")
    )
    changes = []
    for rank, task in enumerate(others, start=first):
        values: dict[str, Any] = {"position": rank}
        if task.parent_id in gone:
            values["parent_id"] = None
        changes.append((task, values))
    update_many(actor, changes)


def _write_links(
    actor: Actor,
    project: Project,
    rows: Sequence[PlannedLink],
    by_uid: Mapping[str, Task],
    gone: Mapping[UUID, Task],
) -> int:
    current = {(link.predecessor_id, link.successor_id): link for link in Dependency.objects.filter(project=project)}
    ours = {task.pk for task in by_uid.values()} | set(gone)
    new: list[Dependency] = []
    changes: list[tuple[Dependency, dict[str, Any]]] = []
    wanted: set[tuple[UUID, UUID]] = set()
    for row in rows:
        one, other = by_uid[row.predecessor], by_uid[row.successor]
        pair = (one.pk, other.pk)
        if pair in wanted:
            continue
        wanted.add(pair)
        values = {"kind": row.kind, "lag": row.lag, "lag_unit": row.lag_unit}
        if pair in current:
            changes.append((current[pair], values))
        else:
            new.append(Dependency(project=project, predecessor=one, successor=other, **values))
    stale = [
        link for pair, link in current.items() if pair not in wanted and (set(pair) <= ours or set(pair) & set(gone))
    ]
    delete_many(actor, stale)
    create_many(actor, new)
    return len(new) + len(update_many(actor, changes)) + len(stale)


def _write_assignments(
    actor: Actor,
    project: Project,
    rows: Sequence[PlannedAssignment],
    by_uid: Mapping[str, Task],
    gone: Mapping[UUID, Task],
) -> int:
    current = {(row.task_id, row.person_id): row for row in Assignment.objects.filter(project=project)}
    wanted: dict[tuple[UUID, UUID], PlannedAssignment] = {}
    for row in rows:
        pair = (by_uid[row.task].pk, row.person.pk)
        before = wanted.get(pair)
        if before is not None:  # the same person twice on one task: one row, with the sum
            total, work = before.units + row.units, before.work_minutes + row.work_minutes
            row = PlannedAssignment(row.task, row.person, total, work)
        wanted[pair] = row
    ours = {task.pk for task in by_uid.values()} | set(gone)
    new: list[Assignment] = []
    changes: list[tuple[Assignment, dict[str, Any]]] = []
    for pair, row in wanted.items():
        values = {"units": min(row.units, Decimal(10)), "work_minutes": row.work_minutes}
        if pair in current:
            changes.append((current[pair], values))
        else:
            new.append(Assignment(project=project, task=by_uid[row.task], person=row.person, **values))
    stale = [row for pair, row in current.items() if pair not in wanted and pair[0] in ours]
    delete_many(actor, stale)
    create_many(actor, new)
    return len(new) + len(update_many(actor, changes)) + len(stale)


def _write_baseline(actor: Actor, project: Project, wanted: PlannedBaseline, by_uid: Mapping[str, Task]) -> None:
    """The baseline of that name, frozen anew only when its dates differ."""
    frozen = {by_uid[uid].pk: dates for uid, dates in wanted.tasks.items()}
    old = Baseline.objects.filter(project=project, name=wanted.name).first()
    if old is not None:
        rows = BaselineTask.objects.filter(baseline=old)
        same = {
            row.task_id: PlannedDates(row.starts_at, row.ends_at, row.duration_minutes, row.work_minutes)
            for row in rows
        }
        if same == frozen:
            return
        delete(actor, old)
    baseline = create(actor, Baseline(project=project, name=wanted.name, taken_on=wanted.taken_on))
    create_many(
        actor,
        [
            BaselineTask(
                baseline=baseline,
                task_id=key,
                starts_at=dates.starts_at,
                ends_at=dates.ends_at,
                duration_minutes=dates.duration_minutes,
                work_minutes=dates.work_minutes,
            )
            for key, dates in frozen.items()
        ],
    )
