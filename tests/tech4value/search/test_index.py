"""The index says what the rows say: after each action, after random ones, after imports and their undo."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import change_person, change_pole, create_people, delete_person, restore_person
from portfolio.planning.actions import create_task, delete_task, indent_task
from portfolio.planning.models import Task
from portfolio.projects.actions import change_project, create_milestone, delete_project, restore_project
from portfolio.projects.models import Project
from portfolio.risks.actions import change_risk, delete_risk, restore_risk
from portfolio.risks.models import Risk
from tech4value.audit.undo import undo_batch
from tech4value.search.index import rebuild, remove
from tech4value.search.models import SearchEntry, SearchToken
from tests.tech4value.search.conftest import Company, snapshot


def assert_is_what_the_rows_say(company: Company) -> None:
    """Compared with an index made from nothing."""
    with company.world.within():
        kept = snapshot()
        remove(list(SearchEntry.objects.values_list("pk", flat=True)))
        assert not SearchToken.objects.exists()
        rebuild()
        made = snapshot()
    assert kept == made


def test_everything_that_the_pmo_made_is_there(company: Company) -> None:
    with company.world.within():
        kinds = set(SearchEntry.objects.values_list("kind", flat=True))
    assert kinds >= {"project", "person", "pole", "programme", "milestone", "task", "risk"}
    assert_is_what_the_rows_say(company)


def test_a_new_name_is_found_and_the_old_one_is_not(company: Company) -> None:
    with company.world.within():
        change_project(actor=company.actor, project=company.erp, values={"name": "Zénith"})
    assert company.titles("zenith") == ["Zénith"]
    assert "Refonte de l’ERP" not in company.titles("refonte")
    assert_is_what_the_rows_say(company)


def test_a_deleted_risk_is_not_found_until_it_is_restored(company: Company) -> None:
    with company.world.within():
        delete_risk(actor=company.actor, risk=company.retard)
    assert company.titles("retard") == []
    with company.world.within():
        restore_risk(actor=company.actor, risk=Risk.everything.get(pk=company.retard.pk))
    assert company.titles("retard") == ["Retard du fournisseur"]
    assert_is_what_the_rows_say(company)


def test_a_deleted_project_takes_its_rows_with_it_and_brings_them_back(company: Company) -> None:
    with company.world.within():
        delete_project(actor=company.actor, project=company.erp)
    assert company.titles("auditer") == company.titles("prononcee") == company.titles("r-07") == []
    assert_is_what_the_rows_say(company)
    with company.world.within():
        restore_project(actor=company.actor, project=Project.everything.get(pk=company.erp.pk))
    assert company.titles("auditer") == ["Auditer la recette"]
    assert_is_what_the_rows_say(company)


def test_what_others_show_of_a_row_follows_it(company: Company) -> None:
    with company.world.within():
        change_person(actor=company.actor, person=company.eloise, values={"name": "Irène Curie"})
        change_pole(actor=company.actor, pole=company.it, values={"name": "Numérique"})
        change_project(actor=company.actor, project=company.erp, values={"code": "SAP-1"})
    assert "Refonte de l’ERP" in company.titles("curie")
    assert company.titles("irene numerique") == ["Irène Curie"]
    assert company.titles("sap auditer") == ["Auditer la recette"]
    assert_is_what_the_rows_say(company)


def test_a_refused_transaction_leaves_no_word(company: Company) -> None:
    def refused() -> None:
        with company.world.within():
            change_project(actor=company.actor, project=company.erp, values={"name": "Zénith"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refused()
    assert company.titles("zenith") == []


def test_an_import_and_its_undo(company: Company) -> None:
    batch = uuid4()
    with company.world.within():
        actor = company.actor.within(batch)
        create_people(actor=actor, values=[{"name": f"Prénom Importé {number}"} for number in range(5)])
        change_project(actor=actor, project=company.erp, values={"name": "Nom importé"})
    assert len(company.titles("importe")) == 6
    with company.world.within():
        undo_batch(company.actor, batch)
    assert company.titles("importe") == []
    assert company.titles("refonte") == ["Refonte de l’ERP"]
    assert_is_what_the_rows_say(company)


def test_many_rows_cost_the_statements_of_a_few(company: Company) -> None:
    def statements(count: int, name: str) -> int:
        with CaptureQueriesContext(connection) as captured, company.world.within():
            create_people(actor=company.actor, values=[{"name": f"{name} {number}"} for number in range(count)])
        return sum("search_search" in query["sql"] for query in captured)

    statements(1, "Avant")  # what the room itself had left to be indexed
    few, many = statements(3, "Peu"), statements(900, "Beaucoup")
    assert many == few <= 4
    assert len(company.find("beaucoup 89")) > 0


def test_random_actions_leave_the_index_equal_to_a_rebuild(company: Company) -> None:
    dice = random.Random(7)
    names = ["Été", "Œuvre", "Recette", "Audit", "Bascule", "Refonte", "Paie", "Zénith"]

    def name() -> str:
        return f"{dice.choice(names)} {dice.choice(names)} {dice.randrange(100)}"

    def one(rows: Any) -> Any:
        return dice.choice(list(rows))

    actor = company.actor
    actions: list[Callable[[], Any]] = [
        lambda: change_project(actor=actor, project=one(Project.objects.all()), values={"name": name()}),
        lambda: change_project(
            actor=actor, project=one(Project.objects.all()), values={"code": f"C{dice.randrange(10**6)}"}
        ),
        lambda: change_person(actor=actor, person=company.eloise, values={"name": name()}),
        lambda: create_task(actor=actor, project=one(Project.objects.all()), name=name(), index=0),
        lambda: indent_task(actor=actor, task=one(Task.objects.order_by("position"))),
        lambda: delete_task(actor=actor, task=one(Task.objects.all())),
        lambda: create_milestone(
            actor=actor, project=one(Project.objects.all()), name=name(), due_on=date(2026, 6, 1)
        ),
        lambda: change_risk(actor=actor, risk=one(Risk.objects.all()), values={"title": name()}),
        lambda: change_risk(actor=actor, risk=one(Risk.objects.all()), values={"impact": dice.randrange(1, 6)}),
        lambda: delete_risk(actor=actor, risk=one(Risk.objects.all())),
        lambda: restore_risk(actor=actor, risk=one(Risk.everything.exclude(deleted_at=None))),
        lambda: delete_project(actor=actor, project=one(Project.objects.all())),
        lambda: restore_project(actor=actor, project=one(Project.everything.exclude(deleted_at=None))),
        lambda: delete_person(actor=actor, person=company.mehdi),
        lambda: restore_person(actor=actor, person=company.mehdi),
    ]
    done = 0
    for _round in range(60):
        try:
            with company.world.within():
                for _action in range(dice.randrange(1, 4)):
                    dice.choice(actions)()
                    done += 1
        except (IndexError, ValidationError):  # no such row, or a rule refuses: the whole round is undone
            pass
        with company.world.within():
            company.eloise.refresh_from_db()
            company.mehdi.refresh_from_db()
    assert done > 30
    assert_is_what_the_rows_say(company)


def test_the_command_rebuilds_one_company(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    with company.world.within():
        SearchEntry.objects.filter(pk=company.erp.pk).update(title="Faux", tokens="1faux")
        remove([company.recette.pk])
    call_command("reindex_search", tenant="atelier")
    assert "atelier" in capsys.readouterr().out
    assert "Préparer la recette" in company.titles("preparer")
    assert_is_what_the_rows_say(company)
