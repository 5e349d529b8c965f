"""What the API says of calls that are nearly right: fields, pages, JSON, filters."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from portfolio.people.actions import create_pole
from portfolio.planning.actions import create_task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from portfolio.risks.actions import create_risk
from tests.world import World


@pytest.fixture
def project(world: World) -> Project:
    with world.within():
        actor = world.memberships["admin"].actor
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31)}
        project = create_project(actor=actor, code="ERP", name="Nouvel ERP", pole=pole, **days)
        for name in ("Cadrer", "Recetter la paie"):
            create_task(actor=actor, project=project, name=name)
        for title in ("Retard du fournisseur", "Reprise incomplète"):
            create_risk(actor=actor, project=project, title=title, probability=3, impact=3)
    return project


@pytest.fixture
def admin(world: World, client_of: Any) -> Client:
    client: Client = client_of(world.admin)
    return client


def first(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    return {name: text.replace("\xa0", " ") for name, text in answer.json()["errors"][0].items()}


def test_a_misspelt_field_is_named_with_the_nearest_one(world: World, admin: Client, project: Project) -> None:
    url = world.url(f"/api/v1/projects/{project.pk}/")
    told = first(admin.patch(url, {"manger": None}, content_type="application/json"))
    assert told == {
        "pointer": "/manger",
        "detail": "Aucun champ ne s’appelle « manger ». Vouliez-vous dire « manager » ?",
    }
    assert (
        "Choisissez parmi : code, name"
        in first(admin.patch(url, {"xyz": 1}, content_type="application/json"))["detail"]
    )
    body = {"rows": [{"code": "A", "name": "A"}, {"code": "B", "name": "B", "nom": "B"}]}
    told = first(admin.post(world.url("/api/v1/poles/bulk/"), body, content_type="application/json"))
    assert told["pointer"] == "/rows/1/nom"


def test_a_row_may_come_back_as_it_was_read(world: World, admin: Client, project: Project) -> None:
    """What only answers have is no mistake."""
    url = world.url(f"/api/v1/projects/{project.pk}/")
    row = admin.get(url).json()
    assert (
        admin.patch(url, row | {"goal": "Clore en cinq jours."}, content_type="application/json").status_code == 200
    )


@pytest.mark.parametrize("size", ["abc", "0", "-1", "501", "99999", "1.5", ""])
def test_a_page_size_out_of_bounds_says_them(world: World, admin: Client, size: str) -> None:
    told = first(admin.get(world.url(f"/api/v1/poles/?page_size={size}")))
    assert told == {"pointer": "/page_size", "detail": "« page_size » est un nombre entier, de 1 à 500."}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code": "IT",\n "name" "x"}', "à partir de la ligne 2, caractère 9"),
        (b'{"code": "\xe9"}', "pas écrit en UTF-8"),
        (b'{"code": NaN}', "NaN ou l’infini"),
    ],
)
def test_what_is_no_json_is_said_in_the_readers_language(
    world: World, admin: Client, client_of: Any, body: bytes, words: str
) -> None:
    url = world.url("/api/v1/poles/")
    answer = admin.generic("POST", url, body, content_type="application/json")
    assert answer.status_code == 400 and words in answer.json()["detail"].replace("\xa0", " ")
    world.executive.language = "en"
    world.executive.save()
    english = client_of(world.executive).generic("POST", url, body, content_type="application/json")
    assert english.status_code in {400, 403} and "Le corps" not in english.json()["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tasks/?name=RECETTER", ["Recetter la paie"]),
        ("tasks/?wbs=1", ["Cadrer"]),
        ("tasks/?wbs=9", []),
        ("risks/?title=fournisseur", ["Retard du fournisseur"]),
        ("risks/?reference=r-002", ["Reprise incomplète"]),
    ],
)
def test_tasks_and_risks_are_found_by_name_and_code(
    world: World, admin: Client, project: Project, query: str, found: list[str]
) -> None:
    rows = admin.get(world.url(f"/api/v1/{query}")).json()["results"]
    assert [row.get("name") or row["title"] for row in rows] == found


def test_the_pages_of_the_api_tell_these_filters_and_bounds(world: World, client_of: Any) -> None:
    for language, bounds, wbs in (
        ("fr", "de 1 à 500", "code WBS est celui-ci"),
        ("en", "from 1 to 500", "WBS code is this"),
    ):
        world.executive.language = language
        world.executive.save()
        page = client_of(world.executive).get(world.url("/api/docs/tasks/")).content.decode()
        assert bounds in page and wbs in page
    assert (
        "Whose reference is this one"
        in client_of(world.executive).get(world.url("/api/docs/risks/")).content.decode()
    )
