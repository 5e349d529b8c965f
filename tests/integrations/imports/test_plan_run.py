"""A Microsoft Project file through the actions: what it writes, read again, mended, undone."""

from datetime import date
from typing import Any

import pytest

from integrations.imports.actions import begin, bring_plan, choose, run_import
from integrations.imports.models import Import, ImportState
from integrations.imports.undoing import undo_import
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import CalendarException, Person, WorkCalendar
from portfolio.planning.actions import create_task
from portfolio.planning.models import Assignment, Baseline, BaselineTask, Dependency, PlanSettings, Task
from portfolio.projects.actions import change_project, create_project
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent, ExternalRef
from tests.integrations.imports.files import MSPDI, dump, sample
from tests.world import World

MODELS = (Person, Project, WorkCalendar, CalendarException, PlanSettings, Task, Dependency, Assignment, Baseline)
SAMPLES = sorted(MSPDI.glob("*.xml"))
needs_samples = pytest.mark.skipif(not SAMPLES, reason="the Microsoft Project samples are not beside the repository")


def bring(world: World, content: bytes, project: Project | None, who: str = "pmo", **more: Any) -> Import:
    member = world.memberships[who]
    return bring_plan(actor=member.actor, member=member, name="plan.xml", content=content, project=project, **more)


def run(world: World, row: Import, who: str = "pmo") -> Import:
    member = world.memberships[who]
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    return row


@pytest.fixture
def project(world: World) -> Any:
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        yield create_project(
            actor=actor, code="VPN", name="Accès", pole=pole, starts_on=date(2026, 9, 28), ends_on=date(2027, 4, 30)
        )


def test_a_plan_comes_in_whole(world: World, project: Project) -> None:
    row = bring(world, sample("plan-projet.xml"), project)
    assert row.preview["ok"], row.preview["problems"]
    counts = row.preview["counts"]
    run(world, row)
    assert Task.objects.filter(project=project).count() == counts["tasks"]
    assert Dependency.objects.filter(project=project).count() == counts["links"]
    assert Assignment.objects.filter(project=project).count() == counts["assignments"]
    assert BaselineTask.objects.count() == counts["baseline"]
    assert Person.objects.filter(is_external=True, membership=None).count() == counts["resources"]
    assert PlanSettings.objects.get(project=project).calendar.name == "Tech4Value (VPN)"


def test_the_dates_are_those_of_the_file(world: World, project: Project) -> None:
    from integrations.imports.domain.mspdi_reader import read_mspdi

    source = read_mspdi(sample("plan-projet.xml"))
    run(world, bring(world, sample("plan-projet.xml"), project))
    written = {task.name: task for task in Task.objects.filter(project=project)}
    assert {task.name: (task.start, task.finish) for task in source.tasks} == {
        name: (task.starts_at, task.ends_at) for name, task in written.items()
    }


def test_read_again_it_changes_nothing(world: World, project: Project) -> None:
    run(world, bring(world, sample("plan-projet.xml"), project))
    before = dump(*MODELS, ExternalRef, BaselineTask)
    row = bring(world, sample("plan-projet.xml"), project)
    assert row.preview["tasks"] == {
        "create": 0,
        "update": 0,
        "same": len(before["portfolio_planning.Task"]),
        "delete": 0,
    }
    run(world, row)
    assert dump(*MODELS, ExternalRef, BaselineTask) == before
    assert [event.verb for event in AuditEvent.objects.filter(batch_id=row.batch_id)] == []


HEAD = "<Project xmlns='http://schemas.microsoft.com/project'><Name>P</Name>"
TASK = "<Task><UID>1</UID><Name>Seule</Name><OutlineLevel>1</OutlineLevel><Duration>PT8H0M0S</Duration></Task>"
PLACEHOLDER = "<Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>-65535</ResourceUID></Assignment>"


