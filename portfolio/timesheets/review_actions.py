"""A week goes to its reviewer and comes back: submitted, taken back, approved, returned.

What counts in plans changes with the state: they follow in the same transaction.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.people.queries import capacity_minutes
from portfolio.timesheets.actions import lock_week
from portfolio.timesheets.actuals import feed_plans
from portfolio.timesheets.domain import week_days
from portfolio.timesheets.models import SheetState, TimeEntry, Timesheet
from portfolio.timesheets.rules import language, refuse_locked_time, refuse_state
from tech4value.audit.actor import Actor
from tech4value.audit.writing import update, update_many
from tech4value.figures import formats
from tech4value.tenancy.clock import now


@transaction.atomic
def submit_week(*, actor: Actor, person: Person, week: date, version: int | None = None) -> Timesheet:
    """Send a week to whoever approves it. Raises ValidationError for an empty one, unless the person did not work."""
    sheet = lock_week(actor, person, week)
    refuse_state(sheet)
    typed = TimeEntry.objects.filter(line__timesheet=sheet, line__deleted_at=None, minutes__gt=0)
    days = week_days(sheet.week)
    if not typed.exists() and capacity_minutes(person, days[0], days[-1]):
        raise ValidationError(
            _("La semaine du %(day)s est vide : saisissez vos temps avant de la soumettre.")
            % {"day": formats.date_short(sheet.week, language())}
        )
    values = {"state": SheetState.SUBMITTED, "submitted_at": now(), "reason": ""}
    update(actor, sheet, values, version=version or None, verb="timesheet.submitted")
    feed_plans(actor, [sheet])
    return sheet


@transaction.atomic
def recall_week(*, actor: Actor, person: Person, week: date) -> Timesheet:
    """Take a submitted week back, to change it."""
    sheet = lock_week(actor, person, week)
    if sheet.state != SheetState.SUBMITTED:
        raise ValidationError(
            _("La semaine du %(day)s n’est plus en attente d’approbation : rechargez la page pour voir son état.")
            % {"day": formats.date_short(sheet.week, language())}
        )
    update(actor, sheet, {"state": SheetState.DRAFT, "submitted_at": None}, verb="timesheet.recalled")
    feed_plans(actor, [sheet])
    return sheet


@transaction.atomic
def approve_weeks(*, actor: Actor, sheets: Sequence[UUID]) -> list[Timesheet]:
    """Approve submitted weeks, all or none; returns them. Who may is the caller's to check."""
    rows = _locked(sheets)
    for sheet in rows:
        if sheet.state != SheetState.SUBMITTED:
            raise ValidationError(
                _("La semaine du %(day)s de %(person)s n’est plus en attente : rechargez la page.")
                % {"day": formats.date_short(sheet.week, language()), "person": sheet.person.name}
            )
    values = {"state": SheetState.APPROVED, "reviewed_by": actor.label, "reviewed_at": now(), "reason": ""}
    update_many(actor, [(sheet, values) for sheet in rows], verb="timesheet.approved")
    feed_plans(actor, rows)
    return rows


@transaction.atomic
def return_weeks(*, actor: Actor, sheets: Sequence[UUID], reason: str) -> list[Timesheet]:
    """Send submitted or approved weeks back to their persons, all or none, with why."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Dites pourquoi : la personne lira ce motif.")})
    rows = _locked(sheets)
    for sheet in rows:
        if sheet.state not in {SheetState.SUBMITTED, SheetState.APPROVED}:
            raise ValidationError(
                _("La semaine du %(day)s de %(person)s n’est pas soumise : elle ne peut pas être renvoyée.")
                % {"day": formats.date_short(sheet.week, language()), "person": sheet.person.name}
            )
    refuse_locked_time([sheet for sheet in rows if sheet.state == SheetState.APPROVED])
    values = {"state": SheetState.RETURNED, "reviewed_by": actor.label, "reviewed_at": now(), "reason": reason}
    update_many(actor, [(sheet, values) for sheet in rows], verb="timesheet.returned")
    feed_plans(actor, rows)
    return rows


@transaction.atomic
def reopen_weeks(*, actor: Actor, sheets: Sequence[UUID]) -> list[Timesheet]:
    """Undo of an approval: the weeks wait again."""
    rows = [sheet for sheet in _locked(sheets) if sheet.state == SheetState.APPROVED]
    refuse_locked_time(rows)
    values = {"state": SheetState.SUBMITTED, "reviewed_by": "", "reviewed_at": None}
    update_many(actor, [(sheet, values) for sheet in rows], verb="timesheet.reopened")
    feed_plans(actor, rows)
    return rows


def _locked(sheets: Sequence[UUID]) -> list[Timesheet]:
    rows = Timesheet.objects.filter(pk__in=sheets).select_related("person").order_by("pk")
    return list(rows.select_for_update(of=("self",)))
