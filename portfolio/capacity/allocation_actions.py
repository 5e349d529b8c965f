"""Every write on allocations."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.capacity.domain.booking import Booking, Refusal, Worker, days_by_year, misdated, refusals
from portfolio.capacity.models import Allocation
from portfolio.capacity.rollup import booking_of
from portfolio.capacity.words import refused
from portfolio.people.domain.work_rules import Regime
from portfolio.people.models import Person
from portfolio.people.queries import personal_calendars, working_day_minutes
from portfolio.people.validation import changed, cleaned, values_of
from portfolio.people.work_rules import yearly_cap
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update


def create_allocation(*, actor: Actor, project: Project, **fields: Any) -> Allocation:
    """Book `person`, or a `profile`, from `starts_on` to `ends_on`, for a `share` of a full time or so many `days`.

    Raises ValidationError by field, each reason in words, when they cannot be booked so.
    """
    return create(actor, checked(cleaned(Allocation(project=project, **fields))))


def change_allocation(
    *, actor: Actor, allocation: Allocation, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change an allocation; returns whether anything differed."""
    values = dict(values)
    # What is given takes the place of its counterpart.
    for one, other in (("person", "profile"), ("profile", "person"), ("share", "days"), ("days", "share")):
        if values.get(one) is not None and other not in values:
            values[other] = None
    candidate = checked(changed(allocation, values))
    return update(actor, allocation, values_of(candidate, values), version=version)


def delete_allocation(*, actor: Actor, allocation: Allocation) -> None:
    """The time is free again."""
    delete(actor, allocation)


def restore_allocation(*, actor: Actor, allocation: Allocation) -> None:
    """Book the time again, if it may still be."""
    checked(allocation)
    restore(actor, allocation)


def checked(row: Allocation) -> Allocation:
    """The allocation, when it may be. Raises ValidationError by field."""
    if (row.person_id is None) == (row.profile_id is None):
        raise ValidationError({"person": _("Choisissez une personne, ou un profil : l’un des deux.")})
    if (row.share is None) == (row.days is None):
        raise ValidationError({"share": _("Donnez une part en %, ou un nombre de jours : l’un des deux.")})
    booking = booking_of(row)
    wrong = misdated(booking)
    if wrong is not None:
        raise ValidationError(refused([wrong], by_share=row.share is not None))
    if row.person is not None:
        found = reasons_against(row.person, booking, row.pk)
        if found:
            raise ValidationError(refused(found, by_share=row.share is not None, person=row.person))
    return row


def reasons_against(person: Person, booking: Booking, itself: UUID | None = None) -> tuple[Refusal, ...]:
    """Why `person` cannot be booked so, the allocation `itself` left out of what they are booked for already."""
    first, last = date(booking.first.year, 1, 1), date(booking.last.year, 12, 31)
    calendar = personal_calendars([person], first, last)[person.pk]
    minutes = working_day_minutes(calendar)
    cap = None
    booked: dict[int, Decimal] = {}
    if person.work_regime == Regime.DAYS:
        cap = yearly_cap(person)
        others = Allocation.objects.filter(person=person, starts_on__lte=last, ends_on__gte=first)
        for other in others.exclude(pk=itself).exclude(project__deleted_at__isnull=False):
            for year, days in days_by_year(booking_of(other), calendar, minutes).items():
                booked[year] = booked.get(year, Decimal(0)) + days
    worker = Worker(calendar, minutes, Decimal(person.capacity), person.joined_on, person.left_on, cap, booked)
    return refusals(booking, worker)
