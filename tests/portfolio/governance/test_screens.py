"""The screens of templates, through the front door: the journey in two requests, the editor, refusals, undo."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from portfolio.governance import actions
from portfolio.governance.models import ProjectTemplate, Responsibility, TeamRole
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Milestone, Project, ProjectMember
from portfolio.risks.models import Risk
from tech4value.audit.actor import Actor
from tech4value.billing.models import Plan, Subscription
from tests.portfolio.governance.conftest import small_document
from tests.world import World

ClientOf = Callable[[Any], Client]


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the page's form as it is."""
    found = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page))
    for name, body in re.findall(r'<select[^>]*?name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def sent(response: Any) -> str:
    text: str = response.content.decode()
    return text


def test_a_project_manager_has_a_planned_project_in_two_requests(
    world: World, client_of: ClientOf, pole: Pole, chloe: Person
) -> None:
    client = client_of(world.manager)
    url = world.url("/templates/library/scrum/use/")
    page = client.get(url)
    assert page.status_code == 200
    given = filled(sent(page))
    assert given["name"] == "Agile – Scrum"
    assert given["code"].startswith("AGILE-")
    assert client.post(url, given).status_code == 302
    with world.within():
        project = Project.objects.get()
        assert project.manager == chloe
        assert Task.objects.filter(project=project).count() > 30
        assert Milestone.objects.filter(project=project).exclude(success_criterion="").count() == 7
        assert Risk.objects.filter(project=project).count() == 6
        assert TeamRole.objects.filter(project=project, person=None).count() == 6
    summary = sent(client.get(world.url(f"/projects/{project.pk}/")))
    assert "Agile – Scrum, version 1" in summary


def test_the_toast_takes_the_creation_back_and_leads_to_the_projects(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person
) -> None:
    client = client_of(world.manager)
    url = world.url(f"/templates/{template.pk}/use/")
    page = client.post(url, filled(sent(client.get(url))), follow=True)
    with world.within():
        project = Project.objects.get()
    undo = world.url(f"/templates/made/{project.pk}/undo/")
    assert undo in sent(page)
    assert client_of(world.member).post(undo).status_code in {403, 404}
    answer = client.post(undo)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, world.url("/projects/"))
    with world.within():
        assert not Project.objects.exists()
    assert client.post(undo).status_code == 404


def test_undo_says_who_has_worked_there_since(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person
) -> None:
    client = client_of(world.manager)
    url = world.url(f"/templates/{template.pk}/use/")
    client.post(url, filled(sent(client.get(url))))
    with world.within():
        project, milestone = Project.objects.get(), Milestone.objects.first()
        assert milestone is not None
    reach = world.url(f"/projects/milestones/{milestone.pk}/reach/")
    assert client.post(reach, {"actual_on": "2026-01-05"}).status_code == 302
    answer = client.post(world.url(f"/templates/made/{project.pk}/undo/"))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Chloé Cheffe a travaillé dans ce projet depuis")


