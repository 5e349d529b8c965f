"""`/healthz`: the process answers. `/readyz`: PostgreSQL and Redis answer too."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse


class HealthMiddleware:
    """Answers before sessions and tenants, so that a probe costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 when both servers answer, else 503 and which one does not."""
    answers = {"database": "ok", "redis": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        answers["database"] = "unreachable"
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping()
    except redis.RedisError:
        answers["redis"] = "unreachable"
    ready = set(answers.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ready else "unavailable", **answers}, status=200 if ready else 503)
