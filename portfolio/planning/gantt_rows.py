"""The plan as its editor reads it: compact rows, and only those that differ from what a page already has.

A row is an array (see `Row`): five thousand of them are read in three statements and half a megabyte. What a page was
last given is remembered as one digest a row, so that its next question, or the answer to its own edit, holds changed
rows only, whoever changed them.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max, Min
from redis import RedisError

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.predecessors import Predecessor, write_predecessor
from portfolio.planning.models import Assignment, Baseline, BaselineTask, Dependency, PlanSettings, Task
from portfolio.planning.scheduling import plan_calendar
from portfolio.projects.models import Project
from tech4value.fields.domain import SHORT
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant

EPOCH: Final = datetime.combine(date(1970, 1, 1), time())  # wall-clock, as the plan's instants are
KINDS: Final = {"task": 0, "summary": 1, "milestone": 2}
REMEMBERED_SECONDS: Final = 12 * 3600
# Days off are shaded this far around the plan, and no further than a reader scrolls.
AROUND: Final = timedelta(days=400)
MOST_DAYS: Final = 366 * 15

TASK_FIELDS: Final = (
    "id", "parent_id", "name", "kind", "mode", "starts_at", "ends_at", "duration_minutes", "percent_complete",
    "is_critical", "total_float_minutes", "version", "constraint_kind", "constraint_at", "deadline_at",
    "work_minutes", "stops_at", "resumes_at", "free_float_minutes", "actual_start_at", "actual_end_at",
    "custom_fields",
)  # fmt: skip

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Row(NamedTuple):
    """What the editor knows of a task, in this order in the JSON.

    Instants are minutes of wall-clock time since 1970, durations working minutes, progress ten-thousandths.
    `people` are [name, hundredths of full time]; `predecessors` are [key, type, type and lag as typed]. `split` is
    [where work stops, where it goes on] for a task that progress has split, else empty. `custom` are the values of
    custom fields by key, as they are stored; a long text as much of it as a cell shows.
    """

    id: str
    parent: str
    name: str
    kind: int
    manual: int
    start: int
    finish: int
    duration: int
    percent: int
    critical: int
    float: int | None
    version: int
    constraint: str
    constraint_at: int | None
    deadline: int | None
    baseline_start: int | None
    baseline_finish: int | None
    work: int
    people: list[list[Any]]
    predecessors: list[list[str]]
    split: tuple[int, ...] = ()
    free_float: int | None = None
    actual_start: int | None = None
    actual_finish: int | None = None
    custom: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class PlanRows:
    """The rows of a plan as JSON texts by key, in reading order."""

    texts: Mapping[str, str]
    digests: Mapping[str, bytes]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "PlanRows":
        """These rows, with their digests."""
        return cls(texts, {key: _digest(text) for key, text in texts.items()})

    def merged(self, fresh: "PlanRows", order: Sequence[str]) -> "PlanRows":
        """The rows of `order`, each as `fresh` has it, else as it was."""
        texts, digests = {**self.texts, **fresh.texts}, {**self.digests, **fresh.digests}
        return PlanRows({key: texts[key] for key in order}, {key: digests[key] for key in order})


def minutes(moment: datetime | None) -> int | None:
    """Wall-clock minutes since 1970."""
    return None if moment is None else (moment - EPOCH) // timedelta(minutes=1)


def read_rows(
    project: Project,
    baseline: Baseline | None,
    day: int,
    *,
    french: bool,
    tasks: Iterable[Any] | None = None,
    keys: Collection[UUID] | None = None,
) -> PlanRows:
    """The rows of `project`; `tasks`, in reading order, when they have just been read or changed, `keys` being theirs
    when they are not all of the plan. At most four statements."""
    if tasks is None:
        rows = Task.objects.filter(project=project).order_by("position", "id")
        tasks = rows.values_list(*TASK_FIELDS, named=True)
    people = _people(project, keys)
    before = _predecessors(project, day, keys, french=french)
    frozen = _frozen(baseline, keys)
    return PlanRows.of({str(task.id): _text(task, people, before, frozen) for task in tasks})


def text_of(row: Sequence[Any]) -> str:
    """A row as JSON."""
    return _encode(row)


def _text(
    task: Any,
    people: Mapping[UUID, list[list[Any]]],
    before: Mapping[UUID, list[list[str]]],
    frozen: Mapping[UUID, tuple[int | None, int | None]],
) -> str:
    baseline_start, baseline_finish = frozen.get(task.id, (None, None))
    row = Row(
        id=str(task.id),
        parent=str(task.parent_id) if task.parent_id else "",
        name=task.name,
        kind=KINDS[task.kind],
        manual=int(task.mode == "manual"),
        start=(task.starts_at - EPOCH) // timedelta(minutes=1),
        finish=(task.ends_at - EPOCH) // timedelta(minutes=1),
        duration=task.duration_minutes,
        percent=int(task.percent_complete * 10_000),
        critical=int(task.is_critical),
        float=task.total_float_minutes,
        version=task.version,
        constraint="" if task.constraint_kind == "asap" else task.constraint_kind,
        constraint_at=minutes(task.constraint_at),
        deadline=minutes(task.deadline_at),
        baseline_start=baseline_start,
        baseline_finish=baseline_finish,
        work=task.work_minutes,
        people=people.get(task.id, []),
        predecessors=before.get(task.id, []),
        split=_split(task),
        free_float=task.free_float_minutes,
        actual_start=minutes(task.actual_start_at),
        actual_finish=minutes(task.actual_end_at),
        custom=_custom(task.custom_fields),
    )
    return text_of(row)


def _custom(held: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A long text goes to the page cut: it is read and written in the task's panel."""
    return {
        key: f"{value[:SHORT]}…" if isinstance(value, str) and len(value) > SHORT else value
        for key, value in (held or {}).items()
    }


