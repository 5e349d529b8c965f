"""Plans through the API, as a project manager, an executive and a stranger."""

from typing import Any

import pytest
from django.test import Client

from portfolio.planning.models import Task
from portfolio.projects.models import Project
from tests.portfolio.planning.test_screens import ClientOf, erp, task_of
from tests.world import World

__all__ = ["erp"]
DAY = 420


def post(browser: Client, url: str, **data: Any) -> Any:
    return browser.post(url, data, content_type="application/json")


def test_a_plan_is_built_and_dated(world: World, client_of: ClientOf, erp: Project) -> None:
    browser = client_of(world.manager)
    tasks = world.url("/api/v1/tasks/")
    made = post(browser, tasks, project=str(erp.pk), name="Recette", duration_minutes=2 * DAY)
    assert made.status_code == 201, made.content
    assert made.json()["starts_at"] == "2026-03-02T09:00:00"
    cadrage = task_of(world, "Cadrage")
    link = post(browser, world.url("/api/v1/dependencies/"), predecessor=str(cadrage.pk), successor=made.json()["id"])
    assert link.status_code == 201, link.content
    after = browser.get(f"{tasks}{made.json()['id']}/").json()
    assert (after["starts_at"], after["wbs"]) == ("2026-03-05T09:00:00", "3")
    loop = post(browser, world.url("/api/v1/dependencies/"), predecessor=made.json()["id"], successor=str(cadrage.pk))
    assert loop.status_code == 400
    assert "s’attendent" in loop.json()["detail"]
    moved = browser.patch(
        f"{tasks}{made.json()['id']}/", {"index": 0, "version": after["version"]}, content_type="application/json"
    )
    assert (moved.status_code, moved.json()["wbs"]) == (200, "1")
    listed = browser.get(tasks, {"project": str(erp.pk)}).json()["results"]
    assert {row["name"] for row in listed} == {"Cadrage", "Réalisation", "Recette"}
    stale = browser.patch(
        f"{tasks}{made.json()['id']}/", {"name": "X", "version": 1}, content_type="application/json"
    )
    assert stale.status_code == 409
    assert browser.delete(f"{tasks}{made.json()['id']}/").status_code == 204


def test_assignments_and_baselines(world: World, client_of: ClientOf, erp: Project) -> None:
    browser = client_of(world.manager)
    task = task_of(world, "Cadrage")
    person = str(erp.manager_id)
    url = world.url("/api/v1/assignments/")
    made = post(browser, url, task=str(task.pk), person=person, units="0.5")
    assert (made.status_code, made.json()["work_minutes"]) == (201, round(1.5 * DAY))
    again = post(browser, url, task=str(task.pk), person=person)
    assert again.status_code == 400
    changed = browser.patch(f"{url}{made.json()['id']}/", {"units": "1"}, content_type="application/json")
    assert changed.json()["work_minutes"] == 3 * DAY
    baseline = post(browser, world.url("/api/v1/baselines/"), project=str(erp.pk), name="Révisée")
    assert baseline.status_code == 201
    assert len(baseline.json()["tasks"]) == 2


@pytest.mark.parametrize("resource", ["tasks", "dependencies", "assignments", "baselines"])
def test_others_read_or_see_nothing(world: World, client_of: ClientOf, erp: Project, resource: str) -> None:
    url = world.url(f"/api/v1/{resource}/")
    assert client_of(world.executive).get(url).status_code == 200
    assert client_of(world.reader).get(url).status_code == 403
    assert client_of(world.executive).get(url, {"project": "x"}).status_code == 400
    foreign = client_of(world.stranger)
    assert foreign.get(world.url(f"/api/v1/{resource}/", world.chantier)).json()["results"] == []
    task = task_of(world, "Cadrage")
    assert foreign.get(world.url(f"/api/v1/tasks/{task.pk}/", world.chantier)).status_code == 404
    refused = client_of(world.executive).patch(
        world.url(f"/api/v1/tasks/{task.pk}/"), {"name": "X"}, content_type="application/json"
    )
    assert refused.status_code == 403
    invalid = post(foreign, world.url("/api/v1/tasks/", world.chantier), project=str(erp.pk), name="X")
    assert invalid.status_code == 400
    with world.within():
        assert not Task.objects.filter(name="X").exists()


def test_bad_values_are_refused_by_field(world: World, client_of: ClientOf, erp: Project) -> None:
    browser = client_of(world.manager)
    url = world.url("/api/v1/tasks/")
    for field, value in {
        "starts_at": "demain", "duration_minutes": -1, "percent_complete": "2", "kind": "phase",
        "constraint_kind": "mso", "duration_minutes ": 10**8,
    }.items():  # fmt: skip
        answer = post(browser, url, project=str(erp.pk), name="X", **{field.strip(): value})
        assert answer.status_code == 400, field
        assert answer.headers["Content-Type"] == "application/problem+json"
