"""Links between tasks of different projects, as people make them: by the API, in cells, from a task's panel."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, TestCase

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Pole
from portfolio.planning import actions
from portfolio.planning.models import Dependency, Task
from portfolio.planning.restoring_actions import restore_link
from portfolio.projects.actions import (
    add_project_member,
    create_project,
    delete_project,
    restore_project,
)
from portfolio.projects.models import Project, ProjectRole
from tech4value.audit.actor import Actor
from tests.portfolio.planning.across import Portfolio, contributes, plain
from tests.world import World

ClientOf = Callable[[Any], Client]


# --- through the API


def linked(client: Client, world: World, one: Task, other: Task) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(
            world.url("/api/v1/dependencies/"),
            {"predecessor": str(one.pk), "successor": str(other.pk)},
            content_type="application/json",
        )


def test_the_api_links_across_and_says_of_which_project(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    portfolio.task("D1", 1)
    answer = linked(client_of(world.pmo), world, portfolio.tasks["C1"], portfolio.tasks["D1"])
    assert answer.status_code == 201
    said = answer.json()
    assert said["predecessor_project"] == str(portfolio.projects["C"].pk)
    assert said["project"] == str(portfolio.projects["D"].pk)
    assert portfolio.span("D1") == "10/03-10/03"
    again = linked(client_of(world.pmo), world, portfolio.tasks["D1"], portfolio.tasks["A1"])
    assert again.status_code == 400 and "d’un projet à l’autre" in again.content.decode()
    assert (
        "C1" in client_of(world.pmo).get(world.url(f"/api/v1/tasks/{portfolio.tasks['D1'].pk}/why/")).content.decode()
    )


def test_who_may_link(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    """Mehdi contributes to D, and does not see A; he sees E as an observer, and may not change it."""
    portfolio.task("D1", 1)
    portfolio.task("E1", 1)
    with world.within():
        mehdi = create_person(
            actor=portfolio.actor, name="Mehdi", pole=Pole.objects.get(), membership=world.memberships["member"]
        )
        for code, role in (("D", ProjectRole.CONTRIBUTOR), ("E", ProjectRole.OBSERVER)):
            add_project_member(actor=portfolio.actor, project=portfolio.projects[code], person=mehdi, role=role)
    client = client_of(world.member)
    tasks = portfolio.tasks
    assert linked(client, world, tasks["A1"], tasks["D1"]).status_code == 400  # no task of his by that key
    assert linked(client, world, tasks["D1"], tasks["E1"]).status_code == 403
    assert linked(client, world, tasks["E1"], tasks["D1"]).status_code == 201
    assert linked(client_of(world.reader), world, tasks["A1"], tasks["D1"]).status_code == 403


def test_another_tenants_task_is_none(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    with world.within(world.chantier):
        actor = Actor(kind=portfolio.actor.kind, label="Simon", user_id=world.stranger.pk)
        pole = create_pole(actor=actor, code="X", name="Ailleurs")
        project = create_project(
            actor=actor, code="X", name="X", pole=pole, starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18)
        )
        theirs = actions.create_task(actor=actor, project=project, name="X1", starts_at=datetime(2026, 3, 2, 9))
    answer = linked(client_of(world.pmo), world, theirs, portfolio.tasks["A1"])
    assert answer.status_code == 400


# --- in the cells of the plan


def edit(client: Client, world: World, project: Project, *operations: dict[str, Any]) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(
            world.url(f"/plans/project/{project.pk}/gantt/edits/"),
            json.dumps({"token": "", "operations": list(operations)}),
            content_type="application/json",
        )


def typed(portfolio: Portfolio, name: str, text: str, read: list[str] | None = None) -> dict[str, Any]:
    with portfolio.within():
        task = portfolio.get(name)
    values: dict[str, Any] = {"predecessors": [["", part] for part in text.split("; ") if part]}
    if read is not None:
        values["predecessors_read"] = read
    return {"op": "change", "id": str(task.pk), "version": task.version, "values": values}


def test_a_cell_takes_a_line_of_another_project(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    portfolio.task("D1", 1)
    client, project = client_of(world.pmo), portfolio.projects["D"]
    answer = edit(client, world, project, typed(portfolio, "D1", "c:1FD+2j; A:1"))
    assert answer.status_code == 200, answer.content.decode()
    keys = [str(portfolio.tasks[name].pk) for name in ("C1", "A1")]
    said = answer.json()["outside"]
    assert {key: said[key][:2] for key in keys} == {keys[0]: ["C:1", "C · C1"], keys[1]: ["A:1", "A · A1"]}
    assert portfolio.span("D1") == "12/03-12/03"
    page = client.get(world.url(f"/plans/tasks/{portfolio.tasks['D1'].pk}/")).content.decode()
    assert 'value="A:1; C:1FD+2j"' in page
    assert "C · Projet C" in page
    # What others have linked meanwhile stays; what was read and is not there any more goes.
    assert edit(client, world, project, typed(portfolio, "D1", "", read=[keys[0]])).status_code == 200
    assert portfolio.span("D1") == "05/03-05/03"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Z:1", "Vous ne suivez aucun projet de code « Z »"),
        ("A:9", "« A:9 » : le plan de A n’a pas de ligne de ce numéro ; il va de 1 à 1."),
        ("A:1; a:1FF", "cette ligne est citée deux fois"),
        ("A:x", "ne se lit pas"),
        ("D:1", "Une tâche ne peut pas s’attendre elle-même"),
    ],
)
def test_a_cell_says_what_is_wrong_with_a_line_of_another_project(
    portfolio: Portfolio, world: World, client_of: ClientOf, text: str, sentence: str
) -> None:
    portfolio.task("D1", 1)
    answer = edit(client_of(world.pmo), world, portfolio.projects["D"], typed(portfolio, "D1", text))
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert sentence in plain(error["message"])
    assert error["cell"] == "predecessors"


def test_a_loop_in_a_cell_is_refused(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    answer = edit(client_of(world.pmo), world, portfolio.projects["A"], typed(portfolio, "A1", "C:1"))
    assert answer.status_code == 422
    assert "« C · C1 »" in plain(answer.json()["errors"][0]["message"])


def test_what_one_may_not_see_is_not_named_and_not_unlinked(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    """Mehdi contributes to C, whose task waits for B's, which he does not see."""
    contributes(portfolio, world, "C")
    portfolio.task("C2", 1)
    client, project = client_of(world.member), portfolio.projects["C"]
    said = client.get(world.url(f"/plans/project/{project.pk}/gantt/")).json()
    hidden = said["outside"][str(portfolio.tasks["B1"].pk)]
    assert (hidden[0], hidden[1], hidden[4]) == ("", "Tâche d’un autre projet", "")
    assert edit(client, world, project, typed(portfolio, "C1", "", read=[])).status_code == 200
    assert portfolio.span("C1") == "09/03-09/03"
    with portfolio.within():
        task = portfolio.get("C1")
    page = client.get(world.url(f"/plans/tasks/{task.pk}/")).content.decode()
    assert "Projet B" not in page and "Tâche d’un autre projet" in page
    form = {"name": "C1", "kind": "task", "percent": "0", "mode": "auto", "constraint_kind": "asap", "days": "1"}
    client.post(
        world.url(f"/plans/tasks/{task.pk}/"),
        {**form, "version": task.version, "predecessors": "2", "predecessors_shown": ""},
    )
    with portfolio.within():
        links = Dependency.objects.filter(successor=task.pk)
        assert set(links.values_list("predecessor__name", flat=True)) == {"B1", "C2"}


