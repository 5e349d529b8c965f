"""Jobs: all or nothing, once, with a sentence when they fail."""

import time
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.people.models import Pole
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create
from tech4value.jobs.actions import fail_job, reap, run_job, start_job
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobKind, RunningJob, job, kind_named
from tech4value.jobs.tasks import run
from tech4value.tenancy.context import TenantRequiredError, tenant_context
from tests.tech4value.jobs import bodies
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def start(world: World, kind: str = "tests.pole", key: str = "pmo", **params: Any) -> Job:
    """As a view does: starts when the transaction commits, at once since the tests' jobs are eager."""
    with world.within():
        return start_job(kind=kind, label="Essai", member=world.memberships[key], params=params)


def queued(world: World, kind: str = "tests.pole", **params: Any) -> Job:
    """A job whose message nobody has taken yet."""
    with world.within():
        row = Job(kind=kind, label="Essai", params=params, started_by=world.memberships["pmo"])
        row.save()
        return row


def look(world: World, row: Job) -> Job:
    with world.within():
        return Job.objects.get(pk=row.pk)


def poles(world: World) -> list[str]:
    with world.within():
        return sorted(Pole.objects.values_list("code", flat=True))


def verbs(world: World, row: Job) -> list[str]:
    with world.within():
        return list(AuditEvent.objects.filter(object_id=row.pk).order_by("id").values_list("verb", flat=True))


def test_a_job_ends_with_its_result(live_world: World) -> None:
    row = look(live_world, start(live_world))
    assert (row.state, row.done, row.total, row.message) == (JobState.DONE, 2, 2, "Terminé")
    assert (row.result, row.result_url, row.attempts, row.share) == ({"poles": 1}, "/t/atelier/people/", 1, 1.0)
    assert poles(live_world) == ["JOB"]
    assert verbs(live_world, row) == ["job.started", "job.done"]


def test_a_rolled_back_request_starts_nothing(live_world: World) -> None:
    with pytest.raises(ZeroDivisionError), live_world.within():
        start_job(kind="tests.pole", label="x", member=None, params={})
        raise ZeroDivisionError
    with live_world.within():
        assert not Job.objects.exists()
    assert poles(live_world) == []


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ("refuse", "La feuille Budget est vide : ajoutez au moins une ligne."),
        ("crash", "Le traitement s’est arrêté sur une erreur imprévue. Rien n’a été enregistré"),
    ],
)
def test_a_body_that_fails_writes_nothing_and_says_why(live_world: World, then: str, sentence: str) -> None:
    bodies.failures.clear()
    row = look(live_world, start(live_world, then=then))
    assert row.state == JobState.FAILED
    assert row.message.startswith(sentence)
    assert "technique" not in row.message
    assert bodies.failures == [row.message]
    assert poles(live_world) == []
    assert verbs(live_world, row) == ["job.started", "job.failed"]


def test_a_second_delivery_does_nothing(live_world: World) -> None:
    row = start(live_world)
    run.apply(kwargs={"job_id": str(row.pk), "tenant_id": str(live_world.atelier.pk)})
    assert poles(live_world) == ["JOB"]
    assert look(live_world, row).attempts == 1
    assert verbs(live_world, row) == ["job.started", "job.done"]


