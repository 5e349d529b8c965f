"""Writes of estimates, classes and effects of risks. `forecasting` runs the simulation."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Task
from portfolio.planning.scheduling import load_plan, lock_plan, plan_calendar
from portfolio.projects.models import Project
from portfolio.risks.models import Risk
from portfolio.simulation.inputs import estimable, estimable_rows, whole
from portfolio.simulation.models import (
    LONGEST_DAYS,
    EstimateClass,
    RiskEffect,
    SimulationSettings,
    TaskEstimate,
)
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update

POINTS = ("optimistic", "likely", "pessimistic")


def refuse_disorder(values: Sequence[Decimal | int], field: str) -> None:
    """Raise ValidationError unless optimistic ≤ likely ≤ pessimistic."""
    optimistic, likely, pessimistic = values
    if optimistic > likely:
        raise ValidationError(
            {field.format("optimistic"): _("L’estimation optimiste doit être inférieure ou égale à la probable.")}
        )
    if likely > pessimistic:
        raise ValidationError(
            {field.format("pessimistic"): _("L’estimation pessimiste doit être supérieure ou égale à la probable.")}
        )


# --- classes


def create_class(*, actor: Actor, **values: Any) -> EstimateClass:
    """A class of tasks, for all projects. Raises ValidationError: name taken, points not in order."""
    row = _checked_class(EstimateClass(**values))
    return create(actor, row)


def change_class(*, actor: Actor, row: EstimateClass, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a class. Returns whether anything differed."""
    candidate = _checked_class(changed(row, values))
    return update(actor, row, values_of(candidate, values), version=version)


def delete_class(*, actor: Actor, row: EstimateClass) -> None:
    """Put a class in the bin; its tasks take their project's default, until it comes back."""
    delete(actor, row)


def restore_class(*, actor: Actor, row: EstimateClass) -> None:
    """Bring a deleted class back. Raises ValidationError when its name has been taken since."""
    _checked_class(row)
    restore(actor, row)


def _checked_class(row: EstimateClass) -> EstimateClass:
    cleaned(row)
    refuse_disorder([getattr(row, name) for name in POINTS], "{}")
    refuse_twin(row, _("Une classe porte déjà ce nom."), "name")
    return row


# --- how a project is simulated


@transaction.atomic
def change_settings(
    *, actor: Actor, project: Project, values: Mapping[str, Any], version: int | None = None
) -> SimulationSettings:
    """How a project is simulated: law, correlation, runs, default class. Raises ValidationError by field."""
    lock_plan(project)
    row = SimulationSettings.objects.filter(project=project).first()
    if row is None:
        return create(actor, cleaned(SimulationSettings(project=project, **values)))
    update(actor, row, values_of(changed(row, values), values), version=version)
    return row


# --- tasks


@transaction.atomic
def set_estimates(*, actor: Actor, project: Project, entries: Mapping[UUID, Mapping[str, Any]]) -> int:
    """Say what is known of some tasks; returns how many changed. An entry has `estimate_class` (or None) and
    `optimistic`, `likely`, `pessimistic` in days (or None for the three), and the `version` that was read (None:
    whatever it is now). What has none of them takes the project's default.

    Raises ValidationError, by `<task>-<field>`, and writes nothing; StaleVersionError as `audit.writing.update`.
    """
    lock_plan(project)
    plan = load_plan(project)
    day = day_minutes(plan.calendar)
    tasks = {task.pk: task for task in estimable(plan)}
    known = {row.task_id: row for row in TaskEstimate.objects.filter(project=project)}
    errors: dict[str, Any] = {}
    wanted: list[tuple[Task, dict[str, Any], int | None]] = []
    for key, entry in entries.items():
        task = tasks.get(key)
        if task is None:
            errors[f"{key}-likely"] = _("Cette tâche n’a pas de durée propre : elle ne s’estime pas.")
            continue
        try:
            points = _points(entry, day)
        except ValidationError as error:
            errors |= {f"{key}-{name}": messages for name, messages in error.message_dict.items()}
            continue
        values = {"estimate_class": entry.get("estimate_class"), **points}
        wanted.append((task, values, entry.get("version")))
    if errors:
        raise ValidationError(errors)
    fresh, count = [], 0
    for task, values, version in wanted:
        row = known.get(task.pk)
        said = any(value is not None for value in values.values())
        if row is not None:
            count += update(actor, row, values, version=version)
        elif said:
            fresh.append(TaskEstimate(project=project, task=task, **values))
    create_many(actor, fresh)
    return count + len(fresh)


