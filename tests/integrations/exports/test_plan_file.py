"""The file of a plan: what it holds after an import, after changes, and for those who may see less."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.exports.actions import start_plan_export
from integrations.exports.held import outgoing_plan
from integrations.exports.models import PlanExport
from integrations.imports.actions import begin, bring_plan, run_import
from integrations.imports.certificates import from_json
from integrations.imports.domain.mspdi_certificate import Fate
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.mspdi_writer import write_mspdi
from integrations.imports.models import Import
from integrations.imports.undoing import undo_import
from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person
from portfolio.planning.actions import assign, change_task, create_task, delete_task, link_tasks, take_baseline
from portfolio.planning.models import Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Role
from tech4value.audit.writing import update
from tech4value.files.actions import read_file
from tech4value.jobs.actions import run_job
from tests.integrations.imports.files import MSPDI, sample
from tests.world import World

SAMPLES = sorted(MSPDI.glob("*.xml"))


def leaves(content: bytes) -> list[tuple[str, str]]:
    """The oracle: every value of a file, in order."""
    found = [one for one in fromstring(content).iter() if not len(one)]
    return [(one.tag.rpartition("}")[2], (one.text or "").strip()) for one in found]


@pytest.fixture
def project(world: World) -> Any:
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        yield create_project(
            actor=actor, code="VPN", name="Accès", pole=pole, starts_on=date(2026, 9, 28), ends_on=date(2027, 4, 30)
        )


def bring(world: World, content: bytes, project: Project, who: str = "pmo") -> Import:
    """Import a plan as that person."""
    member = world.memberships[who]
    row = bring_plan(actor=member.actor, member=member, name="plan.xml", content=content, project=project)
    assert row.preview["ok"] or row.preview["empty"], row.preview["problems"]
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    return row


def written(world: World, project: Project, who: str = "pmo") -> bytes:
    """The plan's file, as that person may take it away."""
    outgoing = outgoing_plan(project, world.memberships[who])
    return write_mspdi(outgoing.plan, outgoing.origin, amounts=outgoing.amounts)


def export(world: World, project: Project, who: str = "pmo", file_format: str = "mspdi") -> PlanExport:
    """The same by a job, with its certificate."""
    member = world.memberships[who]
    row = start_plan_export(actor=member.actor, member=member, project=project, file_format=file_format)
    run_job(tenant=world.atelier, job_id=row.job_id)
    return PlanExport.objects.select_related("file", "job").get(pk=row.pk)


def test_an_imported_plan_goes_out_as_it_came(world: World, project: Project) -> None:
    content = sample("plan-projet.xml")
    bring(world, content, project)
    assert leaves(written(world, project)) == leaves(content)
    row = export(world, project)
    assert row.job.state == "done", row.job.message
    certificate = from_json(row.certificate)
    assert set(certificate.totals) == {Fate.HELD, Fate.ASIDE}
    assert sum(certificate.totals.values()) == len(leaves(content))
    assert row.facts["differences"] == 0
    assert leaves(read_file(row.file)) == leaves(content)


@pytest.mark.skipif(not SAMPLES, reason="the Microsoft Project samples are not beside the repository")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_goes_through_the_plan_and_back(world: World, project: Project, path: Any) -> None:
    content = path.read_bytes()
    member = world.memberships["pmo"]
    row = bring_plan(actor=member.actor, member=member, name=path.name, content=content, project=project)
    if row.preview["empty"]:
        assert set(from_json(row.preview["certificate"]).totals) == {Fate.HELD, Fate.ASIDE}
        return
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    assert leaves(written(world, project)) == leaves(content)


def test_resources_that_are_people_already_stay_the_files(world: World, project: Project) -> None:
    content = sample("plan-projet.xml")
    actor = world.memberships["pmo"].actor
    for resource in read_mspdi(content).resources[:3]:
        create_person(actor=actor, name=resource.name, email=resource.email)
    bring(world, content, project)
    assert leaves(written(world, project)) == leaves(content)
    assert from_json(export(world, project).certificate).totals[Fate.HELD] > 1000


