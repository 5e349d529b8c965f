"""A company that can be searched: two projects, one of them Mehdi's, with rows of every kind."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.planning.actions import create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import add_project_member, create_milestone, create_programme, create_project
from portfolio.projects.models import Milestone, Programme, Project
from portfolio.risks.actions import create_risk
from portfolio.risks.models import Risk
from tech4value.search.models import SearchEntry, SearchToken
from tech4value.search.queries import Found, search, sight_of
from tests.replay import recorded
from tests.world import World

SPAN = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}


@dataclass
class Company:
    world: World
    it: Pole
    eloise: Person
    mehdi: Person
    transfo: Programme
    erp: Project
    paie: Project
    pilot: Milestone
    recette: Task
    retard: Risk

    @property
    def actor(self) -> Any:
        return self.world.memberships["pmo"].actor

    def find(self, text: str, who: str = "pmo", **narrowed: Any) -> list[Found]:
        """What `who` finds."""
        with self.world.within():
            return search(sight_of(self.world.memberships[who], **narrowed), text)

    def titles(self, text: str, who: str = "pmo") -> list[str]:
        return [found.title for found in self.find(text, who)]


@pytest.fixture
@recorded
def company(world: World) -> Company:
    """`erp` is managed by Éloïse; Mehdi (team member) works in `paie`, and in no other project."""
    with world.within(world.chantier):
        actor = world.memberships["stranger"].actor
        pole = create_pole(actor=actor, code="X", name="Ailleurs")
        create_project(actor=actor, code="ERP", name="Refonte secrète", pole=pole, **SPAN)
    with world.within():
        actor = world.memberships["pmo"].actor
        it = create_pole(actor=actor, code="IT", name="Informatique")
        eloise = create_person(actor=actor, name="Éloïse Œuvray", pole=it, profile="Architecte")
        mehdi = create_person(actor=actor, name="Mehdi Équipier", membership=world.memberships["member"])
        transfo = create_programme(actor=actor, code="TRANSFO", name="Transformation")
        erp = create_project(actor=actor, code="PRJ-012", name="Refonte de l’ERP", pole=it, manager=eloise, **SPAN)
        paie = create_project(actor=actor, code="PRJ-120", name="Nouvelle paie", pole=it, **SPAN)
        add_project_member(actor=actor, project=paie, person=mehdi, role="contributor")
        pilot = create_milestone(actor=actor, project=erp, name="Recette prononcée", due_on=date(2026, 5, 1))
        recette = create_task(actor=actor, project=paie, name="Préparer la recette")
        create_task(actor=actor, project=erp, name="Auditer la recette")
        retard = create_risk(
            actor=actor, project=erp, reference="R-07", title="Retard du fournisseur", probability=3, impact=3
        )
    return Company(world, it, eloise, mehdi, transfo, erp, paie, pilot, recette, retard)


def snapshot() -> tuple[list[Any], list[Any]]:
    """The whole index of the tenant, in order."""
    names = ("id", "kind", "title", "code", "detail", "project_id", "initial", "tokens", "updated_at")
    entries = list(SearchEntry.objects.order_by("id").values_list(*names))
    words = ("entry_id", "kind", "project_id", "token", "tier")
    return entries, list(SearchToken.objects.order_by("entry_id", "token").values_list(*words))
