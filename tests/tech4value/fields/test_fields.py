"""Custom fields from their definition to the rows that hold them: screens, journal, API."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from portfolio.people.actions import create_person, create_pole
from portfolio.planning.actions import create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import change_project, create_project
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent
from tech4value.console.words import entries
from tech4value.fields.actions import archive_field, change_field, create_field, move_field
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of, merged, read_value
from tests.world import World

LEVELS = [{"label": "Élevée", "label_en": "High"}, {"label": "Basse", "label_en": "Low"}]


def a_field(world: World, label: str = "Priorité", kind: str = "choice", **fields: Any) -> FieldDefinition:
    if kind in {"choice", "choices"}:
        fields.setdefault("options", LEVELS)
    actor = world.memberships["admin"].actor
    return create_field(actor=actor, target_key=fields.pop("target", "project"), label=label, kind=kind, **fields)


def a_project(world: World, code: str = "ERP", **fields: Any) -> Project:
    actor = world.memberships["admin"].actor
    pole = fields.pop("pole", None) or create_pole(actor=actor, code=code, name=f"Pôle {code}")
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    return create_project(actor=actor, code=code, name=f"Projet {code}", pole=pole, **days, **fields)


def test_an_administrator_adds_a_field_in_the_settings(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    assert "Aucun champ personnalisé" in client.get(world.url("/settings/fields/")).content.decode()
    data = {"label": "Priorité", "kind": "choice", "option_0_label": "Élevée", "option_1_label": "Basse"}
    answer = client.post(world.url("/settings/fields/project/new/"), data)
    assert answer.status_code == 302
    with world.within():
        (field,) = fields_of("project")
        assert (field.key, field.options[0]) == ("priorite", {"key": "elevee", "label": "Élevée", "label_en": ""})
    page = client.get(world.url("/settings/fields/")).content.decode()
    assert "priorite" in page
    assert "2 choix" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": "", "kind": "text"}, "obligatoire"),
        ({"label": "Priorité", "kind": "choice"}, "Écrivez au moins un choix"),
        ({"label": "x", "kind": "choice", "option_0_label": "Un", "option_1_label": "un"}, "figure deux fois"),
        ({"label": "budget", "kind": "text"}, "déjà le nom d’un champ"),
        ({"label": "x", "kind": "wish"}, "choix"),
    ],
)
def test_a_field_that_cannot_be_is_refused_in_words(world: World, client_of: Any, data: Any, words: str) -> None:
    with world.within():
        a_field(world, "Budget", "text")
    answer = client_of(world.pmo).post(world.url("/settings/fields/project/new/"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_who_may_not_define_fields(world: World, client_of: Any) -> None:
    with world.within():
        field = a_field(world)
    for path in ("/settings/fields/", "/settings/fields/project/new/", f"/settings/fields/{field.pk}/edit/"):
        assert client_of(world.manager).get(world.url(path)).status_code == 403
    assert client_of(world.admin).get(world.url("/settings/fields/risk/new/")).status_code == 404
    theirs = world.url(f"/settings/fields/{field.pk}/edit/", world.chantier)
    assert client_of(world.stranger).get(theirs).status_code == 404


def test_a_project_manager_fills_fields_and_the_journal_tells_each(world: World, client_of: Any) -> None:
    with world.within():
        a_field(world)
        a_field(world, "Code budgétaire", "text")
        a_field(world, "Gain attendu", "money")
        chloe = create_person(
            actor=world.memberships["admin"].actor, name="Chloé Cheffe", email="chloe@atelier.example",
            membership=world.memberships["manager"],
        )  # fmt: skip
        project = a_project(world, manager=chloe)
    client = client_of(world.manager)
    form = client.get(world.url(f"/projects/{project.pk}/edit/")).content.decode()
    assert "custom_priorite" in form
    data = {
        "code": "ERP", "name": "Projet ERP", "pole": project.pole_id, "manager": chloe.pk, "method": "hybrid",
        "phase": "framing", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "version": project.version,
        "custom_priorite": "elevee", "custom_code_budgetaire": "BC-42", "custom_gain_attendu": "12 500,5",
    }  # fmt: skip
    assert client.post(world.url(f"/projects/{project.pk}/edit/"), data).status_code == 302
    with world.within():
        project.refresh_from_db()
        assert project.custom_fields == {"priorite": "elevee", "code_budgetaire": "BC-42", "gain_attendu": "12500.5"}
        (entry,) = entries(AuditEvent.objects.filter(verb="project.updated", object_id=project.pk))
        told = {change.field: change.after for change in entry.changes}
        assert told["Priorité"] == "Élevée"
        assert told["Code budgétaire"] == "BC-42"
        assert told["Gain attendu"] == "12\u202f500,50\u00a0€"
    page = client.get(world.url(f"/projects/{project.pk}/")).content.decode()
    assert "Priorité" in page and "BC-42" in page
    wrong = {**data, "version": project.version, "custom_gain_attendu": "beaucoup"}
    answer = client.post(world.url(f"/projects/{project.pk}/edit/"), wrong)
    assert answer.status_code == 422
    assert "beaucoup" in answer.content.decode()


def test_a_task_has_its_fields(world: World, client_of: Any) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        a_field(world, "Lot", "text", target="task")
        task = create_task(actor=actor, project=a_project(world), name="Concevoir", custom_fields={"lot": "A"})
        assert Task.objects.get(pk=task.pk).custom_fields == {"lot": "A"}
    form = client_of(world.pmo).get(world.url(f"/plans/tasks/{task.pk}/")).content.decode()
    assert 'name="custom_lot"' in form and 'value="A"' in form


def test_a_change_of_kind_converts_values_or_is_refused_with_their_number(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        field = a_field(world, "Effort", "text")
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        one = a_project(world, "A", pole=pole, custom_fields={"effort": "12,5"})
        a_project(world, "B", pole=pole, custom_fields={"effort": "beaucoup"})
        with pytest.raises(ValidationError) as refused:
            change_field(actor=actor, field=field, values={"kind": "number", "decimals": 1})
        assert "1 fiche porte" in refused.value.message_dict["kind"][0]
        change_project(actor=actor, project=Project.objects.get(code="B"), values={"custom_fields": {"effort": None}})
        field.refresh_from_db()
        assert change_field(actor=actor, field=field, values={"kind": "number", "decimals": 1})
        one.refresh_from_db()
        assert one.custom_fields == {"effort": "12.5"}


def test_an_option_in_use_stays_and_says_how_many_hold_it(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        field = a_field(world)
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        for code in ("A", "B"):
            a_project(world, code, pole=pole, custom_fields={"priorite": "basse"})
        with pytest.raises(ValidationError) as refused:
            change_field(actor=actor, field=field, values={"options": field.options[:1]})
        assert "« Basse » est le choix de 2 fiches" in refused.value.message_dict["options"][0]
        renamed = [field.options[0], {**field.options[1], "label": "Faible"}]
        assert change_field(actor=actor, field=FieldDefinition.objects.get(), values={"options": renamed})
        assert FieldDefinition.objects.get().options[1]["key"] == "basse"


def test_archiving_keeps_the_values_and_the_toast_brings_the_field_back(world: World, client_of: Any) -> None:
    with world.within():
        field = a_field(world, "Lot", "text")
        project = a_project(world, custom_fields={"lot": "A"})
    client = client_of(world.admin)
    assert client.post(world.url(f"/settings/fields/{field.pk}/archive/")).status_code == 302
    assert "custom_lot" not in client.get(world.url(f"/projects/{project.pk}/edit/")).content.decode()
    with world.within():
        actor = world.memberships["admin"].actor
        change_project(actor=actor, project=project, values={"name": "Autre", "custom_fields": {}})
        assert Project.objects.get().custom_fields == {"lot": "A"}
    assert client.post(world.url(f"/settings/fields/{field.pk}/unarchive/")).status_code == 204
    assert 'value="A"' in client.get(world.url(f"/projects/{project.pk}/edit/")).content.decode()


def test_fields_are_moved(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        a_field(world, "Un", "text")
        second = a_field(world, "Deux", "text")
        move_field(actor=actor, field=second, by=-1)
        move_field(actor=actor, field=second, by=-1)
        assert [field.label for field in fields_of("project")] == ["Deux", "Un"]


def test_a_required_field_is_asked_and_a_person_exists(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        a_field(world, "Lot", "text", is_required=True)
        a_field(world, "Valideur", "person")
        zoe = create_person(actor=actor, name="Zoé Éloi", email="zoe@atelier.example")
        with pytest.raises(ValidationError) as refused:
            merged("project", {}, {"lot": None, "valideur": str(world.admin.pk), "inconnu": 1}, complete=True)
        words = " ".join(refused.value.message_dict["custom_fields"])
        for part in ("obligatoire", "n’existe pas", "inconnu"):
            assert part in words
        field = fields_of("project")[1]
        assert read_value(field, "zoe eloi") == read_value(field, "ZOE@atelier.example") == str(zoe.pk)
        with pytest.raises(ValidationError):
            read_value(field, "Personne d’autre")


def test_the_api_reads_and_writes_typed_values(world: World, client_of: Any) -> None:
    with world.within():
        a_field(world)
        a_field(world, "Licences", "number", is_required=True)
        pole = create_pole(actor=world.memberships["admin"].actor, code="IT", name="Informatique")
    client = client_of(world.pmo)

    def call(method: str, path: str, data: Any) -> Any:
        return getattr(client, method)(world.url(path), json.dumps(data), content_type="application/json")

    new = {"code": "A", "name": "A", "pole": str(pole.pk), "starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    missing = call("post", "/api/v1/projects/", new)
    assert missing.status_code == 400
    assert missing.json()["errors"][0]["pointer"] == "/custom_fields/licences"
    made = call("post", "/api/v1/projects/", {**new, "custom_fields": {"licences": 120, "priorite": "elevee"}})
    assert made.status_code == 201, made.content
    assert made.json()["custom_fields"] == {"licences": "120", "priorite": "elevee"}
    address = f"/api/v1/projects/{made.json()['id']}/"
    changed = call("patch", address, {"custom_fields": {"priorite": None}})
    assert changed.json()["custom_fields"] == {"licences": "120"}
    wrong = call("patch", address, {"custom_fields": {"licences": "x", "autre": 1}})
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/custom_fields/licences", "/custom_fields/autre"}
    fields = client.get(world.url("/api/v1/fields/?target=project")).json()["results"]
    assert [field["key"] for field in fields] == ["priorite", "licences"]
    field = call("post", "/api/v1/fields/", {"target": "task", "label": "Lot", "kind": "text"})
    assert field.status_code == 201, field.content
    assert client.delete(world.url(f"/api/v1/fields/{field.json()['id']}/")).status_code == 204
    refused = client_of(world.manager).post(
        world.url("/api/v1/fields/"), '{"target": "task", "label": "x", "kind": "text"}', "application/json"
    )
    assert refused.status_code == 403


def test_archived_fields_are_not_written(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        archive_field(actor=actor, field=a_field(world, "Lot", "text"))
        with pytest.raises(ValidationError):
            a_project(world, custom_fields={"lot": "A"})
