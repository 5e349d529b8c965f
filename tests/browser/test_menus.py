"""A menu whose entry opens the side panel closes, and takes the focus back when the panel does."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

CAMILLE = "camille.lefevre@tech4value.example"


def test_the_export_menu_does_not_stay_open_behind_its_panel(visit: Callable[[str], Visitor]) -> None:
    page = visit(CAMILLE).go("/plans/tasks/")
    menu = page.locator("details[data-menu]").filter(has_text="Texte (CSV)")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Texte (CSV)").click()
    expect(page.locator("#panel").locator("h1, h2").first).to_be_visible()
    expect(menu).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#panel-frame")).not_to_be_visible()
    expect(menu.locator("summary")).to_be_focused()
