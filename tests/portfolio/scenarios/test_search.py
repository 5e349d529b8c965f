"""Ctrl-K finds the scenarios and the studies that one may see."""

import pytest

from portfolio.scenarios.actions import change_scenario, create_scenario, delete_scenario
from portfolio.scenarios.models import Scenario
from portfolio.scenarios.optimisation.actions import create_study
from portfolio.scenarios.optimisation.models import OptimisationStudy
from tech4value.audit.writing import update
from tech4value.search.index import rebuild
from tech4value.search.queries import by_ids, latest, search, sight_of
from tests.portfolio.scenarios.conftest import TODAY, Plan
from tests.world import World


def found(world: World, who: str, text: str) -> list[str]:
    with world.within():
        return [one.title for one in search(sight_of(world.memberships[who], ("scenario", "study")), text)]


@pytest.fixture
def scenario(world: World, plan: Plan) -> Scenario:
    """The manager's."""
    with world.within():
        owner = world.memberships["manager"]
        row = create_scenario(
            actor=owner.actor, owner=owner, name="Glissement d’été", description="Et si la recette attendait ?"
        )
        found: Scenario = Scenario.objects.get(pk=row.pk)
        return found


def test_a_scenario_is_found_by_its_author_and_by_those_who_see_all(world: World, scenario: Scenario) -> None:
    for who in ("manager", "executive", "pmo", "admin"):
        assert found(world, who, "glissement ete") == ["Glissement d’été"], who
        assert found(world, who, "recette") == ["Glissement d’été"], who
    for who in ("pole_manager", "member", "reader", "end_user"):
        assert found(world, who, "glissement") == [], who
    with world.within():
        sight = sight_of(world.memberships["pole_manager"], ("scenario",))
        assert by_ids(sight, [scenario.pk]) == [] and latest(sight) == []
        (mine,) = search(sight_of(world.memberships["manager"]), "glissement")
        assert mine.project_id is None and mine.url == f"/scenarios/{scenario.pk}/"
    # What is applied is everybody's, as on the list.
    with world.within():
        update(world.memberships["executive"].actor, scenario, {"status": "applied"}, verb="scenario.applied")
    assert found(world, "pole_manager", "glissement") == ["Glissement d’été"]
    assert found(world, "member", "glissement") == []


def test_it_is_found_by_its_new_name_and_no_more_once_deleted(world: World, scenario: Scenario) -> None:
    actor = world.memberships["manager"].actor
    with world.within():
        change_scenario(actor=actor, scenario=scenario, values={"name": "Report"})
    assert found(world, "manager", "report") == ["Report"] and found(world, "manager", "glissement") == []
    with world.within():
        rebuild()
    assert found(world, "manager", "report") == ["Report"]
    with world.within():
        delete_scenario(actor=actor, scenario=Scenario.objects.get(pk=scenario.pk))
    assert found(world, "executive", "report") == []


def test_a_study_is_found_by_those_who_build_scenarios(world: World, plan: Plan) -> None:
    with world.within():
        study = OptimisationStudy(name="Choix du printemps", first_month=TODAY.replace(day=1))
        create_study(actor=plan.actor, study=study)
    for who in ("executive", "manager", "pole_manager"):
        assert found(world, who, "printemps") == ["Choix du printemps"], who
    assert found(world, "member", "printemps") == []
