"""Each change to how an account is opened is told to its owner by mail; who may take off a second factor."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from tech4value.accounts.actions import add_member, create_token
from tech4value.accounts.models import User
from tech4value.accounts.permissions import Role
from tech4value.accounts.second_factor import has_second_factor
from tech4value.accounts.security_mail import SUBJECTS, SecurityChange
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tests.tech4value.accounts.test_second_factor import activate, confirm
from tests.world import PASSWORD, World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"


@pytest.fixture
def letters(django_capture_on_commit_callbacks: Any) -> Any:
    """`with letters() as sent`: the mails of what commits inside."""

    class Letters:
        def __enter__(self) -> list[Any]:
            mail.outbox.clear()
            self.captured = django_capture_on_commit_callbacks(execute=True)
            self.captured.__enter__()
            return mail.outbox

        def __exit__(self, *error: Any) -> None:
            self.captured.__exit__(*error)

    return Letters


def subjects(sent: list[Any]) -> list[str]:
    return [one.subject for one in sent]


def test_a_new_password_is_told_with_when_and_whence(world: World, letters: Any) -> None:
    client = Client(headers={"User-Agent": FIREFOX})
    client.force_login(world.manager)
    with letters() as sent:
        answer = client.post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": "une autre phrase longue", "password2": "une autre phrase longue"},
        )
    assert answer.status_code == 302
    assert subjects(sent) == ["Votre mot de passe a changé · Tech4Value"]
    assert sent[0].to == [world.manager.email]
    assert "Appareil : Firefox, Linux" in sent[0].body
    assert "Adresse réseau : 127.0.0.1" in sent[0].body
    assert "/accounts/password/reset/" in sent[0].body
    assert "une autre phrase" not in sent[0].body


def test_the_mail_is_in_the_language_of_its_reader(world: World, letters: Any) -> None:
    User.objects.filter(pk=world.manager.pk).update(language="en")
    client = Client()
    client.force_login(User.objects.get(pk=world.manager.pk))
    with letters() as sent:
        client.post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": "une autre phrase longue", "password2": "une autre phrase longue"},
        )
    assert subjects(sent) == ["Your password has changed · Tech4Value"]


def test_app_and_codes_are_told_when_made_and_removed(world: World, client_of: Any, letters: Any) -> None:
    client = client_of(world.manager)
    with letters() as sent:
        activate(client)
    assert "Une application d’authentification protège votre compte · Tech4Value" in subjects(sent)
    with letters() as sent:
        confirm(client)
        client.post("/accounts/2fa/recovery-codes/generate/")
    assert subjects(sent) == ["De nouveaux codes de secours remplacent les anciens · Tech4Value"]
    with letters() as sent:
        client.post("/accounts/2fa/totp/deactivate/")
    assert "L’application d’authentification a été retirée de votre compte · Tech4Value" in subjects(sent)


def test_a_token_is_told_with_its_name_and_organisation(world: World, client_of: Any, letters: Any) -> None:
    with letters() as sent:
        client_of(world.pmo).post(
            world.url("/settings/preferences/tokens/new/"), {"name": "Export", "access": "read", "days": "30"}
        )
    assert subjects(sent) == ["Un jeton d’API a été créé sur votre compte · Tech4Value"]
    assert "Nom : Export" in sent[0].body
    assert "Organisation : Atelier Nord" in sent[0].body
    assert "t4v_" not in sent[0].body
    with letters() as sent, world.within():
        create_token(actor=SYSTEM, membership=world.memberships["pmo"], name="Autre", days=30)
    assert "Par : Tech4Value" in sent[0].body, "somebody else did it: their name, not their device"


def test_a_mail_server_that_is_away_undoes_nothing(
    world: World, client_of: Any, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with letters():
        answer = client_of(world.pmo).post(
            world.url("/settings/preferences/tokens/new/"), {"name": "Export", "access": "read", "days": "30"}
        )
    assert answer.status_code == 200


def test_every_change_has_its_words() -> None:
    assert set(SUBJECTS) == set(SecurityChange)


def _protected(world: World, client_of: Any, key: str = "manager") -> Client:
    """A browser of `key`, whose account has an app and codes."""
    client: Client = client_of(world.users[key])
    activate(client)
    return client


def test_the_administrator_takes_off_a_lost_second_factor(world: World, client_of: Any, letters: Any) -> None:
    client = _protected(world, client_of)
    assert client.get(world.url("/dashboard/")).status_code == 200
    assert UserSession.objects.filter(user=world.manager).exists()
    admin = client_of(world.admin)
    page = world.url(f"/settings/members/{world.memberships['manager'].pk}/second-factor/")
    assert "Elle en est prévenue par e-mail" in admin.get(page).content.decode()
    assert page in admin.get(world.url(f"/settings/members/{world.memberships['manager'].pk}/role/")).content.decode()
    with letters() as sent:
        assert admin.post(page).status_code == 302
    assert not Authenticator.objects.filter(user=world.manager).exists(), "the codes go with the app"
    assert not UserSession.objects.filter(user=world.manager).exists()
    assert client.get(world.url("/dashboard/")).headers["Location"].startswith("/accounts/login/")
    assert subjects(sent) == ["Le second facteur de votre compte a été retiré · Tech4Value"]
    assert "Par : Alice Administratrice" in sent[0].body
    assert "127.0.0.1" not in sent[0].body
    with world.within():
        event = AuditEvent.objects.get(verb="membership.second_factor_reset")
        assert event.actor_label == "Alice Administratrice"
    assert User.objects.get(pk=world.manager.pk).check_password(PASSWORD)


def test_an_account_of_two_organisations_is_no_administrator_s(world: World, client_of: Any) -> None:
    _protected(world, client_of)
    with world.within(world.chantier):
        add_member(actor=SYSTEM, email=world.manager.email, name="Chloé", role=Role.READER)
    admin = client_of(world.admin)
    page = world.url(f"/settings/members/{world.memberships['manager'].pk}/second-factor/")
    sentence = "ne dépend pas de votre seule organisation"
    assert sentence in admin.get(page).content.decode()
    refused = admin.post(page)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert "Chantier" not in refused.content.decode()
    assert has_second_factor(world.manager)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [("admin", "C’est votre compte"), ("pmo", "n’a pas de second facteur")],
)
def test_what_cannot_be_taken_off_says_why(world: World, client_of: Any, key: str, sentence: str) -> None:
    page = world.url(f"/settings/members/{world.memberships[key].pk}/second-factor/")
    refused = client_of(world.admin).post(page)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_only_administrators_and_only_their_members(world: World, client_of: Any) -> None:
    page = f"/settings/members/{world.memberships['manager'].pk}/second-factor/"
    assert client_of(world.pmo).post(world.url(page)).status_code == 403
    assert client_of(world.stranger).post(world.url(page, world.chantier)).status_code == 404


def test_whoever_runs_the_site_takes_it_off_from_the_command_line(world: World, client_of: Any, capsys: Any) -> None:
    _protected(world, client_of)
    call_command("reset_second_factor", world.manager.email.upper())
    assert f"{world.manager.email}: 1" in capsys.readouterr().out
    assert not has_second_factor(world.manager)
    with pytest.raises(CommandError, match="No account"):
        call_command("reset_second_factor", "personne@ailleurs.example")
