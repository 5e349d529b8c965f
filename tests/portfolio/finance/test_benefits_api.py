"""Benefits and how they are discounted, through the API."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from portfolio.finance.benefits_actions import create_benefit
from portfolio.finance.benefits_models import Benefit
from tech4value.audit.actor import SYSTEM
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"


def test_a_benefit_and_its_years(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.manager)
    url, years = world.url("/api/v1/benefits/"), world.url("/api/v1/benefit-years/")
    body = {"project": str(budgets.erp.pk), "name": "Heures évitées", "kind": "saving"}
    made = client.post(url, body, content_type=JSON)
    assert (made.status_code, made.json()["source"]) == (201, "typed"), made.json()
    key = made.json()["id"]
    assert "déjà un bénéfice" in str(client.post(url, body, content_type=JSON).json())
    year = {"benefit": key, "year": 2027, "expected": "10.50"}
    first = client.post(years, year, content_type=JSON)
    assert (first.status_code, first.json()["realised"]) == (201, None)
    assert "a déjà des montants" in str(client.post(years, year, content_type=JSON).json())
    assert client.post(years, {**year, "year": 1999}, content_type=JSON).status_code == 400
    one = f"{years}{first.json()['id']}/"
    assert client.patch(one, {"realised": "9", "version": 1}, content_type=JSON).json()["version"] == 2
    assert client.patch(one, {"realised": "8", "version": 1}, content_type=JSON).status_code == 409
    moved = client.patch(one, {"year": 2028}, content_type=JSON)
    assert moved.status_code == 400 and "garde son bénéfice" in str(moved.json())
    shown = client.get(world.url(f"/api/v1/project-returns/{budgets.erp.pk}/")).json()
    assert (shown["expected_benefit"], shown["realised_benefit"]) == ("10.50", "9.00")
    assert shown["returns"]["current"]["missing"]["margin"].startswith("Aucune vente")
    assert client.get(f"{years}?project={budgets.erp.pk}&year_from=2027").json()["results"][0]["expected"] == "10.50"
    assert client.delete(one).status_code == 204
    renamed = client.patch(f"{url}{key}/", {"project": str(budgets.site.pk)}, content_type=JSON)
    assert renamed.status_code == 400 and "ne change pas de projet" in str(renamed.json())
    assert client.delete(f"{url}{key}/").status_code == 204
    with world.within():
        assert Benefit.everything.get(pk=key).deleted_at is not None


def test_who_may(world: World, budgets: Budgets, client_of: Sign) -> None:
    url, years = world.url("/api/v1/benefits/"), world.url("/api/v1/benefit-years/")
    body = {"project": str(budgets.site.pk), "name": "Loyers", "kind": "avoided"}
    assert client_of(world.manager).post(url, body, content_type=JSON).status_code == 403, "another's project"
    assert client_of(world.executive).post(url, body, content_type=JSON).status_code == 403
    assert client_of(world.member).get(url).status_code == 403
    foreign = {**body, "project": str(budgets.theirs.pk)}
    assert client_of(world.admin).post(url, foreign, content_type=JSON).status_code == 400
    with world.within(world.chantier):
        theirs = create_benefit(actor=SYSTEM, project=budgets.theirs, name="Le leur", kind="saving")
    assert client_of(world.admin).get(f"{url}{theirs.pk}/").status_code == 404
    year = {"benefit": str(theirs.pk), "year": 2027, "expected": "1"}
    assert client_of(world.admin).post(years, year, content_type=JSON).status_code == 400
    for path in (f"/api/v1/project-returns/{budgets.theirs.pk}/",):
        assert client_of(world.admin).get(world.url(path)).status_code == 404


def test_contracts_are_followed_by_those_who_may_read_them(world: World, budgets: Budgets, client_of: Sign) -> None:
    url = world.url("/api/v1/benefits/")
    body = {"project": str(budgets.erp.pk), "name": "Ventes", "kind": "revenue", "source": "contracts"}
    refused = client_of(world.manager).post(url, body, content_type=JSON)
    assert refused.status_code == 403 and "direction financière" in str(refused.json())
    admin = client_of(world.admin)
    saving = admin.post(url, {**body, "kind": "saving"}, content_type=JSON)
    assert saving.status_code == 400 and "Chiffre d’affaires" in str(saving.json())
    made = admin.post(url, body, content_type=JSON)
    assert made.status_code == 201
    twice = admin.post(url, {**body, "name": "Encore"}, content_type=JSON)
    assert twice.status_code == 400 and "suit déjà ses contrats" in str(twice.json())
    year = {"benefit": made.json()["id"], "year": 2027, "expected": "1"}
    typed = admin.post(world.url("/api/v1/benefit-years/"), year, content_type=JSON)
    assert typed.status_code == 400 and "ne se saisissent pas" in str(typed.json())
    # Whoever edits the project may still rename it.
    renamed = client_of(world.manager).patch(f"{url}{made.json()['id']}/", {"name": "Nos ventes"}, content_type=JSON)
    assert renamed.status_code == 200, renamed.json()


def test_the_settings(world: World, budgets: Budgets, client_of: Sign) -> None:
    url = world.url("/api/v1/return-settings/")
    client = client_of(world.executive)
    assert client.get(url).json() == {"discount_rate": "0.0800", "base_year": None, "version": 0}
    assert client_of(world.manager).get(url).status_code == 200
    assert client_of(world.manager).patch(url, {"base_year": 2027}, content_type=JSON).status_code == 403
    assert client.patch(url, {"discount_rate": "1.5"}, content_type=JSON).status_code == 400
    assert client.patch(url, {"rate": "1"}, content_type=JSON).status_code == 400
    changed = client.patch(url, {"discount_rate": "0.1", "version": 0}, content_type=JSON)
    assert changed.json() == {"discount_rate": "0.1000", "base_year": None, "version": 1}
    assert client.patch(url, {"base_year": 2027, "version": 0}, content_type=JSON).status_code == 409
    assert client.patch(url, {"base_year": 2027, "version": 1}, content_type=JSON).json()["base_year"] == 2027
