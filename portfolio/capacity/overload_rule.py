"""The rule that tells of overloads to come: the defaults, and what the organisation changed of them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.capacity.models import OverloadRule
from portfolio.people.validation import changed, cleaned, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update


def rule_in_force() -> OverloadRule:
    """The organisation's rule, saved or not. One statement."""
    return OverloadRule.objects.first() or OverloadRule()


def change_rule(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change the rule; alerts follow in the same transaction. Returns whether anything differed.

    Raises ValidationError when overloads could never last long enough, or when nobody would be told.
    """
    rule = rule_in_force()
    candidate = changed(rule, values)
    if candidate.min_weeks > candidate.horizon_weeks:
        raise ValidationError(
            {"min_weeks": _("La durée minimale dépasse l’horizon : aucune surcharge ne serait annoncée.")}
        )
    if candidate.is_active and not (candidate.tell_pole_manager or candidate.tell_project_managers):
        raise ValidationError(
            {"tell_pole_manager": _("Choisissez au moins un destinataire, ou désactivez la règle.")}
        )
    if not rule._state.adding:
        return update(actor, rule, values_of(candidate, values), version=version)
    create(actor, cleaned(candidate))
    return True
