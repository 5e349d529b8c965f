"""What of this room can be brought back from the bin, and by whom."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.capacity.allocation_actions import restore_allocation
from portfolio.capacity.models import Allocation, StaffingRequest
from portfolio.capacity.staffing_actions import restore_request
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, Rows, register_kind


def _deleted(model: Any) -> Rows:
    """The deleted rows of projects whose plan one may change; of all that one sees, for those who keep the people."""

    def rows(member: Membership) -> QuerySet[Any]:
        found: QuerySet[Any] = model.everything.exclude(deleted_at=None)
        permission = Permission.CAPACITY_VIEW if member.can(Permission.PEOPLE_EDIT) else Permission.PLAN_EDIT
        if not member.can(permission):
            return found.none()
        return found.filter(project__in=Project.objects.visible_to(member, permission).values("pk"))

    return rows


def register_kinds() -> None:
    """Called when the room is ready."""

    def allocation(actor: Actor, row: Allocation) -> None:
        restore_allocation(actor=actor, allocation=row)

    def request(actor: Actor, row: StaffingRequest) -> None:
        restore_request(actor=actor, request=row)

    register_kind(BinKind(Allocation, _("Allocations"), _deleted(Allocation), allocation, 60))
    register_kind(BinKind(StaffingRequest, _("Demandes de ressources"), _deleted(StaffingRequest), request, 62))
