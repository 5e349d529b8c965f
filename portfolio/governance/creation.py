"""A project made from a template: plan, milestones, risks, roles and budget, in one transaction and one batch."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.finance.actions import BudgetEntry, set_budget_lines
from portfolio.governance.domain.errors import Problem, TemplateError
from portfolio.governance.domain.scheduling import duration_minutes, lag_of, offset_instant, scheduled, work_minutes
from portfolio.governance.domain.template import LineKind, Template, TemplateLine
from portfolio.governance.messages import refused
from portfolio.governance.models import Letter, ProjectTemplate, Responsibility, TeamRole, TemplateUse
from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person, Pole, WorkCalendar
from portfolio.people.queries import working_calendar
from portfolio.people.validation import cleaned
from portfolio.planning.actions import (
    PlannedAssignment,
    PlannedLink,
    PlannedTask,
    replace_plan,
    set_plan_calendar,
)
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Schedule
from portfolio.planning.models import ConstraintKind
from portfolio.projects.actions import add_project_members, create_milestones, create_project
from portfolio.projects.models import Milestone, Project
from portfolio.risks.actions import RiskEntry, set_risks
from tech4value.audit.actor import Actor
from tech4value.audit.undo import undo_batch
from tech4value.audit.writing import create, create_many

# How long a project without a plan is, until somebody says.
HALF_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class MadeProject:
    """The project, and the batch that undoes it as a whole."""

    project: Project
    batch_id: UUID


@transaction.atomic
def create_project_from_template(
    *,
    actor: Actor,
    template: ProjectTemplate,
    code: str,
    name: str,
    pole: Pole,
    starts_on: date,
    calendar: WorkCalendar | None = None,
    staff: Mapping[str, Person] | None = None,
    **fields: Any,
) -> MadeProject:
    """A new project with everything that the template says, dated from `starts_on` on `calendar` (None: the
    tenant's). `staff` gives the person of a role by its key; the others stay to be staffed. `fields` are those of
    `create_project`, its dates excepted.

    Raises ValidationError by field, over the plan's limit, or when the template leaves the calendar. The number of
    statements does not depend on the template's size.
    """
    batch = actor.batch_id or uuid4()
    actor = actor.within(batch)
    document = template.document
    staff = _known_staff(document, staff or {})
    days = working_calendar(calendar)
    schedule = _scheduled(document, days, starts_on)
    ends_on = schedule.finish.date() if schedule.finish is not None else starts_on + HALF_YEAR
    fields.setdefault("method", template.method)
    project = create_project(
        actor=actor, code=code, name=name, pole=pole, starts_on=starts_on, ends_on=max(ends_on, starts_on), **fields
    )
    if calendar is not None:
        set_plan_calendar(actor=actor, project=project, calendar=calendar)
    milestones = _milestones(actor, project, document, schedule, staff)
    tasks = _plan(actor, project, document, schedule, days, staff, milestones)
    _risks(actor, project, document, staff)
    _budget(actor, project, document, starts_on)
    _roles(actor, project, document, staff, tasks)
    _team(actor, project, staff)
    create(
        actor,
        TemplateUse(
            project=project,
            template=template,
            template_name=template.name,
            template_version=template.version,
            batch_id=batch,
        ),
    )
    return MadeProject(project, batch)


def undo_creation(*, actor: Actor, use: TemplateUse) -> int:
    """Take back a project made from a template, with all that was made with it; returns how many rows.

    Raises audit.undo.UndoRefusedError when somebody has worked in the project since.
    """
    return undo_batch(actor, use.batch_id)


def _known_staff(document: Template, staff: Mapping[str, Person]) -> dict[str, Person]:
    roles = {role.key for role in document.roles}
    unknown = sorted(set(staff) - roles)
    if unknown:
        message = _("Ce modèle n’a pas de rôle « %(key)s ».") % {"key": unknown[0][:60]}
        raise ValidationError({"staff": message})
    return dict(staff)


def _scheduled(document: Template, calendar: Calendar, starts_on: date) -> Schedule:
    try:
        return scheduled(document, calendar, starts_on)
    except PlanningError as error:
        message = " ".join(refused(TemplateError([Problem("calendar", ("lines",))])).messages)
        raise ValidationError({"starts_on": message}) from error


def _milestones(
    actor: Actor, project: Project, document: Template, schedule: Schedule, staff: Mapping[str, Person]
) -> dict[str, Milestone]:
    """The milestones, by the key of their line; whoever answers for it (A) owns it."""
    accountable = {
        key: staff.get(role.key) for role in document.roles for key, letter in role.raci.items() if letter == "A"
    }
    lines = document.milestones
    rows = create_milestones(
        actor=actor,
        values=[
            {
                "project": project,
                "name": line.name,
                "due_on": schedule.tasks[line.key].early_finish.date(),
                "success_criterion": line.criterion,
                "owner": staff.get(line.role) or accountable.get(line.key),
            }
            for line in lines
        ],
    )
    return {line.key: row for line, row in zip(lines, rows, strict=True)}


def _plan(
    actor: Actor,
    project: Project,
    document: Template,
    schedule: Schedule,
    calendar: Calendar,
    staff: Mapping[str, Person],
    milestones: Mapping[str, Milestone],
) -> dict[str, UUID]:
    """The plan, already where the schedule puts it; the tasks' keys by those of their lines."""
    if not document.lines:
        return {}
    tasks = [_task(line, document, schedule, calendar, project.starts_on, milestones) for line in document.lines]
    links = [
        PlannedLink(link.predecessor, line.key, str(link.type), lag_of(link, calendar), str(link.unit))
        for line in document.lines
        for link in line.links
    ]
    people = [
        PlannedAssignment(line.key, staff[line.role], _units(line), _effort(line, calendar))
        for line in document.tasks
        if line.role in staff
    ]
    return replace_plan(
        actor=actor, project=project, tasks=tasks, links=links, assignments=people, keep_dates=False
    ).task_ids


def _task(
    line: TemplateLine,
    document: Template,
    schedule: Schedule,
    calendar: Calendar,
    starts_on: date,
    milestones: Mapping[str, Milestone],
) -> PlannedTask:
    placed = schedule.tasks[line.key]
    holds = line.key in document.holders
    floor = None if holds else offset_instant(line, calendar, starts_on)
    notes = "\n\n".join(text for text in (line.notes, line.criterion if line.key not in milestones else "") if text)
    return PlannedTask(
        uid=line.key,
        level=line.level,
        name=line.name,
        starts_at=placed.early_start,
        ends_at=placed.early_finish,
        duration_minutes=placed.duration_minutes if holds else duration_minutes(line, calendar),
        work_minutes=0 if holds else work_minutes(line, calendar),
        milestone=line.kind is LineKind.MILESTONE,
        constraint_kind=ConstraintKind.ASAP if floor is None else ConstraintKind.SNET,
        constraint_at=floor,
        notes=notes,
        milestone_id=milestones[line.key].pk if line.key in milestones else None,
    )


def _effort(line: TemplateLine, calendar: Calendar) -> int:
    """What is said, else full time for as long as it lasts."""
    return work_minutes(line, calendar) or duration_minutes(line, calendar)


def _units(line: TemplateLine) -> Decimal:
    """Full time, or the share of it that spreads the effort over the duration."""
    if not line.work_days or not line.days:
        return Decimal(1)
    share = (Decimal(str(line.work_days)) / Decimal(str(line.days))).quantize(Decimal("0.001"))
    return min(max(share, Decimal("0.001")), Decimal(10))


def _risks(actor: Actor, project: Project, document: Template, staff: Mapping[str, Person]) -> None:
    entries = [
        RiskEntry(
            reference=f"R-{number:03}",
            title=risk.title,
            description=_("Cause : %(cause)s") % {"cause": risk.cause} if risk.cause else "",
            probability=risk.probability,
            impact=risk.impact,
            mitigation=risk.response,
            owner=staff.get(risk.role),
        )
        for number, risk in enumerate(document.risks, start=1)
    ]
    if entries:
        set_risks(actor=actor, project_risks={project: entries})


def _budget(actor: Actor, project: Project, document: Template, starts_on: date) -> None:
    entries = []
    for line in document.budget:
        months = starts_on.year * 12 + starts_on.month - 1 + line.month - 1
        month = date(months // 12, months % 12 + 1, 1)
        entries.append(BudgetEntry(line.category, line.nature, month, planned=Decimal(line.planned)))
    if entries:
        set_budget_lines(actor=actor, project_lines={project: entries})


def _roles(
    actor: Actor, project: Project, document: Template, staff: Mapping[str, Person], tasks: Mapping[str, UUID]
) -> None:
    """The roles, and their letters: those of the matrix, and R on the tasks that they do."""
    rows = {
        role.key: cleaned(
            TeamRole(
                project=project,
                name=role.name,
                mission=role.mission,
                person=staff.get(role.key),
                position=position,
            )
        )
        for position, role in enumerate(document.roles)
    }
    create_many(actor, list(rows.values()))
    letters = {(role.key, line): letter for role in document.roles for line, letter in role.raci.items()}
    for line in document.tasks:
        if line.role:
            letters.setdefault((line.role, line.key), Letter.RESPONSIBLE)
    create_many(
        actor,
        [
            Responsibility(project=project, role=rows[role], task_id=tasks[line], letter=letter)
            for (role, line), letter in letters.items()
        ],
    )


def _team(actor: Actor, project: Project, staff: Mapping[str, Person]) -> None:
    """Those who hold a role are in the team; the manager and the sponsor are without being told."""
    leads = {project.manager_id, project.sponsor_id}
    persons = {person.pk: person for person in staff.values() if person.pk not in leads}
    if persons:
        add_project_members(
            actor=actor, values=[{"project": project, "person": person} for person in persons.values()]
        )


def suggested_code(name: str, year: int) -> str:
    """A short code that no project has: the word of the name, the year, and a number when it takes one."""
    plain = unicodedata.normalize("NFKD", name.upper())
    word = "".join(char for char in plain.split(" ")[0] if char.isascii() and char.isalnum())[:10] or "PROJET"
    base = f"{word}-{year}"
    held = set(Project.objects.filter(code__startswith=base).values_list("code", flat=True))
    number, code = 1, base
    while code in held:
        number += 1
        code = f"{base}-{number}"
    return code
