"""Packs through the front door: made in one click, drawn by a job, downloaded by those who may."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from portfolio.projects.models import Project
from reporting.packs.actions import create_pack
from reporting.packs.models import Pack, PackState
from reporting.packs.pdf import pdf_of
from reporting.packs.snapshot import Snapshot, digest
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import update
from tech4value.figures import formats
from tech4value.files.models import StoredFile
from tech4value.jobs.actions import reap, start_job
from tech4value.jobs.models import Job, JobState
from tech4value.tenancy.clock import today
from tests.reporting.dashboards.portfolio_rows import (
    line,
    make_person,
    make_pole,
    make_programme,
    make_project,
    promise,
    report,
    risk,
    task,
)
from tests.world import World


def fill(world: World) -> None:
    """Three projects: a storm, a shower, one that has nothing yet."""
    with world.within():
        now = today()
        rgpd = make_project("RGPD", name="Mise en conformité", sponsor=make_person("Diane Sponsor"))
        odoo = make_project(
            "ODOO", name="Migration ERP", pole=make_pole("FIN", "Finances"), programme=make_programme("SI", "SI 2027")
        )
        make_project("NEUF", name="Projet neuf")
        report(rgpd, now - timedelta(days=3), "stormy", comment="Audit à blanc décalé de quatre semaines.")
        report(odoo, now - timedelta(days=40), "rainy")
        for offset in range(-4, 4):
            line(rgpd, offset, planned=10000, actual=11000 if offset <= 0 else 0, forecast=12500, committed=10500)
            line(odoo, offset, planned=5000, actual=4000 if offset <= 0 else 0, forecast=4500)
        promise(rgpd, "Audit à blanc", now - timedelta(days=12), now - timedelta(days=30))
        promise(rgpd, "Mise en production", now + timedelta(days=20), now)
        promise(odoo, "Recette", now + timedelta(days=50))
        risk(rgpd, "R-001", 5, 4, mitigation="Renfort du pôle Sécurité", owner=make_person("Hugo Petit"))
        risk(odoo, "R-001", 2, 3)
        task(rgpd, "Cartographier", 10, "0.5")


@pytest.fixture
def portfolio(world: World) -> World:
    fill(world)
    return world


@pytest.fixture
def live_portfolio(live_world: World) -> World:
    fill(live_world)
    return live_world


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def text_of(content: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def make(world: World, client: Any, **data: Any) -> Pack:
    """Post the form; the job runs at once, on commit."""
    response = client.post(world.url("/packs/new/"), data)
    assert response.status_code == 302, response.content.decode()[:2000]
    with world.within():
        return Pack.objects.select_related("job", "file").get(pk=UUID(response["Location"].split("/")[-2]))


def verbs(world: World, pack: Pack) -> list[str]:
    with world.within():
        return list(AuditEvent.objects.filter(object_id=pack.pk).order_by("id").values_list("verb", flat=True))


@pytest.mark.django_db(transaction=True)
def test_one_click_makes_a_pack_that_is_downloaded(live_portfolio: World, client_of: Any) -> None:
    world, client = live_portfolio, client_of(live_portfolio.pmo)
    pack = make(world, client)
    assert pack.state is PackState.READY
    assert pack.job and pack.job.state == JobState.DONE
    assert (pack.title, pack.language, pack.confidentiality) == (
        "Comité de pilotage – Atelier Nord",
        "fr",
        "confidential",
    )
    page = client.get(world.url(f"/packs/{pack.pk}/"))
    assert "Télécharger le PDF" in page.content.decode()
    answer = client.get(world.url(f"/packs/{pack.pk}/download/"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    text = text_of(answer.content)
    for words in ("Mise en conformité", "Audit à blanc décalé de quatre semaines.", "Renfort du pôle Sécurité"):
        assert words in text
    assert verbs(world, pack) == ["pack.created", "pack.done", "pack.downloaded"]
    with world.within():
        event = AuditEvent.objects.get(object_id=pack.pk, verb="pack.created")
        assert "snapshot" not in event.changes
        assert pack.file and pack.file.permission == "pack.view"


@pytest.mark.django_db(transaction=True)
def test_the_pdf_has_the_same_figures_as_the_screen(live_portfolio: World, client_of: Any) -> None:
    world, client = live_portfolio, client_of(live_portfolio.executive)
    screen = client.get(world.url("/dashboard/")).content.decode()
    pack = make(world, client)
    text = text_of(client.get(world.url(f"/packs/{pack.pk}/download/")).content)
    shown = re.findall(r'<div class="figure-value"[^>]*>(.*?)</div>', screen)
    labels = re.findall(r'<div class="figure-label"[^>]*>(.*?)</div>', screen)
    assert len(shown) >= 6
    for label, value in zip(labels, shown, strict=True):
        words = plain(re.sub(r"<[^>]*>", "", value)).replace(formats.THIN, " ")
        assert f"{plain(label)} {words}" in text.replace("&#x27;", "’"), (label, words)
    sentences = re.findall(
        r'<li class="dash-word [^>]*>.*?<(?:a|span)[^>]*>([^<]*)</(?:a|span)></li>', screen, flags=re.DOTALL
    )
    assert sentences
    for sentence in sentences:
        assert plain(sentence) in text


@pytest.mark.django_db(transaction=True)
def test_drawn_again_later_it_says_the_same(live_portfolio: World, client_of: Any) -> None:
    world, client = live_portfolio, client_of(live_portfolio.pmo)
    pack = make(world, client)
    first = client.get(world.url(f"/packs/{pack.pk}/download/")).content
    with world.within():
        make_project("PLUS", name="Projet de plus")
        update(SYSTEM, Project.objects.get(code="RGPD"), {"name": "Un autre nom"})
        again = pdf_of(Snapshot.from_json(Pack.objects.get(pk=pack.pk).snapshot))
    assert text_of(again) == text_of(first)
    assert again == first


@pytest.mark.django_db(transaction=True)
def test_an_english_pack(live_portfolio: World, client_of: Any) -> None:
    world, client = live_portfolio, client_of(live_portfolio.pmo)
    pack = make(world, client, language="en", title="Steering committee", meeting_on="2026-12-03")
    reader = PdfReader(io.BytesIO(client.get(world.url(f"/packs/{pack.pk}/download/")).content))
    assert reader.trailer["/Root"]["/Lang"] == "en"
    text = plain(" ".join(page.extract_text() for page in reader.pages))
    assert "€80k" in text
    assert "Thursday 3 December 2026" in text


class NoPango(MetaPathFinder):
    """A machine without the library: importing WeasyPrint fails as it does there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.split(".")[0] == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0': cannot open shared object file. Additionally, …")


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patched:
        for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
            patched.delitem(sys.modules, name)
        patched.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
        yield patched


