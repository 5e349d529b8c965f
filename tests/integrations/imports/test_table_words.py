"""What the page of a table says of its rows: every error at once, in the file's own words, and their project."""

from datetime import date
from typing import Any

import pytest

from integrations.imports.models import ImportState
from portfolio.people.actions import create_pole
from portfolio.projects.actions import create_project
from tech4value.fields.actions import create_field
from tests.integrations.imports.test_screens import text
from tests.integrations.imports.test_table_run import bring, run
from tests.world import World

RISKS = """Projet;Référence;Titre;Probabilité;Impact;Responsable
NOPE;R-1;;x;9;Nobody Here
ERP;R-2;Retard;3;4;
CRM;R-3;Dérive;2;2;
"""


@pytest.fixture
def company(world: World) -> World:
    with world.within():
        actor = world.memberships["pmo"].actor
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31)}
        for code, name in (("ERP", "Nouvel ERP"), ("CRM", "Relation client")):
            create_project(actor=actor, code=code, name=name, pole=pole, **days)
    return world


def found(world: World, content: str, name: str, **changes: Any) -> tuple[Any, dict[tuple[str, str], dict[str, str]]]:
    """The import, and the parameters of each problem by its cell and code."""
    with world.within():
        row = bring(world, content, name=name, **changes)
    problems = {(f"{one['column'] or ''}{one['row']}", one["code"]): one["params"] for one in row.preview["problems"]}
    return row, problems


def page_of(world: World, client_of: Any, row: Any) -> str:
    return text(client_of(world.pmo).get(world.url(f"/imports/{row.pk}/")))


def test_a_row_tells_all_that_is_wrong_with_it(company: World) -> None:
    """The PMO mends the file once: what hangs on a project that is not there is not kept for the next time."""
    _row, problems = found(company, RISKS, "risques.csv")
    assert set(problems) == {
        ("A2", "no_such_project"),
        ("C2", "required"),
        ("D2", "not_a_number"),
        ("E2", "out_of_range"),
        ("F2", "no_such_person"),
    }


def test_a_task_without_a_name_of_no_project_and_ends_before_it_starts(company: World) -> None:
    content = "Projet;Tâche;Début;Fin;Affecté à\nNOPE;;05/02/2026;05/01/2026;Nobody Here\n"
    _row, problems = found(company, content, "taches.csv")
    assert set(problems) == {
        ("A2", "no_such_project"),
        ("B2", "required"),
        ("D2", "end_before_start"),
        ("E2", "no_such_person"),
    }
    said = problems["D2", "end_before_start"]
    assert (said["value"], said["other"]) == ("05/01/2026", "05/02/2026")


def test_a_milestone_of_no_project_reached_in_the_future(company: World) -> None:
    content = "Projet;Jalon;Date prévue;Date réelle\nNOPE;Pilote;;01/01/2090\n"
    _row, problems = found(company, content, "jalons.csv")
    assert set(problems) == {("A2", "no_such_project"), ("C2", "required"), ("D2", "future_date")}


def test_rows_to_come_say_their_project(company: World, client_of: Any) -> None:
    """In the preview and once they are made, in the order of the sheet."""
    row, _problems = found(company, RISKS, "risques.csv")
    pages = {"Lignes qui seraient créées": page_of(company, client_of, row)}
    with company.within():
        done = run(company, row, skip_faulty=True)
    pages["Lignes créées"] = page_of(company, client_of, done)
    for title, page in pages.items():
        table = page.partition(title)[2].rpartition("</table>")[0]
        assert table.index("Projet (code)") < table.index("Référence") < table.index("Titre") < table.index("Impact")
        for shown in ("ERP", "CRM", "R-2", "R-3"):
            assert f"<td>{shown}</td>" in table, (title, shown)


def test_values_are_shown_as_their_cells_say_them(company: World, client_of: Any) -> None:
    content = "Projet;Catégorie;Nature;Mois;Prévu (k€)\nERP;Licences;Capex;01/2026;(500)\n"
    row, problems = found(company, content, "budget.csv")
    assert problems["E2", "negative_amount"]["value"] == "(500)"
    assert "<code>(500)</code>" in page_of(company, client_of, row)


