"""What every list and row of the API gives: tags, keys that make a call unique, rates, filters, orders, bulk."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_pole
from portfolio.people.models import Pole
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.token_scopes import TokenArea
from tech4value.audit.models import AuditEvent
from tech4value.billing import queries as billing
from tech4value.billing.entitlements import ENTITLEMENTS, PlanCode
from tech4value.tenancy.clock import today
from tech4value.web import api_limits
from tests.at_once import at_once
from tests.tech4value.accounts.test_tokens import call, secret_of
from tests.world import World

JSON = "application/json"


@pytest.fixture
def api(world: World, client_of: Any) -> Any:
    """The API as Pierre, the PMO: `api("post", "poles/", {...}, **headers)`."""
    client = client_of(world.pmo)

    def call(verb: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if verb == "get":
            return client.get(world.url(f"/api/v1/{path}"), body, headers=given)
        data = json.dumps(body if body is not None else {})
        return getattr(client, verb)(world.url(f"/api/v1/{path}"), data, content_type=JSON, headers=given)

    return call


@pytest.fixture
def pole(world: World) -> Pole:
    with world.within():
        return create_pole(actor=world.memberships["admin"].actor, code="IT", name="Informatique")


def project_body(pole: Pole, **values: Any) -> dict[str, Any]:
    day = today(pole.tenant)
    span = {"starts_on": str(day), "ends_on": str(day + timedelta(days=30))}
    return {"code": "ERP", "name": "Nouvel ERP", "pole": str(pole.pk), **span, **values}


# --- entity tags


def test_a_row_that_has_not_changed_is_not_sent_again(api: Any, pole: Pole) -> None:
    first = api("get", f"poles/{pole.pk}/")
    tag = first.headers["ETag"]
    assert tag.startswith('"1.')
    again = api("get", f"poles/{pole.pk}/", If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert api("get", f"poles/{pole.pk}/", If_None_Match=f"W/{tag}").status_code == 304
    assert api("get", "poles/", If_None_Match=api("get", "poles/").headers["ETag"]).status_code == 304
    assert api("patch", f"poles/{pole.pk}/", {"name": "DSI"}).headers["ETag"].startswith('"2.')
    assert api("get", f"poles/{pole.pk}/", If_None_Match=tag).status_code == 200


def test_if_match_refuses_what_has_moved_on_and_says_by_whom(
    api: Any, world: World, client_of: Any, pole: Pole
) -> None:
    tag = api("get", f"poles/{pole.pk}/").headers["ETag"]
    row = world.url(f"/api/v1/poles/{pole.pk}/")
    client_of(world.admin).patch(row, {"name": "DSI"}, content_type=JSON)
    refused = api("patch", f"poles/{pole.pk}/", {"name": "Numérique"}, If_Match=tag)
    body = refused.json()
    assert refused.status_code == 412 and refused.headers["ETag"].startswith('"2.') and body["etag"]
    assert body["changed_by"] == "Alice Administratrice" and body["version"] == 2
    assert body["conflicts"] == [{"field": "name", "base": "Informatique", "theirs": "DSI", "mine": "Numérique"}]
    assert api("delete", f"poles/{pole.pk}/", If_Match=tag).status_code == 412
    assert api("patch", f"poles/{pole.pk}/", {"name": "Numérique"}, If_Match='"rien"').status_code == 412
    assert api("patch", f"poles/{pole.pk}/", {"name": "Numérique"}, If_Match=body["etag"]).status_code == 200
    assert api("delete", f"poles/{pole.pk}/", If_Match="*").status_code == 204


def test_a_stale_change_is_merged_by_field_when_asked(api: Any, world: World, client_of: Any, pole: Pole) -> None:
    row = world.url(f"/api/v1/poles/{pole.pk}/")
    client_of(world.admin).patch(row, {"name": "DSI"}, content_type=JSON)
    assert api("patch", f"poles/{pole.pk}/", {"code": "SI", "version": 1}).status_code == 409
    merged = api("patch", f"poles/{pole.pk}/?merge=fields", {"code": "SI", "name": "Informatique", "version": 1})
    assert merged.status_code == 200
    assert (merged.json()["code"], merged.json()["name"], merged.json()["version"]) == ("SI", "DSI", 3)
    clash = api("patch", f"poles/{pole.pk}/?merge=fields", {"name": "Numérique", "version": 1})
    assert clash.status_code == 409 and clash.json()["conflicts"][0]["theirs"] == "DSI"


# --- idempotency


def test_a_call_sent_twice_with_its_key_is_done_once(api: Any, world: World, client_of: Any) -> None:
    first = api("post", "poles/", {"code": "RH", "name": "Humains"}, Idempotency_Key="k-1")
    again = api("post", "poles/", {"code": "RH", "name": "Humains"}, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"] and again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    other = api("post", "poles/", {"code": "DAF", "name": "Finances"}, Idempotency_Key="k-1")
    assert other.status_code == 422 and "clé" in other.json()["detail"]
    # Of another member the same key is another call.
    theirs = client_of(world.admin).post(
        world.url("/api/v1/poles/"),
        {"code": "DAF", "name": "F"},
        content_type=JSON,
        headers={"Idempotency-Key": "k-1"},
    )
    assert theirs.status_code == 201
    with world.within():
        assert Pole.objects.count() == 2


def test_the_same_call_twice_at_once_is_done_once(live_world: World, client_of: Any) -> None:
    url, sent = live_world.url("/api/v1/poles/"), {"code": "RH", "name": "Humains"}

    def post() -> int:
        client = client_of(live_world.pmo)
        return int(client.post(url, sent, content_type=JSON, headers={"Idempotency-Key": "k-4"}).status_code)

    answers = at_once(post, post, post)
    assert 201 in answers and set(answers) <= {201, 409}, answers
    assert post() == 201
    with live_world.within():
        assert Pole.objects.count() == 1 and AuditEvent.objects.filter(verb="pole.created").count() == 1


def test_an_answer_is_kept_for_the_token_that_got_it(world: World, pole: Pole) -> None:
    """Another token of Pierre's may see less of it."""
    body = {"pole": str(pole.pk), "code": "ERP", "name": "ERP", "starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    answers = [
        call(
            "/projects/",
            secret_of(world, areas=areas),
            verb="post",
            data=body,
            content_type=JSON,
            HTTP_IDEMPOTENCY_KEY="k-3",
        )
        for areas in ((), (TokenArea.PORTFOLIO,))
    ]
    assert [answer.status_code for answer in answers] == [201, 422]


