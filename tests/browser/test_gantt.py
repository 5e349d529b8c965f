"""A project manager builds a plan in the Gantt by keyboard and by mouse, and two people work on it at once."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.audit import faults
from tests.browser.gantt_steps import LINES, bar, cell, drag, line, paste
from tests.browser.visitor import Visitor, plain

CAMILLE = "camille.lefevre@tech4value.example"


def test_a_plan_of_thirty_tasks_is_built_slips_and_is_put_back(plan: tuple[Visitor, str]) -> None:
    nicolas, address = plan
    page = nicolas.page
    said = page.locator(".gg-status")

    # By keyboard: one line after the other, then its duration and what it waits for.
    page.get_by_role("button", name="Ligne", exact=True).click()
    for name in ("Cadrage", "Choix du prestataire", "Contrat signé"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(line(page, name)).to_be_visible()
        expect(page.locator(".gg-input")).to_be_focused()
    page.keyboard.press("Escape")
    cell(page, "Cadrage", "duration").click()
    page.keyboard.type("3j")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "duration")).to_have_text("3 j")
    expect(said).to_contain_text("« Cadrage » : du")
    cell(page, "Choix du prestataire", "predecessors").click()
    page.keyboard.type("1FD+2j")
    page.keyboard.press("Tab")
    expect(cell(page, "Choix du prestataire", "predecessors")).to_have_text("1FD+2j")
    page.keyboard.press("Escape")

    # From a spreadsheet: twenty-four more, in four summaries, after the last line.
    cell(page, "Contrat signé", "name").click()
    paste(page, LINES)
    expect(line(page, "Lot 4 livré")).to_be_attached()
    expect(line(page, "Réalisation 1")).to_have_attribute("aria-level", "2")
    expect(cell(page, "Recette 1", "predecessors")).to_have_text("7FD+1j")

    # By mouse: three at the end, and a link drawn from one bar to another.
    for name in ("Bilan", "Archivage", "Clôture"):
        page.get_by_role("button", name="Ajouter une tâche à la fin").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(line(page, name)).to_be_visible()
        page.keyboard.press("Escape")
    assert page.get_by_role("treegrid").get_attribute("aria-rowcount") == "31"
    page.locator("[data-zoom=week]").click()
    expect(page.locator("[data-zoom=week]")).to_have_attribute("aria-pressed", "true")
    for name in ("Bilan", "Archivage"):
        cell(page, name, "number").dblclick()
    page.locator(".gg-scroll").evaluate(
        "(box) => { const one = document.querySelector('.gg-chosen .gg-bar').getBoundingClientRect();"
        " box.scrollLeft += one.left - box.getBoundingClientRect().left - box.clientWidth * 0.75; }"
    )
    start, end = bar(page, "Bilan"), bar(page, "Archivage")
    page.mouse.move((start["left"] + start["right"]) / 2, start["middle"])
    drag(page, (start["right"] + 7, start["middle"]), (end["left"] + 2, end["middle"]))
    expect(cell(page, "Archivage", "predecessors")).to_have_text("28")

    # A loop is refused beside its line, with its path; nothing has changed.
    cell(page, "Analyse 1", "predecessors").dblclick()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(page.locator(".gg-problem")).to_contain_text("« Analyse 1 » → « Conception 1 »")
    expect(page.locator(".gg-input")).to_have_value("8")
    page.keyboard.press("Escape")
    expect(cell(page, "Analyse 1", "predecessors")).to_have_text("")
    assert faults(page) == []

    # A baseline, then a slip: everything that follows moves, and says by how much.
    page.goto(nicolas.site.tenant_url(f"{address}baselines/"))
    page.get_by_label("Nom", exact=True).fill("Initiale")
    page.get_by_role("button", name="Figer une référence").click()
    expect(page.locator("#gantt[data-ready]")).to_be_visible()
    page.locator("summary", has_text="Colonnes").click()
    page.get_by_label("Glissement").check()
    page.locator("summary", has_text="Colonnes").click()
    before = cell(page, "Lot 4 livré", "finish").text_content()
    page.locator(".gg-scroll").evaluate("(box) => { box.scrollTop = 0; }")
    cell(page, "Conception 1", "duration").dblclick()
    page.keyboard.type("9j")
    page.keyboard.press("Enter")
    expect(cell(page, "Lot 4 livré", "slip")).to_have_text("+7 j calendaires")
    assert cell(page, "Lot 4 livré", "finish").text_content() != before
    assert "recalculées" in plain(said.text_content() or "")

    # Why: the chain from the milestone back to what was made longer.
    page.locator(".gg-scroll").evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    cell(page, "Lot 4 livré", "name").click()
    page.get_by_role("button", name="Pourquoi cette date").click()
    why = page.locator("#panel")
    expect(why).to_contain_text("Recette 4")
    expect(why).to_contain_text("Conception 1")
    page.locator("#panel-frame [data-panel-close]").first.click()

    # On paper, in vector.
    page.locator("summary", has_text="PDF").click()
    page.get_by_role("button", name="A4, paysage").click()
    expect(page.locator("#panel").get_by_role("link", name="Télécharger")).to_be_visible(timeout=60_000)
    page.locator("#panel-frame [data-panel-close]").first.click()

    # Undone, and done again.
    cell(page, "Conception 1", "name").click()
    page.keyboard.press("Control+z")
    expect(cell(page, "Conception 1", "duration")).to_have_text("4 j")
    expect(cell(page, "Lot 4 livré", "finish")).to_have_text(before or "")
    page.keyboard.press("Control+y")
    expect(cell(page, "Lot 4 livré", "slip")).to_have_text("+7 j calendaires")

    # The same day, the milestone that the baseline promised earlier is among the drifts.
    nicolas.go(f"/drifts/?project={address.split('/')[3]}")
    expect(page.get_by_role("row").filter(has_text="Lot 4 livré")).to_contain_text(
        "7 j calendaires après sa promesse"
    )


def test_people_are_offered_and_a_bar_out_of_sight_is_found(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    page.get_by_role("button", name="Ligne", exact=True).click()
    page.keyboard.type("Cadrage")
    page.keyboard.press("Enter")
    expect(line(page, "Cadrage")).to_be_visible()
    page.keyboard.press("Escape")

    # Who does it: offered by name while it is typed, without accents, with a share and a second person.
    cell(page, "Cadrage", "people").click()
    page.keyboard.type("perr")
    offered = page.get_by_role("listbox", name="Personnes")
    expect(offered.get_by_role("option", name="Nicolas Perrin")).to_be_visible()
    expect(page.locator(".gg-input")).to_have_attribute("aria-activedescendant", "gg-people-0")
    page.keyboard.press("Enter")
    page.keyboard.type(" 50 %; lefevre")
    expect(offered.get_by_role("option", name="Camille Lefèvre")).to_be_visible()
    page.keyboard.press("Tab")
    expect(cell(page, "Cadrage", "people")).to_have_text("Camille Lefèvre, Nicolas Perrin 50 %")

    # Moved to another year, its bar is out of the window: the arrow at its side, then the key, bring it back.
    cell(page, "Cadrage", "start").dblclick()
    page.keyboard.type("12/03/2029")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "start")).to_have_text("12/03/2029")
    page.get_by_role("button", name="Aujourd’hui").click()
    arrow = page.locator(".gg-edge-after .gg-arrow")
    expect(arrow).to_be_visible()
    arrow.click()
    expect(arrow).to_be_hidden()
    page.get_by_role("button", name="Aujourd’hui").click()
    expect(arrow).to_be_visible()
    cell(page, "Cadrage", "name").click()
    page.keyboard.press("Alt+Enter")
    expect(arrow).to_be_hidden()
    assert faults(page) == []


def test_two_people_see_each_other_and_choose(plan: tuple[Visitor, str], visit: Callable[[str], Visitor]) -> None:
    nicolas, address = plan
    his = nicolas.page
    his.get_by_role("button", name="Ligne", exact=True).click()
    his.keyboard.type("Cadrage")
    his.keyboard.press("Enter")
    expect(line(his, "Cadrage")).to_be_visible()
    his.keyboard.press("Escape")
    camille = visit(CAMILLE)
    camille.expected |= {409}
    hers = camille.go(address)
    expect(hers.locator("#gantt[data-ready]")).to_be_visible()

    # What one does, the other sees without asking.
    cell(his, "Cadrage", "duration").click()
    his.keyboard.type("3")
    his.keyboard.press("Enter")
    expect(cell(hers, "Cadrage", "duration")).to_have_text("3 j", timeout=8000)

    # The same cell at the same time: both values, and a choice.
    cell(hers, "Cadrage", "duration").dblclick()
    cell(his, "Cadrage", "duration").click()
    his.keyboard.type("5")
    his.keyboard.press("Enter")
    expect(cell(his, "Cadrage", "duration")).to_have_text("5 j")
    hers.keyboard.type("8")
    hers.keyboard.press("Enter")
    question = hers.get_by_role("dialog", name="Une autre personne a modifié la même valeur")
    expect(question).to_contain_text("Nicolas Perrin a modifié")
    expect(question).to_contain_text("5 j")
    assert faults(hers) == []
    question.get_by_role("button", name="Garder ce choix").click()
    expect(cell(hers, "Cadrage", "duration")).to_have_text("8 j")
    expect(cell(his, "Cadrage", "duration")).to_have_text("8 j", timeout=8000)


def test_deleting_says_how_many_asks_for_many_and_is_taken_back(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    page.get_by_role("button", name="Ligne", exact=True).click()
    page.keyboard.type("Cadrage")
    page.keyboard.press("Enter")
    expect(line(page, "Cadrage")).to_be_visible()
    page.keyboard.press("Escape")
    cell(page, "Cadrage", "name").click()
    paste(page, LINES)
    expect(line(page, "Lot 4 livré")).to_be_attached()
    treegrid, toasts = page.get_by_role("treegrid"), page.locator("#toasts")

    # One line goes at once, is named, and comes back from the message.
    cell(page, "Recette 1", "name").click()
    page.keyboard.press("Delete")
    expect(line(page, "Recette 1")).to_have_count(0)
    expect(page.locator(".gg-status")).to_have_text("« Recette 1 » a été supprimée.")
    toasts.get_by_role("button", name="Annuler").click()
    expect(cell(page, "Lot 1 livré", "predecessors")).to_have_text("6")

    # The whole plan is asked about; kept, then deleted, then put back by the key after the page was loaded again.
    cell(page, "Cadrage", "name").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    question = page.get_by_role("dialog", name="Supprimer 25 lignes")
    expect(question).to_contain_text("toutes les lignes du plan")
    assert faults(page) == []
    question.get_by_role("button", name="Garder le plan tel quel").click()
    expect(treegrid).to_have_attribute("aria-rowcount", "26")
    page.keyboard.press("Delete")
    question.get_by_role("button", name="Supprimer les lignes").click()
    expect(treegrid).to_have_attribute("aria-rowcount", "1")
    expect(toasts).to_contain_text("25 lignes supprimées.")
    page.reload()
    expect(page.locator("#gantt[data-ready]")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(treegrid).to_have_attribute("aria-rowcount", "26")
    expect(cell(page, "Lot 1 livré", "predecessors")).to_have_text("6")


def test_a_plan_begun_gets_its_head_and_its_rows_are_near_the_top(plan: tuple[Visitor, str]) -> None:
    nicolas, _address = plan
    page = nicolas.page
    above, actions = page.locator("#plan-above"), page.locator(".page-actions")
    expect(above).to_contain_text("Ce projet n’a pas encore de plan")
    page.get_by_role("button", name="Ligne", exact=True).click()
    page.keyboard.type("Cadrage")
    page.keyboard.press("Enter")
    expect(line(page, "Cadrage")).to_be_visible()
    page.keyboard.press("Escape")

    # The page is that of a plan without being loaded again: its figures, its commands.
    expect(above.locator("#plan-figures")).to_contain_text("Avancement")
    expect(actions).to_contain_text("Exporter")
    box = line(page, "Cadrage").bounding_box()
    assert box is not None and box["y"] <= 330

    # What is computed says so where it is pointed at.
    page.locator("summary", has_text="Colonnes").click()
    page.get_by_role("checkbox", name="Marge", exact=True).check()
    page.keyboard.press("Escape")
    cell(page, "Cadrage", "float").dblclick()
    expect(page.locator("#toasts")).to_contain_text("Cette valeur se calcule")

    # A constraint is chosen by keyboard.
    page.locator("summary", has_text="Colonnes").click()
    page.get_by_role("checkbox", name="Contrainte").check()
    page.keyboard.press("Escape")
    cell(page, "Cadrage", "constraint").click()
    page.keyboard.type("fin au plus t")
    offered = page.get_by_role("listbox", name="Contraintes")
    expect(offered.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("12/03/2029")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "constraint")).to_have_text("Fin au plus tard le 12/03/2029")
    assert faults(page) == []

    # What is looked for is in the address.
    page.locator("[data-filter]").select_option("milestones")
    expect(page.locator(".gg-none")).to_be_visible()
    page.reload()
    expect(page.locator("#gantt[data-ready]")).to_be_visible()
    expect(page.locator("[data-filter]")).to_have_value("milestones")
    page.locator("[data-filter]").select_option("")

    # Without network what was typed stays in its cell, to be sent again.
    page.context.set_offline(True)
    cell(page, "Cadrage", "duration").dblclick()
    page.keyboard.type("7j")
    page.keyboard.press("Enter")
    expect(page.locator(".gg-input")).to_have_value("7j")
    expect(page.locator(".gg-problem")).to_contain_text("n’est pas partie")
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "duration")).to_have_text("7 j")
    nicolas.troubles[:] = [trouble for trouble in nicolas.troubles if "ERR_INTERNET_DISCONNECTED" not in trouble]


def test_a_bar_is_moved_and_made_longer_and_a_line_put_elsewhere_by_mouse(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    page.get_by_role("button", name="Ligne", exact=True).click()
    for name in ("Cadrage", "Achat", "Recette"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(line(page, name)).to_be_visible()
        expect(page.locator(".gg-input")).to_be_focused()
    page.keyboard.press("Escape")
    # On a Monday, so that a move of some days crosses no week-end.
    cell(page, "Cadrage", "start").dblclick()
    page.keyboard.type("12/03/2029")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "start")).to_have_text("12/03/2029")
    cell(page, "Cadrage", "duration").dblclick()
    page.keyboard.type("2j")
    page.keyboard.press("Enter")
    expect(cell(page, "Cadrage", "finish")).to_have_text("13/03/2029")
    page.locator("[data-zoom=day]").click()
    cell(page, "Cadrage", "name").click()
    page.keyboard.press("Alt+Enter")
    expect(page.locator(".gg-edge-after .gg-arrow")).to_be_hidden()

    # By its middle: two days later, as long as before.
    day = 28  # pixels, at this zoom: DAY_WIDTH in js/gantt/scale.js
    box = bar(page, "Cadrage")
    middle = (box["left"] + box["right"]) / 2
    drag(page, (middle, box["middle"]), (middle + 2 * day, box["middle"]))
    expect(cell(page, "Cadrage", "start")).to_have_text("14/03/2029")
    expect(cell(page, "Cadrage", "finish")).to_have_text("15/03/2029")
    expect(cell(page, "Cadrage", "duration")).to_have_text("2 j")

    # By its end: one day longer, from the same day.
    box = bar(page, "Cadrage")
    drag(page, (box["right"] - 3, box["middle"]), (box["right"] - 3 + day, box["middle"]))
    expect(cell(page, "Cadrage", "finish")).to_have_text("16/03/2029")
    expect(cell(page, "Cadrage", "start")).to_have_text("14/03/2029")
    expect(cell(page, "Cadrage", "duration")).to_have_text("3 j")

    # By its number: the last line over the second.
    from_, onto = cell(page, "Recette", "number").bounding_box(), line(page, "Achat").bounding_box()
    assert from_ is not None and onto is not None
    x = from_["x"] + from_["width"] / 2
    drag(page, (x, from_["y"] + from_["height"] / 2), (x, onto["y"] + 2))
    expect(cell(page, "Recette", "number")).to_have_text("2")
    expect(cell(page, "Achat", "number")).to_have_text("3")
    page.keyboard.press("Control+z")
    expect(cell(page, "Recette", "number")).to_have_text("3")


def test_what_is_nearly_critical_is_outlined_and_found(plan: tuple[Visitor, str]) -> None:
    page = plan[0].page
    page.get_by_role("button", name="Ligne", exact=True).click()
    page.keyboard.type("Cadrage")
    page.keyboard.press("Enter")
    expect(line(page, "Cadrage")).to_be_visible()
    page.keyboard.press("Escape")
    cell(page, "Cadrage", "name").click()
    lines = ("Tâche\tDurée", "Lot\t", "  Longue\t5j", "  À un jour\t4j", "  À deux jours\t3j", "  Faite\t4j")
    paste(page, "\n".join(lines))
    expect(line(page, "Faite")).to_be_visible()
    cell(page, "Faite", "percent").dblclick()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(cell(page, "Faite", "percent")).to_have_text("100 %")
    outlined = page.locator(".gg-bar.gantt-near:visible")
    expect(outlined).to_have_count(1)
    assert outlined.evaluate("(one) => getComputedStyle(one).strokeDasharray") != "none"
    expect(page.locator("#gantt .legend")).to_contain_text("presque critique")

    page.locator("[data-filter]").select_option(label="Presque critiques")
    expect(line(page, "À un jour")).to_be_visible()
    expect(line(page, "Lot")).to_be_visible()  # what holds it
    for name in ("Cadrage", "Longue", "À deux jours", "Faite"):
        expect(line(page, name)).to_have_count(0)
    assert "show=near" in page.url
    page.locator("[data-filter]").select_option("")

    # With the critical path goes what is close to it.
    page.locator("summary", has_text="Affichage").click()
    page.locator("[data-options]").get_by_label("Chemin critique").uncheck()
    expect(outlined).to_have_count(0)