def test_two_deliveries_at_once_run_it_once(live_world: World) -> None:
    row = queued(live_world, seconds=1.0)

    def deliver() -> None:
        try:
            run_job(tenant=live_world.atelier, job_id=row.pk)
        finally:
            connection.close()

    threads = [Thread(target=deliver) for _one in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert look(live_world, row).state == JobState.DONE
    assert poles(live_world) == ["JOB"]
    assert verbs(live_world, row) == ["job.done"]


def test_progress_and_heartbeat_show_while_the_body_runs(
    live_world: World, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tech4value.jobs.actions.HEARTBEAT_SECONDS", 0.05)
    go_on = Event()

    @job("tests.waiting")
    def waiting(running: RunningJob) -> None:
        running.progress(1, 2, "Le pôle est écrit")
        create(running.actor, Pole(code="JOB", name="Fait par un traitement"))
        assert go_on.wait(20)

    row = queued(live_world, kind="tests.waiting")

    def deliver() -> None:
        try:
            run_job(tenant=live_world.atelier, job_id=row.pk)
        finally:
            connection.close()

    worker = Thread(target=deliver)
    worker.start()
    deadline = time.monotonic() + 10
    while look(live_world, row).done == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    seen = look(live_world, row)
    assert (seen.state, seen.done, seen.total, seen.message) == (JobState.RUNNING, 1, 2, "Le pôle est écrit")
    assert seen.heartbeat_at is not None
    assert poles(live_world) == [], "nothing of it shows before its end"
    page = client_of(live_world.pmo).get(live_world.url(f"/jobs/{row.pk}/progress/")).content.decode()
    assert "Le pôle est écrit" in page
    assert f'hx-get="{live_world.url(f"/jobs/{row.pk}/progress/")}"' in page, "it asks again"
    go_on.set()
    worker.join(20)
    over = client_of(live_world.pmo).get(live_world.url(f"/jobs/{row.pk}/progress/")).content.decode()
    assert "hx-get" not in over


def test_a_silent_job_is_resumed_then_failed(live_world: World) -> None:
    row = queued(live_world)
    old = timezone.now() - timedelta(minutes=5)

    def silence(attempts: int) -> None:
        with live_world.within():
            Job.objects.filter(pk=row.pk).update(state=JobState.RUNNING, heartbeat_at=old, attempts=attempts)

    silence(attempts=1)
    assert reap(live_world.atelier) == 1
    assert look(live_world, row).state == JobState.DONE
    assert poles(live_world) == ["JOB"]
    other = row = queued(live_world, code="OTHER")
    silence(attempts=3)
    reap(live_world.atelier)
    assert look(live_world, other).state == JobState.FAILED
    assert "interrompu plusieurs fois" in look(live_world, other).message
    assert poles(live_world) == ["JOB"]


def test_a_message_lost_with_redis_is_sent_again(live_world: World) -> None:
    row = queued(live_world)
    assert reap(live_world.atelier) == 0, "it may just be waiting"
    old = timezone.now() - timedelta(minutes=10)
    with live_world.within():
        Job.objects.filter(pk=row.pk).update(created_at=old)
    reap(live_world.atelier)
    assert look(live_world, row).state == JobState.DONE
    again = queued(live_world, code="AGAIN")
    with live_world.within():
        Job.objects.filter(pk=again.pk).update(heartbeat_at=old)
    reap(live_world.atelier)
    assert look(live_world, again).state == JobState.DONE, "however often it is lost"


def test_a_job_declared_failed_while_it_still_ran_keeps_nothing(live_world: World) -> None:
    writing, go_on = Event(), Event()

    @job("tests.frozen")
    def frozen(running: RunningJob) -> None:
        make = bodies.make_pole
        make(running)
        writing.set()
        assert go_on.wait(20)

    row = queued(live_world, kind="tests.frozen")

    def deliver() -> None:
        try:
            run_job(tenant=live_world.atelier, job_id=row.pk)
        finally:
            connection.close()

    worker = Thread(target=deliver)
    worker.start()
    assert writing.wait(20)
    running = RunningJob(id=row.pk, params={}, member=None)
    fail_job(tenant=live_world.atelier, running=running, kind=kind_named("tests.frozen"), message="Interrompu.")
    go_on.set()
    worker.join(20)
    assert (look(live_world, row).state, look(live_world, row).message) == (JobState.FAILED, "Interrompu.")
    assert poles(live_world) == []


def test_a_temporary_trouble_is_tried_again(live_world: World) -> None:
    row = queued(live_world, then="later")
    result = run.apply(kwargs={"job_id": str(row.pk), "tenant_id": str(live_world.atelier.pk)})
    assert not result.successful()
    assert look(live_world, row).attempts == 6, "the first and five more"
    assert poles(live_world) == []


def test_a_job_of_a_kind_that_is_gone_fails_with_a_sentence(live_world: World) -> None:
    row = queued(live_world, kind="tests.removed")
    run.apply(kwargs={"job_id": str(row.pk), "tenant_id": str(live_world.atelier.pk)})
    assert look(live_world, row).state == JobState.FAILED
    assert "n’existe plus" in look(live_world, row).message
    with pytest.raises(LookupError), live_world.within():
        start_job(kind="tests.removed", label="x", member=None, params={})
    assert isinstance(kind_named("tests.pole"), JobKind)


def test_a_task_without_a_tenant_fails_loudly(live_world: World) -> None:
    row = queued(live_world)
    result = run.apply(kwargs={"job_id": str(row.pk)})
    assert isinstance(result.result, TenantRequiredError)
    foreign = run.apply(kwargs={"job_id": str(row.pk), "tenant_id": str(live_world.chantier.pk)})
    assert foreign.successful()
    assert look(live_world, row).state == JobState.QUEUED, "it is nothing in another tenant"


def test_one_sees_ones_own_jobs_and_the_administrator_all(live_world: World, client_of: Any) -> None:
    row = start(live_world)
    path = live_world.url(f"/jobs/{row.pk}/progress/")
    assert client_of(live_world.pmo).get(path).status_code == 200
    assert client_of(live_world.manager).get(path).status_code == 404
    assert client_of(live_world.admin).get(path).status_code == 200
    assert client_of(live_world.reader).get(path).status_code == 403
    stranger = client_of(live_world.stranger)
    assert stranger.get(live_world.url(f"/jobs/{row.pk}/progress/", live_world.chantier)).status_code == 404
    assert "Essai" in client_of(live_world.pmo).get(live_world.url("/jobs/")).content.decode()
    assert "Essai" not in client_of(live_world.manager).get(live_world.url("/jobs/")).content.decode()
    api = client_of(live_world.pmo).get(live_world.url("/api/v1/jobs/?state=done")).json()["results"]
    assert [(one["id"], one["state"], one["result"]) for one in api] == [(str(row.pk), "done", {"poles": 1})]
    assert client_of(live_world.manager).get(live_world.url(f"/api/v1/jobs/{row.pk}/")).status_code == 404


def test_messages_are_in_the_language_of_who_started_it(live_world: World) -> None:
    with tenant_context(live_world.atelier):
        live_world.memberships["pmo"].user.language = "en"
        live_world.memberships["pmo"].user.save()
        assert (
            start_job(kind="tests.pole", label="x", member=live_world.memberships["pmo"], params={}).language == "en"
        )
