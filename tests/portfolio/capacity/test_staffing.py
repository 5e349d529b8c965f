"""Requests for staff: asked by the project, ranked, accepted into an allocation or declined with a reason."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from portfolio.capacity.allocation_actions import create_allocation
from portfolio.capacity.models import Allocation, RequestState, StaffingRequest
from portfolio.capacity.staffing import candidates
from portfolio.capacity.staffing_actions import accept_request, ask_staff, decline_request
from portfolio.people.actions import create_person
from portfolio.people.models import Skill
from portfolio.people.skill_actions import create_skill
from tech4value.audit.models import AuditEvent
from tests.portfolio.capacity.conftest import Team
from tests.world import World

JSON = "application/json"
DAY = 420


@pytest.fixture
def sql(world: World, team: Team) -> Skill:
    """Ada is an expert, half booked; Bob is confirmed and free; Cid is confirmed, half-time; Dan knows too little."""
    with world.within():
        skill = create_skill(actor=team.actor, name="SQL")
        people = {
            name: create_person(actor=team.actor, name=name, skills=f"SQL {level}", capacity=Decimal(capacity))
            for name, level, capacity in (("Ada", 5, "1"), ("Bob", 4, "1"), ("Cid", 4, "0.5"), ("Dan", 2, "1"))
        }
        create_allocation(
            actor=team.actor, project=team.project, person=people["Ada"], starts_on=date(2026, 5, 1),
            ends_on=date(2026, 6, 30), share=Decimal("0.5"),
        )  # fmt: skip
    return skill


def asked(world: World, team: Team, skill: Skill, **values: Any) -> StaffingRequest:
    given = {
        "starts_on": date(2026, 6, 3),
        "ends_on": date(2026, 6, 16),
        "share": Decimal("0.6"),
        "level": 4,
        **values,
    }
    return ask_staff(actor=team.actor, project=team.project, skill=skill, **given)


def test_candidates_come_by_time_left_then_level(world: World, team: Team, sql: Skill) -> None:
    with world.within():
        row = asked(world, team, sql)
    with world.within():
        rows = candidates(row)
        # Wednesday to Tuesday: ten days, the weeks at both ends cut.
        assert [(one.person.name, one.remaining, one.is_enough) for one in rows] == [
            ("Bob", 10 * DAY, True),
            ("Ada", 5 * DAY, False),
            ("Cid", 5 * DAY, False),
        ]
        assert rows[1].load == 5 * DAY and rows[0].asked == 6 * DAY


def test_an_accepted_request_is_an_allocation_once(world: World, team: Team, sql: Skill, client_of: Any) -> None:
    with world.within():
        row = asked(world, team, sql)
        bob = next(one.person for one in candidates(row) if one.person.name == "Bob")
    address = world.url(f"/capacity/requests/{row.pk}/accept/")
    assert client_of(world.manager).post(address, {"person": str(bob.pk)}).status_code == 403
    assert client_of(world.pole_manager).post(address, {"person": str(bob.pk)}).status_code == 302
    with world.within():
        row.refresh_from_db()
        made = Allocation.objects.get(person=bob)
        assert (row.state, row.allocation_id) == (RequestState.ACCEPTED, made.pk)
        assert (made.share, made.skill_id, made.starts_on) == (Decimal("0.6"), sql.pk, row.starts_on)
        with pytest.raises(ValidationError, match="a reçu sa réponse"):
            accept_request(actor=team.actor, request=row, person=bob)


def test_who_cannot_be_booked_is_not_given(world: World, team: Team, sql: Skill) -> None:
    with world.within():
        row = asked(world, team, sql)
        cid = next(one.person for one in candidates(row) if one.person.name == "Cid")
        with pytest.raises(ValidationError, match="Cid travaille à 50"):
            accept_request(actor=team.actor, request=row, person=cid)
        row.refresh_from_db()
        assert row.state == RequestState.OPEN
        accept_request(actor=team.actor, request=row, person=cid, share=Decimal("0.5"))


def test_a_refusal_says_why_and_may_be_reopened(world: World, team: Team, sql: Skill, client_of: Any) -> None:
    with world.within():
        row = asked(world, team, sql)
        with pytest.raises(ValidationError, match="Dites pourquoi"):
            decline_request(actor=team.actor, request=row, reason="  ")
    chief = client_of(world.pole_manager)
    declined = chief.post(world.url(f"/capacity/requests/{row.pk}/decline/"), {"reason": "Tous en congés"})
    assert declined.status_code == 302
    page = chief.get(world.url("/capacity/requests/?state=answered")).content.decode()
    assert "Tous en congés" in page and "Refusée" in page
    assert chief.post(world.url(f"/capacity/requests/{row.pk}/reopen/")).status_code == 302
    with world.within():
        row.refresh_from_db()
        assert (row.state, row.reason) == (RequestState.OPEN, "")
        verbs = set(AuditEvent.objects.filter(object_id=row.pk).values_list("verb", flat=True))
        assert verbs == {"staffingrequest.created", "staffingrequest.declined", "staffingrequest.reopened"}


def test_a_request_asks_for_something(world: World, team: Team, sql: Skill, client_of: Any) -> None:
    address = world.url(f"/capacity/projects/{team.project.pk}/requests/new/")
    sent = {"starts_on": "2026-06-03", "ends_on": "2026-06-16", "share": "60"}
    nothing = client_of(world.pmo).post(address, sent)
    assert (
        nothing.status_code == 422 and "Choisissez une compétence, un profil, ou les deux" in nothing.content.decode()
    )
    assert client_of(world.pmo).post(address, {**sent, "skill": str(sql.pk), "level": "5"}).status_code == 302
    assert client_of(world.executive).post(address, {**sent, "skill": str(sql.pk)}).status_code == 403
    with world.within():
        row = StaffingRequest.objects.get()
    panel = client_of(world.pmo).get(world.url(f"/capacity/requests/{row.pk}/")).content.decode()
    assert "Ada" in panel and "Bob" not in panel
    assert (
        client_of(world.stranger).get(world.url(f"/capacity/requests/{row.pk}/", world.chantier)).status_code == 404
    )
    gone = client_of(world.pmo).post(world.url(f"/capacity/requests/{row.pk}/delete/"))
    assert gone.status_code == 302
    assert client_of(world.pmo).post(world.url(f"/capacity/requests/{row.pk}/restore/")).status_code == 204


def test_the_api_ranks_and_answers(world: World, team: Team, sql: Skill, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    sent = {
        "project": str(team.project.pk), "skill": str(sql.pk), "level": 4, "starts_on": "2026-06-03",
        "ends_on": "2026-06-16", "share": "0.5",
    }  # fmt: skip
    row = pmo.post(world.url("/api/v1/staffing-requests/"), sent, content_type=JSON).json()
    address = world.url(f"/api/v1/staffing-requests/{row['id']}/")
    rows = pmo.get(f"{address}candidates/").json()
    assert [(one["name"], one["is_enough"]) for one in rows] == [("Bob", True), ("Ada", True), ("Cid", True)]
    assert (
        client_of(world.manager)
        .post(f"{address}accept/", {"person": rows[0]["person"]}, content_type=JSON)
        .status_code
        == 403
    )
    made = pmo.post(f"{address}accept/", {"person": rows[0]["person"]}, content_type=JSON)
    assert made.status_code == 200 and made.json()["share"] == "0.5000"
    again = pmo.post(f"{address}decline/", {"reason": "Non"}, content_type=JSON)
    assert again.status_code == 400
