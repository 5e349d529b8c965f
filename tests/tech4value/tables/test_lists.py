"""A list by its address: sort, columns, filters, views, bulk edit, totals; the list of projects and that of tasks."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import create_budget_line
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.planning.actions import create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import change_project, create_projects
from portfolio.projects.lists import ProjectTable
from portfolio.projects.models import Project
from portfolio.risks.actions import create_risk
from portfolio.risks.models import Risk
from tech4value.audit.models import AuditEvent
from tech4value.fields.actions import create_field
from tech4value.tables.exporting import export_rows
from tech4value.tables.models import SavedView
from tech4value.tables.state import TableState
from tests.world import World

NAMES = ["Éloïse", "Zoé", "eden", "Alpha", "Œuvre"]


@pytest.fixture
def filled(world: World) -> World:
    """Five projects of one pole, the first two with custom values, all Chloé's but the last."""
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"])
        levels = [{"label": "Élevée"}, {"label": "Basse"}]
        create_field(actor=actor, target_key="project", label="Priorité", kind="choice", options=levels)
        create_field(actor=actor, target_key="project", label="Gain", kind="money")
        held = [{"priorite": "elevee", "gain": "1200.5"}, {"priorite": "basse", "gain": "80"}, {}, {}, {}]
        values = [
            {
                "code": f"P{number}", "name": name, "pole": pole, "starts_on": date(2026, number + 1, 1),
                "ends_on": date(2026, 12, 31), "manager": chloe if number < 4 else None,
                "custom_fields": held[number],
            }
            for number, name in enumerate(NAMES)
        ]  # fmt: skip
        create_projects(actor=actor, values=values)
    return world


def listed(client: Any, world: World, query: str = "", path: str = "/projects/") -> Any:
    answer = client.get(world.url(f"{path}?{query}"))
    assert answer.status_code == 200
    return answer.context["list"]


def names(client: Any, world: World, query: str = "") -> list[str]:
    return [row.name for row in listed(client, world, query).page.object_list]


def test_names_sort_without_accents_and_by_several_columns(filled: World, client_of: Any) -> None:
    pmo = client_of(filled.pmo)
    assert names(pmo, filled) == ["Alpha", "eden", "Éloïse", "Œuvre", "Zoé"]
    assert names(pmo, filled, "sort=-name") == ["Zoé", "Œuvre", "Éloïse", "eden", "Alpha"]
    assert names(pmo, filled, "sort=manager,-start") == ["Alpha", "eden", "Zoé", "Éloïse", "Œuvre"]
    assert names(pmo, filled, "sort=-custom_gain")[:2] == ["Éloïse", "Zoé"]
    assert names(pmo, filled, "sort=custom_priorite")[:2] == ["Éloïse", "Zoé"]


def test_filters_read_columns_and_custom_fields(filled: World, client_of: Any) -> None:
    pmo = client_of(filled.pmo)
    assert names(pmo, filled, "q=eloise") == ["Éloïse"]
    assert names(pmo, filled, "q=CHEFFE oeuvre") == []
    assert names(pmo, filled, "start_from=2026-03-01&start_to=2026-04-01") == ["Alpha", "eden"]
    assert names(pmo, filled, "custom_priorite=elevee&custom_priorite=basse") == ["Éloïse", "Zoé"]
    assert names(pmo, filled, "custom_gain_min=100") == ["Éloïse"]
    with filled.within():
        chloe = Person.objects.get()
    assert names(pmo, filled, f"manager={chloe.pk}&sort=-name")[0] == "Zoé"
    page = pmo.get(filled.url("/projects/?custom_gain_min=100")).content.decode()
    assert "100 au moins" in page


def test_what_cannot_be_read_is_said_and_the_rest_works(filled: World, client_of: Any) -> None:
    found = listed(
        client_of(filled.pmo), filled, "start_from=hier&sort=-colour,name&columns=code,taste&q=zoe&page=999"
    )
    assert [row.name for row in found.page.object_list] == ["Zoé"]
    assert len(found.state.problems) == 3
    assert [column.key for column in found.state.columns] == ["name", "code"]


