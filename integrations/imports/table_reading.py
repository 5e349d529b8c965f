"""A brought table: what is guessed of it, and its rows as the records of its target."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from openpyxl.utils import get_column_letter

from integrations.imports.custom_columns import PREFIX, CustomColumns, said
from integrations.imports.domain.cells import Cell, read_cell
from integrations.imports.domain.conventions import Conventions, guess_conventions, guess_unit
from integrations.imports.domain.mapping import (
    ColumnSample,
    guess_columns,
    guess_target,
    is_known_heading,
    month_of,
)
from integrations.imports.domain.problem import ImportProblem, ImportRefused, ProblemCode, Where
from integrations.imports.domain.references import RawRow
from integrations.imports.domain.sheets import BUDGET, ColumnSpec, Words
from integrations.imports.domain.table_targets import MONTHLY, TargetSpec, target_named
from integrations.imports.domain.tables import (
    Heading,
    ReadingChoices,
    SourceRow,
    TableFile,
    guess_reading,
    headings_of,
    is_total,
    open_table,
)
from integrations.imports.domain.values import as_text, as_written, fold
from integrations.imports.models import ImportMapping
from integrations.imports.table_settings import ColumnChoice, TableSettings
from tech4value.figures.spreadsheet import original

SAMPLED = 200
SHOWN = 3
TOTALS_SHOWN = 5
CLEARED = object()
"""In a record's values: the cell is blank and blank cells empty their field."""
CHUNK = 1_000
ADDED = frozenset(map(fold, ("Ligne d’origine", "Motif du refus", "Original row", "Reason for refusal")))
"""Columns that the file of refused rows has more than the one it came from, in both languages."""
ENVELOPES = frozenset(map(fold, ("Enveloppe", "Envelope")))
"""What our own list of budget lines calls the envelope that a line is a part of."""


@dataclass(frozen=True)
class Description:
    """What is known of a file before its columns are chosen; kept as JSON with the import."""

    settings: TableSettings
    facts: dict[str, Any]


def describe(content: bytes, reading: ReadingChoices | None = None, target: str = "") -> Description:
    """Open a file and guess the rest: by `reading` when it is chosen, as `target` when it is.

    A remembered mapping of the same headings wins over guesses. Raises ImportRefused.
    """
    table = open_table(content)
    known = {fold(text) for mapping in ImportMapping.objects.all() for text in mapping.headings}
    reading = reading or guess_reading(table, lambda text: is_known_heading(text) or fold(text) in known)
    rows, facts = _survey(table, reading)
    headings = headings_of(rows, reading.header_row)
    if not headings or not facts["rows"]:
        facts |= {"headings": []}
        return Description(TableSettings(reading=reading), facts)
    samples = [ColumnSample(heading, _values(rows, heading, reading.header_row)) for heading in headings]
    facts["headings"] = [
        {
            "index": one.heading.index,
            "letter": get_column_letter(one.heading.index + 1),
            "text": one.heading.text,
            "samples": [as_text(value)[:60] for value in one.values if value is not None][:SHOWN],
        }
        for one in samples
    ]
    return Description(_guess(table, reading, samples, target), facts)


def _survey(table: TableFile, reading: ReadingChoices) -> tuple[list[SourceRow], dict[str, Any]]:
    """The first rows, and what the whole file holds."""
    first: list[SourceRow] = []
    count = hidden = 0
    totals: list[int] = []
    for row in table.rows(reading):
        if not row.filled:
            continue
        if len(first) < SAMPLED + reading.header_row:
            first.append(row)
        if row.number <= reading.header_row:
            continue
        count += 1
        hidden += row.hidden
        if is_total(row):
            totals.append(row.number)
    facts = {
        "kind": table.kind,
        "sheets": list(table.sheets),
        "has_macros": table.has_macros,
        "day_zero": table.day_zero.isoformat(),
        "rows": count,
        "hidden": hidden,
        "totals": totals[:TOTALS_SHOWN],
        "totals_count": len(totals),
        "first": [
            {
                "number": row.number,
                "cells": [as_text(cell.value)[:40] if cell.has_value else "" for cell in row.cells[:12]],
            }
            for row in first[:12]
        ],
    }
    return first, facts


def _values(rows: Sequence[SourceRow], heading: Heading, header_row: int) -> list[object]:
    return [
        row.cells[heading.index].value
        for row in rows
        if row.number > header_row and heading.index < len(row.cells) and not is_total(row)
    ]


