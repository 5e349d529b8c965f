"""A person is told by mail of each change to how their account is opened: whoever did it, they learn of it at once.

These mails are no preference and wait for no quiet hour. They are sent once the change has committed, in the person's
language, and a mail server that is away undoes nothing.
"""

from enum import StrEnum
from typing import Final

from allauth.core import context
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.links import without_prefix
from tech4value.accounts.models import User
from tech4value.accounts.rate_limits import client_address
from tech4value.accounts.sessions import device_of


class SecurityChange(StrEnum):
    """What changed; the values are allauth's names for it, where allauth does it."""

    PASSWORD_CHANGED = "account/email/password_changed"  # noqa: S105 - names, no secrets
    PASSWORD_SET = "account/email/password_set"  # noqa: S105
    PASSWORD_RESET = "account/email/password_reset"  # noqa: S105
    EMAIL_CHANGED = "account/email/email_changed"
    APP_ADDED = "mfa/email/totp_activated"
    APP_REMOVED = "mfa/email/totp_deactivated"
    PASSKEY_ADDED = "mfa/email/webauthn_added"
    PASSKEY_REMOVED = "mfa/email/webauthn_removed"
    CODES_MADE = "mfa/email/recovery_codes_generated"
    SECOND_FACTOR_RESET = "second_factor_reset"
    TOKEN_CREATED = "token_created"  # noqa: S105


SUBJECTS: Final[dict[SecurityChange, Promise]] = {
    SecurityChange.PASSWORD_CHANGED: _("Votre mot de passe a changé"),
    SecurityChange.PASSWORD_SET: _("Votre compte a maintenant un mot de passe"),
    SecurityChange.PASSWORD_RESET: _("Votre mot de passe a été remplacé"),
    SecurityChange.EMAIL_CHANGED: _("L’adresse de votre compte a changé"),
    SecurityChange.APP_ADDED: _("Une application d’authentification protège votre compte"),
    SecurityChange.APP_REMOVED: _("L’application d’authentification a été retirée de votre compte"),
    SecurityChange.PASSKEY_ADDED: _("Une clé d’accès a été ajoutée à votre compte"),
    SecurityChange.PASSKEY_REMOVED: _("Une clé d’accès a été retirée de votre compte"),
    SecurityChange.CODES_MADE: _("De nouveaux codes de secours remplacent les anciens"),
    SecurityChange.SECOND_FACTOR_RESET: _("Le second facteur de votre compte a été retiré"),
    SecurityChange.TOKEN_CREATED: _("Un jeton d’API a été créé sur votre compte"),
}


def tell(user: User, change: SecurityChange, *, what: str = "", who: str = "", organisation: str = "") -> None:
    """Mail to `user` what changed: `what` names it, `who` did it when it was somebody else, in `organisation`."""
    request = context.request
    with translation.override(user.language):
        subject = str(SUBJECTS[change])
        text = render_to_string(
            "account/email/security_change.txt",
            {
                "user": user,
                "subject": subject,
                "change": change.name.lower(),
                "what": what,
                "who": who,
                "organisation": organisation,
                "at": timezone.now(),
                # That of somebody else is not for the person to know.
                "device": device_of(request.headers.get("User-Agent", "")) if request and not who else "",
                "address": client_address(request) if request and not who else "",
                "security_url": f"{settings.BASE_URL}{without_prefix(lambda: reverse('mfa_index'))}",
                "password_url": f"{settings.BASE_URL}{without_prefix(lambda: reverse('account_reset_password'))}",
            },
        )
    message = EmailMessage(subject=f"{subject} · Tech4Value", body=text.strip(), to=[user.email])
    transaction.on_commit(lambda: message.send(), robust=True)
