"""What becomes of a proposal: a scenario to work on, or the live plan itself, and back."""

import hashlib
import json
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.planning.scheduling import lock_plans
from portfolio.scenarios.actions import create_scenario, mark_applied
from portfolio.scenarios.applying import AppliedBatch, apply_operations, may_apply
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.merge import snapshot
from portfolio.scenarios.domain.operations import (
    Operation,
    Reassign,
    ReduceTask,
    ShiftTask,
    SplitTask,
    from_json,
    to_json,
)
from portfolio.scenarios.domain.world import World
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.models import OperationResult, Scenario
from portfolio.scenarios.words import as_validation
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor

LONGEST_NAME: Final = 120
PROPOSED: Final = (ShiftTask, Reassign, SplitTask, ReduceTask)
"""What a proposal is made of."""


class StaleProposalError(ValidationError):
    """The plan has moved since the proposal was made."""

    def __init__(self) -> None:
        super().__init__(
            _("Le plan a changé depuis que ces propositions ont été faites : elles viennent d’être refaites."),
            code="stale",
        )


def written(operations: Sequence[Operation]) -> str:
    """The operations as a form sends them back."""
    return json.dumps([[one.kind, to_json(one)] for one in operations], separators=(",", ":"))


def read(text: str) -> tuple[Operation, ...]:
    """What `written` wrote. Raises ValidationError for anything else."""
    try:
        rows: Any = json.loads(text)
        pairs = [(str(kind), params) for kind, params in rows]
    except (ValueError, TypeError) as error:
        raise _unreadable() from error
    return made(pairs)


def made(pairs: Sequence[tuple[str, Any]]) -> tuple[Operation, ...]:
    """The operations of a proposal, by kind and fields. Raises ValidationError for those of none."""
    try:
        operations = tuple(from_json(kind, params) for kind, params in pairs)
    except ScenarioError as error:
        raise as_validation(error) from error
    except (ValueError, TypeError) as error:
        raise _unreadable() from error
    if not operations or any(type(one) not in PROPOSED for one in operations):
        raise _unreadable()
    return operations


def _unreadable() -> ValidationError:
    return ValidationError(_("Cette proposition n’est pas lisible : rouvrez la page des propositions."))


def stamp_of(operations: Sequence[Operation], world: World) -> str:
    """A digest of the live values that the operations touch: another one says that the plan has moved."""
    values = [snapshot(one, world) for one in operations]
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:32]


@transaction.atomic
def open_as_scenario(*, actor: Actor, member: Membership, name: str, operations: Sequence[Operation]) -> Scenario:
    """A draft that holds the proposal. Raises ValidationError for what the plan no longer lets one do."""
    description = _("Faite des propositions pour une surcharge.")
    return create_scenario(
        actor=actor, owner=member, name=free_name(name), description=description, operations=operations
    )


@transaction.atomic
def apply_proposal(
    *, actor: Actor, member: Membership, name: str, operations: Sequence[Operation], stamp: str
) -> tuple[Scenario, AppliedBatch]:
    """Write the proposal to the live plan, in one batch; the scenario says what was done, and undoes it.

    Raises PermissionDenied for who may not plan all the projects concerned, StaleProposalError when the plan has
    moved since, ValidationError for what cannot be done.
    """
    if not may_apply(member, operations):
        raise PermissionDenied
    projects = projects_of(operations)
    lock_plans(projects)
    if stamp_of(operations, read_live(member, projects).world) != stamp:
        raise StaleProposalError
    scenario = open_as_scenario(actor=actor, member=member, name=name, operations=operations)
    done = apply_operations(actor=actor, member=member, operations=operations)
    scenario = Scenario.objects.get(pk=scenario.pk)  # as its operations have left it
    results = dict.fromkeys(scenario.operations.all(), OperationResult.APPLIED)
    mark_applied(actor=actor, scenario=scenario, results=results, batch=done.batch)
    return scenario, done


def free_name(wanted: str) -> str:
    """The name, or the first « name (2) » that no scenario has."""
    taken = {
        name.casefold()
        for name in Scenario.objects.filter(name__istartswith=wanted[:100]).values_list("name", flat=True)
    }
    for number in count(1):
        suffix = f" ({number})" if number > 1 else ""
        name = wanted[: LONGEST_NAME - len(suffix)] + suffix
        if name.casefold() not in taken:
            return name
    raise AssertionError("numbers have no end")