def _guess(table: TableFile, reading: ReadingChoices, samples: Sequence[ColumnSample], target: str) -> TableSettings:
    french = (get_language() or "fr").startswith("fr")
    order, decimal = guess_conventions([one.values for one in samples], french=french)
    remembered = find_mapping([one.heading.text for one in samples], target)
    if remembered is not None:
        return replace(TableSettings.from_json(remembered.settings), reading=reading, project="")
    by = Conventions(order, decimal, table.day_zero)
    spec = target_named(target) if target else guess_target(samples, by)
    more = CustomColumns(spec).columns
    fields = guess_columns(spec, samples, by, more)
    columns = {column.key: column for column in (*spec.sheet.columns, *more)}
    chosen = {}
    for one in samples:
        index = one.heading.index
        if index in fields:
            column = columns[fields[index].removesuffix(MONTHLY)]
            unit = guess_unit(column, one.heading.text, one.values, by)
            chosen[index] = ColumnChoice(fields[index], str(unit or ""))
    settings = TableSettings(
        reading=reading, target=spec.key, columns=chosen, date_order=order, decimal=decimal, key=()
    )
    return replace(settings, key=guess_key(spec, settings))


def guess_key(spec: TargetSpec, settings: TableSettings) -> tuple[str, ...]:
    """The first set of columns that the file has, among those that find rows."""
    mapped = {choice.field for choice in settings.columns.values()} | set(settings.fixed)
    return next((key for key in spec.keys if set(key) <= mapped), spec.keys[0])


def find_mapping(headings: Sequence[str], target: str = "") -> ImportMapping | None:
    """The mapping last remembered of a file with the same headings."""
    wanted = [said for text in headings if (said := fold(text)) not in ADDED]
    rows = ImportMapping.objects.order_by("-updated_at")
    for mapping in rows.filter(target=target) if target else rows:
        if mapping.headings == wanted:
            return mapping
    return None


# --- records


@dataclass(frozen=True)
class Skipped:
    """Rows that are not read on purpose."""

    hidden: int = 0
    totals: int = 0