def test_what_is_changed_here_is_in_the_file_and_the_rest_stays(world: World, project: Project) -> None:
    content = sample("plan-projet.xml")
    bring(world, content, project)
    actor = world.memberships["pmo"].actor
    task = Task.objects.filter(project=project, kind="task").order_by("position").first()
    change_task(actor=actor, task=task, values={"name": "Renommée ici", "notes": "Vu avec le fournisseur"})
    new = create_task(actor=actor, project=project, name="Ajoutée ici", parent=None)
    link_tasks(actor=actor, predecessor=task, successor=new)
    person = create_person(actor=actor, name="Zoé Nouvelle", email="zoe@exemple.fr")
    assign(actor=actor, task=new, person=person, units=Decimal("0.5"))
    read = read_mspdi(written(world, project))
    assert not [one for one in read.problems if one.is_error]
    by_name = {one.name: one for one in read.tasks}
    assert by_name["Renommée ici"].notes == "Vu avec le fournisseur"
    assert by_name["Ajoutée ici"].guid == str(new.pk)
    assert (by_name["Renommée ici"].uid, by_name["Ajoutée ici"].uid) in {
        (link.predecessor_uid, link.successor_uid) for link in read.links
    }
    assert read.resources[-1].name == "Zoé Nouvelle"
    row = export(world, project)
    totals = from_json(row.certificate).totals
    assert totals[Fate.CHANGED]
    assert not totals[Fate.LOST]


def test_a_file_that_went_out_comes_back_to_the_same_tasks(world: World, project: Project) -> None:
    """A task made here has no number in the file it came from: its own key finds it again, and nothing is doubled."""
    bring(world, sample("plan-projet.xml"), project)
    actor = world.memberships["pmo"].actor
    new = create_task(actor=actor, project=project, name="Ajoutée ici")
    before = set(Task.objects.filter(project=project).values_list("pk", flat=True))
    content = written(world, project).replace("Ajoutée ici".encode(), b"Reprise de Project")
    row = bring(world, content, project)
    assert row.result["created"] == row.result["deleted"] == 0
    assert set(Task.objects.filter(project=project).values_list("pk", flat=True)) == before
    new.refresh_from_db()
    assert new.name == "Reprise de Project"
    assert leaves(written(world, project)) == leaves(content)


def test_a_deleted_task_leaves_the_file(world: World, project: Project) -> None:
    bring(world, sample("plan-projet.xml"), project)
    task = Task.objects.filter(project=project, kind="task").order_by("position").first()
    delete_task(actor=world.memberships["pmo"].actor, task=task)
    assert task.name not in {one.name for one in read_mspdi(written(world, project)).tasks}
    assert from_json(export(world, project).certificate).totals[Fate.REMOVED]


def test_a_task_keeps_its_own_calendar_and_its_effort_type(world: World, project: Project) -> None:
    """What they were in the file, then what they become here."""
    content = sample("plan-projet.xml").replace(b"<Type>0</Type>", b"<Type>2</Type>")
    night = (
        b"<Calendar><UID>90</UID><Name>Nuit</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1"
        b"</BaseCalendarUID><WeekDays><WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>"
        b"<WorkingTime><FromTime>20:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
        b"</WeekDays></Calendar></Calendars>"
    )
    head, mark, tail = content.replace(b"</Calendars>", night).rpartition(b"<CalendarUID>-1</CalendarUID>")
    assert mark
    content = head + b"<CalendarUID>90</CalendarUID>" + tail
    bring(world, content, project)
    assert leaves(written(world, project)) == leaves(content)
    task = Task.objects.get(project=project, calendar__isnull=False)
    assert task.calendar.name.startswith("Nuit")
    assert task.effort_type == "work"
    actor = world.memberships["pmo"].actor
    update(actor, task, {"calendar": None, "effort_type": "duration"})
    read = {one.name: one for one in read_mspdi(written(world, project)).tasks}[task.name]
    assert (read.calendar_uid, read.effort) == (None, "duration")


def test_after_an_undo_the_file_is_written_from_here_alone(world: World, project: Project) -> None:
    row = bring(world, sample("plan-projet.xml"), project)
    undo_import(actor=world.memberships["pmo"].actor, row=row)
    create_task(actor=world.memberships["pmo"].actor, project=project, name="Seule")
    outgoing = outgoing_plan(project, world.memberships["pmo"])
    assert outgoing.origin is None
    assert [one.name for one in read_mspdi(write_mspdi(outgoing.plan)).tasks] == ["Seule"]


