"""The editor of a plan, through its addresses: what is read, batched edits, refusals, collisions, undo and redo."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.planning import actions
from portfolio.planning.models import Assignment, Dependency, Task
from portfolio.planning.scheduling import load_plan
from portfolio.planning.settings_actions import change_plan_settings
from portfolio.projects.models import Project
from tests.portfolio.planning.editor import DAY, ClientOf, Editor, make_erp, minute
from tests.world import World


@pytest.fixture
def erp(world: World) -> Project:
    return make_erp(world)


@pytest.fixture
def chloe(world: World, client_of: ClientOf, erp: Project) -> Editor:
    return Editor(client_of(world.manager), world, erp)


def test_a_change_answers_the_rows_that_it_moves_and_no_other(chloe: Editor) -> None:
    said = chloe.edit(chloe.change("Cadrage", duration="1s"))
    # The end of the plan has moved: so has what the third task may slip.
    assert [row[2] for row in said["rows"]] == ["Cadrage", "Réalisation", "Recette"]
    assert chloe.row("Cadrage").finish == minute(2026, 3, 6, 17)
    assert chloe.row("Réalisation").start == minute(2026, 3, 9, 9)
    assert (said["order"], said["removed"]) == (None, [])
    said = chloe.edit(chloe.change("Recette", name="Recette finale"))
    assert [row[2] for row in said["rows"]] == ["Recette finale"]


def test_a_task_that_the_data_date_splits_says_where(chloe: Editor, erp: Project, world: World) -> None:
    chloe.edit(chloe.change("Réalisation", percent="40"))
    assert not chloe.row("Réalisation").split
    with world.within():
        change_plan_settings(
            actor=world.memberships["pmo"].actor, project=erp, calendar=None, data_date=date(2026, 3, 16)
        )
    chloe.read()
    row = chloe.row("Réalisation")
    assert list(row.split) == [minute(2026, 3, 6, 17), minute(2026, 3, 16, 9)]
    assert (row.start, row.finish) == (minute(2026, 3, 5, 9), minute(2026, 3, 18, 17))


def test_a_drag_sets_the_start_and_a_resize_the_end(chloe: Editor) -> None:
    chloe.edit(chloe.change("Recette", start="2026-03-12T09:00"))
    assert (chloe.row("Recette").start, chloe.row("Recette").constraint) == (minute(2026, 3, 12, 9), "snet")
    chloe.edit(chloe.change("Recette", finish="18/03/2026"))
    assert chloe.row("Recette").duration == 5 * DAY
    chloe.edit(chloe.change("Recette", start="2026-03-14T09:00", finish="2026-03-18T17:00"))
    row = chloe.row("Recette")
    assert (row.start, row.finish, row.duration) == (minute(2026, 3, 16, 9), minute(2026, 3, 18, 17), 3 * DAY)


def test_every_cell_is_typed_and_undone_then_redone(chloe: Editor, world: World) -> None:
    before = dict(chloe.rows)
    recette = chloe.row("Recette")
    said = chloe.edit(
        chloe.change(
            "Recette",
            name="Recette métier",
            duration="2,5 j",
            percent="40 %",
            people="chloe cheffe; Mehdi Équipier 50 %",
            people_read=[],
            predecessors=[[chloe.row("Réalisation").id, "DD+1j"]],
            predecessors_read=[],
        )
    )
    now = chloe.rows[recette.id]
    assert (now.name, now.duration, now.percent) == ("Recette métier", 1050, 4000)
    assert now.people == [["Chloé Cheffe", 100], ["Mehdi Équipier", 50]]
    assert now.predecessors == [[chloe.row("Réalisation").id, "SS", "DD+1j"]]
    undone = chloe.undo(said["batch"])
    same = [row._replace(version=0) for row in chloe.rows.values()]
    assert same == [row._replace(version=0) for row in before.values()]
    chloe.undo(undone["batch"])
    assert chloe.rows[recette.id]._replace(version=0) == now._replace(version=0)
    with world.within():
        assert Assignment.objects.filter(task=recette.id).count() == 2
        assert Dependency.objects.count() == 2


def test_rows_are_pasted_linked_and_taken_back(chloe: Editor) -> None:
    rows = [
        {"key": "a", "depth": 1, "values": {"name": "Lot 2"}},
        {"key": "b", "depth": 2, "values": {"name": "Étude", "duration": "4"}},
        {"key": "c", "depth": 2, "values": {"name": "Pose", "duration": "2j", "predecessors": [["b", ""]]}},
        {"key": "d", "depth": 1, "values": {"name": "Fin", "kind": "milestone", "predecessors": [["c", ""]]}},
    ]
    said = chloe.edit({"op": "insert", "parent": "", "after": chloe.row("Cadrage").id, "rows": rows})
    assert chloe.drawn() == ["Cadrage", "Lot 2", "  Étude", "  Pose", "Fin", "Réalisation", "Recette"]
    assert chloe.row("Fin").start == chloe.row("Pose").finish == minute(2026, 3, 9, 17)
    assert set(said["made"]) == {"a", "b", "c", "d"}
    undone = chloe.undo(said["batch"])
    assert chloe.drawn() == ["Cadrage", "Réalisation", "Recette"]
    chloe.undo(undone["batch"])
    assert chloe.drawn() == ["Cadrage", "Lot 2", "  Étude", "  Pose", "Fin", "Réalisation", "Recette"]
    assert chloe.row("Pose").predecessors == [[chloe.row("Étude").id, "FS", ""]]


def test_the_outline_is_edited_and_undone(chloe: Editor) -> None:
    recette, cadrage = chloe.row("Recette").id, chloe.row("Cadrage").id
    first = chloe.edit({"op": "indent", "ids": [recette]})
    assert chloe.drawn() == ["Cadrage", "Réalisation", "  Recette"]
    assert chloe.row("Réalisation").kind == 1
    second = chloe.edit({"op": "move", "ids": [recette, cadrage], "parent": "", "after": chloe.row("Réalisation").id})
    assert chloe.drawn() == ["Réalisation", "Cadrage", "Recette"]
    third = chloe.edit({"op": "indent", "ids": [recette]}, {"op": "outdent", "ids": [recette]})
    fourth = chloe.edit({"op": "delete", "ids": [cadrage]})
    assert chloe.drawn() == ["Réalisation", "Recette"]
    for said in (fourth, third, second, first):
        chloe.undo(said["batch"])
    assert chloe.drawn() == ["Cadrage", "Réalisation", "Recette"]
    assert chloe.row("Cadrage").duration == 3 * DAY
    assert (chloe.row("Réalisation").kind, chloe.row("Réalisation").duration) == (0, 5 * DAY)
    assert chloe.row("Réalisation").predecessors == [[chloe.row("Cadrage").id, "FS", ""]]


def test_a_loop_is_refused_beside_its_row_with_its_path(chloe: Editor, world: World) -> None:
    one, two = chloe.row("Cadrage"), chloe.row("Réalisation")
    answer = chloe.send({"op": "link", "predecessor": two.id, "successor": one.id, "kind": "FS"})
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["row"], error["cell"]) == (one.id, "predecessors")
    assert "« Cadrage » → « Réalisation » → « Cadrage »" in error["message"].replace("\xa0", " ")
    with world.within():
        assert Dependency.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"name": " "}, "Ce champ ne peut pas être vide."),
        ({"duration": "trois"}, "« trois » n’est pas une durée"),
        ({"start": "31/02/2026"}, "« 31/02/2026 » n’est pas une date"),
        ({"finish": "12/01/2026"}, "La fin précède le début"),
        ({"percent": "150"}, "« 150 » n’est pas un avancement"),
        ({"predecessors": [["", "9FD"]]}, "ce plan n’a pas de ligne de ce numéro"),
        ({"people": "Zoé Inconnue"}, "Personne ne s’appelle « Zoé Inconnue »"),
        ({"colour": "red"}, "ne se lit pas"),
    ],
)
def test_what_is_mistyped_is_told_and_writes_nothing(chloe: Editor, cells: dict[str, Any], sentence: str) -> None:
    row = chloe.row("Recette")
    answer = chloe.send(chloe.change("Cadrage", name="Autre"), chloe.change("Recette", **cells))
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert sentence in error["message"].replace("\xa0", " ")
    assert error["row"] == row.id
    assert chloe.read()["rows"] == []


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{"operations": [1]}',
        '{"operations": [{"op": "change", "id": "ID", "version": Infinity, "values": {"name": "X"}}]}',
        '{"operations": [{"op": "change", "id": "ID", "version": 1, "values": {"name": "a\\u0000b"}}]}',
        '{"operations": [{"op": "insert", "rows": [{"key": "n", "depth": 1e999, "values": {"name": "X"}}]}]}',
    ],
)
def test_what_cannot_be_read_is_refused_in_words(chloe: Editor, body: str) -> None:
    text = body.replace("ID", chloe.row("Recette").id)
    answer = chloe.client.post(f"{chloe.url}edits/", text, content_type="application/json")
    assert answer.status_code == 422
    assert "ne se lit pas" in answer.json()["errors"][0]["message"]
    assert chloe.read()["rows"] == []


def test_the_answer_tells_what_the_edit_itself_made_of_versions(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    """What waits in the page follows its own edits, and never another person's."""
    one, other = chloe.row("Cadrage"), chloe.row("Réalisation")
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Réalisation", name="Construction"))
    said = chloe.edit(chloe.change("Cadrage", duration="9"))
    assert said["versions"][one.id] == [one.version, one.version + 1]
    assert said["versions"][other.id] == [other.version + 1, other.version + 2]


