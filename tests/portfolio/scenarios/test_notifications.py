"""Who is told of a scenario: those who may approve it, its author of the decision, managers of what it changed."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from portfolio.people.models import Person
from portfolio.projects.models import Project
from portfolio.scenarios.actions import (
    add_operations,
    approve,
    create_scenario,
    delete_scenario,
    refuse,
    submit,
    withdraw,
)
from portfolio.scenarios.domain.operations import MoveMilestone, ShiftTask
from portfolio.scenarios.merging import TAKE, apply_scenario, undo_scenario
from portfolio.scenarios.models import Scenario
from tech4value.notifications.models import Notification, TeamsWebhook
from tech4value.notifications.reading import read_journal
from tech4value.notifications.teams import add_webhook
from tech4value.notifications.wording import address_of, item
from tests.portfolio.scenarios.conftest import Plan
from tests.tech4value.notifications.conftest import seal_written
from tests.world import World

HOOK = "https://prod-1.westeurope.logic.example/workflows/abc?sig=a-secret"


def told(world: World, who: str) -> list[tuple[str, str, str]]:
    """Kind, sentence and reason of what `who` is told of scenarios, in order; and that is forgotten."""
    seal_written()
    while read_journal():
        pass
    rows = Notification.objects.filter(member=world.memberships[who], kind__startswith="scenario.").order_by("id")
    with translation.override("fr"):
        found = [
            (row.kind.partition(".")[2], item(row).sentence.replace("\u00a0", " "), str(row.reason)) for row in rows
        ]
    rows.delete()
    return found


def of_channel(hook: TeamsWebhook) -> str:
    """What the channel is told of scenarios last."""
    last = Notification.objects.filter(webhook=hook, kind__startswith="scenario.").latest("id")
    with translation.override("fr"):
        return item(last).sentence.replace("\u00a0", " ")


def addresses(world: World, who: str) -> list[str]:
    """Where the messages of `who` lead."""
    seal_written()
    while read_journal():
        pass
    rows = Notification.objects.filter(member=world.memberships[who], kind__startswith="scenario.").order_by("id")
    return [address_of(row) for row in rows]


def made(world: World, plan: Plan, name: str = "Retard") -> Scenario:
    owner = world.memberships["manager"]
    operations = [MoveMilestone(str(plan.golive.pk), 7), ShiftTask(str(plan.realisation.pk), 5)]
    row = create_scenario(actor=owner.actor, owner=owner, name=name, operations=operations)
    return now(row)


def now(scenario: Scenario) -> Scenario:
    found: Scenario = Scenario.objects.get(pk=scenario.pk)
    return found


def test_it_is_told_to_those_who_decide_and_its_author_of_the_decision(world: World, plan: Plan) -> None:
    executive = world.memberships["executive"].actor
    with world.within():
        scenario = made(world, plan)
        submit(actor=world.memberships["manager"].actor, scenario=scenario)
    with world.within():
        for who in ("executive", "pmo", "admin"):
            assert told(world, who) == [("submitted", "Chloé Cheffe propose le scénario « Retard »", "decider")]
        for who in ("manager", "pole_manager", "member", "reader"):
            assert told(world, who) == []
        refuse(actor=executive, scenario=now(scenario), reason="Trop cher")
    with world.within():
        said = "Édouard Directeur a refusé votre scénario « Retard » : Trop cher"
        assert told(world, "manager") == [("refused", said, "requester")]
        assert told(world, "executive") == []
        submit(actor=world.memberships["manager"].actor, scenario=now(scenario))
        approve(actor=executive, scenario=now(scenario))
    with world.within():
        (approved,) = told(world, "manager")
        assert approved[0] == "approved" and "peut être appliqué" in approved[1]
        # Decided before anybody was told: nobody's news.
        assert told(world, "pmo") == []


def test_what_was_taken_back_or_deleted_is_told_to_nobody(world: World, plan: Plan) -> None:
    actor = world.memberships["manager"].actor
    with world.within():
        scenario = made(world, plan)
        submit(actor=actor, scenario=scenario)
        withdraw(actor=actor, scenario=now(scenario))
        gone = made(world, plan, "Autre")
        submit(actor=actor, scenario=gone)
        delete_scenario(actor=actor, scenario=now(gone))
    with world.within():
        assert told(world, "executive") == []


def test_managers_are_told_what_was_applied_to_their_projects_and_taken_back(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tech4value.notifications.teams.public_addresses", lambda _host: [])
    executive = world.memberships["executive"]
    with world.within():
        scenario = made(world, plan)
        author, beside = world.memberships["manager"], ShiftTask(str(plan.reprise.pk), 3)
        add_operations(actor=author.actor, member=author, scenario=scenario, operations=[beside])
        scenario = now(scenario)
        person = Person.objects.create(
            tenant=world.atelier, name="Paula Pôle", membership=world.memberships["pole_manager"], pole=plan.it
        )
        Project.objects.filter(pk__in=[plan.erp.pk]).update(manager=person)
        submit(actor=world.memberships["manager"].actor, scenario=scenario)
        approve(actor=executive.actor, scenario=now(scenario))
        told(world, "manager")
        hook = add_webhook(actor=world.memberships["admin"].actor, name="Direction", url=HOOK)
        choices: Any = dict.fromkeys(scenario.operations.values_list("pk", flat=True), TAKE)
        apply_scenario(actor=executive.actor, member=executive, scenario=scenario, choices=choices, seen={})
    with world.within():
        ((kind, sentence, reason),) = told(world, "pole_manager")
        assert (kind, reason) == ("applied", "manager")
        assert sentence == "Édouard Directeur a appliqué le scénario « Retard » au plan de « Nouvel ERP »"
        said = "Édouard Directeur a appliqué votre scénario « Retard » au plan"
        assert told(world, "manager") == [("applied", said, "requester")]
        assert told(world, "executive") == []
        # A channel is told of all the projects, whoever manages them.
        written = "« Nouveau CRM », « Nouvel ERP »"
        assert of_channel(hook) == f"Édouard Directeur a appliqué le scénario « Retard » au plan de {written}"
        undo_scenario(actor=executive.actor, scenario=now(scenario))
    with world.within():
        # Each is led where they may go: it is its author's again, and no longer everybody's.
        assert addresses(world, "pole_manager") == [reverse("scenarios:list")]
        assert addresses(world, "manager") == [reverse("scenarios:detail", args=[scenario.pk])]
        ((kind, sentence, _reason),) = told(world, "pole_manager")
        assert kind == "undone" and "le plan de « Nouvel ERP » est celui d’avant" in sentence
        assert [one[0] for one in told(world, "manager")] == ["undone"]
