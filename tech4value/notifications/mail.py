"""E-mails to one person, in their language, sent once the transaction has committed."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from tech4value.accounts.models import User


def mail_to(user: User, template: str, context: Mapping[str, Any]) -> None:
    """Send `templates/notifications/mail/<template>.txt` to `user`: its first line is the subject.

    A mail server that does not answer never undoes what the message tells.
    """
    with translation.override(user.language):
        text = render_to_string(f"notifications/mail/{template}.txt", {**context, "user": user})
    subject, _newline, body = text.strip().partition("\n")
    message = EmailMessage(subject=subject.strip(), body=body.strip(), to=[user.email])
    transaction.on_commit(lambda: message.send(), robust=True)
