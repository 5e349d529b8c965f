"""What a Microsoft Project file would bring to a plan: its tasks in our terms, its people, what is left out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from integrations.imports.domain.mspdi import MspdiLink, MspdiProject, MspdiResource, MspdiTask, ResourceType
from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.mspdi_reader import MspdiLimits, read_mspdi
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from integrations.imports.domain.values import fold
from integrations.imports.plan_fields import FieldsRead, fields_in
from integrations.imports.sources import objects_of, plan_connection
from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.models import Person
from portfolio.planning.actions import PlannedBaseline, PlannedDates, PlannedLink, PlannedTask
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import schedule
from portfolio.planning.domain.wbs import parents_of_levels
from portfolio.planning.models import ConstraintKind, EffortType, LagUnit, Task, TaskMode
from portfolio.planning.task_rules import HORIZON
from portfolio.projects.models import Project
from tech4value.tenancy.clock import today

MAX_BYTES = 20_000_000
# Of what is read, which a conversion may have made larger; its elements are held in memory to be written back.
LIMITS = MspdiLimits(elements=1_500_000)
MOST_MINUTES = 2_000_000_000  # what the column holds
# The same name whatever the language, so that the file read again finds its baseline.
BASELINE_NAME = "Microsoft Project"
NEW, SKIP = "new", "skip"
# Kept here as the file says it.
_EXACT_HERE = {ProblemCode.ELAPSED_LAG}


@dataclass(frozen=True, slots=True)
class PlanAssignment:
    """Who the file puts on what; `units` 1 is full time."""

    task: str
    resource: int
    units: Decimal
    work_minutes: int


@dataclass
class PlanChanges:
    """The file in our terms. `left_out` counts what is not taken over, `matches` the persons found by resource."""

    source: MspdiProject
    calendar: Calendar
    tasks: list[PlannedTask]
    links: list[PlannedLink]
    assignments: list[PlanAssignment]
    baseline: PlannedBaseline | None
    resources: list[MspdiResource]
    matches: dict[int, Person]
    problems: list[ImportProblem]
    left_out: Counter[str]
    # The calendar of the file that a task follows instead of the plan's.
    task_calendars: dict[str, int] = field(default_factory=dict)
    known: dict[str, UUID] = field(default_factory=dict)
    custom: FieldsRead = field(default_factory=FieldsRead)
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the file can be imported."""
        return not any(problem.is_error for problem in self.problems)

    @property
    def starts_on(self) -> date:
        """The first day of the plan."""
        days = [task.starts_at.date() for task in self.tasks]
        return min(days, default=self.source.start.date() if self.source.start else today())

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return max((task.ends_at.date() for task in self.tasks), default=self.starts_on)


def examine_plan(content: bytes, project: Project | None) -> PlanChanges:
    """Read a file and compare it with `project`'s plan (None: a project to be created). Raises ImportRefused."""
    source = read_mspdi(content, LIMITS)
    known = _known(source, project)
    existing = _existing(project, known)
    changes = in_our_terms(source, project.starts_on if project else None, existing, day=today())
    changes.matches = _matches(changes.resources, project)
    changes.known = known
    changes.custom = fields_in(source)
    _count(changes, existing)
    _check(changes, project)
    return changes


