"""Imports through the API."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.imports.models import Import
from portfolio.people.actions import create_pole
from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.accounts.token_scopes import TokenArea
from tests.integrations.imports.files import sample
from tests.tech4value.accounts.test_tokens import call, secret_of
from tests.world import World

Sign = Callable[[Any], Client]


def send(client: Client, world: World, content: bytes, kind: str = "workbook", **data: Any) -> Any:
    file = SimpleUploadedFile("fichier", content)
    return client.post(world.url("/api/v1/imports/"), {"kind": kind, "file": file, **data})


def test_a_workbook_is_brought_run_and_undone(live_world: World, client_of: Sign) -> None:
    world = live_world
    client = client_of(world.pmo)
    faulty = send(client, world, sample("portefeuille.xlsx")).json()
    assert faulty["state"] == "previewed" and not faulty["preview"]["ok"]
    error = next(one for one in faulty["problems"] if one["is_error"])
    assert "!" in error["place"] and error["detail"]
    refused = client.post(world.url(f"/api/v1/imports/{faulty['id']}/run/"), {}, content_type="application/json")
    assert refused.status_code == 400 and refused.headers["Content-Type"] == "application/problem+json"

    sent = send(client, world, sample("portefeuille-corrige.xlsx"))
    assert sent.status_code == 201
    url = world.url(f"/api/v1/imports/{sent.json()['id']}/")
    assert client.post(f"{url}run/", {}, content_type="application/json").status_code == 202
    assert client.get(url).json()["state"] == "done"
    assert "sources" not in client.get(url).json()["result"]
    with world.within():
        assert Project.objects.count() == 6
    assert client.post(f"{url}undo/").json()["state"] == "undone"
    with world.within():
        assert not Project.objects.exists()
    listed = client.get(world.url("/api/v1/imports/")).json()["results"]
    assert len(listed) == 2 and "problems" not in listed[0]


def test_a_plan_takes_choices(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        pole = create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
    client = client_of(world.pmo)
    nowhere = send(client, world, sample("plan-projet.xml"), "mspdi")
    assert nowhere.status_code == 400
    sent = send(client, world, sample("plan-projet.xml"), "mspdi", code="VPN", pole=str(pole.pk)).json()
    url = world.url(f"/api/v1/imports/{sent['id']}/")
    people = {one["uid"]: "skip" for one in sent["preview"]["resources"]}
    wrong = client.post(f"{url}run/", {"people": {"999": "skip"}}, content_type="application/json")
    assert wrong.status_code == 400
    nobody = client.post(f"{url}run/", {"people": dict.fromkeys(people, "x")}, content_type="application/json")
    assert nobody.status_code == 400
    assert client.post(f"{url}run/", {"people": people}, content_type="application/json").status_code == 202
    done = client.get(url).json()
    assert done["state"] == "done" and done["result"]["people"] == 0 and done["result"]["assignments"] == 0


def test_refusals(world: World, client_of: Sign) -> None:
    client = client_of(world.pmo)
    assert send(client, world, b"").status_code == 400
    assert "vide" in send(client, world, b"").json()["detail"]
    assert send(client, world, b"x", kind="csv").status_code == 400
    assert send(client_of(world.executive), world, b"x").status_code == 403
    sent = send(client, world, sample("portefeuille.xlsx")).json()
    assert client_of(world.manager).get(world.url(f"/api/v1/imports/{sent['id']}/")).status_code == 404
    stranger = client_of(world.stranger)
    assert stranger.get(world.url(f"/api/v1/imports/{sent['id']}/", world.chantier)).status_code == 404
    assert stranger.post(world.url(f"/api/v1/imports/{sent['id']}/undo/", world.chantier)).status_code == 404
    assert client.post(world.url(f"/api/v1/imports/{sent['id']}/undo/")).status_code == 400


TABLE = "Code;Nom;Pôle;Début;Fin\nVPN;Accès;IT;05/01/2026;30/09/2026\nCRM;Client;?;05/01/2026;30/09/2026\n".encode()


def test_a_table_is_read_mapped_tried_run_and_undone(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
    client = client_of(world.pmo)
    sent = send(client, world, TABLE, "table")
    assert sent.status_code == 201, sent.content
    body = sent.json()
    assert body["state"] == "preparing" and body["table"]["target"] == "projects" and not body["table"]["chosen"]
    url = world.url(f"/api/v1/imports/{body['id']}/")

    def post(path: str, **data: Any) -> Any:
        return client.post(f"{url}{path}/", data, content_type="application/json")

    assert post("run").status_code == 400
    assert post("reading", header_row=1, target="projects").json()["table"]["headings"][0]["text"] == "Code"
    assert post("columns", columns=[{"index": 0, "field": "nothing"}]).status_code == 400
    assert post("columns", key=["wbs"]).status_code == 400
    assert post("columns", fixed={"nothing": "x"}).status_code == 400
    previewed = post("columns", remember_as="Par l’API").json()
    assert previewed["state"] == "previewed" and previewed["preview"]["counts"]["refused"] == 1
    assert post("run").status_code == 400
    assert post("run", skip_faulty=True, dry=True).status_code == 202
    assert client.get(url).json()["state"] == "previewed"
    with world.within():
        assert not Project.objects.exists()
    assert post("run", skip_faulty=True).status_code == 202
    report = client.get(f"{url}report/").json()
    assert report["counts"] == {"create": 1, "update": 0, "same": 0, "skipped": 0, "refused": 1}
    assert set(report["refused_files"]) == {"csv", "xlsx"} and report["dry"] is False
    assert post("columns").status_code == 400
    assert client.post(f"{url}undo/").json()["state"] == "undone"
    assert (
        client_of(world.stranger).get(world.url(f"/api/v1/imports/{body['id']}/report/", world.chantier)).status_code
        == 404
    )
    workbook = send(client, world, sample("portefeuille-corrige.xlsx")).json()
    answer = client.get(world.url(f"/api/v1/imports/{workbook['id']}/report/"))
    assert answer.status_code == 400


def test_the_job_of_a_token_does_no_more_than_the_token(live_world: World) -> None:
    """The PMO may add people; her token for the portfolio may not, at once nor by a job."""
    world = live_world
    secret = secret_of(world, areas=(TokenArea.PORTFOLIO,))
    file = SimpleUploadedFile("people.csv", b"Nom;Adresse e-mail\nNora Nouvelle;nora@atelier.example\n")
    sent = call("/imports/", secret, verb="post", data={"kind": "table", "file": file}).json()
    assert sent["table"]["target"] == "people", sent
    previewed = call(
        f"/imports/{sent['id']}/columns/", secret, verb="post", data={}, content_type="application/json"
    ).json()
    assert previewed["preview"]["counts"]["create"] == 0, "the preview knows what the token lacks"
    # As of an import that its person has previewed with all of her rights.
    with world.within():
        Import.objects.update(preview={**Import.objects.get().preview, "ok": True})
    ran = call(f"/imports/{sent['id']}/run/", secret, verb="post", data={}, content_type="application/json")
    assert ran.status_code == 202, ran.content
    with world.within():
        assert not Person.objects.filter(name="Nora Nouvelle").exists()
        assert Import.objects.get().state == "failed"
