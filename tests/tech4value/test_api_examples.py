"""Every example of the API's pages, run as it is printed: only keys, entity tags and idempotency keys are ours."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from portfolio.people.actions import create_pole
from tech4value.api_docs.bodies import SHOWN
from tech4value.api_docs.document import Operation, collection, document, names
from tests.world import World

BASE = "https://exemple.fr"
EXAMPLE_KEY = re.compile(r"01963a[0-9a-f]{2}-[0-9a-f-]{27}")
# Made in this order by their own examples: each names rows of those before it.
MADE = (
    ("poles", "pole"),
    ("people", "person"),
    ("calendars", "calendar"),
    ("profiles", "profile"),
    ("skills", "skill"),
    ("programmes", "programme"),
    ("projects", "project"),
    ("milestones", "milestone"),
    ("tasks", "task"),
    ("risks", "risk"),
    ("estimate-classes", "estimate_class"),
    ("bank-accounts", "account"),
    ("contracts", "contract"),
    ("invoices", "invoice"),
    ("benefits", "benefit"),
    ("envelopes", "envelope"),
    ("project-templates", "template"),
    ("budget-lines", "source"),
    ("budget-transfers", "transfer"),
    ("budget-versions", "budget_version"),
    ("purchase-orders", "order"),
    ("scenarios", "scenario"),
    ("scenario-operations", "operation"),
    *(
        (name, "")
        for name in (
            *(
                "absences",
                "allocations",
                "assignments",
                "baselines",
                "benefit-years",
                "envelope-lines",
                "envelope-shares",
                "calendar-exceptions",
                "completion-choices",
            ),
            *("contract-instalments", "rates"),
            *(
                "dependencies",
                "estimates",
                "exchange-rates",
                "fields",
                "forecasts",
                "imports",
                "invitations",
                "packs",
            ),
            *("payments", "payroll-rules", "person-skills", "plan-exports", "project-members", "risk-effects"),
            *("optimisations", "purchase-order-lines"),
            *("staffing-requests", "status-reports", "team-roles", "vat-rates"),
        )
    ),
)
ALSO = {"person": ("manager", "owner"), "task": ("predecessor",)}
FILE = "Code;Nom;Pôle;Début;Fin\nVPN;Accès distant;SI;05/01/2026;30/09/2026\n"


class Site:
    """What stands for httpx in an example: the product, asked as the administrator."""

    def __init__(self, world: World, client: Client) -> None:
        self.world, self.client = world, client
        self.keys: dict[str, str] = {}  # of the rows, by the field that names them
        self.rows: dict[str, str] = {}  # by collection
        self.more: dict[str, Any] = {}  # what is added to the bodies
        self.batch = ""  # of the last bulk call
        self.answer: Any = None

    def _own(self, value: Any, name: str = "") -> Any:
        """A body with the keys of our own rows."""
        if isinstance(value, dict):
            return {field: self._own(one, field) for field, one in value.items()}
        if isinstance(value, list):
            return [self._own(one, {"projects": "project"}.get(name, name)) for one in value]
        return self.keys.get(name, value) if isinstance(value, str) and EXAMPLE_KEY.fullmatch(value) else value

    def call(self, verb: str, url: str, headers: dict[str, str], json: Any = None, **form: Any) -> Any:
        name = url.split("/api/v1/")[1].split("/")[0]
        key = self.batch if "/bulk/" in url else self.rows.get(name, "")
        path = EXAMPLE_KEY.sub(lambda _key: key, url.removeprefix(BASE))
        own = {header: text for header, text in headers.items() if header != "Authorization"}
        if "Idempotency-Key" in own:
            own["Idempotency-Key"] = str(uuid4())
        if "If-Match" in own:
            own["If-Match"] = self.client.get(path).headers["ETag"]
        if isinstance(json, dict):
            json = json | self.more
        if form:
            self.answer = self.client.post(path, form["data"] | form["files"], headers=own)
        else:
            data: dict[str, Any] = {}
            if json is not None:
                data = {"data": _text(self._own(json)), "content_type": "application/json"}
            self.answer = self.client.generic(verb.upper(), path, headers=own, **data)
        return SimpleNamespace(raise_for_status=lambda: None, json=dict)

    def row_of(self, name: str) -> str:
        """A row of a collection: that which an example made, else the first of its list; empty when it has none."""
        if name not in self.rows:
            answer = self.client.get(self.world.url(f"/api/v1/{name}/"))
            found = answer.json() if answer.status_code == 200 else {}
            rows = found.get("results", []) if isinstance(found, dict) else found
            self.rows[name] = rows[0].get("id", "") if rows else ""
        return self.rows[name]

    def run(self, operation: Operation) -> Any:
        """The answer to the example that the page prints."""
        calls = {verb: lambda url, verb=verb, **sent: self.call(verb, url, **sent) for verb in VERBS}
        before = sys.modules.get("httpx")
        sys.modules["httpx"] = SimpleNamespace(**calls)  # type: ignore[assignment]  # what the example imports
        try:
            exec(operation.python, {"print": lambda _said: None})  # an example of ours, as people would run it
        finally:
            sys.modules.pop("httpx")
            if before is not None:
                sys.modules["httpx"] = before
        return self.answer


VERBS = ("get", "post", "patch", "delete")


def _text(body: Any) -> str:
    return json.dumps(body)


def prepared(world: World, client_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The product, with what the examples take from the caller's machine."""
    monkeypatch.setenv("TECH4VALUE_TOKEN", "t4v_exemple")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projets.csv").write_text(FILE)
    return Site(world, client_of(world.admin))


