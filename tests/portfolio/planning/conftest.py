"""A project of Atelier with a calendar of 35 hours, managed by Chloé."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tests.portfolio.planning.across import Portfolio
from tests.world import World


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def atelier(world: World) -> Iterator[World]:
    with world.within():
        yield world


@pytest.fixture
def actor(atelier: World) -> Actor:
    return atelier.memberships["manager"].actor


@pytest.fixture
def pole(actor: Actor) -> Pole:
    return create_pole(actor=actor, code="IT", name="Informatique")


@pytest.fixture
def chloe(actor: Actor, atelier: World, pole: Pole) -> Person:
    return create_person(actor=actor, name="Chloé Cheffe", pole=pole, membership=atelier.memberships["manager"])


@pytest.fixture
def mehdi(actor: Actor, atelier: World, pole: Pole) -> Person:
    return create_person(actor=actor, name="Mehdi Équipier", pole=pole, membership=atelier.memberships["member"])


@pytest.fixture
def project(actor: Actor, pole: Pole, chloe: Person) -> Project:
    return create_project(
        actor=actor,
        code="ERP",
        name="Nouvel ERP",
        pole=pole,
        manager=chloe,
        starts_on=date(2026, 3, 2),  # a Monday
        ends_on=date(2026, 12, 18),
    )


@pytest.fixture
def portfolio(world: World) -> Portfolio:
    """B1 waits for A1 (3 days), C1 for B1 (2 days)."""
    made = Portfolio(world)
    for name, days in (("A1", 3), ("B1", 2), ("C1", 1)):
        made.task(name, days)
    made.link("A1", "B1")
    made.link("B1", "C1")
    return made
