"""Reads the workbook of a portfolio: every row, or every error with its cell. Nothing is written anywhere.

Sheets are read as a stream; the rows that were read are what is kept in memory.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from itertools import zip_longest
from xml.etree.ElementTree import ParseError  # the type only: parsing goes through defusedxml

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from integrations.imports.domain.cells import Cell, read_cell
from integrations.imports.domain.problem import ImportProblem, ImportRefused, ProblemCode, Severity, Where
from integrations.imports.domain.references import Known, RawRow, check_references
from integrations.imports.domain.rows import BudgetRow, MilestoneRow, PersonRow, ProjectRow, RiskRow
from integrations.imports.domain.sheets import (
    BUDGET,
    GUIDE,
    MILESTONES,
    PEOPLE,
    PROJECTS,
    RISKS,
    SHEETS,
    ColumnSpec,
    SheetSpec,
)
from integrations.imports.domain.values import as_text, fold
from integrations.imports.domain.xlsx_package import PackageLimits, check_package

HEADING_WITHIN = 20  # rows; a title or a logo may come first
TOTALS = {"total", "totaux", "total general", "sous total", "subtotal", "grand total"}
# What openpyxl raises, in one place or another, for a file that is damaged.
DAMAGE = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, RuntimeError, ArithmeticError,
    zipfile.BadZipFile, zlib.error, ParseError, XMLSyntaxError, InvalidFileException,
)  # fmt: skip


@dataclass(frozen=True)
class WorkbookLimits:
    """What is refused, by sheet; `problems` is how many are listed before the rest is left out."""

    rows: int = 50_000
    columns: int = 200
    problems: int = 1_000
    package: PackageLimits = field(default_factory=PackageLimits)


@dataclass(frozen=True)
class SheetPlace:
    """Where a sheet is in the file: its title, and the letter of each field's column."""

    title: str
    letters: Mapping[str, str]

    def where(self, row: int, key: str) -> Where:
        """The cell of a field of a row."""
        return Where(self.title, row, self.letters.get(key))


@dataclass(frozen=True)
class WorkbookData:
    """What was read. A row with an error is only in `problems`; `rows_read` counts it."""

    projects: tuple[ProjectRow, ...]
    milestones: tuple[MilestoneRow, ...]
    budget: tuple[BudgetRow, ...]
    risks: tuple[RiskRow, ...]
    people: tuple[PersonRow, ...]
    problems: tuple[ImportProblem, ...]
    rows_read: int
    problems_left_out: int = 0
    places: Mapping[str, SheetPlace] = field(default_factory=dict)
    rows_by_sheet: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing stops the import."""
        return not any(problem.is_error for problem in self.problems)


def read_workbook(
    content: bytes, known: Known | None = None, limits: WorkbookLimits | None = None, *, language: str = "fr"
) -> WorkbookData:
    """Reads a workbook. `known` is what the tenant has; without it, poles are not checked.

    `language` is that of the headings and choices that problems name; the file may be in either.

    Raises ImportRefused when the file is not a workbook, is damaged, hostile or too large.
    """
    limits = limits or WorkbookLimits()
    facts = check_package(content, limits.package)
    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = (
            load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if facts.has_formulas
            else None
        )
        reading = _Reading(limits, language)
        raw = {spec.key: reading.sheet(spec, title, values, formulas) for spec, title in reading.sheets(values)}
    except DAMAGE as error:
        raise ImportRefused(ProblemCode.DAMAGED_FILE, detail=str(error)[:200]) from error
    check_references(raw, known, reading.problems, language)
    return _data(raw, reading.problems, limits)


def _data(raw: dict[str, list[RawRow]], problems: list[ImportProblem], limits: WorkbookLimits) -> WorkbookData:
    """The rows of the sheets, without those that have an error; problems in the order of the file."""
    faulty = {(one.where.sheet, one.where.row) for one in problems if one.is_error}

    def sound(spec: SheetSpec) -> Iterator[RawRow]:
        required = {column.key for column in spec.columns if column.required}
        for row in raw.get(spec.key, ()):
            if (row.sheet, row.row) not in faulty and required <= row.values.keys():
                yield row

    # Errors first when some must be left out: a file with 10 000 mistakes has one cause.
    kept = sorted(problems, key=lambda one: not one.is_error)[: limits.problems]
    order = {id(one): index for index, one in enumerate(problems)}
    rank = {spec.key: index for index, spec in enumerate(SHEETS)}
    names = {row.sheet: rank[key] for key, rows in raw.items() for row in rows[:1]}
    kept.sort(key=lambda one: (names.get(one.where.sheet or "", -1), one.where.row or 0, order[id(one)]))
    return WorkbookData(
        projects=tuple(ProjectRow(row=one.row, **one.values) for one in sound(PROJECTS)),
        milestones=tuple(MilestoneRow(row=one.row, **one.values) for one in sound(MILESTONES)),
        budget=tuple(BudgetRow(row=one.row, **one.values) for one in sound(BUDGET)),
        risks=tuple(RiskRow(row=one.row, **one.values) for one in sound(RISKS)),
        people=tuple(PersonRow(row=one.row, **one.values) for one in sound(PEOPLE)),
        problems=tuple(kept),
        rows_read=sum(len(rows) for rows in raw.values()),
        problems_left_out=len(problems) - len(kept),
        places={key: _place(rows[0]) for key, rows in raw.items() if rows},
        rows_by_sheet={key: len(rows) for key, rows in raw.items()},
    )


def _place(row: RawRow) -> SheetPlace:
    return SheetPlace(row.sheet, {key: letter for key, (_heading, letter) in row.columns.items()})


def stream_cells(
    title: str, book: Workbook, formulas: Workbook | None, most: int
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows of a sheet as cells: what each holds, and whether a formula stands there without its result.

    Raises ImportRefused(too_many_columns) for a row with something beyond `most` columns.
    """
    # Dimensions that the file declares can be false, and would be filled with blanks.
    sheet = book[title]
    sheet.reset_dimensions()
    written: Iterator[Sequence[object]] = iter(())
    if formulas is not None:
        formulas[title].reset_dimensions()
        written = formulas[title].iter_rows(values_only=True)
    pairs = zip_longest(sheet.iter_rows(values_only=True), written, fillvalue=())
    for number, (values, sources) in enumerate(pairs, start=1):
        cells = [
            Cell(value, value is None and source is not None)
            for value, source in zip_longest(values, sources if formulas is not None else ())
        ]
        if any(cell.filled for cell in cells[most:]):
            raise ImportRefused(ProblemCode.TOO_MANY_COLUMNS, Where(title, number), limit=most)
        yield number, cells[:most]


