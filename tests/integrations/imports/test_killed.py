"""A worker killed in the middle of an import: nothing half-written, and the job is resumed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from integrations.imports.actions import bring_workbook, start_import
from integrations.imports.models import Import, ImportState
from portfolio.finance.models import BudgetLine
from portfolio.people.actions import create_pole
from portfolio.projects.models import Project
from tech4value.audit.models import ExternalRef
from tech4value.celery import app
from tech4value.jobs import registry
from tech4value.jobs.actions import reap
from tech4value.jobs.models import Job, JobState
from tests.integrations.imports.files import large_portfolio
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator["Workers"]:
    """Real workers on a queue of this test's own."""
    started = Workers(f"test-{uuid4().hex}", tmp_path / "worker.log")
    app.conf.task_always_eager = False  # conftest sets it before each test
    kind = registry.kind_named("imports.workbook")
    own = registry.JobKind(kind.name, kind.body, started.queue, after_failure=kind.after_failure)
    monkeypatch.setitem(registry._kinds, kind.name, own)
    yield started
    started.stop()
    with app.connection_for_write() as broker:
        broker.default_channel.client.delete(started.queue)


class Workers:
    """Workers on the test's database, each in a process group of its own, so that all of it can be killed."""

    def __init__(self, queue: str, log: Path) -> None:
        self.queue, self.log = queue, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        command = [
            *(sys.executable, "-m", "celery", "-A", "tech4value.celery", "worker", "-Q", self.queue),
            *("--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
        environment = os.environ | {"DATABASE_URL": urlunsplit(database), "SECRET_KEY": settings.SECRET_KEY}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """What a power cut does: no handler runs, no message is acknowledged."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None


def wait_for(world: World, row: Import, wanted: JobState, workers: Workers, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with world.within():
            seen = Job.objects.get(pk=row.job_id)
        if seen.state == wanted:
            return
        time.sleep(0.1)
    pytest.fail(f"The job stayed {seen.state}: {seen.message}\n{workers.log.read_text()[-3000:]}")


def state(world: World) -> tuple[str, int, int, int]:
    with world.within():
        return (
            Import.objects.get().state,
            Project.objects.count(),
            BudgetLine.objects.count(),
            ExternalRef.objects.count(),
        )


def test_a_killed_import_is_resumed_whole(live_world: World, workers: Workers) -> None:
    world = live_world
    member = world.memberships["pmo"]
    with world.within():
        create_pole(actor=member.actor, code="IT", name="Informatique")
        row = bring_workbook(actor=member.actor, member=member, name="p.xlsx", content=large_portfolio(1_500))
        row = start_import(actor=member.actor, member=member, row=row)
    workers.start()
    wait_for(world, row, JobState.RUNNING, workers)
    deadline = time.monotonic() + 10
    while not _writing(world, row) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _writing(world, row), "the kill comes in the middle of the writing"
    workers.stop()
    assert state(world) == (ImportState.RUNNING, 0, 0, 0)
    with world.within():
        Job.objects.filter(pk=row.job_id).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert reap(world.atelier) == 1
    workers.start()
    wait_for(world, row, JobState.DONE, workers)
    assert state(world) == (ImportState.DONE, 15, 1080, 15 * (1 + 10 + 72 + 17))


def test_an_import_interrupted_too_often_fails_and_can_run_again(live_world: World, workers: Workers) -> None:
    world = live_world
    member = world.memberships["pmo"]
    with world.within():
        create_pole(actor=member.actor, code="IT", name="Informatique")
        row = bring_workbook(actor=member.actor, member=member, name="p.xlsx", content=large_portfolio(100))
        row = start_import(actor=member.actor, member=member, row=row)
        silent = timezone.now() - timedelta(minutes=1)
        Job.objects.filter(pk=row.job_id).update(state=JobState.RUNNING, heartbeat_at=silent, attempts=3)
    reap(world.atelier)
    assert state(world)[0] == ImportState.FAILED
    with world.within():
        assert "interrompu" in Import.objects.get().result["message"]
        start_import(actor=member.actor, member=member, row=row)
    assert state(world)[0] == ImportState.RUNNING


def _writing(world: World, row: Import) -> bool:
    with world.within():
        return bool(Job.objects.get(pk=row.job_id).done)
