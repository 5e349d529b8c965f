"""What a member does with their messages. Reading leaves no trace in the journal: it is nobody else's business."""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from tech4value.accounts.models import Membership
from tech4value.notifications.models import Notification
from tech4value.notifications.visibility import visible_messages
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant
from tech4value.web.live import bump, own_topic


def mark(*, member: Membership, message: Notification, read: bool) -> bool:
    """Mark one message read or unread; returns whether it differed."""
    if (message.read_at is not None) is read:
        return False
    message.read_at = now() if read else None
    message.save(update_fields=["read_at"])
    _ring(member)
    return True


def mark_all_read(*, member: Membership, rows: QuerySet[Notification] | None = None) -> int:
    """Mark all of a member's messages read, or those of `rows`; returns how many were not."""
    keys = visible_messages(member, rows).filter(read_at=None).order_by().values("pk")
    count: int = Notification.objects.filter(pk__in=keys).update(read_at=now())
    if count:
        _ring(member)
    return count


def _ring(member: Membership) -> None:
    transaction.on_commit(partial(bump, current_tenant().pk, {own_topic(member.pk)}), robust=True)