def test_columns_are_chosen_in_order_and_totals_add_up(filled: World, client_of: Any) -> None:
    client = client_of(filled.pmo)
    found = listed(client, filled, "columns=name,custom_gain,custom_priorite")
    assert [column.key for column in found.state.columns] == ["name", "custom_gain", "custom_priorite"]
    assert {column.key: words for column, words in found.totals}["custom_gain"] == "1\u202f280,50\u00a0€"
    assert "Élevée" in client.get(filled.url("/projects/?columns=name,custom_priorite")).content.decode()


def test_a_member_sees_only_their_projects_and_may_not_edit(filled: World, client_of: Any) -> None:
    member = client_of(filled.member)
    assert names(member, filled) == []
    assert member.get(filled.url("/tables/projects/bulk/")).status_code == 403
    assert client_of(filled.end_user).get(filled.url("/tables/projects/bulk/")).status_code == 403
    assert client_of(filled.pmo).get(filled.url("/tables/nothing/bulk/")).status_code == 404


def test_views_are_saved_shared_and_shown_by_default(filled: World, client_of: Any) -> None:
    pmo, manager = client_of(filled.pmo), client_of(filled.manager)
    query = "sort=-name&columns=name,code"
    data = {"name": " Ma vue ", "query": query, "shared": "on", "default": "on"}
    answer = pmo.post(filled.url("/tables/projects/views/"), data)
    assert answer.status_code == 302
    with filled.within():
        view = SavedView.objects.get()
    assert listed(pmo, filled).applied == view
    assert names(pmo, filled)[0] == "Zoé"
    assert names(pmo, filled, "view=none")[0] == "Alpha"
    assert names(manager, filled)[0] == "Alpha"
    assert [one.name for one in listed(manager, filled).views] == ["Ma vue"]
    assert names(manager, filled, f"{query}&view={view.pk}")[0] == "Zoé"
    assert manager.post(filled.url(f"/tables/views/{view.pk}/delete/")).status_code == 404
    assert pmo.post(filled.url(f"/tables/views/{view.pk}/delete/")).status_code == 302
    assert pmo.post(filled.url(f"/tables/views/{view.pk}/restore/")).status_code == 204
    assert pmo.post(filled.url("/tables/projects/views/"), {"name": " ", "query": ""}).status_code == 302
    with filled.within():
        assert SavedView.objects.count() == 1


def test_a_null_character_costs_nobody_an_error(filled: World, client_of: Any) -> None:
    client = client_of(filled.pmo)
    saved = client.post(filled.url("/tables/projects/views/"), {"name": "Mes\0projets", "query": "q=a\0b"})
    assert saved.status_code == 302
    with filled.within():
        assert SavedView.objects.values_list("name", "query").get() == ("Mesprojets", "q=ab")
    exported = client.post(filled.url("/tables/projects/export/"), {"format": "csv", "query": "q=\0"})
    assert exported.status_code == 302


def test_rows_are_edited_together_and_undone_as_a_whole(filled: World, client_of: Any) -> None:
    manager = client_of(filled.manager)
    form = manager.get(filled.url("/tables/projects/bulk/?all=1&query=sort%3Dname")).content.decode()
    assert "5 lignes" in form
    data = {"all": "1", "query": "", "set_phase": "on", "phase": "delivery"}
    data |= {"set_custom_priorite": "on", "custom_priorite": "basse"}
    done = manager.post(filled.url("/tables/projects/bulk/"), data)
    assert done.status_code == 200
    text = done.content.decode()
    assert "4 lignes modifiées" in text
    assert "Œuvre" in text and "pas le droit" in text
    with filled.within():
        assert Project.objects.filter(phase="delivery", custom_fields__priorite="basse").count() == 4
        batches = set(AuditEvent.objects.filter(verb="project.updated").values_list("batch_id", flat=True))
        assert len(batches) == 1
        (batch,) = batches
    assert client_of(filled.pmo).post(filled.url(f"/tables/projects/undo/{batch}/")).status_code == 404
    assert manager.post(filled.url(f"/tables/projects/undo/{batch}/")).status_code == 204
    with filled.within():
        assert Project.objects.filter(phase="delivery").count() == 0
        assert Project.objects.get(code="P0").custom_fields == {"priorite": "elevee", "gain": "1200.5"}


