"""The rows of a project as the simulation takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Planner
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.planning.scheduling import Plan, explained, load_plan, planned
from portfolio.projects.models import Project
from portfolio.risks.models import ACTIVE
from portfolio.simulation.domain.errors import SimulationError
from portfolio.simulation.domain.estimates import Distribution, Estimate
from portfolio.simulation.domain.outcome import RiskEvent, Uncertainty
from portfolio.simulation.models import CorrelationBy, EstimateClass, RiskEffect, SimulationSettings, TaskEstimate


@dataclass(frozen=True, slots=True)
class Points:
    """Three durations in working minutes, and where they come from: the task itself, or a class."""

    optimistic: int
    likely: int
    pessimistic: int
    source: EstimateClass | None


@dataclass(frozen=True)
class Estimates:
    """What a project says of its uncertainty."""

    settings: SimulationSettings
    by_task: Mapping[UUID, TaskEstimate]

    def class_of(self, task: Task) -> EstimateClass | None:
        """The class that a task is in: its own, else the project's default."""
        row = self.by_task.get(task.pk)
        found = row.estimate_class if row is not None else None
        if found is None or found.deleted_at is not None:
            found = self.settings.default_class
        return found if found is not None and found.deleted_at is None else None

    def points(self, task: Task) -> Points | None:
        """The three points of a task; None without any."""
        row = self.by_task.get(task.pk)
        if row is not None and row.likely_minutes is not None:
            return Points(row.optimistic_minutes or 0, row.likely_minutes, row.pessimistic_minutes or 0, None)
        kind = self.class_of(task)
        if kind is None:
            return None
        low, likely, high = (
            whole(task.duration_minutes * share) for share in (kind.optimistic, kind.likely, kind.pessimistic)
        )
        return Points(low, likely, high, kind)


def whole(minutes: Decimal) -> int:
    """Minutes, half a minute counting as one."""
    return int(minutes.to_integral_value(ROUND_HALF_UP))


def estimates_of(project: Project) -> Estimates:
    """Two statements."""
    settings = SimulationSettings.objects.select_related("default_class").filter(project=project).first()
    rows = TaskEstimate.objects.filter(project=project).select_related("estimate_class")
    return Estimates(settings or SimulationSettings(project=project), {row.task_id: row for row in rows})


def estimable(plan: Plan) -> list[Task]:
    """The tasks that an estimate means something for: with a duration of their own."""
    return [task for task in plan.tasks if task.pk not in plan.parents and task.kind != TaskKind.MILESTONE]


def estimable_rows(project: Project) -> QuerySet[Task]:
    """The same tasks, without the plan."""
    parents = Task.objects.filter(project=project, parent__isnull=False).values("parent")
    rows: QuerySet[Task] = Task.objects.filter(project=project).exclude(kind=TaskKind.MILESTONE)
    return rows.exclude(pk__in=parents)


@dataclass(frozen=True)
class Inputs:
    """A plan ready to be simulated."""

    plan: Plan
    planner: Planner
    uncertainty: Uncertainty


def inputs_of(project: Project) -> Inputs:
    """Read the plan, the estimates and the risks. Raises ValidationError with the reason in words."""
    plan = load_plan(project)
    if not plan.tasks:
        raise ValidationError(_("Ce projet n’a pas encore de tâche : créez son plan, puis estimez ses tâches."))
    found = estimates_of(project)
    settings = found.settings
    tasks = estimable(plan)
    law = Distribution(settings.law)
    estimates = {}
    for task in tasks:
        points = found.points(task)
        if points is not None and task.duration_minutes:
            estimates[str(task.pk)] = Estimate(points.optimistic, points.likely, points.pessimistic, law)
    try:
        uncertainty = Uncertainty(
            estimates,
            _risks(project, day_minutes(plan.calendar), {task.pk for task in tasks}),
            _groups(project, found, tasks),
            0.0 if settings.correlation_by == CorrelationBy.NONE else float(settings.correlation),
            settings.runs,
            settings.seed,
        )
        return Inputs(plan, planned(plan), uncertainty)
    except (PlanningError, CalendarError) as error:
        raise ValidationError(explained(error, plan), code="plan") from error
    except SimulationError as error:
        raise ValidationError(refused(error)) from error


def _risks(project: Project, day: int, tasks: set[UUID]) -> tuple[RiskEvent, ...]:
    """The risks that still threaten: each happens once, to all the `tasks` that it touches."""
    rows = RiskEffect.objects.filter(project=project, risk__status__in=ACTIVE, risk__deleted_at=None)
    found = []
    for row in rows.order_by("id"):
        touched = tuple(key for key in row.tasks if UUID(key) in tasks)
        if touched or not row.tasks:
            found.append(RiskEvent(str(row.risk_id), float(row.probability), whole(row.days * day), touched))
    return tuple(found)


def _groups(project: Project, found: Estimates, tasks: list[Task]) -> dict[str, str]:
    if found.settings.correlation_by == CorrelationBy.PERSON:
        rows = Assignment.objects.filter(project=project).order_by("-units", "id").values_list("task_id", "person_id")
        people: dict[Any, str] = {}
        for task, person in rows:
            people.setdefault(str(task), str(person))
        return people
    kinds = ((task, found.class_of(task)) for task in tasks)
    return {str(task.pk): str(kind.pk) for task, kind in kinds if kind is not None}


def refused(error: SimulationError) -> str:
    """Why a plan cannot be simulated, in words."""
    match error.code:
        case "no_tasks":
            return _("Ce projet n’a pas encore de tâche : créez son plan, puis estimez ses tâches.")
        case "no_estimates":
            return _(
                "Rien n’est incertain dans ce plan : estimez au moins une tâche, choisissez une classe par défaut, "
                "ou donnez à un risque son effet en jours."
            )
        case "bad_probability":
            return _("La probabilité d’un risque doit être comprise entre 0 et 100 %.")
        case "bad_estimate":
            return _("Une estimation n’est pas en ordre : optimiste ≤ probable ≤ pessimiste.")
    return _(
        "Les durées tirées mènent hors du calendrier du plan : vérifiez les estimations pessimistes et l’effet des "
        "risques."
    )