def in_our_terms(
    source: MspdiProject, starts_on: date | None, existing: Mapping[str, Task] | None = None, *, day: date
) -> PlanChanges:
    """A file as the product would hold it on `day`, compared with nothing yet. `starts_on` dates tasks that have no
    date, `existing` gives the tasks that it has made before."""
    left_out: Counter[str] = Counter()
    calendar = working_calendar(source)
    kept = [task for task in source.tasks if _is_kept(task, left_out)]
    uids = {task.uid for task in kept}
    resources = [one for one in source.resources if _is_person(one, left_out)]
    begins = datetime.combine(starts_on, time()) if starts_on else source.start
    changes = PlanChanges(
        source=source,
        calendar=calendar,
        tasks=_tasks(kept, begins or datetime.combine(day, time()), calendar, existing or {}, left_out),
        links=[_link(link) for link in source.links if {link.predecessor_uid, link.successor_uid} <= uids],
        assignments=_assignments(source, uids, {one.uid for one in resources}, left_out),
        baseline=_baseline(kept, left_out, day),
        resources=resources,
        matches={},
        problems=[*_of_the_whole(source), *(one for one in source.problems if one.code not in _EXACT_HERE)],
        left_out=left_out,
        task_calendars={
            str(task.uid): task.calendar_uid
            for task in kept
            if task.calendar_uid is not None and task.calendar_uid in source.calendars_by_uid
        },
    )
    left_out["blank_lines"] = source.blank_lines
    left_out["calendars"] = _other_calendars(source, resources, set(changes.task_calendars.values()))
    left_out["rates"] = sum(1 for one in resources if one.standard_rate)
    return changes


def _of_the_whole(source: MspdiProject) -> list[ImportProblem]:
    """What the file asks of the whole plan that is done otherwise here: dates that count back from its end."""
    if not source.from_finish:
        return []
    where, severity = Where(element="Project"), Severity.WARNING
    if source.finish is None:
        return [ImportProblem(ProblemCode.FROM_NO_FINISH, where, {}, severity)]
    params = {"value": source.finish.date().isoformat()}
    return [ImportProblem(ProblemCode.FROM_FINISH, where, params, severity)]


# --- tasks


def _is_kept(task: MspdiTask, left_out: Counter[str]) -> bool:
    if task.external:
        left_out["external_tasks"] += 1
    elif not task.active:
        left_out["inactive_tasks"] += 1
    return task.active and not task.external


