"""What every answer of the API carries: its entity tag, and how much of the caller's rate is left.

A tag is `"<version>.<digest of the body>"` for a row that people edit, `"<digest>"` for the rest. `If-None-Match`
compares whole tags: the same rows in another language, or seen by another role, are another body. `If-Match` compares
versions (see api_versions), so that a tag read in French serves a write in English.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def entity_tag(body: bytes, version: int | None = None) -> str:
    """The tag of an answer, quoted as the header wants it."""
    digest = hashlib.blake2b(body, digest_size=9).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def tags_of(header: str) -> list[str]:
    """The tags of `If-Match` or `If-None-Match`, without quotes; one that a proxy made weak is the same."""
    return [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",") if tag.strip()]


class ApiAnswerMiddleware:
    """Innermost, so that it sees what the view has rendered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/v"):
            return response
        rate: Any = getattr(request, "api_rate", None)
        if rate is not None:
            for name in ("limit", "remaining", "reset"):
                response.headers[f"RateLimit-{name.capitalize()}"] = str(getattr(rate, name))
        if isinstance(response, HttpResponse) and response.status_code in {200, 201}:
            return self._tagged(request, response)
        return response

    def _tagged(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        version: int | None = getattr(response, "row_version", None)
        if request.method not in {"GET", "HEAD"} and version is None:
            return response
        tag = entity_tag(response.content, version)
        response.headers["ETag"] = tag
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
        asked = tags_of(request.headers.get("If-None-Match", ""))
        if request.method in {"GET", "HEAD"} and ("*" in asked or tag.strip('"') in asked):
            kept = {name: value for name, value in response.headers.items() if not name.startswith("Content-")}
            return HttpResponse(status=304, headers=kept)
        return response
