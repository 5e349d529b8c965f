"""A project manager chooses what the table of a plan shows, types in the company's own fields, and finds commands."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.audit import PHONE, faults
from tests.browser.gantt_steps import cell, line
from tests.browser.visitor import Visitor

CAMILLE = "camille.lefevre@tech4value.example"
COPY = """() => {
  const held = new DataTransfer();
  const said = { clipboardData: held, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("copy", said));
  return held.getData("text/plain");
}"""
# Where each visible group of the toolbar is: its top and its bottom.
GROUPS = """() => [...document.querySelectorAll(".gg-tools > *")].map((one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return [Math.round(top), Math.round(bottom)];
})"""
DISCS = """() => [...document.querySelectorAll(".chart-narrow > svg circle[r='8']")]
  .map((one) => [Number(one.getAttribute("cx")), Number(one.getAttribute("cy"))])"""


def begin(page: Page, name: str = "Cadrage") -> None:
    """The first line of an empty plan."""
    page.get_by_role("button", name="Ligne", exact=True).click()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(line(page, name)).to_be_visible()
    page.keyboard.press("Escape")


def show(page: Page, *columns: str) -> None:
    """Tick columns in their menu."""
    page.locator("summary", has_text="Colonnes").click()
    for name in columns:
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.keyboard.press("Escape")


def test_columns_of_choice_are_shown_typed_copied_and_kept(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    begin(page)
    show(page, "Fin au plus tard", "Validation du comité", "Livrable attendu")
    with page.expect_response(lambda answer: "/gantt-view/" in answer.url):  # kept for his next plan
        page.locator("summary", has_text="Colonnes").click()
        page.get_by_role("checkbox", name="WBS", exact=True).click()
        page.keyboard.press("Escape")
    late, approval = cell(page, "Cadrage", "lateFinish"), cell(page, "Cadrage", "custom_validation_du_comite")
    expect(late).to_have_text(cell(page, "Cadrage", "finish").text_content() or "")

    # It follows the edit, and says what it is to who types in it.
    cell(page, "Cadrage", "duration").click()
    page.keyboard.type("3j")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "duration")).to_have_text("3 j")
    expect(late).to_have_text(cell(page, "Cadrage", "finish").text_content() or "")
    late.dblclick()
    expect(page.locator("#toasts")).to_contain_text("sans retarder la fin du projet")

    # A field of yes or no offers both; what is neither is refused beside its line.
    approval.click()
    page.keyboard.type("o")
    offered = page.get_by_role("listbox", name="Choix")
    expect(offered.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(approval).to_have_text("oui")
    approval.click()
    page.keyboard.type("peut-être")
    page.keyboard.press("Enter")
    expect(page.locator(".gg-problem")).to_contain_text("« peut-être » n’est ni oui ni non.")
    expect(page.locator(".gg-input")).to_have_value("peut-être")
    page.keyboard.press("Escape")
    expect(page.locator(".gg-input")).to_have_count(0)
    expect(approval).to_have_text("oui")
    cell(page, "Cadrage", "custom_livrable_attendu").click()
    page.keyboard.type("Note de cadrage")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "custom_livrable_attendu")).to_have_text("Note de cadrage")
    assert faults(page) == []

    # To a spreadsheet: the columns that are shown come too, under their heads.
    cell(page, "Cadrage", "name").click()
    heads, values = (text.split("\t") for text in page.evaluate(COPY).splitlines())
    copied = dict(zip(heads, values, strict=True))
    assert (copied["Validation du comité"], copied["Livrable attendu"]) == ("oui", "Note de cadrage")
    assert copied["Fin au plus tard"] == copied["Fin"]

    page.keyboard.press("Control+z")
    expect(cell(page, "Cadrage", "custom_livrable_attendu")).to_have_text("")
    page.reload()
    expect(page.locator("#gantt[data-ready]")).to_be_visible()
    expect(late).to_have_text(cell(page, "Cadrage", "finish").text_content() or "")
    expect(approval).to_have_text("oui")


def test_the_toolbar_is_one_line_and_its_menu_is_reached_by_keys(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    begin(page)
    groups = page.evaluate(GROUPS)
    assert max(bottom for _top, bottom in groups) - min(top for top, _bottom in groups) < 40, groups

    begin(page, "Choix du prestataire")
    cell(page, "Choix du prestataire", "name").click()
    menu = page.locator("summary[title='Autres commandes']")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Monter la ligne")).to_be_focused()
    page.keyboard.press("Enter")
    expect(line(page, "Choix du prestataire")).to_have_attribute("aria-rowindex", "2")
    expect(cell(page, "Choix du prestataire", "name")).to_be_focused()
    menu.click()
    page.get_by_role("button", name="Clavier et souris").click()
    expect(page.get_by_role("dialog", name="Clavier et souris")).to_be_visible()
    assert faults(page) == []


def test_on_a_phone_every_line_of_the_milestone_chart_has_its_name(visit: Callable[[str], Visitor]) -> None:
    camille = visit(CAMILLE)
    project = next(one for one in camille.api("/projects/") if one["code"] == "RGPD")
    camille.page.set_viewport_size(PHONE)
    page = camille.go(f"/plans/project/{project['id']}/comparison/")
    keys = page.locator(".chart-keys li")
    expect(keys.first).to_be_visible()
    expect(page.locator(".chart-wide").first).to_be_hidden()
    names = [name.strip() for name in keys.all_inner_texts()]
    assert len(names) > 2 and all(names)
    discs = page.evaluate(DISCS)
    assert len(discs) == len(names)
    for place, (x, y) in enumerate(discs):
        for other_x, other_y in discs[place + 1 :]:
            assert abs(x - other_x) >= 16 or abs(y - other_y) >= 16, discs
    assert page.locator(".chart-draw").first.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert faults(page) == []
