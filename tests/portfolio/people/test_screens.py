"""The screens and the API of persons, poles, calendars and absences, through the front door."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people import actions
from portfolio.people.models import Absence, CalendarException, Person, Pole, WorkCalendar
from portfolio.people.profile_actions import create_profile
from tech4value.tenancy.clock import today
from tests.world import World

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
JSON = "application/json"
# Alone: keys and tokens hold any three digits.
RATE = re.compile(r"(?<![\w-])612(?![\w-])")


@pytest.fixture
def pole(world: World) -> Pole:
    with world.within():
        return actions.create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")


@pytest.fixture
def nina(world: World, pole: Pole) -> Person:
    with world.within():
        return actions.create_person(
            actor=world.memberships["pmo"].actor, name="Nina Simonnet", email="nina@atelier.example", pole=pole,
            profile="Architecte", daily_rate=612,
        )  # fmt: skip


@pytest.fixture
def foreign(world: World) -> Person:
    with world.within(world.chantier):
        return actions.create_person(actor=world.memberships["stranger"].actor, name="Autre")


def person_form(**changes: Any) -> dict[str, Any]:
    return {"name": "Omar", "email": "omar@atelier.example", "capacity": "80", "daily_rate": "650,5", **changes}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_draws(world: World, nina: Person, client_of: Any, language: str) -> None:
    world.pmo.language = language
    world.pmo.save()
    with world.within():
        actor = world.memberships["pmo"].actor
        calendar = actions.create_calendar(actor=actor, name="Siège", country="FR", subdivision="57", is_default=True)
        closed = actions.add_exception(
            actor=actor, calendar=calendar, starts_on=today(), ends_on=today(), label="Pont"
        )
        absence = actions.create_absence(actor=actor, person=nina, starts_on=today(), ends_on=today())
    pmo = client_of(world.pmo)
    lists = ["/people/", "/people/absences/", "/people/poles/", "/people/calendars/"]
    others = [
        f"/people/{nina.pk}/",
        f"/people/{nina.pk}/edit/",
        f"/people/{nina.pk}/absences/new/",
        f"/people/absences/{absence.pk}/edit/",
        "/people/new/",
        "/people/poles/new/",
        f"/people/poles/{nina.pole_id}/edit/",
        "/people/calendars/new/",
        f"/people/calendars/{calendar.pk}/",
        f"/people/calendars/{calendar.pk}/exceptions/new/",
        f"/people/exceptions/{closed.pk}/edit/",
    ]
    for path in lists + others:
        answer = pmo.get(world.url(path))
        assert answer.status_code == 200 and b"</html>" in answer.content, path
    for path in others:
        panel = pmo.get(world.url(path), headers=PANEL)
        assert b"</html>" not in panel.content and b"<h2>" in panel.content, path


def test_a_person_is_created_with_a_share_in_percent_and_a_french_rate(world: World, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    answer = pmo.post(world.url("/people/new/"), person_form())
    with world.within():
        person = Person.objects.get()
    assert answer.headers["Location"] == world.url(f"/people/{person.pk}/")
    assert (str(person.capacity), str(person.daily_rate)) == ("0.800", "650.5000")
    edit = pmo.get(world.url(f"/people/{person.pk}/edit/")).content.decode()
    assert 'value="80"' in edit and 'value="650,5' in edit


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "nina@atelier.example"}, "est déjà celle d’une personne"),
        ({"capacity": "150"}, "inférieure ou égale à 100"),
        ({"daily_rate": "-3"}, "supérieure ou égale à 0"),
        ({"joined_on": "2026-02-01", "left_on": "2026-01-01"}, "La sortie précède l’entrée"),
        ({"name": " "}, "Ce champ est obligatoire"),
        ({"pole": "00000000-0000-0000-0000-000000000000"}, "choix valide"),
    ],
)
def test_a_refused_person_says_why(
    world: World, nina: Person, client_of: Any, changes: dict[str, str], sentence: str
) -> None:
    answer = client_of(world.pmo).post(world.url("/people/new/"), person_form(**changes))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    with world.within():
        assert Person.objects.count() == 1


@pytest.mark.parametrize(("who", "sees"), [("pmo", True), ("executive", True), ("manager", False), ("member", False)])
def test_the_rate_is_for_those_who_may_see_it(
    world: World, nina: Person, client_of: Any, who: str, sees: bool
) -> None:
    client = client_of(getattr(world, who))
    for path in ("/people/", f"/people/{nina.pk}/", "/people/?sort=rate"):
        assert bool(RATE.search(client.get(world.url(path)).content.decode())) is sees, path
    body = client.get(world.url(f"/api/v1/people/{nina.pk}/")).json()
    assert ("daily_rate" in body) is sees


def test_who_may_change_people(world: World, nina: Person, pole: Pole, client_of: Any) -> None:
    manager, chief = client_of(world.manager), client_of(world.pole_manager)
    for path in ("/people/new/", f"/people/{nina.pk}/edit/", f"/people/{nina.pk}/delete/", "/people/poles/new/"):
        assert manager.post(world.url(path), person_form()).status_code == 403, path
    assert manager.patch(world.url(f"/api/v1/people/{nina.pk}/"), {"name": "X"}, content_type=JSON).status_code == 403
    edited = person_form(name="Nina S.", version="1")
    assert chief.post(world.url(f"/people/{nina.pk}/edit/"), edited).status_code == 302
    assert chief.post(world.url(f"/people/poles/{pole.pk}/edit/"), {"code": "X", "name": "X"}).status_code == 403
    assert client_of(world.reader).get(world.url("/people/")).status_code == 403


def test_an_account_is_given_by_those_who_manage_members(world: World, nina: Person, client_of: Any) -> None:
    account = world.memberships["manager"]
    sent = person_form(name="Nina", membership=str(account.pk))
    assert (
        client_of(world.pmo).post(world.url(f"/people/{nina.pk}/edit/"), {**sent, "version": "1"}).status_code == 302
    )
    with world.within():
        assert Person.objects.get(pk=nina.pk).membership is None
    address = world.url(f"/api/v1/people/{nina.pk}/")
    client_of(world.pmo).patch(address, {"membership": str(account.pk)}, content_type=JSON)
    with world.within():
        assert Person.objects.get(pk=nina.pk).membership is None
    assert client_of(world.admin).post(
        world.url(f"/people/{nina.pk}/edit/"), {**sent, "version": "2"}
    ).status_code == 302  # fmt: skip
    with world.within():
        assert Person.objects.get(pk=nina.pk).membership == account


def test_a_person_with_the_e_mail_of_a_member_is_that_member(world: World) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        person = actions.create_person(actor=actor, name="Chloé", email="Manager@atelier.example")
        assert person.membership == world.memberships["manager"]
        both = actions.create_people(
            actor=actor,
            values=[{"name": "M", "email": "member@atelier.example"}, {"name": "N", "email": "n@atelier.example"}],
        )
        assert [one.membership for one in both] == [world.memberships["member"], None]


def test_another_tenants_rows_do_not_exist(world: World, foreign: Person, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    assert pmo.get(world.url(f"/people/{foreign.pk}/")).status_code == 404
    for verb in ("edit", "delete", "restore", "absences/new"):
        assert pmo.post(world.url(f"/people/{foreign.pk}/{verb}/"), person_form()).status_code == 404
    assert pmo.get(world.url(f"/api/v1/people/{foreign.pk}/")).status_code == 404
    sent = {"person": str(foreign.pk), "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    refused = pmo.post(world.url("/api/v1/absences/"), sent, content_type=JSON)
    assert refused.status_code == 400 and refused.json()["errors"][0]["pointer"] == "/person"


def test_a_stale_save_is_refused_with_what_the_other_wrote(world: World, nina: Person, client_of: Any) -> None:
    pmo, admin = client_of(world.pmo), client_of(world.admin)
    address = world.url(f"/people/{nina.pk}/edit/")
    with world.within():
        actor = world.memberships["pmo"].actor
        lead, analyst = (str(create_profile(actor=actor, name=one).pk) for one in ("Cheffe de projet", "Analyste"))
    assert pmo.post(address, person_form(profile=lead, version="1")).status_code == 302
    answer = admin.post(address, person_form(profile=analyst, version="1"))
    text = answer.content.decode()
    assert answer.status_code == 409 and "Cheffe de projet" in text and "Analyste" in text
    assert admin.post(address, person_form(profile=analyst, version="2")).status_code == 302


def test_the_list_filters_by_its_address(world: World, nina: Person, client_of: Any) -> None:
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        actions.create_person(actor=actor, name="Gaston Parti", left_on=day - timedelta(days=1))
        actions.create_person(actor=actor, name="Externe Élan", is_external=True)
    pmo = client_of(world.pmo)

    def names(query: str) -> list[str]:
        page = pmo.get(world.url(f"/people/{query}")).context["page"]
        return [person.name for person in page.object_list]

    assert names("") == ["Externe Élan", "Nina Simonnet"]
    assert names("?presence=left") == ["Gaston Parti"]
    assert len(names("?presence=all")) == 3
    assert names("?origin=external") == ["Externe Élan"]
    assert names(f"?pole={nina.pole_id}") == names("?q=archi nina") == ["Nina Simonnet"]
    assert names("?sort=-name")[0] == "Nina Simonnet"
    assert "Aucune ligne ne répond" in pmo.get(world.url("/people/?q=zzz")).content.decode()
    found = pmo.get(world.url("/api/v1/people/"), {"active": "false"}).json()["results"]
    assert [one["name"] for one in found] == ["Gaston Parti"]


def test_lists_take_as_many_queries_for_many_rows(world: World, nina: Person, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    addresses = [
        world.url(path) for path in ("/people/", "/people/absences/", "/api/v1/people/", "/api/v1/absences/")
    ]

    def add(number: int) -> None:
        with world.within():
            actor = world.memberships["pmo"].actor
            values = [{"name": f"P{number}-{n}", "pole": nina.pole} for n in range(30)]
            people = actions.create_people(actor=actor, values=values)
            days = {"starts_on": today(), "ends_on": today()}
            actions.create_absences(actor=actor, values=[{"person": one, **days} for one in people])

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert pmo.get(address).status_code == 200
            found.append(len(queries))
        return found

    add(1)
    counts()
    few = counts()
    add(2)
    add(3)
    # The second page of a list that has one costs nothing more.
    assert counts() == few


def test_deletes_are_undone_from_the_toast(world: World, nina: Person, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    text = pmo.post(world.url(f"/people/{nina.pk}/delete/"), follow=True).content.decode()
    undo = world.url(f"/people/{nina.pk}/restore/")
    assert "Nina Simonnet a été supprimé" in text and f'data-undo-url="{undo}"' in text
    assert pmo.post(undo).status_code == 204
    kept = pmo.post(world.url(f"/people/poles/{nina.pole_id}/delete/"), follow=True).content.decode()
    assert "il porte 1 personne" in kept
    with world.within():
        actions.change_person(
            actor=world.memberships["pmo"].actor, person=Person.objects.get(pk=nina.pk), values={"pole": None}
        )
    assert (
        "a été supprimé" in pmo.post(world.url(f"/people/poles/{nina.pole_id}/delete/"), follow=True).content.decode()
    )
    assert pmo.post(world.url(f"/people/poles/{nina.pole_id}/restore/")).status_code == 204


def test_why_somebody_is_away_is_for_who_keeps_absences_and_for_them(
    world: World, nina: Person, client_of: Any
) -> None:
    pmo = client_of(world.pmo)
    day = f"{today(world.atelier):%Y-%m-%d}"
    sent = {"starts_on": day, "ends_on": day, "kind": "sickness"}
    assert pmo.post(world.url(f"/people/{nina.pk}/absences/new/"), sent).status_code == 302
    twice = pmo.post(world.url(f"/people/{nina.pk}/absences/new/"), sent)
    assert twice.status_code == 422 and "Une absence est déjà posée" in twice.content.decode()
    manager = client_of(world.manager)
    assert "Maladie" in pmo.get(world.url(f"/people/{nina.pk}/")).content.decode()
    for path in (f"/people/{nina.pk}/", "/people/absences/"):
        assert "Maladie" not in manager.get(world.url(path)).content.decode()
    assert "Absent aujourd’hui" in manager.get(world.url("/people/")).content.decode()
    shown = manager.get(world.url("/api/v1/absences/"), {"person": str(nina.pk)}).json()["results"]
    assert [one["kind"] for one in shown] == [None]
    with world.within():
        absence = Absence.objects.get()
    address = world.url(f"/people/absences/{absence.pk}")
    assert pmo.post(f"{address}/edit/", {**sent, "kind": "leave", "version": "1"}).status_code == 302
    assert pmo.post(f"{address}/delete/").status_code == 302
    assert pmo.post(f"{address}/restore/").status_code == 204


def test_a_calendar_is_written_in_hours_and_its_holidays_are_shown(world: World, client_of: Any) -> None:
    pmo, new = client_of(world.pmo), world.url("/people/calendars/new/")
    week = {f"day_{day}": "9h-12h30, 13:30-17" for day in range(5)}
    wrong = pmo.post(new, {"name": "Siège", **week, "day_5": "le matin"})
    assert wrong.status_code == 422 and "le matin" in wrong.content.decode()
    assert "n’est pas un horaire" in wrong.content.decode()
    empty = pmo.post(new, {"name": "Vide"})
    assert empty.status_code == 422 and "donnez les horaires" in empty.content.decode()
    made = pmo.post(new, {"name": "Siège", **week, "country": "FR", "subdivision": "57", "is_default": "on"})
    with world.within():
        calendar = WorkCalendar.objects.get()
        assert calendar.week["4"] == [[540, 750], [810, 1020]] and "5" not in calendar.week
    address = world.url(f"/people/calendars/{calendar.pk}/")
    assert made.headers["Location"] == address
    page = pmo.get(address).content.decode()
    assert "Vendredi saint" in page and "09:00-12:30, 13:30-17:00" in page
    territory = pmo.get(world.url("/people/calendars/holidays/"), {"country": "FR", "subdivision": "zz"})
    assert "Vendredi saint" not in territory.content.decode() and "14 juillet" in territory.content.decode()
    assert pmo.get(world.url("/people/calendars/holidays/"), {"country": "??"}).status_code == 200
    day = f"{today(world.atelier):%Y-%m-%d}"
    sent = {"label": "Pont", "starts_on": day, "ends_on": day}
    assert pmo.post(f"{address}exceptions/new/", sent).status_code == 302
    with world.within():
        closed = CalendarException.objects.get()
    edit = world.url(f"/people/exceptions/{closed.pk}")
    assert pmo.post(f"{edit}/edit/", {**sent, "intervals": "9-12", "version": "1"}).status_code == 302
    assert pmo.post(f"{edit}/delete/").status_code == 302
    assert pmo.post(f"{edit}/restore/").status_code == 204
    kept = pmo.post(f"{address}delete/", follow=True).content.decode()
    assert "désignez-en un autre" in kept


def test_calendars_in_the_api(world: World, client_of: Any) -> None:
    pmo, root = client_of(world.pmo), world.url("/api/v1/calendars/")
    made = pmo.post(root, {"name": "Siège", "week": {"0": [[540, 720]]}, "country": "FR"}, content_type=JSON)
    assert made.status_code == 201 and made.json()["week"] == {"0": [[540, 720]]}
    wrong = pmo.post(root, {"name": "B", "week": {"0": [[720, 540]]}}, content_type=JSON)
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["pointer"] == "/week"
    closed = pmo.post(
        world.url("/api/v1/calendar-exceptions/"),
        {"calendar": made.json()["id"], "starts_on": "2026-05-15", "ends_on": "2026-05-15", "label": "Pont"},
        content_type=JSON,
    )
    assert closed.status_code == 201
    assert client_of(world.manager).post(root, {"name": "C"}, content_type=JSON).status_code == 403


def test_empty_rooms_say_what_to_do_first(world: World, client_of: Any) -> None:
    pmo, member = client_of(world.pmo), client_of(world.member)
    for path, words in (
        ("/people/", "Aucune personne pour l’instant"),
        ("/people/poles/", "Aucun pôle pour l’instant"),
        ("/people/calendars/", "Aucun calendrier pour l’instant"),
        ("/people/absences/", "Aucune absence à venir"),
    ):
        assert words in pmo.get(world.url(path)).content.decode()
        assert words in member.get(world.url(path)).content.decode()


def test_somebody_without_an_account_is_invited_from_their_page(world: World, client_of: Any) -> None:
    """The administrator may invite, the PMO may not; once invited, the page says so; with an account, neither."""
    with world.within():
        actor = world.memberships["admin"].actor
        nadia = actions.create_person(actor=actor, name="Nadia Neuve", email="nadia+test@exemple.fr")
        gone = actions.create_person(actor=actor, name="Paul Parti", left_on=today() - timedelta(days=1))
        held = actions.create_person(actor=actor, name="Mehdi Équipier", membership=world.memberships["member"])
    admin, pmo = client_of(world.admin), client_of(world.pmo)

    def page(client: Any, person: Person) -> str:
        return str(client.get(world.url(f"/people/{person.pk}/")).content.decode())

    link = f"/settings/members/invite/?person={nadia.pk}&amp;email=nadia%2Btest%40exemple.fr"
    assert link in page(admin, nadia)
    assert "members/invite/?person" not in page(pmo, nadia) + page(admin, gone) + page(admin, held)
    form = admin.get(world.url(link.replace("&amp;", "&"))).content.decode()
    assert "nadia+test@exemple.fr" in form and str(nadia.pk) in form
    sent = {"emails": "nadia+test@exemple.fr", "role": "team_member", "person": str(nadia.pk)}
    assert admin.post(world.url("/settings/members/invite/"), sent).status_code == 302
    assert "Invitation envoyée à nadia+test@exemple.fr" in page(admin, nadia)
    assert "members/invite/?person" not in page(admin, nadia)
