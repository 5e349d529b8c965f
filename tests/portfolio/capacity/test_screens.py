"""The capacity pages and API: what a cell says leads to the tasks that make it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_person
from tests.portfolio.capacity.conftest import Team
from tests.world import World

ClientOf = Callable[[Any], Client]


def test_the_heatmap_leads_from_pole_to_tasks(world: World, team: Team, client_of: ClientOf) -> None:
    browser = client_of(world.pole_manager)
    page = browser.get(world.url("/capacity/"), {"start": "2026-03"}).content.decode()
    for words in ("Informatique", "Sans pôle", "Ensemble", "67\xa0%", "load-under"):
        assert words in page, words
    assert "1 / 1,5" in browser.get(world.url("/capacity/"), {"start": "2026-03", "unit": "fte"}).content.decode()
    pole = browser.get(world.url(f"/capacity/poles/{team.it.pk}/"), {"start": "2026-03"}).content.decode()
    assert "Inès Roy" in pole
    assert "Lou Seul" not in pole
    assert "Lou Seul" in browser.get(world.url("/capacity/poles/none/")).content.decode()
    cell = browser.get(world.url(f"/capacity/poles/{team.it.pk}/cells/2026-03/")).content.decode()
    assert "Formule" in cell
    assert "Inès Roy" in cell
    person = browser.get(world.url(f"/capacity/persons/{team.ines.pk}/2026-03/")).content.decode()
    assert "Nouvel ERP, Reprise (22\xa0j)" in person


@pytest.mark.parametrize("start", ["", "2026-13", "hier", "1850-01", "9999-12"])
def test_any_month_is_answered(world: World, team: Team, client_of: ClientOf, start: str) -> None:
    assert client_of(world.executive).get(world.url("/capacity/"), {"start": start}).status_code == 200


def test_filters_narrow_the_load_not_the_capacity(world: World, team: Team, client_of: ClientOf) -> None:
    page = client_of(world.executive).get(
        world.url("/capacity/"), {"start": "2026-03", "sponsor": str(team.ines.pk), "pole": str(team.it.pk)}
    )
    assert page.status_code == 200
    assert "Sans pôle" not in page.content.decode()


def test_who_may_see(world: World, team: Team, client_of: ClientOf) -> None:
    for path in ("/capacity/", f"/capacity/poles/{team.it.pk}/", "/api/v1/capacity/"):
        assert client_of(world.member).get(world.url(path)).status_code == 403
    for path in (
        f"/capacity/poles/{team.it.pk}/",
        f"/capacity/persons/{team.ines.pk}/2026-03/",
        "/capacity/poles/x/",
    ):
        assert client_of(world.stranger).get(world.url(path, world.chantier)).status_code == 404


def test_an_empty_company_is_told_what_to_do(world: World, client_of: ClientOf) -> None:
    page = client_of(world.stranger).get(world.url("/capacity/", world.chantier)).content.decode()
    assert "Personne pour l’instant" in page


def test_the_api_reads_capacity(world: World, team: Team, client_of: ClientOf) -> None:
    url = world.url("/api/v1/capacity/")
    browser = client_of(world.executive)
    rows = browser.get(url, {"first_month": "2026-03-15", "months": 2, "pole": str(team.it.pk)}).json()
    assert [(row["month"], row["ratio"], row["state"]) for row in rows] == [
        ("2026-03-01", "0.6667", "under"), ("2026-04-01", "0.6667", "under"),
    ]  # fmt: skip
    for bad in ({"months": 99}, {"first_month": "hier"}, {"pole": "x"}, {"first_month": "0001-01-01"}):
        assert browser.get(url, bad).status_code == 400


def test_the_number_of_statements_is_bounded(world: World, team: Team, client_of: ClientOf) -> None:
    browser = client_of(world.executive)
    paths = ["/capacity/", f"/capacity/poles/{team.it.pk}/"]

    def counts() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                browser.get(world.url(path), {"start": "2026-03"})
            found.append(len(captured))
        return found

    counts()  # the first request of a day also notes that the member was there
    before = counts()
    with world.within():
        for number in range(30):
            create_person(actor=team.actor, name=f"Personne {number}", pole=team.it)
    assert counts() == before
