"""What people do again and again."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

JOB_TIMEOUT = 90_000


def bring_workbook(visitor: Visitor, file: Path) -> None:
    """Give a workbook; its preview is on the screen."""
    page = visitor.go("/imports/")
    page.get_by_label("Classeur rempli").set_input_files(file)
    page.get_by_role("button", name="Vérifier le classeur").click()
    see_preview(visitor, file.name)


def bring_plan(visitor: Visitor, file: Path, *, project: str = "", code: str = "", pole: str = "") -> None:
    """Give a Microsoft Project file, for a project (its name) or a new one; its preview is on the screen."""
    page = visitor.go("/imports/")
    form = page.locator("form", has=page.get_by_role("button", name="Vérifier le plan"))
    form.get_by_label("Fichier du plan").set_input_files(file)
    if project:
        form.locator("#id_project").fill(project)
        form.get_by_role("option", name=project).first.click()
    else:
        form.get_by_label("Code du nouveau projet").fill(code)
        option = form.locator("select[name=pole] option", has_text=pole)
        form.locator("select[name=pole]").select_option(value=option.first.get_attribute("value"))
    form.get_by_role("button", name="Vérifier le plan").click()
    see_preview(visitor, file.name)


def bring_table(visitor: Visitor, file: Path) -> str:
    """Give a table in any form; how it is read is on the screen. Returns the address of that step."""
    page = visitor.go("/imports/")
    page.get_by_label("Tableau à importer").set_input_files(file)
    page.get_by_role("button", name="Lire le tableau").click()
    expect(page.get_by_label("Ligne des titres")).to_be_visible()
    return page.url


def see_preview(visitor: Visitor, name: str) -> None:
    """Wait until the worker has read the file."""
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(name, timeout=JOB_TIMEOUT)
    expect(visitor.page.locator(".page-context")).to_contain_text("À vérifier", timeout=JOB_TIMEOUT)


def export_plan(visitor: Visitor, project: str) -> None:
    """Take a project's plan (by the project's key) away: the address of its calendar, then its Microsoft Project
    file, which is ready."""
    page = visitor.go(f"/exports/plan/{project}/")
    page.get_by_role("button", name="Créer une adresse").click()
    expect(page.locator("code.breakable")).to_be_visible()
    visitor.go(f"/exports/plan/{project}/")
    page.get_by_role("button", name="Produire le fichier XML").click()
    expect(page.get_by_role("link", name="Télécharger").first).to_be_visible(timeout=JOB_TIMEOUT)


def produce_pack(visitor: Visitor) -> None:
    """Ask for a Copil pack with its default choices, from where the visitor is or the list; its PDF is ready."""
    page = visitor.page
    if "/packs/new/" not in page.url:
        visitor.go("/packs/new/")
    page.get_by_role("button", name="Produire le dossier").click()
    expect(page.get_by_role("link", name="Télécharger le PDF")).to_be_visible(timeout=JOB_TIMEOUT)
