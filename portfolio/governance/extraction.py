"""A project read back as a template: its outline, links, milestones, risks, roles and letters; nobody's name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from portfolio.finance.models import BudgetLine
from portfolio.governance.actions import as_sections, create_template, free_name
from portfolio.governance.domain.template import (
    LineKind,
    Template,
    TemplateBudget,
    TemplateLine,
    TemplateLink,
    TemplateRisk,
    TemplateRole,
)
from portfolio.governance.models import Letter, ProjectTemplate, Responsibility, TeamRole
from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import DependencyType, LagUnit
from portfolio.planning.models import Assignment, ConstraintKind, Task, TaskKind, TaskMode
from portfolio.planning.scheduling import Plan, load_plan
from portfolio.projects.models import Milestone, Project
from portfolio.risks.models import Risk
from tech4value.audit.actor import Actor

CAUSE_PREFIXES = ("Cause : ", "Cause: ")
DATED = {ConstraintKind.SNET, ConstraintKind.MSO}


def create_template_from_project(
    *, actor: Actor, project: Project, name: str, description: str = "", when_to_use: str = ""
) -> ProjectTemplate:
    """Save a project as a template. Raises ValidationError when its plan does not make one (a sentence with the
    place), or when the name is taken."""
    sections: dict[str, Any] = as_sections(read_project(project))
    return create_template(
        actor=actor,
        name=name,
        method=project.method,
        description=description,
        when_to_use=when_to_use,
        **sections,
    )


def suggested_name(project: Project) -> str:
    """A free name for the template of a project."""
    return free_name(project.name)


def read_project(project: Project) -> Template:
    """The project as a template; a dozen statements whatever its size."""
    plan = load_plan(project)
    keys = {task.pk: f"line-{number}" for number, task in enumerate(plan.tasks, start=1)}
    milestones = {row.pk: row for row in Milestone.objects.filter(project=project).select_related("owner")}
    roles, role_keys = _roles(project, plan, keys)
    lines = [_line(task, plan, keys, milestones, role_keys) for task in plan.tasks]
    lines += _loose_milestones(plan, milestones, len(lines))
    return Template(tuple(_named_once(_levelled(lines, plan))), _risks(project), roles, _budget(project))


def _levelled(lines: list[TemplateLine], plan: Plan) -> list[TemplateLine]:
    """The lines with their levels; what holds others at the top is a phase."""
    depth: dict[UUID, int] = {}
    parents = plan.parents
    found = []
    for task, line in zip(plan.tasks, lines, strict=False):
        level = depth[task.pk] = depth.get(task.parent_id, 0) + 1 if task.parent_id is not None else 1
        kind = line.kind
        if task.pk in parents:
            kind = LineKind.PHASE if level == 1 else LineKind.TASK
        found.append(replace(line, level=level, kind=kind))
    return [*found, *lines[len(found) :]]


def _line(
    task: Task,
    plan: Plan,
    keys: Mapping[UUID, str],
    milestones: Mapping[UUID, Milestone],
    role_keys: Mapping[UUID, str],
) -> TemplateLine:
    day = day_minutes(plan.calendar)
    holds = task.pk in plan.parents
    milestone = milestones.get(task.milestone_id) if task.milestone_id is not None else None
    is_milestone = task.kind == TaskKind.MILESTONE and not holds
    name = milestone.name if is_milestone and milestone is not None else task.name
    return TemplateLine(
        key=keys[task.pk],
        name=name[:160] if is_milestone else name,
        kind=LineKind.MILESTONE if is_milestone else LineKind.TASK,
        days=0.0 if holds or is_milestone else round(task.duration_minutes / day, 4),
        work_days=0.0 if holds else round(task.work_minutes / day, 4),
        offset_days=None if holds else _offset(task, plan, day),
        role=role_keys.get(task.pk, ""),
        criterion=milestone.success_criterion.strip()[:5000] if is_milestone and milestone is not None else "",
        notes=task.notes.strip()[:5000],
        links=tuple(
            TemplateLink(
                keys[link.predecessor_id],
                DependencyType(link.kind),
                _lag(link.lag, LagUnit(link.lag_unit), day),
                LagUnit(link.lag_unit),
            )
            for link in plan.links
            if link.successor_id == task.pk and link.predecessor_id in keys
        ),
    )


def _lag(lag: int, unit: LagUnit, day: int) -> float:
    match unit:
        case LagUnit.PERCENT:
            return lag / 100
        case LagUnit.ELAPSED:
            return round(lag / (24 * 60), 4)
    return round(lag / day, 4)


def _offset(task: Task, plan: Plan, day: int) -> float | None:
    """Working days from the project's start, of a task that was put on a date; None for one that follows others."""
    moment: datetime | None = None
    if task.mode == TaskMode.MANUAL:
        moment = task.starts_at
    elif task.constraint_kind in DATED:
        moment = task.constraint_at
    return None if moment is None else _days_to(plan, moment, day)


