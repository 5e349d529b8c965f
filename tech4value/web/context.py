"""What `base.html` draws around every page."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from tech4value.web import navigation
from tech4value.web.live import own_topic, token

# Pages of the shell that rooms provide: a link is drawn when its page exists.
SHELL_LINKS = {
    "home": "home",
    "notifications": "notifications:list",
    "preferences": "console:preferences",
    "tenants": "console:tenants",
    "theme": "console:theme",
    "language": "console:language",
    "help": "console:help",
    "sign_out": "account_logout",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """`rail`, `palette`, `links`, `theme`, `languages`, LANGUAGE_CODE.

    Lazy, because partials that htmx asks for draw none of it.
    """
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "LANGUAGE_CODE": language,
        "rail": SimpleLazyObject(lambda: _rail(request)),
        # A callable, which the template calls: JSON does not know lazy objects.
        "palette": lambda: _palette(request),
        "links": SimpleLazyObject(_links),
        "theme": getattr(getattr(request, "user", None), "theme", "system"),
        "languages": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "current": code == language,
            }
            for code, _name in settings.LANGUAGES
        ],
        "live_url": SimpleLazyObject(lambda: _live_url(request)),
        "viewer": SimpleLazyObject(lambda: _viewer(request)),
        "live_own": SimpleLazyObject(lambda: _live_own(request)),
    }


def _can(request: HttpRequest, permission: str) -> bool:
    member = getattr(request, "member", None)
    return bool(member is not None and member.can(permission))


def _rail(request: HttpRequest) -> tuple[navigation.AreaLinks, ...]:
    if getattr(request, "member", None) is None:
        return ()
    match = request.resolver_match
    return navigation.rail(
        lambda permission: _can(request, permission),
        request.path,
        (match.view_name, *match.kwargs) if match is not None else (),
    )


def _palette(request: HttpRequest) -> list[dict[str, str]]:
    entries = [
        {"label": link.label, "url": link.url, "group": link.area, "kind": "page"}
        for area in _rail(request)
        for link in area.links
    ]
    if getattr(request, "member", None) is not None:
        entries += [
            {"label": action.label, "url": action.url, "group": "", "kind": "action"}
            for action in navigation.actions(lambda permission: _can(request, permission))
        ]
    return entries


def _viewer(request: HttpRequest) -> dict[str, str]:
    """Who is signed in: a person of the tenant, else the account."""
    user = getattr(request, "user", None)
    email = getattr(user, "email", "")
    name = getattr(getattr(request, "member", None), "person_name", "") or getattr(user, "name", "") or email
    return {"name": name, "email": email}


def _live_url(request: HttpRequest) -> str:
    """Where the page asks whether something changed in its tenant; a page may ask for one project's topic instead."""
    tenant = getattr(request, "tenant", None)
    return "" if tenant is None else f"{get_script_prefix()}live?{urlencode({'t': token(tenant.pk)})}"


def _live_own(request: HttpRequest) -> str:
    """What the page adds to that question to know of the member's own messages."""
    member = getattr(request, "member", None)
    return "" if member is None else token(request.tenant.pk, own_topic(member.pk))  # type: ignore[attr-defined]  # with the member


def _links() -> dict[str, str]:
    return {key: navigation.link_to(name) for key, name in SHELL_LINKS.items()}
