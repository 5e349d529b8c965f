"""A forgotten password, and an administrator who lets somebody in."""

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.audit import faults
from tests.browser.visitor import Visitor

MEMBER = "juliette.carpentier@tech4value.example"
ADMINISTRATOR = "olivier.castel@tech4value.example"


def link_in_mail(visitor: Visitor, email: str) -> str:
    """The link of the last message to that person, in the demo mailbox."""
    page = visitor.page
    page.goto(f"{visitor.site.url}/demo/mail/?q={email}")
    mail = page.get_by_role("article").filter(has_text=f"À {email}").first
    mail.get_by_role("heading").get_by_role("link").click()
    page.wait_for_url("**/demo/mail/*/")
    page.goto(f"{page.url}?form=text")
    text = page.locator(".prose").inner_text()
    found = re.search(r"http://[^/]+(/\S+)", text)
    assert found, text
    return f"{visitor.site.url}{found[1]}"


def choose_password(visitor: Visitor, link: str, password: str) -> None:
    page = visitor.page
    page.goto(link)
    assert faults(page) == []
    page.get_by_label("Nouveau mot de passe", exact=True).fill(password)
    page.get_by_label("Nouveau mot de passe, à nouveau").fill(password)
    page.get_by_role("button", name="Enregistrer le mot de passe").click()
    page.wait_for_load_state()


def test_a_forgotten_password_is_chosen_again_from_the_mailbox(visit: Callable[[str], Visitor]) -> None:
    password = f"phrase {uuid4().hex}"
    somebody = visit("")
    page = somebody.page
    page.goto(f"{somebody.site.url}/accounts/login/")
    page.get_by_role("link", name="Choisir un nouveau mot de passe").click()
    page.get_by_label("Adresse e-mail").fill(MEMBER)
    page.get_by_role("button", name="Envoyer le lien").click()
    expect(page.get_by_role("heading", name="Consultez votre messagerie")).to_be_visible()
    link = link_in_mail(somebody, MEMBER)
    choose_password(somebody, link, password)

    elsewhere = visit("")
    elsewhere.sign_in(MEMBER, password)
    expect(elsewhere.page.get_by_role("heading", level=1)).to_be_visible()

    # The link has served.
    other = visit("")
    other.page.goto(link)
    expect(other.page.get_by_role("heading", name="Ce lien n’est plus valable")).to_be_visible()


def test_an_administrator_lets_somebody_in_and_the_journal_says_so(visit: Callable[[str], Visitor]) -> None:
    name, email = f"Nadège {uuid4().hex[:6].title()}", f"nadege.{uuid4().hex[:6]}@tech4value.example"
    admin = visit(ADMINISTRATOR)
    page = admin.go("/settings/members/")
    page.get_by_role("link", name="Inviter", exact=True).click()
    panel = page.get_by_role("dialog", name="Détail")
    panel.get_by_label("Adresses e-mail").fill(f"{email}; pas-une-adresse")
    panel.get_by_label("Rôle").select_option(label="Membre d’équipe")
    admin.expected.add(422)
    panel.get_by_role("button", name="Envoyer les invitations").click()
    expect(panel.get_by_role("alert")).to_contain_text("« pas-une-adresse » n’est pas une adresse e-mail.")
    panel.get_by_label("Adresses e-mail").fill(email)
    panel.get_by_role("button", name="Envoyer les invitations").click()
    expect(page.get_by_text(f"L’invitation est envoyée à {email}.")).to_be_visible()
    expect(page.locator("tbody tr", has_text=email)).to_contain_text("En attente")

    newcomer = visit("")
    link = link_in_mail(newcomer, email)
    newcomer.page.goto(link)
    assert faults(newcomer.page) == []
    newcomer.page.get_by_label("Prénom et nom").fill(name)
    newcomer.page.get_by_label("Mot de passe").fill(f"phrase {uuid4().hex}")
    newcomer.page.get_by_role("button", name="Créer mon compte et entrer").click()
    newcomer.arrive("/")

    admin.go(f"/settings/members/?q={email}")
    page.get_by_role("link", name=f"Changer le rôle de {name}").click()
    panel.get_by_label("Rôle").select_option(label="PMO")
    panel.get_by_role("button", name="Enregistrer le rôle").click()
    expect(page.get_by_text(f"{name} a maintenant le rôle « PMO ».")).to_be_visible()
    admin.go(f"/settings/members/?q={email}")
    expect(page.locator("tbody tr", has_text=email)).to_contain_text("PMO")

    admin.go("/settings/journal/")
    line = page.locator("tbody tr", has_text=name).filter(has_text=re.compile("Membre d’équipe.*PMO", re.S))
    expect(line.first).to_contain_text("Olivier Castel")
    newcomer.go("/home/")
    expect(newcomer.page.get_by_role("navigation", name="Navigation principale")).to_contain_text("Risques")
