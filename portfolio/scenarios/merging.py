"""Applying a scenario: each operation's base against the live plan, the choices, the writes.

Between the day an operation was added and the day the scenario is applied, others work on the plan. What they changed
of what it touches is named, with who and when, and somebody chooses: the live plan is kept, or the scenario is taken.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.planning.scheduling import lock_plans
from portfolio.scenarios.actions import mark_applied, unapply
from portfolio.scenarios.applying import AppliedBatch, apply_operations, undo_application
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import changed
from portfolio.scenarios.domain.merge import Difference, differences, rebased, snapshot
from portfolio.scenarios.domain.operations import (
    ChangeBudget,
    MoveContract,
    MoveMilestone,
    Operation,
    Reassign,
    ReduceTask,
    ShiftTask,
    SplitTask,
)
from portfolio.scenarios.domain.world import World
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.models import OperationResult, Scenario, ScenarioOperation, ScenarioStatus
from portfolio.scenarios.words import error_sentence
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoConflict, UndoRefusedError
from tech4value.audit.writing import stale_error

TAKE: Final = "take"
KEEP: Final = "keep"


@dataclass(frozen=True, slots=True)
class Moved:
    """A value that the live plan changed under the scenario: `wanted` is where the scenario leads it. `by` and `at`:
    who wrote it last since the operation was added (empty when it follows from elsewhere)."""

    difference: Difference
    wanted: Any
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An operation at the moment of applying: what has moved under it, what it is to be done as (`operation`, None
    when the live plan is there already), or why it can no longer be done. `digest`: which live values were seen."""

    row: ScenarioOperation
    moved: tuple[Moved, ...]
    operation: Operation | None
    refusal: str
    digest: str

    @property
    def conflicts(self) -> bool:
        return bool(self.moved)


