"""Many risks, budget lines and tasks in one call of the API: the same rules as one by one, in as many statements for
three rows as for a hundred."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.finance.models import BudgetLine
from portfolio.people.models import Pole
from portfolio.planning.models import Task
from portfolio.risks.models import Risk
from tech4value.audit.models import AuditEvent
from tests.tech4value.web.test_api_depth import api, pole, project_body
from tests.world import World

__all__ = ["api", "pole"]


@pytest.fixture
def project(api: Any, pole: Pole) -> str:
    key: str = api("post", "projects/", project_body(pole)).json()["id"]
    return key


@pytest.fixture
def other(api: Any, pole: Pole) -> str:
    key: str = api("post", "projects/", project_body(pole, code="CRM")).json()["id"]
    return key


def risk(project: str, title: str, **values: Any) -> dict[str, Any]:
    return {"project": project, "title": title, "probability": 3, "impact": 4, **values}


def line(project: str, month: str, **values: Any) -> dict[str, Any]:
    return {
        "project": project,
        "category": "licences",
        "nature": "opex",
        "month": month,
        "planned": "10.00",
        **values,
    }


def task(project: str, name: str, **values: Any) -> dict[str, Any]:
    return {"project": project, "name": name, **values}


ROWS = {
    "risks": lambda project, n: [risk(project, f"Risque {i}") for i in range(n)],
    "budget-lines": lambda project, n: [line(project, f"{2020 + i // 12}-{i % 12 + 1:02}-01") for i in range(n)],
    "tasks": lambda project, n: [task(project, f"Tâche {i}") for i in range(n)],
}


@pytest.mark.parametrize("room", sorted(ROWS))
def test_the_statements_do_not_follow_the_rows(api: Any, project: str, other: str, room: str) -> None:
    counts = []
    for key, size in ((project, 3), (other, 100)):
        with CaptureQueriesContext(connection) as made:
            answer = api("post", f"{room}/bulk/", {"rows": ROWS[room](key, size)})
        assert answer.status_code == 201, answer.content
        assert answer.json()["count"] == size
        counts.append(len(made))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("room", sorted(ROWS))
def test_rows_of_two_projects_keep_their_order_and_are_taken_back(
    api: Any, world: World, project: str, other: str, room: str
) -> None:
    rows = [row for pair in zip(ROWS[room](project, 3), ROWS[room](other, 3), strict=True) for row in pair]
    body = api("post", f"{room}/bulk/", {"rows": rows}).json()
    assert [row["project"] for row in body["rows"]] == [project, other] * 3
    with world.within():
        created = AuditEvent.objects.filter(batch_id=body["batch_id"], verb__endswith=".created")
        assert created.count() == 6
    assert api("delete", f"{room}/bulk/{body['batch_id']}/").status_code == 204
    assert api("get", f"{room}/").json()["results"] == []


def test_risks_are_numbered_on_and_a_reference_is_taken_once(
    api: Any, world: World, project: str, other: str
) -> None:
    api("post", "risks/", risk(project, "Premier"))
    rows = [risk(project, "a"), risk(project, "b", reference="R-010"), risk(project, "c"), risk(other, "d")]
    made = api("post", "risks/bulk/", {"rows": rows}).json()["rows"]
    assert [row["reference"] for row in made] == ["R-002", "R-010", "R-011", "R-001"]
    twin = api("post", "risks/bulk/", {"rows": [risk(project, "e"), risk(project, "f", reference="R-010")]})
    assert twin.status_code == 400
    assert twin.json()["errors"][0]["pointer"] == "/rows/1/reference"
    wrong = api("post", "risks/bulk/", {"rows": [risk(project, "e"), risk(project, "f", impact=9)]})
    assert wrong.json()["errors"][0]["pointer"] == "/rows/1/impact"
    with world.within():
        assert Risk.objects.count() == 5


def test_a_deleted_risk_keeps_its_number(api: Any, project: str) -> None:
    made = api("post", "risks/bulk/", {"rows": [risk(project, "a"), risk(project, "b")]}).json()["rows"]
    api("delete", f"risks/{made[1]['id']}/")
    again = api("post", "risks/bulk/", {"rows": [risk(project, "c")]}).json()["rows"]
    assert again[0]["reference"] == "R-003"


def test_a_budget_line_is_made_once_for_its_place(api: Any, world: World, project: str) -> None:
    api("post", "budget-lines/", line(project, "2026-03-01"))
    twice = [line(project, "2026-04-01"), line(project, "2026-04-15")]
    for rows, at in ((twice, 1), ([line(project, "2026-05-01"), line(project, "2026-03-20")], 1)):
        answer = api("post", "budget-lines/bulk/", {"rows": rows})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == f"/rows/{at}/month"
        assert "existe déjà" in answer.json()["detail"]
    made = api("post", "budget-lines/bulk/", {"rows": [line(project, "2026-06-17", planned="1.5")]})
    assert made.json()["rows"][0] | {"month": "2026-06-01", "planned": "1.50"} == made.json()["rows"][0]
    with world.within():
        assert BudgetLine.objects.count() == 2


def test_tasks_are_as_if_made_one_by_one(api: Any, world: World, project: str, other: str) -> None:
    def rows(key: str) -> list[dict[str, Any]]:
        summary = api("post", "tasks/", task(key, "Lot")).json()["id"]
        api("post", "tasks/", task(key, "Après"))
        return [
            task(key, "a", duration_minutes=960),
            task(key, "b", parent=summary),
            task(key, "c", parent=summary, duration_minutes=60),
            task(key, "d", index=0),
            task(key, "e", index=0),
            task(key, "f", parent=summary, index=1, kind="milestone"),
            task(key, "g"),
        ]

    for row in rows(project):
        assert api("post", "tasks/", row).status_code == 201
    made = api("post", "tasks/bulk/", {"rows": rows(other)})
    assert made.status_code == 201, made.content
    assert [row["name"] for row in made.json()["rows"]] == list("abcdefg")
    with world.within():
        shown = ("name", "wbs", "position", "kind", "starts_at", "ends_at", "duration_minutes", "is_critical")
        alone, together = (
            list(Task.objects.filter(project=key).order_by("position").values_list(*shown))
            for key in (project, other)
        )
    assert together == alone
    names = {row["name"]: row for row in made.json()["rows"]}
    assert names["e"]["wbs"] == "1"
    assert names["c"]["ends_at"], "what comes back is what the schedule says"


def test_a_wrong_task_stops_them_all(api: Any, world: World, project: str, other: str) -> None:
    foreign = api("post", "tasks/", task(other, "Ailleurs")).json()["id"]
    answer = api("post", "tasks/bulk/", {"rows": [task(project, "a"), task(project, "b", parent=foreign)]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/rows/1/parent"
    with world.within():
        assert not Task.objects.filter(project=project).exists()


@pytest.mark.parametrize("room", sorted(ROWS))
def test_one_project_that_may_not_be_changed_refuses_all(
    world: World, client_of: Any, api: Any, project: str, other: str, room: str
) -> None:
    rows = {"rows": [*ROWS[room](project, 2), *ROWS[room](other, 1)]}
    for who in ("executive", "manager", "pole_manager"):
        answer = client_of(world.users[who]).post(
            world.url(f"/api/v1/{room}/bulk/"), rows, content_type="application/json"
        )
        assert answer.status_code == 403, who
    assert api("get", f"{room}/").json()["results"] == []
