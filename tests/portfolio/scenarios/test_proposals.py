"""« Trois propositions » through the front door: what is proposed, opened, applied, and taken back."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.capacity.domain.load import monday_of
from portfolio.capacity.models import LoadWeek
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole, Skill
from portfolio.people.queries import working_calendar
from portfolio.people.skill_actions import set_skills
from portfolio.planning.actions import assign, change_task, create_task
from portfolio.planning.models import Assignment, Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from portfolio.scenarios import proposals_job
from portfolio.scenarios.models import Scenario
from tech4value.audit.actor import Actor
from tech4value.jobs.models import Job
from tech4value.jobs.registry import RunningJob, kind_named
from tech4value.tenancy.clock import today
from tests.world import World

ClientOf = Callable[[Any], Client]
JSON: Any = {"content_type": "application/json"}


@dataclass
class Crowd:
    """Inès (IT) has two tasks in the same two weeks; Ève (Data) knows what she knows, and has nothing to do. `lead`
    manages the project."""

    actor: Actor
    it: Pole
    ines: Person
    eve: Person
    lead: Person
    project: Project
    reprise: Task
    recette: Task
    monday: date

    @property
    def path(self) -> str:
        return f"/scenarios/proposals/poles/{self.it.pk}/"


@pytest.fixture(autouse=True)
def _clock() -> None:
    """The day of today, unlike the rest of the room: alerts of overloads live by it."""


@pytest.fixture
def crowd(world: World) -> Crowd:
    actor = world.memberships["pmo"].actor
    with world.within():
        monday = quiet_monday()
        it = create_pole(actor=actor, code="IT", name="Informatique")
        data = create_pole(actor=actor, code="DATA", name="Données")
        lead = create_person(actor=actor, name="Chloé", membership=world.memberships["manager"], capacity=0)
        ines = create_person(actor=actor, name="Inès Roy", pole=it)
        eve = create_person(actor=actor, name="Ève Sorel", pole=data)
        set_skills(actor=actor, wanted=[(ines, "SQL 4"), (eve, "SQL 5")])
        project = create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=it, manager=lead, starts_on=today(),
            ends_on=today() + timedelta(days=300),
        )  # fmt: skip
        tasks = [busy(actor, project, name, ines, monday) for name in ("Reprise", "Recette")]
    return Crowd(actor, it, ines, eve, lead, project, *tasks, monday)


def quiet_monday() -> date:
    """The Monday of the first of two weeks to come without a holiday, two weeks from now at least."""
    calendar = working_calendar(None)
    monday = monday_of(today()) + timedelta(weeks=2)
    while calendar.working_days_between(monday, monday + timedelta(days=13)) < 10:
        monday += timedelta(weeks=1)
    return monday


def busy(actor: Actor, project: Project, name: str, person: Person, monday: date, days: int = 12) -> Task:
    """A task of somebody's whole time from a Monday on."""
    task = create_task(
        actor=actor, project=project, name=name, starts_at=datetime.combine(monday, time(9)),
        ends_at=datetime.combine(monday + timedelta(days=days - 1), time(17)),
    )  # fmt: skip
    assign(actor=actor, task=task, person=person)
    return Task.objects.get(pk=task.pk)


def forms(page: str) -> dict[tuple[str, str], dict[str, str]]:
    """The forms of the proposals, by what they do and the nature of the proposal."""
    found = {}
    for action, body in re.findall(
        r'<form method="post" action="[^"]*/proposals/(open|apply)/">(.*?)</form>', page, re.S
    ):
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))
        values = {name: html.unescape(value) for name, value in fields.items() if name != "csrfmiddlewaretoken"}
        found[action, values["nature"]] = values
    return found


def raw(world: World, crowd: Crowd, browser: Client, path: str = "") -> str:
    answer = browser.get(world.url(path or crowd.path))
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(world: World, crowd: Crowd, browser: Client, path: str = "") -> str:
    """A page as it is read; the proposals for the pole."""
    return html.unescape(raw(world, crowd, browser, path))


def plan(world: World) -> Any:
    """All that the proposals could change."""
    with world.within():
        return (
            sorted(Task.objects.values_list("pk", "starts_at", "ends_at", "duration_minutes", "constraint_kind")),
            sorted(Assignment.objects.values_list("task", "person", "work_minutes")),
            sorted(LoadWeek.objects.values_list("person", "week", "minutes")),
        )


