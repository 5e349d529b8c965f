"""How many calls a minute: for each token and for each member's session, by the tenant's plan, counted in Redis.

When Redis is away calls pass: a limit protects the service, it must not take it down.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, Final

import redis
import structlog
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tech4value.accounts.models import ApiToken
from tech4value.billing.queries import entitlements

WINDOW: Final = 60
log = structlog.get_logger(__name__)
# One round trip, and no counter without an end: the first call of a window sets when it is over.
_COUNT: Final = """
local calls = redis.call('INCR', KEYS[1])
if calls == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {calls, redis.call('PTTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls allowed in a window, those left, and the seconds until the window is over."""

    limit: int
    remaining: int
    reset: int


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


class PlanThrottle(BaseThrottle):
    """Counts the call and lets it pass while the window has room; `api_rate` of the request says how much."""

    wait_seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        django_request: Any = request._request
        member = getattr(django_request, "member", None)
        if member is None:
            return True
        limit = entitlements().api_calls_per_minute
        caller = f"token:{request.auth.pk}" if isinstance(request.auth, ApiToken) else f"session:{member.pk}"
        try:
            counted: Any = _redis().eval(_COUNT, 1, f"t4v:api:{member.tenant_id}:{caller}", str(WINDOW * 1000))
        except redis.RedisError:
            log.warning("api.rate_not_counted")
            return True
        calls, left = int(counted[0]), max(1, ceil(int(counted[1]) / 1000))
        django_request.api_rate = Rate(limit, max(0, limit - calls), left)
        self.wait_seconds = left
        return calls <= limit

    def wait(self) -> float | None:
        return self.wait_seconds
