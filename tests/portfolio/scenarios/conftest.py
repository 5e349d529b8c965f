"""Atelier on Monday 4 January 2027: two projects that wait for one another, a customer who pays on a milestone.

ERP (IT): Analyse (10 days, Inès) then Réalisation (10 days, Inès) then the milestone Recette, which stands for « Mise
en production »; CRM (Data): Reprise (5 days, Hugo) waits for Recette. Lou (Data) has nothing to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from portfolio.capacity.allocation_actions import create_allocation
from portfolio.capacity.models import Allocation
from portfolio.finance.actions import set_budget
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole, Profile, Skill
from portfolio.people.profile_actions import create_profile
from portfolio.people.skill_actions import create_skill
from portfolio.planning.actions import assign, create_task, link_tasks
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.actions import create_milestone, create_project
from portfolio.projects.models import Milestone, Project
from portfolio.risks.actions import create_risk
from portfolio.scenarios.live import Live, read_live
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import BankAccount, Contract, ContractInstalment
from tech4value.audit.actor import Actor
from tests.replay import recorded
from tests.world import World

TODAY = date(2027, 1, 4)
DAY = 420


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def _today(*_args: Any) -> date:
    return TODAY


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of every test of the room."""
    for name in (
        "portfolio.scenarios.live.clock_today",
        "portfolio.scenarios.actions.today",
        "portfolio.scenarios.applying.today",
        "portfolio.treasury.queries.clock_today",
        "portfolio.treasury.watch.clock_today",
        "portfolio.treasury.rules.today",
    ):
        monkeypatch.setattr(name, _today)


@dataclass
class Plan:
    actor: Actor
    it: Pole
    data: Pole
    developer: Profile
    sql: Skill
    ines: Person
    hugo: Person
    lou: Person
    erp: Project
    crm: Project
    analyse: Task
    realisation: Task
    recette: Task
    reprise: Task
    golive: Milestone
    booking: Allocation
    account: BankAccount
    sale: Contract
    solde: ContractInstalment
    rent: Contract
    loyer: ContractInstalment


@pytest.fixture
@recorded
def plan(world: World) -> Plan:
    actor = world.memberships["pmo"].actor
    with world.within():
        it = create_pole(actor=actor, code="IT", name="Informatique")
        data = create_pole(actor=actor, code="DATA", name="Données")
        developer = create_profile(actor=actor, name="Développeur")
        sql = create_skill(actor=actor, name="SQL")
        ines = create_person(actor=actor, name="Inès Roy", pole=it, profile=developer, daily_rate=Decimal(600))
        hugo = create_person(actor=actor, name="Hugo Petit", pole=data, daily_rate=Decimal(400))
        lou = create_person(actor=actor, name="Lou Seul", pole=data, daily_rate=Decimal(500))
        erp = _project(actor, it, "ERP", "Nouvel ERP")
        crm = _project(actor, data, "CRM", "Nouveau CRM")
        golive = create_milestone(actor=actor, project=erp, name="Mise en production", due_on=date(2027, 1, 29))
        start = datetime(2027, 1, 4, 9)
        analyse = create_task(actor=actor, project=erp, name="Analyse", starts_at=start, duration_minutes=10 * DAY)
        realisation = create_task(actor=actor, project=erp, name="Réalisation", duration_minutes=10 * DAY)
        recette = create_task(actor=actor, project=erp, name="Recette", kind=TaskKind.MILESTONE, milestone=golive)
        reprise = create_task(actor=actor, project=crm, name="Reprise", duration_minutes=5 * DAY)
        for one, other in ((analyse, realisation), (realisation, recette), (recette, reprise)):
            link_tasks(actor=actor, predecessor=_now(one), successor=_now(other))
        for task, person in ((analyse, ines), (realisation, ines), (reprise, hugo)):
            assign(actor=actor, task=_now(task), person=person)
        booking = create_allocation(
            actor=actor,
            project=crm,
            person=lou,
            starts_on=date(2027, 2, 8),
            ends_on=date(2027, 2, 19),
            share=Decimal("0.5"),
        )
        for month, amount in ((date(2027, 1, 1), "12000.10"), (date(2027, 2, 1), "8000.20")):
            set_budget(
                actor=actor, project=erp, category="services", nature="opex", month=month,
                planned=Decimal(amount), forecast=Decimal(amount),
            )  # fmt: skip
        create_risk(actor=actor, project=erp, title="Retard", probability=4, impact=4)
        account = create_row(
            actor=actor,
            row=BankAccount(
                name="Compte", opening_on=date(2026, 12, 31), opening_balance=Decimal(30000), threshold=Decimal(10000)
            ),
        )
        sale = create_row(
            actor=actor,
            row=Contract(
                name="Vente ERP",
                direction="customer",
                counterparty="Client SA",
                project=erp,
                net_amount=Decimal(40000),
            ),
        )
        solde = create_row(
            actor=actor,
            row=ContractInstalment(
                contract=sale, name="Solde", share=Decimal(1), trigger_kind="plan", milestone=golive
            ),
        )
        rent = create_row(
            actor=actor, row=Contract(name="Hébergement", direction="supplier", counterparty="Nuage", project=erp)
        )
        loyer = create_row(
            actor=actor,
            row=ContractInstalment(
                contract=rent, name="Mise en service", amount=Decimal(20000), trigger_kind="date",
                starts_on=date(2027, 2, 10),
            ),
        )  # fmt: skip
    return Plan(
        actor, it, data, developer, sql, ines, hugo, lou, erp, crm, analyse, realisation, recette, reprise, golive,
        booking, account, sale, solde, rent, loyer,
    )  # fmt: skip


def _project(actor: Actor, pole: Pole, code: str, name: str) -> Project:
    return create_project(
        actor=actor, code=code, name=name, pole=pole, starts_on=date(2027, 1, 4), ends_on=date(2027, 6, 30)
    )


def _now(task: Task) -> Task:
    found: Task = Task.objects.select_related("project").get(pk=task.pk)
    return found


def live_of(world: World, who: str = "pmo") -> Live:
    """The live plan as one of the cast sees it, every project in detail."""
    return read_live(world.memberships[who])
