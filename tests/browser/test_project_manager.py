"""A project manager brings the portfolio's workbook, mends it, brings a plan, and sees nothing of another company."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import openpyxl
from playwright.sync_api import expect

from tests.browser.audit import faults
from tests.browser.other_company import secrets_of
from tests.browser.site import SAMPLES
from tests.browser.steps import JOB_TIMEOUT, bring_plan, bring_workbook, see_preview
from tests.browser.visitor import Visitor, plain

MANAGER = "nicolas.perrin@tech4value.example"
PMO = "camille.lefevre@tech4value.example"


def renamed(file: Path, folder: Path, suffix: str) -> Path:
    """The workbook with project codes of its own, so that each journey brings projects that nobody has brought."""
    book = openpyxl.load_workbook(file)
    for name, column in (("Projets", 1), ("Jalons", 1), ("Budget", 1), ("Risques", 1)):
        for row in book[name].iter_rows(min_row=2, min_col=column, max_col=column):
            if row[0].value:
                row[0].value = f"{row[0].value}{suffix}"
    path = folder / file.name
    book.save(path)
    return path


def test_a_project_manager_imports_the_workbook_mends_it_and_imports_a_plan(
    visit: Callable[[str], Visitor], tmp_path: Path
) -> None:
    secrets = secrets_of(visit)
    suffix = uuid4().hex[:4].upper()
    manager = visit(MANAGER)
    page = manager.page

    template = manager.go("/imports/").get_by_role("link", name="Télécharger le modèle")
    sheets = openpyxl.load_workbook(manager.download(template, tmp_path)).sheetnames
    assert sheets[:5] == ["Projets", "Jalons", "Budget", "Risques", "Personnes"]

    wrong = renamed(SAMPLES / "portefeuille.xlsx", tmp_path, suffix)
    bring_workbook(manager, wrong)
    problems = page.get_by_role("table", name="Erreurs")
    expect(problems.locator("tbody tr")).to_have_count(1)
    error = plain(problems.locator("tbody tr").inner_text())
    assert "Risques!E5" in error, error
    assert "7" in error and "entre 1 et 5" in error, error
    expect(page.get_by_role("button", name="Importer", exact=True)).to_be_disabled()

    book = openpyxl.load_workbook(wrong)
    book["Risques"]["E5"] = 4
    mended = tmp_path / "portefeuille-corrige.xlsx"
    book.save(mended)
    page.get_by_label("Classeur rempli").set_input_files(mended)
    page.get_by_role("button", name="Remplacer le fichier").click()
    see_preview(manager, mended.name)
    expect(page.get_by_role("table", name="Erreurs")).to_have_count(0)

    with page.expect_response(lambda answer: answer.url.endswith("/progress/")):
        page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("L’import est terminé.")).to_be_visible(timeout=JOB_TIMEOUT)

    assert faults(page) == []

    # Bringing it again would change nothing.
    bring_workbook(manager, mended)
    expect(page.get_by_text("l’importer ne changerait rien")).to_be_visible()

    bring_plan(manager, SAMPLES / "plan-projet.xml", code=f"PLAN{suffix}", pole="IT")
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("L’import est terminé.")).to_be_visible(timeout=JOB_TIMEOUT)
    page.get_by_role("link", name="Ouvrir Accès distant sécurisé").click()
    page.get_by_role("link", name="Planning", exact=True).click()
    gantt = page.get_by_role("treegrid", name="Tâches du projet Accès distant sécurisé")
    expect(gantt).to_have_attribute("aria-rowcount", re.compile("^4[0-9]$"))
    expect(page.locator("#gantt .gg-bar:visible").first).to_be_attached()

    manager.assert_never_shown(secrets)


def test_an_import_is_undone_as_a_whole(visit: Callable[[str], Visitor], tmp_path: Path) -> None:
    suffix = uuid4().hex[:4].upper()
    pmo = visit(PMO)
    page = pmo.page
    before = {row["code"] for row in pmo.api("/projects/")}
    risks = len(pmo.api("/risks/"))
    bring_workbook(pmo, renamed(SAMPLES / "portefeuille-corrige.xlsx", tmp_path, suffix))
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("L’import est terminé.")).to_be_visible(timeout=JOB_TIMEOUT)
    assert {row["code"] for row in pmo.api("/projects/")} - before == {
        f"{code}{suffix}" for code in ("VPN", "SOC", "CRM", "PAIE", "CLOT", "CARB")
    }
    page.get_by_role("button", name="Annuler l’import").click()
    page.get_by_role("dialog", name="Annuler tout l’import ?").get_by_role("button", name="Annuler l’import").click()
    expect(page.get_by_text("Cet import a été annulé : les données sont comme avant.")).to_be_visible(
        timeout=JOB_TIMEOUT
    )
    assert {row["code"] for row in pmo.api("/projects/")} == before
    assert len(pmo.api("/risks/")) == risks
