"""A small portfolio in Atelier: two projects, one of them managed by Chloé (`world.manager`)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.projects.actions import create_milestone, create_project, publish_status
from portfolio.projects.models import Milestone, Project, StatusReport
from tech4value.tenancy.clock import today
from tests.replay import recorded
from tests.world import World


@dataclass
class Portfolio:
    world: World
    it: Pole
    chloe: Person
    mehdi: Person
    erp: Project
    rgpd: Project
    pilot: Milestone
    report: StatusReport
    foreign: Project

    def url(self, path: str) -> str:
        return self.world.url(path)


@pytest.fixture
@recorded
def portfolio(world: World) -> Any:
    """`erp` is Chloé's, with a late milestone and a stormy report; `rgpd` is nobody's; `foreign` is Chantier's."""
    with world.within(world.chantier):
        actor = world.memberships["stranger"].actor
        pole = create_pole(actor=actor, code="X", name="Ailleurs")
        dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        foreign = create_project(actor=actor, code="X", name="Secret", pole=pole, **dates)
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        it = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"], pole=it)
        mehdi = create_person(actor=actor, name="Mehdi Équipier", membership=world.memberships["member"], pole=it)
        dates = {"starts_on": day - timedelta(days=100), "ends_on": day + timedelta(days=100)}
        erp = create_project(actor=actor, code="ERP", name="Nouvel ERP", pole=it, manager=chloe, **dates)
        rgpd = create_project(actor=actor, code="RGPD", name="Conformité RGPD", pole=it, **dates)
        pilot = create_milestone(actor=actor, project=erp, name="Pilote", due_on=day - timedelta(days=5))
        report = publish_status(
            actor=actor,
            project=erp,
            reported_on=day - timedelta(days=7),
            weather="stormy",
            comment="Le fournisseur tarde.",
        )
    return Portfolio(world, it, chloe, mehdi, erp, rgpd, pilot, report, foreign)
