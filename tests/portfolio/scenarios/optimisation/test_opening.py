"""An answer opened as a scenario, and what scenarios propose as candidates."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from portfolio.people.domain.calendar import standard_calendar
from portfolio.scenarios.actions import create_scenario
from portfolio.scenarios.domain.operations import AddProject, BudgetShare, ProfileDemand, ShiftProject, StopProject
from portfolio.scenarios.models import Scenario
from portfolio.scenarios.optimisation.candidates import read_material
from portfolio.scenarios.optimisation.opening import open_as_scenario, same_day, working_days
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import update
from tests.portfolio.scenarios.conftest import TODAY
from tests.portfolio.scenarios.optimisation.conftest import Candidates
from tests.portfolio.scenarios.optimisation.test_answers import answered
from tests.world import World

Sign = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the scenarios' tests."""
    monkeypatch.setattr("portfolio.scenarios.optimisation.opening.today", lambda: TODAY)


def proposal(candidates: Candidates, name: str = "Robotiser") -> AddProject:
    """Six months of a developer at half time from April, for 60 000.01 €."""
    return AddProject(
        key="robots",
        code="ROBOTS",
        name=name,
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 9, 30),
        pole=str(candidates.pole.pk),
        budget=(BudgetShare("services", "opex", Decimal("60000.01")),),
        demand=(ProfileDemand(str(candidates.developer.pk), Decimal("0.5")),),
    )


def test_what_is_chosen_moves_and_what_is_not_is_stopped(world: World, candidates: Candidates) -> None:
    member = world.memberships["pmo"]
    with world.within():
        update(SYSTEM, candidates.study, {"first_month": date(2026, 5, 1)})
        answer = answered(world, candidates.study)
        scenario = open_as_scenario(actor=member.actor, member=member, answer=answer)
        found = [row.operation for row in scenario.operations.all()]
        stopped = [one for one in found if isinstance(one, StopProject)]
        assert stopped == [StopProject(str(candidates.crm.pk), TODAY)]
        moved = {one.project: one.days for one in found if isinstance(one, ShiftProject)}
        assert set(moved) == {str(one.pk) for one in (candidates.erp, candidates.bi, candidates.rgpd)}
        assert (scenario.name, scenario.owner) == ("Portefeuille 2026", member)
        again = open_as_scenario(actor=member.actor, member=member, answer=answer)
        assert again.name == "Portefeuille 2026 2"


def test_a_choice_that_the_plan_makes_already_opens_nothing(
    world: World, candidates: Candidates, client_of: Sign
) -> None:
    with world.within(), translation.override("fr"):
        update(SYSTEM, candidates.study, {"budgets": {}})
        answer = answered(world, candidates.study)
        with pytest.raises(ValidationError, match="rien à changer"):
            open_as_scenario(actor=SYSTEM, member=world.memberships["pmo"], answer=answer)
        assert not Scenario.objects.exists()
    client = client_of(world.pmo)
    address = world.url(f"/optimisations/{candidates.study.pk}/open/")
    assert client.post(address).status_code == 302
    with world.within():
        update(SYSTEM, candidates.study, {"budgets": {"2026": "100000"}})
        answered(world, candidates.study)
    opened = client.post(address)
    with world.within():
        assert opened.url.endswith(f"/scenarios/{Scenario.objects.get().pk}/")
    assert client_of(world.member).post(address).status_code == 403
    theirs = world.url(f"/optimisations/{candidates.their_study.pk}/open/")
    assert client.post(theirs).status_code == 404


def test_a_proposal_of_a_scenario_is_a_candidate_with_its_money_and_its_people(
    world: World, candidates: Candidates
) -> None:
    member = world.memberships["pmo"]
    with world.within():
        for name in ("Un", "Deux"):
            create_scenario(actor=member.actor, owner=member, name=name, operations=[proposal(candidates)])
        update(SYSTEM, candidates.study, {"grouping": "profile", "budgets": {"2026": "1000000"}, "capacity_share": 2})
        rows = [row for row in read_material(member, candidates.study).rows if row.proposal]
        assert [row.name for row in rows] == ["Robotiser", "Robotiser"]
        assert (len(rows[0].costs), rows[0].cost) == (6, Decimal("60000.01"))
        assert set(rows[0].demand) == {str(candidates.developer.pk)}
        answer = answered(world, candidates.study)
        chosen = [one["key"] for one in answer.data["chosen"]]
        assert len([key for key in chosen if key in answer.data["proposals"]]) == 1, "it is one project"
        opened = open_as_scenario(actor=member.actor, member=member, answer=answer)
        (added,) = [one.operation for one in opened.operations.all() if one.kind == AddProject.kind]
        assert isinstance(added, AddProject)
        assert added.ends_on - added.starts_on == timedelta(days=182)


def test_days_between_months_are_counted_on_the_calendar() -> None:
    calendar = standard_calendar()
    assert same_day(date(2026, 1, 31), date(2026, 2, 1)) == date(2026, 2, 28)
    assert working_days(calendar, date(2026, 3, 2), date(2026, 3, 9)) == 5
    assert working_days(calendar, date(2026, 3, 9), date(2026, 3, 2)) == -5
    assert working_days(calendar, date(2026, 3, 9), date(2026, 3, 9)) == 0
