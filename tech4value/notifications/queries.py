"""A member's messages: how many wait, the latest, one page of them."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from tech4value.accounts.models import Membership
from tech4value.notifications.kinds import all_kinds
from tech4value.notifications.models import Notification
from tech4value.notifications.visibility import visible_messages
from tech4value.notifications.wording import Item, items
from tech4value.tenancy.context import current_tenant

COUNTED: Final = 100
LATEST: Final = 12


def unread_count(member: Membership) -> int:
    """How many messages wait to be read, at most COUNTED; one statement."""
    rows = visible_messages(member).filter(read_at=None).order_by()
    return len(rows.values_list("pk", flat=True)[:COUNTED])


def latest(member: Membership) -> list[Item]:
    """What the bell shows: the unread first, then the others, the newest first."""
    rows = list(visible_messages(member).filter(read_at=None)[:LATEST])
    if len(rows) < LATEST:
        rows += visible_messages(member).exclude(read_at=None)[: LATEST - len(rows)]
    return items(rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks; empty fields ask nothing."""

    unread: bool = False
    project: UUID | None = None
    kind: str = ""


def messages_of(member: Membership, asked: Asked) -> QuerySet[Any]:
    """The member's messages, newest first."""
    rows = visible_messages(member)
    if asked.unread:
        rows = rows.filter(read_at=None)
    if asked.project is not None:
        rows = rows.filter(projects__contains=[str(asked.project)])
    return rows.filter(kind=asked.kind) if asked.kind else rows


def project_choices(member: Membership) -> list[tuple[str, str]]:
    """The projects that the member's messages speak of, by name."""
    rows = visible_messages(member).exclude(project_id=None).order_by()
    found: dict[str, str] = {
        str(key): name for key, name in rows.values_list("project_id", "project_name").distinct()
    }
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def kind_choices(member: Membership) -> list[tuple[str, str]]:
    """The kinds of the member's messages, in the order of preference."""
    held = set(visible_messages(member).order_by().values_list("kind", flat=True).distinct())
    return [(kind.key, str(kind.label)) for kind in all_kinds() if kind.key in held]


def by_day(messages: list[Notification]) -> list[tuple[date, list[Item]]]:
    """Messages in words under their day, in their order."""
    zone = ZoneInfo(current_tenant().time_zone)
    return [
        (day, list(found)) for day, found in groupby(items(messages), key=lambda one: one.at.astimezone(zone).date())
    ]
