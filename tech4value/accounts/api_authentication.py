"""API sign-in: the browser's session, or `Authorization: Bearer t4v_…` of the tenant in the address."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.request import Request

from tech4value.accounts.models import ApiToken, User

USE_IS_NOTED_EVERY = timedelta(minutes=5)


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's own, CSRF check included; answers 401 rather than 403 to the anonymous."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_secret(request: HttpRequest) -> str:
    """The secret in `Authorization: Bearer …`; empty when there is none."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def usable_token(secret: str) -> ApiToken | None:
    """The token of the current tenant with this secret, unless it, its member or its person is no longer valid."""
    now = timezone.now()
    token: ApiToken | None = (
        ApiToken.objects.select_related("membership__user")
        .filter(hash=ApiToken.digest(secret), membership__is_active=True, membership__user__is_active=True)
        .first()
    )
    if token is None or token.expires_at <= now:
        return None
    token.membership.granted = token.scope
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


class TokenAuthentication(authentication.BaseAuthentication):
    """The token that MemberMiddleware found within the tenant of the address; it has refused any other call."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token: ApiToken | None = getattr(request._request, "api_token", None)
        return None if token is None else (token.membership.user, token)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names the browser's session."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
