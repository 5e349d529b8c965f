"""Calendars of milestones: opened, read at their secret address, lost with the project, taken back."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.exports.actions import MOST_FEEDS, open_feed
from integrations.exports.models import CalendarFeed
from portfolio.people.actions import create_person, create_pole
from portfolio.planning.actions import create_task
from portfolio.projects.actions import create_project
from portfolio.projects.milestone_actions import create_milestone
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Role
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import delete, update
from tests.world import World

Sign = Callable[[Any], Client]


@pytest.fixture
def project(world: World) -> Any:
    """A project led by the project manager, with a promised milestone and a planned one."""
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"])
        found = create_project(
            actor=actor,
            code="VPN",
            name="Accès",
            pole=pole,
            manager=chloe,
            starts_on=date(2026, 9, 28),
            ends_on=date(2027, 4, 30),
        )
        create_milestone(actor=actor, project=found, name="Mise en service", due_on=date(2026, 12, 15))
        create_task(actor=actor, project=found, name="Câbles posés", kind="milestone")
        yield found


def opened(world: World, project: Project | None, who: str = "manager") -> str:
    """The path of a new calendar of that person."""
    member = world.memberships[who]
    _feed, secret = open_feed(actor=member.actor, member=member, project=project)
    return world.url(f"/exports/calendars/{secret}.ics")


def summaries(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.findall(r"^SUMMARY:(.*)\r$", answer.content.decode(), re.MULTILINE)


def test_the_address_is_shown_once_and_read_without_signing_in(
    world: World, project: Project, client_of: Sign, client: Client
) -> None:
    manager = client_of(world.manager)
    page = manager.post(world.url(f"/exports/calendars/project/{project.pk}/"))
    address = re.search(r"<code[^>]*>(http[^<]+\.ics)</code>", page.content.decode())
    assert address
    assert page["Cache-Control"] == "no-store"
    path = "/" + address[1].split("/", 3)[3]
    assert path.startswith("/t/atelier/exports/calendars/")
    again = manager.get(world.url("/exports/calendars/")).content.decode()
    assert address[1] not in again
    assert "VPN" in again or "Accès" in again
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert summaries(client, path) == ["VPN · Câbles posés", "VPN · Mise en service"]
    assert b"X-WR-CALNAME:Jalons " in answer.content
    with world.within():
        feed = CalendarFeed.objects.get()
        assert feed.read_at is not None
        assert path.rpartition("/")[2].removesuffix(".ics") not in str(vars(feed))
        assert (
            AuditEvent.objects.filter(verb="calendarfeed.created").exists()
            or AuditEvent.objects.filter(object_id=feed.pk).exists()
        )


def test_events_keep_their_identity(world: World, project: Project, client: Client) -> None:
    path = opened(world, project)
    before = re.findall(r"UID:(\S+)", client.get(path).content.decode())
    milestone = project.milestones.get()
    update(world.memberships["pmo"].actor, milestone, {"due_on": date(2027, 1, 4)})
    after = client.get(path).content.decode()
    assert sorted(re.findall(r"UID:(\S+)", after)) == sorted(before)
    assert "DTSTART;VALUE=DATE:20270104" in after
    assert "SEQUENCE:2" in after


def test_ones_own_calendar_holds_the_projects_that_one_leads(world: World, project: Project, client: Client) -> None:
    assert len(summaries(client, opened(world, None))) == 2
    # The PMO sees the project and does not work on it.
    assert summaries(client, opened(world, None, "pmo")) == []
    assert len(summaries(client, opened(world, project, "pmo"))) == 2


def test_a_person_who_has_lost_the_project_reads_nothing(world: World, project: Project, client: Client) -> None:
    path = opened(world, project)
    Membership.objects.filter(pk=world.memberships["manager"].pk).update(role=Role.END_USER)
    update(world.memberships["pmo"].actor, project, {"manager": None})
    content = client.get(path).content.decode()
    assert "VEVENT" not in content
    assert "Accès" not in content
    Membership.objects.filter(pk=world.memberships["manager"].pk).update(is_active=False)
    assert client.get(path).status_code == 404


def test_a_calendar_closes_with_its_owners_account(world: World, project: Project, client: Client) -> None:
    path = opened(world, project)
    assert client.get(path).status_code == 200
    world.manager.is_active = False
    world.manager.save(update_fields=["is_active"])
    assert client.get(path).status_code == 404


def test_a_deleted_project_or_milestone_is_not_shown(world: World, project: Project, client: Client) -> None:
    path = opened(world, project)
    delete(world.memberships["pmo"].actor, project.milestones.get())
    assert summaries(client, path) == ["VPN · Câbles posés"]
    delete(world.memberships["pmo"].actor, project)
    assert summaries(client, path) == []


def test_an_address_is_of_one_company_and_can_be_taken_back(
    world: World, project: Project, client_of: Sign, client: Client
) -> None:
    path = opened(world, project)
    assert client.get(path.replace("/t/atelier/", "/t/chantier/")).status_code == 404
    assert client.get(path.replace("/t/atelier/", "/t/nulle-part/")).status_code == 404
    assert client.get(path.replace("/t/atelier/", "/")).status_code == 404
    assert client.get(world.url("/exports/calendars/au-hasard.ics")).status_code == 404
    feed = CalendarFeed.objects.get()
    close = world.url(f"/exports/calendars/{feed.pk}/close/")
    assert client_of(world.admin).post(close).status_code == 404
    assert client_of(world.manager).post(close).status_code == 302
    assert client.get(path).status_code == 404


def test_guessing_is_slowed_down(world: World, client: Client) -> None:
    for number in range(30):
        assert client.get(world.url(f"/exports/calendars/hasard{number}.ics")).status_code == 404
    assert client.get(world.url("/exports/calendars/encore.ics")).status_code == 429


def test_who_does_not_see_the_project_opens_nothing(world: World, project: Project, client_of: Sign) -> None:
    end_user = client_of(world.end_user)
    assert end_user.post(world.url(f"/exports/calendars/project/{project.pk}/")).status_code in {403, 404}
    assert not CalendarFeed.objects.exists()


def test_beyond_twenty_it_says_what_to_do(world: World, project: Project, client_of: Sign) -> None:
    for _number in range(MOST_FEEDS):
        opened(world, None)
    refused = client_of(world.manager).post(world.url("/exports/calendars/"))
    assert refused.status_code == 422
    assert "supprimez-en un" in refused.content.decode()


def test_reading_costs_the_same_for_3_and_30(world: World, project: Project, client: Client) -> None:
    path = opened(world, project)
    actor = world.memberships["pmo"].actor
    client.get(path)
    counts = []
    for more in (3, 27):
        for number in range(more):
            create_milestone(actor=actor, project=project, name=f"Jalon {more} {number}", due_on=date(2027, 1, 4))
        with CaptureQueriesContext(connection) as queries:
            summaries(client, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
