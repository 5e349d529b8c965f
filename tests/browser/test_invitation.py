"""An executive is invited by e-mail, protects the account with a passkey, and signs in with it alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.audit import faults
from tests.browser.site import Site
from tests.browser.test_accounts import ADMINISTRATOR, link_in_mail
from tests.browser.visitor import Visitor

# A device with a fingerprint reader that recognises its owner.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def executive(browser: Browser, site: Site) -> Iterator[Visitor]:
    """Somebody with a device that keeps passkeys, at an address that has a name: browsers refuse them to numbers."""
    visitor = Visitor(browser, replace(site, url=site.url.replace("127.0.0.1", "localhost")))
    protocol = visitor.context.new_cdp_session(visitor.page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield visitor
    visitor.leave()
    assert visitor.troubles == []


def test_an_invited_executive_signs_in_with_a_passkey(visit: Callable[[str], Visitor], executive: Visitor) -> None:
    name, email = f"Éliane {uuid4().hex[:6].title()}", f"eliane.{uuid4().hex[:6]}@tech4value.example"
    admin = visit(ADMINISTRATOR)
    page = admin.go("/settings/members/invite/")
    page.get_by_label("Adresses e-mail").fill(email)
    page.get_by_label("Rôle").select_option(label="Dirigeant")
    page.get_by_role("button", name="Envoyer les invitations").click()
    expect(page.get_by_text(f"L’invitation est envoyée à {email}.")).to_be_visible()

    link = link_in_mail(executive, email)
    page = executive.page
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rejoindre Tech4Value")
    page.get_by_label("Prénom et nom").fill(name)
    page.get_by_label("Mot de passe").fill(f"phrase {uuid4().hex}")
    page.get_by_role("button", name="Créer mon compte et entrer").click()
    executive.arrive("/dashboard/")

    executive.go("/settings/preferences/")
    page.get_by_role("link", name="Sécurité").click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Nom").fill("Ordinateur du bureau")
    assert faults(page) == []
    page.get_by_role("button", name="Créer la clé d’accès").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="Revenir à la sécurité du compte").click()
    expect(page.locator("#passkeys tbody tr")).to_contain_text("Ordinateur du bureau")
    assert faults(page) == []

    page.goto(executive.site.tenant_url("/accounts/logout/"))
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(executive.site.tenant_url("/dashboard/"))
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    executive.arrive("/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    executive.expected.add(404)
    assert executive.page.goto(link).status == 404, "the invitation has served"  # type: ignore[union-attr]  # a page
    admin.go(f"/settings/members/?q={email}")
    expect(admin.page.locator("tbody tr", has_text=email)).to_contain_text("Dirigeant")
