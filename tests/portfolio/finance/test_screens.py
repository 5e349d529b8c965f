"""The budget's pages, through the front door: what is shown adds up, what is sent is checked, who may do it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import set_budget_lines
from portfolio.finance.models import BudgetLine
from tech4value.audit.actor import SYSTEM
from tests.portfolio.finance.conftest import Budgets, entry, project
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def text(response: Any) -> str:
    """The page, with ordinary spaces."""
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_projects_budget_adds_up_to_the_cent(world: World, budgets: Budgets, client_of: Sign) -> None:
    page = client_of(world.executive).get(world.url(f"/budget/projects/{budgets.erp.pk}/"))
    shown = text(page)
    assert page.status_code == 200
    # 1000.10 + 2000.20 + 300 planned, 950 + 2500 + 310.33 forecast, 900.05 + 310.33 actual.
    for words in ["3 300,30", "3 760,33", "1 210,38", "460,03", "consommé", "au-dessus du prévu", "Capex"]:
        assert words in shown, words
    assert "Ajouter une ligne" not in shown, "an executive reads"
    assert (
        client_of(world.manager).get(world.url(f"/budget/projects/{budgets.erp.pk}/?measure=planned")).status_code
        == 200
    )


@pytest.mark.parametrize(
    "query", ["", "?year=2026", "?year=1999", "?year=x&measure=y&chart=cumulative", "?chart=cumulative"]
)
def test_addresses_are_forgiving(world: World, budgets: Budgets, client_of: Sign, query: str) -> None:
    client = client_of(world.manager)
    for path in ("/budget/", f"/budget/projects/{budgets.erp.pk}/", "/budget/explain/variance/"):
        assert client.get(world.url(path + query)).status_code == 200, path


def test_the_portfolio_adds_up_and_each_figure_says_how(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.executive)
    shown = text(client.get(world.url("/budget/")))
    # 3300.30 + 5000 planned, 3760.33 + 5200 forecast.
    for words in ["8 300,30 €", "8 960,33 €", "+660 €", "Projet ERP", "Projet SITE"]:
        assert words in shown, words
    assert "999 999" not in shown and "AILLEURS" not in shown
    capex = text(client.get(world.url("/budget/?nature=capex")))
    assert "3 000,30 €" in capex and "8 300,30 €" not in capex
    explained = text(client.get(world.url("/budget/explain/variance/"), headers=HTMX))
    for words in ["Prévision − prévu", "Projet ERP", "460,03 €", "200 €", "Saisi à l’écran", "660,03 €"]:
        assert words in explained, words
    assert "<html" not in explained
    assert "<html" in text(client.get(world.url(f"/budget/projects/{budgets.erp.pk}/explain/spent/")))
    assert client.get(world.url("/budget/explain/nothing/")).status_code == 404


def test_a_line_is_added_changed_deleted_and_taken_back(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.manager)
    create = world.url(f"/budget/projects/{budgets.erp.pk}/lines/new/?category=training&month=2026-04")
    assert 'value="2026-04"' in text(client.get(create, headers=HTMX))
    sent = {"category": "training", "nature": "opex", "month": "2026-04", "planned": "1 234,50"}
    made = client.post(create, sent)
    assert made.status_code == 302
    with world.within():
        line = BudgetLine.objects.get(category="training")
        assert (line.planned, line.actual, line.month) == (Decimal("1234.50"), 0, date(2026, 4, 1))
    twin = client.post(create, sent, headers=HTMX)
    assert twin.status_code == 422 and "existe déjà. Modifiez-la" in text(twin)
    change = world.url(f"/budget/lines/{line.pk}/")
    changed = client.post(change, {**sent, "actual": "-12", "version": 1}, headers=HTMX)
    assert changed.status_code == 204 and changed["HX-Redirect"].endswith(f"/budget/projects/{budgets.erp.pk}/")
    stale = client.post(change, {**sent, "actual": "7", "version": 1}, headers=HTMX)
    assert stale.status_code == 409 and "Chloé Cheffe" in text(stale) and 'value="7"' in text(stale)
    wrong = client.post(change, {**sent, "planned": "-7", "actual": "douze", "version": 2}, headers=HTMX)
    assert wrong.status_code == 422 and "« douze » n’est pas un montant" in text(wrong)
    negative = client.post(change, {**sent, "planned": "-7", "version": 2}, headers=HTMX)
    assert negative.status_code == 422 and "ne peut pas être négatif" in text(negative)
    assert client.post(f"{change}delete/").status_code == 302
    assert "supprimée" in text(client.get(world.url(f"/budget/projects/{budgets.erp.pk}/")))
    assert client.get(change).status_code == 404
    assert client.post(f"{change}restore/").status_code == 204
    assert client.get(change).status_code == 200


def test_a_month_is_entered_in_one_page(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = world.url(f"/budget/projects/{budgets.erp.pk}/months/2026-01/")
    assert "Budget de janv. 2026" in text(client.get(url))
    sent = {
        "capex-licences-planned": "1000,10",
        "capex-licences-actual": "901,00",
        "capex-licences-version": 1,
        "opex-services-planned": "300",
        "opex-services-version": 1,
    }
    assert client.post(url, sent).status_code == 302
    with world.within():
        line = BudgetLine.objects.get(pk=budgets.line.pk)
        assert (line.planned, line.actual, line.forecast, line.version) == (Decimal("1000.10"), 901, 0, 2)
    stale = client.post(url, {**sent, "capex-licences-actual": "5"})
    assert stale.status_code == 409 and "Chloé Cheffe" in text(stale)
    wrong = client.post(
        url, {**sent, "capex-licences-version": 2, "opex-services-version": 2, "opex-services-committed": "-3"}
    )
    assert wrong.status_code == 422 and "Le montant ne peut pas être négatif" in text(wrong)
    february = client.post(
        url.replace("2026-01", "2026-02"), {"opex-services-actual": "12", "capex-licences-version": 1}
    )
    assert february.status_code == 302
    with world.within():
        assert BudgetLine.objects.get(month=date(2026, 2, 1), category="services").actual == 12
    for month in ("2026-13", "1800-01", "x"):
        assert client.get(url.replace("2026-01", month)).status_code == 404


def test_who_may(world: World, budgets: Budgets, client_of: Sign) -> None:
    erp = world.url(f"/budget/projects/{budgets.erp.pk}/")
    site = world.url(f"/budget/projects/{budgets.site.pk}/")
    for user in (world.member, world.end_user, world.reader):
        assert client_of(user).get(erp).status_code == 403
        assert client_of(user).get(world.url("/budget/")).status_code == 403
    assert client_of(world.manager).get(f"{site}lines/new/").status_code == 403, "another's project"
    assert client_of(world.executive).post(f"{erp}lines/new/", {}).status_code == 403
    assert client_of(world.pmo).get(f"{site}lines/new/").status_code == 200
    assert client_of(world.executive).post(world.url(f"/budget/lines/{budgets.line.pk}/delete/")).status_code == 403


def test_another_companys_rows_do_not_exist(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.admin)
    theirs, line = budgets.theirs.pk, budgets.their_line.pk
    for path in (
        f"/budget/projects/{theirs}/",
        f"/budget/projects/{theirs}/explain/budget/",
        f"/budget/projects/{theirs}/lines/new/",
        f"/budget/projects/{theirs}/months/2026-01/",
        f"/budget/lines/{line}/",
    ):
        assert client.get(world.url(path)).status_code == 404, path
    for verb in ("", "delete/", "restore/"):
        assert client.post(world.url(f"/budget/lines/{line}/{verb}"), {"planned": 1}).status_code == 404
    with world.within(world.chantier):
        assert BudgetLine.objects.get(pk=line).version == 1


def test_the_number_of_queries_does_not_depend_on_the_number_of_projects(
    world: World, budgets: Budgets, client_of: Sign
) -> None:
    client = client_of(world.executive)
    paths = [world.url("/budget/"), world.url("/budget/explain/budget/")]

    def once() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(path).status_code == 200
            found.append(len(captured))
        return found

    def counts() -> list[int]:
        """What is noted of a session once in a while is not counted."""
        return [min(pair) for pair in zip(once(), once(), strict=True)]

    few = counts()
    with world.within():
        more = [project(budgets.erp.pole, f"P{number}") for number in range(27)]
        set_budget_lines(
            actor=SYSTEM,
            project_lines={one: [entry("staff", "opex", month, "10") for month in (1, 2)] for one in more},
        )
    assert counts() == few


def test_an_empty_company_is_told_what_to_do(world: World, client_of: Sign) -> None:
    assert "Aucun budget à montrer" in text(client_of(world.admin).get(world.url("/budget/")))


def test_english(world: World, budgets: Budgets, client_of: Sign) -> None:
    world.executive.language = "en"
    world.executive.save()
    shown = client_of(world.executive).get(world.url("/budget/")).content.decode()
    assert "€8,300.30" in shown


def test_the_fiscal_year_is_the_organisations(world: World, budgets: Budgets, client_of: Sign) -> None:
    """A year that begins in February: January 2026 is of 2025-2026."""
    world.atelier.fiscal_year_start_month = 2
    world.atelier.save()
    client = client_of(world.executive)
    page = world.url(f"/budget/projects/{budgets.erp.pk}/")
    last, this = (text(client.get(f"{page}?year={year}")) for year in (2025, 2026))
    assert "2025-2026" in last and "1 300,10" in last and "2 000,20" not in last
    assert "2 000,20" in this and "1 300,10" not in this
    assert "1 300,10 €" in text(client.get(world.url("/budget/?year=2025")))
    assert "7 000,20 €" in text(client.get(world.url("/budget/?year=2026")))