def test_a_refused_call_may_be_sent_again_with_its_key(api: Any, pole: Pole) -> None:
    assert api("post", "poles/", {"code": "IT", "name": "Double"}, Idempotency_Key="k-2").status_code == 400
    assert api("post", "poles/", {"code": "IT2", "name": "Double"}, Idempotency_Key="k-2").status_code == 201
    for key in ("", "é", "x" * 256):
        assert api("post", "poles/", {"code": "Z", "name": "Z"}, Idempotency_Key=key).status_code == 400, key


# --- rates


def test_the_rate_is_told_and_what_exceeds_it_is_refused_in_words(
    api: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    small = replace(ENTITLEMENTS[PlanCode.STARTER], api_calls_per_minute=2)
    monkeypatch.setattr(api_limits, "entitlements", lambda: small)
    first, second, third = (api("get", "poles/") for _call in range(3))
    assert [one.headers["RateLimit-Remaining"] for one in (first, second, third)] == ["1", "0", "0"]
    assert first.headers["RateLimit-Limit"] == "2" and 0 < int(first.headers["RateLimit-Reset"]) <= 60
    assert third.status_code == 429 and third.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(third.headers["Retry-After"]) <= 60 and "Trop d’appels" in third.json()["detail"]
    assert billing.entitlements is not None


def test_calls_pass_when_redis_is_away(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(api_limits, "_redis", lambda: nowhere)
    answer = api("get", "poles/")
    assert answer.status_code == 200 and "RateLimit-Limit" not in answer.headers


# --- lists


def test_pages_are_stable_while_rows_arrive_in_any_order(api: Any, world: World) -> None:
    with world.within():
        actor = world.memberships["admin"].actor
        for number in range(7):
            create_pole(actor=actor, code=f"P{number}", name=f"Même nom {number % 2}")

    def walk(query: str) -> list[str]:
        path, codes, page = f"poles/?page_size=2&{query}", [], 0
        while path:
            body = api("get", path).json()
            codes += [row["code"] for row in body["results"]]
            page += 1
            if page == 2:  # somebody writes while one reads: before the place and after it
                with world.within():
                    create_pole(actor=actor, code=f"N{len(query)}", name="Même nom 0")
            path = body["next"].split("/api/v1/")[1] if body["next"] else ""
        return codes

    for query in ("ordering=name", "ordering=-name", "ordering=-updated_at", ""):
        with world.within():
            before = set(Pole.objects.values_list("code", flat=True))
        codes = walk(query)
        assert len(codes) == len(set(codes)) and before <= set(codes), query
    second = api("get", "poles/?page_size=2").json()["next"].split("/api/v1/")[1]
    back = api("get", second).json()["previous"].split("/api/v1/")[1]
    assert api("get", back).json()["results"] == api("get", "poles/?page_size=2").json()["results"]


HALF_A_CHARACTER = urlsafe_b64encode(rb'[false,"name","\ud800","01900000-0000-7000-8000-000000000000"]').decode()


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x", "cursor=WzFd", "ordering=nom", "filtre=1", "updated_since=hier",
        f"cursor={HALF_A_CHARACTER}&ordering=name",
    ],
)  # fmt: skip
def test_what_a_list_does_not_know_is_refused_in_words(api: Any, query: str) -> None:
    answer = api("get", f"poles/?{query}")
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_every_list_filters_by_choice_day_and_change(api: Any, pole: Pole) -> None:
    api("post", "projects/", project_body(pole, phase="delivery"))
    api("post", "projects/", project_body(pole, code="RGPD", name="RGPD", phase="idea"))
    day = today(pole.tenant)

    def codes(query: str) -> list[str]:
        return [row["code"] for row in api("get", f"projects/?{query}").json()["results"]]

    assert codes("phase=delivery") == ["ERP"]
    assert codes(f"starts_on_from={day}&starts_on_to={day}") == ["ERP", "RGPD"]
    assert codes(f"ends_on_to={day}") == []
    assert codes("updated_since=2020-01-01T00:00:00Z&ordering=-code") == ["RGPD", "ERP"]
    assert codes("updated_since=2999-01-01T00:00:00Z") == []


