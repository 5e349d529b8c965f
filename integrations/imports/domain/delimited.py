"""Text tables (CSV): their encoding and separator, guessed from the bytes, and their rows, read as a stream."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final

from integrations.imports.domain.problem import ImportRefused, ProblemCode, Where

ENCODINGS: Final = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-15")
SEPARATORS: Final = (";", ",", "\t", "|")
LONGEST_CELL: Final = 32_767  # characters; what a spreadsheet's cell holds
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 200_000
# Bytes that are letters or the euro in Latin-9, and signs that nobody types in Windows-1252: ¤ ¦ ¨ ´ ¸ ¼ ½ ¾.
_LATIN_9 = frozenset(b"\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe")


def guess_encoding(content: bytes) -> str:
    """One of ENCODINGS. Raises ImportRefused(nul_bytes) for what is no text.

    A byte-order mark decides; else what decodes as UTF-8 is UTF-8, since other text practically never does.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content:
        return _without_mark(content[:_SAMPLE])
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        high = Counter(byte for byte in content if byte >= 0x80)
        if any(byte < 0xA0 for byte in high):  # control characters in Latin-9, quotes and dashes in Windows-1252
            return "windows-1252"
        return "iso-8859-15" if _LATIN_9 & high.keys() else "windows-1252"
    return "utf-8"


def _without_mark(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of western text is nil."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.6 * half:
        return "utf-16-le"
    if half and sample[0::2].count(0) > 0.6 * half:
        return "utf-16-be"
    raise ImportRefused(ProblemCode.NUL_BYTES)


def guess_separator(content: bytes, encoding: str) -> str:
    """The separator that cuts the first records most alike, and most; a semicolon when none does."""
    text = content[:_SAMPLE].decode(_codec(encoding), errors="replace")
    if len(content) > _SAMPLE:
        text = text[: text.rfind("\n") + 1] or text
    best, separator = (0.0, 0), ";"
    for one in SEPARATORS:
        widths = _widths(text, one)
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        if width > 1 and (count / len(widths), width) > best:
            best, separator = (count / len(widths), width), one
    return separator


def _widths(text: str, separator: str) -> list[int]:
    found = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cell.strip() for cell in record):
                found.append(len(record))
            if len(found) == 60:
                break
    except csv.Error:
        return []
    return found


def read_records(stream: BinaryIO, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number from 1, a little at a time. A character that the encoding lacks becomes U+FFFD.

    Raises ImportRefused(cell_too_long | nul_bytes | damaged_file), with the record where reading stopped.
    """
    text = io.TextIOWrapper(stream, encoding=_codec(encoding), errors="replace", newline="")
    number = 0
    try:
        for number, record in enumerate(csv.reader(text, delimiter=separator), start=1):
            if any(len(cell) > LONGEST_CELL for cell in record):
                raise ImportRefused(ProblemCode.CELL_TOO_LONG, Where(row=number), limit=LONGEST_CELL)
            yield number, record
    except csv.Error as error:
        where = Where(row=number + 1)
        if "NUL" in str(error):
            raise ImportRefused(ProblemCode.NUL_BYTES, where) from error
        if "field larger" in str(error):
            raise ImportRefused(ProblemCode.CELL_TOO_LONG, where, limit=LONGEST_CELL) from error
        raise ImportRefused(ProblemCode.DAMAGED_FILE, where, detail=error) from error
    finally:
        # A reader left before the end is closed late, at times after its file.
        if not stream.closed:
            text.detach()


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding
