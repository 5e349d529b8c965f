"""A number for each request, in its logs, its journal events and its answer."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from tech4value.tenancy.models import uuid7

ACCEPTED = re.compile(r"^[A-Za-z0-9-]{8,64}$")
log = structlog.get_logger("tech4value.requests")


class RequestIdMiddleware:
    """Takes `X-Request-ID` from a proxy when it is well-formed, else makes one; logs one line a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if ACCEPTED.match(given) else str(uuid7())
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            if not request.path.startswith(("/static/", "/healthz", "/readyz")):
                log.info(
                    "request",
                    method=request.method,
                    tenant=getattr(request, "tenant_slug", None),
                    path=request.path,  # never the query: it may hold what people typed
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )
        response.headers["X-Request-ID"] = request_id
        return response
