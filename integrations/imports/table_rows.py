"""For each target, the row that a record speaks of, and what its fields are now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrations.imports.changes import fields_of
from integrations.imports.domain.problem import ProblemCode
from integrations.imports.domain.references import RawRow
from integrations.imports.domain.table_targets import AMOUNTS
from integrations.imports.domain.values import fold
from integrations.imports.holdings import identity, plans_otherwise
from integrations.imports.table_reading import CLEARED
from integrations.imports.workbook_run import free_code
from portfolio.finance.actions import YEARS
from portfolio.planning.models import TaskKind
from portfolio.planning.task_rules import HORIZON
from portfolio.projects.models import Project
from portfolio.risks.domain import next_reference
from tech4value.accounts.permissions import Permission

if TYPE_CHECKING:
    from integrations.imports.table_changes import TableComparison

STATUS = ("weather", "trend", "comment")
_TEXTS = frozenset(
    {"goal", "success_criterion", "description", "mitigation", "notes", "profile", "skills", "comment"}
)
# A blank cell says nothing of these, even when blank cells empty their fields.
_STAYS = frozenset(
    {
        *(
            "name",
            "code",
            "reference",
            "method",
            "phase",
            "status",
            "weather",
            "trend",
            "reported_on",
            "level",
            "wbs",
        ),
        *("starts_on", "ends_on", "duration", "work", "percent_complete", "milestone", "units", "capacity", "email"),
        *("probability", "impact", "baseline_on"),
    }
)
_OF_SUMMARY = ("starts_on", "ends_on", "duration", "work", "percent_complete", "milestone")


@dataclass
class Compared:
    """`current` has every field that a record may set, with its value now (any value when `target` is None);
    `identity` tells records of the same row; `place` is what a new row is made with beside its fields."""

    key: str
    label: str
    target: Any
    current: dict[str, Any]
    identity: tuple[str, ...]
    permission: Permission
    owner: Project | None = None
    project: str = ""
    place: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    status_before: dict[str, Any] = field(default_factory=dict)

    def may_clear(self, key: str) -> bool:
        """Whether a blank cell can empty a field."""
        return key not in _STAYS

    def blank(self, key: str) -> Any:
        """What an emptied field holds."""
        if key in AMOUNTS:
            return Decimal(0)
        if key == "assignees":
            return ()
        return "" if key in _TEXTS else None


def _given(record: RawRow, key: str) -> Any:
    value = record.values.get(key)
    return None if value is CLEARED else value


def needed(by: "TableComparison", record: RawRow, *keys: str) -> bool:
    """Whether the record says all that a row is found by; when not, notes every cell that is wanting."""
    missing = [key for key in keys if _given(record, key) is None]
    for key in missing:
        by.demand_cell(record, key)
    if missing:
        by.demand_filled(record)
    return not missing


def check_values(by: "TableComparison", record: RawRow) -> None:
    """Note what is wrong with a record's values, whatever row it turns out to speak of."""
    match by.target.key:
        case "projects":
            if _given(record, "weather") is not None:
                _past(by, record, "reported_on")
        case "milestones":
            _past(by, record, "actual_on")
        case "budget":
            _check_amounts(by, record)


def _past(by: "TableComparison", record: RawRow, key: str) -> None:
    day = _given(record, key)
    if day is not None and day > by.today:
        by.report(ProblemCode.FUTURE_DATE, record, key, value=day)


def _check_amounts(by: "TableComparison", record: RawRow) -> None:
    given = any(name in record.written or _given(record, name) is not None for name in AMOUNTS)
    if not given and not by.settings.clear_empty:
        headings = ", ".join(by.heading(record, name) for name in AMOUNTS)
        by.report(ProblemCode.NEED_ONE_AMOUNT, record, "actual", headings=headings)
    for name in ("planned", "committed"):
        if (amount := _given(record, name)) is not None and amount < 0:
            by.report(ProblemCode.NEGATIVE_AMOUNT, record, name, value=amount)
    month = _given(record, "month")
    if month is not None and not YEARS[0] <= month.year <= YEARS[1]:
        low, high = (f"01/{year}" for year in YEARS)
        by.report(ProblemCode.OUT_OF_RANGE, record, "month", value=month, low=low, high=high)