@pytest.mark.django_db(transaction=True)
def test_without_pango_the_job_says_what_to_install_and_is_retried(
    live_portfolio: World, client_of: Any, no_pango: pytest.MonkeyPatch
) -> None:
    world, client = live_portfolio, client_of(live_portfolio.pmo)
    pack = make(world, client)
    assert pack.state is PackState.FAILED
    page = client.get(world.url(f"/packs/{pack.pk}/")).content.decode()
    assert "libpango-1.0-0" in page
    assert "apt-get install" in page
    assert client.get(world.url(f"/packs/{pack.pk}/download/")).status_code == 404
    with world.within():
        assert not StoredFile.objects.exists()
    no_pango.undo()
    client.post(world.url(f"/packs/{pack.pk}/retry/"))
    with world.within():
        assert Pack.objects.select_related("job").get(pk=pack.pk).state is PackState.READY
    client.post(world.url(f"/packs/{pack.pk}/retry/"))  # ready: nothing more
    assert verbs(world, pack) == ["pack.created", "pack.started", "pack.done"]


@pytest.mark.django_db(transaction=True)
def test_altered_data_are_not_drawn(live_portfolio: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = live_portfolio
    with world.within():
        with monkeypatch.context() as patched:
            patched.setattr("tech4value.jobs.actions._send", lambda row: None)
            member = world.memberships["pmo"]
            pack = create_pack(actor=member.actor, member=member)
        Pack.objects.filter(pk=pack.pk).update(snapshot=pack.snapshot | {"title": "Tout va bien"})
        job = start_job(kind="packs.render", label="x", member=member, params={"pack": str(pack.pk)})
    with world.within():
        assert "altérées" in Job.objects.get(pk=job.pk).message


@pytest.mark.django_db(transaction=True)
def test_a_renderer_killed_leaves_nothing_and_the_pack_is_made_by_the_next(
    live_portfolio: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = live_portfolio
    member = world.memberships["pmo"]
    with monkeypatch.context() as patched, world.within():
        patched.setattr("tech4value.jobs.actions._send", lambda row: None)
        pack = create_pack(actor=member.actor, member=member)
    name = connection.settings_dict["NAME"]
    environment = _environment(name)
    script = Path(__file__).with_name("killed_renderer.py")
    command = [sys.executable, str(script), "atelier", str(pack.job_id)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "stored"
    finally:
        process.kill()
        process.wait(10)
    with world.within():
        assert not StoredFile.objects.exists()
        assert Pack.objects.get(pk=pack.pk).file_id is None
        assert Job.objects.get(pk=pack.job_id).state == JobState.RUNNING
        Job.objects.filter(pk=pack.job_id).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert reap(world.atelier) == 1
    with world.within():
        made = Pack.objects.select_related("job", "file").get(pk=pack.pk)
        assert made.state is PackState.READY
        assert StoredFile.objects.count() == 1
    assert verbs(world, pack) == ["pack.created", "pack.done"]


def _environment(database: str) -> dict[str, str]:
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    return os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(settings.BASE_DIR),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }


def queued(world: World, **values: Any) -> Pack:
    """A pack whose job has not run."""
    with world.within():
        member = world.memberships["pmo"]
        return create_pack(actor=member.actor, member=member, **values)


def test_a_reader_reads_packs_and_nothing_else(portfolio: World, client_of: Any) -> None:
    pack, client = queued(portfolio), client_of(portfolio.reader)
    listed = client.get(portfolio.url("/packs/")).content.decode()
    assert pack.title in listed
    assert "Produire un dossier" not in listed
    assert client.get(portfolio.url(f"/packs/{pack.pk}/")).status_code == 200
    assert client.get(portfolio.url(f"/packs/{pack.pk}/state/")).status_code == 200
    assert client.get(portfolio.url("/packs/new/")).status_code == 403
    assert client.post(portfolio.url("/packs/new/")).status_code == 403
    assert client.post(portfolio.url(f"/packs/{pack.pk}/retry/")).status_code == 403
    assert client.get(portfolio.url("/dashboard/")).status_code == 403
    assert client.get(portfolio.url("/projects/")).status_code == 403


@pytest.mark.parametrize("key", ["member", "end_user"])
def test_others_do_not_see_packs(portfolio: World, client_of: Any, key: str) -> None:
    pack, client = queued(portfolio), client_of(portfolio.users[key])
    for path in ("/packs/", f"/packs/{pack.pk}/", f"/packs/{pack.pk}/download/", "/packs/new/"):
        assert client.get(portfolio.url(path)).status_code == 403


def test_another_company_finds_nothing(portfolio: World, client_of: Any) -> None:
    pack, stranger = queued(portfolio), client_of(portfolio.stranger)
    for path in ("", "state/", "download/"):
        assert stranger.get(portfolio.url(f"/packs/{pack.pk}/{path}")).status_code == 404
        assert stranger.get(portfolio.url(f"/packs/{pack.pk}/{path}", portfolio.chantier)).status_code == 404
    assert stranger.post(portfolio.url(f"/packs/{pack.pk}/retry/", portfolio.chantier)).status_code == 404
    assert pack.title not in stranger.get(portfolio.url("/packs/", portfolio.chantier)).content.decode()


def test_the_filters_of_the_dashboard_are_kept(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.pmo)
    with portfolio.within():
        pole = make_pole("FIN")
    form = client.get(portfolio.url(f"/packs/new/?pole={pole.pk}")).content.decode()
    assert f'value="{pole.pk}"' in form
    assert "Comité de pilotage – Finances" in form
    assert "Migration ERP" in form
    assert "Mise en conformité" not in form
    pack = make(portfolio, client, pole=str(pole.pk))
    facts = Snapshot.from_json(pack.snapshot).facts
    assert [row.code for row in facts.projects] == ["ODOO"]
    assert facts.filters.pole == "Finances"
    assert pack.filters == {"pole": str(pole.pk)}


def test_chosen_projects_only(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.pmo)
    with portfolio.within():
        chosen = Project.objects.get(code="RGPD")
    pack = make(portfolio, client, projects=[str(chosen.pk)], confidentiality="")
    assert [row.code for row in Snapshot.from_json(pack.snapshot).facts.projects] == ["RGPD"]
    assert pack.confidentiality == ""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"projects": [str(uuid4())]}, "Un des projets choisis"),
        ({"projects": ["x"]}, "Un des projets choisis"),
        ({"meeting_on": "hier"}, "Indiquez une date"),
        ({"title": "x" * 161}, "160"),
        ({"language": "de"}, "de"),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_made(
    portfolio: World, client_of: Any, data: Any, sentence: str
) -> None:
    answer = client_of(portfolio.pmo).post(portfolio.url("/packs/new/"), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with portfolio.within():
        assert not Pack.objects.exists()


def test_the_snapshot_is_whole_and_signed(portfolio: World) -> None:
    pack = queued(portfolio, meeting_on=date(2026, 12, 1))
    with portfolio.within():
        kept = Pack.objects.get(pk=pack.pk)
    assert digest(kept.snapshot) == kept.snapshot_sha256
    snapshot = Snapshot.from_json(kept.snapshot)
    row = next(row for row in snapshot.facts.projects if row.code == "RGPD")
    assert row.comment
    assert len(row.months) == 8
    assert len(row.milestones) == 2
    assert row.risks[0].mitigation == "Renfort du pôle Sécurité"


def test_the_list_costs_the_same_for_three_packs_and_for_twenty(portfolio: World, client_of: Any) -> None:
    client = client_of(portfolio.reader)
    client.get(portfolio.url("/packs/"))  # what is read once a process
    counts = []
    for wanted in (3, 20):
        with portfolio.within():
            while Pack.objects.count() < wanted:
                queued(portfolio)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(portfolio.url("/packs/")).status_code == 200
        counts.append(len(queries))
        assert not any('"snapshot"' in query["sql"] for query in queries.captured_queries)
    assert counts[0] == counts[1]


def test_freezing_costs_the_same_for_three_projects_and_for_twenty(portfolio: World) -> None:
    counts = []
    for wanted in (3, 20):
        with portfolio.within():
            for index in range(Project.objects.count(), wanted):
                project = make_project(f"P{index}")
                line(project, 0, planned=10)
                risk(project, "R-001", 2, 2)
        with portfolio.within(), CaptureQueriesContext(connection) as queries:
            member = portfolio.memberships["pmo"]
            create_pack(actor=member.actor, member=member)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_empty_list_says_what_to_do(world: World, client_of: Any) -> None:
    assert "Produire un dossier" in client_of(world.pmo).get(world.url("/packs/")).content.decode()
    assert "Aucun dossier pour l’instant" in client_of(world.reader).get(world.url("/packs/")).content.decode()


def test_the_form_opens_in_the_panel(portfolio: World, client_of: Any) -> None:
    answer = client_of(portfolio.pmo).get(portfolio.url("/packs/new/"), headers={"HX-Request": "true"})
    content = answer.content.decode()
    assert content.lstrip().startswith("<h2>")
    assert "<html" not in content


@pytest.mark.django_db(transaction=True)
def test_packs_by_the_api(live_portfolio: World, client_of: Any) -> None:
    world, client = live_portfolio, client_of(live_portfolio.pmo)
    made = client.post(
        world.url("/api/v1/packs/"), {"title": "Copil", "meeting_on": "2026-12-01"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    one = client.get(world.url(f"/api/v1/packs/{key}/")).json()
    assert (one["title"], one["state"], one["message"]) == ("Copil", "ready", "")
    assert one["size"] > 10_000
    reader = client_of(world.reader)
    file = reader.get(world.url(f"/api/v1/packs/{key}/file/"))
    assert file.content.startswith(b"%PDF-")
    assert [row["id"] for row in reader.get(world.url("/api/v1/packs/")).json()["results"]] == [key]
    assert reader.post(world.url("/api/v1/packs/"), {}, content_type="application/json").status_code == 403
    wrong = client.post(world.url("/api/v1/packs/"), {"projects": [str(uuid4())]}, content_type="application/json")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/projects"
    assert client.get(world.url(f"/api/v1/packs/{uuid4()}/file/")).status_code == 404
    assert client_of(world.stranger).get(world.url(f"/api/v1/packs/{key}/")).status_code == 404
    assert client.get(world.url("/api/v1/packs/?language=xx")).status_code == 400