def test_a_plan_made_here_is_written_whole(world: World, project: Project) -> None:
    actor = world.memberships["pmo"].actor
    person = create_person(actor=actor, name="Ada", email="ada@exemple.fr", daily_rate=Decimal(800))
    lot = create_task(actor=actor, project=project, name="=Lot & Cie")
    first = create_task(actor=actor, project=project, name="Poser", parent=lot, duration_minutes=420)
    second = create_task(actor=actor, project=project, name="Livrer", kind="milestone")
    link_tasks(actor=actor, predecessor=first, successor=second, lag=120)
    assign(actor=actor, task=first, person=person)
    take_baseline(actor=actor, project=project, name="Recadrage")
    row = export(world, project)
    assert row.job.state == "done", row.job.message
    assert (row.certificate, row.facts["differences"]) == ({}, 0)
    assert any("Recadrage" in note for note in row.notes)
    read = read_mspdi(read_file(row.file))
    assert not read.problems
    assert [(one.name, one.outline_number, one.summary, one.milestone) for one in read.tasks] == [
        ("=Lot & Cie", "1", True, False),
        ("Poser", "1.1", False, False),
        ("Livrer", "2", False, True),
    ]
    assert [one.number for one in read.tasks[1].baselines] == [0]
    assert [link.lag_minutes for link in read.links] == [120]
    # Days of seven hours: 800 a day are 114.2857 an hour.
    assert (read.minutes_per_day, read.minutes_per_week) == (420, 2100)
    assert read.resources[0].standard_rate == Decimal("114.2857")
    # The public holidays that the calendar observes are days off of the file's.
    assert date(2026, 11, 11) in {one.start for one in read.calendars[0].exceptions}


def test_one_who_may_not_see_rates_takes_none_away(world: World, project: Project) -> None:
    content = sample("plan-projet.xml").replace(b"<PercentComplete>", b"<Cost>99</Cost><PercentComplete>")
    bring(world, content, project)
    assert b"<Cost>" in written(world, project, "pmo")
    assert b"<Cost>" not in written(world, project, "manager")
    certificate = from_json(export(world, project, "manager").certificate)
    assert certificate.totals[Fate.HIDDEN]


def test_one_who_brought_the_file_takes_it_back_whole(world: World, project: Project) -> None:
    actor = world.memberships["pmo"].actor
    chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"])
    update(actor, project, {"manager": Person.objects.get(pk=chloe.pk)})
    content = sample("plan-projet.xml").replace(b"<PercentComplete>", b"<Cost>99</Cost><PercentComplete>")
    bring(world, content, Project.objects.get(pk=project.pk), "manager")
    assert b"<Cost>" in written(world, project, "manager")


def test_who_does_not_see_the_plan_takes_nothing_away(world: World, project: Project) -> None:
    """Nor one who has stopped seeing it while the file waited."""
    end_user, manager = world.memberships["end_user"], world.memberships["manager"]
    with pytest.raises(PermissionDenied):
        start_plan_export(actor=end_user.actor, member=end_user, project=project, file_format="mspdi")
    row = start_plan_export(actor=manager.actor, member=manager, project=project, file_format="mspdi")
    Membership.objects.filter(pk=manager.pk).update(role=Role.END_USER)
    run_job(tenant=world.atelier, job_id=row.job_id)
    row = PlanExport.objects.select_related("job").get(pk=row.pk)
    assert (row.job.state, row.file_id) == ("failed", None)
    assert "vous n’en voyez plus le plan" in row.job.message


def test_the_table_of_a_plan_is_inert_and_says_predecessors(world: World, project: Project) -> None:
    actor = world.memberships["pmo"].actor
    one = create_task(actor=actor, project=project, name="=cmd|' /C calc'!A1", duration_minutes=840)
    two = create_task(actor=actor, project=project, name="Livrer; « vite »", kind="milestone")
    link_tasks(actor=actor, predecessor=one, successor=two, lag=420)
    row = export(world, project, file_format="csv")
    assert row.job.state == "done", row.job.message
    text = read_file(row.file).decode("utf-8-sig")
    heads, first, second = text.splitlines()
    assert heads.startswith("N°;WBS;Tâche;Niveau;")
    assert first.startswith("1;1;'=cmd|' /C calc'!A1;1;Tâche;Automatique;")
    assert ";2;" in first
    assert '"Livrer; « vite »"' in second
    assert ";1FD+1j;" in second


def test_screens(world: World, project: Project, client_of: Callable[[Any], Client]) -> None:
    bring(world, sample("plan-projet.xml"), project)
    pmo, member = client_of(world.pmo), client_of(world.member)
    page = world.url(f"/exports/plan/{project.pk}/")
    assert "Produire le fichier XML" in pmo.get(page).content.decode()
    assert member.get(page).status_code == 404
    assert member.post(page, {"format": "mspdi"}).status_code == 404
    refused = pmo.post(page, {"format": "pdf"})
    assert refused.status_code == 422
    assert "Choisissez l’un des formats" in refused.content.decode()
    sent = pmo.post(page, {"format": "mspdi"})
    assert sent.status_code == 302
    row = PlanExport.objects.get()
    run_job(tenant=world.atelier, job_id=row.job_id)
    shown = pmo.get(sent["Location"]).content.decode()
    assert "Relu après écriture" in shown
    assert "PredecessorLink/PredecessorUID" in shown
    csv = pmo.get(sent["Location"] + "?format=csv")
    assert csv["Content-Type"].startswith("text/csv")
    assert "Conservé tel quel" in csv.content.decode("utf-8-sig")
    # Another person's file, whoever they are.
    assert client_of(world.admin).get(sent["Location"]).status_code == 404