def test_the_create_panel_offers_the_templates_of_the_organisation_and_the_library(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    page = sent(client_of(world.pmo).get(world.url("/projects/new/")))
    assert world.url(f"/templates/{template.pk}/use/") in page
    assert world.url("/templates/library/gdpr/use/") in page
    with world.within():
        actions.archive_template(actor=world.memberships["pmo"].actor, template=template, archived=True)
        actions.adopt_template(actor=world.memberships["pmo"].actor, key="gdpr")
    page = sent(client_of(world.pmo).get(world.url("/projects/new/")))
    assert f"/templates/{template.pk}/use/" not in page
    assert "/templates/library/gdpr/use/" not in page


def test_the_plan_limit_is_said_and_nothing_is_made(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person
) -> None:
    with world.within():
        Subscription.objects.update(plan=Plan.STARTER)
    client = client_of(world.manager)
    url = world.url(f"/templates/{template.pk}/use/")
    statuses = []
    for number in range(30):
        statuses.append(client.post(url, filled(sent(client.get(url))) | {"code": f"P-{number}"}).status_code)
        if statuses[-1] != 302:
            break
    assert statuses[-1] == 422
    with world.within():
        assert Project.objects.count() == len(statuses) - 1
        assert Task.objects.values("project").distinct().count() == len(statuses) - 1


def test_a_code_that_is_taken_is_said_beside_its_field(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person
) -> None:
    client = client_of(world.manager)
    url = world.url(f"/templates/{template.pk}/use/")
    given = filled(sent(client.get(url))) | {"code": "DOUBLE"}
    assert client.post(url, given).status_code == 302
    again = client.post(url, given)
    assert again.status_code == 422
    assert "Le code DOUBLE est déjà celui d’un projet" in sent(again)


@pytest.mark.parametrize("who", ["executive", "pole_manager", "member", "end_user", "reader"])
def test_those_who_create_no_project_see_no_template(
    world: World, client_of: ClientOf, template: ProjectTemplate, who: str
) -> None:
    client = client_of(world.users[who])
    for path in ("/templates/", f"/templates/{template.pk}/", f"/templates/{template.pk}/use/"):
        assert client.get(world.url(path)).status_code == 403


def test_a_project_manager_reads_a_template_and_may_not_change_it(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.manager)
    page = sent(client.get(world.url(f"/templates/{template.pk}/")))
    assert "Conception validée" in page
    assert "plan-form" not in page
    for path in ("edit", "lines/new", "lines/need", "risks/new", "roles/new", "budget/new", "raci"):
        assert client.get(world.url(f"/templates/{template.pk}/{path}/")).status_code == 403
    for path in ("delete", "archive", "duplicate", "arrange", "lines/need/delete"):
        assert client.post(world.url(f"/templates/{template.pk}/{path}/")).status_code == 403


def test_another_company_s_template_is_not_found(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.stranger)
    for path in ("", "use/", "edit/", "lines/need/", "export/"):
        url = world.url(f"/templates/{template.pk}/{path}", world.chantier)
        assert client.get(url).status_code == 404


def line_form(client: Client, url: str) -> dict[str, str]:
    return filled(sent(client.get(url)))


def test_the_pmo_edits_the_outline_adds_renames_moves_and_deletes(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.pmo)
    base = world.url(f"/templates/{template.pk}/")

    def names() -> list[str]:
        with world.within():
            return [f"{'  ' * (one.level - 1)}{one.name}" for one in ProjectTemplate.objects.get().document.lines]

    given = line_form(client, base + "lines/new/?kind=task") | {"name": "Maquetter", "parent": "design", "days": "2"}
    given["predecessors"] = "2DD+1j"
    assert client.post(base + "lines/new/", given).status_code == 302
    assert names()[4] == "  Maquetter"
    with world.within():
        link = ProjectTemplate.objects.get().document.lines[4].links[0]
        assert (link.predecessor, str(link.type), link.lag) == ("need", "SS", 1.0)
    changed = line_form(client, base + "lines/code/") | {"name": "Coder"}
    assert client.post(base + "lines/code/", changed).status_code == 302
    assert "  Coder" in names()
    client.post(base + "arrange/", {"line": "build", "verb": "up"})
    assert names()[0] == "Réalisation"
    client.post(base + "arrange/", {"line": "line-11", "verb": "up"})
    client.post(base + "arrange/", {"line": "line-11", "verb": "indent"})
    assert "    Maquetter" in names()
    client.post(base + "arrange/", {"line": "line-11", "verb": "outdent"})
    assert "  Maquetter" in names()
    refused = client.post(base + "arrange/", {"line": "test", "verb": "indent"}, follow=True)
    assert "ces lignes s’attendent les unes les autres" in sent(refused)
    page = client.post(base + "lines/design/delete/", follow=True)
    assert names()[-1] != "  Conception validée"
    assert len(names()) == 6
    undo = re.search(r"/templates/[0-9a-f-]+/undo/[0-9a-f-]+/", sent(page))
    assert undo is not None
    assert client.post(world.url(undo[0])).status_code == 204
    assert len(names()) == 11


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"predecessors": "10"}, "ces lignes s’attendent les unes les autres"),
        ({"predecessors": "99"}, "ce modèle n’a pas de ligne de ce numéro"),
        ({"predecessors": "deux"}, "Écrivez un numéro de ligne de ce modèle"),
        ({"predecessors": "PAIE:2FD"}, "une ligne de modèle n’attend rien d’un autre projet"),
        ({"predecessors": "2"}, "une tâche ne peut pas s’attendre elle-même"),
        ({"offset_days": "-1"}, "Une tâche ne commence pas avant le projet"),
        ({"kind": "phase"}, "une phase est au premier niveau"),
    ],
)
def test_what_cannot_be_in_a_template_is_refused_in_words(
    world: World, client_of: ClientOf, template: ProjectTemplate, changes: dict[str, str], words: str
) -> None:
    client = client_of(world.pmo)
    url = world.url(f"/templates/{template.pk}/lines/need/")
    answer = client.post(url, line_form(client, url) | changes)
    assert answer.status_code == 422
    assert escape(words) in sent(answer).replace("\xa0", " ")
    with world.within():
        assert ProjectTemplate.objects.get().version == 1


