"""Scenarios through the API: the PMO builds and reads, the executive decides, the manager proposes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.projects.actions import change_milestone
from portfolio.projects.models import Milestone
from portfolio.scenarios.actions import add_operations, create_scenario
from portfolio.scenarios.domain.operations import MoveMilestone
from portfolio.scenarios.models import Scenario
from tech4value.accounts.models import User
from tests.portfolio.scenarios.conftest import Plan
from tests.world import World

Sign = Callable[[User], Client]
JSON: Any = {"content_type": "application/json"}


def made(world: World, client: Client, plan: Plan) -> str:
    """A scenario that slips the milestone by six weeks, made through the API."""
    answer = client.post(world.url("/api/v1/scenarios/"), {"name": "Retard"}, **JSON)
    assert answer.status_code == 201
    key: str = answer.json()["id"]
    sent = {"scenario": key, "kind": "move_milestone", "params": {"milestone": str(plan.golive.pk), "days": 42}}
    answer = client.post(world.url("/api/v1/scenario-operations/"), sent, **JSON)
    assert answer.status_code == 201
    assert answer.json()["sentence"].startswith("Reporter le jalon")
    return key


def test_built_read_decided_and_undone(world: World, plan: Plan, client_of: Sign) -> None:
    pmo, executive = client_of(world.pmo), client_of(world.executive)
    key = made(world, pmo, plan)
    base = world.url(f"/api/v1/scenarios/{key}")
    effect = pmo.get(f"{base}/effect/").json()
    assert Decimal(effect["live"]["lowest_balance"]) > Decimal(effect["scenario"]["lowest_balance"])
    assert len(effect["alerts"]) == 1 and "Mise en service" in effect["alerts"][0]
    assert effect["scenario"]["projects"] == []
    assert pmo.post(f"{base}/submit/").json()["status"] == "submitted"
    assert client_of(world.manager).post(f"{base}/approve/").status_code == 404
    assert executive.post(f"{base}/approve/").json()["status"] == "approved"
    with world.within():
        row = Milestone.objects.select_related("project").get(pk=plan.golive.pk)
        change_milestone(
            actor=world.memberships["manager"].actor, milestone=row, values={"due_on": date(2027, 2, 12)}
        )
    (step,) = executive.get(f"{base}/steps/").json()
    (conflict,) = step["conflicts"]
    assert (conflict["field"], conflict["by"], conflict["wanted"]) == ("due_on", "Chloé Cheffe", "2027-03-12")
    refused = executive.post(f"{base}/apply/", {}, **JSON)
    assert refused.status_code == 400 and "lisez" in refused.json()["detail"]
    choices = [{"operation": step["operation"], "choice": "take", "seen": step["digest"]}]
    assert executive.post(f"{base}/apply/", {"choices": choices}, **JSON).json()["status"] == "applied"
    with world.within():
        assert Milestone.objects.get(pk=plan.golive.pk).due_on == date(2027, 3, 12)
    assert executive.post(f"{base}/undo/").json()["status"] == "approved"
    assert executive.post(f"{base}/refuse/", {"reason": "Non"}, **JSON).json()["reason"] == "Non"


def test_what_an_operation_cannot_be_is_said(world: World, plan: Plan, client_of: Sign) -> None:
    client = client_of(world.pmo)
    key = made(world, client, plan)
    for kind, params in (
        ("change_rate", {"person": str(plan.ines.pk), "daily_rate": "-1", "from_on": "2027-02-01"}),
        ("move_milestone", {"milestone": str(plan.golive.pk), "days": "42"}),
        ("hire", {"profile": "x"}),
        ("shift_task", {"task": "nobody", "days": 3}),
    ):
        sent = {"scenario": key, "kind": kind, "params": params}
        answer = client.post(world.url("/api/v1/scenario-operations/"), sent, **JSON)
        assert (kind, answer.status_code) == (kind, 400)
    sent = {"scenario": key, "kind": "fly", "params": {}}
    assert client.post(world.url("/api/v1/scenario-operations/"), sent, **JSON).status_code == 400


def test_a_stale_save_and_others_scenarios_are_refused(world: World, plan: Plan, client_of: Sign) -> None:
    client, manager = client_of(world.pmo), client_of(world.manager)
    key = made(world, client, plan)
    url = world.url(f"/api/v1/scenarios/{key}/")
    assert client.patch(url, {"name": "Autre", "version": 1}, **JSON).status_code == 409
    assert manager.get(url).status_code == 404
    assert client_of(world.member).get(world.url("/api/v1/scenarios/")).status_code == 403
    with world.within():
        Scenario.objects.filter(pk=key).update(status="applied")
    assert manager.get(url).status_code == 200
    assert manager.delete(url).status_code == 403
    operations = client.get(world.url(f"/api/v1/scenario-operations/?scenario={key}")).json()["results"]
    assert client.delete(world.url(f"/api/v1/scenario-operations/{operations[0]['id']}/")).status_code == 400


def test_operations_are_listed_in_as_many_statements_few_and_many(world: World, plan: Plan, client_of: Sign) -> None:
    client = client_of(world.pmo)
    with world.within():
        owner = world.memberships["pmo"]
        scenario = create_scenario(actor=owner.actor, owner=owner, name="Essai")
        operations = [MoveMilestone(str(plan.golive.pk), 1)]
        add_operations(actor=owner.actor, member=owner, scenario=scenario, operations=operations * 3)
    url = world.url("/api/v1/scenario-operations/")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert len(client.get(url).json()["results"]) == 3
    with world.within():
        add_operations(actor=owner.actor, member=owner, scenario=scenario, operations=operations * 17)
        for number in range(10):
            create_scenario(actor=owner.actor, owner=owner, name=f"Essai {number}", operations=operations)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(url).json()["results"]) == 30
    assert len(few) == len(many)
