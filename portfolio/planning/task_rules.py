"""What a task may be: how its dates follow from those that are given, and what is refused, in words."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.models import ConstraintKind, Task, TaskKind, TaskMode
from portfolio.projects.models import Project

# A date further than this from the project's start is a typing error, and would make a chart that nobody can read.
HORIZON = timedelta(days=365 * 25)
LONGEST_MINUTES = 10 * 260 * 24 * 60
OF_SUMMARY = (
    "starts_at", "ends_at", "duration_minutes", "percent_complete", "constraint_kind", "constraint_at", "effort_type",
    "calendar",
)  # fmt: skip


def dated(
    task: Task,
    values: dict[str, Any],
    given: set[str],
    calendar: Calendar,
    *,
    before: Task | None = None,
    summary: bool = False,
) -> dict[str, Any]:
    """`values` completed: `task` already has them; `given` are the fields that were said, `before` the row as it is.

    A duration follows from two dates, an end from a start and a duration, a constraint from a start that was typed
    in automatic mode. Progress marks when work began and ended.
    """
    if summary:
        return {name: value for name, value in values.items() if name not in OF_SUMMARY and name != "mode"}
    if before is not None:  # what comes back unchanged was not said
        given = {name for name in given if getattr(task, name) != getattr(before, name)}
    try:
        return _dated(task, {name: getattr(task, name) for name in values}, given, calendar)
    except CalendarError as error:
        raise _undatable(calendar) from error


def first_instant(project: Project, calendar: Calendar) -> datetime:
    """When work on `project` begins."""
    try:
        return calendar.next_working_instant(datetime.combine(project.starts_on, time()))
    except CalendarError as error:
        raise _undatable(calendar) from error


def _undatable(calendar: Calendar) -> ValidationError:
    return ValidationError(
        _("Le calendrier « %(name)s » ne permet pas de dater cette tâche : vérifiez ses heures et la durée.")
        % {"name": calendar.name}
    )


def _dated(task: Task, values: dict[str, Any], given: set[str], calendar: Calendar) -> dict[str, Any]:
    starts, ends = task.starts_at, task.ends_at
    refuse_far(starts, ends, task.project)
    if "ends_at" in given and "duration_minutes" not in given and task.kind != TaskKind.MILESTONE:
        if ends < starts:
            raise ValidationError({"ends_at": _("La fin précède le début : corrigez l’une des deux dates.")})
        values["duration_minutes"] = calendar.working_minutes_between(starts, ends)
    if task.kind == TaskKind.MILESTONE:
        values["duration_minutes"] = 0
    duration = values.get("duration_minutes", task.duration_minutes)
    if not 0 <= duration <= LONGEST_MINUTES:
        raise ValidationError({"duration_minutes": _("La durée doit être positive, et de dix ans au plus.")})
    if "starts_at" in given:
        if duration:
            starts = values["starts_at"] = calendar.next_working_instant(starts)
        if task.mode == TaskMode.AUTO and "constraint_kind" not in given:
            values |= {"constraint_kind": ConstraintKind.SNET, "constraint_at": starts}
    manual_end = task.mode == TaskMode.MANUAL and "ends_at" in given
    if given & {"starts_at", "duration_minutes", "kind", "ends_at"} and not manual_end:
        values["ends_at"] = calendar.add_working_minutes(starts, duration) if duration else starts
    if values.get("constraint_kind", task.constraint_kind) in {ConstraintKind.ASAP, ConstraintKind.ALAP}:
        values["constraint_at"] = None
    if given & {"percent_complete", "starts_at", "ends_at", "duration_minutes"}:
        values |= _progress(task, given, values)
    return values


def _progress(task: Task, given: set[str], values: dict[str, Any]) -> dict[str, Any]:
    """When work began and ended: where the task was planned, until somebody says otherwise."""
    share, marks = task.percent_complete, {}
    if "actual_start_at" not in given:
        begun = share or task.actual_work_minutes
        kept = None if "starts_at" in given else task.actual_start_at
        marks["actual_start_at"] = (kept or values.get("starts_at", task.starts_at)) if begun else None
    if "actual_end_at" not in given:
        kept = None if given & {"starts_at", "ends_at", "duration_minutes"} else task.actual_end_at
        marks["actual_end_at"] = (kept or values.get("ends_at", task.ends_at)) if share == 1 else None
    return marks


def checked(task: Task, project: Project, *, has_children: bool = False) -> Task:
    """`task`, whose fields have been cleaned. Raises ValidationError by field."""
    errors: dict[str, str] = {}
    if not task.name.strip():
        errors["name"] = _("Donnez un nom à la tâche.")
    if task.ends_at < task.starts_at:
        errors["ends_at"] = _("La fin précède le début : corrigez l’une des deux dates.")
    if has_children and task.kind != TaskKind.SUMMARY:
        errors["kind"] = _("Cette tâche en contient d’autres : elle reste un récapitulatif tant qu’elles y sont.")
    dateless = {ConstraintKind.ASAP, ConstraintKind.ALAP}
    if task.constraint_kind not in dateless and task.constraint_at is None:
        errors["constraint_at"] = _("Indiquez la date de la contrainte « %(kind)s ».") % {
            "kind": ConstraintKind(task.constraint_kind).label
        }
    if task.milestone_id is not None and task.milestone is not None and task.milestone.project_id != project.pk:
        errors["milestone"] = _("Ce jalon est celui d’un autre projet.")
    if task.actual_start_at and task.actual_end_at and task.actual_end_at < task.actual_start_at:
        errors["actual_end_at"] = _("La fin réelle précède le début réel.")
    if errors:
        raise ValidationError(errors)
    refuse_far(task.starts_at, task.ends_at, project)
    refuse_far(task.constraint_at, task.constraint_at, project, "constraint_at", "constraint_at")
    refuse_far(task.deadline_at, task.deadline_at, project, "deadline_at", "deadline_at")
    return task


def refuse_far(
    starts: datetime | None,
    ends: datetime | None,
    project: Project,
    start_field: str = "starts_at",
    end_field: str = "ends_at",
) -> None:
    """Raise ValidationError for a date more than 25 years from the project's start."""
    for field, moment in ((start_field, starts), (end_field, ends)):
        if moment is not None and abs(moment.date() - project.starts_on) > HORIZON:
            raise ValidationError(
                {field: _("Cette date est à plus de 25 ans du début du projet : vérifiez l’année.")}
            )
