"""The cash of Atelier on 15 January 2026: one account, a customer tied to a go-live, a supplier, a team to pay."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from portfolio.people.models import Person, Pole
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Milestone, Project
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import BankAccount, Contract, ContractInstalment, Invoice, PayrollRule
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tests.world import World

TODAY = date(2026, 1, 15)


@dataclass
class Treasury:
    """`erp` is managed by world.manager; `their_contract` belongs to Chantier."""

    erp: Project
    golive: Milestone
    task: Task
    account: BankAccount
    sale: Contract
    solde: ContractInstalment
    licences: Contract
    invoice: Invoice
    payroll: PayrollRule
    their_contract: Contract
    their_account: BankAccount


def project(pole: Pole, code: str, manager: Person | None = None) -> Project:
    dates = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 12, 31)}
    return create(SYSTEM, Project(code=code, name=f"Projet {code}", pole=pole, manager=manager, **dates))


def contract(name: str, direction: str, **values: Any) -> Contract:
    return create_row(actor=SYSTEM, row=Contract(name=name, direction=direction, counterparty=f"{name} SA", **values))


def instalment(of: Contract, name: str, **values: Any) -> ContractInstalment:
    return create_row(actor=SYSTEM, row=ContractInstalment(contract=of, name=name, **values))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of every test of the room."""
    for module in ("rules", "queries", "lists", "views", "row_views", "contract_views", "watch"):
        name = "clock_today" if module in {"queries", "watch"} else "today"
        monkeypatch.setattr(f"portfolio.treasury.{module}.{name}", _day)


def _day(*_args: Any) -> date:
    return TODAY


@pytest.fixture
def treasury(world: World) -> Treasury:
    with world.within(world.chantier):
        their_account = create_row(
            actor=SYSTEM,
            row=BankAccount(name="Le leur", opening_on=date(2025, 12, 31), opening_balance=Decimal(999999)),
        )
        their_contract = contract("Secret", "supplier", net_amount=Decimal(777777))
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        chloe = create(SYSTEM, Person(name="Chloé Cheffe", pole=pole, membership=world.memberships["manager"]))
        erp = project(pole, "ERP", chloe)
        golive = create(SYSTEM, Milestone(project=erp, name="Mise en production", due_on=date(2026, 3, 10)))
        moment = datetime(2026, 3, 10, 17)
        task = create(
            SYSTEM,
            Task(
                project=erp,
                name="Mise en production",
                kind=TaskKind.MILESTONE,
                starts_at=moment,
                ends_at=moment,
                milestone=golive,
            ),
        )
        account = create_row(
            actor=SYSTEM,
            row=BankAccount(
                name="Compte courant",
                opening_on=date(2025, 12, 31),
                opening_balance=Decimal("100000.50"),
                threshold=Decimal(20000),
            ),
        )
        sale = contract("Vente ERP", "customer", project=erp, net_amount=Decimal("50000.05"), term_days=30)
        solde = instalment(sale, "Solde", share=Decimal(1), trigger_kind="plan", milestone=golive)
        licences = contract("Licences", "supplier", project=erp, term_kind="days_eom", term_days=45)
        yearly = instalment(
            licences,
            "Licences annuelles",
            amount=Decimal("30000.33"),
            trigger_kind="recurrence",
            every="year",
            starts_on=date(2026, 1, 5),
        )
        invoice = create_row(
            actor=SYSTEM,
            row=Invoice(
                contract=licences,
                instalment=yearly,
                period_on=date(2026, 1, 5),
                number="F-2031",
                issued_on=date(2026, 1, 8),
                net_amount=Decimal("30000.33"),
            ),
        )
        payroll = create_row(
            actor=SYSTEM,
            row=PayrollRule(
                name="Équipe",
                net_amount=Decimal(9000),
                charges_amount=Decimal("4000.10"),
                pay_day=28,
                starts_on=date(2026, 1, 20),
                ends_on=date(2026, 5, 31),
            ),
        )
    return Treasury(
        erp, golive, task, account, sale, solde, licences, invoice, payroll, their_contract, their_account
    )
