"""The demo mailbox: only in the demo, its links clickable, its texts harmless."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from tech4value.notifications.models import DemoMail

pytestmark = pytest.mark.django_db


def test_there_is_no_mailbox_outside_the_demo(settings: Any) -> None:
    settings.DEMO = False
    DemoMail.objects.create(recipients=["a@b.example"], subject="Secret", body="https://lien.example/")
    assert Client().get("/demo/mail/").status_code == 404


def test_messages_are_kept_and_shown_newest_first(settings: Any) -> None:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"
    assert "Aucun message" in Client().get("/demo/mail/").content.decode()
    EmailMessage("Premier", "Voir https://tech4value.example/a?b=1", to=["a@b.example"]).send()
    EmailMessage("Second", "<script>alert(1)</script>", to=["c@d.example"]).send()
    page = Client().get("/demo/mail/").content.decode()
    assert page.index("Second") < page.index("Premier")
    assert 'href="https://tech4value.example/a?b=1"' in page
    assert "<script>alert" not in page
    assert "a@b.example" in page
