"""One line a request: its number, its tenant, no secret."""

import json
import logging
from typing import Any

import pytest
import sentry_sdk
import structlog
from django.conf import settings
from django.test import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event

from tech4value.web.logs import remove_secrets, remove_secrets_of_report
from tests.world import PASSWORD, World

SECRET = "t4v_abcdefSECRETSECRETSECRET"


@pytest.mark.parametrize(
    ("event", "hidden"),
    [
        ({"password": "azerty"}, "azerty"),
        ({"headers": {"Authorization": "Basic eDp5", "Cookie": "t4v_session=abc"}}, "eDp5"),
        ({"args": ["x", {"api_token": SECRET}]}, "SECRET"),
        ({"event": f"called with {SECRET}"}, "SECRET"),
        ({"event": "Authorization: Bearer eyJhbGciOi"}, "eyJhbGciOi"),
        ({"exception": "could not connect to postgresql://app:s3cret@db/x"}, "s3cret"),
        ({"path": "/accounts/password/reset/key/abc-def123-456/"}, "def123"),
        ({"path": "/t/atelier/exports/calendars/abc-def123.ics"}, "def123"),
        ({"event": "Not Found: /invitation/abc-def123/"}, "def123"),
        ({"event": "/unsubscribe/abc:def123/"}, "def123"),
        ({"query_string": "next=%2Finvitation%2Fabc-def123%2F"}, "def123"),
    ],
)
def test_secrets_are_masked_wherever_they_are(event: dict[str, Any], hidden: str) -> None:
    assert hidden not in json.dumps(remove_secrets(None, "info", event))


def test_what_is_no_secret_is_kept() -> None:
    event = {"event": "request", "tenant": "atelier", "status": 200, "path": "/t/atelier/home/"}
    assert remove_secrets(None, "info", dict(event)) == event
    event["path"] = "/t/atelier/people/calendars/0190-aa/exceptions/new/"
    assert remove_secrets(None, "info", dict(event)) == event


def test_no_secret_address_is_sent_to_who_watches_errors() -> None:
    """Sentry, as the settings set it up: the error's own page, what led to it, and the variables of its code."""

    class Kept(Transport):
        def __init__(self) -> None:
            super().__init__()
            self.sent: list[str] = []

        def capture_envelope(self, envelope: Envelope) -> None:
            self.sent.append(envelope.serialize().decode())

    kept = Kept()
    client = sentry_sdk.Client(
        dsn="https://public@sentry.example/1",
        transport=kept,
        default_integrations=False,
        before_send=remove_secrets_of_report,
        before_send_transaction=remove_secrets_of_report,
    )
    told: Event = {
        "request": {"url": "https://x.example/t/a/exports/calendars/abc-def123.ics", "method": "GET"},
        "breadcrumbs": {"values": [{"message": "/invitation/abc-def123/"}]},
        "transaction": "/unsubscribe/abc-def123/",
    }
    client.capture_event(told)
    client.capture_event({**told, "type": "transaction"})
    assert len(kept.sent) == 2
    assert all("def123" not in one and "calendars/***.ics" in one for one in kept.sent)


class Lines(logging.Handler):
    """What the console handler would have written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        config = settings.LOGGING["formatters"]["json"]
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=config["foreign_pre_chain"], processors=config["processors"]
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Any:
    handler = Lines()
    logger = logging.getLogger("tech4value.requests")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


def test_a_request_leaves_one_line_with_its_number_and_tenant(
    world: World, client_of: Any, lines: list[dict[str, Any]]
) -> None:
    client = client_of(world.admin)
    response = client.get(world.url("/settings/preferences/?q=rien"), headers={"X-Request-ID": "abc-12345"})
    assert response.headers["X-Request-ID"] == "abc-12345"
    (line,) = lines
    assert (line["request_id"], line["tenant"], line["status"]) == ("abc-12345", "atelier", 200)
    assert line["path"] == "/t/atelier/settings/preferences/"
    forged = client.get(world.url("/settings/help/"), headers={"X-Request-ID": "a\nb"})
    assert forged.headers["X-Request-ID"] != "a\nb"


def test_sign_in_and_tokens_leave_no_secret(world: World, lines: list[dict[str, Any]]) -> None:
    client = Client()
    client.post("/accounts/login/?next=/x", {"login": world.admin.email, "password": PASSWORD})
    client.get(world.url("/api/v1/me/"), headers={"Authorization": f"Bearer {SECRET}"})
    for path in ("accounts/password/reset/key", "invitation", "unsubscribe"):
        client.get(f"/{path}/abc-def123456-789/")
    client.get(world.url("/exports/calendars/abc-def123456-789.ics"))
    written = json.dumps(lines, ensure_ascii=False)
    assert len(lines) >= 3
    for secret in (PASSWORD, "SECRETSECRET", "def123456"):
        assert secret not in written


def test_the_journal_carries_the_number_of_the_request(world: World, client_of: Any) -> None:
    from tech4value.audit.models import AuditEvent

    client_of(world.member).get(world.url("/settings/members/"), headers={"X-Request-ID": "refused-1"})
    with world.within():
        event = AuditEvent.objects.get(verb="access.denied")
        assert event.request_id == "refused-1"
        assert event.changes == {"path": [None, "/t/atelier/settings/members/"]}
