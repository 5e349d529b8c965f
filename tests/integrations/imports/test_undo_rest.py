"""Undoing when others have worked since, what a token needs for it, and rows that only an action refuses."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from integrations.imports.models import Import, ImportState
from integrations.imports.refusals import ImportNoLongerValidError
from integrations.imports.undoing import start_undo
from portfolio.people.actions import create_person, delete_person
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Task
from portfolio.projects.actions import change_project, create_project
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.actions import create_token
from tech4value.accounts.token_scopes import TokenAccess, TokenArea, TokenScope
from tech4value.audit.actor import SYSTEM
from tech4value.audit.undo import UndoRefusedError
from tech4value.audit.writing import update_many
from tests.integrations.imports.test_table_run import bring, run, setting
from tests.world import World

FIRST = """Code projet;Libellé;Direction;Chef projet;Date début;Date fin
VPN;Accès distant;IT;Claire Martin;05/01/2026;30/09/2026
CRM;Refonte du CRM;IT;Claire Martin;05/01/2026;31/12/2026
ERP;Nouvel ERP;IT;Claire Martin;05/01/2026;31/12/2026
"""
SECOND = FIRST.replace("Refonte du CRM", "CRM pour tous").replace("VPN;Accès distant", "VPN;Accès distant sûr")
PEOPLE = "Nom;E-mail\nNora Neuve;nora@x.example\nPaul Présent;paul@x.example\n"


@pytest.fixture
def first(world: World) -> Any:
    """Three projects of a table, brought by the PMO."""
    with world.within():
        setting(world)
        yield run(world, bring(world, FIRST))


def test_two_imports_of_the_same_rows(world: World, client_of: Any, first: Import) -> None:
    """Undoing the first names what the second changed, by which file; the rest can be undone."""
    second = run(world, bring(world, SECOND, name="seconde.csv"))
    pmo = client_of(world.pmo)
    url = world.url(f"/imports/{first.pk}/")
    refused = pmo.post(f"{url}undo/")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "CRM pour tous" in page
    assert "Import de seconde.csv" in page
    assert world.url(f"/imports/{second.pk}/") in page
    assert ">nom<" in page, "fields are called as people call them"
    assert "Annuler le reste" in page
    assert Project.objects.count() == 3
    assert pmo.post(f"{url}undo/", {"rest": "1"}).status_code == 302
    assert set(Project.objects.values_list("code", flat=True)) == {"CRM", "VPN"}
    page = pmo.get(url).content.decode()
    assert "sauf 2 éléments" in page
    assert "CRM pour tous" in page
    # The second is then undone as a whole, and leaves what the first had made of these rows.
    assert pmo.post(world.url(f"/imports/{second.pk}/undo/")).status_code == 302
    assert Project.objects.get(code="CRM").name == "Refonte du CRM"


def test_what_was_changed_by_hand_is_kept_with_what_it_points_at(world: World, client_of: Any, first: Import) -> None:
    actor = world.memberships["manager"].actor
    people = run(world, bring(world, PEOPLE, name="people.csv", target="people"))
    paul = Person.objects.get(name="Paul Présent")
    change_project(actor=actor, project=Project.objects.get(code="ERP"), values={"goal": "Un objectif"})
    with pytest.raises(UndoRefusedError) as refused:
        start_undo(actor=actor, member=world.memberships["pmo"], row=first)
    assert [(one.label, one.by) for one in refused.value.conflicts] == [("Nouvel ERP", "Chloé Cheffe")]
    done = start_undo(actor=actor, member=world.memberships["pmo"], row=first, rest=True)
    assert done.state == ImportState.UNDONE
    assert Project.objects.get().code == "ERP"
    assert done.result["left"][0]["by"] == "Chloé Cheffe"
    assert done.result["left"][0]["import"] == ""
    start_undo(actor=actor, member=world.memberships["pmo"], row=people)
    assert not Person.objects.filter(pk=paul.pk).exists()


def _by_token(world: World, path: str, *areas: TokenArea, **body: Any) -> Any:
    member = world.memberships["pmo"]
    with world.within():
        _token, secret = create_token(
            actor=member.actor, membership=member, name="T", days=30, scope=TokenScope(TokenAccess.WRITE, areas)
        )
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "fr"}
    return Client().post(world.url(path), body, headers=headers, content_type="application/json")


def test_a_token_needs_the_areas_that_the_import_wrote(world: World) -> None:
    with world.within():
        setting(world)
        row = run(world, bring(world, PEOPLE, name="people.csv", target="people"))
        path = f"/api/v1/imports/{row.pk}/undo/"
        refused = _by_token(world, path, TokenArea.PORTFOLIO)
        assert refused.status_code == 403
        assert "n’ouvre pas le domaine «\u00a0Personnes\u00a0»" in refused.json()["detail"]
        assert Person.objects.filter(name="Nora Neuve").exists()
        assert _by_token(world, path, TokenArea.PORTFOLIO, TokenArea.PEOPLE).status_code == 200
        assert not Person.objects.filter(name="Nora Neuve").exists()


def test_a_role_that_has_shrunk_takes_nothing_back(world: World) -> None:
    with world.within():
        setting(world)
        row = run(world, bring(world, PEOPLE, name="people.csv", target="people"))
        with pytest.raises(PermissionDenied, match="Modifier les personnes"):
            start_undo(actor=world.memberships["manager"].actor, member=world.memberships["manager"], row=row)


def test_a_project_that_is_no_longer_one_s_own_is_left_alone(world: World, client_of: Any) -> None:
    """The project manager imports into their project, then loses it: an administrator takes the import back."""
    with world.within():
        setting(world)
        pmo, claire = world.memberships["pmo"].actor, Person.objects.get()
        chloe = create_person(actor=pmo, name="Chloé", membership=world.memberships["manager"])
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31)}
        crm = create_project(actor=pmo, code="CRM", name="CRM", pole=Pole.objects.get(), manager=chloe, **days)
        sheet = "Code projet;Jalon;Échéance\nCRM;Pilote;01/06/2026\n"
        row = run(world, bring(world, sheet, who="manager", target="milestones"), who="manager")
        assert Milestone.objects.get().name == "Pilote"
        change_project(actor=pmo, project=crm, values={"manager": claire})
    refused = client_of(world.manager).post(world.url(f"/imports/{row.pk}/undo/"))
    assert refused.status_code == 403
    assert "demandez son annulation à un administrateur" in refused.content.decode()
    assert client_of(world.admin).post(world.url(f"/imports/{row.pk}/undo/")).status_code == 302
    with world.within():
        assert not Milestone.objects.exists()


def test_a_person_in_the_bin_leads_no_project_by_import(world: World) -> None:
    """As everywhere else: the account stays, what it led is no longer its own."""
    with world.within():
        setting(world)
        pmo = world.memberships["pmo"].actor
        chloe = create_person(actor=pmo, name="Chloé", membership=world.memberships["manager"])
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31)}
        create_project(actor=pmo, code="CRM", name="CRM", pole=Pole.objects.get(), manager=chloe, **days)
        sheet = "Code projet;Jalon;Échéance\nCRM;Pilote;01/06/2026\n"
        assert bring(world, sheet, who="manager", target="milestones").preview["ok"]
        delete_person(actor=pmo, person=chloe)
        refused = bring(world, sheet, who="manager", target="milestones").preview["problems"]
        assert [one["code"] for one in refused] == ["project_not_yours"]


def test_what_is_beyond_the_plan_is_changed_by_no_undo(world: World, client_of: Any, first: Import) -> None:
    """A project made read-only keeps what a later import changed; the import that made it can still be undone."""
    second = run(world, bring(world, SECOND, name="seconde.csv"))
    Project.objects.filter(code="CRM").update(read_only=True)
    pmo = client_of(world.pmo)
    refused = pmo.post(world.url(f"/imports/{second.pk}/undo/"))
    assert refused.status_code == 403
    assert "« CRM pour tous » est en lecture seule" in refused.content.decode()
    again = bring(world, SECOND.replace("CRM pour tous", "CRM"))
    assert [one["code"] for one in again.preview["problems"]] == ["project_read_only"]
    assert "Le projet CRM est en lecture seule" in pmo.get(world.url(f"/imports/{again.pk}/")).content.decode()
    Project.objects.filter(code="CRM").update(read_only=False)
    assert pmo.post(world.url(f"/imports/{second.pk}/undo/")).status_code == 302


def test_the_limit_of_the_plan_is_nobody_s_work(world: World, client_of: Any, first: Import) -> None:
    erp = Project.objects.get(code="ERP")
    update_many(SYSTEM, [(erp, {"read_only": True})], verb="project.made_read_only")
    assert client_of(world.pmo).post(world.url(f"/imports/{first.pk}/undo/")).status_code == 302
    assert not Project.objects.exists()


def test_the_api_leaves_what_was_changed_when_asked(world: World, first: Import) -> None:
    change_project(
        actor=world.memberships["manager"].actor, project=Project.objects.get(code="ERP"), values={"goal": "x"}
    )
    path = f"/api/v1/imports/{first.pk}/undo/"
    refused = _by_token(world, path)
    assert refused.status_code == 409
    assert "Nouvel ERP (Chloé Cheffe)" in refused.json()["detail"]
    done = _by_token(world, path, keep_changed=True)
    assert done.status_code == 200
    assert done.json()["result"]["left_count"] == 1


TASKS = "WBS;Tâche;Début;Fin\n" + "".join(f"{n};Tâche {n};02/03/2026;03/03/2026\n" for n in range(1, 13))


@pytest.fixture
def hard_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of plans that the comparison of tables does not know: numbers 5 and 11 are unlucky."""

    def checked(task: Task, project: Project, **given: Any) -> Task:
        if task.name in {"Tâche 5", "Tâche 11"}:
            raise ValidationError({"name": f"« {task.name} » porte malheur : changez son nom."})
        return task

    monkeypatch.setattr("portfolio.planning.bulk_actions.checked", checked)


