"""The OpenAPI document: well-formed, without a warning, and what it describes never answers 500."""

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tech4value.billing.entitlements import ENTITLEMENTS, PlanCode
from tech4value.tenancy.clock import today
from tech4value.web import api_limits
from tests.world import World

# Examples for each operation: a few, always the same, in CI; `bin/test --fuzz` asks for many, never the same.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
SENT_HEADERS = ("If-Match", "If-None-Match", "Idempotency-Key")
HOSTILE = ["\x00", "a\x00b", "x" * 100_000, "\ud800", "1e400", "NaN", "-1", "9999-12-31", "0001-01-01", "\u202e", ""]
NUMBERS = [0, -1, 2**31, -(2**31) - 1, 2**63, -(2**70), 10**400, 1.5, 1e308]
ODD = st.one_of(
    st.sampled_from([*HOSTILE, *NUMBERS, None, True, [], {}, [[]], {"\x00": 1}]),
    st.text(max_size=20),
)


def document(world: World, client: Client) -> dict[str, Any]:
    response = client.get(world.url("/api/v1/schema/?format=json"))
    assert response.status_code == 200
    return json.loads(response.content)


@pytest.fixture
def admin(world: World, client_of: Any) -> Client:
    client: Client = client_of(world.admin)
    client.raise_request_exception = False
    return client


def test_the_document_is_valid_and_made_without_a_warning(world: World, admin: Client) -> None:
    validate_schema(document(world, admin))
    warnings = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not warnings, "\n".join(map(str, warnings))
    assert document(world, admin)["servers"] == [{"url": "/t/atelier"}]


@pytest.fixture
def rows(world: World, admin: Client) -> dict[str, str]:
    """The key of one row of each collection, by the field that names it elsewhere."""
    day = today_of(world)
    keys: dict[str, str] = {}

    def post(path: str, **body: Any) -> str:
        response = admin.post(world.url(f"/api/v1/{path}/"), body, content_type="application/json")
        assert response.status_code == 201, (path, response.content)
        return str(response.json()["id"])

    keys["pole"] = post("poles", code="IT", name="Informatique")
    keys["calendar"] = post("calendars", name="Semaine")
    keys["person"] = keys["manager"] = keys["owner"] = post("people", name="Ada", pole=keys["pole"])
    keys["programme"] = post("programmes", code="P", name="Programme")
    span = {"starts_on": str(day - timedelta(days=30)), "ends_on": str(day + timedelta(days=30))}
    keys["project"] = post("projects", code="ERP", name="Nouvel ERP", pole=keys["pole"], **span)
    keys["task"] = keys["predecessor"] = post("tasks", project=keys["project"], name="Cadrer")
    keys["successor"] = post("tasks", project=keys["project"], name="Faire")
    keys["dependency"] = post("dependencies", predecessor=keys["task"], successor=keys["successor"])
    keys["assignment"] = post("assignments", task=keys["successor"], person=keys["person"])
    keys["baseline"] = post("baselines", project=keys["project"])
    keys["absence"] = post("absences", person=keys["person"], **span)
    keys["calendar-exception"] = post("calendar-exceptions", calendar=keys["calendar"], **span)
    keys["project-member"] = post("project-members", project=keys["project"], person=keys["person"])
    keys["milestone"] = post("milestones", project=keys["project"], name="Pilote", due_on=str(day))
    keys["status-report"] = post("status-reports", project=keys["project"], reported_on=str(day), weather="sunny")
    keys["risk"] = post("risks", project=keys["project"], title="Retard", probability=3, impact=3)
    keys["budget-line"] = post(
        "budget-lines", project=keys["project"], category="staff", nature="opex", month=str(day), planned="10"
    )
    keys["benefit"] = post("benefits", project=keys["project"], name="Heures", kind="saving")
    keys["benefit-year"] = post("benefit-years", benefit=keys["benefit"], year=2027, expected="10")
    keys["project-returns"] = keys["project"]
    keys["source"] = keys["budget-line"]
    keys["order"] = keys["purchase-order"] = post(
        "purchase-orders",
        project=keys["project"],
        number="C1",
        supplier="X",
        ordered_on=str(day),
        lines=[{"category": "licences", "nature": "opex", "month": str(day), "amount": "4"}],
    )
    keys["envelope"] = post("envelopes", name="Licences", key="equal")
    keys["envelope-line"] = post(
        "envelope-lines", envelope=keys["envelope"], category="licences", nature="opex", month=str(day), planned="10"
    )
    keys["envelope-share"] = post("envelope-shares", envelope=keys["envelope"], project=keys["project"])
    keys["purchase-order-line"] = post(
        "purchase-order-lines", order=keys["order"], category="licences", nature="capex", month=str(day), amount="3"
    )
    keys["budget-transfer"] = post(
        "budget-transfers",
        source=keys["budget-line"],
        project=keys["project"],
        category="licences",
        nature="opex",
        month=str(day),
        amount="1",
        reason="Licences",
    )
    keys["completion-choice"] = post("completion-choices", project=keys["project"], method="lines")
    keys["budget-version"] = post("budget-versions", project=keys["project"], reason="Budget initial")
    keys["estimate-class"] = keys["default_class"] = keys["estimate_class"] = post("estimate-classes", name="Dev")
    keys["estimate"] = post("estimates", task=keys["task"], estimate_class=keys["estimate-class"])
    keys["risk-effect"] = post("risk-effects", risk=keys["risk"], probability="0.2", days="5")
    keys["simulation-settings"] = keys["project"]
    keys["account"] = post("bank-accounts", name="Courant", opening_on=str(day), opening_balance="10")
    keys["contract"] = post(
        "contracts", name="Étude", counterparty="X", direction="supplier", project=keys["project"], net_amount="9"
    )
    monthly = {"trigger_kind": "recurrence", "every": "month", "starts_on": "2026-01-31", "amount": "5"}
    keys["instalment"] = post("contract-instalments", contract=keys["contract"], name="Mois", **monthly)
    keys["invoice"] = post("invoices", contract=keys["contract"], number="F", issued_on=str(day), net_amount="7")
    keys["payroll"] = post("payroll-rules", name="Paie", net_amount="3", starts_on=str(day))
    keys["payment"] = post(
        "payments", account=keys["account"], kind="invoice", invoice=keys["invoice"], paid_on=str(day), amount="1"
    )
    keys["exchange-rate"] = post("exchange-rates", currency="USD", starts_on=str(day), rate="1.1")
    keys["vat-rate"] = post("vat-rates", kind="reduced", starts_on=str(day), rate="0.055")
    keys["invitation"] = post("invitations", email="nora@x.example", role="reader")
    keys["member"] = str(world.memberships["reader"].pk)
    return keys


