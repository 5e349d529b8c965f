"""What a tenant has beyond its plan's limits: read-only, never lost.

After a downgrade as many rows stay editable as the plan allows. Which ones: first those that an administrator chose
or that were editable so far, then the oldest. As soon as places are free (a wider plan, a member deactivated, a
project deleted) rows become editable again, in the same order. Whether a row is read-only is kept on the row: a check
costs no query, lists can show it, and the journal says since when.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import update_many, verb_prefix
from tech4value.billing.models import Subscription
from tech4value.billing.queries import entitlements
from tech4value.tenancy.context import before_commit
from tech4value.tenancy.models import EditableModel

Surplus = TypeVar("Surplus", bound=EditableModel)
MADE_READ_ONLY: Final = "made_read_only"
MADE_EDITABLE: Final = "made_editable"
PLAN_CHANGES: Final = frozenset({"subscription.created", "subscription.updated"})
_MEMBER_CHANGES: Final = frozenset(
    f"membership.{deed}" for deed in ("created", "updated", "deactivated", "reactivated", "deleted")
)


def share_places(actor: Actor, ordered: Sequence[Any], places: int | None) -> None:
    """Make the first `places` rows (None: all) editable and the others read-only; journals those that change.

    The rows, of one model with a `read_only`, must be locked.
    """
    editable = ordered if places is None else ordered[:places]
    surplus = () if places is None else ordered[places:]
    for rows, wanted, deed in ((editable, False, MADE_EDITABLE), (surplus, True, MADE_READ_ONLY)):
        changes = [(row, {"read_only": wanted}) for row in rows if row.read_only is not wanted]
        if changes:
            update_many(actor, changes, verb=f"{verb_prefix(changes[0][0])}.{deed}")


def refuse_too_many(chosen: int, places: int) -> None:
    """Raise ValidationError for a choice that the plan has no places for."""
    if chosen > places:
        raise ValidationError(
            {
                "keep": _(
                    "Votre choix compte %(chosen)s lignes et votre formule en permet %(places)s : "
                    "décochez-en %(more)s."
                )
                % {"chosen": chosen, "places": places, "more": chosen - places}
            }
        )


def hold_plan() -> None:
    """Until the transaction ends, nobody else of the tenant shares places out."""
    Subscription.objects.select_for_update().first()


def follow_members(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: who may write is settled again when the plan or the members change."""
    if any(event.verb in PLAN_CHANGES or event.verb in _MEMBER_CHANGES for event in events):
        before_commit("billing.members", partial(settle_members, actor=SYSTEM))


def settle_members(*, actor: Actor, keep: Collection[UUID] | None = None) -> None:
    """Share the plan's places among the active members who take one; readers of Copil packs need none.

    Administrators come first and are never read-only: someone must be able to change the plan. `keep`: the members
    whom an administrator chose to keep editable.
    """
    hold_plan()
    places = entitlements().members
    taking = Membership.objects.filter(is_active=True).exclude(role=Role.READER)
    share_places(
        actor, list(Membership.objects.filter(read_only=True).exclude(pk__in=taking).select_for_update()), None
    )
    if places is None or taking.count() <= places:
        share_places(actor, list(taking.filter(read_only=True).select_for_update()), None)
        return
    members = list(taking.select_for_update().order_by("pk"))
    administrators = [member for member in members if member.role == Role.ADMINISTRATOR]
    others = [member for member in members if member.role != Role.ADMINISTRATOR]
    others.sort(key=lambda member: member.read_only if keep is None else member.pk not in keep)
    share_places(actor, administrators + others, max(places, len(administrators)))


def choose_members(*, actor: Actor, keep: Collection[UUID]) -> None:
    """Keep these members editable beside the administrators; places left go to the oldest others."""
    refuse_too_many(len(keep), member_places())
    settle_members(actor=actor, keep=keep)


def member_places() -> int:
    """How many members other than administrators the plan lets write; as many as there are when it has no limit."""
    active = Membership.objects.filter(is_active=True).exclude(role=Role.READER)
    places = entitlements().members
    administrators = active.filter(role=Role.ADMINISTRATOR).count()
    return max(0, (active.count() if places is None else places) - administrators)