def test_three_ways_beside_the_live_plan(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    before = plan(world)
    source = raw(world, crowd, client_of(world.executive))
    page = html.unescape(source)
    for words in (
        "200\xa0%",
        "Décaler la tâche «\u00a0Re",
        "Confier",
        "Ève Sorel",
        "SQL",
        "Ramener la charge restante",
    ):
        assert words in page, words
    assert set(forms(source)) == {(what, way) for what in ("open", "apply") for way in ("shift", "swap", "relief")}
    assert plan(world) == before


@pytest.mark.parametrize("way", ["shift", "swap", "relief"])
def test_one_click_applies_and_one_takes_back(world: World, crowd: Crowd, client_of: ClientOf, way: str) -> None:
    """An executive, who approves scenarios."""
    before, browser = plan(world), client_of(world.executive)
    sent = forms(raw(world, crowd, browser))["apply", way]
    answer = browser.post(world.url("/scenarios/proposals/apply/"), sent)
    assert answer.status_code == 302, re.findall(r'class="notice.*?</div>', answer.content.decode(), re.S)
    after = page_of(world, crowd, browser)
    assert "Pas de surcharge à venir" in after
    assert "Appliqué au plan" in after
    assert plan(world) != before
    with world.within():
        scenario = Scenario.objects.get()
        assert scenario.status == "applied"
        load = sum(LoadWeek.objects.filter(person=crowd.ines, week=crowd.monday).values_list("minutes", flat=True))
        assert load <= 35 * 60 * 1.1
    (undo,) = re.findall(r'data-undo-url="([^"]+)"', after)
    assert browser.post(undo).status_code == 204
    assert plan(world) == before


def test_who_plans_the_projects_applies_and_others_open(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    manager, other = client_of(world.manager), client_of(world.pole_manager)
    assert ("apply", "shift") in forms(raw(world, crowd, manager))
    page = raw(world, crowd, other)
    found = forms(page)
    assert ("apply", "shift") not in found
    assert "l’appliquer revient à qui planifie ces projets" in page
    sent = found["open", "shift"]
    assert other.post(world.url("/scenarios/proposals/apply/"), sent).status_code == 403
    assert other.post(world.url("/scenarios/proposals/open/"), sent).status_code == 302
    # The same again has another name.
    assert other.post(world.url("/scenarios/proposals/open/"), sent).status_code == 302
    with world.within():
        assert sorted(Scenario.objects.values_list("name", "status")) == [
            ("Informatique\xa0: décaler des tâches", "draft"),
            ("Informatique\xa0: décaler des tâches (2)", "draft"),
        ]
        assert Scenario.objects.earliest("created_at").operations.count() == 1


def test_who_may_see(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    assert client_of(world.member).get(world.url(crowd.path)).status_code == 403
    for kind, row in (("poles", crowd.it), ("persons", crowd.ines)):
        path = f"/scenarios/proposals/{kind}/{row.pk}/"
        assert client_of(world.stranger).get(world.url(path, world.chantier)).status_code == 404
    sent = forms(raw(world, crowd, client_of(world.executive)))["apply", "shift"]
    for action in ("apply", "open"):
        path = f"/scenarios/proposals/{action}/"
        assert client_of(world.stranger).post(world.url(path, world.chantier), sent).status_code == 404
        assert client_of(world.member).post(world.url(path), sent).status_code == 403


def test_a_plan_that_moved_meanwhile_is_proposed_again(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    browser = client_of(world.executive)
    sent = forms(raw(world, crowd, browser))["apply", "shift"]
    with world.within():
        for task in (crowd.reprise, crowd.recette):
            change_task(actor=crowd.actor, task=task, values={"duration_minutes": 3 * 420})
    before = plan(world)
    answer = browser.post(world.url("/scenarios/proposals/apply/"), sent)
    assert answer.status_code == 409
    assert "Le plan a changé" in html.unescape(answer.content.decode())
    assert plan(world) == before
    with world.within():
        assert not Scenario.objects.exists()


STOP = '[["stop_project", {"project": "x", "on": "2030-01-01"}]]'


@pytest.mark.parametrize("text", ["", "[]", "{}", "[[1]]", '[["shift_task", {}]]', STOP])
def test_what_is_no_proposal_is_refused(world: World, crowd: Crowd, client_of: ClientOf, text: str) -> None:
    sent = {"subject": "pole", "key": str(crowd.it.pk), "operations": text, "nature": "shift"}
    for action in ("apply", "open"):
        answer = client_of(world.executive).post(world.url(f"/scenarios/proposals/{action}/"), sent)
        assert answer.status_code == 422
    assert client_of(world.executive).post(world.url("/scenarios/proposals/apply/"), {}).status_code == 404


def test_why_not_is_said(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    """Both tasks have begun, and nobody else knows."""
    with world.within():
        for task in (crowd.reprise, crowd.recette):
            change_task(actor=crowd.actor, task=task, values={"percent_complete": "0.1"})
        set_skills(actor=crowd.actor, wanted=[(crowd.eve, "SQL 2")])
    page = page_of(world, crowd, client_of(world.executive))
    assert "2 tâches ont commencé" in page
    assert "Personne d’autre ne sait faire, au même niveau, ce que fait Inès Roy\xa0: SQL" in page


def test_a_person_a_skill_a_week(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    browser = client_of(world.executive)
    with world.within():
        skill = Skill.objects.get()
    year, week, _day = crowd.monday.isocalendar()
    for path in (
        f"/scenarios/proposals/persons/{crowd.ines.pk}/",
        f"/scenarios/proposals/skills/{skill.pk}/",
        f"{crowd.path}?period={year}-W{week:02}",
    ):
        assert "Décaler la tâche" in page_of(world, crowd, browser, path) or "skills" in path
    assert "Pas de surcharge à venir" in page_of(
        world, crowd, browser, f"/scenarios/proposals/persons/{crowd.eve.pk}/"
    )
    assert "Pas de surcharge à venir" in page_of(world, crowd, browser, f"{crowd.path}?period=2020-W10")


def test_an_overload_leads_to_its_proposals(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    browser = client_of(world.executive)
    year, week, _day = crowd.monday.isocalendar()
    slug = f"{year}-W{week:02}"
    cell = page_of(world, crowd, browser, f"/capacity/poles/{crowd.it.pk}/cells/{slug}/")
    assert f"{crowd.path}?period={slug}" in cell
    free = page_of(world, crowd, browser, f"/capacity/persons/{crowd.eve.pk}/{slug}/")
    assert "/scenarios/proposals/" not in free
    mine = f"/scenarios/proposals/persons/{crowd.ines.pk}/"
    assert mine in page_of(world, crowd, browser, "/capacity/overloads/")
    assert mine in page_of(world, crowd, browser, f"/people/{crowd.ines.pk}/")


def test_large_plans_are_searched_by_a_job(
    world: World, crowd: Crowd, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals_job, "MOST_AT_ONCE", 0)
    browser = client_of(world.executive)
    assert "De grands plans sont concernés" in page_of(world, crowd, browser)
    sent = {"subject": "pole", "key": str(crowd.it.pk), "period": ""}
    for _again in range(2):
        assert browser.post(world.url("/scenarios/proposals/search/"), sent).status_code == 302
    with world.within():
        row = Job.objects.get(kind=proposals_job.JOB)
        assert row.state == "queued"
    assert "Propositions pour Informatique" in page_of(world, crowd, browser)
    assert browser.get(world.url("/scenarios/proposals/search/"), sent).status_code == 200
    with world.within():
        for _twice in range(2):
            running = RunningJob(id=row.pk, params=row.params, member=world.memberships["executive"])
            kind_named(proposals_job.JOB).body(running)
        Job.objects.filter(pk=row.pk).update(state="done", result=running.result)
    page = raw(world, crowd, browser)
    assert ("apply", "shift") in forms(page)
    assert "Chercher de nouveau" in page
    assert client_of(world.member).post(world.url("/scenarios/proposals/search/"), sent).status_code == 403
    assert (
        client_of(world.stranger).post(world.url("/scenarios/proposals/search/", world.chantier), sent).status_code
        == 404
    )
    # What was found is evaluated on the plan of the moment.
    with world.within():
        change_task(actor=crowd.actor, task=crowd.recette, values={"percent_complete": "0.1"})
        change_task(actor=crowd.actor, task=crowd.reprise, values={"percent_complete": "0.1"})
    assert "Le plan a changé depuis la recherche" in page_of(world, crowd, browser)


def test_the_number_of_statements_does_not_grow(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    browser = client_of(world.executive)
    page_of(world, crowd, browser)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(world, crowd, browser)
        return len(queries)

    with world.within():
        for number in range(3):
            busy(
                crowd.actor,
                crowd.project,
                f"Ailleurs {number}",
                crowd.lead,
                crowd.monday + timedelta(weeks=6 + number),
            )
    few = count()
    with world.within():
        for number in range(27):
            create_person(actor=crowd.actor, name=f"Personne {number}", pole=crowd.it, capacity=0)
            busy(crowd.actor, crowd.project, f"Plus tard {number}", crowd.lead, crowd.monday + timedelta(weeks=10))
    assert count() == few


# --- the API


def test_asked_read_applied_and_undone_through_the_api(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    """An executive."""
    browser, before = client_of(world.executive), plan(world)
    asked = {"subject": "pole", "key": str(crowd.it.pk)}
    url = world.url("/api/v1/proposals/")
    found = browser.get(url, asked).json()
    assert browser.post(url, asked, **JSON).json() == found, "a small plan is searched at once"
    assert (found["state"], found["job"], found["peak"], found["threshold"]) == ("ready", None, "2.0000", "1.1000")
    assert found["weeks"][0] == crowd.monday.isoformat()
    ways = {one["way"]: one for one in found["proposals"]}
    assert list(ways) == ["shift", "swap", "relief"]
    shift = ways["shift"]
    assert shift["sentences"][0].startswith("Décaler la tâche") and shift["may_apply"] and not shift["why"]
    (week, *_others) = [one for one in shift["effect"]["weeks"] if one["is_target"]]
    assert (week["before"], Decimal(week["after"]) <= Decimal("1.1")) == ("2.0000", True)
    sent = {**asked, "way": "shift", "operations": shift["operations"], "stamp": shift["stamp"]}
    scenario = browser.post(f"{url}apply/", sent, **JSON)
    assert (scenario.status_code, scenario.json()["status"]) == (201, "applied")
    assert plan(world) != before
    assert browser.get(url, asked).json()["weeks"] == []
    stale = browser.post(f"{url}apply/", sent, **JSON)
    assert stale.status_code == 409 and "Le plan a changé" in stale.json()["detail"]
    assert browser.post(world.url(f"/api/v1/scenarios/{scenario.json()['id']}/undo/")).status_code == 200
    assert plan(world) == before
    del sent["stamp"]
    draft = browser.post(f"{url}open/", sent, **JSON)
    assert (draft.status_code, draft.json()["status"]) == (201, "draft")


def test_what_the_api_refuses_and_to_whom(world: World, crowd: Crowd, client_of: ClientOf) -> None:
    url, asked = world.url("/api/v1/proposals/"), {"subject": "pole", "key": str(crowd.it.pk)}
    executive = client_of(world.executive)
    for wrong in ({"subject": "team"}, {"key": "x"}, {"period": "demain"}, {"unknown": "1"}):
        assert executive.get(url, {**asked, **wrong}).status_code == 400, wrong
    # A week or a year that no plan has is not taken for this one.
    for period in ("2027-W00", "2027-W53", "2026-W54", "2027-W59", "1999-01", "2101-01", "2027-13"):
        answer = executive.get(url, {**asked, "period": period})
        assert (answer.status_code, "2027-W12" in answer.content.decode()) == (400, True), period
    for period in ("2026-W53", "2027-W01", "2027-12"):
        assert executive.get(url, {**asked, "period": period}).status_code == 200, period
    assert executive.get(url, {**asked, "subject": "skill"}).status_code == 404
    assert client_of(world.member).get(url, asked).status_code == 403
    theirs = world.url("/api/v1/proposals/", world.chantier)
    assert client_of(world.stranger).get(theirs, asked).status_code == 404
    shift = executive.get(url, asked).json()["proposals"][0]
    sent = {**asked, "way": "shift", "operations": shift["operations"], "stamp": shift["stamp"]}
    other = client_of(world.pole_manager)
    assert not other.get(url, asked).json()["proposals"][0]["may_apply"]
    assert other.post(f"{url}apply/", sent, **JSON).status_code == 403
    for wrong in ([], [{"kind": "stop_project", "params": {}}], [{"kind": "shift_task", "params": {}}]):
        assert executive.post(f"{url}apply/", {**sent, "operations": wrong}, **JSON).status_code == 400, wrong


def test_the_api_has_large_plans_searched_by_a_job(
    world: World, crowd: Crowd, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals_job, "MOST_AT_ONCE", 0)
    browser, url = client_of(world.executive), world.url("/api/v1/proposals/")
    asked = {"subject": "pole", "key": str(crowd.it.pk)}
    assert browser.get(url, asked).json()["state"] == "to_search"
    begun = browser.post(url, asked, **JSON)
    assert (begun.status_code, begun.json()["state"]) == (202, "searching")
    with world.within():
        row = Job.objects.get(pk=begun.json()["job"])
        running = RunningJob(id=row.pk, params=row.params, member=world.memberships["executive"])
        kind_named(proposals_job.JOB).body(running)
        Job.objects.filter(pk=row.pk).update(state="done", result=running.result)
    assert len(browser.get(url, asked).json()["proposals"]) == 3
