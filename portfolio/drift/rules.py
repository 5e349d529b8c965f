"""The rules in force in an organisation: the defaults, and what it changed of them."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import LONGEST, DriftRule
from portfolio.people.validation import changed, cleaned, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update

# A week late is told to who leads, a float that has become negative to who plans, a silent fortnight to who does.
DEFAULTS: Final[dict[DriftKind, dict[str, Any]]] = {
    DriftKind.MILESTONE_LATE: {"threshold_days": 7, "tell_sponsor": True, "tell_owner": True},
    DriftKind.LOW_FLOAT: {"threshold_days": 0},
    DriftKind.NO_PROGRESS: {"threshold_days": 14, "tell_owner": True, "tell_pmo": False},
}
AUDIENCES: Final = ("tell_manager", "tell_sponsor", "tell_owner", "tell_pmo", "tell_executives")


def rules() -> dict[DriftKind, DriftRule]:
    """Each rule, saved or not. One statement."""
    saved = {row.kind: row for row in DriftRule.objects.all()}
    return {kind: saved.get(kind.value) or DriftRule(kind=kind.value, **values) for kind, values in DEFAULTS.items()}


def change_rule(*, actor: Actor, kind: DriftKind, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a rule; alerts follow in the same transaction. Returns whether anything differed.

    Raises ValidationError for a threshold out of bounds, or a rule that is active and tells nobody.
    """
    rule = rules()[kind]
    candidate = changed(rule, values)
    least = 0 if kind is DriftKind.LOW_FLOAT else 1
    if not least <= candidate.threshold_days <= LONGEST:
        raise ValidationError(
            {
                "threshold_days": _("Choisissez un nombre de jours entre %(least)d et %(most)d.")
                % {"least": least, "most": LONGEST}
            }
        )
    if candidate.is_active and not any(getattr(candidate, name) for name in AUDIENCES):
        raise ValidationError({"tell_manager": _("Choisissez au moins un destinataire, ou désactivez la règle.")})
    if not rule._state.adding:
        return update(actor, rule, values_of(candidate, values), version=version)
    if all(getattr(candidate, name) == getattr(rule, name) for name in values):
        return False
    create(actor, cleaned(candidate))
    return True


def reset_rule(*, actor: Actor, kind: DriftKind, version: int | None = None) -> bool:
    """Give a rule its defaults again; its version goes on. Returns whether anything differed."""
    row = rules()[kind]
    values = default_values(kind)
    if row._state.adding:
        return False
    return update(actor, row, values, version=version)


def default_values(kind: DriftKind) -> dict[str, Any]:
    """What a rule is as long as nobody changes it."""
    rule = DriftRule(kind=kind.value, **DEFAULTS[kind])
    return {name: getattr(rule, name) for name in ("is_active", "threshold_days", *AUDIENCES)}
