"""Second factors: an app, recovery codes, an organisation that demands one; allauth's pages are ours."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tech4value.accounts.second_factor import MFAAdapter, has_second_factor
from tech4value.accounts.urls import CLOSED
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.models import SecondFactorPolicy, Tenant
from tests.architecture.routes import routes
from tests.world import PASSWORD, World

SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def confirm(client: Client) -> None:
    """Say again who one is, as the pages of security ask."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def activate(client: Client) -> str:
    """Add an authenticator app; returns its secret."""
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page, "the code to read with a telephone"
    found = re.search(r"<code[^>]*>([A-Z2-7]{16,})</code>", page)
    assert found
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    assert answer.headers["Location"].endswith("/accounts/2fa/recovery-codes/")
    return found[1]


def sign_in(world: World) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/login/", {"login": world.manager.email, "password": PASSWORD})


def test_an_app_is_activated_and_asked_for_at_the_next_sign_in(world: World, client_of: Any) -> None:
    secret = activate(client_of(world.manager))
    assert has_second_factor(world.manager)
    visitor, answer = sign_in(world)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert visitor.get(world.url("/home/")).status_code == 302, "the password alone opens nothing"
    page = visitor.get("/accounts/2fa/authenticate/").content.decode()
    assert "Second facteur" in page
    wrong = visitor.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "field-error" in wrong.content.decode()
    assert visitor.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert visitor.get(world.url("/home/")).status_code in {200, 302}
    assert visitor.get(world.url("/settings/preferences/security/")).status_code == 200


def test_a_wrong_number_activates_nothing(world: World, client_of: Any) -> None:
    client = client_of(world.manager)
    confirm(client)
    client.get("/accounts/2fa/totp/activate/")
    assert client.post("/accounts/2fa/totp/activate/", {"code": "12"}).status_code == 200
    assert not has_second_factor(world.manager)


