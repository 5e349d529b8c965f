"""Whether somebody may be told, asked when the message is made and again when it is read or sent."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.notifications.kinds import directory
from tech4value.notifications.models import Notification

# The permissions that are held on one project.
OF_PROJECTS: Final = frozenset(
    {Permission.PROJECT_VIEW, Permission.PLAN_VIEW, Permission.BUDGET_VIEW, Permission.RISK_VIEW}
)


@dataclass
class Sight:
    """What members see, each question asked of the database once."""

    _projects: dict[tuple[UUID | None, str], set[UUID]] = field(default_factory=dict)

    def sees(self, member: Membership, permission: str, project_id: UUID | None) -> bool:
        """Whether `member` holds `permission`: on the project when there is one, anywhere otherwise."""
        if not member.is_active or not member.can(permission):
            return False
        return project_id is None or project_id in self._of(member, permission)

    def sees_message(self, member: Membership, message: Notification) -> bool:
        """The same for a message: of several projects, one that is still seen is enough (none is named)."""
        keys = [UUID(key) for key in message.project_ids]
        if not keys:
            return self.sees(member, message.permission, None)
        return any(self.sees(member, message.permission, key) for key in keys)

    def _of(self, member: Membership, permission: str) -> set[UUID]:
        # Those who see all see the same.
        everywhere = member.scope(permission) is Scope.ALL
        key = (None if everywhere else member.pk, permission)
        if key not in self._projects:
            self._projects[key] = set(directory().visible(member, Permission(permission)))
        return self._projects[key]


def visible_messages(member: Membership, rows: QuerySet[Notification] | None = None) -> QuerySet[Any]:
    """The member's messages in the application, those excepted that they may no longer see; one statement.

    A message about several projects names none, and asks for the permission only.
    """
    rows = Notification.objects.all() if rows is None else rows
    held = [permission for permission in Permission if member.can(permission)]
    allowed = Q(permission__in=held) & Q(project_id=None)
    for permission in OF_PROJECTS.intersection(held):
        allowed |= Q(permission=permission, project_id__in=directory().visible(member, permission))
    return rows.filter(allowed, member=member, in_app=True)