def test_two_who_change_different_lines_both_keep_their_work(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    pmo, admin = client_of(world.pmo), client_of(world.admin)
    base = world.url(f"/templates/{template.pk}/lines/")
    mine, theirs = line_form(pmo, base + "need/"), line_form(admin, base + "code/")
    assert admin.post(base + "code/", theirs | {"name": "Coder"}).status_code == 302
    assert pmo.post(base + "need/", mine | {"name": "Écouter"}).status_code == 302
    with world.within():
        names = {line.name for line in ProjectTemplate.objects.get().document.lines}
    assert {"Coder", "Écouter"} <= names


def test_two_who_rename_the_same_line_are_shown_both_names(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    pmo, admin = client_of(world.pmo), client_of(world.admin)
    url = world.url(f"/templates/{template.pk}/lines/need/")
    mine = line_form(pmo, url)
    assert admin.post(url, line_form(admin, url) | {"name": "Interroger"}).status_code == 302
    answer = pmo.post(url, mine | {"name": "Écouter"})
    assert answer.status_code == 409
    assert "Interroger" in sent(answer)
    assert "Écouter" in sent(answer)


def test_risks_roles_letters_and_budget_are_edited(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.pmo)
    base = world.url(f"/templates/{template.pk}/")
    risk = {"title": "Panne", "probability": "2", "impact": "5", "cause": "", "response": "", "role": "lead"}
    assert client.post(base + "risks/new/", risk).status_code == 302
    assert client.post(base + "roles/new/", {"name": "Sponsor", "mission": "Tranche."}).status_code == 302
    line = {"category": "staff", "nature": "opex", "month": "1", "planned": "10"}
    assert client.post(base + "budget/new/", line).status_code == 302
    twice = client.post(base + "budget/new/", line)
    assert twice.status_code == 422
    matrix = line_form(client, base + "raci/") | {"raci-agreed-lead": "R", "raci-agreed-role-3": "A"}
    assert client.post(base + "raci/", matrix).status_code == 302
    both = client.post(base + "raci/", line_form(client, base + "raci/") | {"raci-agreed-lead": "A"})
    assert both.status_code == 422
    assert "a deux responsables finaux" in sent(both)
    assert client.post(base + "roles/lead/delete/").status_code == 302
    with world.within():
        document = ProjectTemplate.objects.get().document
    assert [one.title for one in document.risks] == ["Retard du fournisseur", "Panne"]
    assert all(one.role == "" for one in document.risks)
    assert {role.key: dict(role.raci).get("agreed") for role in document.roles} == {"maker": None, "role-3": "A"}
    assert len(document.budget) == 2


def test_a_template_is_copied_archived_deleted_and_brought_back(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.pmo)
    base = world.url(f"/templates/{template.pk}/")
    client.post(base + "duplicate/")
    client.post(base + "archive/")
    gallery = sent(client.get(world.url("/templates/")))
    assert "Copie de Petit projet" in gallery
    assert "Voir 1 modèle archivé" in gallery
    assert client.get(base + "use/").status_code == 404
    client.post(base + "delete/")
    assert client.get(base).status_code == 404
    assert client.post(base + "restore/").status_code == 204
    assert client.get(base).status_code == 200


def test_a_template_goes_out_as_a_file_and_comes_back_the_same(
    world: World, client_of: ClientOf, template: ProjectTemplate
) -> None:
    client = client_of(world.pmo)
    file = client.get(world.url(f"/templates/{template.pk}/export/"))
    assert file["Content-Disposition"] == 'attachment; filename="petit-projet.json"'
    again = SimpleUploadedFile("petit.json", file.content)
    assert client.post(world.url("/templates/import/"), {"file": again}).status_code == 302
    with world.within():
        copy = ProjectTemplate.objects.get(name="Petit projet (2)")
        assert copy.document == template.document


HEAD = {"format": "tech4value.project-template", "format_version": 1, "name": "Reçu", "method": "agile"}
LOOP = [
    {"key": "a", "name": "Un", "links": [{"predecessor": "b"}]},
    {"key": "b", "name": "Deux", "links": [{"predecessor": "a"}]},
]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "n’est pas du texte en UTF-8"),
        (b"{", "n’est pas du JSON : lecture impossible à la ligne 1"),
        (b"[" * 100_000, "trop profond"),
        (b"[]", "n’est pas un modèle de projet"),
        (json.dumps({**HEAD, "format_version": 9}).encode(), "d’une version que cette application ne lit pas"),
        (
            json.dumps({**HEAD, "lines": LOOP}).encode(),
            "s’attendent les unes les autres : « Un » → « Deux » → « Un »",
        ),
        (
            json.dumps({**HEAD, "lines": [{"key": f"t{n}", "name": "T"} for n in range(10_000)]}).encode(),
            "Plan : 10000 lignes, pour 1000 au plus",
        ),
        (
            json.dumps({**HEAD, "lines": [{"key": "a", "name": "Un", "days": "trois"}]}).encode(),
            "Plan, ligne 1, durée : il faut un nombre.",
        ),
        (
            json.dumps({**HEAD, "lines": [{"key": "a", "name": "Un", "offset_days": -3}]}).encode(),
            "Plan, ligne 1, délai depuis le début du projet : une tâche ne commence pas avant le projet",
        ),
        (
            json.dumps({**HEAD, "risks": [{"key": "r", "title": "R", "probability": 9, "impact": 1}]}).encode(),
            "Risques, ligne 1, probabilité : 9 n’est pas entre 1 et 5.",
        ),
        (
            json.dumps({**HEAD, "roles": [{"key": "r", "name": "R", "raci": {"x": "A"}}]}).encode(),
            "« R » cite la ligne « x », qui n’existe pas.",
        ),
        (json.dumps({**HEAD, "name": "N" * 121}).encode(), "121 caractères, pour 120 au plus"),
        (json.dumps({**HEAD, "method": "magie"}).encode(), "magie"),
        (json.dumps({**HEAD, "name": {}}).encode(), "il faut un texte"),
        (json.dumps({**HEAD, "lines": [{"key": "a", "name": "Un", "days": 1e400}]}).encode(), "n’est pas entre"),
        (json.dumps({**HEAD, "lines": {"a": 1}}).encode(), "Plan : il faut une liste"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence_with_its_place(
    world: World, client_of: ClientOf, content: bytes, words: str
) -> None:
    file = SimpleUploadedFile("modele.json", content)
    answer = client_of(world.pmo).post(world.url("/templates/import/"), {"file": file})
    assert answer.status_code == 422
    assert escape(words) in sent(answer).replace("\xa0", " ")
    with world.within():
        assert not ProjectTemplate.objects.exists()


def test_a_role_that_is_a_field_of_the_project_is_asked_once(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person
) -> None:
    with world.within():
        lead, maker = small_document()["roles"]
        roles = [lead | {"name": "Chef de projet"}, maker]
        actions.change_template(actor=world.memberships["pmo"].actor, template=template, values={"roles": roles})
    manager = client_of(world.manager)
    use = world.url(f"/templates/{template.pk}/use/")
    page = sent(manager.get(use))
    assert "role-maker" in page and "role-lead" not in page
    assert manager.post(use, filled(page) | {"manager": str(chloe.pk)}).status_code == 302
    with world.within():
        assert TeamRole.objects.get(name="Chef de projet").person == chloe


def test_a_project_saved_as_a_template_gives_the_same_plan_and_nobody_s_name(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person, mehdi: Person
) -> None:
    manager, pmo = client_of(world.manager), client_of(world.pmo)
    use = world.url(f"/templates/{template.pk}/use/")
    given = filled(sent(manager.get(use))) | {"role-maker": str(mehdi.pk)}
    assert manager.post(use, given).status_code == 302
    with world.within():
        project = Project.objects.get()
    url = world.url(f"/templates/from-project/{project.pk}/")
    assert manager.get(url).status_code == 403
    assert pmo.post(url, filled(sent(pmo.get(url))) | {"name": "Repris"}).status_code == 302
    with world.within():
        one, other = template.document, ProjectTemplate.objects.get(name="Repris").document
        shape = [
            (line.name, line.kind, line.level, line.days, line.offset_days, line.criterion) for line in one.lines
        ]
        assert [
            (line.name, line.kind, line.level, line.days, line.offset_days, line.criterion) for line in other.lines
        ] == shape
        assert [len(line.links) for line in other.lines] == [len(line.links) for line in one.lines]
        assert [(role.name, len(role.raci)) for role in other.roles] == [("Pilote", 2), ("Réalisateur", 2)]
        assert other.risks[0].cause == "Un seul fournisseur."
        assert [(line.month, line.planned) for line in other.budget] == [(2, "1200.50")]
        assert "Mehdi" not in json.dumps(ProjectTemplate.objects.filter(name="Repris").values("lines", "roles")[0])


def test_a_role_that_is_staffed_later_takes_its_tasks(
    world: World, client_of: ClientOf, template: ProjectTemplate, pole: Pole, chloe: Person, mehdi: Person
) -> None:
    client = client_of(world.manager)
    use = world.url(f"/templates/{template.pk}/use/")
    client.post(use, filled(sent(client.get(use))))
    with world.within():
        project, role = Project.objects.get(), TeamRole.objects.get(name="Réalisateur")
    tab = world.url(f"/templates/project/{project.pk}/")
    assert "2 rôles restent à pourvoir" in sent(client.get(tab))
    edit = world.url(f"/templates/roles/{role.pk}/edit/")
    assert client.post(edit, filled(sent(client.get(edit))) | {"person": str(mehdi.pk)}).status_code == 302
    with world.within():
        assert {row.task.name for row in Assignment.objects.select_related("task")} == {"Dessiner", "Réaliser"}
        assert ProjectMember.objects.get().person == mehdi
    assert client.post(edit, filled(sent(client.get(edit))) | {"person": ""}).status_code == 302
    with world.within():
        assert not Assignment.objects.exists()
    raci = world.url(f"/templates/project/{project.pk}/raci/")
    with world.within():
        build = Task.objects.get(name="Réalisation")
        lead = TeamRole.objects.get(name="Pilote")
    cell = f"raci-{build.pk}-{lead.pk}"
    assert client.post(raci, line_form(client, raci) | {cell: "C"}).status_code == 302
    both = client.post(raci, line_form(client, raci) | {cell: "A"})
    assert both.status_code == 422
    with world.within():
        assert Responsibility.objects.get(role=lead, task=build).letter == "C"
    assert client_of(world.executive).get(tab).status_code == 200
    assert client_of(world.executive).get(raci).status_code == 403


def test_the_gallery_asks_as_many_questions_for_thirty_templates_as_for_three(
    world: World, client_of: ClientOf, pmo: Actor
) -> None:
    client = client_of(world.pmo)

    def counted(more: int) -> int:
        with world.within():
            for number in range(more):
                actions.create_template(actor=pmo, name=f"Modèle {more}-{number}", **small_document())
        client.get(world.url("/templates/"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(world.url("/templates/")).status_code == 200
        return len(queries)

    assert counted(3) == counted(27)


def test_people_are_mentioned_in_the_texts_of_templates_and_roles(
    world: World, client_of: ClientOf, pole: Pole, chloe: Person
) -> None:
    """The PMO mentions Chloé; pages show her name and a link to her, tables and files her name."""
    pmo = client_of(world.pmo)
    mention = f"Voir @[Chloé Cheffe](person:{chloe.pk})"
    values = {"name": "Nôtre", "method": "agile", "description": mention, "when_to_use": ""}
    page = sent(pmo.get(world.url("/templates/new/")))
    assert page.count("data-mentions") >= 2
    assert pmo.post(world.url("/templates/new/"), values).status_code == 302
    with world.within():
        template = ProjectTemplate.objects.get()
    shown = sent(pmo.get(world.url(f"/templates/{template.pk}/")))
    assert f'<a class="mention" href="{world.url(f"/people/{chloe.pk}/")}">@Chloé Cheffe</a>' in shown
    cards = sent(pmo.get(world.url("/templates/")))
    assert "Voir @Chloé Cheffe" in cards and "(person:" not in cards
    with world.within():
        template_role = {"key": "pm", "name": "Pilote", "mission": mention}
        actions.change_template(
            actor=world.memberships["pmo"].actor, template=template, values={"roles": [template_role]}
        )
    assert "(person:" not in sent(pmo.get(world.url(f"/templates/{template.pk}/"))).replace(mention, "")
