"""The heatmap by person, team, skill and profile, by week and month. An executive reads unless said otherwise."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.capacity.allocation_actions import create_allocation
from portfolio.capacity.domain.load import Grain, LoadState
from portfolio.capacity.grid import Grouping, grid
from portfolio.capacity.queries import LoadFilters, person_load
from portfolio.people.actions import change_person, create_absence, create_person
from portfolio.people.profile_actions import create_profile
from portfolio.people.skill_actions import create_skill, give_skill
from portfolio.projects.actions import add_project_member, create_programme
from tests.portfolio.capacity.conftest import Team
from tests.world import World

DAY = 420
MARCH = date(2026, 3, 1)
MONDAY = date(2026, 3, 2)


@pytest.fixture
def staffed(world: World, team: Team) -> Team:
    """Inès knows SQL and is in the project's team; Hugo is an architect, booked a fifth of his time."""
    with world.within():
        skill = create_skill(actor=team.actor, name="SQL")
        give_skill(actor=team.actor, person=team.ines, skill=skill, level=4)
        profile = create_profile(actor=team.actor, name="Architecte")
        change_person(actor=team.actor, person=team.hugo, values={"profile": profile})
        add_project_member(actor=team.actor, project=team.project, person=team.ines, role="contributor")
        create_allocation(
            actor=team.actor, project=team.project, person=team.hugo, starts_on=MONDAY, ends_on=date(2026, 3, 31),
            share=Decimal("0.2"),
        )  # fmt: skip
    return team


def found(world: World, by: Grouping, grain: Grain, first: date, count: int) -> dict[str, list[tuple[int, int]]]:
    rows = grid(world.memberships["executive"], by, grain, first, count, LoadFilters()).rows
    return {row.name: [(cell.load, cell.capacity) for cell in row.cells] for row in rows}


