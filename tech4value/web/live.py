"""Live pages: a version per tenant and per project in Redis, bumped after commit, asked without SQL.

A page asks `GET live?t=<token>&v=<version>`; the token, signed when the page was made, names the tenant and topic.
With `o=<token>` too, of the topic that is the member's own, it answers that version as `o` (the bell).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from tech4value.audit.models import AuditEvent
from tech4value.tenancy.context import before_commit, current_tenant

SALT = "live"
TOKEN_SECONDS = 12 * 3600
log = structlog.get_logger(__name__)


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=1)


def _key(tenant_id: UUID | str, topic: str) -> str:
    return f"t4v:live:{tenant_id}:{topic}"


def token(tenant_id: UUID, topic: str = "all") -> str:
    """What a page shows to ask for the version of `topic`: "all", or a project's id."""
    return signing.dumps([str(tenant_id), topic], salt=SALT, compress=False)


def own_topic(member_id: UUID) -> str:
    """The topic of what is for one member only: their messages."""
    return f"own:{member_id}"


def version(tenant_id: UUID | str, topic: str = "all") -> str:
    """The version now; "0" before the first change."""
    return str(_redis().get(_key(tenant_id, topic)) or "0")


def bump(tenant_id: UUID, topics: set[str]) -> None:
    """Tell open pages that something changed. A Redis that is away costs freshness, never the write."""
    try:
        pipeline = _redis().pipeline(transaction=False)
        for topic in topics:
            pipeline.incr(_key(tenant_id, topic))
        pipeline.execute()
    except redis.RedisError:
        log.warning("live.bump_failed")


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: bumps the tenant and the projects touched, once, after commit."""
    tenant_id = current_tenant().pk
    for topic in {"all", *(str(event.project_id) for event in events if event.project_id)}:
        before_commit(("live", topic), partial(_bump_on_commit, tenant_id, topic))


def _bump_on_commit(tenant_id: UUID, topic: str) -> None:
    transaction.on_commit(partial(bump, tenant_id, {topic}), robust=True)


class LiveMiddleware:
    """Answers `…/live` before sessions: no SQL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/live":
            return self.get_response(request)
        try:
            tenant_id, topic = signing.loads(request.GET.get("t", ""), salt=SALT, max_age=TOKEN_SECONDS)
        except signing.BadSignature:
            return JsonResponse({"v": None}, status=403)
        try:
            answer = JsonResponse({"v": version(tenant_id, topic), "o": _own_version(request)})
        except redis.RedisError:
            return JsonResponse({"v": None}, status=503)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _own_version(request: HttpRequest) -> str | None:
    """The version of the member's own topic, None when the page does not ask, or asks too late."""
    try:
        tenant_id, topic = signing.loads(request.GET.get("o", ""), salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return version(tenant_id, topic)