class MergeNeededError(Exception):
    """Choices are missing, or the live plan has moved again: nothing was written."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        super().__init__(f"{sum(step.conflicts for step in steps)} operations")


def steps_of(member: Membership, scenario: Scenario) -> list[Step]:
    """Each operation of the scenario against the live plan as it now is."""
    rows = list(scenario.operations.all())
    known: list[tuple[ScenarioOperation, Operation | ScenarioError]] = []
    for row in rows:
        try:
            known.append((row, row.operation))
        except ScenarioError as error:
            known.append((row, error))
    operations = [one for _row, one in known if isinstance(one, Operation)]
    world = read_live(member, projects_of(operations)).world
    found, reached = [], world
    for row, one in known:
        if isinstance(one, ScenarioError):
            found.append(Step(row, (), None, error_sentence(one), ""))
        else:
            step, reached = _step(row, one, world, reached)
            found.append(step)
    return found


def _step(row: ScenarioOperation, operation: Operation, world: World, reached: World) -> tuple[Step, World]:
    """The operation on the live plan, after those before it (`reached`); and what it leads to."""
    now = snapshot(operation, world)
    moved = differences(row.before, now)
    wanted = rebased(operation, row.before, world) if moved else operation
    refusal, after = "", now
    if wanted is not None:
        try:
            reached = changed(reached, wanted)
            after = snapshot(operation, reached)
        except ScenarioError as error:
            refusal = error_sentence(error)
    authors = _authors(row, operation, world) if moved else {}
    step = Step(
        row,
        tuple(Moved(one, _value(after, one), *authors.get(one.field, authors.get("", ("", None)))) for one in moved),
        None if refusal else wanted,
        refusal,
        _digest(now),
    )
    return step, reached


def _value(values: Mapping[str, Any], one: Difference) -> Any:
    found = values.get(one.field)
    return found.get(one.subject) if isinstance(found, dict) else found


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _authors(row: ScenarioOperation, operation: Operation, world: World) -> dict[str, tuple[str, datetime]]:
    """Who wrote each field of what the operation touches last, since it was added; the last of all under ""."""
    keys = _subjects(operation, world)
    events = AuditEvent.objects.filter(object_id__in=keys, at__gt=row.created_at).exclude(changes={})
    found: dict[str, tuple[str, datetime]] = {}
    for event in events.order_by("id"):
        for name in event.changes:
            found[name] = (event.actor_label, event.at)
        found[""] = (event.actor_label, event.at)
    return found


def _subjects(operation: Operation, world: World) -> set[str]:
    if isinstance(operation, ShiftTask | SplitTask | Reassign | ReduceTask):
        works = world.works_of.get(operation.task, ())
        return {operation.task, *(one.key for one in works)}
    if isinstance(operation, MoveMilestone):
        return {operation.milestone}
    if isinstance(operation, MoveContract) and world.books is not None:
        mine = [one for one in world.books.contracts if one.key == operation.contract]
        return {operation.contract, *(part.key for one in mine for part in one.instalments)}
    if isinstance(operation, ChangeBudget):
        return set()
    key = getattr(operation, "project", "") or getattr(operation, "person", "")
    return {key} if key else set()


@transaction.atomic
def apply_scenario(
    *,
    actor: Actor,
    member: Membership,
    scenario: Scenario,
    choices: Mapping[UUID, str],
    seen: Mapping[UUID, str],
    version: int | None = None,
) -> AppliedBatch:
    """Apply an approved scenario: of each operation, `choices` says TAKE or KEEP (the live plan). `seen` are the
    digests of the steps that the choices were made on.

    Raises MergeNeededError when a choice is missing or the plan has moved since, ValidationError for what cannot be
    done, StaleVersionError: nothing is then written.
    """
    found: Scenario = Scenario.objects.select_for_update(no_key=True, of=("self",)).get(pk=scenario.pk)
    if version is not None and version != found.version:
        raise stale_error(found, version)
    if found.status != ScenarioStatus.APPROVED:
        raise ValidationError(
            _("Ce scénario est « %(status)s » : faites-le approuver avant de l’appliquer.")
            % {"status": found.get_status_display()}
        )
    rows = list(found.operations.all())
    lock_plans(projects_of(_sayable(rows)))
    steps = steps_of(member, found)
    for step in steps:
        chosen = choices.get(step.row.pk)
        if chosen not in {TAKE, KEEP} or (step.conflicts and seen.get(step.row.pk) != step.digest):
            raise MergeNeededError(steps)
        if chosen == TAKE and step.refusal:
            raise ValidationError(step.refusal)
    taken = [step for step in steps if choices[step.row.pk] == TAKE]
    operations = [step.operation for step in taken if step.operation is not None]
    if not operations:
        raise ValidationError(_("Rien n’est à appliquer : prenez au moins une opération du scénario."))
    applied = apply_operations(actor=actor, member=member, operations=operations)
    results = {
        step.row: OperationResult.APPLIED if choices[step.row.pk] == TAKE else OperationResult.KEPT for step in steps
    }
    mark_applied(actor=actor, scenario=found, results=results, batch=applied.batch)
    return applied


@transaction.atomic
def undo_scenario(*, actor: Actor, scenario: Scenario) -> int:
    """Put the live plan back as it was; the scenario is approved again. Raises ValidationError, with who has worked
    on what since, when that would lose their work."""
    found: Scenario = Scenario.objects.select_for_update(no_key=True, of=("self",)).get(pk=scenario.pk)
    if found.status != ScenarioStatus.APPLIED or found.batch is None:
        raise ValidationError(_("Ce scénario n’est pas appliqué."))
    count = undo(actor=actor, batch=found.batch)
    unapply(actor=actor, scenario=found)
    return count


def undo(*, actor: Actor, batch: UUID) -> int:
    """Put back what a batch of operations wrote. Raises ValidationError as `undo_scenario` does."""
    events = AuditEvent.objects.filter(batch_id=batch, project_id__isnull=False)
    projects = sorted(set(events.values_list("project_id", flat=True)))
    try:
        return undo_application(actor=actor, batch=batch, projects=projects)
    except UndoRefusedError as error:
        raise ValidationError(refusal_sentence(error.conflicts)) from error


def refusal_sentence(conflicts: Sequence[UndoConflict]) -> str:
    """Who has worked on what since."""
    said = ", ".join(_("« %(name)s » (%(who)s)") % {"name": one.label, "who": one.by} for one in list(conflicts)[:5])
    return _("Ce qui a été appliqué a été modifié depuis : %(rows)s. Rien n’a été annulé.") % {"rows": said}


def _sayable(rows: Sequence[ScenarioOperation]) -> list[Operation]:
    found = []
    for row in rows:
        try:
            found.append(row.operation)
        except ScenarioError:
            continue
    return found
