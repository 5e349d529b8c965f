"""Two project managers work on one project at the same time: whatever they change, both keep their work."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import faults
from tests.browser.visitor import Visitor, plain

NICOLAS = "nicolas.perrin@tech4value.example"
CAMILLE = "camille.lefevre@tech4value.example"


@pytest.fixture
def both(visit: Callable[[str], Visitor]) -> Iterator[tuple[Visitor, Visitor, str]]:
    """Nicolas, Camille, and the address of a project of Nicolas's."""
    nicolas, camille = visit(NICOLAS), visit(CAMILLE)
    # A refusal to overwrite is what the journey is about.
    nicolas.expected |= {409}
    camille.expected |= {409}
    page = nicolas.go("/projects/new/")
    code = f"DUO{uuid4().hex[:4].upper()}"
    page.get_by_label("Nom", exact=True).fill("Projet à deux")
    page.get_by_label("Code", exact=True).fill(code)
    page.locator("select[name=pole]").select_option(index=1)
    page.get_by_role("button", name="Créer le projet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Projet à deux")
    yield nicolas, camille, page.url.split("/t/tech4value")[1].split("?")[0]


def edit(visitor: Visitor, project: str) -> Page:
    """The form of the project, as the visitor reads it now."""
    page = visitor.go(f"{project}edit/")
    expect(page.get_by_role("button", name="Enregistrer")).to_be_visible()
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer").click()


def test_different_fields_are_both_kept_and_one_is_told_of_the_other(both: tuple[Visitor, Visitor, str]) -> None:
    nicolas, camille, project = both
    his, hers = edit(nicolas, project), edit(camille, project)
    his.get_by_label("Objectif").fill("Clôturer en cinq jours")
    save(his)
    expect(his.get_by_role("heading", level=1)).to_contain_text("Projet à deux")
    hers.get_by_label("Nom", exact=True).fill("Projet à quatre mains")
    save(hers)
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Projet à quatre mains")
    toast = plain(hers.locator("#toasts").inner_text())
    assert "avec une modification par Nicolas Perrin : Objectif" in toast, toast
    expect(hers.locator("main")).to_contain_text("Clôturer en cinq jours")


def test_the_same_field_shows_both_values_and_the_chosen_one_is_kept(both: tuple[Visitor, Visitor, str]) -> None:
    nicolas, camille, project = both
    his, hers = edit(nicolas, project), edit(camille, project)
    his.get_by_label("Nom", exact=True).fill("Projet de Nicolas")
    his.get_by_label("Objectif").fill("Clôturer en cinq jours")
    save(his)
    expect(his.get_by_role("heading", level=1)).to_contain_text("Projet de Nicolas")

    hers.get_by_label("Nom", exact=True).fill("Projet de Camille")
    hers.locator("select[name=phase]").select_option("delivery")
    save(hers)
    question = hers.get_by_role("group", name="Nom")
    expect(question).to_contain_text("Projet de Nicolas")
    expect(question).to_contain_text("Projet de Camille")
    expect(question).to_contain_text("Enregistrée par Nicolas Perrin")
    assert faults(hers) == []
    hers.set_viewport_size({"width": 390, "height": 844})
    assert hers.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    # By keyboard: the other's value goes into the field, and one's own comes back when it is typed.
    question.get_by_role("radio").first.focus()
    hers.keyboard.press("ArrowDown")
    expect(hers.locator("#id_name")).to_have_value("Projet de Nicolas")
    hers.locator("#id_name").fill("Projet de Nicolas et Camille")
    expect(question.get_by_role("radio").first).to_be_checked()
    save(hers)
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Projet de Nicolas et Camille")
    expect(hers.locator("main")).to_contain_text("Clôturer en cinq jours")

    # Going back shows what is saved now: an old form restored by the browser would undo the other's work unseen.
    assert "Réalisation" in hers.locator("main").inner_text()
    his.go_back()
    expect(his.locator("#id_name")).to_have_value("Projet de Nicolas et Camille")


def test_what_was_deleted_meanwhile_comes_back_with_what_was_typed(both: tuple[Visitor, Visitor, str]) -> None:
    nicolas, camille, project = both
    his = edit(nicolas, project)
    his.get_by_label("Objectif").fill("Clôturer en cinq jours")
    hers = edit(camille, project)
    hers.get_by_role("button", name="Supprimer").click()
    expect(hers.locator("#toasts")).to_contain_text("a été supprimé")
    save(his)
    # He may not bring a project back himself; what he typed waits on his page.
    expect(his.get_by_role("alert")).to_contain_text("Camille Lefèvre a supprimé")
    assert faults(his) == []
    hers.goto(camille.site.tenant_url("/settings/bin/"))
    row = hers.get_by_role("row").filter(has_text="Projet à deux").first
    row.get_by_role("button", name="Rétablir").click()
    expect(hers.locator("#toasts")).to_contain_text("est de retour")
    his.get_by_role("button", name="Réessayer").click()
    expect(his.get_by_role("heading", level=1)).to_contain_text("Projet à deux")
    expect(his.locator("main")).to_contain_text("Clôturer en cinq jours")
