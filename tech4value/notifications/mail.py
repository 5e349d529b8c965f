"""E-mails to one person, in their language, sent once the transaction has committed."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from tech4value.accounts.models import User


def mail_to(user: User, template: str, context: Mapping[str, Any]) -> None:
    """Send `templates/notifications/mail/<template>.txt` to `user`: its first line is the subject."""
    mail_to_address(user.email, user.language, template, {**context, "user": user})


def mail_to_address(email: str, language: str, template: str, context: Mapping[str, Any]) -> None:
    """The same to an address that has no account yet.

    A mail server that does not answer never undoes what the message tells.
    """
    with translation.override(language):
        text = render_to_string(f"notifications/mail/{template}.txt", dict(context))
    subject, _newline, body = text.strip().partition("\n")
    message = EmailMessage(subject=subject.strip(), body=body.strip(), to=[email])
    transaction.on_commit(lambda: message.send(), robust=True)
