"""A register: three risks of a project that world.manager manages, one of a project of nobody, one elsewhere."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project, ProjectMember, ProjectRole
from portfolio.risks.actions import create_risk
from portfolio.risks.models import Risk
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tech4value.tenancy.clock import today
from tests.replay import recorded
from tests.world import World


@dataclass
class Register:
    """`late` (20) is critical and overdue, `plain` (9) moderate, `closed` (25) closed; `other` (12) is of `site`."""

    erp: Project
    site: Project
    owner: Person
    late: Risk
    plain: Risk
    closed: Risk
    other: Risk
    theirs: Risk
    their_person: Person


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


@pytest.fixture
@recorded
def register(world: World) -> Register:
    with world.within(world.chantier):
        pole = create(SYSTEM, Pole(code="X", name="Autre"))
        their_person = create(SYSTEM, Person(name="Secrète Personne", pole=pole))
        theirs = create_risk(
            actor=SYSTEM, project=project(pole, "AILLEURS"), title="Secret d’ailleurs", probability=5, impact=5
        )
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        owner = create(SYSTEM, Person(name="Chloé Cheffe", pole=pole, membership=world.memberships["manager"]))
        mehdi = create(SYSTEM, Person(name="Mehdi Équipier", pole=pole, membership=world.memberships["member"]))
        erp, site = project(pole, "ERP", owner), project(pole, "SITE")
        create(SYSTEM, ProjectMember(project=erp, person=mehdi, role=ProjectRole.CONTRIBUTOR))
        late = create_risk(
            actor=SYSTEM,
            project=erp,
            title="Le prestataire se retire",
            probability=4,
            impact=5,
            owner=owner,
            due_on=today() - timedelta(days=3),
        )
        plain = create_risk(actor=SYSTEM, project=erp, title="Recette trop courte", probability=3, impact=3)
        closed = create_risk(
            actor=SYSTEM, project=erp, title="Ancien risque", probability=5, impact=5, status="closed"
        )
        other = create_risk(actor=SYSTEM, project=site, title="Hébergeur lent", probability=4, impact=3)
    return Register(erp, site, owner, late, plain, closed, other, theirs, their_person)
