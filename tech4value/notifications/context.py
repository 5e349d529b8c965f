"""What the bell shows on every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tech4value.notifications.queries import COUNTED, unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """`unread`: how many of the member's messages wait, as the bell writes it; asked of the database when drawn."""
    member = getattr(request, "member", None)
    return {"unread": "" if member is None else SimpleLazyObject(lambda: shown_count(unread_count(member)))}


def shown_count(count: int) -> str:
    """`3`, `99+`, nothing for none."""
    return "" if not count else str(count) if count < COUNTED else f"{COUNTED - 1}+"
