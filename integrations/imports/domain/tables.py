"""Any table that people bring: a sheet of a workbook or a text file, read row by row, with what is guessed of it."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from integrations.imports.domain import delimited
from integrations.imports.domain.cells import Cell
from integrations.imports.domain.problem import ImportRefused, ProblemCode, Where
from integrations.imports.domain.values import EXCEL_DAY_ZERO, as_text, fold
from integrations.imports.domain.workbook import DAMAGE, HEADING_WITHIN, TOTALS, stream_cells
from integrations.imports.domain.xlsx_package import OLE_HEADER, PackageLimits, check_package, unpacked_size

XLSX: Final = "xlsx"
CSV: Final = "csv"
MAC_DAY_ZERO: Final = date(1904, 1, 1)
_BINARIES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BM",
    b"\x00\x00\x00",
)
_LARGE = {XLSX: 8_000_000, CSV: 3_000_000}  # unpacked bytes: beyond, reading takes more than a moment
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*?\sr="(\d+)"')
_HIDDEN_LAST = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"[^>]*\shidden="(?:1|true)"')


@dataclass(frozen=True)
class TableLimits:
    """What is refused."""

    bytes: int = 20_000_000
    rows: int = 50_000
    columns: int = 300


@dataclass(frozen=True)
class ReadingChoices:
    """How a file is read. `header_row` counts from 1; what does not apply to the file's kind is empty."""

    sheet: str = ""
    header_row: int = 1
    encoding: str = ""
    separator: str = ""
    skip_hidden: bool = False
    skip_totals: bool = True


