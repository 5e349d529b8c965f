"""Between two changes the dashboard's facts are kept; any change, any other sight, is read afresh."""

from dataclasses import make_dataclass
from typing import Any

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.projects.models import Project, Weather
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.filters import Filters
from reporting.dashboards.kept_facts import kept_facts, shape_of
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import update
from tech4value.tenancy.clock import today
from tech4value.web import live
from tests.reporting.dashboards.portfolio_rows import make_pole, make_project, report
from tests.world import World

EVERYTHING = Filters()


@pytest.fixture
def projects(world: World) -> tuple[Project, Project]:
    with world.within():
        paie = make_project("PAIE", name="Paie")
        bilan = make_project("BILAN", name="Bilan", pole=make_pole("FIN", "Finance"))
        report(paie, today(), Weather.SUNNY)
    return paie, bilan


def read(world: World, who: str = "executive", filters: Filters = EVERYTHING) -> tuple[Any, int]:
    """The facts that `who` reads, and the statements that they cost."""
    with world.within(), CaptureQueriesContext(connection) as statements:
        facts = kept_facts(world.memberships[who], filters, today())
    return facts, len([one for one in statements if "set_config" not in one["sql"]])


def test_they_are_kept_as_they_were_made(world: World, projects: tuple[Project, Project]) -> None:
    made, cost = read(world)
    kept, again = read(world)
    assert kept == made
    assert again == 2 < cost


def test_what_another_release_kept_is_not_read(
    world: World, projects: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release whose rows have another field, deep in the facts, reads and keeps its own."""
    read(world)
    assert read(world)[1] == 2
    row = make_dataclass("Row", [("name", str)], frozen=True)
    longer = make_dataclass("Row", [("name", str), ("p80_on", str)], frozen=True)
    facts, later = (make_dataclass("Facts", [("rows", tuple[one, ...])], frozen=True) for one in (row, longer))
    assert shape_of(facts) != shape_of(later)
    assert shape_of(PortfolioFacts) == shape_of(PortfolioFacts)
    monkeypatch.setattr("reporting.dashboards.kept_facts.PortfolioFacts", later)
    assert read(world)[1] > 2


def test_a_change_of_anybody_is_read_at_once(world: World, projects: tuple[Project, Project]) -> None:
    read(world)
    with world.within():
        update(SYSTEM, Project.objects.get(pk=projects[0].pk), {"name": "Rebaptisé"})
    facts, _ = read(world)
    assert {row.name for row in facts.projects} == {"Rebaptisé", "Bilan"}
    with world.within():
        live.bump(world.atelier.pk, {"all"})
    assert read(world)[1] > 2, "a commit elsewhere makes it read afresh"


def test_each_reads_what_they_may_see(world: World, projects: tuple[Project, Project]) -> None:
    everything, _ = read(world)
    assert len(everything.projects) == 2
    nothing, _ = read(world, "member")
    assert nothing.projects == (), "a team member steers none"
    narrowed, _ = read(world, filters=Filters(pole=projects[1].pole_id))
    assert [row.name for row in narrowed.projects] == ["Bilan"]


def test_without_redis_the_page_is_made_all_the_same(
    world: World, projects: tuple[Project, Project], client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> str:
        raise redis.ConnectionError("away")

    monkeypatch.setattr("tech4value.web.live.version", away)
    facts, _ = read(world)
    assert len(facts.projects) == 2