def _project(by: "TableComparison", record: RawRow, target: Project | None) -> Compared | None:
    key = "name" if by.settings.key == ("name",) else "code"
    if not needed(by, record, key):
        return None
    code = str(_given(record, "code") or "") if target is None else target.code
    name = str(_given(record, "name") or "")
    if not code:
        code = free_code(name, by.codes)
    names = ("name", "method", "phase", "starts_on", "ends_on", "goal")
    related = ("pole", "programme", "sponsor", "manager")
    current: dict[str, Any] = dict.fromkeys((*names, *related))
    if target is not None:
        current = fields_of(target, names) | {
            "pole": target.pole.code,
            "programme": target.programme and target.programme.name,
            "sponsor": identity(target.sponsor),
            "manager": identity(target.manager),
        }
    compared = Compared(
        code,
        f"{code} {name or (target.name if target else '')}".strip(),
        target,
        current,
        (str(_given(record, key)).casefold(),),
        Permission.PROJECT_EDIT,
        target,
        code,
    )
    _status(by, record, compared)
    return compared


def _status(by: "TableComparison", record: RawRow, compared: Compared) -> None:
    """The report that a weather makes; one that says the same as the last is not published again."""
    if _given(record, "weather") is None:
        return
    reported_on = _given(record, "reported_on")
    said = {name: value for name in STATUS if (value := _given(record, name)) is not None}
    key = compared.target and compared.target.pk
    reports: Mapping[Any, Any] = by.holdings.last_reports if reported_on is None else by.holdings.reports
    held = reports.get(key if reported_on is None else (key, reported_on))
    differing = {name: value for name, value in said.items() if held is None or getattr(held, name) != value}
    if differing:
        compared.status = {"reported_on": reported_on or by.today, **said}
        if compared.target is not None:
            compared.status_before = {name: held and getattr(held, name) for name in differing}


def _person(by: "TableComparison", record: RawRow, _project: Project | None) -> Compared | None:
    key = "name" if by.settings.key == ("name",) else "email"
    if not needed(by, record, key):
        return None
    said = str(_given(record, key))
    name, email = str(_given(record, "name") or ""), str(_given(record, "email") or "")
    if key == "email":
        target = by.holdings.people.get(said.lower())
    else:
        found = [one for one in by.holdings.everyone if fold(one.name) == fold(said)]
        if len(found) > 1:
            by.report(ProblemCode.AMBIGUOUS_ROW, record, key, key=said)
            return None
        target = found[0] if found else None
    names = ("name", "profile", "skills", "daily_rate", "capacity", "joined_on", "left_on")
    current: dict[str, Any] = dict.fromkeys((*names, "pole", "email"))
    if target is not None:
        current = fields_of(target, names) | {"pole": target.pole and target.pole.code}
        if not by.member.can(Permission.RATE_VIEW):
            del current["daily_rate"]  # the comparison would tell what they may not see
    identified = identity(target) if target is not None else email or name
    return Compared(identified or said, name or said, target, current, (fold(said),), Permission.PEOPLE_EDIT)


def _milestone(by: "TableComparison", record: RawRow, project: Project) -> Compared | None:
    if not needed(by, record, "name"):
        return None
    name = str(_given(record, "name"))
    target = by.holdings.milestones.get((project.pk, name.casefold()))
    names = ("due_on", "baseline_on", "actual_on", "success_criterion")
    current: dict[str, Any] = dict.fromkeys((*names, "owner", "name"))
    if target is not None:
        current = fields_of(target, names) | {"owner": identity(target.owner)}
    return _of_project(
        project, f"{project.code}/{name}", name, target, current, (name.casefold(),), Permission.PROJECT_EDIT
    )


def _of_project(
    project: Project,
    key: str,
    label: str,
    target: Any,
    current: dict[str, Any],
    identified: tuple[str, ...],
    permission: Permission,
    place: dict[str, Any] | None = None,
) -> Compared:
    return Compared(
        key,
        f"{project.code} · {label}",
        target,
        current,
        (project.code, *identified),
        permission,
        project,
        project.code,
        place or {},
    )


def _risk(by: "TableComparison", record: RawRow, project: Project) -> Compared | None:
    key = "title" if by.settings.key == ("title",) else "reference"
    if not needed(by, record, key):
        return None
    said = str(_given(record, key))
    if key == "reference":
        target = by.holdings.risks.get((project.pk, said.casefold()))
    else:
        found = [
            one
            for (owner, _ref), one in by.holdings.risks.items()
            if owner == project.pk and fold(one.title) == fold(said)
        ]
        if len(found) > 1:
            by.report(ProblemCode.AMBIGUOUS_ROW, record, key, key=said)
            return None
        target = found[0] if found else None
    names = ("title", "probability", "impact", "due_on", "mitigation", "status", "description")
    current: dict[str, Any] = dict.fromkeys((*names, "owner"))
    if target is not None:
        current = fields_of(target, names) | {"owner": identity(target.owner)}
    reference = target.reference if target is not None else str(_given(record, "reference") or "")
    if not reference:
        held = by.references.setdefault(
            project.pk, [one.reference for (owner, _ref), one in by.holdings.risks.items() if owner == project.pk]
        )
        reference = next_reference(held)
        held.append(reference)
    label = f"{reference} {_given(record, 'title') or (target.title if target else '')}".strip()
    return _of_project(
        project,
        f"{project.code}/{reference}",
        label,
        target,
        current,
        (fold(said),),
        Permission.RISK_EDIT,
        {"reference": reference},
    )