def test_a_plan_that_is_kept_follows_what_falls_asleep_and_wakes_elsewhere(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    client, project = client_of(world.pmo), portfolio.projects["B"]

    def lengthen(days: int) -> None:
        with portfolio.within():
            task = portfolio.get("B1")
        values = {"duration": f"{days}j"}
        said = {"op": "change", "id": str(task.pk), "version": task.version, "values": values}
        assert edit(client, world, project, said).status_code == 200

    lengthen(3)
    assert portfolio.span("B1") == "05/03-09/03"
    with portfolio.within():
        delete_project(actor=portfolio.actor, project=portfolio.projects["A"])
    lengthen(2)
    assert portfolio.span("B1") == "02/03-03/03"
    with portfolio.within():
        restore_project(actor=portfolio.actor, project=Project.everything.get(pk=portfolio.projects["A"].pk))
    lengthen(1)
    assert portfolio.span("B1") == "05/03-05/03"


def test_a_link_that_sleeps_is_left_when_the_panel_changes_the_others(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    portfolio.task("B2", 1)
    with portfolio.within():
        delete_project(actor=portfolio.actor, project=portfolio.projects["A"])
    with portfolio.within():
        task = portfolio.get("B1")
    form = {"name": "B1", "kind": "task", "percent": "0", "mode": "auto", "constraint_kind": "asap", "days": "2"}
    answer = client_of(world.pmo).post(
        world.url(f"/plans/tasks/{task.pk}/"),
        {**form, "version": task.version, "predecessors": "2", "predecessors_shown": ""},
    )
    assert answer.status_code == 302
    with portfolio.within():
        links = Dependency.objects.filter(successor=task.pk)
        assert set(links.values_list("predecessor__name", flat=True)) == {"A1", "B2"}


def test_what_cannot_come_back_is_not_named_to_who_may_not_see_it(portfolio: Portfolio, world: World) -> None:
    contributes(portfolio, world, "B")
    mehdi = world.memberships["member"].actor
    with portfolio.within():
        link = Dependency.objects.get(successor=portfolio.tasks["B1"])
        actions.unlink(actor=portfolio.actor, link=link)
        delete_project(actor=portfolio.actor, project=portfolio.projects["A"])
        with pytest.raises(ValidationError) as refused:
            restore_link(actor=mehdi, link=Dependency.everything.get(pk=link.pk))
    assert "Tâche d’un autre projet" in refused.value.messages[0]
    assert "A1" not in refused.value.messages[0]


def test_an_edit_with_a_link_across_is_undone(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    portfolio.task("D1", 1)
    client, project = client_of(world.pmo), portfolio.projects["D"]
    done = edit(client, world, project, typed(portfolio, "D1", "C:1")).json()
    assert portfolio.span("D1") == "10/03-10/03"
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(
            world.url(f"/plans/project/{project.pk}/gantt/undo/{done['batch']}/"),
            "{}",
            content_type="application/json",
        )
    assert answer.status_code == 200
    assert portfolio.span("D1") == "02/03-02/03"


# --- from the panel of a task


def test_a_task_is_linked_and_unlinked_from_its_panel(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    portfolio.task("D1", 1)
    client, url = client_of(world.pmo), world.url(f"/plans/tasks/{portfolio.tasks['D1'].pk}/outside/")
    assert client.get(url).status_code == 200
    key = str(portfolio.tasks["C1"].pk)
    refused = client.post(url, {"predecessor": key, "kind": "FS", "lag": "deux jours"})
    assert refused.status_code == 422 and "n’est pas un décalage" in refused.content.decode()
    own = client.post(url, {"predecessor": str(portfolio.tasks["D1"].pk), "kind": "FS", "lag": ""})
    assert own.status_code == 422
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(url, {"predecessor": key, "kind": "FS", "lag": "2j"}).status_code == 302
    assert portfolio.span("D1") == "12/03-12/03"
    page = client.get(url).content.decode()
    assert "C · Projet C" in page and "+2j" in page
    assert "D1" in client.get(world.url(f"/plans/tasks/{key}/")).content.decode()  # who waits for it
    loop = client.post(
        world.url(f"/plans/tasks/{portfolio.tasks['A1'].pk}/outside/"),
        {"predecessor": str(portfolio.tasks["D1"].pk), "kind": "FS", "lag": ""},
    )
    assert loop.status_code == 422 and "d’un projet à l’autre" in loop.content.decode()
    with portfolio.within():
        link = Dependency.objects.get(successor=portfolio.tasks["D1"])
    assert client.post(world.url(f"/plans/links/{link.pk}/delete/")).status_code == 302
    assert portfolio.span("D1") == "02/03-02/03"
    assert client.post(world.url(f"/plans/links/{link.pk}/restore/")).status_code == 204
    assert portfolio.span("D1") == "12/03-12/03"
    assert client_of(world.reader).post(world.url(f"/plans/links/{link.pk}/delete/")).status_code in {403, 404}


def test_the_panel_offers_only_what_one_sees(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    contributes(portfolio, world, "C", "A")
    url = world.url(f"/plans/tasks/{portfolio.tasks['C1'].pk}/outside/")
    page = client_of(world.member).get(url).content.decode()
    assert "A · A1" in page and "B · B1" not in page and "Projet B" not in page
    answer = client_of(world.member).post(
        url, {"predecessor": str(portfolio.tasks["B1"].pk), "kind": "FS", "lag": ""}
    )
    assert answer.status_code == 422