def _known(source: MspdiProject, project: Project | None) -> dict[str, UUID]:
    """What each line became: the task that an import made of it, or the one that an export wrote with its own key."""
    if project is None:
        return {}
    known = objects_of(plan_connection(project.pk), "task")
    keys = {task.guid: str(task.uid) for task in source.tasks if task.guid}
    ours = Task.objects.filter(project=project, pk__in=[key for key in map(_uuid, keys) if key is not None])
    return known | {keys[str(pk)]: pk for pk in ours.values_list("pk", flat=True)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _existing(project: Project | None, known: Mapping[str, UUID]) -> dict[str, Task]:
    """The live tasks that the file made before, by its uid."""
    if project is None:
        return {}
    by_id = {task.pk: task for task in Task.objects.filter(project=project)}
    return {uid: by_id[key] for uid, key in known.items() if key in by_id}


def _tasks(
    kept: list[MspdiTask],
    begins: datetime,
    calendar: Calendar,
    existing: Mapping[str, Task],
    left_out: Counter[str],
) -> list[PlannedTask]:
    levels = [max(task.outline_level, 1) for task in kept]
    summaries = set(parents_of_levels(levels))
    rows = []
    for index, (task, level) in enumerate(zip(kept, levels, strict=True)):
        row = _task(task, level, begins, calendar)
        if task.duration_elapsed:
            left_out["elapsed_durations"] += 1
        before = existing.get(row.uid)
        if index in summaries and before is not None:
            # A summary's dates follow from its tasks: those of the file would only come and go.
            row = replace(
                row,
                starts_at=before.starts_at,
                ends_at=before.ends_at,
                duration_minutes=before.duration_minutes,
                percent_complete=before.percent_complete,
            )
        rows.append(row)
    return rows


def _task(task: MspdiTask, level: int, begins: datetime, calendar: Calendar) -> PlannedTask:
    starts = (task.start or task.finish or begins).replace(microsecond=0)
    ends = max(task.finish or starts, starts)
    duration = task.duration_minutes or 0
    if task.duration_elapsed:
        duration = _between(calendar, starts, ends)
    kind = ConstraintKind(task.constraint.value)
    dated = kind not in {ConstraintKind.ASAP, ConstraintKind.ALAP}
    if dated and task.constraint_date is None:
        kind, dated = ConstraintKind.ASAP, False
    return PlannedTask(
        uid=str(task.uid),
        level=level,
        name=task.name.strip() or f"({task.outline_number or task.uid})",
        starts_at=starts,
        ends_at=ends,
        duration_minutes=_bounded(duration),
        work_minutes=_bounded(task.work_minutes),
        milestone=task.milestone and not duration,
        mode=TaskMode.MANUAL if task.manual else TaskMode.AUTO,
        percent_complete=task.percent_complete.quantize(Decimal("0.0001")),
        constraint_kind=kind,
        constraint_at=task.constraint_date if dated else None,
        deadline_at=task.deadline,
        actual_start_at=task.actual_start,
        actual_end_at=task.actual_finish,
        notes=task.notes,
        effort_type=EffortType(task.effort.value),
    )


def _between(calendar: Calendar, starts: datetime, ends: datetime) -> int:
    try:
        return calendar.working_minutes_between(starts, ends)
    except CalendarError:
        return 0


def _bounded(minutes: int | None) -> int:
    return min(max(minutes or 0, 0), MOST_MINUTES)


def _link(link: MspdiLink) -> PlannedLink:
    lag, unit = link.lag_minutes, LagUnit.WORKING
    if link.lag_percent:
        lag, unit = link.lag_value * 100, LagUnit.PERCENT
    elif link.lag_elapsed and link.lag_value:
        lag, unit = round(link.lag_value / 10), LagUnit.ELAPSED
    return PlannedLink(str(link.predecessor_uid), str(link.successor_uid), link.type.value, lag, unit)


def _baseline(kept: list[MspdiTask], left_out: Counter[str], day: date) -> PlannedBaseline | None:
    frozen = {}
    others = set()
    for task in kept:
        for one in task.baselines:
            if one.number:
                others.add(one.number)
            elif one.start is not None and one.finish is not None:
                dates = (one.start, max(one.finish, one.start))
                frozen[str(task.uid)] = PlannedDates(
                    *dates, _bounded(one.duration_minutes), _bounded(one.work_minutes)
                )
    left_out["baselines"] = len(others)
    return PlannedBaseline(BASELINE_NAME, day, frozen) if frozen else None


# --- people and calendars


def _is_person(resource: MspdiResource, left_out: Counter[str]) -> bool:
    if resource.type is ResourceType.WORK and resource.name.strip():
        return True
    left_out["resources"] += 1
    return False


def _matches(resources: list[MspdiResource], project: Project | None) -> dict[int, Person]:
    """The person of each resource: the one with its e-mail, else the only one with its name, else the one that the
    same file made before."""
    if not resources:
        return {}
    former = {} if project is None else objects_of(plan_connection(project.pk), "resource")
    by_id: dict[UUID, Person] = {}
    by_email: dict[str, Person] = {}
    by_name: dict[str, list[Person]] = {}
    for person in Person.objects.order_by("pk"):
        by_id[person.pk] = person
        if person.email:
            by_email[person.email.lower()] = person
        by_name.setdefault(fold(person.name), []).append(person)
    found = {}
    for resource in resources:
        namesakes = by_name.get(fold(resource.name), [])
        person = by_email.get(resource.email.strip().lower()) or (namesakes[0] if len(namesakes) == 1 else None)
        if person is None and str(resource.uid) in former:
            person = by_id.get(former[str(resource.uid)])
        if person is not None:
            found[resource.uid] = person
    return found


def _assignments(
    source: MspdiProject, tasks: set[int], people: set[int], left_out: Counter[str]
) -> list[PlanAssignment]:
    kept = []
    for one in source.assignments:
        if one.resource_uid is None or one.resource_uid not in people or one.task_uid not in tasks:
            left_out["assignments"] += one.task_uid in tasks and not one.placeholder
            continue
        units = Decimal(1) if one.units is None else min(max(one.units, Decimal(0)), Decimal(10))
        kept.append(
            PlanAssignment(
                str(one.task_uid), one.resource_uid, units.quantize(Decimal("0.001")), _bounded(one.work_minutes)
            )
        )
    return kept


def own_calendar(source: MspdiProject, resource: MspdiResource) -> bool:
    """Whether a resource works other hours than the project."""
    calendar = source.calendars_by_uid.get(resource.calendar_uid or -1)
    return calendar is not None and (any(day is not None for day in calendar.week) or bool(calendar.exceptions))


def _other_calendars(source: MspdiProject, resources: list[MspdiResource], of_tasks: set[int]) -> int:
    """Base calendars that neither the project nor a task nor a person follows."""
    used = {source.calendar_uid, *of_tasks}
    for calendar in source.calendars:
        if not calendar.is_base:
            used.add(calendar.base_uid)
    used |= {one.calendar_uid for one in resources}
    return sum(1 for calendar in source.calendars if calendar.is_base and calendar.uid not in used)


# --- comparison and checks


def _count(changes: PlanChanges, existing: Mapping[str, Task]) -> None:
    uids = {row.uid for row in changes.tasks}
    for row in changes.tasks:
        task = existing.get(row.uid)
        if task is None:
            changes.new += 1
        elif _differs(task, row) or changes.custom.after(row.uid, task.custom_fields) != task.custom_fields:
            changes.changed += 1
        else:
            changes.same += 1
    changes.gone = [task.name for uid, task in existing.items() if uid not in uids]


def _differs(task: Task, row: PlannedTask) -> bool:
    names = (
        "name",
        "starts_at",
        "duration_minutes",
        "work_minutes",
        "percent_complete",
        "constraint_kind",
        "constraint_at",
        "deadline_at",
        "actual_start_at",
        "actual_end_at",
        "notes",
        "effort_type",
    )
    mine: dict[str, Any] = {name: getattr(row, name) for name in names} | {"name": row.name[:255]}
    if not row.milestone:
        mine["ends_at"] = row.ends_at
    return any(getattr(task, name) != value for name, value in mine.items())


def _check(changes: PlanChanges, project: Project | None) -> None:
    """Report what would refuse the plan: dates out of reach, loops."""
    origin = project.starts_on if project else changes.starts_on
    elements = {row.uid: Where(element=f"Task {row.uid} “{row.name[:80]}”") for row in changes.tasks}
    for row in changes.tasks:
        for moment in (row.starts_at, row.ends_at):
            if abs(moment.date() - origin) > HORIZON:
                params = {"value": moment.date().isoformat()}
                changes.problems.append(ImportProblem(ProblemCode.FAR_DATE, elements[row.uid], params))
                break
    if not changes.ok:
        return
    names = {row.uid: row.name for row in changes.tasks}
    try:
        schedule(*_network(changes), calendar=changes.calendar, project_start=_first(changes))
    except PlanningError as error:
        if error.code in {"cycle", "parent_cycle"}:
            path = " → ".join(_("« %(text)s »") % {"text": names.get(key, key)} for key in error.path)
            problem = ImportProblem(ProblemCode.DEPENDENCY_CYCLE, Where(), {"path": path})
        else:
            params = {"value": " ".join((error.code, *error.path))[:80]}
            problem = ImportProblem(ProblemCode.BAD_WORKING_TIME, Where(element="Project"), params)
        changes.problems.append(problem)


def _first(changes: PlanChanges) -> datetime:
    first = min((row.starts_at for row in changes.tasks), default=datetime.combine(today(), time()))
    return first - timedelta(days=1)


def _network(changes: PlanChanges) -> tuple[list[PlanTask], list[Dependency]]:
    parents = parents_of_levels([row.level for row in changes.tasks])
    tasks = []
    for row, above in zip(changes.tasks, parents, strict=True):
        parent = None if above is None else changes.tasks[above].uid
        tasks.append(
            PlanTask(row.uid, row.duration_minutes, parent, manual=True, start=row.starts_at, finish=row.ends_at)
        )
    links = [Dependency(link.predecessor, link.successor, DependencyType(link.kind), 0) for link in changes.links]
    return tasks, links
