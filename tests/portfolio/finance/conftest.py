"""Two projects of Atelier with their managers, and one of the other company."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from portfolio.finance.actions import BudgetEntry, set_budget_lines
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tests.replay import recorded
from tests.world import World


@dataclass
class Budgets:
    """`erp` is managed by world.manager, `site` by nobody; `theirs` belongs to Chantier."""

    erp: Project
    site: Project
    theirs: Project
    line: BudgetLine
    their_line: BudgetLine


def project(pole: Pole, code: str, manager: Person | None = None) -> Project:
    return create(
        SYSTEM,
        Project(
            code=code,
            name=f"Projet {code}",
            pole=pole,
            manager=manager,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
        ),
    )


def entry(category: str, nature: str, month: int, planned: str, actual: str = "0", forecast: str = "") -> BudgetEntry:
    """A line of 2026; the forecast is the plan unless told."""
    return BudgetEntry(
        category,
        nature,
        date(2026, month, 1),
        planned=Decimal(planned),
        committed=Decimal(planned) / 2,
        actual=Decimal(actual),
        forecast=Decimal(forecast or planned),
    )


@pytest.fixture
@recorded
def budgets(world: World) -> Budgets:
    with world.within(world.chantier):
        theirs = project(create(SYSTEM, Pole(code="X", name="Autre pôle")), "AILLEURS")
        entries = [entry("licences", "opex", 1, "999999")]
        their_line = set_budget_lines(actor=SYSTEM, project_lines={theirs: entries}).lines[0]
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        chloe = create(SYSTEM, Person(name="Chloé Cheffe", pole=pole, membership=world.memberships["manager"]))
        erp, site = project(pole, "ERP", chloe), project(pole, "SITE")
        lines = set_budget_lines(
            actor=SYSTEM,
            project_lines={
                erp: [
                    entry("licences", "capex", 1, "1000.10", "900.05", "950"),
                    entry("licences", "capex", 2, "2000.20", "0", "2500"),
                    entry("services", "opex", 1, "300", "310.33", "310.33"),
                ],
                site: [entry("staff", "opex", 3, "5000", "5200", "5200")],
            },
        ).lines
    return Budgets(erp, site, theirs, lines[0], their_line)
