"""Overloads to come are told the same day, once, to whom the rule says, and end with what made them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portfolio.capacity.allocation_actions import create_allocation, delete_allocation
from portfolio.capacity.domain.load import monday_of
from portfolio.capacity.models import Allocation, OverloadAlert
from portfolio.capacity.notifications import _tell_overloads
from portfolio.capacity.overload_rule import change_rule
from portfolio.capacity.overload_watch import watch, watch_every_morning
from portfolio.people.actions import change_pole, create_absence, create_person
from portfolio.people.models import Person
from portfolio.projects.actions import change_project, create_project
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import today
from tests.portfolio.capacity.conftest import Team
from tests.world import World


@pytest.fixture
def projects(world: World, team: Team) -> list[Project]:
    """The manager of the company leads both projects; the pole's manager is a person with an account."""
    with world.within():
        chief = create_person(actor=team.actor, name="Paula", membership=world.memberships["pole_manager"])
        lead = create_person(actor=team.actor, name="Chloé", membership=world.memberships["manager"])
        change_pole(actor=team.actor, pole=team.it, values={"manager": chief})
        change_project(actor=team.actor, project=team.project, values={"manager": lead})
        other = create_project(
            actor=team.actor, code="CRM", name="Ventes", pole=team.it, manager=lead, starts_on=today(),
            ends_on=today() + timedelta(days=300),
        )  # fmt: skip
    return [team.project, other]


def book(
    team: Team, project: Project, share: str, first: int, weeks: int, person: Person | None = None
) -> Allocation:
    """From the Monday `first` weeks after this one."""
    start = monday_of(today()) + timedelta(weeks=first)
    return create_allocation(
        actor=team.actor, project=project, person=person or team.ines, starts_on=start,
        ends_on=start + timedelta(days=7 * weeks - 1), share=Decimal(share),
    )  # fmt: skip


def alerts(world: World) -> list[tuple[str, int, int, bool]]:
    with world.within():
        this = monday_of(today())
        return [
            (
                row.person.name,
                (row.first_week - this).days // 7,
                (row.last_week - this).days // 7,
                row.closed_on is None,
            )
            for row in OverloadAlert.objects.select_related("person").order_by("created_at")
        ]


def test_an_overload_is_seen_the_same_day_once_and_closed_when_gone(
    world: World, team: Team, projects: list[Project]
) -> None:
    with world.within():
        book(team, projects[0], "0.7", 2, 4)
    assert alerts(world) == []
    with world.within():
        second = book(team, projects[1], "0.7", 3, 5)
    assert alerts(world) == [("Inès Roy", 3, 5, True)]
    with world.within():  # it grows: the same alert follows, and is told no more
        book(team, projects[0], "0.5", 6, 1)
    assert alerts(world) == [("Inès Roy", 3, 6, True)]
    with world.within():
        told = AuditEvent.objects.filter(verb__startswith="overloadalert.").values_list("verb", flat=True)
        assert list(told) == ["overloadalert.created"]
        delete_allocation(actor=team.actor, allocation=second)
    assert alerts(world) == [("Inès Roy", 3, 6, False)]
    with world.within():
        watch_every_morning(today(), today())
        assert AuditEvent.objects.filter(verb="overloadalert.closed").count() == 1


def test_the_threshold_the_duration_and_the_horizon_are_the_rule_s(
    world: World, team: Team, projects: list[Project]
) -> None:
    with world.within():
        book(team, projects[0], "1", 4, 2)
        book(team, projects[1], "0.2", 4, 1)
    assert alerts(world) == []  # one week only
    with world.within():
        change_rule(actor=team.actor, values={"min_weeks": 1})
    assert alerts(world) == [("Inès Roy", 4, 4, True)]
    with world.within():
        change_rule(actor=team.actor, values={"threshold": Decimal("1.30")})
    assert alerts(world) == [("Inès Roy", 4, 4, False)]
    with world.within():
        change_rule(actor=team.actor, values={"threshold": Decimal("1.10"), "horizon_weeks": 3})
    assert [one[3] for one in alerts(world)] == [False]
    with world.within():
        change_rule(actor=team.actor, values={"horizon_weeks": 8})
    assert [one[3] for one in alerts(world)] == [False, True]


