"""Each target of a table, through the actions: made, found again, changed, emptied, undone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.test import Client

from integrations.imports.undoing import undo_import
from portfolio.finance.models import BudgetLine
from portfolio.finance.version_actions import approve_version, propose_initial
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Milestone, Project
from portfolio.risks.models import Risk
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import ExternalRef
from tech4value.fields.actions import create_field
from tests.integrations.imports.files import dump
from tests.integrations.imports.test_table_run import MODELS, PROJECTS, TASKS, bring, run, setting
from tests.world import World


def test_people_by_name_with_unknown_poles_made(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        setting(world)
        before = dump(*MODELS, ExternalRef)
        content = (
            "Collaborateur;Équipe;TJM;% ETP;Date d’entrée\n"
            "Claire Martin;Réseaux;550,50;80;01/09/2023\n"
            "Ilan Roy;Réseaux;400;100;\n"
        )
        refused = bring(world, content, name="equipe.csv")
        assert refused.settings["target"] == "people" and refused.settings["key"] == ["name"]
        assert {one["code"] for one in refused.preview["problems"]} == {"unknown_pole"}
        row = bring(world, content, name="equipe.csv", create_unknown=True)
        assert row.preview["counts"] == {"create": 1, "update": 1, "same": 0, "skipped": 0, "refused": 0}
        assert row.preview["made"]["poles"] == ["Réseaux"]
        row = run(world, row)
        claire, ilan = Person.objects.get(name="Claire Martin"), Person.objects.get(name="Ilan Roy")
        assert claire.daily_rate == Decimal("550.5") and claire.capacity == Decimal("0.8")
        assert ilan.pole == Pole.objects.get(name="Réseaux") and ilan.capacity == 1
        assert row.result["report"]["sums"][0]["equal"]
        undo_import(actor=member.actor, row=row)
        assert dump(*MODELS, ExternalRef) == before


def test_milestones_and_risks_of_named_projects(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        milestones = (
            "Projet;Jalon;Date prévue;Responsable\n"
            "Accès distant;Mise en service;15/06/2026;Jeanne Neuve\n"
            "XX;Recette;01/05/2026;\n"
        )
        row = bring(world, milestones, name="jalons.csv", create_unknown=True)
        assert [one["code"] for one in row.preview["problems"]] == ["new_person", "no_such_project"]
        done = run(world, row, skip_faulty=True)
        assert Milestone.objects.get().owner == Person.objects.get(name="Jeanne Neuve")
        risks = (
            "Projet;Risque;Probabilité;Impact;Responsable;Échéance\n"
            "VPN;Retard;3;4;Claire Martin;01/06/2026\n"
            "VPN;Coût;2;9;;\n"
            "VPN;Retard;1;1;;\n"
        )
        row = bring(world, risks, name="risques.csv")
        assert row.settings["key"] == ["title"]
        assert [one["code"] for one in row.preview["problems"]] == ["out_of_range", "duplicate_key"]
        run(world, row, skip_faulty=True)
        with_risk = dump(*MODELS, ExternalRef)
        assert Risk.objects.get().reference == "R-001"
        emptied = "Projet;Risque;Probabilité;Impact;Responsable;Échéance\nVPN;Retard;5;4;;\n"
        second = run(world, bring(world, emptied, name="risques.csv", clear_empty=True))
        risk = Risk.objects.get()
        assert (risk.probability, risk.owner, risk.due_on) == (5, None, None)
        undo_import(actor=member.actor, row=second)
        assert dump(*MODELS, ExternalRef) == with_risk
        undo_import(actor=member.actor, row=done)
        assert not Milestone.objects.exists() and not Person.objects.filter(name="Jeanne Neuve").exists()


def test_a_column_for_each_month(world: World) -> None:
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        wide = "Projet;Catégorie;janv.-26;févr.-26;mars-26\nVPN;Licences;100;200,5;\nVPN;Formation;;;\n"
        row = bring(world, wide, name="budget.csv", fixed={"nature": "opex"})
        assert row.settings["target"] == "budget" and row.preview["ok"], row.preview["problems"]
        row = run(world, row)
        found = BudgetLine.objects.order_by("month").values_list("month__month", "planned", "nature")
        assert list(found) == [(1, Decimal("100"), "opex"), (2, Decimal("200.5"), "opex")]
        assert row.result["report"]["counts"] == {"create": 1, "update": 0, "same": 0, "skipped": 1, "refused": 0}
        assert row.result["report"]["sums"][0]["written"] == "300.50"


def test_assignments_on_tasks_that_are_there(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        project = str(Project.objects.get(code="VPN").pk)
        run(world, bring(world, TASKS, name="taches.csv", project=project))
        before = dump(*MODELS, ExternalRef)
        content = (
            "Tâche;Personne;Affectation\n"
            "Recette;Claire Martin;50 %\n"
            "1.1;Claire Martin;80 %\n"
            "Nulle part;Claire Martin;1\n"
        )
        row = bring(world, content, name="affectations.csv", project=project)
        assert row.settings["target"] == "assignments"
        assert [one["code"] for one in row.preview["problems"]] == ["unknown_task"]
        row = run(world, row, skip_faulty=True)
        units = dict(Assignment.objects.filter(person__name="Claire Martin").values_list("task__name", "units"))
        assert units == {"Cadrage": Decimal("0.8"), "Réalisation": Decimal("1"), "Recette": Decimal("0.5")}
        assert Task.objects.get(name="Recette").work_minutes == 7 * 60
        undo_import(actor=member.actor, row=row)
        assert dump(*MODELS, ExternalRef) == before


def test_custom_fields_are_columns(world: World) -> None:
    admin, member = world.memberships["admin"].actor, world.memberships["pmo"]
    with world.within():
        setting(world)
        options = [{"label": "Haute"}, {"label": "Basse"}]
        create_field(actor=admin, target_key="project", label="Priorité", kind="choice", options=options)
        create_field(actor=admin, target_key="project", label="Gain attendu", kind="money")
        content = (
            "Code;Nom;Pôle;Début;Fin;Priorité;Gain attendu\n"
            "A;Un;IT;05/01/2026;30/09/2026;haute;1 200,50\n"
            "B;Deux;IT;05/01/2026;30/09/2026;moyenne;x\n"
        )
        row = bring(world, content)
        fields = {choice["field"] for choice in row.settings["columns"].values()}
        assert {"custom_priorite", "custom_gain_attendu"} <= fields
        assert [one["code"] for one in row.preview["problems"]] == ["refused_row", "refused_row"]
        row = run(world, row, skip_faulty=True)
        assert Project.objects.get().custom_fields == {"priorite": "haute", "gain_attendu": "1200.5"}
        assert row.result["report"]["sums"][0]["equal"]
        again = bring(world, content.replace("haute", "Basse"))
        assert again.preview["counts"]["update"] == 1 and again.preview["fields"] == {"custom_priorite": 1}
        again = run(world, again, skip_faulty=True)
        assert Project.objects.get().custom_fields == {"priorite": "basse", "gain_attendu": "1200.5"}
        undo_import(actor=member.actor, row=again)
        assert Project.objects.get().custom_fields["priorite"] == "haute"


def test_the_parts_of_envelopes_are_left_aside(world: World, client_of: Callable[[Any], Client]) -> None:
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        # As our own list of budget lines says it: a part stands where the project's own line does.
        lines = (
            "Projet;Catégorie;Nature;Mois;Enveloppe;Prévu\n"
            "VPN;Licences;Opex;01/2026;;100\n"
            "VPN;Licences;Opex;01/2026;Licences bureautiques;40\n"
            "VPN;Licences;Opex;02/2026;Licences bureautiques;60\n"
        )
        row = bring(world, lines, name="budget.csv")
        assert row.settings["target"] == "budget" and row.preview["ok"], row.preview["problems"]
        row = run(world, row)
        assert BudgetLine.objects.get().planned == 100
        assert row.result["report"]["skipped"] == {"envelopes": 2}
        assert row.result["report"]["sums"][0]["written"] == "100.00"
    page = client_of(world.pmo).get(world.url(f"/imports/{row.pk}/")).content.decode()
    assert "2\u00a0parts d’enveloppes" in page or "2 parts d’enveloppes" in page


def test_the_planned_amounts_of_an_approved_budget_are_not_imported(world: World) -> None:
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        first = "Projet;Catégorie;Nature;Mois;Prévu\nVPN;Licences;Opex;01/2026;100\n"
        run(world, bring(world, first, name="budget.csv"))
        project = Project.objects.get(code="VPN")
        approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=project))
        changed = "Projet;Catégorie;Nature;Mois;Prévu;Réel\nVPN;Licences;Opex;01/2026;120;90\n"
        row = bring(world, changed, name="budget.csv")
        assert [one["code"] for one in row.preview["problems"]] == ["planned_frozen"]
        same = bring(world, changed.replace("120", "100"), name="budget.csv")
        assert same.preview["ok"], same.preview["problems"]
        run(world, same)
        line = BudgetLine.objects.get()
        assert (line.planned, line.actual) == (100, 90)
