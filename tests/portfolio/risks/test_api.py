"""The risk register through the API."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.portfolio.risks.conftest import Register
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"


def test_risks_are_listed_and_filtered(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.executive)
    url = world.url("/api/v1/risks/")

    def titles(query: str) -> set[str]:
        return {risk["title"] for risk in client.get(f"{url}?{query}").json()["results"]}

    assert len(titles("")) == 4
    assert titles("severity=critical") == {"Le prestataire se retire", "Ancien risque"}
    assert titles("overdue=true") == {"Le prestataire se retire"}
    assert len(titles("overdue=false")) == 3
    assert titles(f"project={register.site.pk}") == {"Hébergeur lent"}
    assert titles("status=closed") == {"Ancien risque"}
    assert client.get(f"{url}?severity=x").status_code == 400
    assert client.get(f"{url}?project=x").status_code == 400
    one = client.get(f"{url}{register.late.pk}/").json()
    assert (one["score"], one["severity"], one["reference"]) == (20, "critical", "R-001")
    member = client_of(world.member).get(url).json()["results"]
    assert {risk["project"] for risk in member} == {str(register.erp.pk)}


def test_a_risk_is_created_changed_and_deleted(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = world.url("/api/v1/risks/")
    body = {"project": str(register.erp.pk), "title": "Par l’API", "probability": 2, "impact": 4}
    made = client.post(url, body, content_type=JSON)
    assert (made.status_code, made.json()["reference"]) == (201, "R-004")
    one = f"{url}{made.json()['id']}/"
    refused = client.patch(one, {"probability": 7}, content_type=JSON)
    assert refused.status_code == 400 and "va de 1 (très improbable) à 5" in refused.json()["detail"]
    assert refused.json()["errors"][0]["pointer"] == "/probability"
    assert client.patch(one, {"impact": 5, "version": 1}, content_type=JSON).json()["score"] == 10
    assert client.patch(one, {"impact": 1, "version": 1}, content_type=JSON).status_code == 409
    foreign = client.patch(one, {"owner": str(register.their_person.pk)}, content_type=JSON)
    assert foreign.status_code == 400 and foreign.json()["errors"][0]["pointer"] == "/owner"
    assert client.patch(one, {"owner": str(register.owner.pk)}, content_type=JSON).status_code == 200
    moved = client.patch(one, {"project": str(register.site.pk)}, content_type=JSON)
    assert moved.status_code == 400 and "ne change pas de projet" in moved.json()["detail"]
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404


def test_who_may(world: World, register: Register, client_of: Sign) -> None:
    url = world.url("/api/v1/risks/")
    body = {"project": str(register.site.pk), "title": "X", "probability": 2, "impact": 4}
    assert client_of(world.manager).post(url, body, content_type=JSON).status_code == 403
    assert client_of(world.executive).post(url, body, content_type=JSON).status_code == 403
    assert client_of(world.reader).get(url).status_code == 403
    foreign = {**body, "project": str(register.theirs.project_id)}
    assert client_of(world.admin).post(url, foreign, content_type=JSON).status_code == 400
    for verb in ("get", "patch", "delete"):
        answer = getattr(client_of(world.admin), verb)(f"{url}{register.theirs.pk}/", content_type=JSON)
        assert answer.status_code == 404, verb
