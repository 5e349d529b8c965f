"""A message as people read it: its sentence, its reason, where it leads; in the language in force."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.translation import gettext as _

from tech4value.notifications.kinds import REASONS, Reason, kind_of
from tech4value.notifications.models import Notification
from tech4value.tenancy.models import Tenant


@dataclass(frozen=True, slots=True)
class Item:
    """One message in words. `url` marks it read and leads to what it speaks of."""

    id: UUID
    kind: str
    label: str
    icon: str
    sentence: str
    project: str
    reason: str
    url: str
    at: datetime
    unread: bool
    important: bool


def items(messages: Iterable[Notification]) -> list[Item]:
    """Messages in words, in their order."""
    return [item(message) for message in messages]


def item(message: Notification) -> Item:
    """A message in words; one whose kind is gone says so."""
    kind = kind_of(message.kind)
    return Item(
        id=message.pk,
        kind=message.kind,
        label=str(kind.label) if kind else "",
        icon=kind.icon if kind else "bell",
        sentence=kind.sentence(message) if kind else _("Ce message est d’une version précédente."),
        project=message.project_name,
        reason=str(REASONS.get(Reason(message.reason), "")),
        url=reverse("notifications:open", args=[message.pk]),
        at=message.at,
        unread=message.read_at is None,
        important=bool(kind and kind.important),
    )


def address_of(message: Notification) -> str:
    """What a message leads to, within its tenant."""
    kind = kind_of(message.kind)
    return kind.address(message) if kind else reverse("notifications:list")


@contextmanager
def addresses_of(tenant: Tenant) -> Iterator[None]:
    """Within it, `reverse` gives the tenant's own paths: for what is made outside its requests."""
    before = get_script_prefix()
    set_script_prefix(f"/t/{tenant.slug}/")
    try:
        yield
    finally:
        set_script_prefix(before)


def absolute(path: str) -> str:
    """A path as it is written in a mail."""
    return f"{settings.BASE_URL}{path}"
