"""The tenant's address: `/t/<slug>/...`, taken from the URL once."""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix

from tech4value.tenancy.models import TenantDomain

DOMAIN_CACHE_SECONDS = 60
PREFIX = re.compile(r"^/t/(?P<slug>[a-z0-9][a-z0-9-]{0,62})(?P<rest>/.*)$")


def slug_of_host(host: str) -> str | None:
    """The tenant that a custom domain leads to, None for a host that leads to none."""

    def look_up() -> str:
        domain = TenantDomain.objects.filter(host=host).select_related("tenant").first()
        return "" if domain is None else domain.tenant.slug

    return cache.get_or_set(f"domain:{host}", look_up, DOMAIN_CACHE_SECONDS) or None


class TenantPathMiddleware:
    """Move `/t/<slug>` from the path to the script name, so that routes and `reverse()` never mention it.

    Sets `request.tenant_slug` (None outside a tenant's address); whether that tenant exists is not looked up here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant_slug = None  # type: ignore[attr-defined]  # declared in accounts.http.MemberRequest
        match = PREFIX.match(request.path_info)
        if match is None:
            host = request.get_host().split(":")[0].lower()
            if host not in settings.PRIMARY_HOSTS:
                request.tenant_slug = slug_of_host(host)  # type: ignore[attr-defined]
            return self.get_response(request)
        before = get_script_prefix()
        slug = match["slug"]
        request.tenant_slug = slug  # type: ignore[attr-defined]
        request.path_info = match["rest"]
        request.META["SCRIPT_NAME"] = f"/t/{slug}"
        set_script_prefix(f"/t/{slug}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)