def _tasks(world: World) -> Import:
    project = str(Project.objects.get(code="ERP").pk)
    row = bring(world, TASKS, name="taches.csv", target="tasks", project=project)
    assert row.preview["counts"] | {"create": 12, "refused": 0} == row.preview["counts"], row.preview["problems"]
    return row


def test_rows_that_only_an_action_refuses_are_isolated(world: World, first: Import, hard_rule: None) -> None:
    row = run(world, _tasks(world), skip_faulty=True)
    assert row.state == ImportState.DONE
    kept = [f"Tâche {number}" for number in range(1, 13) if number not in {5, 11}]
    assert list(Task.objects.order_by("position").values_list("name", flat=True)) == kept
    problems = row.preview["problems"]
    assert [(one["code"], one["row"]) for one in problems] == [("refused_row", 6), ("refused_row", 12)]
    assert problems[0]["params"]["reason"] == "« Tâche 5 » porte malheur : changez son nom."
    assert row.preview["counts"] | {"create": 10, "refused": 2} == row.preview["counts"]
    assert row.result["created"] == 10
    assert set(row.result["refused_files"]) == {"csv", "xlsx"}


def test_a_trial_names_them_too_and_keeps_nothing(world: World, first: Import, hard_rule: None) -> None:
    row = run(world, _tasks(world), skip_faulty=True, dry=True)
    assert row.preview["counts"] | {"create": 10, "refused": 2} == row.preview["counts"]
    assert not Task.objects.exists()


def test_without_leaving_rows_aside_nothing_is_written_and_they_are_named(
    world: World, first: Import, hard_rule: None
) -> None:
    with pytest.raises(ImportNoLongerValidError) as refused:
        run(world, _tasks(world))
    assert [one["row"] for one in refused.value.preview["problems"]] == [6, 12]
    assert not Task.objects.exists()
