"""The bell, the page, the preferences, the channels, unsubscribing, the demo mailbox and the API."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.projects.actions import change_milestone, create_milestones
from portfolio.risks.actions import create_risk
from tech4value.audit.writing import update
from tech4value.notifications.kinds import kind_of
from tech4value.notifications.models import (
    DemoMail,
    Level,
    MessageSettings,
    Notification,
    ProjectLevel,
    TeamsWebhook,
)
from tech4value.notifications.preferences import chosen, settings_of
from tech4value.notifications.unsubscribing import EVERYTHING, unsubscribe_url
from tech4value.tenancy.clock import today
from tests.tech4value.notifications.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(desk: Desk) -> Desk:
    """Chloé and Édouard each have one message."""
    change_milestone(actor=desk.pmo, milestone=desk.pilot, values={"due_on": desk.pilot.due_on + timedelta(days=5)})
    desk.read()
    return desk


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_bell_counts_and_the_page_says_why(moved: Desk, client_of: Any) -> None:
    client = client_of(moved.world.manager)
    page = text_of(client.get(moved.world.url("/notifications/")))
    assert '<span class="dot-count" aria-hidden="true">1</span>' in page
    assert "5 j calendaires plus tard" in page
    assert "parce que vous êtes chef de ce projet" in page
    (message,) = moved.told("manager")
    opened = client.get(moved.world.url(f"/notifications/{message.pk}/open/"))
    assert opened.status_code == 302
    assert opened["Location"] == moved.world.url(f"/projects/{moved.erp.pk}/milestones/")
    assert "dot-count" not in text_of(client.get(moved.world.url("/notifications/bell/")))
    again = client.post(
        moved.world.url(f"/notifications/{message.pk}/read/"), {"read": "0"}, headers={"HX-Request": "true"}
    )
    assert again["HX-Trigger"] == "bell"
    assert "dot-count" in text_of(client.get(moved.world.url("/notifications/bell/")))


def test_the_page_is_filtered_and_all_is_marked_read(moved: Desk, client_of: Any) -> None:
    create_risk(actor=moved.pmo, project=moved.erp, title="Retard", probability=5, impact=5)
    moved.read()
    client = client_of(moved.world.manager)
    url = moved.world.url("/notifications/")
    only = text_of(client.get(url, {"kind": "risk.critical"}))
    assert "« Retard »" in only
    assert "« Pilote »" not in only
    assert "« Pilote »" in text_of(client.get(url, {"project": str(moved.erp.pk)}))
    client.post(moved.world.url("/notifications/read-all/?kind=risk.critical"))
    unread = text_of(client.get(url, {"state": "unread"}))
    assert "« Pilote »" in unread
    assert "risque critique : « Retard »" not in unread
    client.post(moved.world.url("/notifications/read-all/"))
    assert "Aucune notification ne correspond" in text_of(client.get(url, {"state": "unread"}))


def test_somebody_else_s_message_is_not_found(moved: Desk, client_of: Any) -> None:
    (message,) = moved.told("manager")
    for user in (moved.world.executive, moved.world.stranger):
        client = client_of(user)
        assert client.get(moved.world.url(f"/notifications/{message.pk}/open/")).status_code == 404
        assert client.post(moved.world.url(f"/notifications/{message.pk}/read/")).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_an_empty_page_says_what_to_do(desk: Desk, client_of: Any) -> None:
    page = text_of(client_of(desk.world.end_user).get(desk.world.url("/notifications/")))
    assert "Rien de nouveau" in page


def test_statements_are_the_same_for_3_and_30_messages(desk: Desk, client_of: Any) -> None:
    client = client_of(desk.world.manager)
    counts = []
    for size in (3, 27):
        rows = create_milestones(
            actor=desk.pmo,
            values=[{"project": desk.erp, "name": f"{size}-{n}", "due_on": today()} for n in range(size)],
        )
        for n, row in enumerate(rows):
            update(desk.pmo.on(today() - timedelta(days=n % 13)), row, {"due_on": today() + timedelta(days=n + 1)})
        desk.read()
        for n, one in enumerate(Notification.objects.filter(member=desk.member("manager"))):
            Notification.objects.filter(pk=one.pk).update(act=f"{size}-{n}")
        client.get(desk.world.url("/notifications/"))
        with CaptureQueriesContext(connection) as captured:
            client.get(desk.world.url("/notifications/"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- preferences


def form_of(client: Client, url: str) -> dict[str, str]:
    """What the preferences' form would send unchanged."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: "on" if value is True else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


def test_a_new_member_need_not_touch_anything_and_may_choose_it_all(desk: Desk, client_of: Any) -> None:
    client = client_of(desk.world.manager)
    url = desk.world.url("/notifications/preferences/")
    sent = form_of(client, url)
    assert client.post(url, sent).status_code == 302
    assert MessageSettings.objects.get().channels == {}
    sent = form_of(client, url) | {"rhythm": "weekly", "digest_weekday": "4", "quiet_from": "19:30"}
    sent.pop("email:milestone.moved")
    assert client.post(url, sent).status_code == 302
    row = MessageSettings.objects.get()
    assert (row.rhythm, row.digest_weekday, f"{row.quiet_from:%H:%M}") == ("weekly", 4, "19:30")
    assert row.channels == {"milestone.moved": {"app": True, "email": False}}


