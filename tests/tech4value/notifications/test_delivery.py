"""The outbox: mails and posts go once, wait when they cannot, and stop when they are no longer wanted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import respx
from django.core.mail import EmailMessage

from portfolio.projects.actions import change_milestone, create_milestone, create_project
from portfolio.projects.models import ProjectMember
from portfolio.risks.actions import create_risk
from tech4value.accounts.actions import deactivate_member
from tech4value.audit.listeners import notify_sealed
from tech4value.audit.writing import delete, update
from tech4value.notifications.actions import mark_all_read
from tech4value.notifications.delivery import deliver, deliver_mail, deliver_post, next_due, wait_after
from tech4value.notifications.models import (
    Delivery,
    DeliveryState,
    DemoMail,
    DueTenant,
    Notification,
    Rhythm,
    TeamsWebhook,
)
from tech4value.notifications.preferences import change_settings
from tech4value.notifications.tasks import dispatch
from tech4value.notifications.teams import add_webhook, card, plain, send_test
from tech4value.tenancy.clock import today
from tests.tech4value.notifications.conftest import Desk, seal_written
from tests.world import World

pytestmark = pytest.mark.django_db
DAYTIME = datetime(2026, 11, 18, 10, tzinfo=UTC)
PUBLIC = "93.184.216.34"
HOOK = "https://prod-1.westeurope.logic.example/workflows/abc?sig=a-secret"


@pytest.fixture(autouse=True)
def mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"


def move(desk: Desk, days: int = 5) -> None:
    change_milestone(
        actor=desk.pmo, milestone=desk.pilot, values={"due_on": desk.pilot.due_on + timedelta(days=days)}
    )


def send(desk: Desk, moment: datetime) -> None:
    """What is due at an instant goes."""
    for row in Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=moment):
        if row.channel == "teams":
            deliver_post(row.pk, moment)
        else:
            deliver_mail(row.notification.member_id, moment)


def mail_of(desk: Desk, key: str) -> list[DemoMail]:
    return [one for one in DemoMail.objects.order_by("id") if desk.world.users[key].email in one.recipients]


def states(desk: Desk, key: str) -> set[str]:
    return {row.state for row in desk.mails(key)}


def test_a_mail_says_it_all_in_the_language_of_who_reads_it(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    user = desk.world.users["manager"]
    user.language = "en"
    user.save()
    move(desk)
    desk.read()
    send(desk, DAYTIME)
    assert mail_of(desk, "manager") == []  # the act settles first
    send(desk, DAYTIME + timedelta(minutes=1))
    (mail,) = mail_of(desk, "manager")
    assert "5\u00a0calendar days later" in mail.subject
    assert mail.subject.startswith("Nouvel ERP · ")
    for body in (mail.body, mail.html):
        assert "/t/atelier/notifications/" in body
        assert "project manager" in body
        assert "/unsubscribe/" in body
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].startswith("<http")
    (french,) = mail_of(desk, "executive")
    assert "5\u00a0j calendaires plus tard" in french.subject
    assert states(desk, "manager") == {DeliveryState.SENT}
    send(desk, DAYTIME + timedelta(hours=1))
    assert len(mail_of(desk, "manager")) == 1


def test_names_cannot_break_the_mail(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    milestone = create_milestone(
        actor=desk.pmo, project=desk.erp, name="<script>alert(1)</script>", due_on=today() + timedelta(days=3)
    )
    update(desk.pmo, desk.erp, {"name": "Nouvel\nBcc: x@y.example"})
    change_milestone(actor=desk.pmo, milestone=milestone, values={"due_on": today() + timedelta(days=4)})
    desk.read()
    send(desk, DAYTIME + timedelta(minutes=1))
    (mail,) = mail_of(desk, "manager")
    assert "\n" not in mail.subject
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html


def test_several_at_once_are_one_mail(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    move(desk)
    create_risk(actor=desk.pmo, project=desk.erp, title="Retard", probability=5, impact=5)
    desk.read()
    send(desk, DAYTIME + timedelta(minutes=1))
    (mail,) = mail_of(desk, "manager")
    assert mail.subject == "2 nouveautés pour vous"
    assert "« Pilote »" in mail.body
    assert "« Retard »" in mail.body


def test_a_daily_digest_holds_what_has_not_been_read(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    member = desk.member("manager")
    change_settings(actor=member.actor, member=member, values={"rhythm": Rhythm.DAILY, "digest_hour": 9})
    create_risk(actor=desk.pmo, project=desk.erp, title="Déjà lu", probability=5, impact=5)
    desk.read()
    mark_all_read(member=member)
    move(desk)
    create_risk(actor=desk.pmo.on(today()), project=desk.erp, title="Nouveau", probability=5, impact=5)
    desk.read()
    send(desk, DAYTIME + timedelta(hours=1))
    assert mail_of(desk, "manager") == []
    tomorrow = datetime(2026, 11, 19, 8, tzinfo=UTC)  # nine o'clock in Paris
    assert {row.next_at for row in desk.mails("manager")} == {tomorrow}
    clock(tomorrow)
    send(desk, tomorrow)
    (mail,) = mail_of(desk, "manager")
    assert mail.subject == "Votre résumé du 19/11/2026 : 2 nouveautés"
    assert "Nouveau" in mail.body
    assert "Déjà lu" not in mail.body
    assert states(desk, "manager") == {DeliveryState.SENT, DeliveryState.SKIPPED}


def test_a_mail_of_the_night_waits_for_the_morning_even_when_quiet_hours_were_set_since(
    desk: Desk, clock: Callable[..., None]
) -> None:
    night = datetime(2026, 10, 24, 21, tzinfo=UTC)  # 23:00 in Paris, the night when the clocks go back
    clock(night)
    move(desk)
    desk.read()
    morning = datetime(2026, 10, 25, 6, tzinfo=UTC)  # 07:00, winter time
    assert {row.next_at for row in desk.mails("manager")} == {morning}
    Delivery.objects.update(next_at=night)
    send(desk, night)
    assert mail_of(desk, "manager") == []
    assert {row.next_at for row in desk.mails("manager")} == {morning}
    send(desk, morning)
    assert len(mail_of(desk, "manager")) == 1


def test_a_mail_server_that_is_away_delays_and_loses_nothing(
    desk: Desk, clock: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(DAYTIME)
    move(desk)
    desk.read()
    moment = DAYTIME + timedelta(minutes=1)
    with monkeypatch.context() as patched:
        for error in (SMTPServerDisconnected("away"), ConnectionRefusedError("refused"), TimeoutError("slow")):
            patched.setattr(EmailMessage, "send", raising(error))
            send(desk, moment)
            moment += timedelta(hours=1)
    (row,) = desk.mails("manager")
    assert (row.state, row.attempts, row.error) == (DeliveryState.WAITING, 3, "slow")
    send(desk, moment)
    assert len(mail_of(desk, "manager")) == 1
    assert states(desk, "manager") == {DeliveryState.SENT}


def raising(error: Exception) -> Callable[..., None]:
    def send(self: EmailMessage, fail_silently: bool = False) -> None:
        raise error

    return send


def test_an_address_that_the_server_refuses_is_not_tried_again(
    desk: Desk, clock: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(DAYTIME)
    move(desk)
    desk.read()
    monkeypatch.setattr(EmailMessage, "send", raising(SMTPRecipientsRefused({})))
    send(desk, DAYTIME + timedelta(minutes=1))
    (row,) = desk.mails("manager")
    assert row.state == DeliveryState.FAILED
    assert "manager@atelier.example" in row.error


def test_waits_grow_to_an_hour() -> None:
    waits = [int(wait_after(attempts).total_seconds() / 60) for attempts in (1, 2, 3, 6, 7, 500)]
    assert waits == [1, 2, 4, 32, 60, 60]


def test_what_one_may_no_longer_see_is_neither_sent_nor_shown(
    desk: Desk, clock: Callable[..., None], client_of: Any
) -> None:
    """Mehdi, a team member, is mentioned and then leaves the project's team."""
    clock(DAYTIME)
    text = f"@[Mehdi](person:{desk.mehdi.pk})"
    create_risk(actor=desk.pmo, project=desk.erp, title="Secret", probability=1, impact=1, description=text)
    desk.read()
    assert len(desk.told("member")) == 1
    delete(desk.pmo, ProjectMember.objects.get(person=desk.mehdi))
    send(desk, DAYTIME + timedelta(minutes=1))
    assert mail_of(desk, "member") == []
    assert states(desk, "member") == {DeliveryState.SKIPPED}
    client = client_of(desk.world.member)
    page = client.get(desk.world.url("/notifications/")).content.decode()
    assert "Secret" not in page
    (message,) = desk.told("member")
    assert client.get(desk.world.url(f"/notifications/{message.pk}/open/")).status_code == 404


