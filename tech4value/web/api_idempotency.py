"""`Idempotency-Key` on a POST: sent again within a day, the call is answered as the first time and does nothing.

The answer is stored in the transaction of the call itself: one that was refused, or whose process died, has written
neither and may be sent again with its key.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request

from tech4value.accounts.models import ApiToken, Membership
from tech4value.tenancy.context import current_tenant
from tech4value.web.api_answers import entity_tag
from tech4value.web.models import IdempotentCall

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEPT: Final = timedelta(hours=24)
MAX_BODY: Final = 5 * 1024 * 1024
_KEPT_HEADERS: Final = ("Content-Type", "Location")


class KeyInUseError(exceptions.APIException):
    """409: the first call with this key is still running."""

    status_code = status.HTTP_409_CONFLICT


class KeyReusedError(exceptions.APIException):
    """422: the key has served for another call."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


def once(handler: Callable[..., Any], request: Request, member: Membership) -> Callable[..., Any]:
    """`handler`, run at most once for the key that the request carries; itself when it carries none."""
    key = request.headers.get(HEADER)
    if key is None:
        return handler
    if not 0 < len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise exceptions.ValidationError(
            {HEADER: [_("La clé compte de 1 à 255 caractères ASCII imprimables, un UUID par exemple.")]}
        )

    def run(request: Request, *args: Any, **kwargs: Any) -> Any:
        _take(member, key)
        digest = _digest(request)
        found = IdempotentCall.objects.filter(membership=member, key=key).first()
        if found is not None and found.created_at < timezone.now() - KEPT:
            found.delete()
            found = None
        if found is not None:
            if found.request_sha256 != digest:
                raise KeyReusedError(
                    _("Cette clé a déjà servi à une autre requête. Donnez une nouvelle clé à chaque requête.")
                )
            return HttpResponse(bytes(found.body), status=found.status, headers={**found.headers, REPLAYED: "true"})
        response = handler(request, *args, **kwargs)
        response.add_post_render_callback(lambda rendered: _store(rendered, member, key, digest))
        return response

    return run


def _take(member: Membership, key: str) -> None:
    """One call at a time for a key, until the end of its transaction."""
    with connection.cursor() as cursor:
        name = f"idempotency:{current_tenant().pk}:{member.pk}:{key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise KeyInUseError(
                _("Une requête portant cette clé est en cours. Attendez sa réponse, puis recommencez.")
            )


def _digest(request: Request) -> str:
    """Of all that makes the call: verb, address, token and body. Another token may see less of the answer."""
    token = request.auth.pk if isinstance(request.auth, ApiToken) else ""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n{token}\n".encode())
    if request.content_type.startswith("multipart/"):
        sent: Any = request.data
        for name, values in sorted(sent.lists()):
            for value in values:
                found.update(f"\0{name}\0".encode())
                if hasattr(value, "chunks"):
                    for chunk in value.chunks():
                        found.update(chunk)
                    value.seek(0)
                else:
                    found.update(str(value).encode(errors="replace"))
    else:
        found.update(request._request.body)
    return found.hexdigest()


def _store(response: Any, member: Membership, key: str, digest: str) -> None:
    if response.status_code >= 300 or len(response.content) > MAX_BODY:
        return
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    version: int | None = getattr(response, "row_version", None)
    if version is not None:
        headers["ETag"] = entity_tag(response.content, version)
    IdempotentCall.objects.create(
        membership=member,
        key=key,
        request_sha256=digest,
        status=response.status_code,
        headers=headers,
        body=response.content,
    )


def forget_old() -> int:
    """Drop the answers of the current tenant that are older than a day; returns how many."""
    return IdempotentCall.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