def test_a_recovery_code_serves_once(world: World, client_of: Any) -> None:
    client = client_of(world.manager)
    activate(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<li><code>(\d{8})</code></li>", page)
    assert len(codes) == 10
    download = client.get("/accounts/2fa/recovery-codes/download/")
    assert codes[0] in download.content.decode()
    assert world.manager.email in download.content.decode()
    for again in (False, True):
        visitor, _answer = sign_in(world)
        visitor.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert (visitor.get(world.url("/settings/preferences/")).status_code == 200) is not again
    shown = client.get(world.url("/settings/preferences/security/")).content.decode()
    assert "9 codes peuvent encore servir" in shown


def test_secrets_are_kept_encrypted(world: World, client_of: Any) -> None:
    secret = activate(client_of(world.manager))
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert MFAAdapter().decrypt(MFAAdapter().encrypt(secret)) == secret


def test_a_key_of_encryption_is_changed_without_losing_anybody(settings: Any) -> None:
    former = MFAAdapter().encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, of fifty characters or more, for the test"
    assert MFAAdapter().decrypt(former) == SECRET


def test_what_touches_security_asks_who_one_is_again(world: World, client_of: Any) -> None:
    client = client_of(world.manager)
    for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        answer = client.get(f"/accounts/2fa/{path}")
        assert answer.status_code == 302
        assert "/accounts/reauthenticate/" in answer.headers["Location"]
    wrong = client.post("/accounts/reauthenticate/", {"password": "pas le bon"})
    assert wrong.status_code == 200
    assert "/accounts/reauthenticate/" in client.get("/accounts/2fa/totp/activate/").headers["Location"]


def test_who_has_just_signed_in_is_not_asked_again_and_later_is(world: World, client: Client) -> None:
    client.post("/accounts/login/", {"login": world.manager.email, "password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    assert "/accounts/reauthenticate/" in client.get("/accounts/2fa/totp/activate/").headers["Location"]


def demand(world: World, client_of: Any, policy: SecondFactorPolicy) -> Any:
    """The administrator changes the policy in the organisation's settings."""
    data = {
        "name": "Atelier Nord",
        "language": "fr",
        "country": "FR",
        "time_zone": "Europe/Paris",
        "currency": "EUR",
        "fiscal_year_start_month": "1",
        "second_factor": policy,
    }
    return client_of(world.admin).post(world.url("/settings/organisation/"), data)


def test_an_organisation_demands_a_second_factor_of_everybody(world: World, client_of: Any) -> None:
    assert demand(world, client_of, SecondFactorPolicy.EVERYBODY).status_code == 302
    with world.within():
        assert AuditEvent.objects.get(verb="tenant.updated").changes == {"second_factor": ["nobody", "everybody"]}
    client = client_of(world.member)
    required = world.url("/accounts/2fa/required/")
    assert client.get(world.url("/projects/")).headers["Location"] == required
    part = client.get(world.url("/projects/"), headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == required
    refused = client.get(world.url("/api/v1/projects/"))
    assert refused.status_code == 403
    assert "second facteur" in refused.json()["detail"]
    page = client.get(required).content.decode()
    assert "Votre organisation demande un second facteur" in page
    assert 'href="/t/atelier/accounts/2fa/totp/activate/"' in page
    activate(client)
    assert client.get(world.url("/projects/")).status_code == 200
    assert client.get(required).status_code == 302
    stranger = client_of(world.stranger)
    assert stranger.get(world.url("/projects/", world.chantier)).status_code == 200, (
        "the other company demands nothing"
    )


def test_an_organisation_demands_it_of_administrators_only(world: World, client_of: Any) -> None:
    Tenant.objects.filter(pk=world.atelier.pk).update(second_factor=SecondFactorPolicy.ADMINISTRATORS)
    assert client_of(world.admin).get(world.url("/settings/members/")).status_code == 302
    assert client_of(world.member).get(world.url("/projects/")).status_code == 200


def test_every_page_of_allauth_is_ours_or_closed(world: World, client_of: Any) -> None:
    """Whoever looks: our frame around it, a way elsewhere, or nothing there."""
    theirs = [route for route in routes() if str(getattr(route.view, "__module__", "")).startswith("allauth.")]
    assert len(theirs) > 15
    for client in (Client(), client_of(world.manager)):
        if client.session.get("_auth_user_id"):
            activate(client)
        for route in theirs:
            path = route.path("1" if "webauthn/keys" in route.template else "x")
            answer = client.get(path)
            assert answer.status_code in {200, 301, 302, 404}, (path, answer.status_code)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                page = answer.content.decode()
                assert 'class="plain-box"' in page, path
                assert "<script>" not in page, path
                assert not re.search(r"\b(Sign In|Please|Two-Factor|Password:)", page), path
    for address in CLOSED:
        assert Client().get(f"/accounts/{address.replace('<str:key>', 'x')}").status_code == 404, address


@pytest.mark.parametrize("path", ["2fa/", "2fa/webauthn/", "sessions/"])
def test_the_account_has_one_page_for_its_security(world: World, client_of: Any, path: str) -> None:
    assert Client().get(f"/accounts/{path}").headers["Location"].startswith("/accounts/login/")
    outside = client_of(world.nobody).get(f"/accounts/{path}")
    assert "Sécurité du compte" in outside.content.decode()
    inside = client_of(world.member).get(world.url(f"/accounts/{path}"))
    assert inside.headers["Location"] == world.url("/settings/preferences/security/")


def test_the_passkey_of_the_sign_in_page_is_asked_for_by_our_own_script(world: World) -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert 'data-passkey="sign-in"' in page
    assert "js/passkeys.js" in page
    answer = Client().get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    options = answer.json()["request_options"]["publicKey"]
    assert options["rpId"] == "testserver"
    assert options["userVerification"] == "required" or options["userVerification"] == "preferred"
    forged = Client().post("/accounts/2fa/webauthn/login/", {"credential": "{}"})
    assert forged.status_code == 302
    assert forged.headers["Location"] == "/accounts/login/"


def test_wrong_codes_have_to_wait(world: World, client_of: Any) -> None:
    activate(client_of(world.manager))
    visitor, _answer = sign_in(world)
    pages = [visitor.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode() for _try in range(7)]
    assert "Réessayez" in pages[-1]
    assert visitor.get(world.url("/home/")).status_code == 302