def _points(entry: Mapping[str, Any], day: int) -> dict[str, int | None]:
    given = {name: entry.get(name) for name in POINTS}
    empty = [name for name, value in given.items() if value is None]
    if len(empty) == len(POINTS):
        return {f"{name}_minutes": None for name in POINTS}
    if empty:
        raise ValidationError(
            {name: _("Donnez les trois durées, ou aucune pour suivre la classe.") for name in empty}
        )
    days = {name: _days(value, name) for name, value in given.items()}
    refuse_disorder(list(days.values()), "{}")
    return {f"{name}_minutes": whole(value * day) for name, value in days.items()}


def _days(value: Any, field: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValidationError({field: _("Écrivez un nombre de jours, par exemple 2,5.")}) from error
    if not found.is_finite() or not 0 <= found <= LONGEST_DAYS:
        raise ValidationError(
            {field: _("Choisissez un nombre de jours entre 0 et %(most)d.") % {"most": LONGEST_DAYS}}
        )
    return found


@transaction.atomic
def delete_estimate(*, actor: Actor, row: TaskEstimate) -> None:
    """Say nothing more of a task: it takes its project's default class."""
    lock_plan(row.project)
    delete(actor, row)


@transaction.atomic
def restore_estimate(*, actor: Actor, row: TaskEstimate) -> None:
    """Bring back what was said of a task. Raises ValidationError when it has gone, or was estimated again since."""
    lock_plan(row.project)
    if row.task.deleted_at is not None:
        raise ValidationError(_("« %(task)s » est supprimée : rétablissez-la d’abord.") % {"task": row.task.name})
    if TaskEstimate.objects.filter(task=row.task_id).exists():
        raise ValidationError(_("« %(task)s » a été estimée de nouveau depuis.") % {"task": row.task.name})
    restore(actor, row)


# --- risks


@transaction.atomic
def set_risk_effect(
    *,
    actor: Actor,
    risk: Risk,
    probability: Decimal | None,
    days: Decimal | None,
    tasks: Collection[UUID] | None = (),
    version: int | None = None,
) -> RiskEffect:
    """What a risk does to the plan: with `probability` (0-1), `days` more on each of `tasks`, or on the whole project
    without any (None: those that it touches already). Those that it touches already stay, whatever became of them.

    Raises ValidationError by field; StaleVersionError as `audit.writing.update`.
    """
    project = risk.project
    lock_plan(project)
    if probability is None or not 0 <= probability <= 1:
        raise ValidationError({"probability": _("Choisissez une probabilité entre 0 et 100 %.")})
    if days is None:
        raise ValidationError({"days": _("Dites de combien de jours ce risque retarderait le plan.")})
    values: dict[str, Any] = {"probability": probability, "days": _days(days, "days")}
    row = RiskEffect.objects.filter(risk=risk).first()
    if tasks is not None:
        values["tasks"] = sorted({str(key) for key in tasks})
        _refuse_others(project, set(values["tasks"]).difference(row.tasks if row is not None else ()))
    if row is None:
        return create(actor, cleaned(RiskEffect(project=project, risk=risk, **values)))
    update(actor, row, values_of(changed(row, values), values), version=version)
    return row


def _refuse_others(project: Project, keys: Collection[str]) -> None:
    """Raise ValidationError unless all are tasks of the project that have a duration of their own."""
    found = list(Task.objects.filter(project=project, pk__in=keys).order_by("position"))
    if len(found) != len(keys):
        raise ValidationError({"tasks": _("Choisissez des tâches du projet de ce risque.")})
    lasting = set(estimable_rows(project).filter(pk__in=keys).values_list("pk", flat=True))
    for task in found:
        if task.pk not in lasting:
            raise ValidationError(
                {
                    "tasks": _(
                        "« %(task)s » est un récapitulatif ou un jalon : choisissez des tâches qui ont leur propre "
                        "durée."
                    )
                    % {"task": task.name}
                }
            )


@transaction.atomic
def delete_risk_effect(*, actor: Actor, row: RiskEffect) -> None:
    """The risk stays in the register and no longer moves the plan."""
    lock_plan(row.project)
    delete(actor, row)


@transaction.atomic
def restore_risk_effect(*, actor: Actor, row: RiskEffect) -> None:
    """Bring an effect back. Raises ValidationError when its risk has gone, or was given another since."""
    lock_plan(row.project)
    if row.risk.deleted_at is not None:
        raise ValidationError(_("« %(risk)s » est supprimé : rétablissez-le d’abord.") % {"risk": row.risk})
    if RiskEffect.objects.filter(risk=row.risk_id).exists():
        raise ValidationError(_("« %(risk)s » a reçu un autre effet depuis.") % {"risk": row.risk})
    restore(actor, row)


def project_day(project: Project) -> int:
    """Working minutes of a day of a project's plan."""
    return day_minutes(plan_calendar(project))