def test_api(world: World, project: Project, client_of: Callable[[Any], Client]) -> None:
    create_task(actor=world.memberships["pmo"].actor, project=project, name="Poser")
    pmo = client_of(world.pmo)
    asked = {"project": str(project.pk), "format": "mspdi"}
    sent = pmo.post(world.url("/api/v1/plan-exports/"), asked, content_type="application/json")
    assert sent.status_code == 202, sent.content
    run_job(tenant=world.atelier, job_id=PlanExport.objects.get().job_id)
    row = pmo.get(world.url(f"/api/v1/plan-exports/{sent.json()['id']}/")).json()
    assert row["facts"]["tasks"] == 1
    assert pmo.get(world.url(f"/files/{row['file']}/")).status_code == 200
    refused = client_of(world.member).post(world.url("/api/v1/plan-exports/"), asked, content_type="application/json")
    assert refused.status_code == 400


def test_the_list_costs_the_same_for_3_and_30(
    world: World, project: Project, client_of: Callable[[Any], Client]
) -> None:
    pmo, member = client_of(world.pmo), world.memberships["pmo"]
    page = world.url(f"/exports/plan/{project.pk}/")
    pmo.get(page)
    counts = []
    for more in (3, 27):
        for _number in range(more):
            start_plan_export(actor=member.actor, member=member, project=project, file_format="csv")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert pmo.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_dates_of_the_file_are_those_of_the_plan(world: World, project: Project) -> None:
    actor = world.memberships["pmo"].actor
    create_task(actor=actor, project=project, name="Poser", starts_at=datetime(2026, 10, 5, 9), duration_minutes=420)
    task = Task.objects.get(project=project)
    read = read_mspdi(written(world, project)).tasks[0]
    assert (read.start, read.finish, read.duration_minutes) == (task.starts_at, task.ends_at, 420)


def imported(world: World) -> Import:
    """A project made by the PMO of a small file, and its plan taken away again."""
    member = world.memberships["pmo"]
    pole = create_pole(actor=member.actor, code="IT", name="Informatique")
    new = {"code": "NEUF", "name": "Neuf", "pole": str(pole.pk)}
    content = sample("plan-projet.xml")
    row = bring_plan(actor=member.actor, member=member, name="plan.xml", content=content, new_project=new)
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    assert export(world, Project.objects.get(code="NEUF")).job.state == "done"
    return row


def undone(world: World, client: Client, row: Import, **sent: str) -> str:
    """The page of an import once its undo was asked for on the screen, and done."""
    url = world.url(f"/imports/{row.pk}/")
    answer = client.post(f"{url}undo/", sent)
    assert answer.status_code == 302, answer.content.decode()
    with world.within():
        job = Import.objects.get(pk=row.pk).job_id
        if Import.objects.get(pk=row.pk).state == "undoing":
            run_job(tenant=world.atelier, job_id=job)
    return client.get(url).content.decode()


def test_taking_a_plan_away_is_no_work_on_it(world: World, client_of: Callable[[Any], Client]) -> None:
    """The PMO makes a project of a file, exports its plan, edits nothing: the import is undone as a whole."""
    with world.within():
        row = imported(world)
    page = undone(world, client_of(world.pmo), row)
    assert "les données sont comme avant" in page
    with world.within():
        assert not Project.objects.filter(code="NEUF").exists()


def test_an_undo_that_keeps_rows_says_which(world: World, client_of: Callable[[Any], Client]) -> None:
    """After a task was renamed by hand: fields as people call them, what was kept by its name, undone in part."""
    with world.within():
        row = imported(world)
        task = Task.objects.filter(kind="task").order_by("position")[0]
        change_task(actor=world.memberships["pmo"].actor, task=task, values={"name": "À la main"})
        others = list(Task.objects.exclude(pk=task.pk).values_list("name", flat=True))
    pmo = client_of(world.pmo)
    refused = pmo.post(world.url(f"/imports/{row.pk}/undo/"))
    assert refused.status_code == 409
    page = refused.content.decode()
    table = page[page.index("Modifié par") : page.index("</table>", page.index("Modifié par"))]
    assert "À la main" in table
    assert "nom" in table
    page = undone(world, pmo, row, rest="1")
    assert "Annulé en partie" in page
    assert "Ce qui a été gardé" in page
    assert "À la main" in page
    assert any(name in page for name in others), "a project in which others have worked stays whole"
    assert "Annulé en partie" in pmo.get(world.url("/imports/")).content.decode()
