"""Project facts in the API: what the dashboard knows, to those who steer."""

from typing import Any

import pytest

from tests.reporting.dashboards.portfolio_rows import TODAY, line, make_pole, make_project, report, risk
from tests.world import World


@pytest.fixture
def portfolio(world: World) -> World:
    with world.within():
        rgpd = make_project("RGPD")
        make_project("ODOO", pole=make_pole("FIN", "Finance"))
        report(rgpd, TODAY, "stormy")
        line(rgpd, 0, planned=100, forecast=120)
        risk(rgpd, "R-1", 5, 5)
    return world


def test_facts_are_listed_and_filtered(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.executive)
    url = portfolio.url("/api/v1/project-facts/")
    rows = client.get(url).json()["results"]
    assert [row["code"] for row in rows] == ["RGPD", "ODOO"]
    assert (rows[0]["planned"], rows[0]["forecast"], rows[0]["top_risk_score"]) == ("100.00", "120.00", 25)
    assert [row["code"] for row in client.get(f"{url}?weather=stormy").json()["results"]] == ["RGPD"]
    assert client.get(f"{url}{rows[0]['id']}/").json() == rows[0]
    wrong = client.get(f"{url}?weather=foggy")
    assert wrong.status_code == 400 and wrong.headers["Content-Type"].startswith("application/problem+json")


def test_nothing_can_be_written(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.admin)
    url = portfolio.url("/api/v1/project-facts/")
    assert client.post(url, {}, content_type="application/json").status_code == 405


def test_only_for_those_who_steer_and_of_their_own_tenant(portfolio: World, client_of: Any) -> None:
    row = client_of(portfolio.executive).get(portfolio.url("/api/v1/project-facts/")).json()["results"][0]
    assert client_of(portfolio.member).get(portfolio.url("/api/v1/project-facts/")).status_code == 403
    foreign = portfolio.url(f"/api/v1/project-facts/{row['id']}/", portfolio.chantier)
    assert client_of(portfolio.stranger).get(foreign).status_code == 404