def test_a_member_who_left_is_sent_nothing(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    move(desk)
    desk.read()
    deactivate_member(actor=desk.actor("admin"), membership=desk.member("executive"))
    send(desk, DAYTIME + timedelta(minutes=1))
    assert mail_of(desk, "executive") == []


def test_a_kind_switched_off_meanwhile_is_not_sent(desk: Desk, clock: Callable[..., None]) -> None:
    clock(DAYTIME)
    move(desk)
    desk.read()
    member = desk.member("manager")
    change_settings(actor=member.actor, member=member, values={"channels": {"milestone.moved": {"email": False}}})
    send(desk, DAYTIME + timedelta(minutes=1))
    assert mail_of(desk, "manager") == []


def test_a_mail_that_cannot_be_written_does_not_hold_back_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tech4value.notifications import delivery

    move(desk)
    desk.read()
    for key in ("manager", "executive"):
        member = desk.member(key)
        change_settings(actor=member.actor, member=member, values={"quiet_from": None, "quiet_until": None})
    Delivery.objects.update(next_at=DAYTIME)
    write = delivery.letter

    def letter(tenant: Any, member: Any, *args: Any) -> Any:
        if member.pk == desk.member("manager").pk:
            raise KeyError("no such fact")
        return write(tenant, member, *args)

    monkeypatch.setattr(delivery, "letter", letter)
    deliver(desk.world.atelier)
    assert mail_of(desk, "manager") == []
    (row,) = desk.mails("manager")
    assert (row.state, row.attempts) == (DeliveryState.WAITING, 1)
    assert len(mail_of(desk, "executive")) == 1


# --- Teams


@pytest.fixture
def public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tech4value.notifications.outbound.socket.getaddrinfo",
        lambda host, port, **kwargs: [(2, 1, 6, "", (PUBLIC, port))],
    )


