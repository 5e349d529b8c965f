"""`/healthz`: the process answers. `/readyz`: PostgreSQL and Redis answer too. `/metrics`: figures for Prometheus."""

import secrets
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest, multiprocess

from tech4value.audit.models import DirtyTenant

QUEUES = ("default", "pdf")


class HealthMiddleware:
    """Answers before sessions and tenants, so that a probe costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        if request.path == "/metrics" and settings.METRICS_TOKEN:
            return metrics(request)
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


def metrics(request: HttpRequest) -> HttpResponse:
    """Requests and their times (django-prometheus), the length of the queues, and how many tenants await a seal.

    For who bears METRICS_TOKEN: times and addresses tell what customers do.
    """
    given = request.headers.get("Authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    requests: CollectorRegistry = REGISTRY
    if settings.METRICS_FOLDER:
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests, settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # untyped
    return HttpResponse(generate_latest(requests) + generate_latest(_backlog()), content_type=CONTENT_TYPE_LATEST)


def _backlog() -> CollectorRegistry:
    """What waits. A server that does not answer leaves its figure out: its own alarm tells."""
    registry = CollectorRegistry()
    try:
        server = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)
        prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        lengths = {queue: server.llen(f"{prefix}{queue}") for queue in QUEUES}
        waiting = Gauge("tech4value_queue_length", "Jobs that wait", ["queue"], registry=registry)
        for queue, length in lengths.items():
            waiting.labels(queue).set(length)
    except redis.RedisError:
        pass
    try:
        unsealed = DirtyTenant.objects.count()
        Gauge("tech4value_tenants_to_seal", "Tenants whose journal has events to seal", registry=registry).set(
            unsealed
        )
    except DatabaseError:
        pass
    return registry