@dataclass(frozen=True)
class SourceRow:
    """A row of the file. `number` is what a spreadsheet shows beside it."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False

    @property
    def filled(self) -> int:
        return sum(cell.filled for cell in self.cells)


@dataclass
class TableFile:
    """An opened file; `rows` reads it from its beginning each time."""

    kind: str
    content: bytes
    limits: TableLimits
    sheets: tuple[str, ...] = ()
    has_macros: bool = False
    day_zero: date = EXCEL_DAY_ZERO
    books: tuple[Workbook, ...] = field(default=(), repr=False)
    """Of a workbook: its values, then its formulas when there are any."""

    def rows(self, reading: ReadingChoices) -> Iterator[SourceRow]:
        """Every row, blank ones too. Raises ImportRefused when the file goes past the limits, or is damaged."""
        if self.kind == CSV:
            yield from self._records(reading)
            return
        if reading.sheet not in self.sheets:
            raise ImportRefused(ProblemCode.NO_SUCH_SHEET, value=reading.sheet)
        values, formulas = self.books[0], self.books[1] if len(self.books) > 1 else None
        hidden = self._hidden_rows(reading.sheet)
        try:
            for number, cells in stream_cells(reading.sheet, values, formulas, self.limits.columns):
                if number > self.limits.rows + HEADING_WITHIN and any(cell.filled for cell in cells):
                    raise ImportRefused(ProblemCode.TOO_MANY_ROWS, Where(reading.sheet), limit=self.limits.rows)
                yield SourceRow(number, cells, number in hidden)
        except DAMAGE as error:
            raise ImportRefused(ProblemCode.DAMAGED_FILE, detail=str(error)[:200]) from error

    def _records(self, reading: ReadingChoices) -> Iterator[SourceRow]:
        records = delimited.read_records(io.BytesIO(self.content), reading.encoding, reading.separator)
        for number, record in records:
            if len(record) > self.limits.columns and any(cell.strip() for cell in record[self.limits.columns :]):
                raise ImportRefused(ProblemCode.TOO_MANY_COLUMNS, Where(row=number), limit=self.limits.columns)
            if number > self.limits.rows + HEADING_WITHIN:
                raise ImportRefused(ProblemCode.TOO_MANY_ROWS, limit=self.limits.rows)
            yield SourceRow(number, [Cell(text or None) for text in record[: self.limits.columns]])

    def _hidden_rows(self, sheet: str) -> frozenset[int]:
        """The numbers of the rows that a filter or a person has hidden: openpyxl does not say when it streams."""
        # openpyxl keeps the part of a streamed sheet under this name.
        part = self.books[0][sheet]._worksheet_path  # type: ignore[attr-defined]  # of ReadOnlyWorksheet
        found: set[int] = set()
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive, archive.open(part) as stream:
            tail = b""
            while chunk := stream.read(1 << 20):
                window = tail + chunk
                for pattern in (_HIDDEN, _HIDDEN_LAST):
                    found.update(int(number) for number in pattern.findall(window))
                tail = window[-400:]  # a row's own mark is far shorter
        return frozenset(found)


def is_large(content: bytes, limits: TableLimits | None = None) -> bool:
    """Whether reading the file takes more than a moment. Raises ImportRefused for what is plainly no table."""
    limits = limits or TableLimits()
    kind = kind_of(content, limits)
    size = unpacked_size(content, PackageLimits(bytes=limits.bytes)) if kind == XLSX else len(content)
    return size > _LARGE[kind]


def kind_of(content: bytes, limits: TableLimits | None = None) -> str:
    """XLSX or CSV, by what the file holds and not by its name. Raises ImportRefused for anything else."""
    limits = limits or TableLimits()
    if not content.strip():
        raise ImportRefused(ProblemCode.EMPTY_FILE)
    if len(content) > limits.bytes:
        raise ImportRefused(ProblemCode.TOO_LARGE, size=len(content), limit=limits.bytes)
    if content.startswith((b"PK", OLE_HEADER)):
        unpacked_size(content, PackageLimits(bytes=limits.bytes))
        return XLSX
    if content.startswith(_BINARIES):
        raise ImportRefused(ProblemCode.NOT_A_TABLE)
    delimited.guess_encoding(content)
    return CSV


def open_table(content: bytes, limits: TableLimits | None = None) -> TableFile:
    """Open a file once it is known to be safe. Raises ImportRefused."""
    limits = limits or TableLimits()
    kind = kind_of(content, limits)
    if kind == CSV:
        return TableFile(kind, content, limits)
    facts = check_package(content, PackageLimits(bytes=limits.bytes))
    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        books = [values]
        if facts.has_formulas:
            books.append(load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False))
        titles = tuple(sheet.title for sheet in values.worksheets)
        day_zero = MAC_DAY_ZERO if values.epoch.year == MAC_DAY_ZERO.year else EXCEL_DAY_ZERO
    except DAMAGE as error:
        raise ImportRefused(ProblemCode.DAMAGED_FILE, detail=str(error)[:200]) from error
    if not titles:
        raise ImportRefused(ProblemCode.NO_ROWS)
    return TableFile(kind, content, limits, titles, facts.has_macros, day_zero, tuple(books))


# --- what is guessed


def guess_reading(table: TableFile, is_known: Callable[[str], bool]) -> ReadingChoices:
    """Sheet, header row, encoding and separator. `is_known` says whether a heading is one that targets have."""
    if table.kind == CSV:
        encoding = delimited.guess_encoding(table.content)
        choices = ReadingChoices(encoding=encoding, separator=delimited.guess_separator(table.content, encoding))
        return _with_header(choices, guess_header_row(first_rows(table, choices), is_known)[0])
    guessed = []
    for rank, title in enumerate(table.sheets[:30]):
        choices = ReadingChoices(sheet=title)
        row, score = guess_header_row(first_rows(table, choices), is_known)
        guessed.append((score, -rank, _with_header(choices, row)))
    return max(guessed, key=lambda one: one[:2])[2]


def _with_header(choices: ReadingChoices, row: int) -> ReadingChoices:
    return ReadingChoices(choices.sheet, row, choices.encoding, choices.separator)


def first_rows(table: TableFile, choices: ReadingChoices) -> list[SourceRow]:
    """The first rows that hold something, as many as headings may be looked for in."""
    found = []
    for row in table.rows(choices):
        if row.filled:
            found.append(row)
        if len(found) > HEADING_WITHIN or row.number > 200:
            break
    return found


def guess_header_row(rows: Sequence[SourceRow], is_known: Callable[[str], bool]) -> tuple[int, float]:
    """The number of the row that holds the headings, and how sure that is.

    Headings are texts, differ from one another, are as many as the rows under them are wide, and some are known.
    """
    best, found = -1e9, rows[0].number if rows else 1
    for index, row in enumerate(rows[:HEADING_WITHIN]):
        texts = [as_text(cell.value) for cell in row.cells if cell.has_value and isinstance(cell.value, str)]
        words = [text for text in texts if not re.fullmatch(r"[\d\s.,/:€%()-]+", text) and len(text) <= 80]
        known = sum(map(is_known, texts))
        below = [other.filled for other in rows[index + 1 : index + 6]]
        width = row.filled / max(1, *below) if below else 0.1
        score: float = (
            3 * known + len(words) - 2 * (row.filled - len(words)) - 2 * (len(texts) - len(set(map(fold, texts))))
        )
        score = score * min(width, 1.0) - 0.5 * index if score > 0 else score
        if score > best:
            best, found = score, row.number
    return found, best


@dataclass(frozen=True)
class Heading:
    """A column of the file: its index from 0, and its heading (made from its letter when there is none)."""

    index: int
    text: str


def headings_of(rows: Sequence[SourceRow], header_row: int) -> list[Heading]:
    """The columns that have a heading or something under it; `rows` are the first ones of the file.

    A heading that is merged over several columns stands above those under it: where headings are blank or come
    twice, that of the row above is put before them.
    """
    header = next((row for row in rows if row.number == header_row), None)
    above = next((row for row in rows if row.number == header_row - 1), None)
    under = [row for row in rows if row.number > header_row]
    width = max((len(row.cells) for row in rows if row.number >= header_row), default=0)
    texts = _texts(header, width)
    groups = _spread(_texts(above, width)) if above is not None and above.filled >= 2 else [""] * width
    used = [bool(texts[index]) or any(_has(row, index) for row in under) for index in range(width)]
    counts: dict[str, int] = {}
    for text in texts:
        counts[fold(text)] = counts.get(fold(text), 0) + 1
    found = []
    for index in range(width):
        if not used[index]:
            continue
        text = texts[index]
        if groups[index] and (not text or counts[fold(text)] > 1):
            text = f"{groups[index]} – {text}" if text else groups[index]
        found.append(Heading(index, text[:120]))
    return found


def _texts(row: SourceRow | None, width: int) -> list[str]:
    cells = row.cells if row is not None else ()
    return [
        " ".join(as_text(cells[index].value).split()) if index < len(cells) and cells[index].has_value else ""
        for index in range(width)
    ]


def _spread(texts: Sequence[str]) -> list[str]:
    """Each blank takes what stands at its left."""
    spread, last = [], ""
    for text in texts:
        last = text or last
        spread.append(last)
    return spread


def _has(row: SourceRow, index: int) -> bool:
    return index < len(row.cells) and row.cells[index].filled


def is_total(row: SourceRow) -> bool:
    """Whether a row sums those above it: it begins with « Total », and holds a number."""
    first = next((cell for cell in row.cells if cell.has_value), None)
    if first is None or not isinstance(first.value, str):
        return False
    said = fold(first.value)
    if said not in TOTALS and not said.startswith(("total ", "sous total ", "totaux ")):
        return False
    others = [cell for cell in row.cells if cell.has_value and cell is not first]
    return all(_is_number(cell.value) for cell in others)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    return not isinstance(value, str) or bool(
        re.fullmatch(r"[-+(]?[\d\s.,'’\u00a0\u202f]+\)?\s*(?:[kKM]?€|%|h|j)?", value)
    )