def test_a_day_that_is_too_far_is_said_as_its_cell_says_it(company: World, client_of: Any) -> None:
    row, _problems = found(company, "Projet;Tâche;Début\nERP;Cadrer;05/02/2086\n", "taches.csv")
    assert "La date 05/02/2086 est à plus de 25 ans" in page_of(company, client_of, row)


def test_an_amount_that_is_rounded_is_said_in_the_readers_language(company: World, client_of: Any) -> None:
    content = "Projet;Catégorie;Nature;Mois;Prévu\nERP;Licences;Capex;01/2026;1234,567\n"
    row, _problems = found(company, content, "budget.csv")
    assert "Montant arrondi au centime : 1 234,57." in page_of(company, client_of, row)


def test_a_custom_number_is_quoted_as_it_was_typed(company: World, client_of: Any) -> None:
    with company.within():
        actor = company.memberships["pmo"].actor
        create_field(actor=actor, target_key="project", label="Licences", kind="number")
    content = "Code;Nom;Pôle;Début;Fin;Licences\nVPN;Accès;IT;05/01/2026;30/09/2026;12,5\n"
    row, _problems = found(company, content, "projets.csv")
    page = page_of(company, client_of, row)
    assert "« 12,5 » a des décimales" in page and "<code>12,5</code>" in page and "12.5" not in page


@pytest.mark.parametrize(("decimal", "example"), [(",", "1 234,56"), (".", "1,234.56")])
def test_advice_on_a_number_follows_the_column_and_the_file(
    company: World, client_of: Any, decimal: str, example: str
) -> None:
    content = (
        "Projet;Catégorie;Nature;Mois;Prévu\nERP;Licences;Capex;01/2026;beaucoup\nERP;Licences;Capex;02/2026;10\n"
    )
    row, _problems = found(company, content, "budget.csv", decimal=decimal)
    assert f"Écrivez par exemple {example}." in page_of(company, client_of, row)
    content = "Projet;Référence;Titre;Probabilité;Impact\nERP;R-1;Retard;fort;2,5\nERP;R-2;Dérive;2;2\n"
    row, _problems = found(company, content, "risques.csv", decimal=decimal)
    page = page_of(company, client_of, row)
    assert "Un nombre entier est attendu, de 1 à 5." in page and example not in page


LINKS = {
    "risks": ("Projet;Référence;Titre;Probabilité;Impact\nERP;R-1;Retard;3;4\n", "/risks/", "Voir les risques"),
    "tasks": ("Projet;Tâche;Début\nERP;Cadrer;05/01/2026\n", "/plans/tasks/", "Voir les tâches"),
    "budget": (
        "Projet;Catégorie;Nature;Mois;Prévu\nERP;Licences;Capex;01/2026;10\n",
        "/budget/lines/",
        "Voir les lignes de budget",
    ),
}


@pytest.mark.parametrize("target", LINKS)
def test_what_was_imported_is_one_click_away(company: World, client_of: Any, target: str) -> None:
    content, address, words = LINKS[target]
    row, _problems = found(company, content, f"{target}.csv")
    with company.within():
        done = run(company, row)
    assert done.settings["target"] == target and done.state == ImportState.DONE
    page = page_of(company, client_of, done)
    assert f'<a href="{company.url(address)}">{words}</a>' in page
    assert client_of(company.pmo).get(company.url(address)).status_code == 200


def test_an_undone_import_says_what_it_would_do(company: World, client_of: Any) -> None:
    """One banner, nothing that pretends that rows are there."""
    from integrations.imports.undoing import undo_import

    row, _problems = found(company, RISKS, "risques.csv")
    with company.within():
        done = run(company, row, skip_faulty=True)
        undo_import(actor=company.memberships["pmo"].actor, row=done)
    page = page_of(company, client_of, done)
    assert "Cet import a été annulé" in page and "À créer" in page and "Lignes qui seraient créées" in page
    assert "Créées" not in page and "Lignes créées" not in page
    assert page.count("1 ligne en erreur.") == 1 and "1 ligne refusée." not in page
    assert "Lignes refusées (.csv)" in page