def test_only_a_bulk_edit_is_undone_from_its_list(filled: World, client_of: Any) -> None:
    """The projects that the administrator made at once, as an import would, are not taken back by a list's undo."""
    batch = uuid4()
    with filled.within():
        actor = filled.memberships["admin"].actor.within(batch)
        created = {"code": "LOT", "name": "D’un lot", "pole": Pole.objects.get()}
        days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
        create_projects(actor=actor, values=[{**created, **days}])
    undo = client_of(filled.admin).post(filled.url(f"/tables/projects/undo/{batch}/"))
    assert undo.status_code == 404
    with filled.within():
        assert Project.objects.filter(code="LOT").exists()


def test_an_undo_over_the_work_of_others_is_refused(filled: World, client_of: Any) -> None:
    pmo = client_of(filled.pmo)
    with filled.within():
        key = Project.objects.get(code="P0").pk
    data = {"selected": str(key), "set_phase": "on", "phase": "delivery"}
    assert pmo.post(filled.url("/tables/projects/bulk/"), data).status_code == 302
    with filled.within():
        batch = AuditEvent.objects.get(verb="project.updated").batch_id
        change_project(
            actor=filled.memberships["admin"].actor, project=Project.objects.get(pk=key), values={"name": "Autre"}
        )
    refused = pmo.post(filled.url(f"/tables/projects/undo/{batch}/"))
    assert refused.status_code == 409
    assert "Alice Administratrice" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"selected": "x", "set_phase": "on", "phase": "delivery"}, "Aucune ligne"),
        ({"all": "1", "phase": "delivery"}, "Cochez au moins un champ"),
        ({"all": "1", "set_phase": "on", "phase": "dreaming"}, "Sélectionnez un choix valide"),
        ({"all": "1", "set_custom_gain": "on", "custom_gain": "beaucoup"}, "beaucoup"),
    ],
)
def test_a_bulk_edit_that_says_nothing_is_refused(filled: World, client_of: Any, sent: Any, words: str) -> None:
    answer = client_of(filled.pmo).post(filled.url("/tables/projects/bulk/"), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_as_many_statements_for_3_and_60_rows(filled: World, client_of: Any) -> None:
    client = client_of(filled.pmo)
    query = urlencode({"columns": "name,manager,sponsor,custom_gain", "sort": "-custom_gain,name"})
    client.get(filled.url(f"/projects/?{query}"))
    with CaptureQueriesContext(connection) as few:
        client.get(filled.url(f"/projects/?{query}"))
    with filled.within():
        pole = Pole.objects.get()
        days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
        values = [{"code": f"X{n}", "name": f"Projet {n}", "pole": pole, **days} for n in range(60)]
        create_projects(actor=filled.memberships["admin"].actor, values=values)
    with CaptureQueriesContext(connection) as many:
        client.get(filled.url(f"/projects/?{query}"))
    assert len(many) == len(few)


def test_tasks_are_listed_and_edited_together(filled: World, client_of: Any) -> None:
    actor = filled.memberships["admin"].actor
    with filled.within():
        create_field(actor=actor, target_key="task", label="Lot", kind="text")
        project = Project.objects.get(code="P0")
        for name in ("Concevoir", "Écrire"):
            create_task(actor=actor, project=project, name=name, schedule=False)
    manager = client_of(filled.manager)
    found = listed(manager, filled, f"project={project.pk}&sort=-name", "/plans/tasks/")
    assert [row.name for row in found.page.object_list] == ["Écrire", "Concevoir"]
    data = {"all": "1", "query": "", "set_custom_lot": "on", "custom_lot": "A"}
    data |= {"set_percent_complete": "on", "percent_complete": "40", "set_mode": "on", "mode": "manual"}
    data |= {"set_deadline_on": "on", "deadline_on": "2026-06-30"}
    assert manager.post(filled.url("/tables/tasks/bulk/"), data).status_code == 302
    with filled.within():
        assert {
            (str(task.percent_complete), task.custom_fields["lot"], task.mode, f"{task.deadline_at:%d/%m %H:%M}")
            for task in Task.objects.all()
        } == {("0.4000", "A", "manual", "30/06 23:59")}
    assert len(listed(manager, filled, "custom_lot=a", "/plans/tasks/").page.object_list) == 2


def test_risks_and_budget_lines_are_lists_too(filled: World, client_of: Any) -> None:
    actor = filled.memberships["admin"].actor
    with filled.within():
        project = Project.objects.get(code="P0")
        create_risk(actor=actor, project=project, title="Éboulement", probability=4, impact=4)
        create_risk(actor=actor, project=project, title="avarie", probability=1, impact=1)
        for month, planned in ((1, 100), (2, 250)):
            place = {"category": "staff", "nature": "opex", "month": date(2026, month, 1)}
            create_budget_line(actor=actor, project=project, planned=Decimal(planned), **place)
    pmo = client_of(filled.pmo)
    found = listed(pmo, filled, "sort=title", "/risks/")
    assert [row.title for row in found.page.object_list] == ["avarie", "Éboulement"]
    data = {"all": "1", "query": "severity=critical", "set_status": "on", "status": "treated"}
    assert pmo.post(filled.url("/tables/risks/bulk/"), data).status_code == 302
    with filled.within():
        assert list(Risk.objects.filter(status="treated").values_list("title", flat=True)) == ["Éboulement"]
    lines = listed(pmo, filled, "", "/budget/lines/")
    assert {column.key: words for column, words in lines.totals}["planned"] == "350,00\u00a0€"
    assert client_of(filled.member).get(filled.url("/budget/lines/")).status_code == 403
    wrong_scope = pmo.get(filled.url("/tables/risks/bulk/?scope_project=x"))
    assert wrong_scope.status_code == 404


def test_lists_and_their_files_show_mentions_as_names(filled: World, client_of: Any) -> None:
    """The PMO's list of projects with a long text of the organisation's own, in which Chloé is mentioned."""
    client = client_of(filled.pmo)
    with filled.within():
        actor = filled.memberships["admin"].actor
        create_field(actor=actor, target_key="project", label="Enjeux", kind="long_text")
        chloe, project = Person.objects.get(), Project.objects.get(code="P0")
        text = f"Voir @[Chloé Cheffe](person:{chloe.pk}), puis\nconclure"
        change_project(actor=actor, project=project, values={"custom_fields": {"enjeux": text}})
        state = TableState(ProjectTable(filled.memberships["pmo"]), QueryDict("columns=name,custom_enjeux&q=eloise"))
        _count, rows = export_rows(state)
        assert list(rows) == [["Éloïse", "Voir @Chloé Cheffe, puis\nconclure"]]
    page = client.get(filled.url("/projects/?columns=name,custom_enjeux")).content.decode()
    assert "Voir @Chloé Cheffe" in page and "(person:" not in page
    own = client.get(filled.url(f"/projects/{project.pk}/")).content.decode()
    assert f'<a class="mention" href="{filled.url(f"/people/{chloe.pk}/")}">@Chloé Cheffe</a>' in own
    assert "data-mentions" in client.get(filled.url(f"/projects/{project.pk}/edit/")).content.decode()
