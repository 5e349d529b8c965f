"""Imports through the API."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portfolio.people.actions import create_pole
from portfolio.projects.models import Project
from tests.integrations.imports.files import sample
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
