"""What a preview keeps: counts, problems and changes as JSON, read back by the screen and the API."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.imports.changes import Outcome, RowChange
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from integrations.imports.domain.sheets import SHEETS
from integrations.imports.plan_changes import NEW, SKIP, PlanChanges
from integrations.imports.workbook_changes import WorkbookChanges, rows_in_error
from portfolio.people.models import Person

SHOWN = 50  # changed rows of each sheet
MOST_PROBLEMS = 1_000
# Said above the table of problems rather than in it.
ANNOUNCED = {ProblemCode.NEW_POLE, ProblemCode.NEW_PROGRAMME}
_PERSONS = {"sponsor", "manager", "owner", "person"}
Json = dict[str, Any]


def workbook_preview(changes: WorkbookChanges) -> Json:
    """Counts by sheet, every problem, and what rows would change."""
    data, wrong = changes.data, rows_in_error(changes.problems)
    sheets = []
    for spec in SHEETS:
        place = data.places.get(spec.key)
        title = place.title if place else spec.words.french
        sheets.append(
            {
                "key": spec.key,
                "title": title,
                "rows": data.rows_by_sheet.get(spec.key, 0),
                "create": len(changes.of(spec, Outcome.CREATE)),
                "update": len(changes.of(spec, Outcome.UPDATE)),
                "same": len(changes.of(spec, Outcome.SAME)),
                "errors": wrong.get(title, 0),
            }
        )
    names = {key: person.name for key, person in changes.holdings.people.items()}
    names |= {one.key: one.label for one in changes.rows.get("people", ())}
    updates = {spec.key: changes.of(spec, Outcome.UPDATE) for spec in SHEETS}
    return {
        "ok": changes.ok,
        "rows": data.rows_read,
        "sheets": sheets,
        "problems": problems_json(one for one in changes.problems if one.code not in ANNOUNCED),
        "problems_left_out": data.problems_left_out + max(0, len(changes.problems) - MOST_PROBLEMS),
        "new_poles": _announced(changes.problems, ProblemCode.NEW_POLE),
        "new_programmes": _announced(changes.problems, ProblemCode.NEW_PROGRAMME),
        "updates": {key: [row_json(one, names) for one in rows[:SHOWN]] for key, rows in updates.items() if rows},
        "updates_left_out": {key: len(rows) - SHOWN for key, rows in updates.items() if len(rows) > SHOWN},
    }


def _announced(problems: Iterable[ImportProblem], code: ProblemCode) -> list[Json]:
    """What would be made because the file names it, and the first cell that does."""
    return [{"name": one.params["value"], "cell": one.where.cell} for one in problems if one.code is code]


def row_json(change: RowChange, names: Mapping[str, str]) -> Json:
    """A row that would change: what each field is, and would be."""
    after = {**change.status, **change.values}
    after |= {f"custom_{key}": value for key, value in after.get("custom_fields", {}).items()}
    fields = [
        {"key": key, "before": _json(before, key, names), "after": _json(after[key], key, names)}
        for key, before in change.before.items()
    ]
    return {"row": change.row, "label": change.label, "fields": fields}


def _json(value: Any, key: str, names: Mapping[str, str]) -> Any:
    if key in _PERSONS and value is not None:
        return names.get(value, value)
    if isinstance(value, tuple):  # several persons
        return ", ".join(names.get(one, one) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def plan_preview(changes: PlanChanges, *, may_add_people: bool, former: Mapping[str, str]) -> Json:
    """Counts, problems, what is left out, and the person of each resource.

    `former` is what had been chosen for resources before (the file was replaced).
    """
    source = changes.source
    return {
        "ok": changes.ok and bool(changes.tasks),
        "empty": not changes.tasks,
        "name": source.title or source.name,
        "starts_on": changes.starts_on.isoformat(),
        "ends_on": changes.ends_on.isoformat(),
        "counts": {
            "tasks": len(changes.tasks),
            "milestones": sum(row.milestone for row in changes.tasks),
            "links": len(changes.links),
            "resources": len(changes.resources),
            "assignments": len(changes.assignments),
            "calendars": 1,
            "baseline": len(changes.baseline.tasks) if changes.baseline else 0,
        },
        "tasks": {
            "create": changes.new,
            "update": changes.changed,
            "same": changes.same,
            "delete": len(changes.gone),
        },
        "gone": changes.gone[:SHOWN],
        "left_out": {what: number for what, number in changes.left_out.items() if number},
        "fields": {
            "taken": [one.name for one in changes.custom.taken.values()],
            "ignored": changes.custom.ignored[:SHOWN],
            "unread": dict(changes.custom.unread),
        },
        "problems": problems_json(changes.problems),
        "problems_left_out": max(0, len(changes.problems) - MOST_PROBLEMS),
        "resources": [
            {
                "uid": str(one.uid),
                "name": one.name,
                "email": one.email,
                "matched": _matched(changes.matches.get(one.uid)),
                "assignments": sum(row.resource == one.uid for row in changes.assignments),
            }
            for one in changes.resources
        ],
        "people": {
            str(one.uid): former.get(str(one.uid))
            or _default(changes.matches.get(one.uid), may_add_people=may_add_people)
            for one in changes.resources
        },
    }


def _matched(person: Person | None) -> Json | None:
    return None if person is None else {"id": str(person.pk), "name": person.name}


def _default(person: Person | None, *, may_add_people: bool) -> str:
    if person is not None:
        return str(person.pk)
    return NEW if may_add_people else SKIP


def problems_json(problems: Iterable[ImportProblem]) -> list[Json]:
    """Errors first when some must be left out, else in the order of the file."""
    listed = list(problems)
    if len(listed) > MOST_PROBLEMS:
        kept = {id(one) for one in sorted(listed, key=lambda one: not one.is_error)[:MOST_PROBLEMS]}
        listed = [one for one in listed if id(one) in kept]
    return [
        {
            "code": one.code.value,
            "severity": one.severity.value,
            "sheet": one.where.sheet,
            "row": one.where.row,
            "column": one.where.column,
            "element": one.where.element,
            "line": one.where.line,
            "params": dict(one.params),
        }
        for one in listed
    ]


def problem_of(found: Json) -> ImportProblem:
    """A problem as it was kept."""
    where = Where(found["sheet"], found["row"], found["column"], found["element"], found["line"])
    return ImportProblem(ProblemCode(found["code"]), where, found["params"], Severity(found["severity"]))
