"""A real Celery worker, killed without warning in the middle of a job."""

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

from portfolio.people.models import Pole
from tech4value.audit.models import AuditEvent
from tech4value.celery import app
from tech4value.jobs import registry
from tech4value.jobs.actions import reap, start_job
from tech4value.jobs.models import Job, JobState
from tests.tech4value.jobs import bodies
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def workers(live_world: World, tmp_path: Path) -> Iterator["Workers"]:
    app.conf.task_always_eager = False  # conftest sets it before each test: here jobs are really sent
    started = Workers(tmp_path)
    kinds = dict(registry._kinds)
    yield started
    registry._kinds.clear()
    registry._kinds.update(kinds)
    started.stop()


def send_to(queue: str) -> None:
    """From now on the job goes to `queue`: this test's own, which one worker reads."""
    kind = registry.JobKind("tests.slow_once", bodies.slow_at_first, queue=queue)
    registry._kinds["tests.slow_once"] = kind


class Workers:
    """Starts workers on the test's database; each in a process group of its own, so that all of it can be killed."""

    def __init__(self, folder: Path) -> None:
        self.log, self.processes = folder / "worker.log", dict[str, subprocess.Popen[bytes]]()

    def start(self) -> str:
        """A worker, and the name of the queue that it alone reads."""
        queue = f"test-{uuid4().hex}"
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        environment = os.environ | {
            "DATABASE_URL": urlunsplit(database),
            "SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": str(ROOT),
        }
        command = [
            *(sys.executable, "-m", "celery", "-A", "tests.tech4value.jobs.worker", "worker"),
            *("-Q", queue, "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes[queue] = process
        return queue

    def kill(self, queue: str) -> None:
        """What a power cut does: no signal handler runs, no message is acknowledged."""
        process = self.processes.pop(queue)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        with app.connection_for_write() as broker:
            broker.default_channel.client.delete(queue)

    def stop(self) -> None:
        for queue in list(self.processes):
            self.kill(queue)


def wait_for(world: World, row: Job, state: JobState, seconds: float, workers: Workers) -> Job:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with world.within():
            seen = Job.objects.get(pk=row.pk)
        if seen.state == state:
            return seen
        time.sleep(0.1)
    pytest.fail(f"The job stayed {seen.state}: {seen.message}\n{workers.log.read_text()[-3000:]}")


def test_a_killed_worker_leaves_nothing_half_written_and_the_job_is_resumed(
    live_world: World, workers: Workers
) -> None:
    first, second = workers.start(), workers.start()  # both now: a worker takes seconds to start
    send_to(first)
    with live_world.within():
        member = live_world.memberships["pmo"]
        row = start_job(kind="tests.slow_once", label="Import", member=member, params={})
    wait_for(live_world, row, JobState.RUNNING, 60, workers)
    time.sleep(0.5)  # its row is written, its transaction open
    workers.kill(first)
    with live_world.within():
        assert not Pole.objects.exists()
        assert Job.objects.get(pk=row.pk).state == JobState.RUNNING, "nobody is there to say otherwise"
        Job.objects.filter(pk=row.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    send_to(second)
    assert reap(live_world.atelier) == 1
    seen = wait_for(live_world, row, JobState.DONE, 60, workers)
    assert seen.attempts == 2
    with live_world.within():
        assert [pole.code for pole in Pole.objects.all()] == ["ONCE"]
        verbs = AuditEvent.objects.filter(object_id=row.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["job.started", "job.done"]
