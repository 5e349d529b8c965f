"""An e-mail backend that delivers into the demo mailbox, and its page."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from tech4value.accounts.permissions import Permission
from tech4value.notifications.models import DemoMail

SHOWN = 50


class DemoMailboxBackend(BaseEmailBackend):
    """Keeps each message as a DemoMail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            DemoMail.objects.create(
                recipients=message.recipients(), subject=str(message.subject), body=str(message.body)
            )
        return len(email_messages)


class DemoMailboxView(View):
    """The last messages. There is no such page outside the demo."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return render(request, "notifications/demo_mailbox.html", {"mails": DemoMail.objects.all()[:SHOWN]})