def test_a_task_that_nobody_is_on_has_lost_nobody(world: World, project: Project) -> None:
    """Project writes a placeholder for every such task: it is no assignment."""
    file = f"{HEAD}<Tasks>{TASK}</Tasks><Assignments>{PLACEHOLDER}</Assignments></Project>"
    row = bring(world, file.encode(), project)
    assert row.preview["left_out"] == {}
    lost = file.replace("-65535", "77")
    assert bring(world, lost.encode(), project).preview["left_out"] == {"assignments": 1}


def test_a_plan_scheduled_from_its_end_is_named(world: World, client_of: Any, project: Project) -> None:
    """Its dates stand as the file has them; that a change counts from the start is told before it is imported."""
    finish = "<ScheduleFromStart>0</ScheduleFromStart><FinishDate>2026-12-18T17:00:00</FinishDate>"
    row = bring(world, f"{HEAD}{finish}<Tasks>{TASK}</Tasks></Project>".encode(), project)
    assert [one["code"] for one in row.preview["problems"]] == ["from_finish"]
    assert (
        "planifié à partir de sa fin (18/12/2026)"
        in client_of(world.pmo).get(world.url(f"/imports/{row.pk}/")).content.decode()
    )


def test_a_project_that_was_made_is_no_longer_to_be_made(world: World, client_of: Any) -> None:
    with world.within():
        pole = create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
        new = {"code": "NEUF", "name": "Neuf", "pole": str(pole.pk)}
        row = bring(world, f"{HEAD}<Tasks>{TASK}</Tasks></Project>".encode(), None, new_project=new)
    url, pmo = world.url(f"/imports/{row.pk}/"), client_of(world.pmo)
    assert "à créer" in pmo.get(url).content.decode()
    with world.within():
        run(world, row)
    page = pmo.get(url).content.decode()
    assert "à créer" not in page
    assert "NEUF · " in page


def test_an_undo_leaves_the_plan_as_before(world: World, project: Project) -> None:
    actor = world.memberships["pmo"].actor
    create_task(actor=actor, project=project, name="Faite à la main", duration_minutes=420)
    before = dump(*MODELS, ExternalRef, BaselineTask)
    row = run(world, bring(world, sample("plan-projet.xml"), project))
    undo_import(actor=actor, row=row)
    assert dump(*MODELS, ExternalRef, BaselineTask) == before
    assert run(world, row).state == ImportState.DONE


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_of_microsoft_project(world: World, path: Any) -> None:
    with world.within():
        pole = create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
        before = dump(*MODELS, ExternalRef, BaselineTask)
        row = bring(world, path.read_bytes(), None, new_project={"code": "X", "name": "", "pole": str(pole.pk)})
        if not row.preview["ok"]:
            assert row.preview["empty"] or any(one["severity"] == "error" for one in row.preview["problems"])
            return
        row = run(world, row)
        assert Task.objects.filter(project=row.project).count() == row.preview["counts"]["tasks"]
        once = dump(*MODELS, ExternalRef, BaselineTask)
        again = run(world, bring(world, path.read_bytes(), row.project))
        assert dump(*MODELS, ExternalRef, BaselineTask) == once
        undo_import(actor=world.memberships["pmo"].actor, row=again)
        undo_import(actor=world.memberships["pmo"].actor, row=row)
        assert dump(*MODELS, ExternalRef, BaselineTask) == before


def test_a_project_manager_takes_back_the_plan_that_they_brought(
    world: World, client_of: Any, project: Project
) -> None:
    """With its calendars, which the PMO alone may change elsewhere."""
    pmo = world.memberships["pmo"].actor
    change_project(
        actor=pmo,
        project=project,
        values={"manager": create_person(actor=pmo, name="Chloé", membership=world.memberships["manager"])},
    )
    before = dump(*MODELS)
    row = bring(world, sample("plan-projet.xml"), project, who="manager")
    people = dict.fromkeys(row.preview["people"], "skip")
    choose(actor=pmo, member=world.memberships["manager"], row=row, people=people, reschedule=False)
    row = run(world, row, who="manager")
    assert WorkCalendar.objects.filter(name="Tech4Value (VPN)").exists()
    assert client_of(world.manager).post(world.url(f"/imports/{row.pk}/undo/")).status_code == 302
    assert dump(*MODELS) == before
