"""The finance director slips a go-live by six weeks in a scenario: the month in which the balance breaks is named,
with the instalment that comes too late. The executive approves; the live plan does not move until it is applied, and
comes back by a click."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.visitor import Visitor, plain

FINANCE = "philippe.aubry@tech4value.example"
EXECUTIVE = "isabelle.marchand@tech4value.example"
NAME = "Six semaines de plus"
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"


def golive(visitor: Visitor) -> date:
    """When the go-live of Odoo is due, in the live plan."""
    odoo = next(one["id"] for one in visitor.api("/projects/") if one["code"] == "ODOO")
    row = next(one for one in visitor.api(f"/milestones/?project={odoo}") if one["name"] == "Mise en production")
    return date.fromisoformat(row["due_on"])


def test_a_milestone_slips_in_a_scenario_and_the_month_that_breaks_is_named(visit: Callable[[str], Visitor]) -> None:
    finance, executive = visit(FINANCE), visit(EXECUTIVE)
    before = golive(finance)
    page = finance.go("/scenarios/")
    page.get_by_role("link", name="Créer un scénario").first.click()
    panel = page.get_by_role("dialog", name="Détail")
    panel.locator("input[name=name]").fill(NAME)
    panel.get_by_role("button", name="Créer").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    page.get_by_role("button", name="Ajouter une opération").click()
    panel.get_by_role("link", name="Déplacer un jalon").click()
    panel.locator("input[name=weeks]").wait_for()
    panel.locator("[name=milestone]").evaluate(
        """(one) => { const found = [...one.options].find((each) => each.text.includes("ODOO · Mise en production"));
                      one.value = found.value; one.dispatchEvent(new Event("change", { bubbles: true })); }"""
    )
    panel.locator("input[name=weeks]").fill("6")
    panel.get_by_role("button", name="Ajouter", exact=True).click()
    alert = page.locator(".notice", has_text="passe sous le seuil de trésorerie")
    expect(alert).to_have_count(1)
    said = plain(alert.inner_text())
    assert re.search(rf"« {NAME} » passe sous le seuil de trésorerie en ({MONTHS}) 20\d\d\.", said), said
    # What it goes under by, then the instalment that the milestone puts off, with its new day.
    assert re.search(r"le solde descend à .+, sous le seuil de .+ € : .+, -?.+ €", said), said
    assert re.search(r"Attendu ensuite, le \d\d/\d\d/20\d\d : .+, échéance « .+ » liée au jalon", said), said
    assert "« Mise en production » (ODOO)" in said
    assert golive(finance) == before

    # Nobody approves what they propose.
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text("On n’approuve pas ce que l’on propose soi-même")).to_be_visible()
    expect(page.get_by_role("button", name="Approuver")).to_have_count(0)
    executive.go("/scenarios/").get_by_role("link", name=NAME).click()
    executive.page.get_by_role("button", name="Approuver").click()
    expect(executive.page.get_by_text("peut être appliqué")).to_be_visible()

    finance.go("/scenarios/").get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Appliquer au plan").click()
    page.get_by_role("button", name="Appliquer au plan").click()
    expect(page.get_by_text(re.compile("^Appliqué au plan le"))).to_be_visible()
    assert golive(finance) == before + timedelta(weeks=6)
    finance.go("/cash/")
    expect(page.get_by_text("le solde descend à")).to_have_count(1)

    finance.go("/scenarios/").get_by_role("link", name=NAME).click()
    page.get_by_role("button", name="Annuler l’application").click()
    expect(page.get_by_role("link", name="Appliquer au plan")).to_be_visible()
    assert golive(finance) == before
    finance.go("/cash/")
    expect(page.get_by_text("le solde descend à")).to_have_count(0)
    assert not finance.troubles, finance.troubles
    assert not executive.troubles, executive.troubles
