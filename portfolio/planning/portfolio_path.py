"""The critical path of the portfolio: of the plans that a member may see, dated as one, what decides the end of all,
or of a programme or a milestone, and how much the rest may slip.

A small portfolio is dated when it is asked for. A large one is dated by a job, whose result is kept with what it was
computed of. Either is kept until a plan changes, for all those who see the same projects.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import RedisError

from portfolio.people.domain.calendar import CalendarError
from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.explanation import Step, why
from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.towards import leading_to, planner_towards
from portfolio.planning.models import Task
from portfolio.planning.portfolio_network import PortfolioPlan, read_portfolio
from portfolio.projects.models import Programme, Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, RunningJob, job
from tech4value.tenancy.context import before_commit, current_tenant
from tech4value.web import live

JOB: Final = "planning.portfolio"
# Of more tasks than these the answer is a job's (docs/algorithms/scheduling.md says what was measured).
MOST_AT_ONCE: Final = 15_000
KEPT_SECONDS: Final = 7 * 24 * 3600
MOST_CRITICAL: Final = 5_000
MOST_STEPS: Final = 200
TOPIC: Final = "plans"
# To be raised when the rules change: what was kept under others is not believed.
RULES: Final = 2
FOLLOWED: Final = ("portfolio_planning.", "portfolio_people.", "portfolio_projects.project")


@dataclass(frozen=True, slots=True)
class Target:
    """What the path leads to: the end of a programme, a milestone of a plan, or (both None) the portfolio's end."""

    programme: Programme | None = None
    milestone: Task | None = None

    @property
    def key(self) -> str:
        found = self.programme or self.milestone
        return "" if found is None else str(found.pk)


@dataclass(frozen=True, slots=True)
class ProjectSlack:
    """How a project stands in the portfolio: when its last task ends, how much its open tasks may slip (the least, in
    working minutes of its day of `day` minutes; None when they do not lead to the target), how many are critical."""

    ends_at: datetime
    slack: int | None
    critical: int
    day: int


@dataclass(frozen=True, slots=True)
class PortfolioPath:
    """The outcome. `steps` go from the task that ends last back to what moves by itself, `floats` are theirs in
    working minutes; `critical` are the keys of open tasks without float, by start."""

    revision: str
    computed_at: datetime
    projects: int
    tasks: int
    links: int
    across: int
    finish: datetime | None
    steps: tuple[Step, ...]
    left_out: int
    floats: Mapping[str, int]
    critical: tuple[str, ...]
    critical_count: int
    by_project: Mapping[UUID, ProjectSlack]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known now: the path (None before the first run of a large portfolio), whether plans have changed since,
    whether a run is needed for another, and the job that is at it."""

    path: PortfolioPath | None
    stale: bool
    large: bool
    job: Job | None


def path_for(member: Membership, target: Target | None = None) -> Answer:
    """The critical path of what `member` may see. Raises ValidationError for plans that cannot be dated, in words."""
    target = target or Target()
    projects = visible_projects(member)
    key, revision = _key(projects, target), _revision()
    kept = _kept(key)
    if kept is not None and kept.revision == revision:
        return Answer(kept, False, False, None)
    if Task.objects.filter(project__in=projects).count() <= MOST_AT_ONCE:
        return Answer(compute_path(projects, target, revision, key), False, False, None)
    return Answer(kept, kept is not None, True, _job(key))


def start_path(member: Membership, target: Target | None = None) -> Job:
    """The job that computes the path of what `member` may see; the one that is already at it, if any."""
    target = target or Target()
    key = _key(visible_projects(member), target)
    running = _job(key)
    if running is not None and not running.is_over:
        return running
    return start_job(
        kind=JOB,
        label=_("Chemin critique du portefeuille"),
        member=member,
        params={
            "key": key,
            "programme": str(target.programme.pk) if target.programme else "",
            "milestone": str(target.milestone.pk) if target.milestone else "",
        },
    )


@job(JOB)
def _run(running: RunningJob) -> None:
    if running.member is None:
        raise JobError(_("Ce compte n’est plus membre : le calcul n’a plus de lecteur."))
    projects = visible_projects(running.member)
    target = asked_target(running.member, running.params["programme"], running.params["milestone"])
    running.progress(0, 1, _("Lecture et datation des plans"))
    try:
        found = compute_path(projects, target, _revision(), running.params["key"])
    except ValidationError as error:
        raise JobError(" ".join(error.messages)) from error
    running.result = {"projects": found.projects, "tasks": found.tasks, "links": found.links}
    running.progress(1, 1)


def asked_target(member: Membership, programme: object, milestone: object) -> Target:
    """What these keys name among what `member` may see; the portfolio's end for none."""
    projects = Project.objects.visible_to(member, Permission.PLAN_VIEW)
    if milestone:
        rows = Task.objects.filter(project__in=projects).select_related("project")
        return Target(milestone=rows.filter(pk=milestone).first())
    if programme:
        return Target(programme=Programme.objects.filter(pk=programme, projects__in=projects).first())
    return Target()


def visible_projects(member: Membership) -> list[UUID]:
    """The live projects whose plans `member` may see."""
    visible = Project.objects.visible_to(member, Permission.PLAN_VIEW)
    return sorted(visible.order_by().values_list("pk", flat=True))


# --- computing