def collection_of(path: str) -> str:
    """`/api/v1/budget-lines/{id}/` is of budget lines."""
    return path.split("/api/v1/")[1].split("/")[0]


SINGULAR = {
    "people": "person",
    "poles": "pole",
    "calendars": "calendar",
    "programmes": "programme",
    "projects": "project",
    "tasks": "task",
    "dependencies": "dependency",
    "assignments": "assignment",
    "baselines": "baseline",
    "absences": "absence",
    "calendar-exceptions": "calendar-exception",
    "project-members": "project-member",
    "milestones": "milestone",
    "status-reports": "status-report",
    "risks": "risk",
    "budget-lines": "budget-line",
    "benefits": "benefit",
    "benefit-years": "benefit-year",
    "project-returns": "project-returns",
    "budget-versions": "budget-version",
    "completion-choices": "completion-choice",
    "budget-transfers": "budget-transfer",
    "envelopes": "envelope",
    "envelope-lines": "envelope-line",
    "envelope-shares": "envelope-share",
    "purchase-orders": "purchase-order",
    "purchase-order-lines": "purchase-order-line",
    "bank-accounts": "account",
    "contracts": "contract",
    "contract-instalments": "instalment",
    "invoices": "invoice",
    "payments": "payment",
    "payroll-rules": "payroll",
    "exchange-rates": "exchange-rate",
    "vat-rates": "vat-rate",
    "estimates": "estimate",
    "estimate-classes": "estimate-class",
    "risk-effects": "risk-effect",
    "simulation-settings": "simulation-settings",
    "members": "member",
    "invitations": "invitation",
}