class _Reading:
    """One reading of one workbook, gathering its problems."""

    def __init__(self, limits: WorkbookLimits, language: str) -> None:
        self.limits = limits
        self.language = language
        self.problems: list[ImportProblem] = []

    def sheets(self, book: Workbook) -> list[tuple[SheetSpec, str]]:
        """The sheets that are ours, with the title that each has in the file."""
        found: dict[str, tuple[SheetSpec, str]] = {}
        strangers: list[str] = []
        for sheet in book.worksheets:
            spec = _sheet_named(sheet.title)
            if spec is None:
                if sheet.sheet_state == "visible" and fold(sheet.title) not in _guides():
                    strangers.append(sheet.title)
            elif spec.key in found:
                self._report(ProblemCode.DUPLICATE_SHEET, Where(sheet.title), other=found[spec.key][1])
            else:
                found[spec.key] = (spec, sheet.title)
                if sheet.sheet_state != "visible":
                    self._warn(ProblemCode.HIDDEN_SHEET, Where(sheet.title))
        if not found:
            expected = ", ".join(spec.words.in_language(self.language) for spec in SHEETS)
            raise ImportRefused(ProblemCode.NO_KNOWN_SHEET, expected=expected)
        missing = [spec for spec in SHEETS if spec.key not in found]
        for spec in missing:
            name = spec.words.in_language(self.language)
            self._report(ProblemCode.MISSING_SHEET, Where(name), expected=name)
        names = {fold(name): spec.words.in_language(self.language) for spec in missing for name in _sheet_names(spec)}
        for title in strangers:
            suggestion = _closest(title, names)
            self._warn(ProblemCode.UNKNOWN_SHEET, Where(title), value=title, suggestion=suggestion)
        return [found[spec.key] for spec in SHEETS if spec.key in found]

    def sheet(self, spec: SheetSpec, title: str, book: Workbook, formulas: Workbook | None) -> list[RawRow]:
        """The rows of one sheet, each value read."""
        rows: list[RawRow] = []
        columns: dict[int, ColumnSpec] | None = None
        first_filled = 0
        for number, cells in stream_cells(title, book, formulas, self.limits.columns):
            if not any(cell.filled for cell in cells):
                continue
            first_filled = first_filled or number
            if columns is None:
                if _is_heading(spec, cells):
                    columns = self._columns(spec, title, number, cells)
                elif number - first_filled >= HEADING_WITHIN:
                    break
                continue
            row = self._row(spec, title, number, cells, columns)
            if row is not None:
                rows.append(row)
            if len(rows) > self.limits.rows:
                raise ImportRefused(ProblemCode.TOO_MANY_ROWS, Where(title), limit=self.limits.rows)
        if columns is None and first_filled:
            expected = ", ".join(
                column.words.in_language(self.language) for column in spec.columns if column.required
            )
            self._report(ProblemCode.MISSING_HEADINGS, Where(title, first_filled), expected=expected)
        return rows

    def _columns(self, spec: SheetSpec, title: str, number: int, cells: Sequence[Cell]) -> dict[int, ColumnSpec]:
        """Which column is at which index, from the row of headings."""
        found: dict[int, ColumnSpec] = {}
        strangers: list[tuple[Where, str]] = []
        for index, cell in enumerate(cells):
            if not cell.filled:
                continue
            where = Where(title, number, get_column_letter(index + 1))
            heading = as_text(cell.value)
            column = _column_named(spec, heading)
            if column is None:
                strangers.append((where, heading))
            elif column in found.values():
                other = next(one for one, known in found.items() if known is column)
                letter = get_column_letter(other + 1)
                self._report(ProblemCode.DUPLICATE_COLUMN, where, heading=heading, other=letter)
            else:
                found[index] = column
        missing = [column for column in spec.columns if column not in found.values()]
        for column in missing:
            if column.required:
                where = Where(title, number)
                self._report(ProblemCode.MISSING_COLUMN, where, expected=column.words.in_language(self.language))
        names = {
            fold(name): column.words.in_language(self.language)
            for column in missing
            for name in _column_names(column)
        }
        for where, heading in strangers:
            suggestion = _closest(heading, names)
            self._warn(ProblemCode.UNKNOWN_COLUMN, where, value=heading[:80], suggestion=suggestion)
        return found

    def _row(
        self, spec: SheetSpec, title: str, number: int, cells: Sequence[Cell], columns: dict[int, ColumnSpec]
    ) -> RawRow | None:
        """The values of a row; None for a blank one, or a line of totals."""
        ours = {index: cells[index] for index in columns if index < len(cells) and cells[index].filled}
        if not any(cell.has_value for cell in ours.values()):
            return None
        first = next(cell for cell in ours.values() if cell.has_value)
        if fold(as_text(first.value)) in TOTALS:
            return None
        values: dict[str, object] = {}
        headings: dict[str, tuple[str, str]] = {}
        for index, column in columns.items():
            where = Where(title, number, get_column_letter(index + 1))
            headings[column.key] = (column.words.in_language(self.language), where.column or "")
            if index in ours:
                value = read_cell(column, ours[index], where, self.problems, self.language)
                if value is not None:
                    values[column.key] = value
            elif column.required:
                self._report(ProblemCode.REQUIRED, where, heading=column.words.in_language(self.language))
        row = RawRow(spec.key, title, number, values, headings, frozenset(columns[index].key for index in ours))
        self._check_row(spec, row)
        return row

    def _check_row(self, spec: SheetSpec, row: RawRow) -> None:
        if spec.period is not None:
            start, end = (row.values.get(key) for key in spec.period)
            if isinstance(start, date) and isinstance(end, date) and end < start:
                self._report(
                    ProblemCode.END_BEFORE_START,
                    row.where(spec.period[1]),
                    heading=spec.column(spec.period[1]).words.in_language(self.language),
                    value=end,
                    other_heading=spec.column(spec.period[0]).words.in_language(self.language),
                    other=start,
                )
        if spec.one_of and not any(key in row.filled for key in spec.one_of):
            headings = ", ".join(spec.column(key).words.in_language(self.language) for key in spec.one_of)
            self._report(ProblemCode.NEED_ONE_AMOUNT, row.where(spec.one_of[0]), headings=headings)
        for key, needed in spec.together.items():
            if key in row.filled and needed not in row.filled:
                self._report(
                    ProblemCode.REQUIRED_WITH,
                    row.where(needed),
                    heading=spec.column(needed).words.in_language(self.language),
                    other=spec.column(key).words.in_language(self.language),
                )
                break

    def _report(self, code: ProblemCode, where: Where, **params: object) -> None:
        self.problems.append(ImportProblem(code, where, {name: str(value) for name, value in params.items()}))

    def _warn(self, code: ProblemCode, where: Where, **params: object) -> None:
        values = {name: str(value) for name, value in params.items()}
        self.problems.append(ImportProblem(code, where, values, Severity.WARNING))