def test_an_absence_makes_an_overload(world: World, team: Team, projects: list[Project]) -> None:
    with world.within():
        start = monday_of(today()) + timedelta(weeks=3)
        create_allocation(
            actor=team.actor, project=projects[0], person=team.ines, starts_on=start,
            ends_on=start + timedelta(days=13), days=Decimal(8),
        )  # fmt: skip
    assert alerts(world) == []
    with world.within():
        for weeks in (0, 1):
            day = start + timedelta(weeks=weeks)
            create_absence(actor=team.actor, person=team.ines, starts_on=day, ends_on=day + timedelta(days=1))
    assert alerts(world) == [("Inès Roy", 3, 4, True)]


def test_who_is_told(world: World, team: Team, projects: list[Project]) -> None:
    with world.within():
        book(team, projects[0], "0.7", 2, 4)
        book(team, projects[1], "0.7", 2, 4)
    with world.within():
        events = list(AuditEvent.objects.filter(verb="overloadalert.created"))
        (told,) = _tell_overloads(events)
        keys = {one.member_id for one in told.to}
        assert keys == {world.memberships["pole_manager"].pk, world.memberships["manager"].pk}
        assert len(told.to) == 2 and told.facts["name"] == "Inès Roy"
        change_rule(actor=team.actor, values={"tell_project_managers": False})
        (told,) = _tell_overloads(events)
        assert {one.member_id for one in told.to} == {world.memberships["pole_manager"].pk}


def test_the_page_and_its_rule(world: World, team: Team, projects: list[Project], client_of: Any) -> None:
    reader = client_of(world.executive)
    assert "Aucune surcharge à venir" in reader.get(world.url("/capacity/overloads/")).content.decode()
    with world.within():
        book(team, projects[0], "0.7", 2, 4)
        book(team, projects[1], "0.7", 2, 4)
    text = reader.get(world.url("/capacity/overloads/")).content.decode()
    assert "Inès Roy" in text and "140\xa0% de charge au plus fort" in text
    (row,) = reader.get(world.url("/api/v1/overload-alerts/")).json()["results"]
    assert row["peak"] == "1.4000" and "4 semaines" in row["sentence"]
    rule = {
        "is_active": "on", "threshold": "120", "horizon_weeks": "4", "min_weeks": "6", "tell_pole_manager": "on",
    }  # fmt: skip
    pmo = client_of(world.pmo)
    assert reader.post(world.url("/capacity/overloads/rule/"), rule).status_code == 403
    wrong = pmo.post(world.url("/capacity/overloads/rule/"), rule)
    assert wrong.status_code == 422 and "dépasse l’horizon" in wrong.content.decode()
    nobody = {**rule, "min_weeks": "2"}
    del nobody["tell_pole_manager"]
    silent = pmo.post(world.url("/capacity/overloads/rule/"), nobody)
    assert silent.status_code == 422 and "au moins un destinataire" in silent.content.decode()
    assert pmo.post(world.url("/capacity/overloads/rule/"), {**rule, "min_weeks": "2"}).status_code == 302
    assert (
        pmo.post(world.url("/capacity/overloads/rule/"), {**rule, "min_weeks": "3", "version": "1"}).status_code
        == 302
    )
    stale = pmo.post(world.url("/capacity/overloads/rule/"), {**rule, "min_weeks": "4", "version": "1"})
    assert stale.status_code == 409


def test_a_bounded_number_of_statements(
    world: World, team: Team, projects: list[Project], django_assert_max_num_queries: Any
) -> None:
    with world.within():
        for number in range(20):
            person = create_person(actor=team.actor, name=f"P{number}", pole=team.it)
            book(team, projects[0], "0.7", 2, 4, person)
            book(team, projects[1], "0.7", 2, 4, person)
        with django_assert_max_num_queries(14):
            watch(None)
    assert len(alerts(world)) == 20
