"""A plan under edit stays in this process between two edits, with its dates: an edit then reads, dates and tells only
what changed.

What is kept is never believed. Before each use every row's stamp (`xmin` and `ctid`: which version of the row
PostgreSQL holds) is compared, and what differs is read again, whoever wrote it and in whichever process; what
surrounds a plan (its calendar, its people, the tasks of other projects that it waits for) is compared too, and when
it differs the plan is read whole. A plan is taken out while it is used and put back after the commit, so that what
was rolled back is never seen.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Count, DecimalField, QuerySet, Sum
from django.db.models.expressions import RawSQL

from portfolio.people.domain.calendar import CalendarError
from portfolio.people.models import Absence, Person
from portfolio.people.queries import calendars_by_id, working_calendar
from portfolio.planning.domain.conflicts import conflicts
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Planner, ScheduledTask
from portfolio.planning.gantt_rows import PlanRows, read_rows
from portfolio.planning.loops import refuse_loop_across
from portfolio.planning.models import Assignment, Baseline, Dependency, PlanSettings, Task
from portfolio.planning.plan_network import engine_link, engine_task, follows_work, work_led
from portfolio.planning.project_graph import links_across
from portfolio.planning.scheduling import (
    Plan,
    explained,
    load_plan,
    plan_settings,
    planned,
    write_dates,
)
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.tenancy.context import current_tenant

MOST_PLANS: Final = 8
MOST_TASKS: Final = 30_000
# Beyond so many changed rows a run over the whole costs less than following each.
MOST_CHANGES: Final = 40
MOST_ROWS_BY_KEY: Final = 500
MOST_ROWS: Final = 3

Stamps = dict[UUID, str]


@dataclass
class _KeptRows:
    rows: PlanRows
    stale: set[UUID] = field(default_factory=set)
    """The tasks whose row may have changed since."""


@dataclass
class KeptPlan:
    """A plan with the stamps of its rows, the engine that dated it, and its rows as pages read them."""

    plan: Plan
    around: tuple[Any, ...]
    stamps: dict[type[Any], Stamps]
    digests: dict[type[Any], tuple[Any, ...]]
    """Of the rows that an edit seldom writes, taken before their stamps: while it is the same, so are they."""
    planner: Planner | None = None
    """None until the plan is dated, and when more has changed since than is worth following."""
    settled: bool = False
    """Whether what is stored is what the engine says, but for `changed` and `relinked`."""
    changed: set[UUID] = field(default_factory=set)
    """The tasks that the engine has not heard of yet; beside them, the links that came and went, in their order."""
    relinked: list[tuple[Dependency, bool]] = field(default_factory=list)
    rows: OrderedDict[tuple[bool, UUID | None], _KeptRows] = field(default_factory=OrderedDict)
    """By language (French or not) and baseline: the last few that were read."""
    to_be_kept: bool = False
    """Whether the transaction that holds it has asked to keep it, once it is committed."""

    # --- as the database is

    def catch_up(self) -> None:
        """Read what the database holds otherwise."""
        project = self.plan.project
        around = _surroundings(project)
        digests = _digests(project)
        now = {
            model: self.stamps[model] if digests.get(model, 0) == self.digests.get(model) else _stamps(rows)
            for model, rows in _stamped(project).items()
        }
        differs = {model: _differing(now[model], self.stamps[model]) for model in now}
        gone = {model: self.stamps[model].keys() - now[model].keys() for model in now}
        if around != self.around or sum(map(len, differs.values())) > len(self.plan.tasks) // 2 + MOST_CHANGES:
            self._read_whole()
        elif any(differs.values()) or any(gone.values()):
            links = _fresh(Dependency, differs[Dependency])
            outside = {link.pk for link in self.plan.outside}
            if outside & {*gone[Dependency], *links} or any(link.predecessor_project_id for link in links.values()):
                self._read_whole()  # a task of another project comes or goes with its link
                return
            self.stamps, self.digests = now, digests
            self._take_links(links, gone[Dependency])
            self._take_tasks(_fresh(Task, differs[Task]), gone[Task])
            self._take_assignments(_fresh(Assignment, differs[Assignment]), gone[Assignment])

    def _read_whole(self) -> None:
        fresh = _read(self.plan.project)
        self.plan, self.around = fresh.plan, fresh.around
        self.stamps, self.digests = fresh.stamps, fresh.digests
        self._forget()
        self.rows.clear()

    def _take_tasks(self, fresh: dict[UUID, Task], gone: Collection[UUID]) -> None:
        if not fresh and not gone:
            return
        plan, before = self.plan, self.plan.by_id
        same_outline = not gone and all(
            key in before and (before[key].parent_id, before[key].position) == (task.parent_id, task.position)
            for key, task in fresh.items()
        )
        # The engine reads calendars and people when it reads the plan.
        plain = not any(
            one.calendar_id or follows_work(one)
            for key, task in fresh.items()
            for one in (task, before.get(key, task))
        )
        plan.tasks = [fresh.pop(task.id, task) for task in plan.tasks if task.id not in gone]
        self._stale({task.id for task in plan.tasks if before.get(task.id) is not task})
        if same_outline and plain:
            self.changed |= {task.id for task in plan.tasks if before[task.id] is not task}
        else:
            plan.tasks = sorted([*plan.tasks, *fresh.values()], key=lambda task: (task.position, task.pk))
            self._stale(fresh)
            self._forget()

    def _take_links(self, fresh: dict[UUID, Dependency], gone: Collection[UUID]) -> None:
        if not fresh and not gone:
            return
        plan = self.plan
        left = [link for link in plan.links if link.id in gone or link.id in fresh]
        plan.links = [link for link in plan.links if link.id not in gone and link.id not in fresh]
        plan.links += fresh.values()
        self.relinked += [(link, False) for link in left] + [(link, True) for link in fresh.values()]
        self._stale({link.successor_id for link in (*left, *fresh.values())})

    def _take_assignments(self, fresh: dict[UUID, Assignment], gone: Collection[UUID]) -> None:
        if gone:  # whose they were is not known any more
            for kept in self.rows.values():
                kept.stale |= {task.pk for task in self.plan.tasks}
        self._stale({row.task_id for row in fresh.values()})
        if (fresh or gone) and any(follows_work(task) for task in self.plan.tasks):
            self._forget()

    def _stale(self, keys: Collection[UUID]) -> None:
        for kept in self.rows.values():
            kept.stale |= set(keys)

    def _forget(self) -> None:
        self.planner, self.settled = None, False
        self.changed.clear()
        self.relinked.clear()

    def _forget_many(self) -> None:
        """Following so many changes costs more than a run over the whole."""
        if len(self.changed) + len(self.relinked) > MOST_CHANGES:
            self._forget()

    # --- dates

    def prepare(self) -> None:
        """Have the engine ready for the edit that may come. What it refuses is told to the edit."""
        if self.planner is None:
            with suppress(PlanningError, CalendarError):
                self.planner = planned(self.plan)
                self.changed.clear()
                self.relinked.clear()

    def date(self, actor: Actor) -> None:
        """Date the plan and write what moved, as `scheduling.reschedule` does, following what changed where that is
        less. Raises ValidationError with the reason in words: the plan must then not be kept."""
        plan = self.plan
        if plan.outside:
            refuse_loop_across(actor=actor, project=plan.project)
        self._forget_many()
        try:
            touched: Collection[str] = ()
            if self.planner is None:
                self.planner = planned(plan)
            else:
                touched = self._follow(self.planner)
            if not self.settled:
                touched = self.planner.network.nodes.keys()
            nodes = self.planner.network.nodes
            placed = self.planner.outcome([nodes[key] for key in touched])
            found = tuple(conflicts(self.planner.network))
        except (PlanningError, CalendarError) as error:
            raise ValidationError(explained(error, plan), code="plan") from error
        written = {task.pk: task for task in write_dates(actor, plan, placed, found)}
        self.settled = True
        self.changed.clear()
        self.relinked.clear()
        # Read again, now that they are locked: something else of theirs may have been written since they were read.
        self.stamps[Task] |= _stamps(Task.objects.filter(pk__in=written))
        fresh = _fresh(Task, written)
        plan.tasks = [fresh.get(task.id, task) for task in plan.tasks]
        unheard = {key for key, task in fresh.items() if _differs(task, written[key])}
        if any(fresh[key].calendar_id or follows_work(fresh[key]) for key in unheard):
            self._forget()
        else:
            self.changed |= unheard
        self._stale(written)

    def outcome(self) -> Mapping[str, ScheduledTask]:
        """What the engine says of every task of the plan, by key; nothing of a plan that it refuses: the next edit is
        told why."""
        self._forget_many()
        self.prepare()
        if self.planner is None:
            return {}
        try:
            if self.changed or self.relinked:  # what others have written, which the engine has not heard of
                self._follow(self.planner)
                self.settled = False
                self.changed.clear()
                self.relinked.clear()
            nodes = self.planner.network.nodes.values()
            return self.planner.outcome(node for node in nodes if not node.outside)
        except (PlanningError, CalendarError):
            self._forget()
            return {}

    def _follow(self, planner: Planner) -> Collection[str]:
        """Tell the engine what changed; the keys of the tasks whose outcome may be another."""
        touched: dict[str, Any] = {}
        for link, comes in self.relinked:
            verb = planner.link if comes else planner.unlink
            touched |= verb(engine_link(link))
        if not self.changed:
            return touched.keys()
        parents, tasks = self.plan.parents, self.plan.by_id
        for key in self.changed:
            task = engine_task(tasks[key], key in parents, None)
            if task != planner.network.nodes[str(key)].task:
                touched |= planner.change(task)
        return touched.keys()

    # --- rows

    def read_rows(self, baseline: Baseline | None, *, french: bool) -> PlanRows:
        """The plan's rows against a baseline. No statement when none has changed, else three."""
        plan, key = self.plan, (french, None if baseline is None else baseline.pk)
        kept = self.rows.pop(key, None)
        day = day_minutes(plan.calendar)
        if kept is None:
            kept = _KeptRows(read_rows(plan.project, baseline, day, french=french, tasks=plan.tasks))
        elif kept.stale or len(kept.rows.texts) != len(plan.tasks):  # a task that moves nothing may have gone
            stale = [task for task in plan.tasks if task.id in kept.stale]
            few = len(stale) <= MOST_ROWS_BY_KEY
            fresh = read_rows(
                plan.project, baseline, day, french=french, tasks=stale, keys=kept.stale if few else None
            )
            kept.rows = kept.rows.merged(fresh, [str(task.id) for task in plan.tasks])
            kept.stale.clear()
        self.rows[key] = kept
        while len(self.rows) > MOST_ROWS:
            self.rows.popitem(last=False)
        return kept.rows