def _line(by: "TableComparison", record: RawRow, project: Project) -> Compared | None:
    if not needed(by, record, "category", "nature", "month"):
        return None
    category, nature, month = (_given(record, name) for name in ("category", "nature", "month"))
    target = by.holdings.lines.get((project.pk, category, nature, month))
    planned = _given(record, "planned")
    if project.pk in by.holdings.frozen and plans_otherwise(planned, target):
        by.report(ProblemCode.PLANNED_FROZEN, record, "planned", value=planned, project=project.code)
    current = fields_of(target, AMOUNTS) if target is not None else dict.fromkeys(AMOUNTS)
    parts = (category, nature, f"{month:%Y-%m}")
    words = [by.choice("category", category), by.choice("nature", nature), f"{month:%m/%Y}"]
    place = {"category": category, "nature": nature, "month": month}
    key = "/".join((project.code, *parts))
    return _of_project(project, key, " · ".join(words), target, current, parts, Permission.BUDGET_EDIT, place)


def _task(by: "TableComparison", record: RawRow, project: Project) -> Compared | None:
    key = "wbs" if by.settings.key == ("wbs",) else "name"
    if not needed(by, record, key):
        return None
    said = str(_given(record, key))
    if key == "wbs":
        task = by.plans.coded.get((project.pk, said))
    else:
        found = by.plans.named.get((project.pk, fold(said)), [])
        if len(found) > 1:
            by.report(ProblemCode.AMBIGUOUS_ROW, record, key, key=said)
            return None
        task = found[0] if found else None
    for name in ("starts_on", "ends_on", "deadline"):
        day = _given(record, name)
        if day is not None and abs(day - project.starts_on) > HORIZON - timedelta(days=1):
            by.report(ProblemCode.FAR_DATE, record, name, value=day)
    fields = (*_OF_SUMMARY, "name", "deadline", "assignees", "notes")
    current: dict[str, Any] = dict.fromkeys((*fields, "wbs", "level"))
    if task is not None:
        current = {
            "name": task.name,
            "starts_on": task.starts_at.date(),
            "ends_on": task.ends_at.date(),
            "duration": task.duration_minutes,
            "work": task.work_minutes,
            "percent_complete": task.percent_complete,
            "milestone": int(task.kind == TaskKind.MILESTONE),
            "deadline": task.deadline_at and task.deadline_at.date(),
            "assignees": tuple(sorted(by.plans.assignments.get(task.pk, {}))),
            "notes": task.notes,
        }
        for name in _OF_SUMMARY if task.kind == TaskKind.SUMMARY else ():
            del current[name]
    if _given(record, "starts_on") is not None and _given(record, "ends_on") is not None:
        current.pop("duration", None)  # two dates say it
    name = str(_given(record, "name") or (task.name if task else said))
    return _of_project(project, f"{project.code}/{said}", name, task, current, (fold(said),), Permission.PLAN_EDIT)


def _assignment(by: "TableComparison", record: RawRow, project: Project) -> Compared | None:
    if not needed(by, record, "task", "person"):
        return None
    said, person = str(_given(record, "task")), str(_given(record, "person"))
    tasks = by.plans.find(project.pk, said)
    if len(tasks) != 1:
        code = ProblemCode.AMBIGUOUS_ROW if tasks else ProblemCode.UNKNOWN_TASK
        by.report(code, record, "task", value=said, key=said)
        return None
    task = tasks[0]
    held = by.plans.assignments.get(task.pk, {}).get(person)
    current = {"units": held and held.units, "work": held and held.work_minutes}
    who = by.holdings.people[person].name if person in by.holdings.people else person
    return _of_project(
        project,
        f"{project.code}/{said}/{person}",
        f"{task.name} · {who}",
        held,
        current,
        (str(task.pk), person),
        Permission.PLAN_EDIT,
        {"task": task, "person": person},
    )


# What the third is: the record's project, for the project itself and for people the row that is matched, if any.
COMPARED: Mapping[str, Callable[["TableComparison", RawRow, Any], Compared | None]] = {
    "projects": _project,
    "people": _person,
    "milestones": _milestone,
    "risks": _risk,
    "budget": _line,
    "tasks": _task,
    "assignments": _assignment,
}
