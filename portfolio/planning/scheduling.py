"""From a project's rows to the scheduling domain and back: the plan as a whole, its order and its dates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.queries import working_calendar
from portfolio.planning.domain import wbs
from portfolio.planning.domain.conflicts import Conflict
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Planner, Schedule, ScheduledTask
from portfolio.planning.loops import refuse_loop_across
from portfolio.planning.models import (
    Dependency,
    EffortType,
    PlanSettings,
    Task,
    TaskMode,
)
from portfolio.planning.plan_network import planner_of
from portfolio.planning.project_graph import links_across, lock_downstream
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type, update_many
from tech4value.tenancy.bulk import update_rows
from tech4value.tenancy.context import before_commit

TASK = object_type(Task)
# A task that comes or goes journals its rank too.
OUTLINE = {"parent", "position"}


@dataclass
class Plan:
    """The live tasks of a project in reading order, their links, and the calendar that dates are counted on."""

    project: Project
    calendar: Calendar
    tasks: list[Task]
    links: list[Dependency]
    data_date: date | None = None
    # The links from tasks of other projects: those are where they are planned, and never written.
    outside: list[Dependency] = field(default_factory=list)

    @property
    def by_id(self) -> dict[UUID, Task]:
        return {task.id: task for task in self.tasks}

    @property
    def parents(self) -> set[UUID]:
        """The ids of tasks that have tasks under them."""
        return {task.parent_id for task in self.tasks if task.parent_id is not None}


def plan_calendar(project: Project) -> Calendar:
    """The calendar of a project's plan: its own, else the tenant's default."""
    settings = plan_settings(project)
    return working_calendar(None if settings is None else settings.calendar)


def plan_settings(project: Project) -> PlanSettings | None:
    """What governs the plan of a project, with its calendar; None until somebody chose something."""
    return PlanSettings.objects.select_related("calendar").filter(project=project).first()


def lock_plan(project: Project, also: Iterable[UUID] = ()) -> None:
    """Writers of one plan follow one another: its order and its dates are those of the whole, and those of the
    projects that wait for it follow them. `also` are projects whose dates must stay while they are read."""
    lock_downstream([project.pk], also)


def lock_plans(projects: Iterable[UUID]) -> None:
    """The same for several plans that one transaction writes: taken one by one, two writers could wait for one
    another."""
    lock_downstream(projects)


def load_plan(project: Project) -> Plan:
    """Five statements whatever the number of tasks; one more for a plan that waits for other projects."""
    settings = plan_settings(project)
    links = list(Dependency.objects.filter(project=project))
    outside = [link.pk for link in links if link.predecessor_project_id is not None]
    return Plan(
        project,
        working_calendar(None if settings is None else settings.calendar),
        list(Task.objects.filter(project=project).order_by("position", "id")),
        [link for link in links if link.predecessor_project_id is None],
        None if settings is None else settings.data_date,
        list(links_across().filter(pk__in=outside).select_related("predecessor__project")) if outside else [],
    )


def load_dates(project: Project) -> Plan:
    """The tasks of a project as they are dated, without their links: not to be dated again. Three statements."""
    settings = plan_settings(project)
    return Plan(
        project,
        working_calendar(None if settings is None else settings.calendar),
        list(Task.objects.filter(project=project).defer("custom_fields", "notes").order_by("position", "id")),
        [],
        None if settings is None else settings.data_date,
    )


# --- order


def outline_items(tasks: Iterable[Task]) -> list[wbs.OutlineItem]:
    """The tasks as the outline sees them."""
    return [
        wbs.OutlineItem(str(task.pk), str(task.parent_id) if task.parent_id else None, task.position)
        for task in tasks
    ]


def renumber(plan: Plan) -> None:
    """Put the tasks in reading order and give each its WBS code; saves what changed.

    Codes and ranks follow from the outline, and are not journaled: the task that was moved is. Ranks keep their gaps
    as long as the order is right, so that a deleted task finds its place again.
    """
    by_key = {str(task.pk): task for task in plan.tasks}
    rows = wbs.outline(outline_items(plan.tasks))
    ranks = [by_key[row.key].position for row in rows]
    dense = any(after <= before for before, after in pairwise(ranks))
    changed = []
    for rank, row in enumerate(rows):
        task = by_key[row.key]
        wanted = (rank if dense else task.position, row.code[:60])
        if (task.position, task.wbs) != wanted:
            task.position, task.wbs = wanted
            changed.append(task)
    plan.tasks = [by_key[row.key] for row in rows]
    if changed:
        update_rows(changed, ["position", "wbs"])


# --- dates


def compute(plan: Plan, *, keep_dates: bool = False) -> Schedule:
    """The plan's schedule; nothing is written. With `keep_dates` every task stays where it is, and only floats and
    the critical path are computed. Raises ValidationError with the reason in words (a loop with its path).
    """
    try:
        return planned(plan, keep_dates=keep_dates).schedule()
    except (PlanningError, CalendarError) as error:
        raise ValidationError(explained(error, plan), code="plan") from error


def planned(plan: Plan, *, keep_dates: bool = False) -> Planner:
    """The engine with the plan in it. Raises PlanningError, CalendarError."""
    return planner_of(
        plan.project,
        plan.tasks,
        plan.links,
        calendar=plan.calendar,
        data_date=plan.data_date,
        keep_dates=keep_dates,
        outside=plan.outside,
    )


def explained(error: PlanningError | CalendarError, plan: Plan) -> str:
    """What the domain refuses, as a sentence that names the tasks."""
    if isinstance(error, CalendarError) or error.code == "calendar":
        return _(
            "Le calendrier « %(name)s » ne permet pas de dater ce plan : vérifiez qu’il contient des heures de "
            "travail et que les durées sont raisonnables."
        ) % {"name": plan.calendar.name}
    names = {str(task.pk): task.name for task in plan.tasks}
    path = " → ".join(_("« %(text)s »") % {"text": names.get(key, key)} for key in error.path)
    match error.code:
        case "cycle" | "parent_cycle":
            return _(
                "Ces tâches s’attendent les unes les autres : %(path)s. Retirez l’un de ces liens, ou sortez la "
                "tâche de son récapitulatif."
            ) % {"path": path}
        case "bad_dates":
            return _("La fin précède le début : %(path)s. Corrigez l’une des deux dates.") % {"path": path}
    return _("Le plan ne peut pas être calculé : %(path)s.") % {"path": path or error.code}


def reschedule(*, actor: Actor, project: Project, plan: Plan | None = None, keep_dates: bool = False) -> Schedule:
    """Compute the plan's dates, floats and critical path, and write back what changed.

    A task whose dates or progress move is journaled as `task.rescheduled`; floats, the critical path and conflicts
    follow from the rest and are written without an event. Raises ValidationError as `compute` does, before anything
    is written.
    """
    plan = plan or load_plan(project)
    if plan.outside:
        refuse_loop_across(actor=actor, project=project)
    outcome = compute(plan, keep_dates=keep_dates)
    write_dates(actor, plan, outcome.tasks, outcome.conflicts, keep_dates=keep_dates)
    return outcome


def write_dates(
    actor: Actor,
    plan: Plan,
    placed: Mapping[str, ScheduledTask],
    conflicts: Iterable[Conflict],
    *,
    keep_dates: bool = False,
) -> list[Task]:
    """Write back what differs: the dates of the tasks that are `placed`, the conflicts of all. Returns the tasks that
    were written."""
    parents = plan.parents
    clashes = _conflicts(conflicts, keep_dates)
    heard = {UUID(key) for key in (*placed, *clashes)}
    moved = []
    rated = []
    for task in plan.tasks:
        if task.id not in heard and not task.conflicts:
            continue
        key = str(task.id)
        follows: dict[str, object] = {"conflicts": clashes.get(key, [])}
        if key in placed:
            if values := _dates(task, placed[key], task.pk in parents, keep_dates):
                moved.append((task, values))
            follows |= _follows(task, placed[key])
        if any(getattr(task, name) != value for name, value in follows.items()):
            for name, value in follows.items():
                setattr(task, name, value)
            rated.append(task)
    update_many(actor, moved, verb="task.rescheduled")
    if rated:
        update_rows(rated, [*_FOLLOWING, "conflicts"])
    return list({task.pk: task for task in (*(task for task, _values in moved), *rated)}.values())


_FOLLOWING = ("total_float_minutes", "free_float_minutes", "is_critical", "stops_at", "resumes_at")


def _follows(task: Task, placed: ScheduledTask) -> dict[str, object]:
    """What the schedule says of a task beside its dates."""
    critical = placed.critical and task.percent_complete < 1
    stops_at, resumes_at = (placed.parts[0][1], placed.parts[-1][0]) if len(placed.parts) > 1 else (None, None)
    following = (placed.total_float, placed.free_float, critical, stops_at, resumes_at)
    return dict(zip(_FOLLOWING, following, strict=True))


def _conflicts(found: Iterable[Conflict], keep_dates: bool) -> dict[str, list[list[object]]]:
    """By task, as they are stored. Of a plan that stays where it is, links say nothing yet."""
    by_task: dict[str, list[list[object]]] = {}
    for one in found:
        if not keep_dates or one.code == "deadline_missed":
            by_task.setdefault(one.task, []).append([one.code, one.other, one.minutes])
    return by_task


def _dates(task: Task, placed: ScheduledTask, is_summary: bool, keep_dates: bool) -> dict[str, object]:
    """What the schedule changes in a task; nothing of a task that is placed by hand."""
    if not is_summary and (keep_dates or task.mode == TaskMode.MANUAL):
        return {}
    values: dict[str, object] = {"starts_at": placed.start, "ends_at": placed.finish}
    if is_summary or task.effort_type != EffortType.DURATION:
        values["duration_minutes"] = placed.duration_minutes
    if is_summary:
        progress = Decimal(str(placed.percent_complete)).quantize(Decimal("0.0001"))
        values["percent_complete"] = min(progress, Decimal(1))
    return {name: value for name, value in values.items() if getattr(task, name) != value}


def under(plan: Plan, roots: Collection[UUID]) -> list[Task]:
    """The tasks of `roots` and all that is below them, in reading order."""
    inside = set(roots)
    for task in plan.tasks:
        if task.parent_id in inside:
            inside.add(task.pk)
    return [task for task in plan.tasks if task.pk in inside]


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: a plan whose outline was changed (by the undo of an import too) is numbered again,
    once, before the commit."""
    for event in events:
        if event.object_type == TASK and event.project_id and OUTLINE & set(event.changes):
            before_commit(("planning.outline", event.project_id), partial(_renumber_project, event.project_id))


def _renumber_project(project_id: UUID) -> None:
    project = Project.objects.filter(pk=project_id).first()
    if project is not None:
        lock_plan(project)
        renumber(load_plan(project))
