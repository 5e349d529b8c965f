"""Imports through the front door."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.imports.models import Import, ImportState
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Task
from portfolio.projects.actions import change_project, create_project
from portfolio.projects.models import Programme, Project
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job
from tech4value.tables.exporting import export_rows, state_of
from tests.integrations.imports.files import sample, workbook
from tests.world import World

Sign = Callable[[Any], Client]


def upload(content: bytes, name: str = "portefeuille.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def bring(client: Client, world: World, content: bytes, kind: str = "workbook", **data: Any) -> Any:
    name = "portefeuille.xlsx" if kind == "workbook" else "plan.xml"
    return client.post(world.url(f"/imports/{kind}/"), {"file": upload(content, name), **data})


def only(world: World) -> Import:
    with world.within():
        return Import.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_start_page_and_the_template(world: World, client_of: Sign) -> None:
    client = client_of(world.manager)
    page = client.get(world.url("/imports/"))
    assert page.status_code == 200 and "Télécharger le modèle" in text(page) and "Aucun import" in text(page)
    template = client.get(world.url("/imports/template/"))
    assert (
        template.content.startswith(b"PK") and "modele-portefeuille.xlsx" in template.headers["Content-Disposition"]
    )
    world.manager.language = "en"
    world.manager.save()
    assert client.get(world.url("/imports/")).status_code == 200


@pytest.mark.parametrize("who", ["executive", "pole_manager", "member", "end_user", "reader"])
def test_others_may_not_import(world: World, client_of: Sign, who: str) -> None:
    client = client_of(getattr(world, who))
    assert client.get(world.url("/imports/")).status_code == 403
    assert bring(client, world, sample("portefeuille.xlsx")).status_code == 403
    assert only_count(world) == 0


def only_count(world: World) -> int:
    with world.within():
        return Import.objects.count()


def test_a_faulty_workbook_shows_each_error_and_cannot_run(world: World, client_of: Sign) -> None:
    client = client_of(world.pmo)
    answer = bring(client, world, sample("portefeuille.xlsx"))
    row = only(world)
    assert answer.status_code == 302 and answer.headers["Location"] == world.url(f"/imports/{row.pk}/")
    page = text(client.get(answer.headers["Location"]))
    for one in row.preview["problems"]:
        if one["severity"] == "error":
            assert f"{one['sheet']}!{one['column']}{one['row']}" in page
    assert ("disabled" in page and "erreurs à corriger" in page) or "erreur à corriger" in page
    refused = client.post(world.url(f"/imports/{row.pk}/run/"))
    assert refused.status_code == 422 and "Corrigez d’abord les erreurs" in text(refused)
    mended = client.post(world.url(f"/imports/{row.pk}/"), {"file": upload(sample("portefeuille-corrige.xlsx"))})
    assert mended.status_code == 302 and only(world).preview["ok"]
    assert "Socle de gestion" in text(client.get(answer.headers["Location"]))


def test_problems_are_filtered(world: World, client_of: Sign) -> None:
    client = client_of(world.pmo)
    url = bring(client, world, sample("portefeuille.xlsx")).headers["Location"]
    assert "Erreurs</h2>" in text(client.get(url, {"severity": "error"}))
    assert "Avertissements</h2>" not in text(client.get(url, {"severity": "error"}))
    assert client.get(url, {"sheet": "Nulle part"}).status_code == 200


def _zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    return stream.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Project><Name>&a;</Name></Project>'
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
BAD_FILES = {
    "empty": ("workbook", b"", "Le fichier est vide"),
    "xls": ("workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien classeur Excel (.xls)"),
    "csv": ("workbook", b"code;nom\nVPN;Acces\n", "pas un classeur Excel"),
    "encrypted": ("workbook", ENCRYPTED, "protégé par un mot de passe"),
    "bomb": ("workbook", None, "démesuré"),
    "truncated": ("workbook", None, "endommagé"),
    "too large": ("workbook", b"PK" + b"\0" * 20_000_001, "20 Mo sont acceptés au plus"),
    "not mspdi": ("plan", b"<?xml version='1.0'?><rss></rss>", "ne vient pas de Microsoft Project"),
    "entities": ("plan", ENTITIES, "déclarations XML interdites"),
    "no xml": ("plan", b"PK\x03\x04", "pas un fichier XML lisible"),
    "cut": ("plan", b"<?xml version='1.0'?><Project><Tasks><Task>", "s’arrête avant sa fin"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_kept(world: World, client_of: Sign, name: str) -> None:
    kind, content, sentence = BAD_FILES[name]
    if name == "bomb":
        content = _zip_bomb()
    elif name == "truncated":
        content = sample("portefeuille.xlsx")[:-200]
    with world.within():
        pole = create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
    assert content is not None
    answer = bring(client_of(world.pmo), world, content, kind, code="X", pole=str(pole.pk))
    assert answer.status_code == 422
    assert sentence in text(answer)
    with world.within():
        assert not Import.objects.exists() and not StoredFile.objects.exists()


def test_a_plan_needs_a_place(world: World, client_of: Sign) -> None:
    answer = bring(client_of(world.pmo), world, sample("plan-projet.xml"), "plan")
    assert answer.status_code == 422 and "donnez le code du nouveau" in text(answer)
    none = client_of(world.pmo).post(world.url("/imports/workbook/"), {})
    assert none.status_code == 422 and "Choisissez le fichier" in text(none)


def test_another_tenants_import_is_not_found(world: World, client_of: Sign) -> None:
    client = client_of(world.pmo)
    bring(client, world, sample("portefeuille.xlsx"))
    row = only(world)
    stranger = client_of(world.stranger)
    for path in ("", "progress/"):
        assert stranger.get(world.url(f"/imports/{row.pk}/{path}", world.chantier)).status_code == 404
    for path in ("", "run/", "undo/"):
        assert stranger.post(world.url(f"/imports/{row.pk}/{path}", world.chantier)).status_code == 404
    # A project manager sees their own imports only, and nobody else's file.
    manager = client_of(world.manager)
    assert manager.get(world.url(f"/imports/{row.pk}/")).status_code == 404
    assert manager.get(world.url(f"/files/{row.file_id}/")).status_code == 404
    assert client.get(world.url(f"/files/{row.file_id}/")).status_code == 200


def test_a_workbook_is_run_by_a_job_and_undone(live_world: World, client_of: Sign) -> None:
    world = live_world
    client = client_of(world.pmo)
    url = bring(client, world, sample("portefeuille-corrige.xlsx")).headers["Location"]
    assert client.post(f"{url}run/").status_code == 302
    row = only(world)
    assert row.state == ImportState.DONE and "L’import est terminé" in text(client.get(url))
    with world.within():
        assert Project.objects.count() == 6 and row.job.state == "done"
    progress = client.get(f"{url}progress/")
    assert progress.headers["HX-Refresh"] == "true"
    assert client.post(f"{url}run/").status_code == 422
    assert client.post(f"{url}undo/").status_code == 302
    assert only(world).state == ImportState.UNDONE
    with world.within():
        assert not Project.objects.exists() and not Person.objects.exists() and not Programme.objects.exists()
    assert "a été annulé" in text(client.get(url))
    client.post(f"{url}run/")
    assert only(world).state == ImportState.DONE


def test_an_undo_stops_at_what_others_have_changed(live_world: World, client_of: Sign) -> None:
    world = live_world
    client = client_of(world.pmo)
    url = bring(client, world, sample("portefeuille-corrige.xlsx")).headers["Location"]
    client.post(f"{url}run/")
    with world.within():
        vpn = Project.objects.get(code="VPN")
        change_project(actor=world.memberships["admin"].actor, project=vpn, values={"name": "Accès réparé"})
    refused = client.post(f"{url}undo/")
    page = text(refused)
    assert refused.status_code == 409 and only(world).state == ImportState.DONE
    assert "Rien n’a été annulé" in page and "Accès réparé" in page and "Alice Administratrice" in page
    with world.within():
        assert Project.objects.count() == 6


def test_a_run_whose_ground_has_moved_fails_and_shows_why(live_world: World, client_of: Sign) -> None:
    world = live_world
    client = client_of(world.pmo)
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        person = create_person(actor=actor, name="Nina Neuve", email="nina@x.example", pole=pole)
    rows = [
        {
            "code": "VPN",
            "name": "Accès",
            "pole": "IT",
            "method": "agile",
            "manager": "Nina Neuve",
            "starts_on": date(2026, 1, 5),
            "ends_on": date(2026, 9, 30),
        }
    ]
    url = bring(client, world, workbook(projects=rows)).headers["Location"]
    assert only(world).preview["ok"]
    with world.within():
        from portfolio.people.actions import delete_person

        delete_person(actor=actor, person=person)
    client.post(f"{url}run/")
    row = only(world)
    assert row.state == ImportState.FAILED and not row.preview["ok"]
    page = text(client.get(url))
    assert "Les données ont changé depuis l’aperçu" in page and "Projets!F2" in page
    with world.within():
        assert not Project.objects.exists()


def test_what_a_row_would_change_is_shown(world: World, client_of: Sign) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        dates = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 9, 30)}
        create_project(actor=actor, code="VPN", name="Accès", pole=pole, method="agile", **dates)
    rows = [{"code": "vpn", "name": "Accès distant", "pole": "IT", "method": "agile", **dates}]
    rows[0]["ends_on"] = date(2026, 10, 30)
    client = client_of(world.pmo)
    page = text(client.get(bring(client, world, workbook(projects=rows)).headers["Location"]))
    assert "Ce qui changerait" in page and "30/09/2026" in page and "30/10/2026" in page and "Accès distant" in page


def test_a_project_manager_updates_own_projects_only(world: World, client_of: Sign) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"], pole=pole)
        dates = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 9, 30)}
        create_project(actor=actor, code="MINE", name="Le mien", pole=pole, manager=chloe, method="agile", **dates)
        create_project(actor=actor, code="THEIRS", name="Le leur", pole=pole, method="agile", **dates)
    lines = [
        {"project": code, "category": "staff", "nature": "opex", "month": date(2026, 3, 1), "planned": Decimal(10)}
        for code in ("MINE", "THEIRS", "NEW")
    ]
    projects = [
        {"code": "THEIRS", "name": "Le leur", "pole": "IT", "method": "agile", **dates},  # as it is: no right needed
        {"code": "NEW", "name": "Nouveau", "pole": "IT", "method": "agile", **dates},
        {"code": "NEW2", "name": "Nouveau", "pole": "Cuisine", "method": "agile", **dates},
    ]
    people = [{"name": "Nina", "email": "nina@x.example", "pole": "IT"}]
    client = client_of(world.manager)
    bring(client, world, workbook(projects=projects, budget=lines, people=people))
    problems = [(one["code"], one["sheet"], one["row"]) for one in only(world).preview["problems"]]
    assert problems == [
        ("pole_not_allowed", "Projets", 4),
        ("project_not_yours", "Budget", 3),
        ("people_not_allowed", "Personnes", 2),
    ]


def test_a_plan_is_previewed_mapped_and_run(live_world: World, client_of: Sign) -> None:
    world = live_world
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        nina = create_person(actor=actor, name="Nina Neuve", pole=pole)
    client = client_of(world.pmo)
    url = bring(client, world, sample("plan-projet.xml"), "plan", code="vpn", pole=str(pole.pk)).headers["Location"]
    row = only(world)
    page = text(client.get(url))
    assert "Qui sont les ressources du plan" in page and "VPN" in page
    first, *others = row.preview["resources"]
    people = {f"resource_{first['uid']}": str(nina.pk), **{f"resource_{one['uid']}": "new" for one in others}}
    missing = client.post(f"{url}run/", {})
    assert missing.status_code == 422
    assert client.post(f"{url}run/", people).status_code == 302
    row = only(world)
    assert row.state == ImportState.DONE
    with world.within():
        assert Project.objects.get().code == "VPN"
        assert Task.objects.count() == row.preview["counts"]["tasks"]
        assert Person.objects.filter(is_external=True).count() == len(others)
    assert client.post(f"{url}undo/").status_code == 302
    assert only(world).state == ImportState.UNDONE
    with world.within():
        assert not Project.objects.exists() and not Task.objects.exists() and Person.objects.count() == 1
        assert Pole.objects.count() == 1


def test_the_list_costs_the_same_for_3_and_30(world: World, client_of: Sign) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(world.pmo)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(world.url("/imports/")).status_code == 200
        return len(captured)

    for _number in range(3):
        bring(client, world, workbook())
    client.get(world.url("/imports/"))
    few = queries()
    for _number in range(20):
        bring(client, world, workbook())
    assert queries() == few


def test_the_imports_are_a_list_like_the_others(world: World, client_of: Sign) -> None:
    """The PMO finds an import among others; a project manager sees and exports their own only."""
    pmo, manager = client_of(world.pmo), client_of(world.manager)
    table = b"Code;Nom\nA;B\n"
    for client, kind, content, name in (
        (pmo, "workbook", workbook(), "Écarts.xlsx"),
        (pmo, "workbook", workbook(), "budget.xlsx"),
        (manager, "table", table, "risques.csv"),
    ):
        assert client.post(world.url(f"/imports/{kind}/"), {"file": upload(content, name)}).status_code == 302

    def names(client: Client, query: str = "") -> list[str]:
        found = client.get(world.url(f"/imports/?{query}")).context["list"]
        assert found.state.problems == []
        return [row.file.name for row in found.page.object_list]

    assert names(pmo, "sort=file") == ["budget.xlsx", "Écarts.xlsx", "risques.csv"]
    assert names(pmo) == ["risques.csv", "budget.xlsx", "Écarts.xlsx"]
    assert names(pmo, "kind=table") == ["risques.csv"]
    assert names(pmo, "q=ecarts") == ["Écarts.xlsx"]
    assert names(pmo, "state=preparing&sort=-created,by") == ["risques.csv"]
    assert names(manager) == ["risques.csv"]
    assert pmo.post(world.url("/tables/imports/export/"), {"format": "csv", "query": "sort=file"}).status_code == 302
    with world.within():
        count, rows = export_rows(
            state_of(world.memberships["manager"], Job.objects.get(kind="tables.export").params)
        )
        assert count == 1 and [row[:2] for row in rows] == [["risques.csv", "Tableau"]]
