"""A member fills a week by keyboard; the manager of the pole returns it with a reason, then approves it; the actual
cost of the project moves by the time and the rate."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.audit import faults
from tests.browser.visitor import Visitor, plain

MEHDI = "mehdi.saidi@tech4value.example"
ERIC = "eric.vasseur@tech4value.example"
CAMILLE = "camille.lefevre@tech4value.example"


def week_address(page: Page) -> str:
    """The address of the week shown, within the company."""
    return "/time/weeks/" + page.url.split("/time/weeks/")[1].split("?")[0]


def staff_actual(camille: Visitor, project: str, month: str) -> float:
    """The actual staff cost since a month, whatever the nature, as the API says it."""
    rows = camille.api(f"/budget-lines/?project={project}&category=staff&month_from={month}")
    return sum(float(row["actual"]) for row in rows)


def test_a_week_from_the_keyboard_to_the_actual_cost(visit: Callable[[str], Visitor]) -> None:
    mehdi, eric, camille = visit(MEHDI), visit(ERIC), visit(CAMILLE)
    mehdi.expected |= {422}

    # This week, typed cell by cell.
    page = mehdi.go("/time/")
    week = week_address(page)
    month = f"{week.split('/')[3][:7]}-01"
    row = page.locator("tr[data-row^='task:']").first
    task = row.get_attribute("data-row").split(":")[1]  # type: ignore[union-attr]  # a row that is there
    cells = row.locator("input.time-cell")
    cells.first.focus()
    for typed, total in (("3,5", "3h30"), ("3h30", "7h"), ("0,5j", "10h30"), ("7", "17h30")):
        page.keyboard.type(typed)
        page.keyboard.press("ArrowRight")
        expect(row.locator("[data-row-total]")).to_have_text(total)
    expect(cells.nth(2)).to_have_value("3h30")
    page.keyboard.type("25")
    page.keyboard.press("Enter")
    expect(page.locator("[data-message]")).to_contain_text("Une journée a 24 heures")
    page.keyboard.press("Escape")
    expect(cells.nth(4)).to_have_value("")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(row.locator("[data-row-total]")).to_have_text("19h30")
    # Taken back, and typed again.
    cells.nth(4).focus()
    page.keyboard.press("Control+z")
    expect(row.locator("[data-row-total]")).to_have_text("17h30")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Lun", exact=False).first.click()
    expect(cells.first).to_be_visible()
    expect(cells.nth(1)).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Soumettre la semaine").click()
    expect(page.locator(".page-context")).to_contain_text("Soumise")

    # The staff part of actual costs follows time from this month on.
    screen = camille.go("/time/settings/")
    screen.get_by_label("Coûts de personnel calculés d’après les temps, à partir de").fill(month[:7])
    screen.get_by_role("button", name="Enregistrer").click()
    expect(screen.locator(".page")).to_contain_text("suit les temps à partir de")

    # The manager sends it back, with a reason that Mehdi reads.
    review = eric.go("/time/review/")
    line = review.locator("tbody tr", has_text="Mehdi Saïdi").filter(has_text="17h30")
    line.locator("input[type=checkbox]").check()
    review.get_by_role("button", name="Renvoyer").click()
    review.get_by_label("Motif").fill("Il manque vendredi.")
    review.get_by_role("button", name="Renvoyer").click()
    expect(review.locator("#toasts")).to_contain_text("1 semaine renvoyée")
    page = mehdi.go(week)
    expect(page.locator("main")).to_contain_text("Éric Vasseur vous renvoie cette semaine")
    assert "Il manque vendredi." in plain(page.locator("main").inner_text())
    page.locator("tr[data-row^='task:'] input.time-cell").nth(4).focus()
    page.keyboard.type("7h")
    page.keyboard.press("Enter")
    expect(page.locator("[data-week-total]").first).to_have_text("24h30")
    page.get_by_role("button", name="Soumettre la semaine").click()
    expect(page.locator(".page-context")).to_contain_text("Soumise")

    # Approved: the task says what was done, and the cost moves by 3,5 days at Mehdi's rate of 480.
    key = camille.api("/projects/?search=RGPD")[0]["id"]
    before = staff_actual(camille, key, month)
    review = eric.go("/time/review/")
    line = review.locator("tbody tr", has_text="Mehdi Saïdi").filter(has_text="24h30")
    line.get_by_role("link", name="Mehdi Saïdi").click()
    expect(review.get_by_role("heading", level=1)).to_have_text("Temps de Mehdi Saïdi")
    assert faults(review) == []
    review.get_by_role("button", name="Approuver").click()
    expect(review.locator("#toasts")).to_contain_text("1 semaine approuvée")
    assert staff_actual(camille, key, month) - before == 3.5 * 480
    done = next(one for one in camille.api(f"/tasks/?project={key}") if one["id"] == task)
    assert done["actual_work_minutes"] >= 1470
