"""Start and run jobs.

A job's body and its end share one transaction, under an advisory lock: a worker killed in the middle leaves
nothing half-written, and the reaper resumes the job. A second delivery finds the lock taken or the job over.
"""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.accounts.token_scopes import TokenScope
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import record
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, JobKind, RunningJob, kind_named, kind_to_run
from tech4value.tenancy.context import current_tenant, tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.tenancy.tasks import TemporaryError

HEARTBEAT_SECONDS = 1.0
SILENT_AFTER = timedelta(seconds=30)
# A job may wait long behind others: its message is sent again only now and then (it costs nothing if not lost).
WAITING_AFTER = timedelta(minutes=5)
# Where a job's parameters keep what its token lets through.
SCOPE = "granted"
log = structlog.get_logger(__name__)


def start_job(*, kind: str, label: str, member: Membership | None, params: dict[str, Any]) -> Job:
    """Queue the job named `kind`, after commit. `params` is JSON. A token's job may do what the token may."""
    tenant = current_tenant()
    if member is not None and member.granted is not None:
        params = {**params, SCOPE: member.granted.to_json()}
    kind_named(kind)
    language = member.user.language if member else tenant.language
    row = Job(kind=kind, label=label[:200], params=params, started_by=member, language=language)
    row.save(force_insert=True)
    record(member.actor if member else SYSTEM, "job.started", row)
    _send(row)
    return row


def _send(row: Job) -> None:
    from tech4value.jobs.tasks import run

    queue = kind_to_run(row.kind).queue
    kwargs = {"job_id": str(row.pk), "tenant_id": str(row.tenant_id)}
    transaction.on_commit(lambda: run.apply_async(kwargs=kwargs, queue=queue), robust=True)


def _running(row: Job) -> RunningJob:
    member = row.started_by
    if member is not None and SCOPE in row.params:
        member.granted = TokenScope.from_json(row.params[SCOPE])
    return RunningJob(id=row.pk, params=row.params, member=member)


class OvertakenError(Exception):
    """The job was declared failed while its body still ran (a worker frozen for long): what it wrote is undone."""


class _Heartbeat(threading.Thread):
    """Writes progress and heartbeat from a connection of its own while the body works."""

    def __init__(self, tenant: Tenant, running: RunningJob) -> None:
        super().__init__(daemon=True, name="job-heartbeat")
        self.tenant, self.running, self.stopped = tenant, running, threading.Event()

    def run(self) -> None:
        try:
            while not self.stopped.wait(HEARTBEAT_SECONDS):
                try:
                    self._beat()
                except DatabaseError:
                    log.warning("job.heartbeat_failed", job=str(self.running.id))
                    connection.close()
        finally:
            connection.close()

    def _beat(self) -> None:
        with tenant_context(self.tenant):
            Job.objects.filter(pk=self.running.id).update(
                heartbeat_at=timezone.now(),
                done=self.running.done,
                total=self.running.total,
                message=self.running.message[:500],
            )

    def stop(self) -> None:
        self.stopped.set()
        self.join(timeout=10)


def run_job(*, tenant: Tenant, job_id: UUID) -> None:
    """Run a queued job to its end, whatever that is. Called by the worker, outside any tenant context."""
    with tenant_context(tenant):
        row = Job.objects.select_related("started_by__user").filter(pk=job_id).first()
        if row is None or row.is_over or not _take(row.pk):
            return
        kind = kind_to_run(row.kind)
        now = timezone.now()
        Job.objects.filter(pk=row.pk).update(
            state=JobState.RUNNING,
            started_at=row.started_at or now,
            heartbeat_at=now,
            attempts=row.attempts + 1,
        )
    running = _running(row)
    heartbeat = _Heartbeat(tenant, running)
    heartbeat.start()
    try:
        with translation.override(row.language):
            _run_body(tenant, kind, running, heartbeat)
    except TemporaryError:
        raise
    except OvertakenError:
        log.warning("job.overtaken", job=str(running.id), kind=kind.name)
    except (JobError, ValidationError) as error:
        fail_job(tenant=tenant, running=running, kind=kind, message=_sentence(error))
    except Exception:
        log.exception("job.crashed", job=str(running.id), kind=kind.name)
        with translation.override(row.language):
            message = _(
                "Le traitement s’est arrêté sur une erreur imprévue. Rien n’a été enregistré ; relancez-le ou "
                "transmettez la référence %(id)s au support."
            ) % {"id": str(running.id)[-12:]}
        fail_job(tenant=tenant, running=running, kind=kind, message=message)
        raise
    finally:
        heartbeat.stop()


def _sentence(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _take(job_id: UUID) -> bool:
    """Hold the job until the end of the transaction; False when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [str(job_id)])
        return bool(cursor.fetchone()[0])


def _run_body(tenant: Tenant, kind: JobKind, running: RunningJob, heartbeat: _Heartbeat) -> None:
    with tenant_context(tenant):
        if not _take(running.id):
            return
        if Job.objects.get(pk=running.id).is_over:
            return
        kind.body(running)
        heartbeat.stop()
        ended = Job.objects.filter(pk=running.id).exclude(state=JobState.FAILED)
        changed = ended.update(
            state=JobState.DONE,
            done=running.total or running.done,
            total=running.total,
            message=running.message[:500],
            result=running.result,
            result_url=running.result_url,
            file=running.file,
            finished_at=timezone.now(),
        )
        if not changed:
            raise OvertakenError
        record(running.actor, "job.done", Job.objects.get(pk=running.id))


def fail_job(*, tenant: Tenant, running: RunningJob, kind: JobKind, message: str) -> None:
    """End a job with a message for its person."""
    with tenant_context(tenant):
        changed = (
            Job.objects.filter(pk=running.id)
            .exclude(state__in=[JobState.DONE, JobState.FAILED])
            .update(state=JobState.FAILED, message=message[:500], finished_at=timezone.now())
        )
        if not changed:
            return
        record(running.actor, "job.failed", Job.objects.get(pk=running.id), {"message": [None, message]})
        if kind.after_failure:
            kind.after_failure(running, message)


def reap(tenant: Tenant) -> int:
    """Resume, or fail with a message, the tenant's jobs whose worker has gone silent; returns how many."""
    now = timezone.now()
    with tenant_context(tenant):
        silent = list(
            Job.objects.select_related("started_by__user").filter(
                state=JobState.RUNNING, heartbeat_at__lt=now - SILENT_AFTER
            )
        )
        # Queued, and the message may have been lost with Redis: a second one finds the job taken, over, or runs it.
        never_sent_again = Q(heartbeat_at=None, created_at__lt=now - SILENT_AFTER)
        waiting = Q(heartbeat_at__lt=now - WAITING_AFTER)
        lost = list(Job.objects.filter(never_sent_again | waiting, state=JobState.QUEUED))
        for row in lost:
            Job.objects.filter(pk=row.pk).update(heartbeat_at=now)
            _send(row)
        for row in silent:
            if row.attempts < kind_to_run(row.kind).max_attempts:
                # Unless it has moved since: a worker may just have finished it.
                unmoved = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, heartbeat_at=row.heartbeat_at)
                if unmoved.update(state=JobState.QUEUED, heartbeat_at=now):
                    _send(row)
    for row in silent:
        kind = kind_to_run(row.kind)
        if row.attempts >= kind.max_attempts:
            running = _running(row)
            with translation.override(row.language):
                message = _("Le traitement a été interrompu plusieurs fois. Rien n’a été enregistré ; relancez-le.")
            fail_job(tenant=tenant, running=running, kind=kind, message=message)
    return len(silent) + len(lost)