def compute_path(projects: Sequence[UUID], target: Target, revision: str, key: str) -> PortfolioPath:
    """Date these projects as one network, and keep what was found. Raises ValidationError in words."""
    try:
        found = _computed(read_portfolio(projects), target, revision)
    except (PlanningError, CalendarError) as error:
        raise ValidationError(_refused(error), code="plan") from error
    transaction.on_commit(lambda: cache.set(key, found, KEPT_SECONDS), robust=True)
    return found


def _computed(plan: PortfolioPlan, target: Target, revision: str) -> PortfolioPath:
    planner = plan.planner()
    counted = planner
    goals = _goals(plan, target)
    own = [node for node in planner.network.nodes.values() if not (node.children or node.outside)]
    if goals:
        own = [planner.network.nodes[one] for one in goals]
        counted = planner_towards(planner, plan.tasks, plan.links, goals)
    last = max(own, key=lambda node: (node.early_finish, node.early_start, node.key), default=None)
    leaves = [node for node in counted.network.nodes.values() if not (node.children or node.outside)]
    # A date that a task must keep leaves it no float either: only what leads to the end is on the path to it.
    ends = [node.key for node in own if last is not None and node.early_finish == last.early_finish]
    leading = leading_to(counted.network, ends)
    critical = [node for node in leaves if _is_open(node) and node.critical and node.key in leading]
    critical.sort(key=lambda node: node.early_start)
    chain = () if last is None else why(planner, last.key)
    told = chain[:MOST_STEPS]
    return PortfolioPath(
        revision=revision,
        computed_at=timezone.now(),
        projects=len(plan.frames),
        tasks=sum(not task.outside for task in plan.tasks.values()),
        links=len(plan.links),
        across=plan.across,
        finish=None if last is None else to_instant(last.early_finish),
        steps=told,
        left_out=len(chain) - len(told),
        floats={key: counted.network.nodes[key].total for one in told if (key := one.task) in counted.network.nodes},
        critical=tuple(node.key for node in critical[:MOST_CRITICAL]),
        critical_count=len(critical),
        by_project=_by_project(plan, planner.network.nodes.values(), leaves, critical),
    )


def _goals(plan: PortfolioPlan, target: Target) -> list[str]:
    """The tasks whose end the floats count to; none for the portfolio's end."""
    if target.milestone is not None:
        key = str(target.milestone.pk)
        return [key] if key in plan.tasks else []
    if target.programme is None:
        return []
    wanted = set(Project.objects.filter(programme=target.programme).values_list("pk", flat=True)) & set(plan.frames)
    parents = {task.parent for task in plan.tasks.values()}
    return [key for key in plan.tasks if plan.project_of[key] in wanted and key not in parents]


def _by_project(
    plan: PortfolioPlan, nodes: Iterable[Node], leaves: Sequence[Node], critical: Sequence[Node]
) -> dict[UUID, ProjectSlack]:
    ends: dict[UUID, int] = {}
    slack: dict[UUID, int] = {}
    counts = Counter(plan.project_of[node.key] for node in critical)
    for node in nodes:
        if not (node.children or node.outside):
            key = plan.project_of[node.key]
            ends[key] = max(ends.get(key, node.early_finish), node.early_finish)
    for node in leaves:
        key = plan.project_of[node.key]
        if _is_open(node):
            slack[key] = min(slack.get(key, node.total), node.total)
    return {
        key: ProjectSlack(to_instant(end), slack.get(key), counts[key], day_minutes(plan.frames[key].calendar))
        for key, end in ends.items()
    }


def _is_open(node: Node) -> bool:
    return node.actual_finish is None and node.task.percent_complete < 1


def _refused(error: PlanningError | CalendarError) -> str:
    keys = getattr(error, "path", ())
    names = {str(row.pk): row for row in Task.objects.filter(pk__in=_keys(keys)).select_related("project")}
    path = " → ".join(f"{names[key].project.code} · {names[key].name}" for key in keys if key in names)
    if path:
        return _("Les plans ne peuvent pas être datés ensemble : %(path)s.") % {"path": path}
    return _("Les plans ne peuvent pas être datés ensemble : vérifiez leurs calendriers et leurs durées.")


def _keys(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if len(text) == len(str(UUID(int=0)))]


# --- what is kept


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: a path that was computed before a plan changed is no longer the plans'."""
    if any(event.object_type.startswith(FOLLOWED) for event in events):
        before_commit("planning.plans", partial(_changed, current_tenant().pk))


def _changed(tenant: UUID) -> None:
    transaction.on_commit(partial(live.bump, tenant, {TOPIC}), robust=True)


def _revision() -> str:
    try:
        return live.version(current_tenant().pk, TOPIC)
    except RedisError:
        return timezone.now().isoformat()  # never that of what is kept


def _key(projects: Sequence[UUID], target: Target) -> str:
    scope = hashlib.sha256(" ".join(map(str, projects)).encode()).hexdigest()[:32]
    return f"portfolio-path:{RULES}:{current_tenant().pk}:{scope}:{target.key}"


def _kept(key: str) -> PortfolioPath | None:
    try:
        found: PortfolioPath | None = cache.get(key)
    except (RedisError, AttributeError, TypeError):  # a release whose result has another shape
        return None
    return found


def _job(key: str) -> Job | None:
    rows = Job.objects.filter(kind=JOB, params__key=key).exclude(state=JobState.DONE)
    found: Job | None = rows.order_by("-created_at").first()
    return found
