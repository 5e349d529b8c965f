"""Allocations: what they add to the load, why they are refused, and who may book whom."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.capacity.allocation_actions import (
    change_allocation,
    create_allocation,
    delete_allocation,
    restore_allocation,
)
from portfolio.capacity.demand import demand
from portfolio.capacity.domain.load import Grain
from portfolio.capacity.models import Allocation, LoadMonth, LoadWeek
from portfolio.people.actions import change_person, create_absence, create_person
from portfolio.people.profile_actions import create_profile
from portfolio.projects.actions import create_project
from tests.portfolio.capacity.conftest import Team
from tests.world import World

JSON = "application/json"
DAY = 420
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
WEEK = date(2026, 3, 9)


def load(person: Any) -> tuple[int, int]:
    """Minutes in March, and in the week of the 9th."""
    months = LoadMonth.objects.filter(person=person, month=MARCH).values_list("minutes", flat=True)
    weeks = LoadWeek.objects.filter(person=person, week=WEEK).values_list("minutes", flat=True)
    return sum(months), sum(weeks)


def test_an_allocation_is_the_ceiling_of_the_tasks_of_its_project(world: World, team: Team) -> None:
    # Inès works full time on a task of the project all of March: half of her time booked there adds nothing.
    with world.within():
        row = create_allocation(
            actor=team.actor, project=team.project, person=team.ines, starts_on=MARCH, ends_on=date(2026, 3, 31),
            share=Decimal("0.5"),
        )  # fmt: skip
        other = create_project(
            actor=team.actor, code="CRM", name="Ventes", pole=team.it, starts_on=MARCH, ends_on=date(2026, 12, 31)
        )
    with world.within():
        assert load(team.ines) == (22 * DAY, 5 * DAY)
        create_allocation(
            actor=team.actor,
            project=other,
            person=team.ines,
            starts_on=WEEK,
            ends_on=date(2026, 3, 13),
            days=Decimal(2),
        )
    with world.within():
        assert load(team.ines) == (24 * DAY, 7 * DAY)  # of another project, it does
        found = demand(team.ines, WEEK, Grain.WEEK)
        assert found.minutes == 7 * DAY and [one.beyond for one in found.booked] == [0, 2 * DAY]
        delete_allocation(actor=team.actor, allocation=Allocation.objects.get(project=other))
        delete_allocation(actor=team.actor, allocation=row)
    with world.within():
        assert load(team.ines) == (22 * DAY, 5 * DAY)


def test_booked_time_counts_alone_and_follows_absences(world: World, team: Team) -> None:
    with world.within():
        row = create_allocation(
            actor=team.actor, project=team.project, person=team.hugo, starts_on=MARCH, ends_on=date(2026, 3, 31),
            share=Decimal("0.5"),
        )  # fmt: skip
    with world.within():
        assert load(team.hugo) == (11 * DAY, 5 * DAY // 2)
        create_absence(actor=team.actor, person=team.hugo, starts_on=WEEK, ends_on=date(2026, 3, 10))
    with world.within():
        assert load(team.hugo) == (10 * DAY, 3 * DAY // 2)
        change_allocation(actor=team.actor, allocation=row, values={"days": Decimal(4), "starts_on": WEEK})
        row.refresh_from_db()
        assert row.share is None
    with world.within():
        assert load(team.hugo)[0] == 4 * DAY
        delete_allocation(actor=team.actor, allocation=row)
    with world.within():
        assert load(team.hugo) == (0, 0)
        restore_allocation(actor=team.actor, allocation=row)
    with world.within():
        assert load(team.hugo)[0] == 4 * DAY


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_on": "2026-02-01"}, "Hugo Petit arrive le 02/03/2026 : la période commence 29\xa0j plus tôt"),
        ({"ends_on": "2026-09-10"}, "Hugo Petit part le 31/08/2026 : la période finit 10\xa0j plus tard"),
        ({"share": "80"}, "Hugo Petit travaille à 50\xa0% d’un temps plein : 80\xa0% en demande 30\xa0% de trop"),
        ({"starts_on": "2026-03-07", "ends_on": "2026-03-08"}, "ne travaille aucun jour de cette période"),
        (
            {"share": "", "days": "20"},
            "Hugo Petit travaille 11\xa0j dans cette période : 20\xa0j en demandent 9\xa0j de trop",
        ),
        ({"ends_on": "2026-02-01"}, "La fin précède le début"),
        ({"starts_on": "1999-03-07"}, "Choisissez des dates entre"),
        ({"share": ""}, "Donnez une part en %, ou un nombre de jours"),
        ({"days": "3"}, "Donnez une part en %, ou un nombre de jours"),
        ({"person": ""}, "Choisissez une personne, ou un profil"),
    ],
)
def test_what_cannot_be_booked_is_told_in_words(
    world: World, team: Team, client_of: Any, values: dict[str, str], sentence: str
) -> None:
    with world.within():
        change_person(
            actor=team.actor, person=team.hugo, values={"joined_on": date(2026, 3, 2), "left_on": date(2026, 8, 31)}
        )
    sent = {"person": str(team.hugo.pk), "starts_on": "2026-03-02", "ends_on": "2026-03-31", "share": "50", **values}
    address = world.url(f"/capacity/projects/{team.project.pk}/allocations/new/")
    answer = client_of(world.pmo).post(address, sent)
    text = answer.content.decode().replace("\u202f", "\xa0")
    assert answer.status_code == 422, text
    assert sentence.replace(" :", "\xa0:") in text
    with world.within():
        assert not Allocation.objects.exists()


def test_a_days_package_bounds_what_is_booked_in_a_year(world: World, team: Team) -> None:
    with world.within():
        person = create_person(actor=team.actor, name="Ada", work_regime="days", yearly_days=20)
        span = {"person": person, "starts_on": MARCH, "share": Decimal(1)}
        create_allocation(actor=team.actor, project=team.project, ends_on=date(2026, 3, 20), **span)
        with pytest.raises(ValidationError) as refused:
            create_allocation(
                actor=team.actor, project=team.project, **{**span, "starts_on": date(2026, 3, 23)},
                ends_on=date(2026, 3, 31),
            )  # fmt: skip
        (said,) = refused.value.message_dict["share"]
        assert "22\xa0j alloués en 2026, 2\xa0j de plus que les 20\xa0j du forfait" in said


def test_who_may_book(world: World, team: Team, client_of: Any) -> None:
    sent = {"person": str(team.hugo.pk), "starts_on": "2026-03-02", "ends_on": "2026-03-31", "share": "50"}
    address = world.url(f"/capacity/projects/{team.project.pk}/allocations/new/")
    assert client_of(world.executive).post(address, sent).status_code == 403  # reads only
    assert client_of(world.manager).post(address, sent).status_code == 403  # not their project
    assert client_of(world.member).get(world.url("/capacity/allocations/")).status_code == 403
    assert client_of(world.pole_manager).post(address, sent).status_code == 302  # keeps the people
    with world.within():
        row = Allocation.objects.get()
    edit = world.url(f"/capacity/allocations/{row.pk}/edit/")
    assert client_of(world.executive).post(edit, sent).status_code == 403
    changed = {**sent, "share": "40", "version": "1"}
    assert client_of(world.pmo).post(edit, changed).status_code == 302
    assert client_of(world.pole_manager).post(edit, {**changed, "share": "30"}).status_code == 409
    for path in (
        f"/capacity/allocations/{row.pk}/edit/",
        f"/api/v1/allocations/{row.pk}/",
        f"/capacity/projects/{team.project.pk}/",
    ):
        assert client_of(world.stranger).get(world.url(path, world.chantier)).status_code == 404
    gone = client_of(world.pmo).post(world.url(f"/capacity/allocations/{row.pk}/delete/"))
    assert gone.status_code == 302
    assert client_of(world.pmo).post(world.url(f"/capacity/allocations/{row.pk}/restore/")).status_code == 204


def test_the_api_books_and_refuses(world: World, team: Team, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    sent = {
        "project": str(team.project.pk), "person": str(team.hugo.pk), "starts_on": "2026-03-02",
        "ends_on": "2026-03-31", "share": "0.5",
    }  # fmt: skip
    made = pmo.post(world.url("/api/v1/allocations/"), sent, content_type=JSON)
    assert made.status_code == 201, made.content
    refused = pmo.post(world.url("/api/v1/allocations/"), {**sent, "share": "0.9"}, content_type=JSON)
    assert refused.status_code == 400 and refused.json()["errors"][0]["pointer"] == "/share"
    listed = pmo.get(
        world.url("/api/v1/allocations/"), {"person": str(team.hugo.pk), "date_from": "2026-03-31"}
    ).json()
    assert len(listed["results"]) == 1
    assert pmo.get(world.url("/api/v1/allocations/"), {"nope": "1"}).status_code == 400
    assert (
        client_of(world.executive).post(world.url("/api/v1/allocations/"), sent, content_type=JSON).status_code == 403
    )
    assert (
        client_of(world.manager).post(world.url("/api/v1/allocations/"), sent, content_type=JSON).status_code == 403
    )


def test_a_profile_is_booked_before_it_has_a_name(world: World, team: Team, client_of: Any) -> None:
    with world.within():
        profile = create_profile(actor=team.actor, name="Architecte")
        create_allocation(
            actor=team.actor, project=team.project, profile=profile, starts_on=WEEK, ends_on=date(2026, 3, 13),
            share=Decimal(2),
        )  # fmt: skip
    with world.within():
        assert not LoadWeek.objects.filter(person=team.hugo).exists()
    page = client_of(world.pmo).get(world.url("/capacity/"), {"by": "profile", "grain": "week", "start": "2026-W11"})
    assert "Architecte" in page.content.decode() and "sans capacité" in page.content.decode()
    cell = client_of(world.pmo).get(world.url(f"/capacity/profiles/{profile.pk}/2026-W11/")).content.decode()
    assert "Alloué à un profil, sans personne" in cell


def test_pages_cost_the_same_for_three_and_thirty(world: World, team: Team, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    paths = ["/capacity/allocations/?past=1", f"/capacity/projects/{team.project.pk}/", "/api/v1/allocations/"]

    def counts() -> list[int]:
        found = []
        for path in paths:
            pmo.get(world.url(path))
            with CaptureQueriesContext(connection) as seen:
                assert pmo.get(world.url(path)).status_code == 200
            found.append(len(seen))
        return found

    def book(size: int) -> None:
        with world.within():
            for number in range(size):
                person = create_person(actor=team.actor, name=f"P{number} {size}", pole=team.it)
                create_allocation(
                    actor=team.actor, project=team.project, person=person, starts_on=WEEK, ends_on=WEEK,
                    share=Decimal("0.1"),
                )  # fmt: skip

    book(3)
    before = counts()
    book(27)
    assert counts() == before