@pytest.fixture
def site(world: World, client_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = prepared(world, client_of, tmp_path, monkeypatch)
    held = dict(names("fr"))
    refused = {}
    for name, field in MADE:
        if name not in held:
            continue  # no page explains it: test_api_docs says so
        page = operations(world, name)
        bulk = next((one for one in page if one.path.endswith("/bulk/")), None)
        if bulk is not None:  # first: what it makes, the creation makes too
            undo = next(one for one in page if one.path.endswith("/bulk/{batch}/"))
            with transaction.atomic():
                for one in (bulk, undo):
                    if (answer := site.run(one)).status_code not in {201, 204}:
                        refused[one.key] = answer.content.decode()
                    elif one is bulk:
                        site.batch = answer.json()["batch_id"]
                transaction.set_rollback(True)
        create = next(one for one in page if one.verb == "POST" and one.path == f"/api/v1/{name}/")
        answer = site.run(create)
        if answer.status_code not in {200, 201, 202}:
            refused[create.key] = answer.content.decode()
            continue
        site.rows[name] = answer.json().get("id", "")
        for named in (field, *ALSO.get(field, ())):
            site.keys[named] = site.rows[name]
        if name == "tasks":
            project = site.keys["project"]
            body = {"project": project, "name": "Recetter", "starts_at": "2027-01-11T09:00:00"}
            other = site.client.post(world.url("/api/v1/tasks/"), body, content_type="application/json")
            site.keys["successor"] = other.json()["id"]
    assert not refused, "\n".join(f"{key}: {said}" for key, said in refused.items())
    return site


def operations(world: World, name: str) -> tuple[Operation, ...]:
    found = collection(name, "fr", f"{BASE}{world.url('')}")
    assert found is not None
    return found.operations


# Nothing of these is there in a young organisation: their lists are asked, their rows are not.
EMPTY = {"cash-alerts", "drift-alerts", "files", "notifications", "overload-alerts"}
# One's own time: the administrator's account is no person's.
OF_PERSONS = {"time-entries", "timesheets"}
# A row that others hang on stays; the PDF of a pack is made after the call; an envelope is shared when it has amounts
# and its parts are whole, opened again when it was shared; a proposal is one that was read, and the choice of a study
# one that was found.
NOT_NOW = {
    "envelopes_share_create",
    "envelopes_reopen_create",
    "bank_accounts_destroy",
    "packs_file_retrieve",
    "poles_destroy",
    "skills_destroy",
    *("proposals_apply_create", "proposals_open_create", "optimisations_scenario_create"),
}
# The steps of what goes on from one to the next, run in turn. A star: by the executive, since nobody approves what
# they propose.
IN_TURN = {
    "imports": ("reading", "columns", "run", "undo"),
    "budget-versions": ("propose", "recall", "propose", "return", "propose", "approve*"),
    "scenarios": ("submit", "withdraw", "submit", "refuse", "submit", "approve*", "apply", "undo"),
}


def test_every_example_is_accepted(world: World, site: Site) -> None:
    site.rows["members"] = str(world.memberships["member"].pk)
    for name in ("simulation-settings", "earned-value", "project-returns", "budget-variances"):
        site.rows[name] = site.rows["projects"]
    site.rows["proposals"] = site.keys["key"] = site.rows["poles"]
    made = {f"/api/v1/{name}/" for name, _field in MADE}
    refused = {}
    empty = set()
    for name, _title in names("fr"):
        for operation in () if name in OF_PERSONS else operations(world, name):
            if (operation.verb == "POST" and operation.path in made) or "/bulk/" in operation.path:
                continue  # run by the fixture
            if _step(operation) in {step.strip("*") for step in IN_TURN.get(name, ())}:
                continue  # run in turn, below
            if operation.key in NOT_NOW:
                continue
            if "{id}" in operation.path and not site.row_of(name):
                empty.add(name)
                continue
            with transaction.atomic():
                answer = site.run(operation)
                transaction.set_rollback(True)
            if answer.status_code >= 300:
                refused[operation.key] = f"{answer.status_code} {answer.content.decode()[:300]}"
    assert not refused, "\n".join(f"{key}: {said}" for key, said in refused.items())
    assert empty <= EMPTY


def test_a_field_that_no_body_has_is_refused_wherever_it_is_sent(world: World, site: Site) -> None:
    site.rows["members"] = str(world.memberships["member"].pk)
    site.rows["simulation-settings"] = site.rows["projects"]
    site.more = {"inconnu": "a"}
    taken = {}
    for name, _title in names("fr"):
        for operation in () if name in OF_PERSONS else operations(world, name):
            if (
                not operation.body
                or operation.path == "/api/v1/imports/"
                or (name in EMPTY and "{id}" in operation.path)
            ):
                continue
            with transaction.atomic():
                answer = site.run(operation)
                transaction.set_rollback(True)
            told = answer.json().get("errors", [{}])[0] if answer.status_code == 400 else {}
            if told.get("pointer") != "/inconnu" or "« inconnu »" not in told["detail"].replace("\xa0", " "):
                taken[operation.key] = f"{answer.status_code} {answer.content.decode()[:200]}"
    assert not taken, "\n".join(f"{key}: {said}" for key, said in taken.items())


def _step(operation: Operation) -> str:
    return operation.path.strip("/").split("/")[-1]


def test_the_steps_of_an_import_are_accepted_in_turn(
    live_world: World, client_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = prepared(live_world, client_of, tmp_path, monkeypatch)
    with live_world.within():
        create_pole(actor=live_world.memberships["admin"].actor, code="SI", name="Systèmes d’information")
    page = {_step(one): one for one in operations(live_world, "imports")}
    site.rows["imports"] = site.run(page["imports"]).json()["id"]
    for step in IN_TURN["imports"]:
        answer = site.run(page[step])
        assert answer.status_code in {200, 202}, (step, answer.content.decode())
    assert site.client.get(live_world.url(f"/api/v1/imports/{site.rows['imports']}/")).json()["state"] == "undone"


@pytest.mark.parametrize(("name", "state"), [("budget-versions", "approved"), ("scenarios", "approved")])
def test_the_steps_of_a_decision_are_accepted_in_turn(
    world: World, site: Site, client_of: Any, name: str, state: str
) -> None:
    page = {_step(one): one for one in operations(world, name)}
    admin, executive = site.client, client_of(world.executive)
    for step in IN_TURN[name]:
        site.client = executive if step.endswith("*") else admin
        answer = site.run(page[step.strip("*")])
        assert answer.status_code == 200, (step, answer.content.decode())
    found = admin.get(world.url(f"/api/v1/{name}/{site.rows[name]}/")).json()
    assert state in (found.get("state"), found.get("status"))


def test_what_examples_show_is_of_the_document() -> None:
    """A collection, a path or a field that is no more leaves no words behind."""
    paths = {path.removeprefix("/api/v1/").strip("/") for path in document("fr")["paths"]}
    assert set(SHOWN) <= paths, set(SHOWN) - paths
