"""The dashboard's pages, through the front door."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.capacity.models import LoadMonth
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person
from portfolio.projects.models import Project, Weather
from reporting.dashboards.figures import FIGURES
from reporting.dashboards.queries import portfolio_facts
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import ExternalRef
from tech4value.audit.writing import create, update
from tech4value.tenancy.clock import today
from tech4value.web.live import version
from tests.reporting.dashboards.portfolio_rows import (
    line,
    make_person,
    make_pole,
    make_project,
    promise,
    report,
    risk,
)
from tests.world import World

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def portfolio(world: World) -> World:
    """Two projects on the day of the test."""
    with world.within():
        day = today()
        rgpd = make_project("RGPD", name="Mise en conformité <RGPD>", sponsor=make_person("Diane Sponsor"))
        odoo = make_project("ODOO", name="Odoo", pole=make_pole("FIN", "Finance"))
        report(rgpd, day, Weather.STORMY)
        report(odoo, day, Weather.SUNNY)
        create(SYSTEM, BudgetLine(project=rgpd, category="staff", nature="opex", month=day.replace(day=1),
               planned=Decimal(100000), actual=Decimal(40000), forecast=Decimal(184000)))  # fmt: skip
        promise(rgpd, "Audit externe", day - timedelta(days=12))
        promise(odoo, "Bascule", day + timedelta(days=30))
        risk(rgpd, "R-1", 5, 5)
        risk(odoo, "R-1", 1, 1)
    return world


def page(client: Any, url: str, **headers: Any) -> str:
    response = client.get(url, **headers)
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_executive_reads_what_is_wrong_and_what_it_costs(portfolio: World, client_of: Any) -> None:
    text = page(client_of(portfolio.executive), portfolio.url("/dashboard/"))
    assert "1 projet en orage : Mise en conformité <RGPD>." in text
    assert "Dépassement prévu de 84 k€ (84,0 % du budget), surtout Mise en conformité <RGPD> (84 k€)." in text
    assert "1 jalon en retard : « Audit externe » de Mise en conformité <RGPD>, depuis 12 j calendaires." in text
    assert "1 risque critique : « Risque R-1 » (Mise en conformité <RGPD>)." in text
    assert "En retard de 12 j calendaires" in text and "Bascule" in text
    assert text.index("Mise en conformité <RGPD></a>") < text.index("Odoo</a>")
    for key in FIGURES:
        assert f"/t/atelier/dashboard/explain/{key}/" in text


def test_in_english(portfolio: World, client_of: Any) -> None:
    portfolio.executive.language = "en"
    portfolio.executive.save()
    response = client_of(portfolio.executive).get(portfolio.url("/dashboard/"))
    assert response.status_code == 200 and response.headers["Content-Language"] == "en"
    assert "€84k" in response.content.decode()


@pytest.mark.parametrize("key", ["member", "end_user", "reader"])
@pytest.mark.parametrize(
    "path", ["/dashboard/", "/dashboard/explain/spent/", "/dashboard/rows/risks/", "/dashboard/milestones/"]
)
def test_those_who_do_not_steer_are_refused(portfolio: World, client_of: Any, key: str, path: str) -> None:
    assert client_of(portfolio.users[key]).get(portfolio.url(path)).status_code == 403


def test_the_other_tenant_shows_none_of_it(portfolio: World, client_of: Any) -> None:
    stranger = client_of(portfolio.stranger)
    text = page(stranger, portfolio.url("/dashboard/", portfolio.chantier))
    assert "Le portefeuille est vide" in text and "RGPD" not in text
    assert stranger.get(portfolio.url("/dashboard/")).status_code == 404


def test_filters_are_in_the_address_and_follow_every_link(portfolio: World, client_of: Any) -> None:
    with portfolio.within():
        finance = Project.objects.get(code="ODOO").pole_id
    text = page(client_of(portfolio.executive), portfolio.url(f"/dashboard/?pole={finance}"))
    assert "Odoo</a>" in text and "Mise en conformité" not in text
    assert "Rien d’anormal" in text
    assert f"/t/atelier/dashboard/explain/risks/?pole={finance}" in text
    assert f"/t/atelier/dashboard/milestones/?pole={finance}" in text
    nothing = page(
        client_of(portfolio.executive), portfolio.url("/dashboard/?pole=01900000-0000-7000-8000-000000000000")
    )
    assert "Aucun projet pour ces filtres" in nothing
    whatever = page(client_of(portfolio.executive), portfolio.url("/dashboard/?pole=x&sort=nothing&page=999&chart=x"))
    assert "Odoo</a>" in whatever


def test_the_table_sorts_by_its_columns(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.executive)
    for sort, first in {"name": "Mise en", "-name": "Odoo", "weather": "Mise en", "-weather": "Odoo"}.items():
        text = page(client, portfolio.url(f"/dashboard/?sort={sort}"))
        table = text[text.index('id="dash-project-table"') :]
        names = sorted(("Mise en conformité <RGPD></a>", "Odoo</a>"), key=table.index)
        assert names[0].startswith(first), sort
    for sort in ("trend", "progress", "spent", "variance", "milestone", "risk"):
        page(client, portfolio.url(f"/dashboard/?sort={sort}"))
        page(client, portfolio.url(f"/dashboard/?sort=-{sort}"))


@pytest.mark.parametrize("key", list(FIGURES))
def test_each_figure_explains_itself(portfolio: World, client_of: Any, key: str) -> None:
    client = client_of(portfolio.executive)
    panel = page(client, portfolio.url(f"/dashboard/explain/{key}/"), **HTMX, HTTP_HX_TARGET="panel")
    assert "Formule" in panel and "Source" in panel and "<html" not in panel
    whole = page(client, portfolio.url(f"/dashboard/explain/{key}/"))
    assert "<html" in whole
    assert (
        "Revenir au tableau de bord" in (rows := page(client, portfolio.url(f"/dashboard/rows/{key}/")))
        or "Valeur" in rows
    )


def test_an_unknown_figure_is_not_found(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.executive)
    assert client.get(portfolio.url("/dashboard/explain/nothing/")).status_code == 404
    assert client.get(portfolio.url("/dashboard/rows/nothing/")).status_code == 404


def test_an_explanation_says_which_file_its_rows_came_from(portfolio: World, client_of: Any) -> None:
    with portfolio.within():
        row = BudgetLine.objects.get()
        create(SYSTEM, ExternalRef(connection="workbook", external_type="budget", external_id="1",
               object_type="portfolio_finance.budgetline", object_id=row.pk,
               fields={"planned": "portefeuille.xlsx"}))  # fmt: skip
    text = page(client_of(portfolio.executive), portfolio.url("/dashboard/explain/variance/"))
    assert "portefeuille.xlsx" in text and "RGPD – Mise en conformité <RGPD>" in text and "84 000 €" in text


def test_the_rows_of_a_figure_add_up_to_it(portfolio: World) -> None:
    from reporting.dashboards.figures import figure
    from reporting.dashboards.filters import Filters

    with portfolio.within():
        facts = portfolio_facts(portfolio.memberships["executive"], Filters(), today(), details=True)
        for key in ("projects", "variance", "milestones", "risks", "overloads"):
            one = figure(key, facts)
            assert sum((row.value or 0 for row in one.rows), 0) == (one.value or 0), key


def test_an_open_page_receives_only_what_changed(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.executive)
    url = portfolio.url("/dashboard/")
    first = page(client, url)
    seen = [part.split('"')[0] for part in first.split('name="seen" value="')[1:]]
    assert [one.split(":")[0] for one in seen] == ["summary", "projects", "money", "deadlines", "risks", "capacity"]
    assert page(client, url, **HTMX, QUERY_STRING="&".join(f"seen={one}" for one in seen)).strip() == ""
    with portfolio.within():
        update(SYSTEM, Project.objects.get(code="ODOO").risks.get(), {"impact": 5, "probability": 5})
    changed = page(client, url, **HTMX, QUERY_STRING="&".join(f"seen={one}" for one in seen))
    assert [part.split(":")[0] for part in changed.split('name="seen" value="')[1:]] == [
        "summary",
        "projects",
        "risks",
    ]
    assert changed.count('hx-swap-oob="true"') == 3 and "2 risques critiques" in changed


def test_an_empty_page_loads_itself_when_the_first_project_arrives(world: World, client_of: Any) -> None:
    client = client_of(world.executive)
    url = world.url("/dashboard/")
    assert "Le portefeuille est vide" in page(client, url)
    assert client.get(f"{url}?seen=empty", **HTMX).status_code == 204
    with world.within():
        make_project("P1")
    assert client.get(f"{url}?seen=empty", **HTMX).headers["HX-Refresh"] == "true"


def test_the_empty_page_offers_what_the_person_may_do(world: World, client_of: Any) -> None:
    assert (
        "/projects/new/"
        not in page(client_of(world.executive), world.url("/dashboard/")).split("<main")[1].split("palette")[0]
    )
    assert (
        "/projects/new/" in page(client_of(world.pmo), world.url("/dashboard/")).split("<main")[1].split("palette")[0]
    )


def test_the_empty_page_tells_an_administrator_what_comes_first(world: World, client_of: Any) -> None:
    text = page(client_of(world.admin), world.url("/dashboard/")).split("<main")[1].split("palette")[0]
    assert "Pour commencer" in text
    for address in ("/people/poles/", "/projects/new/"):
        assert address in text
    assert "first-step-done" in text  # there are members already
    assert "Pour commencer" not in page(client_of(world.executive), world.url("/dashboard/"))


@pytest.mark.parametrize(
    ("state", "shown", "hidden"), [("late", "Audit externe", "Bascule"), ("due", "Bascule", "Audit externe")]
)
def test_milestones_are_listed_by_state(
    portfolio: World, client_of: Any, state: str, shown: str, hidden: str
) -> None:
    client = client_of(portfolio.executive)
    text = page(client, portfolio.url(f"/dashboard/milestones/?state={state}"))
    assert shown in text and hidden not in text
    everything = page(client, portfolio.url("/dashboard/milestones/"))
    assert shown in everything and hidden in everything
    assert "Aucune ligne ne répond à ces filtres" in page(client, portfolio.url("/dashboard/milestones/?state=met"))


def test_the_page_takes_as_many_queries_for_60_projects_as_for_3(world: World, client_of: Any) -> None:
    client = client_of(world.executive)
    page(client, world.url("/dashboard/"))  # notes the day of the person's visit
    counts = []
    for wanted in (3, 60):
        with world.within():
            for index in range(Project.objects.count(), wanted):
                project = make_project(f"P{index:02}")
                report(project, today(), Weather.RAINY)
                line(project, 0, planned=10, forecast=12)
                promise(project, "Jalon", today() - timedelta(days=index))
                risk(project, "R-1", 4, 4)
        with CaptureQueriesContext(connection) as queries:
            text = page(client, world.url("/dashboard/"))
        assert text.count('class="cell-name" data-label=""') == min(wanted, 25)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 40, counts


def test_a_change_bumps_the_live_version_after_commit(live_world: World) -> None:
    before = version(live_world.atelier.pk)
    with live_world.within():
        project = make_project("P1")
        assert version(live_world.atelier.pk) == before
    after = version(live_world.atelier.pk)
    assert after != before
    with pytest.raises(ZeroDivisionError), live_world.within():
        report(project, today(live_world.atelier), Weather.STORMY)
        raise ZeroDivisionError
    assert version(live_world.atelier.pk) == after


def test_an_overloaded_pole_is_named_and_leads_to_its_persons(portfolio: World, client_of: Any) -> None:
    with portfolio.within():
        project = Project.objects.get(code="RGPD")
        person = create(SYSTEM, Person(name="Paul Surchargé", pole=project.pole))
        create(SYSTEM, LoadMonth(project=project, person=person, month=today().replace(day=1), minutes=60000))
    client = client_of(portfolio.executive)
    text = page(client, portfolio.url("/dashboard/"))
    assert "1 pôle en surcharge : Informatique : " in text
    assert f"/t/atelier/capacity/poles/{project.pole_id}/" in text
    assert "Informatique : " in page(client, portfolio.url("/dashboard/explain/overloads/"))