def test_a_wrong_choice_is_refused_beside_its_field(desk: Desk, client_of: Any) -> None:
    client = client_of(desk.world.manager)
    url = desk.world.url("/notifications/preferences/")
    answer = client.post(url, form_of(client, url) | {"quiet_from": ""})
    assert answer.status_code == 422
    assert "Donnez les deux heures, ou aucune." in text_of(answer)
    same = client.post(url, form_of(client, url) | {"quiet_from": "22:00", "quiet_until": "22:00"})
    assert same.status_code == 422
    assert "ces heures n’ont aucune durée" in text_of(same)
    assert client.post(url, form_of(client, url) | {"time_zone": "Mars/Olympus"}).status_code == 422


def test_a_stale_save_is_refused(desk: Desk, client_of: Any) -> None:
    client = client_of(desk.world.manager)
    url = desk.world.url("/notifications/preferences/")
    old = form_of(client, url)
    client.post(url, old)
    client.post(url, form_of(client, url) | {"rhythm": "daily"})
    assert client.post(url, old | {"version": "1", "rhythm": "weekly"}).status_code == 409
    assert MessageSettings.objects.get().rhythm == "daily"


def test_only_the_kinds_of_one_s_role_are_offered(desk: Desk, client_of: Any) -> None:
    url = desk.world.url("/notifications/preferences/")
    reader = text_of(client_of(desk.world.reader).get(url))
    assert "Dossier de Copil prêt" in reader
    assert "Risque devenu critique" not in reader
    assert "Invitation acceptée" in text_of(client_of(desk.world.admin).get(url))


def test_a_project_is_muted_and_one_that_is_not_seen_is_refused(desk: Desk, client_of: Any) -> None:
    url = desk.world.url("/notifications/preferences/projects/")
    client = client_of(desk.world.manager)
    client.post(url, {"project": str(desk.erp.pk), "level": Level.MUTED})
    assert ProjectLevel.objects.get().level == Level.MUTED
    client.post(url, {"project": str(desk.erp.pk), "level": Level.CONCERNED})
    assert ProjectLevel.objects.get().level == Level.CONCERNED
    for level in ({"project": str(desk.erp.pk), "level": Level.FOLLOW}, {"project": "x"}, {}):
        client_of(desk.world.reader).post(url, level)
    assert ProjectLevel.objects.count() == 1


# --- unsubscribing


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def sends_mail(desk: Desk, kind: str) -> bool:
    found = kind_of(kind)
    assert found is not None
    return chosen(settings_of(desk.member("manager")), found).email


def test_one_kind_is_stopped_without_signing_in_and_taken_up_again(desk: Desk) -> None:
    url = path_of(unsubscribe_url(desk.member("manager"), "milestone.moved"))
    client = Client(enforce_csrf_checks=True)
    page = text_of(client.get(url))
    assert "« Jalon déplacé »" in page
    assert sends_mail(desk, "milestone.moved")  # a mail program that looks at links changes nothing
    stopped = client.post(url, {"List-Unsubscribe": "One-Click"})
    assert "Vous ne recevrez plus les e-mails « Jalon déplacé »" in text_of(stopped)
    assert not sends_mail(desk, "milestone.moved")
    assert sends_mail(desk, "risk.critical")
    assert "de nouveau" in text_of(client.post(url, {"resume": "milestone.moved"}))
    assert sends_mail(desk, "milestone.moved")


def test_all_mails_are_stopped_and_messages_stay_in_the_application(desk: Desk) -> None:
    url = path_of(unsubscribe_url(desk.member("manager"), EVERYTHING))
    client = Client()
    page = text_of(client.post(url))
    assert "tous les e-mails de suivi" in page
    assert not sends_mail(desk, "risk.critical")
    found = kind_of("risk.critical")
    assert found is not None
    assert chosen(settings_of(desk.member("manager")), found).app
    resume = re.search(r'name="resume" value="([^"]+)"', client.post(url).content.decode())
    assert resume is None  # nothing was left to stop: nothing to take up again


def test_an_altered_or_foreign_token_is_refused_in_a_sentence(desk: Desk) -> None:
    url = path_of(unsubscribe_url(desk.member("manager"), EVERYTHING))
    token = url.split("/")[2]
    for wrong in (token[:-2] + "xx", "x" + token, "abc", token.split(":")[0]):
        answer = Client().post(f"/unsubscribe/{wrong}/")
        assert answer.status_code == 404
        assert "Ce lien n’est pas valable" in text_of(answer)
    assert sends_mail(desk, "risk.critical")


# --- Teams


@pytest.fixture
def public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tech4value.notifications.outbound.socket.getaddrinfo",
        lambda host, port, **kwargs: [(2, 1, 6, "", ("93.184.216.34", port))],
    )


HOOK = {"name": "Direction", "url": "https://hook.example/a?sig=b"}


