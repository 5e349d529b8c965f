"""Templates in the API: the same actions, the same sentences, the same rights."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from portfolio.governance.models import ProjectTemplate, TeamRole, TemplateUse
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Project
from tests.portfolio.governance.conftest import small_document
from tests.world import World

ClientOf = Callable[[Any], Client]


def post(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.post(url, body, content_type="application/json")


def test_the_pmo_creates_changes_copies_and_deletes_a_template(world: World, client_of: ClientOf) -> None:
    client = client_of(world.pmo)
    base = world.url("/api/v1/project-templates/")
    made = post(client, base, {"name": "Petit", "method": "agile", **small_document()})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["task_count"], body["milestone_count"], body["version"]) == (6, 2, 1)
    one = f"{base}{body['id']}/"
    stale = client.patch(one, {"name": "Autre", "version": 1}, content_type="application/json")
    assert stale.json()["version"] == 2
    copy = post(client, f"{one}duplicate/", {})
    assert (copy.status_code, copy.json()["name"]) == (201, "Copie de Autre")
    assert copy.json()["lines"] == body["lines"]
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    listed = client.get(f"{base}?archived=false&method=agile").json()["results"]
    assert [row["name"] for row in listed] == ["Copie de Autre"]
    assert client.get(f"{base}?couleur=bleu").status_code == 400


def test_a_section_that_is_wrong_says_its_place(world: World, client_of: ClientOf) -> None:
    client = client_of(world.pmo)
    lines = [{"key": "a", "name": "A", "links": [{"predecessor": "b"}]}]
    answer = post(client, world.url("/api/v1/project-templates/"), {"name": "Faux", "lines": lines})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith("/lines")
    assert "qui n’existe pas" in answer.json()["detail"]


def test_a_project_manager_makes_a_project_and_may_not_write_templates(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person, mehdi: Person
) -> None:
    client = client_of(world.manager)
    body = {
        "template": str(template.pk),
        "code": "P-1",
        "name": "Le projet",
        "pole": str(pole.pk),
        "starts_on": "2026-03-02",
        "manager": str(chloe.pk),
        "staff": {"maker": str(mehdi.pk)},
    }
    made = post(client, world.url("/api/v1/projects/from-template/"), body)
    assert made.status_code == 201, made.content
    with world.within():
        project = Project.objects.get()
        assert made.json()["project"]["id"] == str(project.pk)
        assert made.json()["batch_id"] == str(TemplateUse.objects.get().batch_id)
        assert Task.objects.count() == 10
        assert {row.person for row in Assignment.objects.select_related("person")} == {mehdi}
    again = post(client, world.url("/api/v1/projects/from-template/"), body)
    assert again.status_code == 400
    base = world.url("/api/v1/project-templates/")
    assert client.get(base).status_code == 200
    assert post(client, base, {"name": "Non"}).status_code == 403
    assert post(client, f"{base}{template.pk}/duplicate/", {}).status_code == 403
    assert post(client, f"{base}from-project/", {"project": str(project.pk), "name": "X"}).status_code == 403


def test_a_project_is_made_from_the_library_by_its_key(
    world: World, client_of: ClientOf, pole: Pole, chloe: Person
) -> None:
    client = client_of(world.manager)
    shipped = client.get(world.url("/api/v1/project-templates/library/")).json()
    assert [one["key"] for one in shipped] == ["scrum", "waterfall", "hybrid", "gdpr"]
    body = {"library": "gdpr", "code": "RGPD", "name": "RGPD", "pole": str(pole.pk), "starts_on": "2026-03-02"}
    assert post(client, world.url("/api/v1/projects/from-template/"), body).status_code == 201
    with world.within():
        assert ProjectTemplate.objects.get().source == "gdpr"
    neither = {name: value for name, value in body.items() if name != "library"}
    refused = post(client, world.url("/api/v1/projects/from-template/"), {**neither, "code": "B"})
    assert refused.status_code == 400


def test_those_who_may_not_create_projects_are_refused(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    for who in ("executive", "member", "reader"):
        client = client_of(world.users[who])
        assert client.get(world.url("/api/v1/project-templates/")).status_code == 403
        assert post(client, world.url("/api/v1/projects/from-template/"), {}).status_code == 403


def test_a_role_is_staffed_and_another_company_s_is_not_found(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person, mehdi: Person
) -> None:
    client = client_of(world.manager)
    body = {"template": str(template.pk), "code": "P", "name": "P", "pole": str(pole.pk), "starts_on": "2026-03-02",
            "manager": str(chloe.pk)}  # fmt: skip
    assert post(client, world.url("/api/v1/projects/from-template/"), body).status_code == 201
    roles = client.get(world.url("/api/v1/team-roles/?staffed=false")).json()["results"]
    assert [role["name"] for role in roles] == ["Pilote", "Réalisateur"]
    url = world.url(f"/api/v1/team-roles/{roles[1]['id']}/")
    done = client.patch(url, {"person": str(mehdi.pk)}, content_type="application/json")
    assert done.status_code == 200, done.content
    with world.within():
        assert Assignment.objects.filter(person=mehdi).count() == 2
        role = TeamRole.objects.get(name="Réalisateur")
    foreign = client_of(world.stranger)
    assert foreign.get(world.url(f"/api/v1/team-roles/{role.pk}/", world.chantier)).status_code == 404
    assert foreign.get(world.url(f"/api/v1/project-templates/{template.pk}/", world.chantier)).status_code == 404
