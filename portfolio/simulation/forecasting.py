"""Running simulations: asked for, cancelled, and every night for the plans that changed."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.planning.models import Assignment, Dependency, PlanSettings, Task
from portfolio.planning.scheduling import lock_plan
from portfolio.projects.models import Phase, Project
from portfolio.risks.models import Risk
from portfolio.simulation.domain.errors import SimulationError
from portfolio.simulation.domain.outcome import Outcome, Quantiles
from portfolio.simulation.domain.simulation import Watch, simulate
from portfolio.simulation.inputs import inputs_of, refused
from portfolio.simulation.models import (
    EstimateClass,
    ProjectForecast,
    RiskEffect,
    SimulationSettings,
    TaskEstimate,
)
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type, record
from tech4value.jobs.actions import OvertakenError, start_job
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, RunningJob, job
from tech4value.tenancy.context import before_commit

JOB: Final = "simulation.run"
CLASS: Final = object_type(EstimateClass)
# What a simulation follows from, by what it is written on; coming, going and coming back always count.
WATCHED: Final[dict[str, set[str]]] = {
    object_type(Task): {
        "starts_at", "ends_at", "duration_minutes", "work_minutes", "effort_type", "calendar", "percent_complete",
        "constraint_kind", "constraint_at", "deadline_at", "actual_start_at", "actual_end_at", "mode", "kind",
        "parent",
    },
    object_type(Dependency): {"kind", "lag", "lag_unit"},
    object_type(Assignment): {"person", "units", "work_minutes"},
    object_type(PlanSettings): {"calendar", "data_date"},
    object_type(Project): {"starts_on"},
    object_type(Risk): {"status"},
    object_type(SimulationSettings): {"default_class", "law", "correlation_by", "correlation", "runs", "seed"},
    object_type(TaskEstimate): {"estimate_class", "optimistic_minutes", "likely_minutes", "pessimistic_minutes"},
    object_type(RiskEffect): {"probability", "days", "tasks"},
    CLASS: {"optimistic", "likely", "pessimistic"},
}  # fmt: skip


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: the result of a plan that changes is no longer that of the plan."""
    for event in events:
        watched = WATCHED.get(event.object_type)
        comes_or_goes = event.verb.endswith((".created", ".deleted", ".restored"))
        if watched and (comes_or_goes or watched & set(event.changes)):
            key = None if event.object_type == CLASS else event.project_id
            before_commit(("simulation.revision", key), partial(_changed, key))


def _changed(project_id: UUID | None) -> None:
    rows = ProjectForecast.objects.all()
    if project_id is not None:
        rows = rows.filter(project=project_id)
    rows.update(revision=F("revision") + 1)


def forecast_of(project: Project) -> ProjectForecast | None:
    """What is known of a project's future, with the job that looks for more."""
    return ProjectForecast.objects.select_related("job").filter(project=project).first()


@transaction.atomic
def start_simulation(*, project: Project, member: Membership | None) -> Job:
    """The job that simulates a plan; the one that is already at it, if any. Raises ValidationError with the reason
    why the plan cannot be simulated."""
    lock_plan(project)
    forecast = ProjectForecast.objects.select_related("job").filter(project=project).first()
    if forecast is None:
        forecast = ProjectForecast(project=project)
        forecast.save(force_insert=True)
    if forecast.job is not None and not forecast.job.is_over:
        return forecast.job
    inputs = inputs_of(project)
    if not inputs.uncertainty.estimates and not inputs.uncertainty.risks:
        raise ValidationError(refused(SimulationError("no_estimates")))
    forecast.job = start_job(
        kind=JOB,
        label=_("Simulation de %(project)s") % {"project": project.code},
        member=member,
        params={"project": str(project.pk)},
    )
    forecast.save(update_fields=["job"])
    return forecast.job


def cancel_simulation(*, actor: Actor, project: Project) -> bool:
    """Stop the simulation under way; the last result stays. Returns whether there was one."""
    forecast = forecast_of(project)
    if forecast is None or forecast.job is None or forecast.job.is_over:
        return False
    stopped = Job.objects.filter(pk=forecast.job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.FAILED, message=_("Simulation annulée."), finished_at=timezone.now()
    )
    if stopped:
        record(actor, "job.cancelled", forecast.job)
    return bool(stopped)


@job(JOB)
def run_simulation(running: RunningJob) -> None:
    """Simulate, and keep what was found; run again it finds the same."""
    project = Project.objects.filter(pk=UUID(running.params["project"])).first()
    if project is None:
        raise JobError(_("Ce projet n’existe plus."))

    def watch(done: int, runs: int) -> None:
        running.progress(done, runs, _("Tirages"))
        if Job.objects.filter(pk=running.id, state=JobState.FAILED).exists():
            raise OvertakenError

    simulate_project(actor=running.actor, project=project, watch=watch)


def simulate_project(*, actor: Actor, project: Project, watch: Watch | None = None) -> None:
    """Simulate a plan and keep what was found. Raises ValidationError with the reason in words."""
    forecast = ProjectForecast.objects.filter(project=project).first()
    if forecast is None:
        forecast = ProjectForecast(project=project)
        forecast.save(force_insert=True)
    # Read before the plan: a change meanwhile makes the result stale, never wrongly fresh.
    revision = forecast.revision
    inputs = inputs_of(project)
    try:
        outcome = simulate(inputs.planner, inputs.uncertainty, watch=watch)
    except SimulationError as error:
        raise ValidationError(refused(error)) from error
    ProjectForecast.objects.filter(pk=forecast.pk).update(
        made_of=revision,
        made_at=timezone.now(),
        runs=outcome.runs,
        planned_at=outcome.end.planned,
        held=round(outcome.end.held, 5),
        p10_at=outcome.end.at(0.1),
        p50_at=outcome.end.at(0.5),
        p80_at=outcome.end.at(0.8),
        p90_at=outcome.end.at(0.9),
        data=_stored(outcome),
    )
    record(actor, "project.simulated", project)


def _stored(outcome: Outcome) -> dict[str, Any]:
    """What `queries.read` reads back."""
    return {
        "end": [moment.isoformat() for _level, moment in outcome.end.dates],
        "milestones": {key: _dates(found) for key, found in outcome.milestones.items()},
        "criticality": {key: round(share, 4) for key, share in outcome.criticality.items() if share},
        "drivers": [
            [one.key, one.risk, round(one.correlation, 4), round(one.low, 2), round(one.high, 2)]
            for one in outcome.drivers
        ],
    }


def _dates(found: Quantiles) -> list[Any]:
    return [found.planned.isoformat(), round(found.held, 5), *(moment.isoformat() for _level, moment in found.dates)]


def simulate_changed(_since: date, _until: date) -> None:
    """The sweep of the night: plans that were simulated and have changed since."""
    rows: Iterable[ProjectForecast] = (
        ProjectForecast.objects.filter(made_of__isnull=False, project__deleted_at=None)
        .exclude(made_of=F("revision"))
        .exclude(project__phase=Phase.CLOSED)
        .select_related("project")
    )
    for row in rows:
        try:
            start_simulation(project=row.project, member=None)
        except ValidationError:
            # What the plan lacks is said on its page; the others are simulated.
            continue
