"""Tables that are computed, as files: what is seen is what is written, to the cent."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from tech4value.tables.columns import Column
from tech4value.tables.writing import csv_file, xlsx_file
from tech4value.tenancy.clock import today

TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def sheet(title: str, columns: Sequence[Column], rows: Iterable[Any], file_format: str) -> HttpResponse:
    """`rows` in their order, as a workbook, or as text when `file_format` is csv."""
    file_format = file_format if file_format in TYPES else "xlsx"
    cells = [[column.exported(row) for column in columns] for row in rows]
    content = (
        xlsx_file(title, columns, cells)
        if file_format == "xlsx"
        else csv_file(columns, cells, get_language() or "fr")
    )
    name = f"{title} {today().isoformat()}.{file_format}"
    return HttpResponse(
        content,
        content_type=TYPES[file_format],
        headers={"Content-Disposition": str(content_disposition_header(True, name))},
    )
