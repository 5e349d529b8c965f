"""A pole that Paula manages, Mehdi who works in it, and a project that Chloé manages with tasks of his."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.planning.actions import assign, create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from portfolio.timesheets.actions import Subject
from tech4value.audit.actor import Actor
from tests.replay import recorded
from tests.world import World

# A Monday.
WEEK = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@dataclass
class Desk:
    """`build` and `test` are Mehdi's tasks (20 and 10 days of work planned), `other` is nobody's."""

    actor: Actor
    it: Pole
    mehdi: Person
    paula: Person
    erp: Project
    build: Task
    test: Task
    other: Task

    @property
    def subject(self) -> Subject:
        return Subject(self.erp, self.build)


@pytest.fixture
@recorded
def desk(world: World) -> Desk:
    pmo = world.memberships["pmo"].actor
    with world.within():
        it = create_pole(actor=pmo, code="IT", name="Informatique")
        paula = create_person(actor=pmo, name="Paula Pôle", pole=it, membership=world.memberships["pole_manager"])
        it.manager = paula
        it.save(update_fields=["manager"])
        mehdi = create_person(
            actor=pmo,
            name="Mehdi Équipier",
            pole=it,
            membership=world.memberships["member"],
            daily_rate=Decimal("500"),
        )
        chloe = create_person(actor=pmo, name="Chloé Cheffe", membership=world.memberships["manager"])
        erp = create_project(
            actor=pmo,
            code="ERP",
            name="Nouvel ERP",
            pole=it,
            manager=chloe,
            starts_on=date(2026, 2, 2),
            ends_on=date(2026, 12, 18),
        )
        build, test, other = (
            create_task(
                actor=pmo,
                project=erp,
                name=name,
                starts_at=datetime(2026, 2, 2, 9),
                duration_minutes=420 * days,
            )
            for name, days in (("Construire", 20), ("Tester", 10), ("Former", 5))
        )
        assign(actor=pmo, task=build, person=mehdi)
        assign(actor=pmo, task=test, person=mehdi)
    return Desk(pmo, it, mehdi, paula, erp, build, test, other)