def hook(desk: Desk, **values: Any) -> TeamsWebhook:
    return add_webhook(actor=desk.actor("admin"), name="Direction", url=HOOK, **values)


def test_a_channel_is_told_by_a_card_and_its_address_is_kept_sealed(
    desk: Desk, clock: Callable[..., None], public_dns: None
) -> None:
    clock(DAYTIME)
    webhook = hook(desk)
    assert "a-secret" not in webhook.sealed_url
    assert webhook.url == HOOK
    update(desk.pmo, desk.erp, {"name": "ERP [cliquez](https://mal.example)"})
    move(desk)
    desk.read()
    with respx.mock as mock:
        route = mock.post(host=PUBLIC).respond(202)
        send(desk, DAYTIME + timedelta(minutes=1))
    (call,) = route.calls
    sent = call.request.content.decode()
    assert "AdaptiveCard" in sent
    assert "[cliquez](" not in sent
    webhook.refresh_from_db()
    assert webhook.last_sent_at == DAYTIME
    assert webhook.last_error == ""


def test_a_project_s_channel_hears_of_that_project_only(desk: Desk, public_dns: None) -> None:
    dates = {"starts_on": today(), "ends_on": today() + timedelta(days=9)}
    other = create_project(actor=desk.pmo, code="CRM", name="CRM", pole=desk.pole, **dates)
    theirs, important = hook(desk, project_id=other.pk), hook(desk, only_important=True)
    move(desk)
    desk.read()
    assert not Notification.objects.filter(webhook=theirs).exists()
    assert Notification.objects.filter(webhook=important).count() == 1


