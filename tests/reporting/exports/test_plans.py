"""A plan on paper: vector pages, for whoever may read it."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from portfolio.people.actions import create_person, create_pole
from portfolio.planning import actions
from portfolio.planning.models import Task
from portfolio.projects.actions import add_project_member, create_project
from portfolio.projects.models import Project, ProjectRole
from tech4value.fields.actions import create_field
from tech4value.files.actions import read_file
from tech4value.jobs.models import Job
from tests.world import World

DAY = 420


@pytest.fixture
def erp(live_world: World) -> Project:
    """Forty tasks that follow one another, frozen in a baseline."""
    actor = live_world.memberships["admin"].actor
    with live_world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        dates = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 12, 18)}
        project = create_project(actor=actor, code="ERP", name="Nouvel ERP", pole=pole, **dates)
        before = None
        for number in range(40):
            task = actions.create_task(
                actor=actor, project=project, name=f"Étape {number}", duration_minutes=2 * DAY, schedule=False
            )
            if before is not None:
                actions.link_tasks(actor=actor, predecessor=before, successor=task, schedule=False)
            before = task
        actions.reschedule(actor=actor, project=project)
        actions.take_baseline(actor=actor, project=project, name="Initiale", taken_on=date(2026, 3, 1))
    return project


def printed(world: World, client: Any, project: Project, paper: str, **asked: Any) -> PdfReader:
    answer = client.post(world.url(f"/plans/project/{project.pk}/print/"), {"paper": paper} | asked)
    assert answer.status_code == 302
    with world.within():
        job = Job.objects.order_by("-id")[0]
        assert job.state == "done", job.message
        assert job.file is not None and job.file.private
        return PdfReader(io.BytesIO(read_file(job.file)))


@pytest.mark.parametrize(("paper", "width", "pages"), [("A4", 297, 2), ("A3", 420, 1)])
def test_the_plan_is_printed_whole(
    live_world: World, client_of: Any, erp: Project, paper: str, width: int, pages: int
) -> None:
    document = printed(live_world, client_of(live_world.pmo), erp, paper)
    assert len(document.pages) == pages
    assert round(float(document.pages[0].mediabox.width) * 25.4 / 72) == width
    text = "\n".join(page.extract_text() for page in document.pages)
    for number in range(40):
        assert f"Étape {number}" in text
    assert "Initiale" in text
    assert "chemin critique" in text
    # Vector: nothing in it is an image.
    assert not any(page.images for page in document.pages)


def test_a_task_of_another_project_is_named_to_those_who_may_see_it(
    live_world: World, client_of: Any, erp: Project
) -> None:
    actor = live_world.memberships["admin"].actor
    with live_world.within():
        dates = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 12, 18)}
        pay = create_project(actor=actor, code="PAIE", name="Paie", pole=erp.pole, **dates)
        before = actions.create_task(actor=actor, project=pay, name="Bulletins", duration_minutes=3 * DAY)
        actions.link_tasks(actor=actor, predecessor=before, successor=Task.objects.get(project=erp, name="Étape 3"))
        chloe = create_person(actor=actor, name="Chloé", membership=live_world.memberships["member"])
        add_project_member(actor=actor, project=erp, person=chloe, role=ProjectRole.CONTRIBUTOR)
    assert "PAIE · Bulletins" in printed(live_world, client_of(live_world.pmo), erp, "A3").pages[0].extract_text()
    theirs = printed(live_world, client_of(live_world.member), erp, "A3").pages[0].extract_text()
    assert "Tâche d’un autre projet" in theirs and "Bulletins" not in theirs


def test_only_readers_of_the_plan_print_it(live_world: World, client_of: Any, erp: Project) -> None:
    url = live_world.url(f"/plans/project/{erp.pk}/print/")
    assert client_of(live_world.pmo).post(url, {"paper": "A0"}).status_code == 404
    assert client_of(live_world.users["end_user"]).post(url, {"paper": "A4"}).status_code in {403, 404}


def test_the_columns_and_the_period_are_chosen_and_pages_are_even(
    live_world: World, client_of: Any, erp: Project
) -> None:
    client = client_of(live_world.pmo)
    whole = [page.extract_text() for page in printed(live_world, client, erp, "A4").pages]
    assert "Personnes" in whole[0]
    counts = [page.count("Étape ") for page in whole]
    assert sum(counts) == 40 and max(counts) - min(counts) <= 1
    asked = {"choice": "1", "columns": ["start"], "first": "2026-03-09", "last": "2026-03-20"}
    (page,) = printed(live_world, client, erp, "A4", **asked).pages
    text = page.extract_text()
    assert "Personnes" not in text and "Début" in text and "Fait" not in text
    # Two working days each, from 2 March: the third ends on the 9th, the tenth on the 27th.
    assert "Étape 1" not in text.split("Étape 2")[0] and "Étape 2" in text and "Étape 7" in text
    assert "Étape 20" not in text and "Étape 39" not in text


def test_a_period_that_does_not_read_is_told(live_world: World, client_of: Any, erp: Project) -> None:
    url = live_world.url(f"/plans/project/{erp.pk}/print/")
    asked = {"paper": "A4", "first": "2026-05-01", "last": "2026-03-01"}
    answer = client_of(live_world.pmo).post(url, asked, follow=True)
    assert "la fin après le début" in answer.content.decode()
    answer = client_of(live_world.pmo).post(url, asked, headers={"HX-Request": "true"})
    assert answer.status_code == 204 and "toast" in answer["HX-Trigger"]


def test_late_dates_and_custom_fields_are_printed_when_they_are_chosen(
    live_world: World, client_of: Any, erp: Project
) -> None:
    actor = live_world.memberships["admin"].actor
    with live_world.within():
        create_field(actor=actor, target_key="task", label="Livrable", kind="text")
        create_field(actor=actor, target_key="task", label="Gain", kind="money")
        values = {"custom_fields": {"livrable": "Note signée", "gain": "1250"}}
        actions.change_task(actor=actor, task=Task.objects.get(name="Étape 3"), values=values, schedule=False)
    asked = {"choice": "1", "columns": ["start", "lateStart", "custom_livrable", "custom_gain", "custom_unknown"]}
    (page,) = printed(live_world, client_of(live_world.pmo), erp, "A3", **asked).pages
    text = page.extract_text().replace("\u00a0", " ")
    # The head of the late start is on two lines; the fourth task begins on 10 March and cannot begin later.
    assert "Début au" in text and "plus tard" in text and text.count("10/03/2026") == 2
    assert "Note signée" in text and "1 250,00 €" in text and "Fait" not in text


def test_columns_that_leave_the_bars_no_room_are_refused_before_the_job(
    live_world: World, client_of: Any, erp: Project
) -> None:
    with live_world.within():
        for number in range(5):
            create_field(
                actor=live_world.memberships["admin"].actor, target_key="task", label=f"Champ {number}", kind="text"
            )
    columns = ["duration", "start", "finish", "people", *(f"custom_champ_{number}" for number in range(5))]
    url = live_world.url(f"/plans/project/{erp.pk}/print/")
    asked = {"paper": "A4", "choice": "1", "columns": columns}
    answer = client_of(live_world.pmo).post(url, asked, follow=True)
    assert "ne laissent pas de place au diagramme sur du papier A4" in answer.content.decode()
    with live_world.within():
        assert not Job.objects.exists()
    printed(live_world, client_of(live_world.pmo), erp, "A3", choice="1", columns=columns)
