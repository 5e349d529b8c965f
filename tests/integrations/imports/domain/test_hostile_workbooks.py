"""Files that are refused before anything opens them, each with its reason."""

import io
import random
import zipfile

import pytest
from openpyxl import Workbook

from integrations.imports.domain.problem import ImportRefused, ProblemCode
from integrations.imports.domain.template import write_template
from integrations.imports.domain.workbook import WorkbookLimits, read_workbook
from integrations.imports.domain.xlsx_package import PackageLimits, check_package

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
SOUND = write_template("fr")


def package(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def altered(name: str, content: bytes) -> bytes:
    """A sound workbook with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(SOUND)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return package(parts | {name: content})


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ProblemCode.EMPTY_FILE),
        (b"Code;Nom\nA;B", ProblemCode.NOT_A_WORKBOOK),
        (OLE + "Workbook".encode("utf-16-le"), ProblemCode.OLD_WORKBOOK),
        (OLE + "EncryptedPackage".encode("utf-16-le"), ProblemCode.ENCRYPTED_FILE),
        (b"PK\x03\x04 and nothing else", ProblemCode.DAMAGED_FILE),
        (SOUND[: len(SOUND) // 2], ProblemCode.DAMAGED_FILE),
        (package({"a.txt": b"x"}), ProblemCode.NOT_A_WORKBOOK),
        (package({"word/document.xml": b"<x/>"}), ProblemCode.OTHER_OFFICE_FILE),
        (package({"xl/workbook.bin": b"x"}), ProblemCode.OTHER_OFFICE_FILE),
        (package({"mimetype": b"x", "content.xml": b"<x/>"}), ProblemCode.OTHER_OFFICE_FILE),
        (package({"xl/workbook.xml": b" " * 30_000_000}), ProblemCode.ZIP_BOMB),
        (package({"xl/workbook.xml": b"<workbook/>"}), ProblemCode.DAMAGED_FILE),
        (altered("xl/sharedStrings.xml", LAUGHS), ProblemCode.HOSTILE_XML),
        (altered("xl/sharedStrings.xml", LAUGHS.decode().encode("utf-16")), ProblemCode.HOSTILE_XML),
        (altered("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), ProblemCode.DAMAGED_FILE),
        (altered("xl/workbook.xml", b"not xml"), ProblemCode.DAMAGED_FILE),
        (altered("[Content_Types].xml", b"<Types/>"), ProblemCode.DAMAGED_FILE),
    ],
)
def test_refused(content: bytes, code: ProblemCode) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_workbook(content)
    assert caught.value.problem.code is code


def test_sizes_are_looked_at_before_unpacking() -> None:
    for limits, code in (
        (PackageLimits(bytes=10), ProblemCode.TOO_LARGE),
        (PackageLimits(parts=2), ProblemCode.TOO_MANY_ITEMS),
    ):
        with pytest.raises(ImportRefused) as caught:
            read_workbook(SOUND, limits=WorkbookLimits(package=limits))
        assert caught.value.problem.code is code


def test_a_part_that_lies_about_its_size_is_damaged() -> None:
    content = package({"xl/workbook.xml": b"a" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    with pytest.raises(ImportRefused) as caught:
        check_package(content.replace(size, (5).to_bytes(4, "little")))
    assert caught.value.problem.code is ProblemCode.DAMAGED_FILE


def test_false_dimensions_cost_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(SOUND)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    start, end = sheet.index(b"<dimension"), sheet.index(b"/>", sheet.index(b"<dimension")) + 2
    content = altered("xl/worksheets/sheet1.xml", sheet[:start] + b'<dimension ref="A1:XFD1048576"/>' + sheet[end:])
    assert read_workbook(content).ok


def test_formulas_are_noticed() -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    stream = io.BytesIO()
    book.save(stream)
    assert check_package(stream.getvalue()).has_formulas
    assert not check_package(SOUND).has_formulas


def test_whatever_the_bytes_only_a_refusal_is_raised() -> None:
    with zipfile.ZipFile(io.BytesIO(SOUND)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    dice = random.Random(7)
    for _ in range(150):
        name = dice.choice(sorted(parts))
        part = bytearray(parts[name])
        for _ in range(dice.randint(1, 5)):
            part[dice.randrange(len(part))] = dice.randrange(256)
        cut = dice.choice([0, dice.randrange(len(part))])
        try:
            read_workbook(package(parts | {name: bytes(part[cut:])}))
        except ImportRefused:
            continue
    for _ in range(100):
        whole = bytearray(SOUND)
        for _ in range(dice.randint(1, 5)):
            whole[dice.randrange(len(whole))] = dice.randrange(256)
        try:
            read_workbook(bytes(whole))
        except ImportRefused:
            continue
