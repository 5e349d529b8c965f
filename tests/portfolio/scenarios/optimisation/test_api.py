"""Studies through the API: the PMO asks, has it searched, reads the answer in words, opens it as a scenario."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from portfolio.scenarios.models import Scenario
from portfolio.scenarios.optimisation.actions import run_search
from portfolio.scenarios.optimisation.models import OptimisationStudy
from tech4value.accounts.models import User
from tech4value.api_docs.document import Operation
from tech4value.jobs.models import Job
from tech4value.jobs.registry import RunningJob
from tests.portfolio.scenarios.conftest import TODAY
from tests.portfolio.scenarios.optimisation.conftest import Candidates
from tests.tech4value.test_api_examples import Site, operations
from tests.world import World

Sign = Callable[[User], Client]
JSON: Any = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the scenarios' tests."""
    monkeypatch.setattr("portfolio.scenarios.optimisation.opening.today", lambda: TODAY)


def asked(candidates: Candidates, **more: Any) -> dict[str, Any]:
    erp, crm, bi = (str(one.pk) for one in (candidates.erp, candidates.crm, candidates.bi))
    return {
        "name": "Par l’API",
        "first_month": "2026-03-01",
        "months": 6,
        "grouping": "none",
        "seconds": 2,
        "budgets": {"2026": "100000"},
        "projects": {erp: {"alignment": "9", "npv": "200000"}, crm: {"alignment": "7", "npv": "60000"}},
        "rules": [{"kind": "requires", "project": bi, "other": erp, "months": -1}],
        **more,
    }


def searched(world: World, client: Client, key: str) -> dict[str, Any]:
    """The study once its search is over."""
    begun = client.post(world.url(f"/api/v1/optimisations/{key}/run/"))
    assert begun.status_code == 202
    with world.within():
        job = Job.objects.get(pk=begun.json()["job"])
        run_search(RunningJob(id=job.pk, params=job.params, member=world.memberships["pmo"]))
    found: dict[str, Any] = client.get(world.url(f"/api/v1/optimisations/{key}/")).json()
    return found


def test_asked_searched_read_and_opened(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.pmo)
    url = world.url("/api/v1/optimisations/")
    made = client.post(url, asked(candidates), **JSON)
    assert made.status_code == 201, made.content
    study = made.json()
    assert (study["state"], study["budgets"], study["words"]) == (
        "none", {"2026": "100000.00"}, {"clash": [], "left_out": []}
    )  # fmt: skip
    assert study["rules"][0]["months"] == -1 and study["projects"][str(candidates.erp.pk)]["role"] == "free"
    row = f"{url}{study['id']}/"
    assert client.post(f"{row}scenario/").status_code == 400, "nothing is chosen yet"
    found = searched(world, client, study["id"])
    assert (found["state"], found["value"]) == ("proved", found["bound"])
    (left,) = found["words"]["left_out"]
    assert left["key"] == str(candidates.crm.pk)
    assert left["why"][0].startswith("Budget 2026") and "Moins ne suffit pas" in left["lets_in"]
    assert "Le rendre obligatoire coûte" in left["holds"]
    opened = client.post(f"{row}scenario/")
    assert (opened.status_code, opened.json()["status"]) == (201, "draft")
    with world.within():
        assert Scenario.objects.get().operations.exists()
    changed = client.patch(row, {"months": 3, "version": found["version"]}, **JSON)
    assert (changed.status_code, changed.json()["months"]) == (200, 3)
    assert client.patch(row, {"months": 4, "version": found["version"]}, **JSON).status_code == 409
    assert client.post(f"{row}run/").json()["job"] is not None
    assert client.post(f"{row}cancel/").status_code == 200
    assert client.delete(row).status_code == 204
    assert client.get(row).status_code == 404