def test_two_people_keep_both_changes_or_choose(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Recette", name="Recette finale"))
    # Different cells: both are kept.
    chloe.edit(chloe.change("Recette", duration="4"))
    merged = chloe.row("Recette finale")
    assert merged.duration == 4 * DAY
    # The same cell: both values are told, and nothing is written.
    pmo.read()
    pmo.edit(pmo.change("Recette finale", duration="6"))
    answer = chloe.send(chloe.change("Recette finale", duration="8"))
    assert answer.status_code == 409
    clash = answer.json()["clashes"][0]
    assert (clash["cell"], clash["mine"], clash["theirs"]) == ("duration", "8\xa0j", "6\xa0j")
    assert clash["by"] == world.memberships["pmo"].actor.label
    # What is chosen is sent again on the version that was told.
    mine = chloe.change("Recette finale", duration="8") | {"version": clash["version"]}
    chloe.edit(mine)
    assert chloe.row("Recette finale").duration == 8 * DAY


def test_an_undo_never_loses_what_another_wrote(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    mine = chloe.edit(chloe.change("Recette", name="À moi"))
    pmo = Editor(client_of(world.pmo), world, erp)
    assert pmo.post(f"undo/{mine['batch']}/", {"token": pmo.token}).status_code == 404
    pmo.edit(pmo.change("À moi", name="À elle"))
    answer = chloe.post(f"undo/{mine['batch']}/", {"token": chloe.token})
    assert answer.status_code == 409
    assert "a été modifié depuis par" in answer.json()["errors"][0]["message"]


def test_an_undo_that_another_s_typing_stands_over_is_refused_by_name(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    """Durations, progress and the dates of a task placed by hand are written by the scheduler and by people alike:
    what a person typed is never taken for what follows."""
    pmo = Editor(client_of(world.pmo), world, erp)
    for cells, others in (({"duration": "4"}, {"duration": "9"}), ({"percent": "20"}, {"percent": "60"})):
        mine = chloe.edit(chloe.change("Recette", **cells))
        pmo.read()
        pmo.edit(pmo.change("Recette", **others))
        answer = chloe.post(f"undo/{mine['batch']}/", {"token": chloe.token})
        assert answer.status_code == 409
        assert f"modifié depuis par {world.memberships['pmo'].actor.label}" in answer.json()["errors"][0]["message"]
        chloe.read()
    assert chloe.row("Recette").duration == 9 * DAY
    assert chloe.row("Recette").percent == 6000


def test_an_undo_by_hand_placed_dates_is_refused_too(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    with world.within():
        task = Task.objects.get(name="Recette")
        actions.change_task(actor=world.memberships["pmo"].actor, task=task, values={"mode": "manual"})
    chloe.read()
    mine = chloe.edit(chloe.change("Recette", start="10/03/2026"))
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Recette", start="17/03/2026"))
    assert chloe.post(f"undo/{mine['batch']}/", {"token": chloe.token}).status_code == 409


def test_an_undo_puts_back_what_the_scheduler_has_moved_since(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    """Chloé shortens the second task; the PMO lengthens the first, which moves the second: both are kept apart."""
    mine = chloe.edit(chloe.change("Réalisation", duration="2"))
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Cadrage", duration="6"))
    chloe.read()
    chloe.undo(mine["batch"])
    assert (chloe.row("Cadrage").duration, chloe.row("Réalisation").duration) == (6 * DAY, 5 * DAY)
    assert chloe.row("Réalisation").start == minute(2026, 3, 10, 9)


def test_a_deleted_row_says_who_deleted_it(chloe: Editor, world: World, client_of: ClientOf, erp: Project) -> None:
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit({"op": "delete", "ids": [pmo.row("Recette").id]})
    answer = chloe.send(chloe.change("Recette", duration="4"))
    assert answer.status_code == 422
    assert "a supprimé « Recette » entre-temps" in answer.json()["errors"][0]["message"].replace("\xa0", " ")
    chloe.read()
    assert chloe.drawn() == ["Cadrage", "Réalisation"]


def test_those_who_may_not_edit_read_and_strangers_see_nothing(
    world: World, client_of: ClientOf, erp: Project
) -> None:
    reader = Editor(client_of(world.executive), world, erp)
    assert reader.send(reader.change("Recette", duration="4")).status_code == 403
    answer = client_of(world.manager).post(
        world.url(f"/plans/project/{world.memberships['pmo'].pk}/gantt/edits/"), "{}", content_type="application/json"
    )
    assert answer.status_code == 404


def test_reading_takes_as_many_statements_for_many_rows(chloe: Editor, world: World, erp: Project) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            chloe.client.get(chloe.url)
        return len(queries)

    few = count()
    with world.within():
        for number in range(27):
            actions.create_task(actor=world.memberships["pmo"].actor, project=erp, name=f"T{number}", schedule=False)
    assert count() == few


def test_the_view_of_plans_is_kept_for_the_person(world: World, client_of: ClientOf, erp: Project) -> None:
    client = client_of(world.executive)
    answer = client.post(world.url("/plans/gantt-view/"), {"columns": "name,start", "zoom": "month", "other": "x"})
    assert answer.status_code == 204
    page = client.get(world.url(f"/plans/project/{erp.pk}/")).content.decode()
    assert "columns=name,start&amp;zoom=month" in page


def test_order_of_the_plan_is_that_of_the_rows(chloe: Editor, world: World, erp: Project) -> None:
    chloe.edit({"op": "move", "ids": [chloe.row("Recette").id], "parent": "", "after": chloe.row("Cadrage").id})
    with world.within():
        assert [task.name for task in load_plan(erp).tasks] == ["Cadrage", "Recette", "Réalisation"]
        assert Task.objects.get(name="Recette").wbs == "2"


@pytest.mark.parametrize(
    ("typed", "kind", "at"),
    [
        ("DNA 18/05/2026", "snet", (2026, 5, 18, 9)),
        ("dna 18/05/2026", "snet", (2026, 5, 18, 9)),
        ("18/05/2026", "snet", (2026, 5, 18, 9)),
        ("Début au plus tôt le 18/05/2026", "snet", (2026, 5, 18, 9)),
        ("FNLT 18/05/2026", "fnlt", (2026, 5, 18, 17)),
        ("Must finish on 18 May 2026", "mfo", (2026, 5, 18, 17)),
        ("le plus tard possible", "alap", None),
    ],
)
def test_a_constraint_is_typed_in_the_table_and_taken_back(
    chloe: Editor, typed: str, kind: str, at: tuple[int, ...] | None
) -> None:
    said = chloe.edit(chloe.change("Recette", constraint=typed))
    row = chloe.row("Recette")
    assert (row.constraint, row.constraint_at) == (kind, at and minute(*at))
    chloe.edit(chloe.change("Recette", constraint=""))
    assert (chloe.row("Recette").constraint, chloe.row("Recette").constraint_at) == ("", None)
    assert said["batch"]


def test_a_deadline_is_typed_and_emptied_in_the_table(chloe: Editor) -> None:
    chloe.edit(chloe.change("Recette", deadline="20/05/2026"))
    assert chloe.row("Recette").deadline == minute(2026, 5, 20, 17)
    chloe.edit(chloe.change("Recette", deadline=""))
    assert chloe.row("Recette").deadline is None


def test_a_constraint_that_does_not_read_or_may_not_be_says_why(chloe: Editor) -> None:
    def refused(name: str, text: str) -> tuple[str, str]:
        answer = chloe.send(chloe.change(name, constraint=text))
        assert answer.status_code == 422
        error = answer.json()["errors"][0]
        assert error["row"] == chloe.row(name).id
        return error["cell"], error["message"]

    assert refused("Recette", "bientôt")[0] == "constraint"
    assert "DNA 18/01/2027" in refused("Recette", "bientôt")[1]
    assert refused("Recette", "DNA 31/02/2026")[1].startswith("« 31/02/2026 » n’est pas une date")
    assert refused("Recette", "DNA")[1] == "Indiquez la date de la contrainte « Début au plus tôt le »."
    chloe.edit({"op": "indent", "ids": [chloe.row("Recette").id]})
    assert "posez la contrainte sur l’une d’elles" in refused("Réalisation", "DNA 18/05/2026")[1]


def test_two_people_who_constrain_the_same_task_see_both_constraints(
    chloe: Editor, world: World, client_of: ClientOf, erp: Project
) -> None:
    pmo = Editor(client_of(world.pmo), world, erp)
    pmo.edit(pmo.change("Recette", constraint="FNP 20/05/2026"))
    answer = chloe.send(chloe.change("Recette", constraint="DNA 18/05/2026"))
    assert answer.status_code == 409
    (clash,) = answer.json()["clashes"]
    assert (clash["cell"], clash["mine"], clash["theirs"]) == (
        "constraint", "Début au plus tôt le 18/05/2026", "Fin au plus tard le 20/05/2026",
    )  # fmt: skip


def test_a_bad_paste_says_the_line_and_the_column(chloe: Editor) -> None:
    def refused(**cells: Any) -> str:
        rows = [{"key": f"p{n}", "depth": 1, "values": {"name": f"Lot {n}"}} for n in range(1, 4)]
        rows[2]["values"] |= cells
        answer = chloe.send({"op": "insert", "parent": "", "after": "", "rows": rows})
        assert answer.status_code == 422
        return str(answer.json()["errors"][0]["message"])

    assert refused(duration="abc").startswith("Ligne 3, Durée : « abc » n’est pas une durée")
    assert refused(people="Inconnu").startswith("Ligne 3, Personnes : Personne ne s’appelle")
    assert refused(predecessors=[["", "99"]]).startswith("Ligne 3, Prédécesseurs : ")


def test_a_lag_is_typed_with_the_units_of_a_duration(chloe: Editor) -> None:
    one = chloe.row("Réalisation").id
    for typed, written in (
        ("FD+2sem", "FD+10j"),
        ("+1 semaine", "FD+5j"),
        ("FD+2 jours", "FD+2j"),
        ("FD+30min", "FD+0,5h"),
    ):
        chloe.edit(chloe.change("Recette", predecessors=[[one, typed]], predecessors_read=[one]))
        assert chloe.row("Recette").predecessors == [[one, "FS", written]]


def test_the_last_row_goes_from_the_page_too(chloe: Editor) -> None:
    for name in ("Cadrage", "Réalisation", "Recette"):
        chloe.edit({"op": "delete", "ids": [chloe.row(name).id]})
    assert chloe.rows == {}
