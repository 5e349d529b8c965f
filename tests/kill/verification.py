"""What must hold after each round, read from the database as the application sees it."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage

from integrations.imports.models import Import, ImportState
from portfolio.finance.models import BudgetLine
from portfolio.projects.models import Milestone, Project
from portfolio.risks.models import Risk
from reporting.packs.models import Pack, PackState
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import field_value, journaled_fields, object_type
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job, JobState
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import EditableModel, Tenant
from tests.kill.people import Answers
from tests.kill.workbook import BUDGET_LINES, MILESTONES, PROJECTS, codes

# Not somebody's doing: the day of the last visit.
UNTOLD = {("accounts.membership", "last_seen_on")}
NOTHING: tuple[Any, ...] = (None, "", [], {})


def unfinished(tenant: Tenant) -> list[str]:
    """Jobs that have not ended, in words."""
    with tenant_context(tenant):
        jobs = Job.objects.exclude(state__in=[JobState.DONE, JobState.FAILED])
        return [f"{job.kind} {job.state}, attempt {job.attempts}" for job in jobs]


def problems(tenant: Tenant, answers: Answers, rounds: int) -> Iterator[str]:
    """Everything that is not as it must be, one sentence each."""
    with tenant_context(tenant):
        yield from _saves(answers)
        yield from _jobs()
        for number in range(1, rounds + 1):
            yield from _import(number)
        yield from _promised(answers)
        yield from _files()
        yield from _journal()


def _saves(answers: Answers) -> Iterator[str]:
    rows = {str(row.pk): row for row in Risk.everything.all()}
    first_titles = Counter(
        event.changes["title"][1] for event in AuditEvent.objects.filter(verb="risk.created", batch_id=None)
    )
    for title in answers.created:
        if first_titles[title] != 1:
            yield f"the risk {title} was promised and is there {first_titles[title]} times"
    for title in answers.unanswered:
        if first_titles[title] > 1:
            yield f"the risk {title} was asked for once and is there {first_titles[title]} times"
    for key, title in answers.titles.items():
        if key not in rows:
            yield f"the risk {key} ({title}) was promised and is lost"
        elif rows[key].title not in {title} | answers.perhaps.get(key, set()):
            yield f"the risk {key} was renamed {title} and is called {rows[key].title}"


def _jobs() -> Iterator[str]:
    for job in Job.objects.filter(state=JobState.FAILED, message=""):
        yield f"the job {job.kind} failed without a word"


def _import(number: int) -> Iterator[str]:
    """All of a round's workbook, or nothing of it; never twice."""
    projects = Project.everything.filter(code__in=codes(number))
    counts = (
        projects.count(),
        BudgetLine.objects.filter(project__in=projects).count(),
        Milestone.objects.filter(project__in=projects).count(),
    )
    if counts not in {(0, 0, 0), (PROJECTS, PROJECTS * BUDGET_LINES, PROJECTS * MILESTONES)}:
        yield f"round {number}: the import wrote {counts} projects, budget lines and milestones"


def _promised(answers: Answers) -> Iterator[str]:
    """Imports and packs whose start was answered: done, or failed with a message."""
    for key in answers.imports:
        row = Import.objects.select_related("job").filter(pk=key).first()
        if row is None:
            yield f"the import {key} was promised and is lost"
        elif row.state == ImportState.DONE:
            if not AuditEvent.objects.filter(batch_id=row.batch_id, verb="project.created").exists():
                yield f"the import {key} is said to be done and wrote nothing"
        elif row.state != ImportState.FAILED or not row.result.get("message"):
            yield f"the import {key} is neither done nor failed with a message: {row.state}"
    for key in answers.packs:
        pack = Pack.objects.select_related("job", "file").filter(pk=key).first()
        if pack is None:
            yield f"the pack {key} was promised and is lost"
        elif pack.state not in {PackState.READY, PackState.FAILED}:
            yield f"the pack {key} still turns"
        elif pack.state is PackState.READY and pack.file is None:
            yield f"the pack {key} is said to be ready and has no file"
    for verb in ("pack.done", "import.done"):
        times = Counter(AuditEvent.objects.filter(verb=verb).values_list("object_id", flat=True))
        for key, count in times.items():
            if count > 1:
                yield f"{verb} was told {count} times of {key}"


def _files() -> Iterator[str]:
    for row in StoredFile.objects.all():
        if not default_storage.exists(row.path):
            yield f"the file {row.name} is lost"
            continue
        with default_storage.open(row.path, "rb") as stream:
            if hashlib.sha256(stream.read()).hexdigest() != row.sha256:
                yield f"the file {row.name} is not what was stored"


def _journal() -> Iterator[str]:
    """Each row is what its events say, one after the other, each from where the one before had left it."""
    events: dict[UUID | None, list[AuditEvent]] = defaultdict(list)
    for event in AuditEvent.objects.select_related("seal").order_by("seal__seq"):
        events[event.object_id].append(event)
        if not hasattr(event, "seal"):
            yield f"{event.verb} {event.object_label} has no seal"
    for model in apps.get_models():
        if issubclass(model, EditableModel):
            for row in model.everything.all():
                own = [event for event in events[row.pk] if event.object_type == object_type(row)]
                yield from _row(row, own)


def _row(row: EditableModel, events: list[AuditEvent]) -> Iterator[str]:
    name = f"{object_type(row)} {row}"
    if not events:
        yield f"{name} has no event"
        return
    told = (field for field in journaled_fields(row) if (object_type(row), field.name) not in UNTOLD)
    fields = {field.name: field for field in told}
    state: dict[str, Any] = {}
    for event in events:
        creates = event.verb.endswith((".created", ".restored"))
        for field, (before, after) in event.changes.items():
            if field not in fields or event.verb.endswith(".deleted"):
                continue
            if not creates and not _same(before, state.get(field)):
                yield f"{name}: {event.verb} began from {field}={before!r}, and it was {state.get(field)!r}"
            state[field] = after
    for field, definition in fields.items():
        value = json.loads(json.dumps(field_value(row, definition), default=str))
        if not _same(value, state.get(field)):
            yield f"{name}: {field} is {value!r} and its events say {state.get(field)!r}"
    deleted = events[-1].verb.endswith(".deleted")
    if deleted != (row.deleted_at is not None):
        yield f"{name}: deleted is {row.deleted_at is not None} and its events say {deleted}"


def _same(one: Any, other: Any) -> bool:
    return one == other or (one in NOTHING and other in NOTHING)
