"""Uncertainty through the API: Chloé leads the project, Mehdi observes it, Alice keeps the classes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.planning import actions as plan_actions
from portfolio.projects.models import Project
from portfolio.risks.actions import create_risk
from portfolio.simulation.models import EstimateClass, RiskEffect, TaskEstimate
from tech4value.jobs.models import Job, JobState
from tests.portfolio.simulation.test_forecasts import DAY, ClientOf, chloe, erp, tasks
from tests.world import World

__all__ = ["erp"]
JSON = "application/json"
POINTS = {"optimistic_minutes": 10 * DAY, "likely_minutes": 15 * DAY, "pessimistic_minutes": 30 * DAY}


class Api:
    """One member's calls."""

    def __init__(self, world: World, client: Client) -> None:
        self.world, self.client = world, client

    def __call__(self, verb: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.world.url(f"/api/v1/{path}")
        if verb == "get":
            return self.client.get(url, headers=named)
        return getattr(self.client, verb)(url, body or {}, content_type=JSON, headers=named)


@pytest.fixture
def api(world: World, client_of: ClientOf) -> Api:
    return Api(world, client_of(world.manager))


@pytest.fixture
def keys(world: World, erp: Project) -> dict[str, str]:
    with world.within():
        return {name: str(task.pk) for name, task in tasks(erp).items()}


def errors(answer: Any) -> dict[str, str]:
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def test_an_estimate_is_given_changed_and_taken_back(world: World, client_of: ClientOf, api: Api, keys: Any) -> None:
    made = api("post", "estimates/", {"task": keys["Réalisation"], **POINTS})
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["likely_minutes"] == 6300 and row["version"] == 1 and row["estimate_class"] is None
    again = api("post", "estimates/", {"task": keys["Réalisation"], **POINTS})
    assert again.status_code == 400 and "déjà une estimation" in errors(again)["/task"]
    one = f"estimates/{row['id']}/"
    disorder = api("patch", one, {"likely_minutes": 40 * DAY})
    assert "pessimiste doit être supérieure" in errors(disorder)["/pessimistic_minutes"]
    assert "ne change pas" in errors(api("patch", one, {"task": keys["Cadrage"]}))["/task"]
    changed = api("patch", one, {"pessimistic_minutes": 12_601, "version": 1})
    assert (changed.status_code, changed.json()["pessimistic_minutes"], changed.json()["version"]) == (200, 12_601, 2)
    stale = api("patch", one, {"pessimistic_minutes": 13_000, "version": 1})
    assert stale.status_code == 409 and stale.json()["conflicts"][0]["theirs"] == 12_601
    tag = changed.headers["ETag"]
    assert api("patch", one, {"likely_minutes": 6000}, If_Match=tag).status_code == 200
    assert api("delete", one, If_Match=tag).status_code == 412
    assert api("delete", one).status_code == 204
    assert api("get", "estimates/").json()["results"] == []
    bin_page = api.client.get(world.url("/settings/bin/")).context["page"].object_list
    assert [str(found.row) for found in bin_page] == ["Réalisation"]
    nothing = api("post", "estimates/", {"task": keys["Cadrage"]})
    assert "une classe, ou les trois durées" in errors(nothing)["/estimate_class"]
    milestone = api("post", "estimates/", {"task": keys["Livraison"], **POINTS})
    assert "ne s’estime pas" in errors(milestone)["/likely_minutes"]


def test_many_tasks_are_estimated_at_once_all_or_none(world: World, api: Api, keys: Any, erp: Project) -> None:
    with world.within():
        kind = EstimateClass(name="Dev")
        kind.save(force_insert=True)
    rows = [
        {"task": keys["Cadrage"], "estimate_class": str(kind.pk), "version": 0},
        {"task": keys["Réalisation"], **POINTS},
    ]
    done = api("post", "estimates/set/", {"rows": rows})
    assert (done.status_code, done.json()["count"]) == (200, 2), done.content
    assert [row["task"] for row in done.json()["rows"]] == [keys["Cadrage"], keys["Réalisation"]]
    assert api("post", "estimates/set/", {"rows": rows[1:]}).json()["count"] == 0
    stale = api("post", "estimates/set/", {"rows": rows})
    assert stale.status_code == 409
    wrong = api("post", "estimates/set/", {"rows": [
        {"task": keys["Cadrage"]}, {"task": keys["Réalisation"], **POINTS, "likely_minutes": DAY},
    ]})  # fmt: skip
    assert "optimiste doit être inférieure" in errors(wrong)["/rows/1/optimistic_minutes"]
    with world.within():
        assert TaskEstimate.objects.get(task=keys["Cadrage"]).estimate_class_id == kind.pk
    assert api("get", f"estimates/?estimate_class={kind.pk}").json()["results"][0]["task"] == keys["Cadrage"]
    assert api("get", "estimates/?classe=x").status_code == 400
    bulk = api("post", "estimates/bulk/", {"rows": rows})
    assert bulk.status_code == 400 and "déjà une estimation" in errors(bulk)["/rows/0/task"]


def test_many_estimates_are_created_by_bulk_and_taken_back(api: Api, keys: Any) -> None:
    rows = [{"task": keys[name], **POINTS} for name in ("Cadrage", "Réalisation")]
    made = api("post", "estimates/bulk/", {"rows": rows})
    assert made.status_code == 201, made.content
    assert api("delete", f"estimates/bulk/{made.json()['batch_id']}/").status_code == 204
    assert api("get", "estimates/").json()["results"] == []


def test_an_administrator_keeps_the_classes(world: World, client_of: ClientOf, api: Api, erp: Project) -> None:
    alice = Api(world, client_of(world.admin))
    sent = {"name": "Recette", "optimistic": "0.9", "likely": "1", "pessimistic": "1.8"}
    assert api("post", "estimate-classes/", sent).status_code == 403
    made = alice("post", "estimate-classes/", sent)
    assert made.status_code == 201, made.content
    one = f"estimate-classes/{made.json()['id']}/"
    assert "déjà ce nom" in errors(alice("post", "estimate-classes/", sent))["/name"]
    assert "pessimiste doit être" in errors(alice("patch", one, {"likely": "3"}))["/pessimistic"]
    assert alice("patch", one, {"likely": "1.1", "version": 1}).json()["likely"] == "1.100"
    assert alice("patch", one, {"likely": "1.2", "version": 1}).status_code == 409
    assert [row["name"] for row in api("get", "estimate-classes/").json()["results"]] == ["Recette"]
    settings = f"simulation-settings/{erp.pk}/"
    assert api("patch", settings, {"default_class": made.json()["id"]}).status_code == 200
    assert alice("delete", one, If_Match=made.headers["ETag"]).status_code == 412
    assert alice("delete", one).status_code == 204
    assert api("patch", settings, {"default_class": made.json()["id"]}).status_code == 400


def test_settings_have_a_version_before_anybody_writes_them(
    world: World, client_of: ClientOf, api: Api, erp: Project
) -> None:
    one = f"simulation-settings/{erp.pk}/"
    first = api("get", one)
    assert (first.json()["law"], first.json()["runs"], first.json()["version"]) == ("pert", 10_000, 0)
    assert api("get", "simulation-settings/").json()["results"] == []
    assert api("patch", one, {"runs": 500, "version": 4}).status_code == 409
    assert api("patch", one, {"runs": 500}, If_Match='"4.x"').status_code == 412
    assert api("patch", one, {"runs": 5}).status_code == 400
    changed = api("patch", one, {"runs": 500, "law": "triangular"}, If_Match=first.headers["ETag"])
    assert (changed.status_code, changed.json()["runs"], changed.json()["version"]) == (200, 500, 1)
    pmo = Api(world, client_of(world.pmo))
    stale = pmo("patch", one, {"runs": 900, "version": 0})
    assert stale.status_code == 409 and "Chloé" in stale.json()["detail"]
    assert pmo("patch", one, {"runs": 900}, If_Match=first.headers["ETag"]).status_code == 412
    assert pmo("patch", one, {"seed": 7, "version": 1}).json()["runs"] == 500
    assert api("patch", f"{one}?merge=fields", {"correlation": "0.5", "version": 1}).json()["seed"] == 7
    assert [row["project"] for row in api("get", "simulation-settings/").json()["results"]] == [str(erp.pk)]


def test_a_risk_moves_chosen_tasks_or_the_whole_project(
    world: World, client_of: ClientOf, api: Api, keys: Any, erp: Project
) -> None:
    with world.within():
        risk = create_risk(actor=chloe(world), project=erp, title="Serveur en retard", probability=3, impact=4)
    sent = {"risk": str(risk.pk), "probability": "0.2", "days": "5", "tasks": [keys["Cadrage"], keys["Réalisation"]]}
    assert "entre 0 et 100" in errors(api("post", "risk-effects/", {**sent, "probability": "1.2"}))["/probability"]
    assert "tâches du projet" in errors(api("post", "risk-effects/", {**sent, "tasks": [str(erp.pk)]}))["/tasks"]
    refused = errors(api("post", "risk-effects/", {**sent, "tasks": [keys["Cadrage"], keys["Livraison"]]}))["/tasks"]
    assert "« Livraison » est un récapitulatif ou un jalon" in refused.replace("\u00a0", " ")
    made = api("post", "risk-effects/", sent)
    assert made.status_code == 201 and made.json()["tasks"] == sorted([keys["Cadrage"], keys["Réalisation"]])
    one = f"risk-effects/{made.json()['id']}/"
    assert "déjà un effet" in errors(api("post", "risk-effects/", sent))["/risk"]
    assert api("patch", one, {"days": "8.5", "version": 1}).json()["tasks"] == made.json()["tasks"]
    stale = api("patch", one, {"days": "9", "version": 1})
    assert stale.status_code == 409 and stale.json()["conflicts"][0]["field"] == "days"
    assert api("patch", one, {"tasks": []}, If_Match=made.headers["ETag"]).status_code == 412
    whole = api("patch", one, {"tasks": [], "version": 2})
    assert (whole.status_code, whole.json()["tasks"], whole.json()["days"]) == (200, [], "8.50")
    assert api("delete", one).status_code == 204
    assert api("get", one).status_code == 404
    with world.within():
        assert not RiskEffect.objects.exists()


def test_a_run_is_asked_for_followed_and_read(world: World, api: Api, keys: Any, erp: Project) -> None:
    empty = api("post", "forecasts/", {"project": str(erp.pk)})
    assert empty.status_code == 400 and "Rien n’est incertain" in empty.json()["detail"]
    assert api("post", "estimates/", {"task": keys["Réalisation"], **POINTS}).status_code == 201
    asked = api("post", "forecasts/", {"project": str(erp.pk)})
    assert asked.status_code == 202, asked.content
    row = asked.json()
    assert (row["job"]["state"], row["made_at"], row["p80_at"]) == ("queued", None, None)
    assert api("post", "forecasts/", {"project": str(erp.pk)}).json()["job"]["id"] == row["job"]["id"]
    assert api("get", "forecasts/").json()["results"] == []
    one = f"forecasts/{row['id']}/"
    assert api("get", one).json()["job"]["state"] in {"queued", "done"}
    stopped = api("post", f"{one}cancel/")
    assert (stopped.status_code, stopped.json()["job"]["state"]) == (200, "failed")
    assert stopped.json()["job"]["message"] == "Simulation annulée."
    with world.within():
        assert Job.objects.filter(state=JobState.FAILED).count() == 1


@pytest.mark.parametrize(
    "path", ["estimates", "estimate-classes", "risk-effects", "simulation-settings", "forecasts", "drift-rules"]
)
def test_others_read_or_see_nothing(world: World, client_of: ClientOf, erp: Project, keys: Any, path: str) -> None:
    """Mehdi observes the project, the reader may not, a stranger sees an organisation without it."""
    assert client_of(world.member).get(world.url(f"/api/v1/{path}/")).status_code == 200
    assert client_of(world.end_user).get(world.url(f"/api/v1/{path}/")).status_code == 403
    mehdi = Api(world, client_of(world.member))
    with world.within():
        risk = create_risk(actor=chloe(world), project=erp, title="Gel", probability=1, impact=1)
    for verb, where, body in (
        ("post", "estimates/", {"task": keys["Cadrage"], **POINTS}),
        ("post", "estimates/set/", {"rows": [{"task": keys["Cadrage"], **POINTS}]}),
        ("post", "risk-effects/", {"risk": str(risk.pk), "probability": "0.2", "days": "5"}),
        ("patch", f"simulation-settings/{erp.pk}/", {"runs": 500}),
        ("post", "forecasts/", {"project": str(erp.pk)}),
        ("patch", "drift-rules/low_float/", {"threshold_days": 3}),
    ):
        if where.startswith(path):
            assert mehdi(verb, where, body).status_code == 403, where
    foreign = client_of(world.stranger)
    elsewhere = world.url("/api/v1/", world.chantier)
    sent = {"task": keys["Cadrage"], "risk": str(risk.pk), "project": str(erp.pk), "probability": "0.2", "days": "5"}
    for where in ("estimates/", "risk-effects/", "forecasts/"):
        assert foreign.post(f"{elsewhere}{where}", sent, content_type=JSON).status_code == 400, where
    assert foreign.get(f"{elsewhere}simulation-settings/{erp.pk}/").status_code == 404


def test_lists_ask_the_same_for_three_rows_and_for_thirty(world: World, api: Api, erp: Project) -> None:
    counts = []
    for many in (3, 27):
        with world.within():
            made = [
                plan_actions.create_task(
                    actor=chloe(world), project=erp, name=f"T{many}-{number}", duration_minutes=DAY
                )
                for number in range(many)
            ]
            for number, task in enumerate(made):
                TaskEstimate(
                    project=erp, task=task, likely_minutes=1, optimistic_minutes=1, pessimistic_minutes=1
                ).save()
                risk = create_risk(
                    actor=chloe(world), project=erp, title=f"R{many}-{number}", probability=1, impact=1
                )
                RiskEffect(project=erp, risk=risk, probability="0.1", days=1, tasks=[str(task.pk)]).save()
        for path in ("estimates/", "risk-effects/", "simulation-settings/", "forecasts/"):
            api("get", path)
            with CaptureQueriesContext(connection) as seen:
                assert api("get", path).status_code == 200
            counts.append(len(seen))
    assert counts[:4] == counts[4:]
