"""Requests for staff: asked by projects, answered by those who keep the people."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.capacity.allocation_actions import create_allocation
from portfolio.capacity.domain.booking import misdated
from portfolio.capacity.models import Allocation, RequestState, StaffingRequest
from portfolio.capacity.rollup import booking_of
from portfolio.capacity.words import refused
from portfolio.people.models import Person
from portfolio.people.validation import changed, cleaned, values_of
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update
from tech4value.tenancy.clock import today


def ask_staff(*, actor: Actor, project: Project, **fields: Any) -> StaffingRequest:
    """A project looks for a `skill` at a `level`, a `profile`, or both, for a `share` of a full time."""
    return create(actor, _checked(cleaned(StaffingRequest(project=project, **fields))))


def change_request(
    *, actor: Actor, request: StaffingRequest, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change what is looked for; returns whether anything differed. Refused once answered."""
    _demand_open(request)
    candidate = _checked(changed(request, values))
    return update(actor, request, values_of(candidate, values), version=version)


def withdraw_request(*, actor: Actor, request: StaffingRequest) -> None:
    """The project looks for nobody any more."""
    delete(actor, request)


def restore_request(*, actor: Actor, request: StaffingRequest) -> None:
    """The project looks for them again."""
    restore(actor, request)


def accept_request(
    *, actor: Actor, request: StaffingRequest, person: Person, share: Decimal | None = None
) -> Allocation:
    """Allocate `person` to what was asked, at the share that was, or another.

    Raises ValidationError when it is answered already, or when they cannot be booked so.
    """
    request = _locked(request)
    try:
        allocation = create_allocation(
            actor=actor,
            project=request.project,
            person=person,
            skill=request.skill,
            starts_on=request.starts_on,
            ends_on=request.ends_on,
            share=request.share if share is None else share,
            note=request.comment[:300],
        )
    except ValidationError as error:
        raise ValidationError(error.messages) from error  # said of the person: the request has no field for it
    values = {"state": RequestState.ACCEPTED.value, "answered_on": today(), "allocation": allocation, "reason": ""}
    update(actor, request, values, verb="staffingrequest.accepted")
    return allocation


def decline_request(*, actor: Actor, request: StaffingRequest, reason: str) -> None:
    """Nobody is given; the project is told why."""
    request = _locked(request)
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi : le chef de projet doit pouvoir s’organiser.")})
    values = {"state": RequestState.DECLINED.value, "answered_on": today(), "reason": reason.strip()}
    candidate = changed(request, values)
    update(actor, request, values_of(candidate, values), verb="staffingrequest.declined")


def reopen_request(*, actor: Actor, request: StaffingRequest) -> None:
    """A refused request waits for an answer again."""
    if request.state != RequestState.DECLINED:
        raise ValidationError(_("Seule une demande refusée peut être rouverte."))
    values = {"state": RequestState.OPEN.value, "answered_on": None, "reason": ""}
    update(actor, request, values, verb="staffingrequest.reopened")


def _locked(request: StaffingRequest) -> StaffingRequest:
    """The request as it is now, for this transaction alone: two answers never cross."""
    rows = StaffingRequest.objects.select_for_update(of=("self",)).select_related("project", "skill", "profile")
    found: StaffingRequest = rows.get(pk=request.pk)
    _demand_open(found)
    return found


def _demand_open(request: StaffingRequest) -> None:
    if request.state != RequestState.OPEN:
        raise ValidationError(
            _("Cette demande a reçu sa réponse (%(state)s) : créez-en une autre.")
            % {"state": request.get_state_display().lower()}
        )


def _checked(row: StaffingRequest) -> StaffingRequest:
    if row.skill_id is None and row.profile_id is None:
        raise ValidationError({"skill": _("Choisissez une compétence, un profil, ou les deux.")})
    wrong = misdated(booking_of(row))
    if wrong is not None:
        raise ValidationError(refused([wrong], by_share=True))
    return row
