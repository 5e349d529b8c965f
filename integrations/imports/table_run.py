"""Write what a table changes, and say what became of it: counts, sums in the file and as written, rows refused."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from integrations.imports.changes import Outcome, RowChange
from integrations.imports.custom_columns import PREFIX
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Where
from integrations.imports.domain.references import RawRow
from integrations.imports.domain.sheets import PEOPLE, PROJECTS, ValueType
from integrations.imports.domain.tables import SourceRow
from integrations.imports.domain.values import as_written
from integrations.imports.holdings import load_holdings
from integrations.imports.messages import place, sentence
from integrations.imports.previews import MOST_PROBLEMS, problems_json, row_json
from integrations.imports.table_changes import TableChanges, TableComparison
from integrations.imports.table_reading import CLEARED, RecordReader
from integrations.imports.table_settings import TableSettings
from integrations.imports.table_trial import RowsRefusedError, Trial, as_it_was_read
from integrations.imports.table_writer import TableWriter
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Milestone, Project
from portfolio.risks.models import Risk
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.fields.domain import NUMERIC
from tech4value.tenancy.models import TenantModel

SAMPLES = 25
Progress = Callable[[int, int, str], None]
MODELS: Mapping[str, type[TenantModel]] = {
    "projects": Project,
    "people": Person,
    "tasks": Task,
    "milestones": Milestone,
    "risks": Risk,
    "budget": BudgetLine,
    "assignments": Assignment,
}
# Fields of a table whose sum must be found again in the database, under another name there.
_STORED_AS = {"work": "work_minutes"}


# --- what became of it


@dataclass
class Sum:
    """One column of amounts: what the file holds in the rows taken and in those refused, what cells could not be
    read, and what the database holds of the rows taken, read again after the write."""

    heading: str
    type: str
    taken: Decimal = Decimal(0)
    refused: Decimal = Decimal(0)
    unread: int = 0
    written: Decimal | None = None
    rows: list[UUID] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "heading": self.heading,
            "type": self.type,
            "in_file": str(self.taken + self.refused),
            "taken": str(self.taken),
            "refused": str(self.refused),
            "unread": self.unread,
            "written": None if self.written is None else str(self.written),
            "equal": None if self.written is None else self.written == self.taken,
        }


@dataclass
class Refused:
    """A row that is not taken, as it is in the file, and why."""

    number: int
    cells: list[str]
    reasons: str


@dataclass
class TableReport:
    """What a pass over the file found or did. `before` is what undoing the sources needs."""

    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    problems_left_out: int = 0
    made: dict[str, dict[str, str]] = field(default_factory=lambda: {"poles": {}, "programmes": {}, "people": {}})
    fields: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"create": [], "update": []})
    sums: dict[str, Sum] = field(default_factory=dict)
    before: list[dict[str, Any]] = field(default_factory=list)
    written: bool = False

    @property
    def ok(self) -> bool:
        """Whether every row can be taken."""
        return not self.refused

    @property
    def taken(self) -> int:
        return sum(self.outcomes[one] for one in ("create", "update", "same"))

    def to_json(self) -> dict[str, Any]:
        """As a preview and as a report."""
        return {
            "ok": self.ok and bool(self.taken),
            "may_skip": bool(self.taken) and not self.ok,
            "rows": self.rows,
            "counts": {
                "create": self.outcomes["create"],
                "update": self.outcomes["update"],
                "same": self.outcomes["same"],
                "skipped": sum(self.skipped.values()),
                "refused": len(self.refused),
            },
            "skipped": dict(self.skipped),
            "problems": problems_json(self.problems),
            "problems_left_out": self.problems_left_out,
            "made": {kind: list(names.values()) for kind, names in self.made.items()},
            "fields": dict(self.fields),
            "samples": self.samples,
            "sums": [one.to_json() for one in self.sums.values()],
        }


def process(
    content: bytes,
    settings: TableSettings,
    facts: Mapping[str, Any],
    member: Membership,
    *,
    actor: Actor | None = None,
    file_name: str = "",
    batch_id: UUID | None = None,
    skip_faulty: bool = False,
    refusing: Mapping[int, str] = MappingProxyType({}),
    progress: Progress = lambda _done, _total, _message: None,
) -> TableReport:
    """Read the whole table a chunk at a time and compare it; with `actor`, write it too.

    A faulty row stops the writing, unless `skip_faulty`: the caller then rolls back what was written, and the report
    tells what is wrong in the whole file. `refusing`: rows that are refused whatever they say, and why. Raises
    ImportRefused for a file that cannot be read, RowsRefusedError for rows that only an action refuses: the caller
    rolls back, and may begin again without them.
    """
    reader = RecordReader(content, settings, facts)
    reader.fixed()
    holdings = load_holdings(lock=actor is not None)
    comparison = TableComparison(settings, member, holdings, reader.custom, lock=actor is not None)
    report = TableReport(sums=_sums(reader))
    writer = None
    if actor is not None and batch_id is not None:
        writer = TableWriter(comparison, actor, file_name, batch_id)
    total = int(facts["rows"])
    for source, records, problems in reader.chunks():
        said = {record.row: _refused(record, refusing[record.row]) for record in records if record.row in refusing}
        taken = [record for record in records if record.row not in refusing]
        as_read = [as_it_was_read(record) for record in taken] if writer is not None else []
        changes = comparison.chunk(taken, [*problems, *said.values()])
        _note(report, reader, source, records, changes)
        if writer is not None and (skip_faulty or not report.refused):
            done = reader.rows_read
            try:
                with transaction.atomic():
                    report.before += writer.write(changes, partial(_progress_of, progress, done, total))
            except ValidationError as refusal:
                right = [record for record in as_read if record.row not in changes.refused]
                if reasons := Trial(settings, writer).faulty(right):
                    raise RowsRefusedError(reasons) from refusal
                raise
            _note_written(report, changes, writer, records)
            report.written = True
        progress(reader.rows_read, total, _("Lecture du tableau"))
    report.rows, report.skipped = reader.rows_read, reader.skipped
    report.skipped["blank"] += reader.rows_read - report.taken - len(report.refused) - sum(reader.skipped.values())
    report.skipped = +report.skipped
    if writer is not None and report.written:
        progress(total, total, _("Calcul des dates"))
        writer.finish()
        _read_again(report, settings)
    return report


def _refused(record: RawRow, reason: str) -> ImportProblem:
    return ImportProblem(ProblemCode.REFUSED_ROW, Where(record.sheet, record.row), {"reason": reason})


def _progress_of(progress: Progress, done: int, total: int, _part: int, message: str) -> None:
    progress(done, total, message)


def _sums(reader: RecordReader) -> dict[str, Sum]:
    """The columns of amounts, in the order of the file."""
    sums: dict[str, Sum] = {}
    for index in sorted(reader.columns):
        column = reader.columns[index]
        kept = column.type is ValueType.MONEY or column.key in _STORED_AS
        field_ = reader.custom.fields.get(column.key)
        if kept or (field_ is not None and field_.kind in NUMERIC):
            kind = column.type.value if field_ is None else ValueType.NUMBER.value
            heading = column.words.french if index not in reader.months else reader.specs[column.key].words.french
            sums.setdefault(column.key, Sum(heading, kind))
    return sums


def _amount(value: Any) -> Decimal:
    return Decimal(0) if value is None or value is CLEARED else Decimal(str(value))


def _note(
    report: TableReport,
    reader: RecordReader,
    source: Sequence[SourceRow],
    records: Sequence[RawRow],
    changes: TableChanges,
) -> None:
    kept = changes.rows.get(reader.target.key, [])
    outcome_of: dict[int, str] = {}
    rank = {"create": 0, "update": 1, "same": 2}
    for change in kept:
        now = change.outcome.value
        outcome_of[change.row] = min(outcome_of.get(change.row, "same"), now, key=rank.__getitem__)
        shown = report.samples.get(now)
        if shown is not None and len(shown) < SAMPLES:
            shown.append(_sample(change, changes))
        if now == "update":
            report.fields.update([*(key for key in change.values if key != "custom_fields"), *change.status])
            report.fields.update(f"{PREFIX}{key}" for key in change.values.get("custom_fields", ()))
    report.outcomes.update(outcome_of.values())
    for record in records:
        for key, one in report.sums.items():
            amount = _amount(record.values.get(key))
            if record.row in changes.refused:
                one.refused += amount
            else:
                one.taken += amount
    _note_refused(report, reader, source, changes)
    report.made["poles"] |= changes.new_poles
    report.made["programmes"] |= changes.new_programmes
    if reader.target.key != "people":
        report.made["people"] |= {one.key: one.label for one in changes.rows.get(PEOPLE.key, ())}


def _note_refused(
    report: TableReport, reader: RecordReader, source: Sequence[SourceRow], changes: TableChanges
) -> None:
    changes.problems.sort(key=lambda one: (one.where.row or 0, len(one.where.column or ""), one.where.column or ""))
    room = MOST_PROBLEMS - len(report.problems)
    report.problems += changes.problems[:room] if room > 0 else []
    report.problems_left_out += max(0, len(changes.problems) - max(room, 0))
    if not changes.refused:
        return
    reasons: dict[int, list[str]] = {}
    letters = {letter: key for key, letter in reader.letters.items()}
    for problem in changes.problems:
        row = problem.where.row
        if problem.is_error and row is not None:
            where = place(problem)
            reasons.setdefault(row, []).append(f"{where} : {sentence(problem)}" if where else sentence(problem))
            key = letters.get(problem.where.column or "")
            if key in report.sums and problem.code.value in {"not_a_number", "cell_error", "formula_without_value"}:
                report.sums[key].unread += 1
    for one in source:
        if one.number in changes.refused:
            texts = [as_written(cell.value, reader.by.decimal) if cell.has_value else "" for cell in one.cells]
            report.refused.append(Refused(one.number, texts, " ".join(dict.fromkeys(reasons.get(one.number, [])))))


def _sample(change: RowChange, changes: TableChanges) -> dict[str, Any]:
    names = {key: person.name for key, person in changes.holdings.people.items()}
    if change.outcome is Outcome.UPDATE:
        return row_json(change, names)
    # First what the row is of, or called by, which is no field that it writes.
    of = "code" if change.sheet == PROJECTS.key else "project"
    after: dict[str, Any] = {of: change.project} if change.project else {}
    after |= {key: value for key, value in {**change.values, **change.status}.items() if key != "custom_fields"}
    if "task" in after:
        after["task"] = after["task"].name
    after |= {f"{PREFIX}{key}": value for key, value in change.values.get("custom_fields", {}).items()}
    shown = RowChange(change.sheet, change.row, change.key, change.label, None, after, dict.fromkeys(after))
    return row_json(shown, names)


def _note_written(report: TableReport, changes: TableChanges, writer: TableWriter, records: Sequence[RawRow]) -> None:
    """Which rows hold the amounts of each column."""
    if not report.sums:
        return
    written = {one.id: one.row.pk for one in writer.origins}
    by_row: dict[int, list[RowChange]] = {}
    for change in changes.rows.get(writer.comparison.target.key, ()):
        by_row.setdefault(change.row, []).append(change)
    for record in records:
        changed = by_row.get(record.row)
        if not changed:
            continue
        change = changed.pop(0)
        key = change.target.pk if change.target is not None else written[change.key]
        for name, one in report.sums.items():
            if record.values.get(name) is not None:
                one.rows.append(key)


def _read_again(report: TableReport, settings: TableSettings) -> None:
    """The sums as the database holds them now."""
    model = MODELS[settings.target]
    for key, one in report.sums.items():
        total = Decimal(0)
        name: Any = _STORED_AS.get(key, key)
        if key.startswith(PREFIX):
            name = KeyTransform(key.removeprefix(PREFIX), "custom_fields")
        for start in range(0, len(one.rows), 5_000):
            rows = model._base_manager.filter(pk__in=one.rows[start : start + 5_000])
            total += sum((_amount(value) for value in rows.values_list(name, flat=True)), Decimal(0))
        one.written = total
