"""What operations do to the live plan: the rows become what the evaluation showed, by the rooms' own actions.

The world with the operations is compared with the live one, and each difference is written by the room whose row it
is, in one batch: `audit.undo` takes all of it back at once. Then every plan that was touched is dated again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from portfolio.finance.models import BudgetLine
from portfolio.planning.project_graph import edges, ranks
from portfolio.planning.scheduling import compute, load_plan, lock_plans, reschedule
from portfolio.projects.access import granted
from portfolio.projects.actions import change_project
from portfolio.projects.models import Phase, Project
from portfolio.scenarios import money_writes, plan_writes
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import changed
from portfolio.scenarios.domain.operations import (
    AddProject,
    ChangeBudget,
    ChangeRate,
    Hire,
    MoveContract,
    MoveMilestone,
    Operation,
    ShiftProject,
    StopProject,
)
from portfolio.scenarios.domain.world import World
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.words import as_validation
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.undo import undo_batch
from tech4value.tenancy.clock import today
from tech4value.tenancy.models import uuid7


@dataclass(frozen=True, slots=True)
class AppliedBatch:
    """What was written: the batch that undoes it, the projects whose plans were dated again, and what has no place in
    the live plan, in sentences."""

    batch: UUID
    projects: frozenset[UUID]
    notes: tuple[str, ...]


def may_apply(member: Membership, operations: Sequence[Operation]) -> bool:
    """Whether `member` could do each of these by hand, or approves scenarios."""
    if member.can(Permission.SCENARIO_APPROVE):
        return True
    demanded: dict[Permission, set[UUID]] = {}
    for one in operations:
        if isinstance(one, AddProject):
            needs = Permission.PROJECT_CREATE
        elif isinstance(one, Hire | ChangeRate):
            needs = Permission.PEOPLE_EDIT
        elif isinstance(one, MoveContract):
            needs = Permission.CASH_EDIT
        else:
            edits_project = isinstance(one, MoveMilestone | StopProject)
            needs = Permission.BUDGET_EDIT if isinstance(one, ChangeBudget) else Permission.PLAN_EDIT
            needs = Permission.PROJECT_EDIT if edits_project else needs
            demanded.setdefault(needs, set()).update(projects_of([one]))
            continue
        if not member.can(needs):
            return False
    shifted = projects_of([one for one in operations if isinstance(one, ShiftProject)])
    if shifted:
        demanded.setdefault(Permission.BUDGET_EDIT, set()).update(_spending(shifted))
    return all(
        granted(member, permission).filter(pk__in=keys).count() == len(keys) for permission, keys in demanded.items()
    )


def _spending(projects: Iterable[UUID]) -> set[UUID]:
    """Those that have still to spend: their forecasts move with them. One statement."""
    lines = BudgetLine.objects.filter(
        project__in=list(projects), envelope=None, month__gte=today().replace(day=1), forecast__gt=0
    )
    return set(lines.order_by().values_list("project_id", flat=True).distinct())


@transaction.atomic
def apply_operations(*, actor: Actor, member: Membership, operations: Sequence[Operation]) -> AppliedBatch:
    """Write these operations to the live plan; the caller has seen to it that the member may (`may_apply`).

    Raises ValidationError, in words, for what cannot be done: nothing is then written.
    """
    touched = projects_of(operations)
    # Whoever writes one of these plans waits, and is seen by the reading below.
    lock_plans(touched)
    live = read_live(member, touched)
    try:
        wanted = live.world
        for one in operations:
            wanted = changed(wanted, one)
    except ScenarioError as error:
        raise as_validation(error) from error
    batch = actor.batch_id or uuid7()
    within = actor.within(batch)
    written = _write(within, live.world, wanted, operations)
    for project in _in_order(written):
        reschedule(actor=within, project=project)
    _close(within, wanted)
    return AppliedBatch(batch, frozenset(project.pk for project in written), tuple(money_writes.notes(wanted)))


def _write(actor: Actor, live: World, wanted: World, operations: Sequence[Operation]) -> list[Project]:
    """Every difference; returns the projects whose plans are to be dated again."""
    new = money_writes.add_projects(actor, wanted)
    keys = {key for key, one in wanted.projects.items() if not one.added and one != live.projects.get(key)}
    plan_keys = plan_writes.touched(live, wanted)
    rows = {str(row.pk): row for row in Project.objects.filter(pk__in=keys | plan_keys)}
    plan_writes.write_projects(actor, live, wanted, rows)
    plan_writes.write_milestones(actor, live, wanted)
    seconds = plan_writes.write_plan(actor, live, wanted)
    plan_writes.write_bookings(actor, live, wanted, new)
    money_writes.write_lines(actor, live, wanted, new)
    money_writes.write_contracts(actor, live, wanted, seconds)
    money_writes.write_people(actor, wanted, operations)
    return [rows[key] for key in sorted(keys | plan_keys) if key in rows]


def _in_order(projects: Sequence[Project]) -> list[Project]:
    """Each after those that it waits for."""
    order = ranks([row.pk for row in projects], edges())
    return sorted(projects, key=lambda row: order.get(row.pk, 0))


def _close(actor: Actor, wanted: World) -> None:
    """What is stopped is closed, last: a closed plan does not move."""
    for key, facts in wanted.projects.items():
        if facts.stopped_on is not None and not facts.added:
            row: Any = Project.objects.get(pk=key)
            change_project(actor=actor, project=row, values={"phase": Phase.CLOSED})


@transaction.atomic
def undo_application(*, actor: Actor, batch: UUID, projects: Sequence[UUID] = ()) -> int:
    """Put every row back as it was before the operations; returns how many. Raises audit.undo.UndoRefusedError when
    others have worked on them since."""
    lock_plans(projects)
    count = undo_batch(actor, batch)
    for row in _in_order(list(Project.objects.filter(pk__in=projects))):
        plan = load_plan(row)
        try:
            placed = compute(plan).tasks
        except ValidationError:
            continue  # as it was before
        parents = plan.parents
        # A plan that came with dates of its own has them back: only its floats are worked out again.
        same = all(
            (task.starts_at, task.ends_at) == (placed[str(task.pk)].start, placed[str(task.pk)].finish)
            for task in plan.tasks
            if task.pk not in parents
        )
        reschedule(actor=actor, project=row, plan=plan, keep_dates=not same)
    return count
