"""A project manager puts a go-live off by six weeks; the finance director sees in which month the cash breaks, what
crosses its threshold, and which projects weigh on it. Taken back, it holds again."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

FINANCE = "philippe.aubry@tech4value.example"
MANAGER = "claire.fontaine@tech4value.example"


def put_off(manager: Visitor, weeks: int) -> None:
    """The go-live of Odoo, so many weeks later."""
    odoo = next(one["id"] for one in manager.api("/projects/") if one["code"] == "ODOO")
    golive = next(one for one in manager.api(f"/milestones/?project={odoo}") if one["name"] == "Mise en production")
    page = manager.go(f"/projects/milestones/{golive['id']}/edit/")
    later = date.fromisoformat(golive["due_on"]) + timedelta(weeks=weeks)
    page.locator("input[name=due_on]").fill(later.isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    manager.arrive(f"/projects/{odoo}/milestones/")


def test_a_go_live_that_slips_breaks_the_cash_of_a_month(visit: Callable[[str], Visitor]) -> None:
    finance, manager = visit(FINANCE), visit(MANAGER)
    page = finance.go("/cash/")
    alert = page.get_by_text("le solde descend à")
    expect(page.get_by_role("heading", name=re.compile("au-dessus du seuil"))).to_be_visible()
    expect(alert).to_have_count(0)

    # Each amount opens what makes it.
    page.get_by_role("row", name=re.compile("^Encaissements clients")).get_by_role("link").first.click()
    panel = page.get_by_role("dialog", name="Détail")
    expect(panel.get_by_role("link", name=re.compile("^Facture F-")).first).to_be_visible()
    page.keyboard.press("Escape")

    put_off(manager, 6)
    finance.go("/cash/")
    expect(alert).to_have_count(1)
    assert "Mise en production" in finance.words(".notice")
    page.get_by_role("link", name=re.compile("^Voir les projets qui pèsent en")).click()
    expect(page.get_by_role("heading", name=re.compile("^Quels projets pèsent sur"))).to_be_visible()
    odoo = page.get_by_role("row", name=re.compile("Migration Odoo"))
    expect(odoo.get_by_text("Le fait franchir")).to_be_visible()
    finance.go("/dashboard/")
    expect(page.get_by_role("link", name=re.compile("le solde descend à"))).to_be_visible()

    put_off(manager, -6)
    finance.go("/cash/")
    expect(alert).to_have_count(0)
    for person in (finance, manager):
        assert not person.troubles, person.troubles