def real(value: Any, rows: dict[str, str]) -> Any:
    """A body in which the fields that name rows do name one, so that more than look-ups is tried."""
    if not isinstance(value, dict):
        return value
    return {
        name: rows[name] if name in rows and isinstance(field, str) and _is_key(field) else field
        for name, field in value.items()
    }


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def send(client: Client, case: Any, url: str, body: Any) -> Any:
    """The case, by Django's own client; what it deletes is there again for the next."""
    query = urlencode(dict(case.query or {}), doseq=True, errors="replace")
    headers = {name: str(value) for name, value in dict(case.headers or {}).items() if name in SENT_HEADERS}
    given: dict[str, Any] = {
        "headers": {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
    }
    if case.method == "DELETE":
        with transaction.atomic():
            answer = client.generic(case.method, url, QUERY_STRING=query, **given)
            transaction.set_rollback(True)
        return answer
    if case.method in {"POST", "PATCH"}:
        given |= {"data": json.dumps(body), "content_type": "application/json"}
    return client.generic(case.method, url, QUERY_STRING=query, **given)


@pytest.fixture
def without_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls a minute than any plan allows."""
    many = replace(ENTITLEMENTS[PlanCode.ENTERPRISE], api_calls_per_minute=10**9)
    monkeypatch.setattr(api_limits, "entitlements", lambda: many)


def test_nothing_that_is_sent_makes_the_api_fail(
    world: World, admin: Client, rows: dict[str, str], without_rate: None
) -> None:
    schema = schemathesis.openapi.from_dict(document(world, admin))
    failures: dict[str, str] = {}
    for found in schema.get_all_operations():
        attempt(found.ok(), world, admin, rows, failures)
    assert not failures, "\n".join(f"{label}: {sent}" for label, sent in failures.items())


def attempt(operation: Any, world: World, client: Client, rows: dict[str, str], failures: dict[str, str]) -> None:
    """Send examples of one operation, made from its schema, some with one value that no schema allows."""

    @given(case=operation.as_strategy(), data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Any, data: st.DataObject) -> None:
        key = rows.get(SINGULAR.get(collection_of(case.path), ""), str(UUID(int=7)))
        body = real(case.body, rows) if isinstance(case.body, dict) else {}
        names = [*sorted(body), *(["version"] if case.method == "PATCH" else [])]
        if names and data.draw(st.booleans()):
            body[data.draw(st.sampled_from(names))] = data.draw(ODD)
        path = case.path.replace("{id}", key).replace("{kind}", "low_float")
        response = send(client, case, world.url(path), body)
        if response.status_code >= 500:
            failures.setdefault(f"{case.method} {case.path} {response.status_code}", repr((case.query, body))[:400])

    one()


def test_a_body_that_is_no_object_is_refused_in_words(world: World, admin: Client, rows: dict[str, str]) -> None:
    pole = world.url(f"/api/v1/poles/{rows['pole']}/")
    for body in ("{", "[]", "null", '"x"', "1e999", "[" * 20_000, '{"name": "\\ud800"}'):
        for verb, url in (("POST", world.url("/api/v1/poles/")), ("PATCH", pole)):
            answer = admin.generic(verb, url, body, content_type="application/json")
            assert answer.status_code == 400, (verb, body[:20], answer.content)


def test_a_value_that_is_none_of_the_field_s_is_refused_in_words(
    world: World, admin: Client, rows: dict[str, str]
) -> None:
    url = world.url(f"/api/v1/budget-lines/{rows['budget-line']}/")
    for name in ("category", "month", "planned", "project", "currency"):
        for value in ("\ud800", "\x00", "x" * 100_000, -(2**70), 10**400, None, [], {"\x00": 1}):
            answer = admin.patch(url, json.dumps({name: value}), content_type="application/json")
            assert answer.status_code == 400, (name, value, answer.content)
            assert answer.json()["errors"][0]["pointer"].startswith("/")


def test_an_instant_beyond_the_calendar_is_no_failure(world: World, admin: Client) -> None:
    for instant in ("0747-06-11T23:25:32-19:29", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = admin.get(world.url("/api/v1/audit-events/"), {"at_from": instant})
        assert answer.status_code in {200, 400}, (instant, answer.content)


def today_of(world: World) -> date:
    with world.within():
        return today()
