"""A list's typed cells as a workbook or as text."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from tech4value.figures.formats import currency_decimals, is_french
from tech4value.figures.spreadsheet import inert
from tech4value.tables.columns import CellKind, Column
from tech4value.tenancy.context import current_tenant

WIDEST: Final = 60


def xlsx_file(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet: numbers as numbers, dates as dates, texts never as formulas; rows are written as they come."""
    stream = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bottom": 1})
        formats = [book.add_format(_format(column)) for column in columns]
        widths = [min(max(len(str(column.label)) + 2, _width(column)), WIDEST) for column in columns]
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        for index, column in enumerate(columns):
            sheet.write_string(0, index, inert(str(column.label)), head)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, 1):
            for index, value in enumerate(row):
                _write(sheet, last, index, value, formats[index])
        sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))
    return stream.getvalue()


def _write(sheet: Any, row: int, index: int, value: Any, cell: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime | date):
        if value.year >= 1900:
            sheet.write_datetime(row, index, value, cell)
        else:  # before the calendar of spreadsheets
            sheet.write_string(row, index, value.isoformat(), cell)
    elif isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        sheet.write_number(row, index, value, cell)
    else:
        sheet.write_string(row, index, inert(str(value)), cell)


def _format(column: Column) -> dict[str, Any]:
    decimals = column.decimals
    match column.kind:
        case CellKind.DATE:
            return {"num_format": "dd/mm/yyyy"}
        case CellKind.INSTANT:
            return {"num_format": "dd/mm/yyyy hh:mm"}
        case CellKind.MONEY:
            places = currency_decimals(column.currency or current_tenant().currency)
            return {"num_format": f"#,##0{'.' if places else ''}{'0' * places}"}
        case CellKind.PERCENT:
            return {"num_format": f"0{'.' if decimals else ''}{'0' * decimals}%"}
        case CellKind.NUMBER:
            return {"num_format": f"#,##0{'.' if decimals else ''}{'0' * decimals}"}
    return {"text_wrap": False}


def _width(column: Column) -> int:
    return {CellKind.NAME: 40, CellKind.PERSON: 24, CellKind.TEXT: 20, CellKind.LINK: 40}.get(column.kind, 14)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: at most 31 characters, none of []:*?/\\."""
    return "".join("-" if letter in "[]:*?/\\'" else letter for letter in title)[:31] or "1"


def csv_file(columns: Sequence[Column], rows: Iterable[Sequence[Any]], language: str) -> bytes:
    """UTF-8 with its mark. French: semicolons, decimal commas, 12/03/2026; English: commas, points, 2026-03-12."""
    french = is_french(language)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerow([inert(str(column.label)) for column in columns])
    for row in rows:
        writer.writerow([_text(value, french) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def _text(value: Any, french: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}" if french else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if french else value.isoformat()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return text.replace(".", ",") if french else text
    return inert(str(value))
