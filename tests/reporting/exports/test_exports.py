"""What is seen of a list, as a file: typed, in the reader's language, harmless in a spreadsheet."""

import csv
import io
from datetime import date, datetime
from typing import Any

import openpyxl

from portfolio.people.actions import create_pole
from portfolio.projects.actions import create_projects
from tech4value.fields.actions import create_field
from tech4value.files.actions import read_file
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job
from tests.world import World


def fill(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        create_field(actor=actor, target_key="project", label="Gain", label_en="Gain (EN)", kind="money")
        days = {"starts_on": date(2026, 3, 12), "ends_on": date(2026, 12, 31)}
        names = ["Éloïse", "=cmd|' /C calc'!A0", "-2+3"]
        values = [
            {"code": f"P{n}", "name": name, "pole": pole, "custom_fields": {"gain": "1234.5"}, **days}
            for n, name in enumerate(names)
        ]
        create_projects(actor=actor, values=values)


def exported(world: World, client: Any, query: str, file_format: str) -> bytes:
    answer = client.post(world.url("/tables/projects/export/"), {"query": query, "format": file_format})
    assert answer.status_code == 302
    with world.within():
        job = Job.objects.order_by("-id")[0]
        assert job.state == "done", job.message
        assert job.file is not None and job.file.private
        return read_file(job.file)


def test_a_workbook_holds_what_is_seen(live_world: World, client_of: Any) -> None:
    fill(live_world)
    query = "columns=name,start,custom_gain&sort=-name&q=p"
    content = exported(live_world, client_of(live_world.pmo), query, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Nom", "Début", "Gain")
    assert [row[0] for row in rows[1:]] == ["Éloïse", "'=cmd|' /C calc'!A0", "'-2+3"]
    assert rows[1][1:] == (datetime(2026, 3, 12), 1234.5)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_csv_reads_in_the_language_of_the_person(live_world: World, client_of: Any) -> None:
    fill(live_world)
    french = exported(live_world, client_of(live_world.pmo), "columns=name,start,custom_gain&sort=name", "csv")
    assert french.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(french.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Nom", "Début", "Gain"]
    assert rows[-1] == ["Éloïse", "12/03/2026", "1234,5"]
    live_world.executive.language = "en"
    live_world.executive.save()
    english = exported(live_world, client_of(live_world.executive), "columns=name,start,custom_gain&sort=name", "csv")
    rows = list(csv.reader(io.StringIO(english.decode("utf-8-sig"))))
    assert rows[0][2] == "Gain (EN)"
    assert rows[-1] == ["Éloïse", "2026-03-12", "1234.5"]
    with live_world.within():
        theirs = StoredFile.objects.get(owner=live_world.memberships["executive"])
    assert client_of(live_world.pmo).get(live_world.url(f"/files/{theirs.pk}/")).status_code == 404


def test_who_may_not_read_the_list_gets_no_file(live_world: World, client_of: Any) -> None:
    fill(live_world)
    reader = client_of(live_world.reader)
    assert reader.post(live_world.url("/tables/projects/export/"), {"format": "csv"}).status_code == 403
    assert (
        client_of(live_world.pmo).post(live_world.url("/tables/projects/export/"), {"format": "exe"}).status_code
        == 404
    )
    content = exported(live_world, client_of(live_world.member), "", "csv")
    assert len(content.decode("utf-8-sig").splitlines()) == 1
