"""Every write on scenarios and their operations. What an approved scenario does to the live plan is `applying`'s."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import applied
from portfolio.scenarios.domain.merge import snapshot
from portfolio.scenarios.domain.operations import Operation, to_json
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.models import OperationResult, Scenario, ScenarioOperation, ScenarioStatus
from portfolio.scenarios.words import as_validation
from tech4value.accounts.approval import own_refusal
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create, create_many, delete, restore, update, update_many
from tech4value.tenancy.clock import today

MOST_OPERATIONS = 200


@transaction.atomic
def create_scenario(
    *, actor: Actor, owner: Membership, name: str, description: str = "", operations: Sequence[Operation] = ()
) -> Scenario:
    """A new scenario of `owner`, on the plan of today. Raises ValidationError: a name that is taken, an operation
    that cannot be."""
    row = Scenario(name=name.strip(), description=description, base_on=today())
    row.owner = owner
    scenario = create(actor, _checked(cleaned(row)))
    if operations:
        add_operations(actor=actor, member=owner, scenario=scenario, operations=operations)
    return scenario


def change_scenario(
    *, actor: Actor, scenario: Scenario, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Name it otherwise; returns whether anything differed."""
    candidate = _checked(changed(scenario, values))
    return update(actor, scenario, values_of(candidate, values), version=version)


def delete_scenario(*, actor: Actor, scenario: Scenario) -> None:
    """Put a scenario in the bin. One that is applied stays: it says what was done."""
    if scenario.status == ScenarioStatus.APPLIED:
        raise ValidationError(_("Ce scénario est appliqué : annulez d’abord son application."))
    delete(actor, scenario)


def restore_scenario(*, actor: Actor, scenario: Scenario) -> None:
    """Bring a scenario back. Raises ValidationError when its name was taken since."""
    _checked(scenario)
    restore(actor, scenario)


@transaction.atomic
def duplicate_scenario(*, actor: Actor, owner: Membership, scenario: Scenario, name: str) -> Scenario:
    """The same operations in a draft of one's own, each with the live values that it was made on."""
    row = Scenario(name=name.strip(), description=scenario.description, base_on=scenario.base_on)
    row.owner = owner
    copy = create(actor, _checked(cleaned(row)))
    create_many(
        actor,
        [
            ScenarioOperation(
                scenario=copy, position=one.position, kind=one.kind, params=one.params, before=one.before
            )
            for one in scenario.operations.all()
        ],
    )
    return copy


def add_operation(*, actor: Actor, member: Membership, scenario: Scenario, operation: Operation) -> ScenarioOperation:
    """Add an operation after the others; see `add_operations`."""
    return add_operations(actor=actor, member=member, scenario=scenario, operations=[operation])[0]


@transaction.atomic
def add_operations(
    *, actor: Actor, member: Membership, scenario: Scenario, operations: Sequence[Operation]
) -> list[ScenarioOperation]:
    """Add operations after the others, each with the live values that it touches. They are tried on the live plan as
    `member` sees it, after those that are there: raises ValidationError, by field, for one that cannot be done."""
    scenario = _open(scenario)
    rows = list(scenario.operations.all())
    if len(rows) + len(operations) > MOST_OPERATIONS:
        raise ValidationError(
            _("Un scénario tient %(n)s opérations au plus : faites-en un autre.") % {"n": MOST_OPERATIONS}
        )
    try:
        known = [row.operation for row in rows]
        live = read_live(member, projects_of([*known, *operations]))
        applied(live.world, [*known, *operations])
    except ScenarioError as error:
        raise as_validation(error) from error
    last = max((row.position for row in rows), default=-1)
    made = create_many(
        actor,
        [
            ScenarioOperation(
                scenario=scenario,
                position=last + rank,
                kind=one.kind,
                params=to_json(one),
                before=snapshot(one, live.world),
            )
            for rank, one in enumerate(operations, 1)
        ],
    )
    _revised(actor, scenario)
    return made


@transaction.atomic
def remove_operation(*, actor: Actor, operation: ScenarioOperation) -> None:
    """Take an operation out; the others keep their order."""
    scenario = _open(operation.scenario)
    delete(actor, operation)
    _revised(actor, scenario)


@transaction.atomic
def restore_operation(*, actor: Actor, operation: ScenarioOperation) -> None:
    """Put an operation back in its place."""
    scenario = _open(operation.scenario)
    restore(actor, operation)
    _revised(actor, scenario)


@transaction.atomic
def move_operation(*, actor: Actor, operation: ScenarioOperation, by: int) -> bool:
    """Move an operation up (negative) or down in the list; returns whether it moved."""
    scenario = _open(operation.scenario)
    rows = list(scenario.operations.all())
    place = next(index for index, row in enumerate(rows) if row.pk == operation.pk)
    wanted = min(max(place + by, 0), len(rows) - 1)
    if wanted == place:
        return False
    rows.insert(wanted, rows.pop(place))
    update_many(actor, [(row, {"position": rank}) for rank, row in enumerate(rows)], verb="scenariooperation.moved")
    _revised(actor, scenario)
    return True


