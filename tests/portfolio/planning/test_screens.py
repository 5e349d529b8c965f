"""The plan's screens, through the front door: who sees, who edits, what is refused in words."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person
from portfolio.planning import actions
from portfolio.planning.figures import plan_figures
from portfolio.planning.models import Assignment, Baseline, Dependency, Task
from portfolio.planning.queries import plan_view
from portfolio.planning.scheduling import load_plan
from portfolio.planning.task_form import order_of
from portfolio.projects.actions import add_project_member, create_milestone, create_project
from portfolio.projects.models import Project, ProjectRole
from tests.world import World

DAY = 420
ClientOf = Callable[[Any], Client]


@pytest.fixture
def erp(world: World) -> Project:
    """A project managed by Chloé, with two linked tasks; Mehdi is a contributor."""
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé", pole=pole, membership=world.memberships["manager"])
        mehdi = create_person(actor=actor, name="Mehdi", pole=pole, membership=world.memberships["member"])
        project = create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, manager=chloe,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18),
        )  # fmt: skip
        add_project_member(actor=actor, project=project, person=mehdi, role=ProjectRole.CONTRIBUTOR)
        one = actions.create_task(actor=actor, project=project, name="Cadrage", duration_minutes=3 * DAY)
        two = actions.create_task(actor=actor, project=project, name="Réalisation", duration_minutes=5 * DAY)
        actions.link_tasks(actor=actor, predecessor=one, successor=two)
        actions.take_baseline(actor=actor, project=project, name="Initiale", taken_on=date(2026, 3, 1))
        create_milestone(actor=actor, project=project, name="Bascule", due_on=date(2027, 2, 1))
    return project


def plan_url(world: World, project: Project) -> str:
    return world.url(f"/plans/project/{project.pk}/")


def task_of(world: World, name: str) -> Task:
    with world.within():
        found: Task = Task.objects.get(name=name)
    return found


def form_of(world: World, project: Project, **values: Any) -> dict[str, Any]:
    with world.within():
        order = order_of(load_plan(project))
    base = {
        "name": "Recette", "kind": "task", "mode": "auto", "constraint_kind": "asap", "percent": "0", "days": "2",
        "order": order, "predecessors": "", "predecessors_shown": "",
    }  # fmt: skip
    return {**base, **values}


def test_the_plan_shows_table_gantt_and_figures(world: World, client_of: ClientOf, erp: Project) -> None:
    page = client_of(world.executive).get(plan_url(world, erp)).content.decode()
    for words in ("Cadrage", "Réalisation", "gantt-bar", "gantt-link", "gantt-baseline", "Initiale", "5\xa0j"):
        assert words in page, words
    assert "Ajouter une tâche" not in page
    english = client_of(world.executive)
    english.cookies["language"] = "en"
    assert english.get(plan_url(world, erp), headers={"accept-language": "en"}).status_code == 200


def test_a_task_with_a_day_of_float_is_drawn_as_nearly_critical(
    world: World, client_of: ClientOf, erp: Project
) -> None:
    actor = world.memberships["pmo"].actor
    page = client_of(world.manager).get(plan_url(world, erp)).content.decode()
    assert "gantt-near" not in page and "presque critique" in page
    with world.within():  # beside eight days of work
        beside = actions.create_task(actor=actor, project=erp, name="Formation", duration_minutes=7 * DAY)
        actions.create_task(actor=actor, project=erp, name="Communication", duration_minutes=6 * DAY)
    page = client_of(world.manager).get(plan_url(world, erp)).content.decode()
    assert page.count("gantt-bar gantt-near") == 1
    with world.within():
        beside.refresh_from_db()
        actions.change_task(actor=actor, task=beside, values={"percent_complete": 1})
    assert "gantt-near" not in client_of(world.manager).get(plan_url(world, erp)).content.decode()


@pytest.mark.parametrize("zoom", ["day", "week", "month", "quarter", "siècle", ""])
def test_every_zoom_draws(world: World, client_of: ClientOf, erp: Project, zoom: str) -> None:
    answer = client_of(world.manager).get(plan_url(world, erp), {"zoom": zoom, "baseline": "n’importe quoi"})
    assert answer.status_code == 200
    assert "gantt-body" in answer.content.decode()


def test_an_empty_plan_says_what_to_do_first(world: World, client_of: ClientOf, erp: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        empty = create_project(
            actor=actor, code="VIDE", name="Vide", pole=erp.pole,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18),
        )  # fmt: skip
    assert "Créer la première tâche" in client_of(world.pmo).get(plan_url(world, empty)).content.decode()
    assert "Créer la première tâche" not in client_of(world.executive).get(plan_url(world, empty)).content.decode()


def test_a_task_is_created_with_people_and_predecessors(world: World, client_of: ClientOf, erp: Project) -> None:
    with world.within():
        chloe = Person.objects.get(name="Chloé")
    answer = client_of(world.manager).post(
        world.url(f"/plans/project/{erp.pk}/tasks/new/"),
        form_of(world, erp, predecessors="2FD+1j; 1DD", person_0=str(chloe.pk), units_0="50"),
    )
    assert answer.status_code == 302
    task = task_of(world, "Recette")
    with world.within():
        links = {(link.predecessor.name, link.kind, link.lag) for link in task.predecessor_links.all()}
        assert links == {("Réalisation", "FS", DAY), ("Cadrage", "SS", 0)}
        assignment = Assignment.objects.get(task=task)
    assert (assignment.units, assignment.work_minutes) == (Decimal("0.5"), DAY)
    assert task.starts_at == datetime(2026, 3, 13, 9)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"predecessors": "9FD"}, "il va de 1 à 2"),
        ({"predecessors": "deux"}, "ne se lit pas"),
        ({"predecessors": "1; 1DD"}, "deux fois"),
        ({"name": ""}, "obligatoire"),
        ({"days": "-1"}, "supérieur"),
        ({"starts_on": "9999-01-01"}, "vérifiez l’année"),
        ({"starts_on": "2026-03-10", "ends_on": "2026-03-02", "days": ""}, "La fin précède le début"),
        ({"constraint_kind": "mso"}, "Indiquez la date de la contrainte"),
        ({"parent": "11111111-1111-1111-1111-111111111111"}, "choix valide"),
        ({"predecessors": "1", "order": "ancien"}, "réordonné"),
    ],
)
def test_a_refused_task_says_why_and_writes_nothing(
    world: World, client_of: ClientOf, erp: Project, values: dict[str, str], sentence: str
) -> None:
    answer = client_of(world.manager).post(
        world.url(f"/plans/project/{erp.pk}/tasks/new/"), form_of(world, erp, **values)
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("&#x27;", "’"), values
    with world.within():
        assert Task.objects.count() == 2


def test_a_loop_typed_in_the_panel_is_refused_with_its_path(world: World, client_of: ClientOf, erp: Project) -> None:
    task = task_of(world, "Cadrage")
    answer = client_of(world.manager).post(
        world.url(f"/plans/tasks/{task.pk}/"),
        form_of(world, erp, name="Cadrage", predecessors="2", version=str(task.version), days="3"),
    )
    assert answer.status_code == 422
    assert "s’attendent les unes les autres" in answer.content.decode()
    with world.within():
        assert Dependency.objects.count() == 1


def test_what_is_left_as_it_was_is_not_said(world: World, client_of: ClientOf, erp: Project) -> None:
    task = task_of(world, "Réalisation")
    values = form_of(
        world, erp, name="Réalisation du lot 1", version=str(task.version), days="5", predecessors="1",
        predecessors_shown="1", starts_on="2026-03-05", ends_on="2026-03-11",
    )  # fmt: skip
    assert client_of(world.manager).post(world.url(f"/plans/tasks/{task.pk}/"), values).status_code == 302
    after = task_of(world, "Réalisation du lot 1")
    assert (after.constraint_kind, after.starts_at) == ("asap", task.starts_at)
    stale = client_of(world.pmo).post(world.url(f"/plans/tasks/{task.pk}/"), {**values, "name": "Autre"})
    assert stale.status_code == 409
    assert "Enregistrée par" in stale.content.decode()


def test_rows_are_rearranged_by_the_buttons(world: World, client_of: ClientOf, erp: Project) -> None:
    url = world.url(f"/plans/project/{erp.pk}/arrange/")
    browser = client_of(world.manager)
    browser.post(url, {"task": str(task_of(world, "Réalisation").pk), "verb": "up"})
    with world.within():
        assert [task.name for task in Task.objects.filter(project=erp)] == ["Réalisation", "Cadrage"]
    page = browser.post(
        url, {"task": str(task_of(world, "Réalisation").pk), "verb": "indent"}, headers={"hx-request": "true"}
    )
    assert "première de sa liste" in page.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert 'id="plan"' in page.content.decode()
    assert browser.post(url, {"task": "rien", "verb": "up"}, headers={"hx-request": "true"}).status_code == 200


def test_a_deleted_task_comes_back_from_the_toast(world: World, client_of: ClientOf, erp: Project) -> None:
    browser = client_of(world.manager)
    page = browser.post(world.url(f"/plans/tasks/{task_of(world, 'Cadrage').pk}/delete/"), follow=True)
    undo = page.content.decode().split('data-undo-url="')[1].split('"')[0]
    with world.within():
        assert (Task.objects.count(), Dependency.objects.count()) == (1, 0)
    assert browser.post(undo).status_code == 204
    with world.within():
        assert (Task.objects.count(), Dependency.objects.count()) == (2, 1)
    other = undo.rsplit("/", 2)[0] + "/11111111-1111-1111-1111-111111111111/"
    assert browser.post(other).status_code == 404


def test_baselines_are_frozen_deleted_and_brought_back(world: World, client_of: ClientOf, erp: Project) -> None:
    browser = client_of(world.manager)
    url = world.url(f"/plans/project/{erp.pk}/baselines/")
    assert browser.post(url, {"name": "Révisée", "taken_on": "2026-04-01"}).status_code == 302
    assert browser.post(url, {"name": "Révisée", "taken_on": "2026-04-01"}).status_code == 422
    with world.within():
        key = Baseline.objects.get(name="Révisée").pk
    browser.post(world.url(f"/plans/baselines/{key}/delete/"))
    assert browser.post(world.url(f"/plans/baselines/{key}/restore/")).status_code == 204


@pytest.mark.parametrize("key", ["progress", "late", "critical"])
def test_each_figure_explains_itself(world: World, client_of: ClientOf, erp: Project, key: str) -> None:
    page = client_of(world.executive).get(world.url(f"/plans/project/{erp.pk}/explain/{key}/")).content.decode()
    assert "Formule" in page
    assert client_of(world.executive).get(world.url(f"/plans/project/{erp.pk}/explain/x/")).status_code == 404


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 3, 2), 0), (date(2026, 3, 4), 2 / 8), (date(2026, 3, 9), 5 / 8), (date(2026, 4, 1), 1)],
)
def test_expected_progress_counts_tasks_under_way(world: World, erp: Project, today: date, expected: float) -> None:
    with world.within():
        progress, *_others = plan_figures(plan_view(erp), today)
    assert progress.target == pytest.approx(expected)


def test_who_may_do_what(world: World, client_of: ClientOf, erp: Project) -> None:
    task = task_of(world, "Cadrage")
    create = world.url(f"/plans/project/{erp.pk}/tasks/new/")
    # A contributor of the project edits its plan; an executive reads; a reader of packs sees nothing of it.
    assert client_of(world.member).get(plan_url(world, erp)).status_code == 200
    assert client_of(world.member).post(create, form_of(world, erp)).status_code == 302
    assert client_of(world.executive).post(create, form_of(world, erp)).status_code == 403
    assert (
        "Fin de référence" in client_of(world.executive).get(world.url(f"/plans/tasks/{task.pk}/")).content.decode()
    )
    assert client_of(world.executive).post(world.url(f"/plans/tasks/{task.pk}/delete/")).status_code == 403
    assert client_of(world.reader).get(plan_url(world, erp)).status_code == 403
    for url in (f"/plans/project/{erp.pk}/", f"/plans/tasks/{task.pk}/", f"/plans/project/{erp.pk}/baselines/"):
        assert client_of(world.stranger).get(world.url(url, world.chantier)).status_code == 404


def test_a_team_member_sees_only_the_plans_of_own_projects(world: World, client_of: ClientOf, erp: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        other = create_project(
            actor=actor, code="RH", name="Projet RH", pole=erp.pole,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18),
        )  # fmt: skip
    browser = client_of(world.member)
    assert browser.get(plan_url(world, other)).status_code == 404
    roadmap = browser.get(world.url("/plans/")).content.decode()
    assert "Nouvel ERP" in roadmap
    assert "Projet RH" not in roadmap
    everything = client_of(world.pmo).get(world.url("/plans/"), {"pole": str(erp.pole_id)}).content.decode()
    assert "Projet RH" in everything
    assert "Bascule" in everything


def count(browser: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_the_number_of_statements_does_not_follow_the_number_of_rows(
    world: World, client_of: ClientOf, erp: Project
) -> None:
    browser = client_of(world.pmo)
    urls = [plan_url(world, erp), world.url("/plans/")]
    browser.get(urls[0])  # the first request of a day also notes that the member was there
    before = [count(browser, url) for url in urls]
    with world.within():
        actor = world.memberships["pmo"].actor
        chloe = Person.objects.get(name="Chloé")
        for number in range(20):
            task = actions.create_task(actor=actor, project=erp, name=f"Lot {number}", schedule=False)
            actions.assign(actor=actor, task=task, person=chloe)
            create_project(
                actor=actor, code=f"P{number}", name=f"Projet {number}", pole=erp.pole, manager=chloe,
                starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18),
            )  # fmt: skip
    assert [count(browser, url) for url in urls] == before


def test_an_unknown_task_is_not_found(world: World, client_of: ClientOf, erp: Project) -> None:
    missing = UUID(int=7)
    assert client_of(world.pmo).get(world.url(f"/plans/tasks/{missing}/")).status_code == 404
    url = world.url(f"/plans/project/{erp.pk}/arrange/")
    assert client_of(world.pmo).post(url, {"task": str(missing), "verb": "up"}).status_code == 404