def _split(task: Any) -> tuple[int, ...]:
    if task.stops_at is None or task.resumes_at is None:
        return ()
    return ((task.stops_at - EPOCH) // timedelta(minutes=1), (task.resumes_at - EPOCH) // timedelta(minutes=1))


def _people(project: Project, keys: Collection[UUID] | None) -> dict[UUID, list[list[Any]]]:
    rows = Assignment.objects.filter(project=project, person__deleted_at=None).order_by("person__name", "id")
    rows = rows if keys is None else rows.filter(task__in=keys)
    found: dict[UUID, list[list[Any]]] = {}
    for task, name, units in rows.values_list("task_id", "person__name", "units"):
        found.setdefault(task, []).append([name, int(units * 100)])
    return found


def _predecessors(
    project: Project, day: int, keys: Collection[UUID] | None, *, french: bool
) -> dict[UUID, list[list[str]]]:
    rows = Dependency.objects.filter(project=project).order_by("id")
    rows = rows if keys is None else rows.filter(successor__in=keys)
    found: dict[UUID, list[list[str]]] = {}
    known: dict[tuple[str, int, str], str] = {}
    for one, other, kind, lag, unit in rows.values_list("predecessor_id", "successor_id", "kind", "lag", "lag_unit"):
        text = known.get((kind, lag, unit))
        if text is None:
            typed = write_predecessor(Predecessor(1, DependencyType(kind), lag, unit), day=day, french=french)
            text = known[kind, lag, unit] = typed[1:]  # without the number, which is the editor's
        found.setdefault(other, []).append([str(one), kind, text])
    return found


def _frozen(baseline: Baseline | None, keys: Collection[UUID] | None) -> dict[UUID, tuple[int | None, int | None]]:
    if baseline is None:
        return {}
    held = BaselineTask.objects.filter(baseline=baseline)
    held = held if keys is None else held.filter(task__in=keys)
    rows = held.values_list("task_id", "starts_at", "ends_at")
    return {task: (minutes(start), minutes(end)) for task, start, end in rows}


# --- answers


def whole(project: Project, baseline: Baseline | None, *, french: bool, rows: PlanRows | None = None) -> str:
    """All that the editor needs to begin, as JSON; `rows` when they have just been read."""
    calendar = plan_calendar(project)
    day = day_minutes(calendar)
    settings = PlanSettings.objects.filter(project=project).first()
    rows = rows or read_rows(project, baseline, day, french=french)
    token = secrets.token_urlsafe(12)
    remember(project.pk, token, rows)
    first, last = _extent(project)
    said = {
        "token": token,
        "day": day,
        "today": days_since_epoch(today()),
        "data_date": days_since_epoch(settings.data_date) if settings and settings.data_date else None,
        "week": [int(bool(intervals)) for intervals in calendar.week],
        "exceptions": exceptional_days(calendar, first - AROUND, last + AROUND),
        "baseline": {"id": str(baseline.pk), "name": baseline.name} if baseline else None,
    }
    return f'{json.dumps(said, ensure_ascii=False)[:-1]},"rows":[{",".join(rows.texts.values())}]}}'


def chosen_baseline(project: Project, baseline_id: UUID | None) -> Baseline | None:
    """The baseline of the address, else the latest."""
    rows = list(Baseline.objects.filter(project=project))
    return next((one for one in rows if one.pk == baseline_id), rows[0] if rows else None)


def since(subject: UUID, token: str, rows: PlanRows) -> str | None:
    """What differs from what the page of `token`, about `subject`, was last given, as JSON: `rows`, `removed` keys,
    and the whole `order` when it changed. None when that has been forgotten: the page then reads everything again."""
    try:
        before: Mapping[str, bytes] | None = cache.get(_key(subject, token))
    except RedisError:  # a cache that is away costs time, never an answer
        return None
    if before is None:
        return None
    now = rows.digests
    changed = [rows.texts[key] for key, digest in now.items() if before.get(key) != digest]
    removed = [key for key in before if key not in now]
    order = list(now) if list(before) != list(now) else None
    remember(subject, token, rows)
    said = json.dumps({"removed": removed, "order": order, "today": days_since_epoch(today())})
    return f'{said[:-1]},"rows":[{",".join(changed)}]}}'


def remember(subject: UUID, token: str, rows: PlanRows) -> None:
    """Keep what the page has, once it is sure to be so."""
    key = _key(subject, token)
    transaction.on_commit(lambda: cache.set(key, rows.digests, REMEMBERED_SECONDS), robust=True)


def _key(subject: UUID, token: str) -> str:
    held = hashlib.sha256(token.encode()).hexdigest()[:32]
    return f"gantt:{current_tenant().pk}:{subject}:{held}"


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


# --- days


def days_since_epoch(day: date) -> int:
    """Days since 1 January 1970."""
    return day.toordinal() - EPOCH.toordinal()


def _extent(project: Project) -> tuple[date, date]:
    """The days that the plan covers, its project's among them."""
    found = Task.objects.filter(project=project).aggregate(first=Min("starts_at"), last=Max("ends_at"))
    first, last = ([found[key].date()] if found[key] else [] for key in ("first", "last"))
    return min([project.starts_on, *first]), max([project.ends_on, *last])


def exceptional_days(calendar: Calendar, first: date, last: date) -> list[int]:
    """The days from `first` to `last` that are not as their weekday is: public holidays, closed weeks, and days
    worked at weekends; in days since 1970."""
    length = min((last - first).days, MOST_DAYS)
    usual = [bool(intervals) for intervals in calendar.week]
    days = (first + timedelta(days=offset) for offset in range(length + 1))
    return [days_since_epoch(day) for day in days if calendar.is_working_day(day) != usual[day.weekday()]]
