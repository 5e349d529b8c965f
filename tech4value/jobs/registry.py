"""Bodies of jobs, by name, so that a lower room can start what an upper room does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.files.models import StoredFile


class JobError(Exception):
    """The operation cannot be done; the message is for the person who started it."""


@dataclass
class RunningJob:
    """What a body sees of its job. `progress` is cheap: it is written at most about once a second, by another
    connection, so that it shows while the body's transaction is open."""

    id: UUID
    params: dict[str, Any]
    member: Membership | None
    done: int = 0
    total: int = 0
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    result_url: str = ""
    file: StoredFile | None = None

    @property
    def actor(self) -> Actor:
        """The person who started the job, else the system."""
        return self.member.actor if self.member else SYSTEM

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far: `done` of `total` steps, and what is being done."""
        self.done = done
        if total is not None:
            self.total = total
        if message is not None:
            self.message = message


Body = Callable[[RunningJob], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """`after_failure` runs in its own transaction when the job has failed for good, with the message."""

    name: str
    body: Body
    queue: str = "default"
    max_attempts: int = 3
    after_failure: Callable[[RunningJob, str], None] | None = None


_kinds: dict[str, JobKind] = {}


def job(
    name: str, *, queue: str = "default", after_failure: Callable[[RunningJob, str], None] | None = None
) -> Callable[[Body], Body]:
    """Register the decorated function as the body of jobs named `name`.

    The body runs in one transaction with the job's end: all or nothing, and safe to run again.
    """

    def register(body: Body) -> Body:
        _kinds[name] = JobKind(name, body, queue, after_failure=after_failure)
        return body

    return register


def kind_named(name: str) -> JobKind:
    """The registered kind. Raises LookupError."""
    return _kinds[name]


def kind_to_run(name: str) -> JobKind:
    """The registered kind; for a job left by a version that had it, one that fails with a sentence."""
    return _kinds.get(name) or JobKind(name, _gone)


def _gone(running: RunningJob) -> None:
    raise JobError(_("Ce traitement n’existe plus dans cette version : relancez l’opération depuis son écran."))
