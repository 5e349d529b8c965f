"""Writes the workbook that people fill in, empty as a template or with rows; `workbook.read_workbook` reads it."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from integrations.imports.domain.sheets import GUIDE, SHEETS, ColumnSpec, SheetSpec, ValueType, Words

CellValue = str | int | Decimal | date | None
SheetRows = Mapping[str, Sequence[Mapping[str, CellValue]]]

# The same bytes for the same rows: the date of writing is left out.
WRITTEN = datetime.combine(date(2026, 1, 1), datetime.min.time())
LAST_ROW = 2000  # as far as lists of choices and formats reach
EXCEL_LIST_LIMIT = 255

_WIDTHS = {
    ValueType.CODE: 14, ValueType.DATE: 14, ValueType.MONTH: 11, ValueType.MONEY: 14, ValueType.PERCENT: 14,
    ValueType.INTEGER: 13, ValueType.EMAIL: 32, ValueType.CHOICE: 16, ValueType.TEXT: 26,
    ValueType.SKILLS: 32,
}  # fmt: skip
_GUIDE_TITLE = Words("Importer un portefeuille", "Import a portfolio")
_GUIDE_LINES = (
    Words(
        "Remplissez les feuilles utiles ; laissez les autres vides, sans les supprimer.",
        "Fill in the sheets that you need; leave the others empty, without removing them.",
    ),
    Words(
        "Les colonnes marquées * sont obligatoires. L’ordre des colonnes est libre.",
        "Columns marked * are required. Their order is free.",
    ),
    Words(
        "Importer de nouveau le même fichier met à jour les lignes : rien n’est créé deux fois.",
        "Importing the same file again updates the rows: nothing is created twice.",
    ),
    Words(
        "Un aperçu montre chaque erreur avec sa cellule avant que rien ne soit enregistré.",
        "A preview shows each error with its cell before anything is saved.",
    ),
)
_GUIDE_HEADINGS = (
    Words("Feuille", "Sheet"), Words("Colonne", "Column"), Words("Obligatoire", "Required"),
    Words("Ce qui est attendu", "What is expected"), Words("Exemple", "Example"),
)  # fmt: skip
_YES = Words("oui", "yes")
_EXAMPLE = Words("Exemple :", "Example:")


def write_template(language: str) -> bytes:
    """The empty template, in French for "fr" and its variants, else in English."""
    return write_workbook({}, language)


def write_workbook(rows: SheetRows, language: str) -> bytes:
    """A workbook with `rows` by sheet key, each a mapping of column key to value.

    A choice is given by its key and a percentage as 0-1; any other text is written as it is.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _GUIDE_TITLE.in_language(language), "created": WRITTEN})
    formats = _Formats(book)
    for spec in SHEETS:
        _write_sheet(book, spec, rows.get(spec.key, ()), language, formats)
    _write_guide(book, language, formats)
    book.get_worksheet_by_name(SHEETS[0].words.in_language(language)).activate()
    book.close()
    return stream.getvalue()


def heading(column: ColumnSpec, language: str) -> str:
    """The heading of a column, with a star when it is required."""
    return column.words.in_language(language) + (" *" if column.required else "")


class _Formats:
    def __init__(self, book: Any) -> None:
        head = {"bold": True, "font_color": "#FFFFFF", "border": 1, "border_color": "#FFFFFF", "valign": "vcenter"}
        self.required = book.add_format(head | {"bg_color": "#0F4C5C"})
        self.optional = book.add_format(head | {"bg_color": "#4F7C8A"})
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#0F4C5C"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.by_type = {
            ValueType.DATE: book.add_format({"num_format": "dd/mm/yyyy"}),
            ValueType.MONTH: book.add_format({"num_format": "mm/yyyy"}),
            ValueType.MONEY: book.add_format({"num_format": "#,##0.00"}),
            ValueType.PERCENT: book.add_format({"num_format": "0%"}),
        }


def _write_sheet(
    book: Any, spec: SheetSpec, rows: Sequence[Mapping[str, CellValue]], language: str, formats: _Formats
) -> None:
    sheet = book.add_worksheet(spec.words.in_language(language))
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 24)
    for index, column in enumerate(spec.columns):
        style = formats.by_type.get(column.type)
        sheet.set_column(index, index, max(_WIDTHS[column.type], len(column.words.french) + 4), style)
        sheet.write_string(
            0, index, heading(column, language), formats.required if column.required else formats.optional
        )
        sheet.write_comment(0, index, _hint(column, language), {"x_scale": 2})
        _validate(sheet, index, column, language)
        for number, row in enumerate(rows, start=1):
            _write_value(sheet, number, index, column, row.get(column.key), language, style)
    sheet.autofilter(0, 0, max(len(rows), 1), len(spec.columns) - 1)


def _hint(column: ColumnSpec, language: str) -> str:
    example = f"{_EXAMPLE.in_language(language)} {column.example.in_language(language)}"
    return f"{column.hint.in_language(language)}\n{example}"


def _validate(sheet: Any, index: int, column: ColumnSpec, language: str) -> None:
    """A list to choose from, or bounds; Excel only warns, so that a paste is never lost: the preview decides."""
    rule: dict[str, Any] | None = None
    if column.choices:
        source = [choice.words.in_language(language) for choice in column.choices]
        if len(",".join(source)) <= EXCEL_LIST_LIMIT:
            rule = {"validate": "list", "source": source}
    elif column.type is ValueType.INTEGER and column.low is not None and column.high is not None:
        rule = {"validate": "integer", "criteria": "between", "minimum": int(column.low), "maximum": int(column.high)}
    if rule is not None:
        sheet.data_validation(1, index, LAST_ROW, index, rule | {"error_type": "warning"})


def _write_value(
    sheet: Any, row: int, index: int, column: ColumnSpec, value: CellValue, language: str, style: Any
) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, index, value, style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, index, float(value), style)
    else:
        words = {choice.key: choice.words.in_language(language) for choice in column.choices}
        sheet.write_string(row, index, words.get(value, value))


def _write_guide(book: Any, language: str, formats: _Formats) -> None:
    """How to fill it in, with an example of every column."""
    sheet = book.add_worksheet(GUIDE.in_language(language))
    sheet.hide_gridlines(2)
    for index, width in enumerate((14, 22, 12, 70, 34)):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, _GUIDE_TITLE.in_language(language), formats.title)
    for number, line in enumerate(_GUIDE_LINES, start=2):
        sheet.write_string(number, 0, line.in_language(language))
    top = len(_GUIDE_LINES) + 3
    for index, words in enumerate(_GUIDE_HEADINGS):
        sheet.write_string(top, index, words.in_language(language), formats.required)
    number = top
    for spec in SHEETS:
        for column in spec.columns:
            number += 1
            cells = (
                spec.words.in_language(language),
                column.words.in_language(language),
                _YES.in_language(language) if column.required else "",
                column.hint.in_language(language),
                column.example.in_language(language),
            )
            for index, text in enumerate(cells):
                sheet.write_string(number, index, text, formats.wrapped)
    sheet.freeze_panes(top + 1, 0)
