"""Projects that wait for others follow them: when a task that others wait for moves, their plans are dated again,
each after those that it waits for, in the same transaction while they are few, by a job beyond.

Whoever writes a plan holds the locks of all that waits for it (`project_graph.lock_downstream`). The journal says
what moved, whoever wrote it: an edit, an import, an undo, the bin. A project that is closed or read-only is not
moved: its tasks say what they no longer keep.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.planning.domain.conflicts import FROZEN
from portfolio.planning.models import Dependency, Task
from portfolio.planning.project_graph import downstream, edges, ranks
from portfolio.planning.scheduling import compute, load_plan, reschedule
from portfolio.projects.models import Phase, Project
from tech4value.audit.actor import Actor, ActorKind
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.jobs.actions import start_job
from tech4value.jobs.registry import RunningJob, job
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.context import before_commit

JOB: Final = "planning.follow"
# More projects than these are dated by a job: an edit does not wait for them.
MOST_AT_ONCE: Final = 10
TASK, LINK, PROJECT = object_type(Task), object_type(Dependency), object_type(Project)
# What of a task those that wait for it follow, and what of a project decides whether it follows.
FOLLOWED: Final = {
    TASK: {"starts_at", "ends_at", "duration_minutes"},
    PROJECT: {"phase", "read_only"},
    LINK: set[str](),
}
log = structlog.get_logger(__name__)


@dataclass
class Moved:
    """What a transaction moved: tasks with the projects that they are of, projects to be dated again, and projects
    that came or went. `by` says who wrote first."""

    tasks: set[UUID] = field(default_factory=set)
    of: set[UUID] = field(default_factory=set)
    links: set[UUID] = field(default_factory=set)
    due: set[UUID] = field(default_factory=set)
    gone: set[UUID] = field(default_factory=set)
    by: str = ""
    effective_on: date | None = None

    def note(self, event: AuditEvent) -> None:
        """Take what an event says."""
        comes_or_goes = event.verb.endswith((".created", ".deleted", ".restored"))
        if event.object_id is None or not (comes_or_goes or FOLLOWED[event.object_type] & set(event.changes)):
            return
        if not self.by:
            self.by, self.effective_on = event.actor_label, event.effective_on
        if event.object_type == TASK and event.project_id is not None:
            self.tasks.add(event.object_id)
            self.of.add(event.project_id)
        elif event.object_type == LINK:
            self.links.add(event.object_id)
        elif event.object_type == PROJECT and not event.verb.endswith(".created"):
            self.due.add(event.object_id)
            if comes_or_goes:
                self.gone.add(event.object_id)

    def followers(self) -> set[UUID]:
        """The projects to be dated again. Two statements at most, on the index of links between projects."""
        across = Dependency.objects.filter(predecessor_project__isnull=False)
        found = set()
        if self.of | self.gone:
            rows = across.filter(predecessor_project__in=self.of | self.gone)
            for task, before, project in rows.values_list("predecessor_id", "predecessor_project_id", "project_id"):
                if task in self.tasks or before in self.gone:
                    found.add(project)
        if self.links or self.due:
            every = Dependency.everything.filter(predecessor_project__isnull=False)
            found |= (
                set(every.filter(pk__in=self.links).values_list("project_id", flat=True)) if self.links else set()
            )
            waiting = across.filter(project__in=self.due).values_list("project_id", flat=True) if self.due else ()
            found |= set(waiting)
        return found

    def __call__(self) -> None:
        due = self.followers()
        if not due:
            return
        if len(downstream(due, edges())) > MOST_AT_ONCE:
            start_job(
                kind=JOB,
                label=_("Dates des projets qui suivent une tâche déplacée"),
                member=None,
                params={"projects": sorted(map(str, due)), "by": self.by},
            )
            return
        date_projects(due, by=self.by, effective_on=self.effective_on)


# While followers are dated, what moves is told to the run, not to the end of the transaction.
_running: ContextVar[Moved | None] = ContextVar("dating_followers", default=None)


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    moved: Any = _running.get()
    for event in events:
        if event.object_type in FOLLOWED:
            if moved is None:
                moved = before_commit("planning.followers", Moved())
            moved.note(event)


@job(JOB)
def _run(running: RunningJob) -> None:
    keys = {UUID(key) for key in running.params["projects"]}
    running.result = {"projects": date_projects(keys, by=running.params["by"], running=running)}


@transaction.atomic
def date_projects(
    due: set[UUID], *, by: str, effective_on: date | None = None, running: RunningJob | None = None
) -> int:
    """Date these projects again, then those that wait for what moved, each after those that it waits for; returns
    how many plans were dated. The journal names the person `by` whose edit they follow."""
    among = edges()
    keys = downstream(due, among)
    rows = Project.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk")
    projects = {row.pk: row for row in rows}
    actor = Actor(
        kind=ActorKind.SYSTEM, label=_("%(person)s (lien entre projets)") % {"person": by}, effective_on=effective_on
    )
    order = ranks(keys, among)
    waiting, done = set(due) & set(projects), 0
    # A loop of projects is gone round as often as its tasks take to settle: their own loops are refused.
    most = len(keys) + Dependency.objects.filter(predecessor_project__in=keys).count()
    moved = Moved()
    token = _running.set(moved)
    try:
        while waiting and done < most:
            key = min(waiting, key=lambda one: order.get(one, 0))
            waiting.discard(key)
            _follow(actor, projects[key])
            done += 1
            waiting |= moved.followers() & set(projects)
            moved.tasks, moved.of = set(), set()
            if running is not None:
                running.progress(done, done + len(waiting))
    finally:
        _running.reset(token)
    return done


def _follow(actor: Actor, project: Project) -> None:
    if project.read_only or project.phase == Phase.CLOSED:
        _report(project)
        return
    try:
        with transaction.atomic():
            reschedule(actor=actor, project=project)
    except ValidationError as error:
        # Its own calendar, say: whoever next edits that plan is told. What it waits for moves all the same.
        log.warning("planning.follower_not_dated", project=str(project.pk), reason=" ".join(error.messages))


def _report(project: Project) -> None:
    """What a plan that stays where it is no longer keeps of what other projects promise it."""
    plan = load_plan(project)
    before = {str(link.predecessor_id) for link in plan.outside}
    broken: dict[str, list[list[object]]] = {}
    for one in compute(plan, keep_dates=True).conflicts:
        if one.other in before:
            broken.setdefault(one.task, []).append([FROZEN, one.other, one.minutes])
    changed = []
    for task in plan.tasks:
        kept = [one for one in task.conflicts if one[0] != FROZEN]
        wanted = [*kept, *broken.get(str(task.pk), [])]
        if task.conflicts != wanted:
            task.conflicts = wanted
            changed.append(task)
    if changed:
        update_rows(changed, ["conflicts"])
