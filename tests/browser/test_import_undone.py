"""A PMO imports a messy table of projects without its faulty rows, reads the reconciliation, and undoes it all."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.audit import faults
from tests.browser.steps import JOB_TIMEOUT, bring_table, see_preview
from tests.browser.visitor import Visitor

PMO = "camille.lefevre@tech4value.example"
MESSY = """Extraction du 12/03/2026;;;;;;
;;;;;;
Réf.;Libellé;Direction;Chef projet;Date début;Date fin;Remarque
ZV{0};Accès distant;IT;Nicolas Perrin;05/01/2026;30/09/2026;
ZC{0};"Refonte
du CRM";IT;nicolas.perrin@tech4value.example;3-avr.-26;2026-12-31;=cmd|' /C calc'!A0
ZS{0};Surveillance;IT;Nicolas Perrin;31/02/2026;30/09/2026;
ZN{0};Nomade;Nulle part;Nicolas Perrin;05/01/2026;30/09/2026;
Total;;;;;;
"""


def test_a_messy_table_is_imported_without_its_faulty_rows_and_undone(
    visit: Callable[[str], Visitor], tmp_path: Path
) -> None:
    suffix = uuid4().hex[:4].upper()
    file = tmp_path / f"projets-{suffix}.csv"
    file.write_bytes(MESSY.format(suffix).encode("cp1252"))
    pmo = visit(PMO)
    page = pmo.page
    before = {row["id"]: row["version"] for row in pmo.api("/projects/")}

    bring_table(pmo, file)
    expect(page.get_by_label("Ligne des titres")).to_have_value("3")
    expect(page.get_by_label("Encodage")).to_have_value("windows-1252")
    expect(page.get_by_text("1 ligne de total trouvée : ligne 8.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_label("Champ de la colonne Réf.")).to_have_value("code")
    expect(page.get_by_label("Champ de la colonne Libellé")).to_have_value("name")
    page.get_by_label("Champ de la colonne Remarque").select_option("goal")
    assert faults(page) == []
    page.get_by_role("button", name="Voir l’aperçu").click()

    see_preview(pmo, file.name)
    errors = page.get_by_role("table", name="Erreurs")
    expect(errors.locator("tbody tr")).to_have_count(2)
    words = pmo.words("#problems")
    assert "E6" in words and "31/02/2026" in words and "C7" in words and "Nulle part" in words
    assert faults(page) == []
    page.get_by_label("Les laisser de côté et importer les autres").check()
    page.get_by_role("button", name="Essayer à blanc").click()
    expect(page.get_by_text("Essai à blanc terminé")).to_be_visible(timeout=JOB_TIMEOUT)
    assert {row["id"]: row["version"] for row in pmo.api("/projects/")} == before
    page.get_by_label("Les laisser de côté et importer les autres").check()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("L’import est terminé.")).to_be_visible(timeout=JOB_TIMEOUT)

    report = page.get_by_role("table", name="Ce que devient chaque ligne du tableau").locator("tbody tr td")
    assert [cell.split()[0] for cell in report.all_inner_texts()[1:]] == ["5", "2", "0", "0", "1", "2"]
    refused = pmo.download(page.get_by_role("link", name="Lignes refusées (.csv)"), tmp_path).read_text("utf-8-sig")
    assert f"ZS{suffix}" in refused and "Motif du refus" in refused and f"ZV{suffix}" not in refused
    made = {row["code"]: row for row in pmo.api("/projects/") if row["id"] not in before}
    assert set(made) == {f"ZV{suffix}", f"ZC{suffix}"}
    assert made[f"ZC{suffix}"]["goal"].startswith("=cmd")

    page.get_by_role("button", name="Annuler l’import").click()
    page.get_by_role("dialog", name="Annuler tout l’import ?").get_by_role("button", name="Annuler l’import").click()
    expect(page.get_by_text("Cet import a été annulé : les données sont comme avant.")).to_be_visible(
        timeout=JOB_TIMEOUT
    )
    assert {row["id"]: row["version"] for row in pmo.api("/projects/")} == before
