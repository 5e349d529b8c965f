"""Signing in and out, a forgotten password, the choice of an organisation."""

import re
from typing import Any

import pytest
from django.test import Client

from tech4value.accounts.actions import add_member
from tech4value.accounts.models import User
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import SYSTEM
from tech4value.notifications.models import DemoMail
from tests.world import PASSWORD, World


@pytest.fixture
def mailbox(settings: Any) -> None:
    """Mail goes to the demo mailbox, as in the demo."""
    settings.EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"
    settings.DEMO = True


def sign_in(client: Client, email: str, password: str, **extra: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password, **extra})


def test_the_manager_signs_in_and_lands_in_the_only_tenant(world: World) -> None:
    client = Client()
    assert sign_in(client, world.manager.email.upper(), PASSWORD).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/t/atelier/"
    assert client.get("/t/atelier/").headers["Location"] == "/t/atelier/home/"


def test_sign_in_returns_to_the_page_that_was_asked_for_and_to_no_other_site(world: World) -> None:
    page = world.url("/settings/preferences/")
    asked = Client().get(page)
    assert asked.headers["Location"] == f"/accounts/login/?next={page}"
    assert sign_in(Client(), world.manager.email, PASSWORD, next=page).headers["Location"] == page
    elsewhere = sign_in(Client(), world.manager.email, PASSWORD, next="https://ailleurs.example/")
    assert elsewhere.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    wrong = sign_in(Client(), world.manager.email, "pas le bon mot de passe")
    unknown = sign_in(Client(), "personne@ailleurs.example", "pas le bon mot de passe")
    assert wrong.status_code == unknown.status_code == 200

    def errors(response: Any) -> list[str]:
        return re.findall(r"<li>(.*?)</li>", response.content.decode())

    assert errors(wrong) == errors(unknown) != []


def test_too_many_wrong_passwords_are_suspended(world: World) -> None:
    client = Client()
    answers = [sign_in(client, world.manager.email, "pas le bon mot de passe") for _try in range(7)]
    refused = answers[-1]
    assert refused.status_code == 429 or "Trop" in refused.content.decode() or "Too many" in refused.content.decode()
    assert sign_in(client, world.manager.email, PASSWORD).status_code != 302, "even the right password waits"


def test_sign_out_needs_a_post_and_ends_the_session(world: World, client_of: Any) -> None:
    client = client_of(world.manager)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get(world.url("/settings/preferences/")).status_code == 200
    client.post("/accounts/logout/")
    assert client.get(world.url("/settings/preferences/")).status_code == 302


def test_a_closed_account_cannot_sign_in(world: World) -> None:
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    client = Client()
    sign_in(client, world.manager.email, PASSWORD)
    assert client.get(world.url("/settings/preferences/")).status_code == 302


def test_nobody_signs_up_by_themselves(world: World) -> None:
    client = Client()
    data = {"email": "intrus@ailleurs.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", data)
    assert not User.objects.filter(email="intrus@ailleurs.example").exists()


@pytest.mark.parametrize(("language", "word"), [("fr", "Bonjour Chloé Cheffe"), ("en", "password")])
def test_a_forgotten_password_is_replaced_through_the_mailbox(
    world: World, mailbox: None, language: str, word: str
) -> None:
    User.objects.filter(pk=world.manager.pk).update(language=language)
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": world.manager.email}).status_code == 302
    mail = DemoMail.objects.get()
    assert mail.recipients == [world.manager.email]
    assert word in mail.body
    page = client.get("/demo/mail/").content.decode()
    link = re.search(r'href="(http[^"]*/reset/key/[^"]+)"', page)
    assert link, "the link can be clicked"
    form = client.get(link[1].replace("http://testserver", ""), follow=True)
    new = "un nouveau mot de passe bien long"
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done.status_code == 302
    assert sign_in(Client(), world.manager.email, new).status_code == 302
    assert sign_in(Client(), world.manager.email, PASSWORD).status_code == 200
    again = Client().get(link[1].replace("http://testserver", ""), follow=True)
    assert "password1" not in again.content.decode(), "the link serves once"


def test_a_short_password_is_refused(world: World, client_of: Any) -> None:
    client = client_of(world.manager)
    data = {"oldpassword": PASSWORD, "password1": "court", "password2": "court"}
    assert client.post("/accounts/password/change/", data).status_code == 200
    assert sign_in(Client(), world.manager.email, PASSWORD).status_code == 302


def test_an_unknown_address_is_told_so_by_mail_only(world: World, mailbox: None) -> None:
    known = Client().post("/accounts/password/reset/", {"email": world.manager.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "personne@ailleurs.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_an_expired_session_sends_an_htmx_page_to_sign_in(world: World) -> None:
    page = world.url("/settings/preferences/")
    response = Client().get(
        world.url("/settings/preferences/tokens/new/"),
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?a=1"},
    )
    assert response.status_code == 204
    assert (
        response.headers["HX-Redirect"] == "/accounts/login/?next=%2Ft%2Fatelier%2Fsettings%2Fpreferences%2F%3Fa%3D1"
    )


def test_a_person_of_two_tenants_chooses_and_switches(world: World, client_of: Any) -> None:
    with world.within(world.chantier):
        add_member(actor=SYSTEM, email=world.manager.email, name="", role=Role.EXECUTIVE)
    client = client_of(world.manager)
    chooser = client.get("/").content.decode()
    assert "Atelier Nord" in chooser
    assert "Chantier Sud" in chooser
    switcher = client.get(world.url("/settings/tenants/")).content.decode()
    assert 'href="/t/chantier/home/"' in switcher
    assert client.get(world.url("/settings/preferences/", world.chantier)).status_code == 200
    assert User.objects.get(pk=world.manager.pk).name == "Chloé Cheffe", "the account's name is the person's"


def test_the_outsider_of_all_is_told_what_to_do(world: World, client_of: Any) -> None:
    page = client_of(world.nobody).get("/")
    assert page.status_code == 200
    assert "nobody@ailleurs.example" in page.content.decode()
    assert client_of(world.nobody).get(world.url("/home/")).status_code == 404


def test_every_write_is_refused_without_its_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.admin)
    for path in ("/settings/organisation/", "/settings/members/invite/", "/settings/plan/", "/api/v1/members/"):
        assert client.post(world.url(path), {"name": "Pirate"}).status_code == 403, path
    world.atelier.refresh_from_db()
    assert world.atelier.name == "Atelier Nord"


def test_language_and_theme_are_remembered(world: World, client_of: Any) -> None:
    anonymous = Client()
    response = anonymous.post("/settings/language/", {"language": "en", "next": "/accounts/login/"})
    assert response.headers["Location"] == "/accounts/login/"
    assert anonymous.get("/accounts/login/").headers["Content-Language"] == "en"
    elsewhere = anonymous.post("/settings/language/", {"language": "en", "next": "https://ailleurs.example/"})
    assert elsewhere.headers["Location"] == "/"
    client = client_of(world.reader)
    client.post(world.url("/settings/language/"), {"language": "en", "next": world.url("/home/")})
    assert client.post(world.url("/settings/theme/"), {"theme": "dark"}).status_code == 204
    page = client.get(world.url("/settings/preferences/"))
    assert page.headers["Content-Language"] == "en"
    assert 'data-theme="dark"' in page.content.decode()
    assert client.post(world.url("/settings/theme/"), {"theme": "pink"}).status_code == 422
    assert client.post(world.url("/settings/language/"), {"language": "xx"}).status_code == 422
