"""Scenarios on screen: the executive tries, compares, approves and applies; the manager proposes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.projects.actions import change_milestone
from portfolio.projects.models import Milestone
from portfolio.scenarios.actions import add_operations, create_scenario
from portfolio.scenarios.domain.operations import MoveMilestone, Operation, ReduceTask, ShiftTask, StopProject
from portfolio.scenarios.models import Scenario, ScenarioOperation
from tech4value.accounts.models import Membership, User
from tests.portfolio.scenarios.conftest import Plan
from tests.world import World

Sign = Callable[[User], Client]


def made(world: World, plan: Plan, *operations: Operation, who: str = "executive", name: str = "Essai") -> Scenario:
    with world.within():
        owner = world.memberships[who]
        return create_scenario(actor=owner.actor, owner=owner, name=name, operations=operations)


def now(world: World, scenario: Scenario) -> Scenario:
    with world.within():
        found: Scenario = Scenario.everything.get(pk=scenario.pk)
        return found


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


def test_the_executive_slips_a_milestone_by_six_weeks(world: World, plan: Plan, client_of: Sign) -> None:
    client = client_of(world.executive)
    page = client.get(world.url("/scenarios/"))
    assert "Aucun scénario" in text(page)
    answer = client.post(world.url("/scenarios/new/"), {"name": "Retard de recette"})
    assert answer.status_code == 302
    detail = answer.headers["Location"]
    assert "Rien n’est changé encore" in text(client.get(detail))
    assert "Déplacer un jalon" in text(client.get(f"{detail}operations/"))
    form = f"{detail}operations/move_milestone/"
    assert client.get(form).status_code == 200
    assert client.post(form, {"milestone": plan.golive.pk, "weeks": "6"}).status_code == 302
    shown = text(client.get(detail))
    assert "Reporter le jalon « Mise en production (ERP) » de 6 semaines" in shown
    assert "passe sous le seuil de trésorerie en mars 2027" in shown
    assert "Hébergement, échéance « Mise en service »" in shown
    assert "liée au jalon « Mise en production » (ERP)" in shown
    assert "+42" in shown


def test_each_form_says_what_is_wrong_beside_its_field(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan)
    client = client_of(world.executive)
    base = world.url(f"/scenarios/{scenario.pk}/operations")
    for kind, sent, said in (
        ("shift_task", {"task": plan.analyse.pk, "days": "0"}, "ne change rien"),
        ("change_rate", {"person": plan.ines.pk, "daily_rate": "-5", "from_on": "2027-02-01"}, "supérieure"),
        (
            "change_rate",
            {"person": plan.ines.pk, "profile": plan.developer.pk, "daily_rate": "5", "from_on": "2027-02-01"},
            "l’un des deux",
        ),
        ("split_task", {"task": plan.analyse.pk, "at": "2027-03-01", "resumes_on": "2027-03-08"}, "Coupez « Ana"),
        ("stop_project", {"project": plan.erp.pk, "on": "2026-12-01"}, "Ce jour est passé"),
        (
            "allocate",
            {
                "project": plan.erp.pk, "person": plan.lou.pk, "starts_on": "2027-01-09", "ends_on": "2027-01-10",
                "share": "50",
            },
            "ne travaille aucun jour de cette période",
        ),
        (
            "reassign",
            {
                "task": plan.analyse.pk, "from_person": plan.lou.pk, "to_person": plan.hugo.pk, "share": "100",
            },
            "Lou Seul ne travaille pas sur « Analyse »",
        ),
    ):  # fmt: skip
        answer = client.post(f"{base}/{kind}/", sent)
        assert (kind, answer.status_code) == (kind, 422)
        assert said in text(answer), kind
    assert client.get(f"{base}/fly/").status_code == 404
    with world.within():
        assert not ScenarioOperation.objects.exists()


def test_every_form_adds_its_operation(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan)
    client = client_of(world.executive)
    sent: dict[str, dict[str, Any]] = {
        "shift_project": {"project": plan.crm.pk, "days": "5"},
        "shift_task": {"task": plan.realisation.pk, "days": "5"},
        "move_milestone": {"milestone": plan.golive.pk, "weeks": "1", "days": "1"},
        "add_project": {
            "code": "NEW", "name": "Neuf", "pole": plan.it.pk, "starts_on": "2027-03-01", "ends_on": "2027-04-30",
            "nature": "opex", "services": "8000", "profile_1": plan.developer.pk, "fte_1": "2",
        },
        "resize_project": {"project": plan.crm.pk, "factor": "80"},
        "change_rate": {"person": plan.ines.pk, "daily_rate": "700", "from_on": "2027-02-01"},
        "hire": {"name": "Recrue", "profile": plan.developer.pk, "starts_on": "2027-02-01", "share": "80"},
        "move_contract": {"contract": plan.rent.pk, "weeks": "2"},
        "reassign": {
            "task": plan.analyse.pk, "from_person": plan.ines.pk, "to_person": plan.lou.pk, "share": "50",
        },
        "split_task": {"task": plan.analyse.pk, "at": "2027-01-08", "resumes_on": "2027-01-18"},
        "reduce_task": {"task": plan.realisation.pk, "factor": "70"},
        "allocate": {
            "project": plan.erp.pk, "person": plan.lou.pk, "starts_on": "2027-03-01", "ends_on": "2027-03-31",
            "share": "50",
        },
        "change_budget": {
            "project": plan.erp.pk, "category": "services", "nature": "opex", "month": "2027-02", "forecast": "9000",
        },
        "stop_project": {"project": plan.crm.pk, "on": "2027-03-31"},
    }  # fmt: skip
    for kind, values in sent.items():
        answer = client.post(world.url(f"/scenarios/{scenario.pk}/operations/{kind}/"), values)
        assert (kind, answer.status_code) == (kind, 302), text(answer)[:2000]
    page = text(client.get(world.url(f"/scenarios/{scenario.pk}/")))
    assert "L’effet ne peut pas être calculé" not in page
    assert "Confier à Lou Seul 50" in page
    english = client.get(world.url(f"/scenarios/{scenario.pk}/"), headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_operations_are_moved_removed_and_brought_back(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(
        world, plan, MoveMilestone(str(plan.golive.pk), 7), ReduceTask(str(plan.analyse.pk), Decimal("0.5"))
    )
    client = client_of(world.executive)
    with world.within():
        first, second = scenario.operations.all()
    base = world.url("/scenarios/operations")
    assert client.post(f"{base}/{second.pk}/up/").status_code == 302
    with world.within():
        assert [row.kind for row in scenario.operations.all()] == ["reduce_task", "move_milestone"]
    client.post(f"{base}/{second.pk}/down/")
    client.post(f"{base}/{first.pk}/remove/")
    with world.within():
        assert [row.kind for row in scenario.operations.all()] == ["reduce_task"]
    assert client.post(f"{base}/{first.pk}/restore/").status_code == 204
    with world.within():
        assert [row.kind for row in scenario.operations.all()] == ["move_milestone", "reduce_task"]


def test_it_is_named_copied_deleted_and_brought_back(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 7))
    client = client_of(world.executive)
    base = world.url(f"/scenarios/{scenario.pk}")
    version = now(world, scenario).version
    assert client.post(f"{base}/edit/", {"name": "Autre", "version": version}).status_code == 302
    stale = client.post(f"{base}/edit/", {"name": "Encore", "version": version})
    assert stale.status_code == 409
    assert client.post(f"{base}/duplicate/").status_code == 302
    with world.within():
        copy = Scenario.objects.get(name="Autre (copie)")
        assert [row.kind for row in copy.operations.all()] == ["move_milestone"]
    client.post(f"{base}/delete/")
    assert client.get(f"{base}/").status_code == 404
    assert client.post(f"{base}/restore/").status_code == 204
    assert client.get(f"{base}/").status_code == 200


def test_two_scenarios_stand_beside_the_live_plan(world: World, plan: Plan, client_of: Sign) -> None:
    one = made(world, plan, MoveMilestone(str(plan.golive.pk), 42), name="Retard")
    other = made(world, plan, StopProject(str(plan.crm.pk), date(2027, 1, 29)), name="Arrêt")
    client = client_of(world.executive)
    assert "Choisissez des scénarios" in text(client.get(world.url("/scenarios/compare/")))
    page = text(client.get(world.url(f"/scenarios/compare/?with={one.pk}&with={other.pk}&with=x")))
    for said in ("Plan en cours", "Retard", "Arrêt", "arrêté le", "load-changed", "Solde le plus bas"):
        assert said in page
    assert page.count("<svg") > 1


def test_approved_applied_and_undone_in_a_click(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, ShiftTask(str(plan.realisation.pk), 5), who="manager")
    manager, executive = client_of(world.manager), client_of(world.executive)
    base = world.url(f"/scenarios/{scenario.pk}")
    assert manager.post(f"{base}/submit/", {"version": now(world, scenario).version}).status_code == 302
    assert manager.post(f"{base}/approve/").status_code == 403
    stale = executive.post(f"{base}/approve/", {"version": 1})
    assert stale.status_code == 409 and "a changé pendant que vous le lisiez" in text(stale)
    refused = executive.post(f"{base}/refuse/", {"reason": ""})
    assert refused.status_code == 422
    assert executive.post(f"{base}/approve/", {"version": now(world, scenario).version}).status_code == 302
    page = text(executive.get(f"{base}/apply/"))
    assert "Le plan n’a pas bougé sous ces opérations" in page
    with world.within():
        (row,) = scenario.operations.all()
    assert executive.post(f"{base}/apply/", {f"choice-{row.pk}": "take"}).status_code == 302
    assert now(world, scenario).status == "applied"
    assert "Appliqué au plan" in text(executive.get(f"{base}/"))
    assert executive.post(f"{base}/delete/").status_code == 302
    assert now(world, scenario).deleted_at is None
    assert executive.post(f"{base}/undo/").status_code == 204
    assert now(world, scenario).status == "approved"
    assert executive.post(f"{base}/undo/").status_code == 409


def test_a_conflict_is_chosen_between_on_the_page(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 42))
    client = client_of(world.executive)
    base = world.url(f"/scenarios/{scenario.pk}")
    client.post(f"{base}/submit/")
    client_of(world.pmo).post(f"{base}/approve/")
    with world.within():
        row = Milestone.objects.select_related("project").get(pk=plan.golive.pk)
        change_milestone(
            actor=world.memberships["manager"].actor, milestone=row, values={"due_on": date(2027, 2, 12)}
        )
        (operation,) = scenario.operations.all()
    page = client.get(f"{base}/apply/")
    for said in ("29/01/2027", "12/02/2027", "12/03/2027", "Chloé Cheffe", "Garder le plan en cours"):
        assert said in text(page)
    answer = client.post(f"{base}/apply/", {f"choice-{operation.pk}": "take"})
    assert answer.status_code == 409 and "rien n’a encore été écrit" in text(answer)
    seen = text(answer).split(f'name="seen-{operation.pk}" value="')[1].split('"')[0]
    sent = {f"choice-{operation.pk}": "take", f"seen-{operation.pk}": seen}
    assert client.post(f"{base}/apply/", sent).status_code == 302
    with world.within():
        assert Milestone.objects.get(pk=plan.golive.pk).due_on == date(2027, 3, 12)


def test_nobody_approves_what_they_propose_while_somebody_else_may(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 7))
    author, base = client_of(world.executive), world.url(f"/scenarios/{scenario.pk}")
    author.post(f"{base}/submit/")
    page = text(author.get(f"{base}/"))
    said = "On n’approuve pas ce que l’on propose soi-même : demandez à Alice Administratrice, Pierre Mohamed-Olive."
    assert said in page and "/approve/" not in page
    assert said in text(author.post(f"{base}/approve/", follow=True))
    answer = author.post(world.url(f"/api/v1/scenarios/{scenario.pk}/approve/"))
    assert answer.status_code == 400 and "demandez à" in answer.json()["detail"]
    assert now(world, scenario).status == "submitted"
    assert "/approve/" in text(client_of(world.pmo).get(f"{base}/"))
    # Alone with the right, one decides alone.
    with world.within():
        Membership.objects.filter(role__in=("administrator", "pmo")).update(is_active=False)
    assert "/approve/" in text(author.get(f"{base}/"))
    author.post(f"{base}/approve/")
    assert now(world, scenario).status == "approved"


def test_nobody_approves_what_they_submitted_for_another(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 7), who="manager")
    base = world.url(f"/scenarios/{scenario.pk}")
    other = client_of(world.executive)
    other.post(f"{base}/submit/")
    assert now(world, scenario).status == "submitted"
    page = text(other.get(f"{base}/"))
    assert "On n’approuve pas ce que l’on propose soi-même" in page and "/approve/" not in page
    other.post(f"{base}/approve/")
    assert now(world, scenario).status == "submitted"
    # Where only its author and who submitted it may approve, either does.
    with world.within():
        Membership.objects.filter(role__in=("administrator", "pmo")).update(is_active=False)
        Membership.objects.filter(pk=world.memberships["manager"].pk).update(role="executive")
    other.post(f"{base}/approve/")
    assert now(world, scenario).status == "approved"


def test_who_sees_and_changes_what(world: World, plan: Plan, client_of: Sign) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 7))
    mine = made(world, plan, MoveMilestone(str(plan.golive.pk), 7), who="manager", name="Le mien")
    base = world.url(f"/scenarios/{scenario.pk}")
    for who in (world.member, world.reader, world.end_user):
        assert client_of(who).get(f"{base}/").status_code == 403
    assert client_of(world.manager).get(f"{base}/").status_code == 404
    manager = client_of(world.manager)
    own = text(manager.get(world.url(f"/scenarios/{mine.pk}/")))
    assert "La trésorerie n’est montrée qu’à ceux qui la voient" in own and "Solde le plus bas" not in own
    assert manager.get(world.url(f"/scenarios/{mine.pk}/apply/")).status_code == 403
    assert client_of(world.pole_manager).get(world.url(f"/scenarios/{mine.pk}/")).status_code == 404
    assert client_of(world.stranger).get(f"{base}/").status_code in {302, 404}
    with world.within():
        Scenario.objects.filter(pk=scenario.pk).update(status="applied")
    assert manager.get(f"{base}/").status_code == 200
    assert manager.post(f"{base}/delete/").status_code == 403


def test_a_scenario_takes_as_many_statements_with_few_and_many_operations(
    world: World, plan: Plan, client_of: Sign
) -> None:
    scenario = made(world, plan, MoveMilestone(str(plan.golive.pk), 7))
    client = client_of(world.executive)
    page, table = world.url(f"/scenarios/{scenario.pk}/"), world.url("/scenarios/")
    for url in (page, table):
        client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    with CaptureQueriesContext(connection) as few_rows:
        client.get(table)
    with world.within():
        member = world.memberships["executive"]
        operations = [MoveMilestone(str(plan.golive.pk), 7)] * 29
        add_operations(actor=member.actor, member=member, scenario=now(world, scenario), operations=operations)
    for number in range(29):
        made(world, plan, name=f"Essai {number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get(page).status_code == 200
    with CaptureQueriesContext(connection) as many_rows:
        client.get(table)
    assert len(many) == len(few)
    assert len(many_rows) == len(few_rows)


@pytest.mark.parametrize("query", ["q=" + quote("éssai"), "status=draft"])
def test_the_list_is_searched_and_filtered(world: World, plan: Plan, client_of: Sign, query: str) -> None:
    made(world, plan, name="Essai")
    page = text(client_of(world.executive).get(world.url(f"/scenarios/?{query}")))
    assert "Essai" in page
