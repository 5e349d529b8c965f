"""Alerts, kept in step with the plans that they watch: before the commit of what is written there, and each morning,
since days go by without a write.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Max, Q
from django.db.models.expressions import RawSQL

from portfolio.drift.domain import Drift, DriftKind, Promise, Slack, Stall, drifts
from portfolio.drift.models import DriftAlert, DriftRule
from portfolio.drift.rules import rules
from portfolio.people.queries import calendars_by_id
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.milestone_forecasts import ends_by_milestone, forecast
from portfolio.planning.models import Baseline, BaselineTask, Dependency, PlanSettings, Task, TaskKind
from portfolio.projects.models import Milestone, Phase, Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, object_type, update_many
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import before_commit

RULE: Final = object_type(DriftRule)
# What makes or ends a drift, by what it is written on; coming, going and coming back always count.
WATCHED: Final[dict[str, set[str]]] = {
    object_type(Task): {
        "starts_at",
        "ends_at",
        "percent_complete",
        "milestone",
        "kind",
        "mode",
        "calendar",
        "deadline_at",
        "constraint_kind",
        "constraint_at",
    },
    # A link may take the float of a task and move none.
    object_type(Dependency): {"kind", "lag", "lag_unit"},
    object_type(Milestone): {"due_on", "baseline_on", "actual_on", "name"},
    object_type(Baseline): {"taken_on"},
    object_type(Project): {"phase"},
    object_type(PlanSettings): {"calendar"},
}
MEASURES: Final = ("days", "promised_on", "forecast_on", "threshold_days", "name")


@dataclass
class _Written:
    """The projects that a transaction wrote to: watched once, together, at its end."""

    projects: set[UUID] = field(default_factory=set)
    all_projects: bool = False

    def __call__(self) -> None:
        watch(None if self.all_projects else self.projects)


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    written: Any = None
    for event in events:
        watched = WATCHED.get(event.object_type)
        comes_or_goes = event.verb.endswith((".created", ".deleted", ".restored"))
        if event.object_type == RULE or (watched and (comes_or_goes or watched & set(event.changes))):
            written = written or before_commit("drift", _Written())
            if event.object_type == RULE:
                written.all_projects = True
            elif key := event.project_id or (event.object_id if event.object_type == object_type(Project) else None):
                written.projects.add(key)


def watch_every_morning(_since: date, _until: date) -> None:
    """The sweep of the morning: what drifted, or ended, because a day went by."""
    watch(None)


def watch(project_ids: Collection[UUID] | None) -> None:
    """Open an alert for each drift that has none, close those whose drift is over, follow the others.

    All the projects when None. A project in the bin, or closed, drifts no more. Some twelve statements, whatever the
    number of projects.
    """
    projects = Project.objects.exclude(phase=Phase.CLOSED)
    if project_ids is not None:
        projects = projects.filter(pk__in=project_ids)
    # Writers of one project follow one another, always in one order: an alert is opened once.
    running = list(projects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    held = DriftAlert.objects.filter(closed_on=None)
    if project_ids is not None:
        held = held.filter(project__in=project_ids)
    alerts = {(DriftKind(row.kind), row.task_id or row.milestone_id): row for row in held}
    day = today()
    active = {kind: rule.threshold_days for kind, rule in rules().items() if rule.is_active}
    names: dict[UUID, str] = {}
    promises = _promises(running, names) if DriftKind.MILESTONE_LATE in active else []
    slacks = _slacks(running, active[DriftKind.LOW_FLOAT], names) if DriftKind.LOW_FLOAT in active else []
    stalls = _stalls(running, active[DriftKind.NO_PROGRESS], day, names) if DriftKind.NO_PROGRESS in active else []
    milestones = {one.key for one in promises if one.key not in names}
    found = {(one.kind, one.key): one for one in drifts(active, promises, slacks, stalls, day, alerts)}
    if milestones:
        names |= dict(Milestone.objects.filter(pk__in=milestones).values_list("pk", "name"))
    fresh = [one for place, one in found.items() if place not in alerts]
    create_many(SYSTEM, [_alert(one, one.key in milestones, names, active, day) for one in fresh])
    over = [row for place, row in alerts.items() if place not in found]
    update_many(SYSTEM, [(row, {"closed_on": day}) for row in over], verb="driftalert.closed")
    _follow([(row, found[place]) for place, row in alerts.items() if place in found], names, active)


def _alert(
    one: Drift, of_milestone: bool, names: dict[UUID, str], active: dict[DriftKind, int], day: date
) -> DriftAlert:
    return DriftAlert(
        project_id=one.project_id,
        kind=one.kind.value,
        name=names[one.key],
        task_id=None if of_milestone else one.key,
        milestone_id=one.key if of_milestone else None,
        threshold_days=active[one.kind],
        days=one.days,
        promised_on=one.promised_on,
        forecast_on=one.forecast_on,
        opened_on=day,
    )


def _follow(kept: Iterable[tuple[DriftAlert, Drift]], names: dict[UUID, str], active: dict[DriftKind, int]) -> None:
    """What an alert measures follows from the plan, and is written without an event: it was told once."""
    moved = []
    for row, one in kept:
        values = (one.days, one.promised_on, one.forecast_on, active[one.kind], names[one.key])
        if tuple(getattr(row, name) for name in MEASURES) != values:
            for name, value in zip(MEASURES, values, strict=True):
                setattr(row, name, value)
            moved.append(row)
    if moved:
        update_rows(moved, list(MEASURES))


def _promises(projects: Sequence[UUID], names: dict[UUID, str]) -> list[Promise]:
    """The milestones that are not met, forecast at their due date or at the end of the tasks that stand for them when
    that is later; and the milestone tasks that stand for none, against the latest baseline."""
    ends = ends_by_milestone(projects)
    # A task whose milestone has gone stands for none.
    alone = Q(milestone=None) | Q(milestone__deleted_at__isnull=False)
    tasks = Task.objects.filter(alone, project__in=projects, kind=TaskKind.MILESTONE, percent_complete__lt=1)
    free = list(tasks.order_by().values_list("pk", "project_id", "name", "ends_at"))
    found = [
        Promise(key, project, promised or due, forecast(due, ends.get(key)))
        for key, project, promised, due in Milestone.objects.filter(project__in=projects, actual_on=None)
        .order_by()
        .values_list("pk", "project_id", "baseline_on", "due_on")
    ]
    promised_tasks = _frozen([key for key, *_rest in free], projects)
    for key, project, name, ends_at in free:
        if key in promised_tasks:
            names[key] = name
            found.append(Promise(key, project, promised_tasks[key], ends_at.date()))
    return found


def _frozen(tasks: Sequence[UUID], projects: Sequence[UUID]) -> dict[UUID, date]:
    """When the latest baseline of each project promised these tasks."""
    if not tasks:
        return {}
    latest = Baseline.objects.filter(project__in=projects).order_by("project_id", "-taken_on", "-id")
    rows = BaselineTask.objects.filter(baseline__in=latest.distinct("project_id").values("pk"), task__in=tasks)
    return {task: ends_at.date() for task, ends_at in rows.values_list("task_id", "ends_at")}


def _slacks(projects: Sequence[UUID], threshold: int, names: dict[UUID, str]) -> list[Slack]:
    """The tasks that are not done and may be short of float."""
    # A day is at most 1 440 minutes long: the domain counts with the one of each plan.
    rows = Task.objects.filter(
        project__in=projects, percent_complete__lt=1, total_float_minutes__lt=threshold * 24 * 60
    ).exclude(kind=TaskKind.SUMMARY)
    found = list(rows.order_by().values_list("pk", "project_id", "name", "total_float_minutes"))
    if not found:
        return []
    calendars = calendars_by_id()
    chosen = dict(PlanSettings.objects.filter(project__in=projects).values_list("project_id", "calendar_id"))
    days = {project: day_minutes(calendars.get(chosen.get(project), calendars[None])) for _key, project, *_r in found}
    names |= {key: name for key, _project, name, _float in found}
    return [Slack(key, project, minutes, days[project]) for key, project, _name, minutes in found]


def _stalls(projects: Sequence[UUID], threshold: int, day: date, names: dict[UUID, str]) -> list[Stall]:
    """The tasks that should have begun long enough ago and are not done, and when their progress last moved."""
    latest = datetime.combine(day - timedelta(days=threshold) + timedelta(days=1), time())
    rows = Task.objects.filter(
        project__in=projects, kind=TaskKind.TASK, percent_complete__lt=1, starts_at__lt=latest
    ).order_by()
    found = list(rows.values_list("pk", "project_id", "name", "starts_at"))
    moved = _last_progress([key for key, *_rest in found])
    names |= {key: name for key, _project, name, _start in found}
    return [
        Stall(key, project, max(starts_at.date(), moved.get(key, date.min)))
        for key, project, _name, starts_at in found
    ]


def _last_progress(tasks: Sequence[UUID]) -> dict[UUID, date]:
    """The day on which the journal last says how far each task is (the day it was made, without any since)."""
    # One array, not a placeholder for each of thousands of tasks.
    of_tasks = RawSQL("object_id = ANY(%s)", (list(tasks),), output_field=BooleanField())
    events = AuditEvent.objects.filter(of_tasks, changes__has_key="percent_complete")
    found: dict[UUID, date] = {}
    for key, effective, at in (
        events.order_by()
        .values("object_id", "effective_on")
        .annotate(last=Max("at"))
        .values_list("object_id", "effective_on", "last")
    ):
        found[key] = max(found.get(key, date.min), effective or at.astimezone(UTC).date())
    return found