def test_an_administrator_sets_the_organisation_s_channels(desk: Desk, client_of: Any, public_dns: None) -> None:
    client, url = client_of(desk.world.admin), desk.world.url("/notifications/teams/")
    assert "Aucun canal" in text_of(client.get(url))
    assert client.post(f"{url}add/", HOOK).status_code == 302
    webhook = TeamsWebhook.objects.get()
    page = text_of(client.get(url))
    assert "hook.example" in page
    assert "sig=b" not in page
    change = desk.world.url(f"/notifications/teams/{webhook.pk}/")
    assert client.post(change, {"name": "Comité", "url": "", "is_active": "on"}).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url) == ("Comité", HOOK["url"])
    client.post(f"{change}remove/")
    assert not TeamsWebhook.objects.exists()
    assert client_of(desk.world.manager).get(url).status_code == 403


def test_an_inner_address_is_refused_beside_its_field(desk: Desk, client_of: Any) -> None:
    url = desk.world.url("/notifications/teams/add/")
    client = client_of(desk.world.admin)
    for wrong in ("https://127.0.0.1/x", "https://[::1]/x", "http://hook.example/", "https://169.254.169.254/"):
        answer = client.post(url, HOOK | {"url": wrong})
        assert answer.status_code == 422
    assert "doit commencer par https" in text_of(client.post(url, HOOK | {"url": "http://x.example"}))


def test_a_project_s_channels_are_its_manager_s(desk: Desk, client_of: Any, public_dns: None) -> None:
    url = desk.world.url(f"/notifications/teams/project/{desk.erp.pk}/")
    assert client_of(desk.world.manager).post(f"{url}add/", HOOK).status_code == 302
    webhook = TeamsWebhook.objects.get()
    assert webhook.project_id == desk.erp.pk
    assert client_of(desk.world.executive).get(url).status_code == 403
    assert client_of(desk.world.member).get(url).status_code == 403
    assert client_of(desk.world.reader).get(url).status_code == 404
    change = desk.world.url(f"/notifications/teams/{webhook.pk}/")
    assert client_of(desk.world.member).get(change).status_code == 403
    assert client_of(desk.world.stranger).get(change).status_code == 404


# --- the demo mailbox


def test_the_mailbox_is_searched_and_a_message_runs_nothing(settings: Any) -> None:
    settings.DEMO = True
    html = "<script>alert(1)</script><p>Bonjour</p>"
    mail = DemoMail.objects.create(recipients=["a@b.example"], subject="Un", body="Texte", html=html)
    DemoMail.objects.create(recipients=["c@d.example"], subject="Deux", body="Texte")
    client = Client()
    page = text_of(client.get("/demo/mail/", {"q": "a@b"}))
    assert "Un</a>" in page
    assert "Deux</a>" not in page
    assert "Aucun message pour" in text_of(client.get("/demo/mail/", {"q": "personne"}))
    shown = text_of(client.get(f"/demo/mail/{mail.pk}/"))
    assert "sandbox title=" in shown
    assert "<script>alert" not in shown
    assert "Texte" in text_of(client.get(f"/demo/mail/{mail.pk}/", {"form": "text"}))
    assert client.get("/demo/mail/999999/").status_code == 404
    settings.DEMO = False
    assert client.get(f"/demo/mail/{mail.pk}/").status_code == 404


# --- the API


def test_the_api_lists_marks_and_sets(moved: Desk, client_of: Any) -> None:
    client = client_of(moved.world.manager)
    url = moved.world.url("/api/v1/notifications/")
    (one,) = client.get(url, {"read": "false"}).json()["results"]
    assert one["kind"] == "milestone.moved"
    assert one["read"] is False
    assert "5\u00a0j calendaires plus tard" in one["sentence"]
    marked = client.patch(f"{url}{one['id']}/", {"read": True}, content_type="application/json")
    assert marked.json()["read"] is True
    assert client.get(url, {"read": "false"}).json()["results"] == []
    assert client.post(f"{url}read-all/").json() == {"marked": 0}
    assert client_of(moved.world.executive).get(f"{url}{one['id']}/").status_code == 404


def test_preferences_by_the_api(desk: Desk, client_of: Any) -> None:
    client = client_of(desk.world.manager)
    url = desk.world.url("/api/v1/notification-preferences/")
    assert client.get(url).json()["rhythm"] == "at_once"
    body = {
        "rhythm": "daily",
        "channels": {"risk.critical": {"email": False}},
        "projects": {str(desk.erp.pk): "muted"},
    }
    answer = client.patch(url, body, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["channels"]["risk.critical"] == {"app": True, "email": False}
    assert answer.json()["projects"] == {str(desk.erp.pk): "muted"}
    for wrong in ({"channels": {"nothing": {"app": True}}}, {"digest_hour": 24}, {"projects": {"x": "muted"}}):
        assert client.patch(url, wrong, content_type="application/json").status_code == 400
    foreign = {"projects": {"01900000-0000-7000-8000-000000000000": "muted"}}
    assert client.patch(url, foreign, content_type="application/json").status_code == 400
