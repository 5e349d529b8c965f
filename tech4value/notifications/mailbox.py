"""An e-mail backend that delivers into the demo mailbox, and its pages."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage, EmailMultiAlternatives
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from tech4value.accounts.permissions import Permission
from tech4value.notifications.models import DemoMail

SHOWN = 30


class DemoMailboxBackend(BaseEmailBackend):
    """Keeps each message as a DemoMail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            DemoMail.objects.create(
                recipients=message.recipients(),
                subject=str(message.subject)[:300],
                body=str(message.body),
                html=_html(message),
                headers={name: str(value) for name, value in message.extra_headers.items()},
            )
        return len(email_messages)


def _html(message: EmailMessage) -> str:
    if isinstance(message, EmailMultiAlternatives):
        for content, mimetype in message.alternatives:
            if mimetype == "text/html":
                return str(content)
    return ""


class _DemoView(View):
    """There is no such page outside the demo."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        if not settings.DEMO:
            raise Http404


class DemoMailboxView(_DemoView):
    """The messages, the newest first; `q` is part of a recipient's address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        q = request.GET.get("q", "").strip()[:254].replace("\x00", "")
        mails = DemoMail.objects.filter(recipients__icontains=q) if q else DemoMail.objects.all()
        page = Paginator(mails, SHOWN).get_page(request.GET.get("page"))
        return render(request, "notifications/demo_mailbox.html", {"page": page, "q": q})


class DemoMailView(_DemoView):
    """One message as it is read: its HTML in a frame that runs nothing, or its text."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(DemoMail, pk=pk)
        as_html = bool(mail.html) and request.GET.get("form") != "text"
        context = {"mail": mail, "as_html": as_html, "as_text": not as_html}
        return render(request, "notifications/demo_mail.html", context)