class RecordReader:
    """Reads a table as records of its target, a chunk at a time; problems name the file's own headings."""

    def __init__(self, content: bytes, settings: TableSettings, facts: Mapping[str, Any]) -> None:
        self.table = open_table(content)
        self.settings, self.target = settings, settings.spec
        self.custom = CustomColumns(self.target)
        self.language = get_language() or "fr"
        self.by = settings.conventions(date.fromisoformat(facts["day_zero"]))
        self.sheet = settings.reading.sheet or None
        headings = {one["index"]: one["text"] for one in facts["headings"]}
        self.headings = headings
        specs = {column.key: column for column in (*self.target.sheet.columns, *self.custom.columns)}
        self.specs = specs
        self.columns: dict[int, ColumnSpec] = {}
        self.months: dict[int, date] = {}
        for index, choice in settings.columns.items():
            key = choice.field.removesuffix(MONTHLY)
            if index not in headings or key not in specs:
                raise ImportRefused(ProblemCode.NEED_COLUMN, heading=headings.get(index, key))
            self.columns[index] = replace(specs[key], words=Words(headings[index], headings[index]))
            if choice.field.endswith(MONTHLY) and (month := month_of(headings[index], self.by)):
                self.months[index] = month
        self.letters = {column.key: get_column_letter(index + 1) for index, column in self.columns.items()}
        # Where each field is: its heading and the letter of its column; an amount by month has one for each month.
        self.places = {key: (self._heading(key), letter) for key, letter in self.letters.items()}
        self.places_of_month: dict[date, dict[str, tuple[str, str]]] = {}
        for index, month in self.months.items():
            place = headings[index], get_column_letter(index + 1)
            self.places_of_month.setdefault(month, {})[self.columns[index].key] = place
        # Our own list of budget lines holds what projects receive of envelopes: it is written in the envelope alone,
        # and would count twice.
        self.envelopes = [
            index
            for index, text in headings.items()
            if self.target.key == BUDGET.key and index not in self.columns and fold(text) in ENVELOPES
        ]
        self.skipped: Counter[str] = Counter()
        self.rows_read = 0
        self._fixed: dict[str, Any] | None = None

    def chunks(self) -> Iterator[tuple[list[SourceRow], list[RawRow], list[ImportProblem]]]:
        """Rows as they are in the file, their records, and what is wrong with their cells."""
        source: list[SourceRow] = []
        for row in self._rows():
            source.append(row)
            if len(source) == CHUNK:
                yield self._chunk(source)
                source = []
        if source:
            yield self._chunk(source)

    def _rows(self) -> Iterator[SourceRow]:
        reading = self.settings.reading
        for row in self.table.rows(reading):
            if row.number <= reading.header_row or not row.filled:
                continue
            self.rows_read += 1
            if reading.skip_hidden and row.hidden:
                self.skipped["hidden"] += 1
            elif reading.skip_totals and is_total(row):
                self.skipped["totals"] += 1
            elif any(index < len(row.cells) and row.cells[index].has_value for index in self.envelopes):
                self.skipped["envelopes"] += 1
            elif not any(index < len(row.cells) and row.cells[index].filled for index in self.columns):
                self.skipped["blank"] += 1
            else:
                yield row

    def _chunk(self, source: list[SourceRow]) -> tuple[list[SourceRow], list[RawRow], list[ImportProblem]]:
        problems: list[ImportProblem] = []
        records = [record for row in source for record in self.records(row, problems)]
        return source, records, problems

    def records(self, row: SourceRow, problems: list[ImportProblem]) -> list[RawRow]:
        """One record, or one for each month that is a column."""
        values: dict[str, Any] = {}
        written: dict[str, str] = {}
        monthly: dict[date, dict[str, Any]] = {}
        written_in: dict[date, dict[str, str]] = {}
        for index, column in self.columns.items():
            cell = row.cells[index] if index < len(row.cells) else Cell(None)
            month = self.months.get(index)
            into = values if month is None else monthly.setdefault(month, {})
            where = Where(self.sheet, row.number, get_column_letter(index + 1))
            if not cell.filled:
                if self.settings.clear_empty and month is None:
                    into[column.key] = CLEARED
                continue
            said = written if month is None else written_in.setdefault(month, {})
            said[column.key] = self._written(cell)
            found = self._value(index, column, cell, where, problems)
            if found is not None:
                into[column.key] = found
        for key, value in self.fixed().items():
            if values.get(key, CLEARED) is CLEARED:
                values[key] = value
        title = self.sheet or ""
        if not self.months:
            return [RawRow(self.target.key, title, row.number, values, self.places, written=written)]
        return [
            RawRow(
                self.target.key,
                title,
                row.number,
                {**values, **amounts, "month": month},
                self.places | self.places_of_month[month],
                written={**written, **written_in[month]},
            )
            for month, amounts in monthly.items()
            if amounts
        ]

    def _written(self, cell: Cell) -> str:
        return as_written(cell.value, self.by.decimal) if cell.has_value else ""

    def _value(self, index: int, column: ColumnSpec, cell: Cell, where: Where, problems: list[ImportProblem]) -> Any:
        if isinstance(cell.value, str):
            cell = Cell(original(cell.value), cell.uncalculated)
        if column.key.startswith(PREFIX) and not cell.uncalculated:
            return self._custom(column, cell, where, problems)
        reader = self.by.reader(self.settings.unit_of(index))
        return read_cell(column, cell, where, problems, self.language, reader, decimal=self.by.decimal)

    def _custom(self, column: ColumnSpec, cell: Cell, where: Where, problems: list[ImportProblem]) -> Any:
        try:
            return self.custom.read(column.key, cell.value, self.by)
        except ValidationError as error:
            params = {"heading": column.words.french, "value": self._written(cell)[:80], "reason": said(error)}
            problems.append(ImportProblem(ProblemCode.REFUSED_ROW, where, params))
            return None

    def _heading(self, key: str) -> str:
        index = next((index for index, column in self.columns.items() if column.key == key), None)
        return self.headings[index] if index is not None else self.specs[key].words.in_language(self.language)

    def fixed(self) -> dict[str, Any]:
        """What the person has given for the whole file. Raises ImportRefused for what cannot be read."""
        if self._fixed is None:
            problems: list[ImportProblem] = []
            self._fixed = {}
            for key, text in self.settings.fixed.items():
                if key not in self.specs or not text.strip():
                    continue
                cell = Cell(text)
                if key.startswith(PREFIX):
                    value = self._custom(self.specs[key], cell, Where(), problems)
                else:
                    value = read_cell(
                        self.specs[key],
                        cell,
                        Where(),
                        problems,
                        self.language,
                        self.by.reader(None),
                        decimal=self.by.decimal,
                    )
                if problems:
                    raise FixedValueError(key, problems[0])
                self._fixed[key] = value
        return self._fixed


class FixedValueError(ImportRefused):
    """A value that was given for the whole file cannot be read; `key` is its field."""

    def __init__(self, key: str, problem: ImportProblem) -> None:
        super().__init__(problem.code, None, **dict(problem.params))
        self.key = key


def reading_json(reading: ReadingChoices) -> dict[str, Any]:
    """As `TableSettings.to_json` writes it."""
    return asdict(reading)