def test_why_somebody_is_absent_is_no_filter(api: Any, world: World, client_of: Any) -> None:
    answer = client_of(world.executive).get(world.url("/api/v1/absences/?kind=sickness"))
    assert answer.status_code == 400


# --- bulk


def test_many_rows_are_created_at_once_and_taken_back(api: Any, world: World, client_of: Any, pole: Pole) -> None:
    rows = [project_body(pole, code=f"P{number}", name=f"Projet {number}") for number in range(30)]
    made = api("post", "projects/bulk/", {"rows": rows[:3]})
    rest = api("post", "projects/bulk/", {"rows": rows[3:]})
    assert (made.status_code, rest.status_code) == (201, 201), made.content
    body = rest.json()
    assert body["count"] == 27 == len(body["rows"]) and body["rows"][0]["code"] == "P3"
    with world.within():
        assert AuditEvent.objects.filter(batch_id=body["batch_id"], verb="project.created").count() == 27
    undo = f"projects/bulk/{body['batch_id']}/"
    assert client_of(world.admin).delete(world.url(f"/api/v1/{undo}")).status_code == 404, "only one's own"
    api("patch", f"projects/{body['rows'][0]['id']}/", {"goal": "Travaillé depuis"})
    assert api("delete", undo).status_code == 409
    with world.within():
        assert Project.objects.count() == 30
    assert api("delete", f"projects/bulk/{made.json()['batch_id']}/").status_code == 204
    with world.within():
        assert Project.objects.count() == 27


def test_a_wrong_row_stops_them_all_and_is_named(api: Any, world: World, pole: Pole) -> None:
    project = api("post", "projects/", project_body(pole)).json()["id"]
    day = str(today(pole.tenant))

    def milestone(name: str, **values: Any) -> dict[str, Any]:
        return {"project": project, "name": name, "due_on": day, **values}

    wrong = api("post", "milestones/bulk/", {"rows": [milestone("A"), milestone("B", due_on="hier"), {"name": "C"}]})
    pointers = [error["pointer"] for error in wrong.json()["errors"]]
    assert wrong.status_code == 400 and "/rows/1/due_on" in pointers and "/rows/2/project" in pointers
    api("post", "milestones/", milestone("Pilote"))
    twin = api("post", "milestones/bulk/", {"rows": [milestone("A"), milestone("Pilote")]})
    assert twin.status_code == 400 and twin.json()["errors"][0]["pointer"] == "/rows/1/name", twin.content
    for body in ({}, {"rows": []}, {"rows": [milestone("x")] * 1001}, {"rows": {}}, {"rows": ["x"]}):
        assert api("post", "milestones/bulk/", body).status_code == 400
    with world.within():
        assert Milestone.objects.count() == 1


def test_a_bulk_call_has_the_rights_of_its_rows(world: World, client_of: Any, api: Any, pole: Pole) -> None:
    project = api("post", "projects/", project_body(pole)).json()["id"]
    rows = {"rows": [{"project": project, "name": "A", "due_on": "2026-01-01"}]}
    for who, status in (("manager", 403), ("reader", 403), ("pmo", 201)):
        answer = client_of(getattr(world, who)).post(world.url("/api/v1/milestones/bulk/"), rows, content_type=JSON)
        assert answer.status_code == status, who
    foreign = client_of(world.stranger).post(
        world.url("/api/v1/milestones/bulk/", world.chantier), rows, content_type=JSON
    )
    assert foreign.status_code == 400 and foreign.json()["errors"][0]["pointer"] == "/rows/0/project"


def test_the_statements_of_a_bulk_call_do_not_follow_its_rows(api: Any, pole: Pole) -> None:
    project, day = api("post", "projects/", project_body(pole)).json()["id"], str(today(pole.tenant))
    counts = []
    for size in (3, 60):
        rows = [{"project": project, "name": f"{size}-{number}", "due_on": day} for number in range(size)]
        with CaptureQueriesContext(connection) as made:
            assert api("post", "milestones/bulk/", {"rows": rows}).status_code == 201
        counts.append(len(made))
    assert counts[1] <= counts[0] + 2, counts