def _guides() -> set[str]:
    return {fold(GUIDE.french), fold(GUIDE.english)}


def _sheet_names(spec: SheetSpec) -> tuple[str, ...]:
    return (spec.words.french, spec.words.english, *spec.aliases)


def _sheet_named(title: str) -> SheetSpec | None:
    return next((spec for spec in SHEETS if fold(title) in map(fold, _sheet_names(spec))), None)


def _column_names(column: ColumnSpec) -> tuple[str, ...]:
    return (column.words.french, column.words.english, *column.aliases)


def _column_named(spec: SheetSpec, heading: str) -> ColumnSpec | None:
    """The column that a heading names, as written, or without what it has in brackets.

    Its own names come before the other names that a column also goes by.
    """
    for text in (fold(heading), fold(re.sub(r"\([^)]*\)", " ", heading))):
        for column in spec.columns:
            if text in (fold(column.words.french), fold(column.words.english)):
                return column
        for column in spec.columns:
            if text in map(fold, column.aliases):
                return column
    return None


def _is_heading(spec: SheetSpec, cells: Sequence[Cell]) -> bool:
    """Whether a row is the headings: at least two columns are named there."""
    named = [
        column
        for cell in cells
        if isinstance(cell.value, str) and (column := _column_named(spec, cell.value)) is not None
    ]
    return len({column.key for column in named}) >= 2


def _closest(text: str, names: dict[str, str]) -> str:
    """What was probably meant; empty when nothing is close."""
    close = get_close_matches(fold(text), names, n=1, cutoff=0.7)
    return names[close[0]] if close else ""
