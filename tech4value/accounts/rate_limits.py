"""How often one may try: counted in Redis, whatever the process that answers. allauth counts sign-ins by itself."""

from dataclasses import dataclass
from math import ceil
from time import time
from typing import Final

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` tries in each span of `seconds`, the spans following the clock."""

    action: str
    amount: int
    seconds: int

    def use(self, key: str) -> int:
        """Count one try of `key`; returns how many seconds to wait before another, 0 when this one is within."""
        name = self._name(key)
        cache.add(name, 0, self.seconds)
        return self._wait() if cache.incr(name) > self.amount else 0

    def wait(self, key: str) -> int:
        """How many seconds `key` has to wait, 0 when it may try; counts nothing."""
        return self._wait() if (cache.get(self._name(key)) or 0) >= self.amount else 0

    def _name(self, key: str) -> str:
        return f"limit:{self.action}:{key}:{int(time()) // self.seconds}"

    def _wait(self) -> int:
        return self.seconds - int(time()) % self.seconds


# By tenant: a list pasted twice by mistake is no flood, a loop of a program is.
INVITATIONS: Final = Limit("invitations", 300, 24 * 3600)
# By invitation: the same mail again and again.
INVITATION_RENEWALS: Final = Limit("invitation-renewals", 5, 3600)
# By address of the network: who guesses links, or tokens.
INVITATION_MISSES: Final = Limit("invitation-misses", 30, 300)
TOKEN_MISSES: Final = Limit("token-misses", 60, 60)


def client_address(request: HttpRequest) -> str:
    """The network address that tries are counted by (for IPv6, its network)."""
    return str(ratelimit.get_ip(request))


def duration_in_words(seconds: int) -> str:
    """« 40 secondes », « 5 minutes », « 3 heures »: rounded up, so that one who waits as long is let in."""
    if seconds < 60:
        return ngettext("%(n)d seconde", "%(n)d secondes", seconds) % {"n": seconds}
    if seconds < 3600:
        minutes = ceil(seconds / 60)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = ceil(seconds / 3600)
    return ngettext("%(n)d heure", "%(n)d heures", hours) % {"n": hours}


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer 429: a page that says how long to wait, a problem for the API."""
    duration = duration_in_words(seconds)
    if request.path_info.startswith("/api/"):
        problem = {
            "type": "about:blank",
            "title": _("Trop de requêtes"),
            "status": 429,
            "detail": _("Trop de tentatives. Réessayez dans %(duration)s.") % {"duration": duration},
        }
        response: HttpResponse = JsonResponse(problem, status=429, content_type="application/problem+json")
    else:
        response = render(request, "429.html", {"duration": duration}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


# What allauth counts on each of its pages: the room of its settings, the action.
ALLAUTH_ACTIONS: Final = {
    "account_login": ("allauth.account", "login"),
    "account_reset_password": ("allauth.account", "reset_password"),
    "account_reset_password_from_key": ("allauth.account", "reset_password_from_key"),
    "account_change_password": ("allauth.account", "change_password"),
    "account_reauthenticate": ("allauth.account", "reauthenticate"),
    "mfa_reauthenticate": ("allauth.account", "reauthenticate"),
    "mfa_reauthenticate_webauthn": ("allauth.account", "reauthenticate"),
    "mfa_authenticate": ("allauth.account", "login_failed"),
    "mfa_login_webauthn": ("allauth.mfa", "webauthn_login"),
}


def allauth_wait(request: HttpRequest, app: str, action: str, key: str | None = None) -> int:
    """Seconds until allauth lets `action` be tried again; 0 when it does now."""
    now, wait = time(), 0
    for rate in ratelimit.get_rates(app=app, action=action):
        if (rate.per == "key" and key is None) or (rate.per == "user" and not request.user.is_authenticated):
            continue
        name = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key)
        tries: list[float] = [at for at in cache.get(name, []) if at > now - rate.duration]
        if len(tries) >= rate.amount:
            wait = max(wait, ceil(tries[-1] + rate.duration - now))
    return wait


def too_many_for_allauth(request: HttpRequest) -> HttpResponse:
    """`handler429`: what allauth answers when one has tried too often."""
    match = request.resolver_match
    app, action = ALLAUTH_ACTIONS.get(match.url_name or "" if match else "", ("allauth.account", "login"))
    key = (request.POST.get("email") or request.POST.get("login") or "").strip().lower()
    return too_many(request, allauth_wait(request, app, action, key or None) or 60)
