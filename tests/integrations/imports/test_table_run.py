"""A table through the actions: what it writes, what it refuses, what a second run and an undo leave."""

from decimal import Decimal

from integrations.imports.actions import begin, run_import
from integrations.imports.models import Import, ImportMapping, ImportState
from integrations.imports.table_actions import bring_table, choose_columns, choose_mode
from integrations.imports.table_settings import TableSettings
from integrations.imports.undoing import undo_import
from portfolio.finance.models import BudgetLine
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.people.skill_words import written_skills
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Milestone, Programme, Project, StatusReport
from portfolio.risks.models import Risk
from tech4value.audit.models import ExternalRef
from tests.integrations.imports.files import dump
from tests.world import World

MODELS = (Pole, Programme, Person, Project, StatusReport, Milestone, BudgetLine, Risk, Task, Assignment)
PROJECTS = """Extraction du 12/03/2026;;;;;
;;;;;
Code projet;Libellé;Direction;Chef projet;Date début;Date fin
VPN;Accès distant;IT;Claire Martin;05/01/2026;30/09/2026
CRM;"Refonte
du CRM";IT;claire.martin@x.example;3-avr.-26;2026-12-31
SOC;Surveillance;IT;Nobody Here;31/02/2026;30/09/2026
Total;;;;;
"""


def bring(
    world: World, content: str | bytes, who: str = "pmo", name: str = "projets.csv", **changes: object
) -> Import:
    """A table, brought and its guesses kept, but for `changes`."""
    member = world.memberships[who]
    content = content.encode("cp1252") if isinstance(content, str) else content
    row = bring_table(actor=member.actor, member=member, name=name, content=content)
    settings = TableSettings.from_json(row.settings | changes)
    return choose_columns(actor=member.actor, member=member, row=row, settings=settings, remember_as="Mes projets")


def run(world: World, row: Import, *, skip_faulty: bool = False, dry: bool = False, who: str = "pmo") -> Import:
    member = world.memberships[who]
    choose_mode(row=row, skip_faulty=skip_faulty, dry=dry)
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    return row


def setting(world: World) -> None:
    actor = world.memberships["pmo"].actor
    pole = create_pole(actor=actor, code="IT", name="Informatique")
    create_person(actor=actor, name="Claire Martin", email="claire.martin@x.example", pole=pole)


def test_a_messy_table_of_projects(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        setting(world)
        before = dump(*MODELS, ExternalRef)
        row = bring(world, PROJECTS)
        assert row.settings["reading"]["header_row"] == 3 and row.settings["reading"]["encoding"] == "windows-1252"
        assert row.preview["counts"] == {"create": 2, "update": 0, "same": 0, "skipped": 1, "refused": 1}
        wrong = {(one["code"], one["column"], one["row"]) for one in row.preview["problems"]}
        assert wrong == {("impossible_date", "E", 6), ("no_such_person", "D", 6)}
        tried = run(world, row, skip_faulty=True, dry=True)
        assert tried.state == ImportState.PREVIEWED and tried.result["created"] == 2
        assert dump(*MODELS, ExternalRef) == before
        row = run(world, tried, skip_faulty=True)
        assert row.state == ImportState.DONE
        crm = Project.objects.select_related("manager").get(code="CRM")
        assert crm.name == "Refonte\ndu CRM" and crm.manager.name == "Claire Martin"
        assert f"{crm.starts_on} {crm.ends_on}" == "2026-04-03 2026-12-31"
        assert set(row.result["refused_files"]) == {"csv", "xlsx"}
        again = bring(world, PROJECTS)
        assert again.preview["counts"] == {"create": 0, "update": 0, "same": 2, "skipped": 1, "refused": 1}
        undo_import(actor=member.actor, row=row)
        assert dump(*MODELS, ExternalRef) == before
        assert ImportMapping.objects.get().name == "Mes projets"


BUDGET = """Projet;Catégorie;Nature;Mois;Prévu (k€);Réel
VPN;Licences;Capex;janv.-26;1,5;(12,50)
VPN;Prestations;Opex;02/2026;2 000,125;1.234,56
VPN;Prestations;Opex;03/2026;abc;10
Total;;;;;
"""


def test_the_sums_of_a_budget_are_found_again(world: World) -> None:
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        row = bring(world, BUDGET, name="budget.csv")
        assert row.settings["target"] == "budget"
        row = run(world, row, skip_faulty=True)
        planned, actual = row.result["report"]["sums"]
        assert planned["taken"] == planned["written"] == "2001625.00" and planned["unread"] == 1
        assert actual["taken"] == actual["written"] == "1222.06" and actual["refused"] == "10.00"
        assert actual["in_file"] == "1232.06" and actual["equal"]
        line = BudgetLine.objects.get(category="licences")
        assert line.planned == Decimal("1500.00") and line.actual == Decimal("-12.50")


TASKS = """WBS;Tâche;Début;Fin;Durée (h);Affecté à;% achevé
1;Lot 1;;;;;
1.1;Cadrage;05/01/2026;09/01/2026;;Claire Martin;100
1.2;Réalisation;12/01/2026;;70;Claire Martin;50 %
2;Recette;02/02/2026;;14;;
"""


def test_tasks_of_a_project_and_their_undo(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        setting(world)
        run(world, bring(world, PROJECTS), skip_faulty=True)
        project = Project.objects.get(code="VPN")
        before = dump(*MODELS, ExternalRef)
        row = bring(world, TASKS, name="taches.csv", project=str(project.pk))
        assert row.settings["target"] == "tasks", row.settings
        assert row.preview["ok"], row.preview["problems"]
        row = run(world, row)
        tasks = {task.name: task for task in Task.objects.all()}
        assert tasks["Lot 1"].kind == "summary" and tasks["Cadrage"].parent == tasks["Lot 1"]
        assert tasks["Réalisation"].wbs == "1.2" and tasks["Réalisation"].duration_minutes == 70 * 60
        assert tasks["Cadrage"].percent_complete == 1 and tasks["Cadrage"].ends_at.date().isoformat() == "2026-01-09"
        assert Assignment.objects.count() == 2
        again = bring(world, TASKS, name="taches.csv", project=str(project.pk))
        assert again.preview["counts"]["same"] == 4, again.preview["samples"]
        undo_import(actor=member.actor, row=row)
        assert dump(*MODELS, ExternalRef) == before


PEOPLE = """Nom;E-mail;Pôle;Poste;Compétences
Claire Martin;claire.martin@x.example;IT;Architecte;Réseau 4, SQL: 3/5
Omar Diop;omar@x.example;IT;architecte;SQL
Léa Faux;lea@x.example;IT;;12
"""


def test_profiles_and_skills_come_with_people_and_are_the_same_the_second_time(world: World) -> None:
    with world.within():
        setting(world)
        row = bring(world, PEOPLE, name="personnes.csv")
        assert row.settings["target"] == "people"
        wrong = {(one["code"], one["column"], one["row"]) for one in row.preview["problems"]}
        assert ("not_skills", "E", 4) in wrong
        run(world, row, skip_faulty=True)
        claire, omar = Person.objects.order_by("name")
        assert claire.profile == omar.profile and claire.profile is not None
        assert written_skills(claire.skills.select_related("skill")) == "Réseau 4; SQL 3"
        assert written_skills(omar.skills.select_related("skill")) == "SQL 3"
        again = bring(world, PEOPLE, name="personnes.csv")
        assert again.preview["counts"]["create"] == 0 and again.preview["counts"]["same"] >= 1