# --- which are kept


def taken(project: Project) -> KeptPlan:
    """The plan of `project` as the database holds it now, for this transaction alone; `keep` it at its end."""
    return taken_if_kept(project) or _read(project)


def taken_if_kept(project: Project) -> KeptPlan | None:
    """The same, or None where this process has not kept it."""
    with _lock:
        kept = _held.pop((current_tenant().pk, project.pk), None)
    if kept is not None:
        kept.plan.project, kept.to_be_kept = project, False
        kept.catch_up()
    return kept


def keep(kept: KeptPlan) -> None:
    """Let the next edit in this process find the plan, once this transaction is committed."""
    if kept.to_be_kept:
        return
    kept.to_be_kept = True
    key = (current_tenant().pk, kept.plan.project.pk)
    transaction.on_commit(lambda: _put_back(key, kept), robust=True)


def _put_back(key: tuple[UUID, UUID], kept: KeptPlan) -> None:
    with _lock:
        _held[key] = kept
        _held.move_to_end(key)
        while len(_held) > MOST_PLANS or (
            len(_held) > 1 and sum(len(one.plan.tasks) for one in _held.values()) > MOST_TASKS
        ):
            _held.popitem(last=False)


# --- stamps


def _read(project: Project) -> KeptPlan:
    """The whole plan. What it is compared by is read first: what is written meanwhile is read again, never missed."""
    around, digests = _surroundings(project), _digests(project)
    stamps = {model: _stamps(rows) for model, rows in _stamped(project).items()}
    return KeptPlan(load_plan(project), around, stamps, digests)