def test_weeks_and_months_say_the_same(world: World, staffed: Team) -> None:
    with world.within():
        weeks = found(world, Grouping.PERSON, Grain.WEEK, MONDAY, 9)  # to 3 May
        months = found(world, Grouping.PERSON, Grain.MONTH, MARCH, 2)
        for name in ("Inès Roy", "Hugo Petit"):
            assert sum(load for load, _capacity in weeks[name]) == sum(load for load, _capacity in months[name])
        assert weeks["Inès Roy"][0] == (5 * DAY, 5 * DAY)
        assert weeks["Hugo Petit"][0] == (DAY, 5 * DAY // 2)
        assert months["Hugo Petit"][0] == (22 * DAY // 5, 11 * DAY)
        same = {(row.person, row.month): (row.load_minutes, row.capacity_minutes) for row in person_load(MARCH, 2)}
        assert same["Hugo Petit", MARCH] == months["Hugo Petit"][0]


def test_rows_gather_persons_by_what_is_asked(world: World, staffed: Team) -> None:
    with world.within():
        assert found(world, Grouping.SKILL, Grain.WEEK, MONDAY, 1) == {"SQL": [(5 * DAY, 5 * DAY)]}
        both = [(6 * DAY, 15 * DAY // 2)]
        assert found(world, Grouping.PROJECT, Grain.WEEK, MONDAY, 1) == {"ERP · Nouvel ERP": both}
        assert found(world, Grouping.PROGRAMME, Grain.WEEK, MONDAY, 1) == {}
        profiles = found(world, Grouping.PROFILE, Grain.WEEK, MONDAY, 1)
        assert profiles == {"Architecte": [(DAY, 5 * DAY // 2)], "Sans profil": [(5 * DAY, 10 * DAY)]}
        poles = found(world, Grouping.POLE, Grain.WEEK, MONDAY, 1)
        assert poles == {"Informatique": both, "Sans pôle": [(0, 5 * DAY)]}


def test_who_has_left_stays_in_sight_while_work_is_theirs(world: World, staffed: Team) -> None:
    with world.within():
        change_person(actor=staffed.actor, person=staffed.ines, values={"left_on": date(2026, 2, 28)})
    with world.within():
        rows = grid(world.memberships["pmo"], Grouping.PERSON, Grain.WEEK, MONDAY, 4, LoadFilters()).rows
        (ines,) = [row for row in rows if row.name == "Inès Roy"]
        assert {cell.state for cell in ines.cells} == {LoadState.OVER}


@pytest.mark.parametrize("by", [one.value for one in Grouping])
@pytest.mark.parametrize("grain", ["", "week"])
def test_every_reading_draws_and_leads_to_what_makes_it(
    world: World, staffed: Team, client_of: Any, by: str, grain: str
) -> None:
    reader = client_of(world.executive)
    asked = {"by": "" if by == "pole" else by, "grain": grain, "start": "2026-03-02"}
    answer = reader.get(world.url("/capacity/"), asked)
    text = answer.content.decode()
    assert answer.status_code == 200
    if by == "programme":
        assert "Rien à montrer" in text
        return
    address = text.split('data-cells="')[1].split('"')[0]
    period = text.split('data-at="')[1].split('"')[0]
    cell = reader.get(f"{address}{period}/")
    assert cell.status_code == 200 and "Formule" in cell.content.decode()


def test_a_person_s_week_names_tasks_bookings_and_absences(world: World, staffed: Team, client_of: Any) -> None:
    with world.within():
        create_absence(actor=staffed.actor, person=staffed.hugo, starts_on=MONDAY, ends_on=MONDAY, kind="sickness")
    address = world.url(f"/capacity/persons/{staffed.hugo.pk}/2026-W10/")
    text = client_of(world.executive).get(address).content.decode()
    assert "Nouvel ERP, allocation 20\xa0% du 02/03/2026 au 31/03/2026 (0,8\xa0j)" in text
    assert "Absence du 02/03/2026 au 02/03/2026" in text and "Maladie" not in text
    assert "Maladie du 02/03/2026" in client_of(world.pole_manager).get(address).content.decode()


@pytest.mark.parametrize("period", ["2026-W60", "2026-W00", "hier", "1850-01", "9999-W01"])
def test_any_period_is_answered(world: World, staffed: Team, client_of: Any, period: str) -> None:
    reader = client_of(world.executive)
    assert reader.get(world.url(f"/capacity/persons/{staffed.ines.pk}/{period}/")).status_code in {200, 404}
    assert reader.get(world.url("/capacity/"), {"grain": "week", "start": period, "page": "9x"}).status_code == 200


def test_a_row_that_is_not_there_is_not_found(world: World, staffed: Team, client_of: Any) -> None:
    reader = client_of(world.executive)
    for path in ("persons/x/2026-03", "teams/none/2026-03", "skills/00000000-0000-0000-0000-000000000000/2026-03"):
        assert reader.get(world.url(f"/capacity/{path}/")).status_code == 404, path
    theirs = world.url(f"/capacity/persons/{staffed.ines.pk}/2026-03/", world.chantier)
    assert client_of(world.stranger).get(theirs).status_code == 404


def test_two_hundred_rows_a_page_and_a_fixed_number_of_statements(
    world: World, staffed: Team, client_of: Any
) -> None:
    reader = client_of(world.executive)
    paths = [f"/capacity/?grain=week&start=2026-W10&by={by}" for by in ("", "person", "project", "skill", "profile")]

    def counts() -> list[int]:
        seen = []
        for path in paths:
            reader.get(world.url(path))
            with CaptureQueriesContext(connection) as captured:
                assert reader.get(world.url(path)).status_code == 200
            seen.append(len(captured))
        return seen

    before = counts()
    with world.within():
        for number in range(30):
            create_person(actor=staffed.actor, name=f"P{number}", pole=staffed.it, profile="Pilote", skills="SQL 3")
    assert counts() == before


def test_a_programme_is_a_team(world: World, staffed: Team) -> None:
    from portfolio.projects.actions import change_project

    with world.within():
        programme = create_programme(actor=staffed.actor, code="P1", name="Transformation")
        change_project(actor=staffed.actor, project=staffed.project, values={"programme": programme})
    with world.within():
        assert list(found(world, Grouping.PROGRAMME, Grain.MONTH, MARCH, 1)) == ["Transformation"]