def test_what_clashes_is_said_in_words(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.pmo)
    erp, crm = str(candidates.erp.pk), str(candidates.crm.pk)
    mandatory = {key: {"role": "mandatory"} for key in (erp, crm)}
    sent = asked(candidates, projects=mandatory, rules=[{"kind": "exclusive", "project": erp, "other": crm}])
    key = client.post(world.url("/api/v1/optimisations/"), sent, **JSON).json()["id"]
    row = world.url(f"/api/v1/optimisations/{key}/")
    together = searched(world, client, key)
    assert together["state"] == "infeasible" and "s’excluent" in together["words"]["clash"][1]
    client.patch(row, {"rules": []}, **JSON)
    short = searched(world, client, key)["words"]["clash"]
    assert "demandent plus" in short[0] and short[1].startswith("Budget 2026")
    client.patch(row, {"projects": {erp: {"role": "mandatory", "not_before": "2028-01-01"}}}, **JSON)
    (late,) = searched(world, client, key)["words"]["clash"]
    assert "après le dernier mois de départ" in late


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budgets", {"2026": "-1"}),
        ("budgets", {"an": "1"}),
        ("budgets", []),
        ("projects", {"inconnu": {"role": "free"}}),
        ("projects", {"x": {"role": "peut-être"}}),
        ("projects", {"x": []}),
        ("rules", [{"kind": "aime", "project": "x", "other": "y"}]),
        ("rules", [["exclusive", "a", "b", 0]]),
        ("first_month", "9999-12-01"),
        ("months", 0),
        ("seconds", 10**6),
        ("alignment_field", "nulle-part"),
        ("inconnu", 1),
    ],
)
def test_what_a_study_cannot_say_is_refused_at_its_field(
    world: World, candidates: Candidates, client_of: Sign, field: str, value: Any
) -> None:
    answer = client_of(world.pmo).post(
        world.url("/api/v1/optimisations/"), asked(candidates, **{field: value}), **JSON
    )
    assert answer.status_code == 400
    assert any(one["pointer"].startswith(f"/{field}") for one in answer.json()["errors"]), answer.content


def test_a_rule_told_twice_and_a_misspelt_field_are_refused(
    world: World, candidates: Candidates, client_of: Sign
) -> None:
    client, url = client_of(world.pmo), world.url("/api/v1/optimisations/")
    erp, crm = str(candidates.erp.pk), str(candidates.crm.pk)
    twice = [{"kind": "exclusive", "project": erp, "other": crm}, {"kind": "exclusive", "project": crm, "other": erp}]
    assert client.post(url, asked(candidates, rules=twice), **JSON).status_code == 400
    misspelt = client.post(url, asked(candidates, projects={erp: {"aligment": "9"}}), **JSON)
    assert misspelt.status_code == 400 and "alignment" in misspelt.content.decode()
    assert client_of(world.member).post(url, asked(candidates), **JSON).status_code == 403
    theirs = world.url(f"/api/v1/optimisations/{candidates.their_study.pk}/run/")
    assert client.post(theirs).status_code == 404


def test_the_examples_of_the_pages_run(
    world: World, candidates: Candidates, client_of: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are printed, with the keys of our own candidates."""
    monkeypatch.setenv("TECH4VALUE_TOKEN", "t4v_exemple")
    page = operations(world, "optimisations")
    site = Site(world, client_of(world.pmo))
    site.keys = {"project": str(candidates.erp.pk), "other": str(candidates.crm.pk)}
    by_end: dict[str, Operation] = {f"{one.verb} {one.path.rstrip('/').split('/')[-1]}": one for one in page}
    made = site.run(by_end["POST optimisations"])
    assert made.status_code == 201, made.content
    site.rows["optimisations"] = made.json()["id"]
    for name, code in (("PATCH {id}", 200), ("GET {id}", 200), ("GET optimisations", 200), ("POST run", 202)):
        answer = site.run(by_end[name])
        assert answer.status_code == code, (name, answer.content)
    with world.within():
        job = Job.objects.get()
        run_search(RunningJob(id=job.pk, params=job.params, member=world.memberships["pmo"]))
        assert OptimisationStudy.objects.get(pk=site.rows["optimisations"]).answer.chosen
    for name, code in (("POST cancel", 200), ("POST scenario", 201), ("DELETE {id}", 204)):
        answer = site.run(by_end[name])
        assert answer.status_code == code, (name, answer.content)
