"""The overload to come of a person, on their page, with the way out of it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from portfolio.capacity.models import OverloadAlert
from portfolio.capacity.overload_words import what
from portfolio.people.models import Person
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


def person_section(member: Membership, person: Person) -> Mapping[str, Any] | None:
    """None for who may not see capacity or scenarios, and for a person without an overload. One statement."""
    if not (member.can(Permission.CAPACITY_VIEW) and member.can(Permission.SCENARIO_VIEW)):
        return None
    alert = OverloadAlert.objects.filter(person=person, closed_on=None).first()
    if alert is None:
        return None
    said = what(alert.first_week, alert.last_week, alert.peak)
    return {"what": said, "url": reverse("scenarios:proposals_person", args=[person.pk])}
