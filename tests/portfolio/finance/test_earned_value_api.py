"""Earned value through the API: each project, its tasks, the whole."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.portfolio.finance.conftest import Budgets
from tests.portfolio.finance.test_earned_value_screens import Measured, measured  # noqa: F401 - a fixture
from tests.world import World

Sign = Callable[[Any], Client]


def test_an_executive_reads_each_project_and_the_whole(
    world: World,
    measured: Measured,  # noqa: F811 - the fixture
    client_of: Sign,
) -> None:
    client = client_of(world.executive)
    url = world.url("/api/v1/earned-value/")
    rows = {row["code"]: row for row in client.get(url).json()["results"]}
    assert set(rows) == {"ERP", "SITE", "MESURE", "AUTRE"}
    assert rows["AUTRE"]["value"] is None and "n’a pas de plan" in rows["AUTRE"]["why"]
    value = rows["MESURE"]["value"]
    assert (value["planned_value"], value["earned_value"], value["actual_cost"]) == ("700.00", "550.00", "700.00")
    assert (value["cost_performance_index"], value["missing"]) == ("0.7857", {})
    one = client.get(f"{url}{measured.erp.pk}/").json()
    assert [task["name"] for task in one["tasks"]] == ["Cadrer", "Construire"]
    assert one["curve"] == [
        {"month": "2026-06-01", "planned_value": "1000.00", "earned_value": "550.00", "actual_cost": "700.00"}
    ]
    assert one["schedule"]["reached_on"] == "2026-06-08"
    assert client.get(f"{url}{measured.site.pk}/").json()["tasks"] == []
    total = client.get(world.url("/api/v1/earned-value-total/")).json()
    assert (total["projects"], total["measured"]) == (4, 1)
    assert total["value"]["estimate_at_completion"] == "1272.73"
    none = client.get(world.url("/api/v1/earned-value-total/?phase=closed")).json()
    assert none["value"] is none["schedule"] is None and none["curve"] == []


def test_who_may_and_what_is_refused(world: World, budgets: Budgets, client_of: Sign) -> None:
    url = world.url("/api/v1/earned-value/")
    assert client_of(world.member).get(url).status_code == 403
    assert client_of(world.admin).get(f"{url}{budgets.theirs.pk}/").status_code == 404
    assert client_of(world.admin).get(f"{url}?colour=red").status_code == 400
    assert client_of(world.admin).get(world.url("/api/v1/earned-value-total/?colour=red")).status_code == 400
