"""Daily rates by profile or person and period: written here, read by the cost of time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from portfolio.people.models import Rate
from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update
from tech4value.tenancy.context import current_tenant

YEARS = (2000, 2100)


def create_rate(*, actor: Actor, **fields: Any) -> Rate:
    """A rate of a `profile` or a `person` from `valid_from` on, in the organisation's currency."""
    fields.setdefault("currency", current_tenant().currency)
    return create(actor, _checked(cleaned(Rate(**fields))))


def change_rate(*, actor: Actor, rate: Rate, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a rate; returns whether anything differed."""
    candidate = _checked(changed(rate, values))
    return update(actor, rate, values_of(candidate, values), version=version)


def delete_rate(*, actor: Actor, rate: Rate) -> None:
    """Put a rate in the bin: the one before it holds on."""
    delete(actor, rate)


def restore_rate(*, actor: Actor, rate: Rate) -> None:
    """Bring a rate back. Raises ValidationError when another begins on the same day."""
    _checked(rate)
    restore(actor, rate)


def _checked(rate: Rate) -> Rate:
    if (rate.profile_id is None) == (rate.person_id is None):
        message = _("Choisissez un profil ou une personne : l’un des deux.")
        raise ValidationError({"profile": message})
    if not YEARS[0] <= rate.valid_from.year <= YEARS[1]:
        raise ValidationError({"valid_from": _("Choisissez une date entre 2000 et 2100.")})
    currency = current_tenant().currency
    if rate.currency != currency:
        raise ValidationError(
            {
                "currency": _("Les taux de l’organisation sont en %(currency)s : convertissez-le avant de le saisir.")
                % {"currency": currency}
            }
        )
    owner = "person" if rate.person_id is not None else "profile"
    refuse_twin(rate, _("Un taux commence déjà ce jour-là : modifiez-le plutôt."), owner, "valid_from")
    return rate


def rate_on(person: str, day: str) -> Coalesce:
    """The daily rate of a person on a day, in a query: `person` and `day` are the paths to them. The person's own
    rate, else their profile's, else the one on their card; NULL when nobody said any."""
    begun = Rate.objects.filter(valid_from__lte=OuterRef(day)).order_by("-valid_from")
    own = begun.filter(person=OuterRef(person)).values("daily_rate")[:1]
    of_profile = begun.filter(profile=OuterRef(f"{person}__profile")).values("daily_rate")[:1]
    return Coalesce(Subquery(own), Subquery(of_profile), F(f"{person}__daily_rate"))


class RateBook:
    """Every rate of the organisation, read once (one statement) and asked for many days: says what `rate_on` says."""

    def __init__(self) -> None:
        self._steps: dict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
        rows = Rate.objects.order_by("valid_from").values_list("person_id", "profile_id", "valid_from", "daily_rate")
        for person_id, profile_id, valid_from, daily_rate in rows:
            if (owner := person_id or profile_id) is not None:
                self._steps[owner].append((valid_from, daily_rate))

    def on(self, day: date, person_id: UUID, profile_id: UUID | None, card_rate: Decimal | None) -> Decimal | None:
        """The daily rate of a person: their own on that day, else their profile's, else the one on their card."""
        for owner in (person_id, profile_id):
            steps = self._steps.get(owner, []) if owner is not None else []
            if index := bisect_right(steps, day, key=lambda step: step[0]):
                return steps[index - 1][1]
        return card_rate