@transaction.atomic
def submit(*, actor: Actor, scenario: Scenario, version: int | None = None) -> None:
    """Ask for its approval. Raises ValidationError for one that does nothing, or that is not open."""
    scenario = _open(scenario)
    if not scenario.operations.exists():
        raise ValidationError(_("Ce scénario ne change rien : ajoutez d’abord une opération."))
    values = {"status": ScenarioStatus.SUBMITTED, "reason": "", "decided_by": "", "decided_on": None}
    update(actor, scenario, values, version=version, verb="scenario.submitted")


@transaction.atomic
def withdraw(*, actor: Actor, scenario: Scenario, version: int | None = None) -> None:
    """Take it back to work on it: what was submitted or approved is a draft again."""
    _demand(scenario, ScenarioStatus.SUBMITTED, ScenarioStatus.APPROVED)
    values = {"status": ScenarioStatus.DRAFT, "decided_by": "", "decided_on": None}
    update(actor, scenario, values, version=version, verb="scenario.reopened")


@transaction.atomic
def approve(*, actor: Actor, scenario: Scenario, version: int | None = None) -> None:
    """Let it be applied. `version` is the one that was read: what has changed since is not approved. Raises
    ValidationError for its author, and for who submitted it, while somebody else may approve it."""
    _demand(scenario, ScenarioStatus.SUBMITTED)
    refusal = own_refusal_of(scenario, actor.user_id)
    if refusal:
        raise ValidationError(refusal)
    values = {"status": ScenarioStatus.APPROVED, "reason": "", "decided_by": actor.label, "decided_on": today()}
    update(actor, scenario, values, version=version, verb="scenario.approved")


@transaction.atomic
def refuse(*, actor: Actor, scenario: Scenario, reason: str, version: int | None = None) -> None:
    """Send it back with a reason; its author may change it and submit it again."""
    _demand(scenario, ScenarioStatus.SUBMITTED, ScenarioStatus.APPROVED)
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi : l’auteur saura quoi changer.")})
    values = {
        "status": ScenarioStatus.REFUSED,
        "reason": reason.strip(),
        "decided_by": actor.label,
        "decided_on": today(),
    }
    update(actor, scenario, values, version=version, verb="scenario.refused")


def own_refusal_of(scenario: Scenario, user: UUID | None) -> str:
    """Why `user` does not approve this scenario: it is their own, or they submitted it, and others may; else empty.
    Who edits all scenarios may rewrite somebody else's and submit it: they would approve their own work alone."""
    events = AuditEvent.objects.filter(object_id=scenario.pk, verb="scenario.submitted")
    submitted = events.order_by("-id").values_list("actor_id", flat=True).first()
    proposers = {submitted, scenario.owner.user_id if scenario.owner else None} - {None}
    return own_refusal(user, Permission.SCENARIO_APPROVE, proposers) if user in proposers else ""


def unapply(*, actor: Actor, scenario: Scenario) -> None:
    """It is approved again, once its writes have been undone."""
    update_many(actor, [(row, {"result": ""}) for row in scenario.operations.exclude(result="")])
    values = {"status": ScenarioStatus.APPROVED, "applied_on": None, "batch": None}
    update(actor, scenario, values, verb="scenario.undone")


def mark_applied(
    *, actor: Actor, scenario: Scenario, results: Mapping[ScenarioOperation, OperationResult], batch: Any
) -> None:
    """Say what became of each operation, and by which writes."""
    update_many(actor, [(row, {"result": result}) for row, result in results.items()])
    values = {"status": ScenarioStatus.APPLIED, "applied_on": today(), "batch": batch}
    update(actor, scenario, values, verb="scenario.applied")


def _open(scenario: Scenario) -> Scenario:
    """The scenario, locked. Raises ValidationError when its operations may no longer change."""
    found: Scenario = Scenario.objects.select_for_update(no_key=True, of=("self",)).get(pk=scenario.pk)
    if not found.is_open:
        raise ValidationError(
            _("Ce scénario est « %(status)s » : reprenez-le en brouillon, ou dupliquez-le, pour le changer.")
            % {"status": found.get_status_display()}
        )
    return found


def _demand(scenario: Scenario, *statuses: str) -> None:
    if scenario.status not in statuses:
        raise ValidationError(
            _("Ce scénario est « %(status)s » : rechargez la page pour voir ce qui peut se faire.")
            % {"status": scenario.get_status_display()}
        )


def _revised(actor: Actor, scenario: Scenario) -> None:
    update(actor, scenario, {"revision": scenario.revision + 1}, verb="scenario.revised")


def _checked(scenario: Scenario) -> Scenario:
    if not scenario.name:
        raise ValidationError({"name": _("Donnez un nom au scénario.")})
    refuse_twin(scenario, _("Un scénario porte déjà ce nom : choisissez-en un autre."), "name")
    return scenario
