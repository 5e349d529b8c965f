"""Where a person is signed in: devices in words, and when each was last used."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from tech4value.accounts.models import User

NOTED_EVERY: Final = 300
# The first that matches: each browser claims to be those below it.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """« Firefox, Windows »: the browser and the system that a user agent speaks of."""
    found = [
        next((word for mark, word in names if re.search(re.escape(mark), user_agent)), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in found if word) or _("Appareil inconnu")


def is_handheld(user_agent: str) -> bool:
    """A telephone or a tablet."""
    return bool(re.search(r"Android|iPhone|iPad|Mobile", user_agent))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session of a person, as they see it. `address` is the network address of its last use."""

    pk: int
    device: str
    handheld: bool
    address: str
    since: datetime
    last_seen: datetime
    current: bool


def sessions_of(user: User, current_key: str | None) -> list[SignedIn]:
    """Where `user` is signed in: this device first, then the last used. Sessions that are over are forgotten."""
    rows = UserSession.objects.purge_and_list(user)
    found = [
        SignedIn(
            pk=row.pk,
            device=device_of(row.user_agent),
            handheld=is_handheld(row.user_agent),
            address=row.ip,
            since=row.created_at,
            last_seen=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.current, -one.last_seen.timestamp()))


class SessionActivityMiddleware:
    """Notes when and from where a session is used, every five minutes at most: allauth's own writes each time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            name = hashlib.sha256(key.encode()).hexdigest()
            if cache.add(f"session-seen:{name}", 1, NOTED_EVERY):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
