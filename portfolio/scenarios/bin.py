"""What of this room comes back from the bin: scenarios, for those who may change them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.scenarios.actions import restore_operation, restore_scenario
from portfolio.scenarios.models import Scenario, ScenarioOperation
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _scenarios(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = Scenario.everything.visible_to(member, Permission.SCENARIO_EDIT)
    return rows.exclude(deleted_at=None)


def _operations(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = ScenarioOperation.everything.exclude(deleted_at=None)
    return rows.filter(scenario__in=Scenario.objects.visible_to(member, Permission.SCENARIO_EDIT).values("pk"))


def _restore_scenario(actor: Actor, row: Any) -> None:
    restore_scenario(actor=actor, scenario=row)


def _restore_operation(actor: Actor, row: Any) -> None:
    restore_operation(actor=actor, operation=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    hangs = ("scenariooperation",)
    register_kind(BinKind(Scenario, _("Scénarios"), _scenarios, _restore_scenario, 190, hangs))
    register_kind(BinKind(ScenarioOperation, _("Opérations de scénario"), _operations, _restore_operation, 191))
