"""An executive sees IT at 120 % and Data at 70 %, opens the three proposals, compares them, applies one: the heatmap,
the Gantt and the cash follow. One click takes it back."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, plain

EXECUTIVE = "isabelle.marchand@tech4value.example"
IT, DATA = "IT et infrastructure", "Data et BI"


def row(page: Page, name: str) -> Any:
    return page.get_by_role("row", name=re.compile(f"^{name}"))


def load(visitor: Visitor, week: date) -> int:
    """The load of IT in a week, in whole percents, as the heatmap says it."""
    year, number, _day = week.isocalendar()
    page = visitor.go(f"/capacity/?grain=week&start={year}-W{number:02}")
    text = plain(row(page, IT).locator(".load").first.inner_text())
    return int(text.split()[0].rstrip("%"))


def plan(visitor: Visitor) -> dict[str, tuple[str, str]]:
    """When each task begins and ends."""
    return {one["id"]: (one["starts_at"], one["ends_at"]) for one in visitor.api("/tasks/")}


def cash(visitor: Visitor) -> str:
    """The table of the cash."""
    visitor.go("/cash/")
    return visitor.words("main")


def test_an_overload_is_taken_out_of_and_taken_back(visit: Callable[[str], Visitor]) -> None:
    executive = visit(EXECUTIVE)
    page = executive.go("/capacity/")
    expect(row(page, IT).get_by_text("120 %").first).to_be_visible()
    expect(row(page, DATA).get_by_text("70 %").first).to_be_visible()

    # A week that is far enough for work not to have begun.
    today = date.today()
    week = today - timedelta(days=today.weekday()) + timedelta(weeks=7)
    before = load(executive, week), plan(executive), cash(executive)
    assert before[0] > 110
    load(executive, week)
    row(page, IT).locator("button.load, a.load").first.click()
    panel = page.get_by_role("dialog", name="Détail")
    panel.get_by_role("link", name="Voir trois propositions").click()

    expect(page.get_by_role("heading", name=re.compile("^Trois propositions pour"))).to_be_visible()
    for name in ("Plan en cours", "Décaler des tâches", "Confier à d’autres", "Fractionner ou réduire"):
        expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()
    shift = page.get_by_role("region", name="Décaler des tâches")
    expect(shift.get_by_text("Décaler la tâche").first).to_be_visible()
    given = page.get_by_role("region", name="Confier à d’autres")
    expect(given.get_by_text("Confier").first).to_be_visible()

    shift.get_by_role("button", name="Appliquer").click()
    toast = page.locator(".toast", has_text="Appliqué au plan")
    expect(toast).to_be_visible()
    after = load(executive, week), plan(executive), cash(executive)
    assert after[0] <= 110 < before[0]
    moved = [key for key in before[1] if after[1][key] != before[1][key]]
    assert moved
    assert after[2] != before[2]

    # One click, from the scenario that says what was done.
    page = executive.go("/scenarios/")
    page.get_by_role("link", name=re.compile("décaler des tâches")).first.click()
    page.get_by_role("button", name="Annuler l’application").click()
    page.wait_for_load_state()
    assert (load(executive, week), plan(executive), cash(executive)) == before
    assert not executive.troubles, executive.troubles
