"""Every error of the API is a problem document (RFC 9457), and the OpenAPI document is whole."""

from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from tests.world import World

API = "/api/v1"


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return dict(body)


def test_each_error_has_its_problem(world: World, client_of: Any) -> None:
    admin, member = client_of(world.admin), client_of(world.member)
    row = world.url(f"{API}/members/{world.memberships['member'].pk}/")
    members = world.url(f"{API}/members/")
    problem(Client().get(members), 401)
    problem(member.get(members), 403)
    problem(admin.get(world.url(f"{API}/nowhere/")), 404)
    problem(admin.get(world.url(f"{API}/members/01900000-0000-7000-8000-000000000000/")), 404)
    problem(admin.delete(row), 405)
    problem(admin.patch(row, "<a/>", content_type="application/xml"), 415)
    problem(admin.patch(row, "{not json", content_type="application/json"), 400)
    invitations = world.url(f"{API}/invitations/")
    body = problem(admin.post(invitations, {"email": "x", "role": "king"}, content_type="application/json"), 400)
    assert {one["pointer"] for one in body["errors"]} == {"/email", "/role"}
    problem(admin.get(members + "?role=king"), 400)


def test_a_stale_save_says_who_changed_what(world: World, client_of: Any) -> None:
    admin = client_of(world.admin)
    target = world.memberships["member"]
    row = world.url(f"{API}/members/{target.pk}/")
    first = admin.patch(row, {"role": "pmo", "version": target.version}, content_type="application/json")
    assert first.json()["version"] == target.version + 1
    stale = admin.patch(row, {"role": "reader", "version": target.version}, content_type="application/json")
    body = problem(stale, 409)
    assert body["changed_by"] == "Alice Administratrice"
    assert body["changes"] == {"role": ["team_member", "pmo"]}
    assert admin.get(row).json()["role"] == "pmo"


def test_members_are_closed_and_opened_by_the_api(world: World, client_of: Any) -> None:
    admin = client_of(world.admin)
    members = world.url(f"{API}/members/")
    row = f"{members}{world.memberships['reader'].pk}/"
    assert admin.patch(row, {"is_active": False}, content_type="application/json").json()["is_active"] is False
    assert admin.patch(row, {"is_active": True}, content_type="application/json").json()["is_active"] is True
    problem(admin.patch(row, {"name": "Autre"}, content_type="application/json"), 400)
    last = world.url(f"{API}/members/{world.memberships['admin'].pk}/")
    body = problem(admin.patch(last, {"role": "reader"}, content_type="application/json"), 400)
    assert "dernier administrateur" in body["detail"]
    assert admin.get(members + "?role=reader&is_active=true").json()["results"][-1]["name"] == "Lise Lectrice"


def test_the_journal_is_read_by_those_who_may(world: World, client_of: Any) -> None:
    events = world.url(f"{API}/audit-events/")
    problem(client_of(world.executive).get(events), 403)
    page = client_of(world.admin).get(events + "?family=membership&page_size=3").json()
    assert len(page["results"]) == 3
    assert page["next"]
    assert {one["verb"] for one in page["results"]} == {"membership.created"}
    assert page["results"][0]["seq"] is None


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_the_journal_cannot_be_written(world: World, client_of: Any, verb: str) -> None:
    client = client_of(world.admin)
    problem(getattr(client, verb)(world.url(f"{API}/audit-events/"), content_type="application/json"), 405)


def test_the_openapi_document_is_valid_and_names_the_tenants_address(world: World, client_of: Any) -> None:
    response = client_of(world.member).get(world.url(f"{API}/schema/?format=json"))
    assert response.status_code == 200
    document = response.json()
    validate_schema(document)
    assert document["servers"] == [{"url": "/t/atelier"}]
    for noun in ("me", "members", "jobs", "audit-events", "files", "risks", "budget-lines"):
        assert f"/api/v1/{noun}/" in document["paths"]
