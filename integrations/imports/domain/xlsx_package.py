"""The safety of an .xlsx file, looked at before any library opens it: what it is, how large it becomes, its XML."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from integrations.imports.domain.problem import ImportRefused, ProblemCode

Found = TypeVar("Found")

OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_OVERLAP = 64  # a mark cut by the end of a chunk is seen whole in the next look
# A document type, in the encodings that XML parts may have; no office program writes one.
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_ROW = re.compile(rb"<(?:[A-Za-z]\w*:)?row[\s>/]")
_FORMULA = re.compile(rb"<(?:[A-Za-z]\w*:)?f[\s>/]")


@dataclass(frozen=True)
class PackageLimits:
    """What is refused. The ratio is looked at once the whole is over a megabyte."""

    bytes: int = 40_000_000
    unpacked_bytes: int = 400_000_000
    ratio: int = 150
    parts: int = 2_000


@dataclass(frozen=True)
class PackageFacts:
    """What the look-through told: whether any sheet has a formula, how many rows there are, blank ones too, and
    whether there are macros, which nothing here reads or runs."""

    has_formulas: bool
    rows: int = 0
    has_macros: bool = False


def check_package(content: bytes, limits: PackageLimits | None = None) -> PackageFacts:
    """Refuses what is not an .xlsx workbook or is not safe to open. Raises ImportRefused."""
    return _opened(content, limits or PackageLimits(), _look_through)


def unpacked_size(content: bytes, limits: PackageLimits | None = None) -> int:
    """How large the workbook is once unpacked, as it declares: told at once, whatever its size.

    Raises ImportRefused as `check_package` does, hostile XML excepted, which is not looked for.
    """
    return _opened(
        content, limits or PackageLimits(), lambda archive: sum(one.file_size for one in archive.infolist())
    )


def _opened(content: bytes, limits: PackageLimits, look: Callable[[zipfile.ZipFile], Found]) -> Found:
    if not content:
        raise ImportRefused(ProblemCode.EMPTY_FILE)
    if len(content) > limits.bytes:
        raise ImportRefused(ProblemCode.TOO_LARGE, size=len(content), limit=limits.bytes)
    if content.startswith(OLE_HEADER):
        # An encrypted workbook hides in the container of the old formats.
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise ImportRefused(ProblemCode.ENCRYPTED_FILE if encrypted else ProblemCode.OLD_WORKBOOK)
    if not content.startswith(b"PK"):
        raise ImportRefused(ProblemCode.NOT_A_WORKBOOK)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, len(content), limits)
            _check_kind(archive)
            return look(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise ImportRefused(ProblemCode.DAMAGED_FILE, detail=error) from error


def _check_sizes(archive: zipfile.ZipFile, packed: int, limits: PackageLimits) -> None:
    """Declared sizes are enough: reading a part never gives more than it declares."""
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise ImportRefused(ProblemCode.TOO_MANY_ITEMS, limit=limits.parts)
    if any(part.flag_bits & 1 for part in parts):
        raise ImportRefused(ProblemCode.ENCRYPTED_FILE)
    unpacked = sum(part.file_size for part in parts)
    most = max(1_000_000, min(limits.unpacked_bytes, packed * limits.ratio))
    if unpacked > most:
        raise ImportRefused(ProblemCode.ZIP_BOMB, size=unpacked, limit=most)


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return
    marks = {"xl/workbook.bin": "xlsb", "word/document.xml": "docx", "ppt/presentation.xml": "pptx"}
    for name, kind in marks.items():
        if name in names:
            raise ImportRefused(ProblemCode.OTHER_OFFICE_FILE, format=kind)
    if "mimetype" in names and "content.xml" in names:
        raise ImportRefused(ProblemCode.OTHER_OFFICE_FILE, format="ods")
    raise ImportRefused(ProblemCode.NOT_A_WORKBOOK)


def _look_through(archive: zipfile.ZipFile) -> PackageFacts:
    """Reads every part once, in pieces: refuses document types, counts rows, tells whether there are formulas."""
    has_formulas, rows = False, 0
    has_macros = any(name.endswith("vbaProject.bin") for name in archive.namelist())
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        is_sheet = part.filename.startswith("xl/worksheets/")
        with archive.open(part) as stream:
            tail = b""
            while chunk := stream.read(_CHUNK):
                window = tail + chunk
                if any(mark in window for mark in _DOCTYPES):
                    raise ImportRefused(ProblemCode.HOSTILE_XML)
                has_formulas = has_formulas or (is_sheet and _FORMULA.search(window) is not None)
                if is_sheet:  # those of the overlap were counted with the piece before
                    rows += len(_ROW.findall(window)) - len(_ROW.findall(tail))
                tail = window[-_OVERLAP:]
    return PackageFacts(has_formulas, rows, has_macros)
