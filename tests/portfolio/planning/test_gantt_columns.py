"""The columns of choice of the editor: early and late dates, which are read only, and the company's own fields."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people.models import Person
from portfolio.planning import actions
from portfolio.planning.models import Task
from portfolio.planning.scheduling import compute, load_plan
from portfolio.projects.models import Project
from tech4value.fields.actions import archive_field, change_field, create_field
from tests.portfolio.planning.editor import ClientOf, Editor, make_erp
from tests.world import World

LEVELS = [{"label": "Élevée", "label_en": "High"}, {"label": "Basse", "label_en": "Low"}]


@pytest.fixture
def erp(world: World) -> Project:
    return make_erp(world)


@pytest.fixture
def chloe(world: World, client_of: ClientOf, erp: Project) -> Editor:
    return Editor(client_of(world.manager), world, erp)


def add_field(world: World, **said: Any) -> Any:
    with world.within():
        return create_field(actor=world.memberships["admin"].actor, target_key="task", **said)


@pytest.fixture
def fields(world: World) -> dict[str, Any]:
    """One field of each kind that is typed in a cell in its own way."""
    return {
        one.key: one
        for one in (
            add_field(world, label="Lot", kind="text"),
            add_field(world, label="Gain", kind="money"),
            add_field(world, label="Poids", kind="number", decimals=1, unit="kg"),
            add_field(world, label="Livré le", kind="date"),
            add_field(world, label="Externe", kind="yes_no"),
            add_field(world, label="Priorité", kind="choice", options=LEVELS),
            add_field(world, label="Sites", kind="choices", options=[{"label": "Lyon"}, {"label": "Lille"}]),
            add_field(world, label="Référent", kind="person"),
            add_field(world, label="Dossier", kind="link"),
        )
    }


def refused(editor: Editor, name: str, cell: str, text: str) -> str:
    answer = editor.send(editor.change(name, **{cell: text}))
    assert answer.status_code == 422, answer.content.decode()
    (error,) = answer.json()["errors"]
    assert (error["row"], error["cell"]) == (editor.row(name).id, cell)
    return str(error["message"]).replace("\u00a0", " ")


# --- early and late dates


def test_early_and_late_dates_are_the_engine_s(chloe: Editor, world: World, erp: Project) -> None:
    assert chloe.dates == {}
    chloe.show_dates()
    # 2 March is a Monday: five days after three, from nine to five.
    assert chloe.dated("Réalisation") == (
        datetime(2026, 3, 5, 9), datetime(2026, 3, 11, 17), datetime(2026, 3, 5, 9), datetime(2026, 3, 11, 17),
    )  # fmt: skip
    # Two days, that may end with the plan.
    assert chloe.dated("Recette") == (
        datetime(2026, 3, 2, 9), datetime(2026, 3, 3, 17), datetime(2026, 3, 10, 9), datetime(2026, 3, 11, 17),
    )  # fmt: skip
    with world.within():
        for key, one in compute(load_plan(erp)).tasks.items():
            name = chloe.rows[key].name
            assert chloe.dated(name) == (one.early_start, one.early_finish, one.late_start, one.late_finish)


def test_an_edit_answers_the_dates_that_it_changes_to_who_shows_them(chloe: Editor) -> None:
    assert "dates" not in chloe.edit(chloe.change("Cadrage", duration="4j"))
    chloe.show_dates()
    said = chloe.edit(chloe.change("Recette", name="Recette finale"))
    assert said["dates"]["rows"] == []
    said = chloe.edit(chloe.change("Réalisation", duration="6j"))
    # The first task moves neither way.
    assert [row[0] for row in said["dates"]["rows"]] == [chloe.row(n).id for n in ("Réalisation", "Recette finale")]
    chloe.undo(said["batch"])
    assert chloe.dated("Réalisation")[1] == datetime(2026, 3, 12, 17)


def test_a_line_that_is_deleted_takes_its_dates_along(chloe: Editor) -> None:
    chloe.show_dates()
    chloe.edit({"op": "delete", "ids": [chloe.row("Recette").id]})
    assert set(chloe.dates) == set(chloe.rows)


def test_others_changes_reach_the_dates_too(chloe: Editor, world: World, client_of: ClientOf, erp: Project) -> None:
    chloe.show_dates()
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Cadrage", duration="5j"))
    chloe.read()
    assert chloe.dated("Réalisation")[0] == datetime(2026, 3, 9, 9)
    with world.within():
        task = Task.objects.get(name="Cadrage")
        actions.change_task(actor=world.memberships["pmo"].actor, task=task, values={"duration_minutes": 420})
    chloe.read()
    assert chloe.dated("Réalisation")[0] == datetime(2026, 3, 3, 9)
    # Then the plan is edited as if nothing had been read meanwhile.
    chloe.edit(chloe.change("Réalisation", duration="1j"))
    assert chloe.row("Réalisation").finish == chloe.dates[chloe.row("Réalisation").id][1]


def test_a_reader_sees_the_dates(world: World, client_of: ClientOf, erp: Project) -> None:
    executive = Editor(client_of(world.executive), world, erp)
    executive.show_dates()
    assert len(executive.dates) == 3


def test_dates_are_not_typed(chloe: Editor) -> None:
    for cell in ("earlyStart", "lateFinish"):
        answer = chloe.send(chloe.change("Cadrage", **{cell: "12/05/2026"}))
        assert answer.status_code == 422


# --- custom fields


@pytest.mark.parametrize(
    ("cell", "typed", "stored"),
    [
        ("custom_lot", "Lot 2", "Lot 2"),
        ("custom_gain", "1 234,5 €", "1234.5"),
        ("custom_poids", "-2,5", "-2.5"),
        ("custom_livre_le", "12/05/2026", "2026-05-12"),
        ("custom_externe", "oui", True),
        ("custom_externe", "Non", False),
        ("custom_priorite", "élevée", "elevee"),
        ("custom_sites", "Lille; Lyon", ["lyon", "lille"]),
        ("custom_dossier", "www.exemple.fr/plan", "https://www.exemple.fr/plan"),
    ],
)
def test_each_kind_is_typed_in_its_cell_and_emptied(
    chloe: Editor, fields: dict[str, Any], cell: str, typed: str, stored: Any
) -> None:
    key = cell.removeprefix("custom_")
    said = chloe.edit(chloe.change("Recette", **{cell: typed}))
    assert chloe.row("Recette").custom == {key: stored}
    assert [row[2] for row in said["rows"]] == ["Recette"]
    chloe.edit(chloe.change("Recette", **{cell: ""}))
    assert chloe.row("Recette").custom == {}


def test_a_person_is_typed_by_name_and_named_in_the_answer(
    chloe: Editor, world: World, fields: dict[str, Any]
) -> None:
    said = chloe.edit(chloe.change("Recette", custom_referent="mehdi equipier"))
    with world.within():
        key = str(Person.objects.get(name="Mehdi Équipier").pk)
    assert chloe.row("Recette").custom == {"referent": key}
    assert said["named"] == {key: "Mehdi Équipier"}
    assert "named" in chloe.read()


@pytest.mark.parametrize(
    ("cell", "typed", "why"),
    [
        ("custom_gain", "beaucoup", "« beaucoup » n’est pas un nombre : écrivez par exemple 1 234,5."),
        ("custom_poids", "2,55", "« 2,55 » est trop précis : ce champ a 1 décimale au plus."),
        ("custom_livre_le", "31/02/2026", "« 31/02/2026 » n’est pas une date : écrivez par exemple 12/03/2026."),
        ("custom_externe", "peut-être", "« peut-être » n’est ni oui ni non."),
        ("custom_priorite", "Moyenne", "« Moyenne » n’est pas un des choix : Élevée, Basse."),
        ("custom_referent", "Personne", "« Personne » ne désigne pas une seule personne : écrivez son nom complet"),
        ("custom_dossier", "plan", "« plan » n’est pas une adresse : elle commence par https:// ou http://."),
    ],
)
def test_what_is_none_of_its_kind_is_refused_in_words(
    chloe: Editor, fields: dict[str, Any], cell: str, typed: str, why: str
) -> None:
    assert refused(chloe, "Recette", cell, typed).startswith(why)
    chloe.read()
    assert chloe.row("Recette").custom == {}


def test_a_required_field_is_not_emptied(chloe: Editor, world: World) -> None:
    add_field(world, label="Lot", kind="text", is_required=True)
    chloe.edit(chloe.change("Recette", custom_lot="A"))
    assert refused(chloe, "Recette", "custom_lot", "") == "Lot : ce champ est obligatoire."
    # Nothing else waits for it.
    chloe.edit(chloe.change("Cadrage", name="Cadrage initial"))


def test_a_field_that_has_been_archived_since_is_told(chloe: Editor, world: World, fields: dict[str, Any]) -> None:
    with world.within():
        archive_field(actor=world.memberships["admin"].actor, field=fields["lot"])
    assert "archivé ou supprimé" in refused(chloe, "Recette", "custom_lot", "B")


def test_two_people_type_in_two_fields_of_a_task_and_both_stay(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project, fields: dict[str, Any]
) -> None:
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Recette", custom_lot="Le mien"))
    chloe.edit(chloe.change("Recette", custom_priorite="Basse"))
    assert chloe.row("Recette").custom == {"lot": "Le mien", "priorite": "basse"}


def test_two_people_who_type_in_the_same_field_see_both_values(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project, fields: dict[str, Any]
) -> None:
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Recette", custom_priorite="Élevée"))
    answer = chloe.send(chloe.change("Recette", custom_priorite="Basse"))
    assert answer.status_code == 409
    (clash,) = answer.json()["clashes"]
    assert (clash["cell"], clash["label"], clash["mine"], clash["theirs"]) == (
        "custom_priorite", "Priorité", "Basse", "Élevée",
    )  # fmt: skip
    assert clash["by"] and clash["at"]


def test_a_typed_field_is_undone_and_redone(chloe: Editor, fields: dict[str, Any]) -> None:
    said = chloe.edit(chloe.change("Recette", custom_lot="A", name="Recette A"))
    back = chloe.undo(said["batch"])
    assert (chloe.row("Recette").custom, back["batch"] != said["batch"]) == ({}, True)
    chloe.undo(back["batch"])
    assert chloe.row("Recette A").custom == {"lot": "A"}


def test_lines_are_pasted_with_their_fields(chloe: Editor, fields: dict[str, Any]) -> None:
    rows = [
        {"key": "p1", "depth": 1, "values": {"name": "Essais", "custom_gain": "1 500", "deadline": "20/05/2026"}},
        {"key": "p2", "depth": 1, "values": {"name": "Bilan", "custom_priorite": "Basse"}},
    ]
    chloe.edit({"op": "insert", "parent": "", "after": "", "rows": rows})
    assert chloe.row("Essais").custom == {"gain": "1500"}
    assert chloe.row("Bilan").custom == {"priorite": "basse"}
    rows[1]["values"] = {"name": "Autre", "custom_priorite": "Moyenne"}
    answer = chloe.send({"op": "insert", "parent": "", "after": "", "rows": rows})
    message = str(answer.json()["errors"][0]["message"]).replace("\u00a0", " ")
    assert answer.status_code == 422 and message.startswith("Ligne 2, Priorité : « Moyenne » n’est pas un des choix")


def test_a_reader_does_not_type_in_a_field(
    world: World, client_of: ClientOf, erp: Project, fields: dict[str, Any]
) -> None:
    executive = Editor(client_of(world.executive), world, erp)
    assert executive.send(executive.change("Recette", custom_lot="A")).status_code == 403


def test_the_page_knows_the_fields_in_the_language_of_the_reader(
    world: World, client_of: ClientOf, erp: Project, fields: dict[str, Any]
) -> None:
    client = client_of(world.manager)
    page = client.get(world.url(f"/plans/project/{erp.pk}/")).content.decode()
    assert '"column": "custom_priorite"' in page and '["elevee", "\\u00c9lev\\u00e9e"]' in page
    assert 'name="columns" value="lateFinish"' in page and 'name="columns" value="custom_gain"' in page
    with world.within():
        actor = world.memberships["admin"].actor
        change_field(actor=actor, field=fields["gain"], values={"label": "Bénéfice"})
        archive_field(actor=actor, field=fields["lot"])
    page = client.get(world.url(f"/plans/project/{erp.pk}/")).content.decode()
    assert "custom_lot" not in page and "B\\u00e9n\\u00e9fice" in page


def test_a_long_text_is_read_in_the_table_and_written_in_the_panel(chloe: Editor, world: World) -> None:
    add_field(world, label="Risques", kind="long_text")
    with world.within():
        task = Task.objects.get(name="Recette")
        actor = world.memberships["pmo"].actor
        actions.change_task(actor=actor, task=task, values={"custom_fields": {"risques": "mot " * 900}})
    chloe.read()
    assert len(chloe.row("Recette").custom["risques"]) == 501


def test_statements_are_the_same_for_many_rows_with_dates_and_fields(
    chloe: Editor, world: World, erp: Project, fields: dict[str, Any]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            chloe.client.get(chloe.url, {"since": "forgotten", "dates": ""})
        return len(queries)

    chloe.edit(chloe.change("Recette", custom_referent="Chloé Cheffe"))
    count()  # the plan that the edit has left is taken: both counts are of one that is read whole
    few = count()
    with world.within():
        actor = world.memberships["pmo"].actor
        for number in range(27):
            values = {"custom_fields": {"lot": f"L{number}"}}
            actions.create_task(actor=actor, project=erp, name=f"T{number}", schedule=False, **values)
    assert count() <= few
