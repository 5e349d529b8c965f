"""What leaves for a spreadsheet: text that a spreadsheet would run as a formula is made inert.

Source: OWASP, "CSV Injection": a cell that begins with =, +, -, @, a tab or a carriage return may be run.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# -12,5 or +3 % or -1 234,50 € is a number, which does nothing.
_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,\u00a0\u202f'’]*(?:[%€$£]|[kKM]€)?")
_MARK = "'"


def inert(text: str) -> str:
    """`text`, with an apostrophe before it when a spreadsheet would run it as a formula; numbers stay as they are."""
    if not text.lstrip(" \u00a0").startswith(_RUNS) and not text.startswith(_RUNS):
        return text
    return text if _NUMBER.fullmatch(text.strip(" \u00a0")) else f"{_MARK}{text}"


def original(text: str) -> str:
    """What `inert` had made inert, as it was: a file that comes back from a spreadsheet holds the same text."""
    return text[1:] if text.startswith(_MARK) and inert(text[1:]) == text else text


def csv_bytes(rows: Iterable[Sequence[str]], *, separator: str = ";") -> bytes:
    """A CSV file that French spreadsheets open by a double click (UTF-8 with its mark), its texts inert."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")
