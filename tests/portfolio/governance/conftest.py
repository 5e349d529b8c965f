"""Atelier with a pole, Chloé (project manager) and Mehdi (member) as persons, on the French week of 35 hours."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from portfolio.governance.actions import create_template
from portfolio.governance.models import ProjectTemplate
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from tech4value.audit.actor import Actor
from tests.world import World


def small_document() -> dict[str, Any]:
    """Two phases, every type of link, an offset, a milestone a phase, a risk, two roles with their letters."""
    return {
        "lines": [
            {"key": "design", "name": "Conception", "kind": "phase", "level": 1},
            {"key": "need", "name": "Recueillir", "kind": "task", "level": 2, "days": 3, "role": "lead"},
            {"key": "draw", "name": "Dessiner", "kind": "task", "level": 2, "days": 5, "work_days": 2.5,
             "role": "maker", "links": [{"predecessor": "need", "lag": 2}]},
            {"key": "agreed", "name": "Conception validée", "kind": "milestone", "level": 2,
             "criterion": "Le sponsor a signé.", "links": [{"predecessor": "draw"}]},
            {"key": "build", "name": "Réalisation", "kind": "phase", "level": 1},
            {"key": "code", "name": "Réaliser", "kind": "task", "level": 2, "days": 8, "role": "maker",
             "links": [{"predecessor": "agreed"}]},
            {"key": "test", "name": "Tester", "kind": "task", "level": 2, "days": 4,
             "links": [{"predecessor": "code", "type": "SS", "lag": 3}]},
            {"key": "write", "name": "Documenter", "kind": "task", "level": 2, "days": 2,
             "links": [{"predecessor": "code", "type": "FF", "lag": 1}]},
            {"key": "watch", "name": "Surveiller", "kind": "task", "level": 2, "days": 1, "offset_days": 30},
            {"key": "live", "name": "Mise en service", "kind": "milestone", "level": 2,
             "criterion": "Dix utilisateurs l’emploient.",
             "links": [{"predecessor": "code"}, {"predecessor": "test"}, {"predecessor": "write"}]},
        ],
        "risks": [
            {"key": "late", "title": "Retard du fournisseur", "probability": 3, "impact": 4,
             "cause": "Un seul fournisseur.", "response": "En qualifier un second.", "role": "lead"}
        ],
        "roles": [
            {"key": "lead", "name": "Pilote", "mission": "Conduit.", "raci": {"design": "A", "live": "A"}},
            {"key": "maker", "name": "Réalisateur", "raci": {"design": "C", "build": "A"}},
        ],
        "budget": [{"key": "b1", "category": "staff", "nature": "opex", "month": 2, "planned": "1200.50"}],
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def pmo(world: World) -> Actor:
    return world.memberships["pmo"].actor


@pytest.fixture
def pole(world: World, pmo: Actor) -> Pole:
    with world.within():
        return create_pole(actor=pmo, code="IT", name="Informatique")


@pytest.fixture
def chloe(world: World, pmo: Actor, pole: Pole) -> Person:
    with world.within():
        return create_person(actor=pmo, name="Chloé Cheffe", pole=pole, membership=world.memberships["manager"])


@pytest.fixture
def mehdi(world: World, pmo: Actor, pole: Pole) -> Person:
    with world.within():
        return create_person(actor=pmo, name="Mehdi Équipier", pole=pole, membership=world.memberships["member"])


@pytest.fixture
def template(world: World, pmo: Actor) -> ProjectTemplate:
    with world.within():
        return create_template(actor=pmo, name="Petit projet", method="hybrid", **small_document())