def _days_to(plan: Plan, moment: datetime, day: int) -> float | None:
    begins = datetime.combine(plan.project.starts_on, time())
    if moment <= begins:
        return None
    try:
        return round(plan.calendar.working_minutes_between(begins, moment) / day, 4)
    except CalendarError:
        return None


def _loose_milestones(plan: Plan, milestones: Mapping[UUID, Milestone], count: int) -> list[TemplateLine]:
    """The milestones that no line of the plan stands for, where they are dated."""
    tied = {task.milestone_id for task in plan.tasks if task.kind == TaskKind.MILESTONE}
    day = day_minutes(plan.calendar)
    loose = sorted(
        (row for key, row in milestones.items() if key not in tied), key=lambda row: (row.due_on, row.name)
    )
    return [
        TemplateLine(
            key=f"line-{count + rank}",
            name=row.name,
            kind=LineKind.MILESTONE,
            offset_days=_days_to(plan, datetime.combine(row.due_on, time(23, 59)), day),
            criterion=row.success_criterion.strip()[:5000],
        )
        for rank, row in enumerate(loose, start=1)
    ]


def _named_once(lines: list[TemplateLine]) -> list[TemplateLine]:
    """Two milestones of one name would be refused: the second takes a number."""
    held: set[str] = set()
    found = []
    for line in lines:
        if line.kind is LineKind.MILESTONE:
            number, name = 1, line.name
            while name in held:
                number += 1
                suffix = f" ({number})"
                name = line.name[: 160 - len(suffix)] + suffix
            held.add(name)
            line = replace(line, name=name)
        found.append(line)
    return found


def _roles(
    project: Project, plan: Plan, keys: Mapping[UUID, str]
) -> tuple[tuple[TemplateRole, ...], dict[UUID, str]]:
    """The project's roles and who does each task; without roles, the profiles of those who are assigned."""
    rows = list(TeamRole.objects.filter(project=project))
    if not rows:
        return _profiles(project, keys)
    names = {row.pk: f"role-{number}" for number, row in enumerate(rows, start=1)}
    letters: dict[UUID, dict[str, str]] = {row.pk: {} for row in rows}
    plain = {task.pk for task in plan.tasks if task.kind == TaskKind.TASK and task.pk not in plan.parents}
    doers: dict[UUID, str] = {}
    for mark in Responsibility.objects.filter(project=project).order_by("role__position", "id"):
        if mark.role_id not in names or mark.task_id not in keys:
            continue
        if mark.task_id in plain and mark.letter == Letter.RESPONSIBLE and mark.task_id not in doers:
            doers[mark.task_id] = names[mark.role_id]
        else:
            letters[mark.role_id][keys[mark.task_id]] = mark.letter
    found = tuple(TemplateRole(names[row.pk], row.name, row.mission, letters[row.pk]) for row in rows)
    return found, doers


def _profiles(project: Project, keys: Mapping[UUID, str]) -> tuple[tuple[TemplateRole, ...], dict[UUID, str]]:
    names: dict[str, str] = {}
    doers: dict[UUID, str] = {}
    rows: Any = Assignment.objects.filter(project=project).exclude(person__profile="").order_by("id")
    for task, profile in rows.values_list("task_id", "person__profile"):
        key = names.setdefault(profile, f"role-{len(names) + 1}")
        if task in keys:
            doers.setdefault(task, key)
    return tuple(TemplateRole(key, profile) for profile, key in names.items()), doers


def _risks(project: Project) -> tuple[TemplateRisk, ...]:
    found = []
    for number, risk in enumerate(Risk.objects.filter(project=project), start=1):
        cause = risk.description.strip()
        for prefix in CAUSE_PREFIXES:
            cause = cause.removeprefix(prefix)
        found.append(
            TemplateRisk(
                f"risk-{number}",
                risk.title,
                risk.probability,
                risk.impact,
                cause[:5000],
                risk.mitigation.strip()[:5000],
            )
        )
    return tuple(found)


def _budget(project: Project) -> tuple[TemplateBudget, ...]:
    first = project.starts_on.year * 12 + project.starts_on.month
    found: list[TemplateBudget] = []
    for line in BudgetLine.objects.filter(project=project, envelope=None):
        month = line.month.year * 12 + line.month.month - first + 1
        if 1 <= month <= 120:
            found.append(
                TemplateBudget(f"budget-{len(found) + 1}", line.category, line.nature, month, str(line.planned))
            )
    return tuple(found[:200])
