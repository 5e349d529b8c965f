"""API sign-in: the browser's session, or `Authorization: Bearer t4v_…` of the tenant in the address."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tech4value.accounts.models import ApiToken

USE_IS_NOTED_EVERY = timedelta(minutes=5)


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's own, CSRF check included; answers 401 rather than 403 to the anonymous."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """Finds the token within the tenant of the address; another tenant's token is simply not there."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("membership__user").filter(hash=ApiToken.digest(secret.strip())).first()
        )
        usable = token is not None and (token.expires_at is None or token.expires_at > now)
        if token is None or not usable or not token.membership.is_active or not token.membership.user.is_active:
            raise AuthenticationFailed(_("Jeton inconnu, expiré ou révoqué : créez-en un dans vos préférences."))
        if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        request._request.member = token.membership  # type: ignore[attr-defined]  # declared in accounts.http
        return token.membership.user, token


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
