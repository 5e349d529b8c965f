"""An executive reads the dashboard, asks where a figure comes from, follows a late milestone, takes the Copil pack
away; what others change reaches the open page."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.other_company import OTHER, OTHER_ADMINISTRATOR, addresses_of, secrets_of
from tests.browser.steps import produce_pack
from tests.browser.visitor import Visitor, plain

EXECUTIVE = "isabelle.marchand@tech4value.example"
PMO = "camille.lefevre@tech4value.example"
FOLLOWS_WITHIN = 5.0
"""Seconds that the product promises; a loaded machine gets more before the test gives up."""


def figures(page: Page) -> dict[str, str]:
    """The figures on the dashboard by their label: value and unit."""
    shown = page.locator("#dash-summary .figure")
    return {
        plain(one.locator(".figure-label").inner_text()): plain(one.locator(".figure-value").inner_text())
        for one in shown.all()
    }


def test_an_executive_goes_from_the_dashboard_to_the_pack(visit: Callable[[str], Visitor], tmp_path: Path) -> None:
    secrets = secrets_of(visit)
    executive = visit(EXECUTIVE)
    page = executive.go("/dashboard/")
    whole = figures(page)
    assert len(whole) >= 5, whole

    # Where a figure comes from.
    label = next(label for label, value in whole.items() if "€" in value)
    page.get_by_role("button", name=f"Expliquer : {label}").click()
    panel = page.get_by_role("dialog", name="Détail")
    expect(panel.get_by_text("Formule", exact=True)).to_be_visible()
    expect(panel.get_by_role("table", name="Lignes d’origine")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    # Filtered by pole: an address that can be sent to somebody.
    pole = page.locator("#dash-filters select[name=pole]")
    chosen = pole.locator("option").nth(1)
    pole.select_option(value=chosen.get_attribute("value"))
    page.wait_for_url("**pole=*")
    expect(page.locator("#dash-summary")).to_be_visible()
    assert page.locator("#dash-project-table tbody tr").count() < len(executive.api("/projects/"))
    page.get_by_role("link", name="Effacer les filtres").click()
    page.wait_for_url(lambda url: "pole=" not in url)
    assert figures(page) == whole

    # A late milestone, down to its project.
    late = page.locator("#dash-deadlines tbody tr", has_text="En retard de").first
    name = plain(late.locator("a").inner_text())
    late.locator("a").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(name)
    assert "/projects/" in page.url

    # The pack says what the screen said.
    executive.go("/dashboard/")
    whole = figures(page)
    projects = [plain(one) for one in page.locator("#dash-project-table tbody .cell-name a").all_inner_texts()]
    page.get_by_role("link", name="Produire le dossier de Copil").click()
    produce_pack(executive)
    file = executive.download(page.get_by_role("link", name="Télécharger le PDF"), tmp_path)
    text = plain(" ".join(sheet.extract_text() for sheet in PdfReader(file).pages))
    missing = [f"{label} : {value}" for label, value in whole.items() if value not in text]
    assert missing == []
    assert [one for one in projects if one not in text] == []
    assert [one for one in secrets if one in text] == []

    executive.assert_never_shown(secrets)


def test_the_other_company_is_not_found(visit: Callable[[str], Visitor]) -> None:
    executive, other = visit(EXECUTIVE), visit(OTHER_ADMINISTRATOR)
    site = executive.site
    for path in addresses_of(visit):
        assert other.status(site.tenant_url(path, OTHER)) == 200, f"{path}: exists for its own people"
        assert executive.status(site.tenant_url(path, OTHER)) == 404, path
        assert executive.status(site.tenant_url(path)) == 404, path
    for path in ("/dashboard/", "/home/", "/packs/", "/settings/members/", "/api/v1/projects/"):
        assert executive.status(site.tenant_url(path, OTHER)) == 404, path
        assert executive.status(site.tenant_url(path, "no-such-company")) == 404, path


def test_an_open_dashboard_follows_a_change(visit: Callable[[str], Visitor]) -> None:
    executive, pmo = visit(EXECUTIVE), visit(PMO)
    page = executive.go("/dashboard/")
    row = page.locator("#dash-deadlines tbody tr").first
    name = plain(row.locator("a").inner_text())
    project = plain(row.locator("td").nth(1).inner_text())
    milestone = next(
        one
        for one in pmo.api("/milestones/")
        if one["name"] == name and not one["actual_on"] and in_project(pmo, one, project)
    )
    page.evaluate("window.stays = true")
    # Its version of the data is known to the page once it has asked once.
    page.wait_for_timeout(3500)

    edit = pmo.go(f"/projects/milestones/{milestone['id']}/edit/")
    new = date.fromisoformat(milestone["due_on"]) + timedelta(days=3)
    edit.get_by_label("Date prévue").fill(new.isoformat())
    with edit.expect_navigation():
        edit.get_by_role("button", name="Enregistrer").first.click()
    saved = time.monotonic()
    expect(page.locator("#dash-deadlines tbody tr", has_text=name).first).to_contain_text(
        f"{new:%d/%m/%Y}", timeout=4 * FOLLOWS_WITHIN * 1000
    )
    print(f"followed after {time.monotonic() - saved:.1f} s")
    assert page.evaluate("window.stays") is True, "the page was loaded again"


def in_project(visitor: Visitor, milestone: dict[str, Any], name: str) -> bool:
    return any(one["id"] == milestone["project"] and one["name"] == name for one in visitor.api("/projects/"))
