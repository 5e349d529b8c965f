"""Two poles, three persons, a project with work over two months."""

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
from tech4value.audit.actor import Actor
from tests.replay import recorded
from tests.world import World


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@dataclass
class Team:
    actor: Actor
    it: Pole
    data: Pole
    ines: Person
    hugo: Person
    nobody: Person
    project: Project
    task: Task


@pytest.fixture
@recorded
def team(world: World) -> Team:
    """Inès (IT, full time) works all of March and April 2026 on one task; Hugo (IT) is half-time; Lou has no pole."""
    actor = world.memberships["pmo"].actor
    with world.within():
        it = create_pole(actor=actor, code="IT", name="Informatique")
        data = create_pole(actor=actor, code="DATA", name="Données")
        ines = create_person(actor=actor, name="Inès Roy", pole=it)
        hugo = create_person(actor=actor, name="Hugo Petit", pole=it, capacity=Decimal("0.5"))
        nobody = create_person(actor=actor, name="Lou Seul")
        project = create_project(
            actor=actor,
            code="ERP",
            name="Nouvel ERP",
            pole=it,
            starts_on=date(2026, 3, 2),
            ends_on=date(2026, 12, 18),
        )
        task = create_task(
            actor=actor,
            project=project,
            name="Reprise",
            starts_at=datetime(2026, 3, 2, 9),
            ends_at=datetime(2026, 4, 30, 17),
        )
        assign(actor=actor, task=task, person=ines)
    return Team(actor, it, data, ines, hugo, nobody, project, task)