def _stamped(project: Project) -> dict[type[Any], QuerySet[Any]]:
    return {model: model.objects.filter(project=project) for model in (Task, Dependency, Assignment)}


def _digests(project: Project) -> dict[type[Any], tuple[Any, ...]]:
    return {model: _digest(rows) for model, rows in _stamped(project).items() if model is not Task}


def _stamps(rows: QuerySet[Any]) -> dict[UUID, str]:
    """The version of each row, as PostgreSQL knows it: the transaction that wrote it, and where it lies."""
    stamp = RawSQL("xmin::text || ctid::text", (), output_field=CharField())  # no value comes in
    return dict(rows.annotate(stamp=stamp).order_by().values_list("pk", "stamp"))


def _digest(rows: QuerySet[Any]) -> tuple[Any, ...]:
    """The versions of many rows, as one number."""
    stamp = RawSQL(  # no value comes in
        "hashtextextended(xmin::text || ctid::text, 0)::numeric", (), output_field=DecimalField(max_digits=30)
    )
    found = rows.order_by().aggregate(count=Count("pk"), digest=Sum(stamp))
    return found["count"], found["digest"]


def _surroundings(project: Project) -> tuple[Any, ...]:
    """What the dates and the rows of a plan hang on beside its own rows. To be compared, nothing else."""
    settings = plan_settings(project)
    tasks = Task.objects.filter(project=project)
    people = Assignment.objects.filter(project=project).values("person")
    by_work = tasks.filter(work_led()).exists()
    across = links_across().filter(project=project)
    awake = sorted(across.values_list("pk", flat=True))
    elsewhere = PlanSettings.objects.filter(project__in=across.values("predecessor_project"))
    own_calendars = bool(awake) or by_work or tasks.filter(calendar__isnull=False).exists()
    return (
        Project.objects.filter(pk=project.pk).values_list("starts_on", "ends_on").get(),
        working_calendar(None if settings is None else settings.calendar),
        None if settings is None else settings.data_date,
        _digest(Person.objects.filter(pk__in=people)),
        calendars_by_id() if own_calendars else None,
        _digest(Absence.objects.filter(person__in=people)) if by_work else None,
        awake,
        _digest(Task.objects.filter(pk__in=across.values("predecessor"))) if awake else None,
        _digest(elsewhere) if awake else None,
    )


def _differs(one: Task, other: Task) -> bool:
    """Whether the engine would take the two otherwise."""
    return engine_task(one, False, None) != engine_task(other, False, None)


def _fresh(model: type[Any], keys: Collection[UUID]) -> dict[UUID, Any]:
    return dict(model.objects.in_bulk(list(keys))) if keys else {}


def _differing(now: dict[UUID, str], before: dict[UUID, str]) -> set[UUID]:
    return set() if now is before else {key for key, _stamp in now.items() - before.items()}


_held: OrderedDict[tuple[UUID, UUID], KeptPlan] = OrderedDict()
_lock = Lock()
