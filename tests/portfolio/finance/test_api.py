"""Budget lines through the API."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from portfolio.finance.models import BudgetLine
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"


def test_lines_are_listed_filtered_and_foreign_ones_are_not(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.executive)
    url = world.url("/api/v1/budget-lines/")
    assert len(client.get(url).json()["results"]) == 4
    assert (
        len(client.get(f"{url}?project={budgets.erp.pk}&nature=capex&month_from=2026-02-01").json()["results"]) == 1
    )
    assert client.get(f"{url}?project={budgets.theirs.pk}").json()["results"] == []
    assert client.get(f"{url}?nature=x").status_code == 400
    assert client.get(f"{url}{budgets.their_line.pk}/").status_code == 404
    assert client_of(world.member).get(url).status_code == 403


def test_a_line_is_created_changed_and_deleted(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = world.url("/api/v1/budget-lines/")
    body = {
        "project": str(budgets.erp.pk),
        "category": "hardware",
        "nature": "capex",
        "month": "2026-07-19",
        "planned": "12.50",
    }
    made = client.post(url, body, content_type=JSON)
    assert (made.status_code, made.json()["month"]) == (201, "2026-07-01")
    assert "existe déjà" in client.post(url, body, content_type=JSON).json()["detail"]
    one = f"{url}{made.json()['id']}/"
    refused = client.patch(one, {"planned": "-1"}, content_type=JSON)
    assert refused.status_code == 400 and refused.json()["errors"][0]["pointer"] == "/planned"
    assert client.patch(one, {"actual": "-1.20", "version": 1}, content_type=JSON).json()["version"] == 2
    assert client.patch(one, {"actual": "3", "version": 1}, content_type=JSON).status_code == 409
    moved = client.patch(one, {"project": str(budgets.site.pk)}, content_type=JSON)
    assert moved.status_code == 400 and "ne change pas de projet" in moved.json()["detail"]
    assert client.delete(one).status_code == 204
    with world.within():
        assert BudgetLine.everything.get(category="hardware").deleted_at is not None


def test_who_may(world: World, budgets: Budgets, client_of: Sign) -> None:
    body = {"project": str(budgets.site.pk), "category": "other", "nature": "opex", "month": "2026-07-01"}
    url = world.url("/api/v1/budget-lines/")
    assert client_of(world.manager).post(url, body, content_type=JSON).status_code == 403
    assert client_of(world.executive).post(url, body, content_type=JSON).status_code == 403
    foreign = {**body, "project": str(budgets.theirs.pk)}
    assert client_of(world.admin).post(url, foreign, content_type=JSON).status_code == 400
    assert client_of(world.admin).post(url, body, content_type=JSON).status_code == 201
    assert client_of(world.admin).patch(f"{url}{budgets.their_line.pk}/", {}, content_type=JSON).status_code == 404
    assert client_of(world.admin).delete(f"{url}{budgets.their_line.pk}/").status_code == 404
