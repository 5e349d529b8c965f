"""Profiles, skills and work rules, through the front door. The PMO acts unless said otherwise."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people import actions, profile_actions, skill_actions
from portfolio.people.models import Person, PersonSkill, Profile, Skill
from portfolio.people.skill_words import read_skills, written_skills
from tech4value.audit.actor import Actor
from tech4value.audit.undo import put_back
from tests.world import World

JSON = "application/json"
FULL = {str(day): [[0, 1440]] for day in range(7)}


@pytest.fixture
def actor(world: World) -> Actor:
    return world.memberships["pmo"].actor


def test_a_profile_given_by_its_name_is_found_or_made(world: World, actor: Actor) -> None:
    with world.within():
        known = profile_actions.create_profile(actor=actor, name="Développeuse")
        one = actions.create_person(actor=actor, name="Inès", profile=" developpeuse ")
        two = actions.create_person(actor=actor, name="Hugo", profile="Architecte")
        none = actions.create_person(actor=actor, name="Lou", profile="")
        assert (one.profile, none.profile) == (known, None)
        assert two.profile is not None and two.profile.name == "Architecte"
        assert Profile.objects.count() == 2


def test_a_profile_in_use_stays_and_a_namesake_is_refused(world: World, actor: Actor, client_of: Any) -> None:
    with world.within():
        profile = profile_actions.create_profile(actor=actor, name="Analyste")
        actions.create_person(actor=actor, name="Inès", profile=profile)
    pmo = client_of(world.pmo)
    twin = pmo.post(world.url("/people/profiles/new/"), {"name": "ANALYSTE"})
    assert twin.status_code == 422 and "porte déjà ce nom" in twin.content.decode()
    gone = pmo.delete(world.url(f"/api/v1/profiles/{profile.pk}/"), HTTP_IF_MATCH='"1"')
    assert gone.status_code == 400 and "Analyste" in gone.content.decode()
    with world.within():
        actions.delete_person(actor=actor, person=Person.objects.get())
        profile_actions.delete_profile(actor=actor, profile=profile)
        profile_actions.restore_profile(actor=actor, profile=profile)
        assert Profile.objects.count() == 1


def test_a_skill_is_given_once_changed_taken_and_given_back(world: World, actor: Actor, client_of: Any) -> None:
    with world.within():
        person = actions.create_person(actor=actor, name="Inès")
        skill = skill_actions.create_skill(actor=actor, name="SQL")
    chief = client_of(world.pole_manager)  # keeps people, not the catalogue
    address = world.url(f"/people/{person.pk}/skills/new/")
    assert chief.post(address, {"skill": str(skill.pk), "level": "4"}).status_code == 302
    again = chief.post(address, {"skill": str(skill.pk), "level": "2"})
    assert again.status_code == 422 and "a déjà cette compétence" in again.content.decode()
    with world.within():
        held = PersonSkill.objects.get()
    page = chief.get(world.url(f"/people/{person.pk}/")).content.decode()
    assert "SQL" in page and "4 · Confirmé" in page
    assert (
        chief.post(world.url(f"/people/held-skills/{held.pk}/edit/"), {"level": "5", "version": "1"}).status_code
        == 302
    )
    stale = chief.post(world.url(f"/people/held-skills/{held.pk}/edit/"), {"level": "2", "version": "1"})
    assert stale.status_code == 409
    assert chief.post(world.url(f"/people/held-skills/{held.pk}/delete/")).status_code == 302
    assert chief.post(world.url(f"/people/held-skills/{held.pk}/restore/")).status_code == 204
    with world.within():
        assert PersonSkill.objects.get().level == 5
    assert chief.post(world.url("/people/skills/new/"), {"name": "Java"}).status_code == 403
    refused = client_of(world.manager).post(address, {"skill": str(skill.pk), "level": "1"})
    assert refused.status_code == 403


def test_what_is_another_companys_does_not_exist(world: World, client_of: Any) -> None:
    with world.within(world.chantier):
        stranger = world.memberships["stranger"].actor
        profile = profile_actions.create_profile(actor=stranger, name="Maçon")
        skill = skill_actions.create_skill(actor=stranger, name="Coffrage")
    pmo = client_of(world.pmo)
    for path in (f"profiles/{profile.pk}/edit", f"skills/{skill.pk}/edit"):
        assert pmo.post(world.url(f"/people/{path}/"), {"name": "X"}).status_code == 404
    for path in (f"profiles/{profile.pk}", f"skills/{skill.pk}"):
        assert pmo.get(world.url(f"/api/v1/{path}/")).status_code == 404
    sent = pmo.post(world.url("/api/v1/people/"), {"name": "Nina", "profile_id": str(profile.pk)}, content_type=JSON)
    assert sent.status_code == 400 and sent.json()["errors"][0]["pointer"] == "/profile_id"


def test_pages_and_api_cost_the_same_for_three_and_thirty(world: World, actor: Actor, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    paths = ["/people/profiles/", "/people/skills/", "/people/?columns=name,profile,skills", "/api/v1/person-skills/"]
    counts = []
    for size in (3, 27):
        with world.within():
            start = Person.objects.count()
            for number in range(start, start + size):
                actions.create_person(
                    actor=actor, name=f"P{number}", profile=f"Métier {number}", skills=f"S{number} 3"
                )
        for path in paths:
            pmo.get(world.url(path))
        found = []
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert pmo.get(world.url(path)).status_code == 200
            found.append(len(seen))
        counts.append(found)
    assert counts[0] == counts[1]


def test_skills_are_read_from_one_text(world: World, actor: Actor) -> None:
    assert [(one.name, one.level) for one in read_skills("Réseau 4; SQL: 3/5, Anglais ; C++ (2) ; réseau 5")] == [
        ("réseau", 5),
        ("SQL", 3),
        ("Anglais", 3),
        ("C++", 2),
    ]
    with pytest.raises(ValidationError, match="n’est pas une compétence"):
        read_skills("12")
    with world.within():
        person = actions.create_person(actor=actor, name="Inès", skills="SQL 3; Réseau 4")
        actions.change_person(actor=actor, person=person, values={"skills": "reseau 5; Python"})
        held = list(person.skills.select_related("skill"))
        assert written_skills(held) == "Python 3; Réseau 5"
        assert Skill.objects.count() == 3


def test_a_calendar_beyond_the_rules_of_a_person_is_refused_in_words(
    world: World, actor: Actor, client_of: Any
) -> None:
    with world.within():
        calendar = actions.create_calendar(actor=actor, name="Sans fin", week=FULL)
        person = actions.create_person(actor=actor, name="Inès", calendar=calendar)  # no regime, no rule
    edit = world.url(f"/people/{person.pk}/edit/")
    sent = {"name": "Inès", "capacity": "100", "calendar": str(calendar.pk), "work_regime": "hours", "version": "1"}
    text = client_of(world.pmo).post(edit, sent).content.decode()
    assert "Repos quotidien" in text and "Repos hebdomadaire" in text
    assert "168\u00a0h par semaine, 133\u00a0h de plus que les 35\u00a0h du contrat" in text
    with world.within():
        actions.change_calendar(actor=actor, calendar=calendar, values={"week": {"0": [[540, 1020]]}})
    assert client_of(world.pmo).post(edit, sent).status_code == 302
    with world.within(), pytest.raises(ValidationError, match=r"Il est suivi par.*Inès"):
        actions.change_calendar(actor=actor, calendar=calendar, values={"week": FULL})


def test_the_days_package_is_counted_on_the_page(world: World, actor: Actor, client_of: Any) -> None:
    with world.within():
        person = actions.create_person(actor=actor, name="Inès", work_regime="days", yearly_days=100)
    page = client_of(world.pmo).get(world.url(f"/people/{person.pk}/")).content.decode()
    assert (
        "Forfait jours" in page and "sur 100 jours faits" in page and "du forfait. Posez ses jours de repos" in page
    )


def test_the_api_speaks_of_regimes(world: World, client_of: Any) -> None:
    pmo = client_of(world.pmo)
    made = pmo.post(
        world.url("/api/v1/people/"),
        {"name": "Nina", "work_regime": "hours", "weekly_hours": "39"},
        content_type=JSON,
    )
    assert made.status_code == 201 and Decimal(made.json()["weekly_hours"]) == 39
    named = pmo.post(world.url("/api/v1/people/"), {"name": "Omar", "profile": "Analyste"}, content_type=JSON).json()
    with world.within():
        analyst = Profile.objects.get(name="Analyste")
    assert (named["profile"], named["profile_id"]) == ("Analyste", str(analyst.pk))
    address = world.url(f"/api/v1/people/{made.json()['id']}/")
    assert pmo.patch(address, {"profile_id": str(analyst.pk)}, content_type=JSON).json()["profile"] == "Analyste"
    assert pmo.patch(address, {"profile": ""}, content_type=JSON).json()["profile_id"] is None
    ordered = pmo.get(world.url("/api/v1/people/?ordering=-profile&page_size=1")).json()
    assert ordered["results"][0]["name"] == "Omar" and pmo.get(ordered["next"]).json()["results"][0]["name"] == "Nina"
    assert len(pmo.get(world.url(f"/api/v1/people/?profile={analyst.pk}")).json()["results"]) == 1
    assert pmo.get(world.url("/api/v1/people/?skill=00000000-0000-0000-0000-000000000000")).json()["results"] == []


def test_a_profile_that_was_a_text_does_not_stop_an_undo(world: World, actor: Actor) -> None:
    # What the journal says of before profiles were rows.
    with world.within():
        person = actions.create_person(actor=actor, name="Inès", profile="Architecte")
        put_back(person, {"profile": "Analyste", "name": "Inès Roy"})
        assert person.name == "Inès Roy" and person.profile is not None and person.profile.name == "Architecte"
        put_back(person, {"profile": None})
        assert person.profile is None