def test_a_channel_that_fails_is_tried_again_and_its_administrator_sees_why(
    desk: Desk, clock: Callable[..., None], public_dns: None, client_of: Any
) -> None:
    clock(DAYTIME)
    webhook = hook(desk)
    move(desk)
    desk.read()
    with respx.mock as mock:
        mock.post(host=PUBLIC).respond(503)
        send(desk, DAYTIME + timedelta(minutes=1))
    row = Delivery.objects.get(notification__webhook=webhook)
    assert (row.state, row.attempts) == (DeliveryState.WAITING, 1)
    page = client_of(desk.world.admin).get(desk.world.url("/notifications/teams/")).content.decode()
    assert "a répondu 503" in page
    assert "a-secret" not in page
    with respx.mock as mock:
        mock.post(host=PUBLIC).respond(410)
        send(desk, DAYTIME + timedelta(hours=1))
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED


def test_a_name_that_comes_to_lead_inside_is_not_posted_to(
    desk: Desk, clock: Callable[..., None], public_dns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(DAYTIME)
    webhook = hook(desk)
    monkeypatch.setattr(
        "tech4value.notifications.outbound.socket.getaddrinfo",
        lambda host, port, **kwargs: [(2, 1, 6, "", ("169.254.169.254", port))],
    )
    with respx.mock(assert_all_called=False) as mock:
        assert "réseau interne" in send_test(webhook=webhook)
        assert not mock.calls


def test_marks_of_teams_are_made_inert() -> None:
    assert plain("[a](b) *c*") == r"\[a\]\(b\) \*c\*"


def test_the_card_leads_to_the_project(desk: Desk, public_dns: None) -> None:
    webhook = hook(desk)
    move(desk)
    desk.read()
    body = card(Notification.objects.get(webhook=webhook))
    (action,) = body["attachments"][0]["content"]["actions"]
    assert action["url"].endswith(f"/t/atelier/projects/{desk.erp.pk}/milestones/")


# --- the dispatcher


@pytest.mark.django_db(transaction=True)
def test_the_dispatcher_reads_and_sends_and_survives_a_lost_message(
    live_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, sealed, dispatched by beat; the first message to a worker is lost."""
    from portfolio.people.actions import create_person, create_pole
    from tech4value.notifications import tasks

    world = live_world
    with world.within():
        actor = world.memberships["pmo"].actor
        pole = create_pole(actor=actor, code="IT", name="IT")
        chloe = create_person(actor=actor, name="Chloé", membership=world.memberships["manager"], pole=pole)
        dates = {"starts_on": today(), "ends_on": today() + timedelta(days=9)}
        erp = create_project(actor=actor, code="ERP", name="ERP", pole=pole, manager=chloe, **dates)
        create_risk(actor=actor, project=erp, title="Retard", probability=5, impact=5)
    with world.within():
        seal_written()
        notify_sealed()
    assert DueTenant.objects.filter(tenant=world.atelier).exists()
    with monkeypatch.context() as patched:
        patched.setattr(tasks.work, "apply_async", lambda *args, **kwargs: None)
        dispatch.apply()
    with world.within():
        assert not Notification.objects.exists()
    DueTenant.objects.update(due_at=datetime(2026, 1, 1, tzinfo=UTC))  # the lease is over
    dispatch.apply()
    with world.within():
        (told,) = Notification.objects.filter(member=world.memberships["manager"], kind="risk.critical")
        due = next_due()
        assert due is not None
        Delivery.objects.update(next_at=datetime(2026, 1, 1, tzinfo=UTC))
        member = world.memberships["manager"]
        change_settings(actor=member.actor, member=member, values={"quiet_from": None, "quiet_until": None})
    assert DueTenant.objects.get(tenant=world.atelier).due_at >= due
    deliver(world.atelier)
    deliver(world.atelier)
    assert DemoMail.objects.count() == 1
    with world.within():
        assert Delivery.objects.get(notification=told).state == DeliveryState.SENT
