"""allauth, told how we do it."""

import time
from typing import Any

from allauth.account import app_settings as allauth_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tech4value.accounts.rate_limits import allauth_wait, duration_in_words
from tech4value.accounts.security_mail import SecurityChange, tell


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: accounts are made by an administrator's invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise RuntimeError("Sign-up is closed.")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many wrong passwords: says how long to wait."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            key = self._get_login_attempts_cache_key(request, **credentials)
            wait = duration_in_words(allauth_wait(request, "allauth.account", "login_failed", key))
            message = _("Trop d’essais avec un mauvais mot de passe. Réessayez dans %(duration)s.")
            raise ValidationError(message % {"duration": wait}, code=error.code) from error

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has signed in within the time for which a confirmation holds has just confirmed who they are."""
        records = get_authentication_records(self.request, self.request.user)
        held = allauth_settings.REAUTHENTICATION_TIMEOUT
        return not any(time.time() - record["at"] < held for record in records)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What allauth changes in how an account is opened is told in our words."""
        tell(user, SecurityChange(template_prefix))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person who receives it, not of the browser that asked."""
        user = context.get("user")
        language = user.language if user is not None else translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)
