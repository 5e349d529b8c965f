"""A table through the screens: its steps, its errors, what is remembered, who may."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from integrations.imports.models import Import, ImportMapping, ImportState
from portfolio.finance.models import BudgetLine
from portfolio.people.actions import create_pole
from portfolio.planning.models import Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from tests.integrations.imports.files import dump
from tests.integrations.imports.test_screens import only, text, upload
from tests.world import World

Sign = Callable[[Any], Client]
PROJECTS = "Code;Nom;Pôle;Début;Fin\nVPN;=1+1;IT;05/01/2026;30/09/2026\nCRM;Client;Cuisine;05/01/2026;30/09/2026\n"
CHOICES = {
    "key": "code",
    "date_order": "dmy",
    "decimal": ",",
    "clear_empty": "keep",
    "create_unknown": "refuse",
    **{f"column_{index}": name for index, name in enumerate(("code", "name", "pole", "starts_on", "ends_on"))},
}


def bring_table(client: Client, world: World, content: str, name: str = "projets.csv", **data: Any) -> Any:
    return client.post(world.url("/imports/table/"), {"file": upload(content.encode(), name), **data})


def with_pole(world: World) -> Any:
    return create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")


def test_a_table_step_by_step(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        with_pole(world)
    client = client_of(world.pmo)
    url = bring_table(client, world, PROJECTS).headers["Location"]
    assert client.get(url).headers["Location"] == f"{url}reading/"
    page = text(client.get(f"{url}reading/"))
    assert "Ligne des titres" in page and "2 lignes sous les titres" in page
    wrong = {"target": "projects", "header_row": "3", "encoding": "utf-8", "separator": ";", "skip_totals": "on"}
    assert "choisissez-en une autre" in text(client.post(f"{url}reading/", wrong))
    answer = client.post(f"{url}reading/", wrong | {"header_row": "1"})
    assert answer.headers["Location"] == f"{url}columns/"
    assert "Retrouver les lignes existantes par" in text(client.get(f"{url}columns/"))
    twice = client.post(f"{url}columns/", CHOICES | {"column_2": "name"})
    assert twice.status_code == 422 and "Deux colonnes vont au même champ" in text(twice)
    nothing = client.post(f"{url}columns/", {**CHOICES, "fixed_starts_on": "hier"})
    assert nothing.status_code == 422 and "pas une date" in text(nothing)
    chosen = client.post(f"{url}columns/", CHOICES | {"remember_as": "Nos projets"})
    assert chosen.status_code == 302 and chosen.headers["Location"] == url
    page = text(client.get(url))
    assert "C3" in page and "Aucun pôle ne porte" in page and "Les laisser de côté" in page
    assert client.post(f"{url}run/", {"mode": "all"}).status_code == 422
    assert client.post(f"{url}run/", {"mode": "skip"}).status_code == 302
    row = only(world)
    assert row.state == ImportState.DONE
    page = text(client.get(url))
    assert "1 ligne refusée." in page and "Lignes refusées (.csv)" in page
    refused = client.get(world.url(f"/files/{row.result['refused_files']['csv']}/"))
    assert refused.status_code == 200 and "CRM;Client;Cuisine" in refused.content.decode("utf-8-sig")
    mended = refused.content.decode("utf-8-sig").replace("Cuisine", "IT")
    back = bring_table(client, world, mended, "corrige.csv").headers["Location"]
    assert "correspondance retenue « Nos projets »" in text(client.get(f"{back}columns/"))
    with world.within():
        Import.objects.exclude(pk=row.pk).delete()
        assert Project.objects.get().name == "=1+1"
    assert client.post(f"{url}columns/", CHOICES).headers["Location"] == url
    assert client.post(f"{url}undo/").status_code == 302
    assert only(world).state == ImportState.UNDONE
    again = bring_table(client, world, PROJECTS).headers["Location"]
    assert "correspondance retenue « Nos projets »" in text(client.get(f"{again}columns/"))
    assert "Nos projets" in text(client.get(world.url("/imports/mappings/")))
    with world.within():
        mapping = ImportMapping.objects.get()
    stranger = client_of(world.stranger)
    forget = f"/imports/mappings/{mapping.pk}/forget/"
    assert stranger.post(world.url(forget, world.chantier)).status_code == 404
    assert stranger.get(world.url(f"/imports/{row.pk}/columns/", world.chantier)).status_code == 404
    assert client_of(world.executive).post(world.url(forget)).status_code == 403
    assert client.post(world.url(forget)).status_code == 302
    assert "Aucune correspondance" in text(client.get(world.url("/imports/mappings/")))


def test_files_that_are_no_table(world: World, client_of: Sign) -> None:
    client = client_of(world.pmo)
    for content, sentence in (("", "Le fichier est vide"), ("Code;Nom\n", "aucune ligne de données")):
        answer = bring_table(client, world, content)
        assert answer.status_code == 422 and sentence in text(answer)
    png = client.post(world.url("/imports/table/"), {"file": upload(b"\x89PNG\r\n\x1a\n\0\0", "projets.csv")})
    assert png.status_code == 422 and "ni un classeur Excel" in text(png)
    assert bring_table(client_of(world.member), world, PROJECTS).status_code == 403


def test_a_large_budget_by_jobs(live_world: World, client_of: Sign) -> None:
    world = live_world
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = with_pole(world)
        days = {"starts_on": "2020-01-01", "ends_on": "2029-12-31"}
        for code in ("A", "B"):
            create_project(actor=actor, code=code, name=code, pole=pole, **days)
    months = [f"{month:02}/{year}" for year in range(2020, 2030) for month in range(1, 13)]
    categories = ("Personnel", "Prestations", "Licences", "Infrastructure", "Matériel")
    natures = ("Capex", "Opex")
    lines = [
        f"{code};{category};{nature};{month};1 000,25"
        for code in ("A", "B")
        for category in categories
        for nature in natures
        for month in months
    ]
    client = client_of(world.pmo)
    content = "\n".join(["Projet;Catégorie;Nature;Mois;Réel", *lines]) + "\n"
    url = bring_table(client, world, content, "budget.csv").headers["Location"]
    names = ("project", "category", "nature", "month", "actual")
    choices = CHOICES | {f"column_{index}": name for index, name in enumerate(names)}
    answer = client.post(f"{url}columns/", choices | {"key": "category+nature+month"})
    assert answer.status_code == 302, text(answer)[:3000]
    row = only(world)
    assert row.state == ImportState.PREVIEWED and row.preview["counts"]["create"] == 2_400
    with world.within():
        assert row.job.kind == "imports.preview"
        before = dump(BudgetLine)
    client.post(f"{url}run/", {})
    row = only(world)
    assert row.state == ImportState.DONE, row.result
    assert row.result["report"]["sums"][0]["written"] == "2400600.00" and row.result["report"]["sums"][0]["equal"]
    assert client.post(f"{url}undo/").status_code == 302
    with world.within():
        assert dump(BudgetLine) == before == {"portfolio_finance.BudgetLine": []}


def test_others_work_on_the_plan_before_the_undo(live_world: World, client_of: Sign) -> None:
    """What followed an imported task follows its earlier dates again once the import is undone."""
    from datetime import date

    from portfolio.planning.actions import create_task, link_tasks

    world = live_world
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = with_pole(world)
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31)}
        project = create_project(actor=actor, code="A", name="A", pole=pole, **days)
        first = create_task(actor=actor, project=project, name="Un")
    client = client_of(world.pmo)
    content = "Tâche;Durée (j)\nUn;10\n"
    url = bring_table(client, world, content, "plan.csv", project=str(project.pk)).headers["Location"]
    choices = {**CHOICES, "key": "name", "project": str(project.pk), "column_0": "name", "column_1": "duration"}
    choices = {name: value for name, value in choices.items() if name not in {"column_2", "column_3", "column_4"}}
    assert client.post(f"{url}columns/", choices | {"unit_1": "d"}).status_code == 302
    assert client.post(f"{url}run/", {}).status_code == 302
    with world.within():
        first.refresh_from_db()
        assert first.ends_at.date() == date(2026, 1, 16)
        second = create_task(actor=world.memberships["admin"].actor, project=project, name="Deux")
        link_tasks(actor=world.memberships["admin"].actor, predecessor=first, successor=second)
        second.refresh_from_db()
        assert second.starts_at.date() == date(2026, 1, 19)
    assert client.post(f"{url}undo/").status_code == 302, only(world).result
    assert only(world).state == ImportState.UNDONE
    with world.within():
        assert Task.objects.get(name="Un").ends_at.date() == date(2026, 1, 5)
        assert Task.objects.get(name="Deux").starts_at.date() == date(2026, 1, 6)
