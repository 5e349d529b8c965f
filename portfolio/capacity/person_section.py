"""The allocations of a person, on their page."""

from collections.abc import Mapping
from typing import Any

from portfolio.capacity.allocation_views import allocations_for
from portfolio.capacity.words import amount
from portfolio.people.models import Person
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today


def person_section(member: Membership, person: Person) -> Mapping[str, Any] | None:
    """What they are booked on, now and later; None for those who may not see capacity. One statement."""
    if not member.can(Permission.CAPACITY_VIEW):
        return None
    rows = allocations_for(member).filter(person=person, ends_on__gte=today()).order_by("starts_on", "pk")
    return {"rows": [(row, amount(row)) for row in rows[:20]]}
