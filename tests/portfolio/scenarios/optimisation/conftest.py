"""Four projects of Atelier that have not begun on 15 January 2026, one that is under way, and a study of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portfolio.capacity.allocation_actions import create_allocation
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person, Pole, Profile
from portfolio.projects.models import Phase, Project
from portfolio.risks.models import Risk
from portfolio.scenarios.optimisation.actions import create_study
from portfolio.scenarios.optimisation.models import OptimisationStudy
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tests.world import World

TODAY = date(2026, 1, 15)


@dataclass
class Candidates:
    """ERP costs 70 000 € in 2026, CRM 40 000, BI 30 000; RGPD costs nothing. `run` is being done."""

    pole: Pole
    developer: Profile
    paul: Person
    erp: Project
    crm: Project
    bi: Project
    rgpd: Project
    run: Project
    study: OptimisationStudy
    their_study: OptimisationStudy

    @property
    def all(self) -> list[Project]:
        return [self.erp, self.crm, self.bi, self.rgpd]


def project(pole: Pole, code: str, phase: str = Phase.FRAMING, months: int = 3) -> Project:
    dates = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 2 + months, 28)}
    return create(SYSTEM, Project(code=code, name=f"Projet {code}", pole=pole, phase=phase, **dates))


def costing(one: Project, *amounts: int) -> None:
    """A line of the forecast for each month from its start."""
    for at, amount in enumerate(amounts):
        line = BudgetLine(
            project=one, category="services", nature="opex", month=date(2026, 3 + at, 1), forecast=Decimal(amount)
        )
        create(SYSTEM, line)


def study(name: str = "Portefeuille 2026", **values: Any) -> OptimisationStudy:
    given = {"first_month": date(2026, 3, 1), "months": 6, "grouping": "none", "seconds": 5, "delay_cost": "0.01"}
    return create_study(actor=SYSTEM, study=OptimisationStudy(name=name, **{**given, **values}))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.scenarios.optimisation.forms.today", lambda *_args: TODAY)


@pytest.fixture
def candidates(world: World) -> Candidates:
    with world.within(world.chantier):
        their_study = study("La leur")
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        developer = create(SYSTEM, Profile(name="Développeuse"))
        paul = create(SYSTEM, Person(name="Paul Code", pole=pole, profile=developer))
        erp, crm, bi, rgpd = (project(pole, code) for code in ("ERP", "CRM", "BI", "RGPD"))
        run = project(pole, "RUN", Phase.DELIVERY)
        costing(erp, 50_000, 20_000)
        costing(crm, 40_000)
        costing(bi, 10_000, 20_000)
        create(SYSTEM, Risk(project=erp, reference="R1", title="Fournisseur", probability=4, impact=5))
        made = study(
            budgets={"2026": "100000"},
            projects={
                str(erp.pk): {"role": "free", "alignment": "9", "npv": "200000"},
                str(crm.pk): {"role": "free", "alignment": "7", "npv": "60000"},
                str(bi.pk): {"role": "free", "alignment": "6", "npv": "50000"},
            },
        )
    return Candidates(pole, developer, paul, erp, crm, bi, rgpd, run, made, their_study)


def booked(one: Project, first: date, last: date, share: str, **who: Any) -> None:
    """Time of a person or of a profile on a project."""
    create_allocation(actor=SYSTEM, project=one, starts_on=first, ends_on=last, share=Decimal(share), **who)
