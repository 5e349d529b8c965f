"""Tables in every form that people and attackers give them: what is guessed, read, refused."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from integrations.imports.domain.conventions import (
    Conventions,
    DateOrder,
    Unit,
    as_boolean,
    as_date,
    as_minutes,
    as_money,
    as_month,
    as_number,
    as_share,
    guess_conventions,
)
from integrations.imports.domain.delimited import guess_encoding, guess_separator
from integrations.imports.domain.mapping import ColumnSample, guess_columns, guess_target, is_known_heading
from integrations.imports.domain.problem import ImportRefused
from integrations.imports.domain.tables import (
    MAC_DAY_ZERO,
    ReadingChoices,
    SourceRow,
    TableLimits,
    guess_reading,
    headings_of,
    is_large,
    is_total,
    open_table,
)
from integrations.imports.domain.values import ValueRefused

FRENCH, ENGLISH = Conventions(), Conventions(DateOrder.MONTH_FIRST, ".")
TEXT = "Nom;Montant\nÉlodie Cœur – été;1 234,50 €\n"


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows_of(content: bytes) -> list[SourceRow]:
    table = open_table(content)
    return list(table.rows(guess_reading(table, is_known_heading)))


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings(codec: str, found: str) -> None:
    content = TEXT.encode(codec)
    assert guess_encoding(content) == found
    assert [cell.value for cell in rows_of(content)[1].cells] == ["Élodie Cœur – été", "1 234,50 €"]


def test_latin_9_is_told_by_its_euro() -> None:
    content = "Nom;Montant €\nÉlodie Cœur;12\n".encode("iso-8859-15")
    assert guess_encoding(content) == "iso-8859-15"
    assert rows_of(content)[0].cells[1].value == "Montant €"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_and_line_ends_within_quotes(separator: str) -> None:
    content = separator.join(["Code", '"Nom; long, et|large"', "Note"]) + "\n"
    content += separator.join(["A", '"ligne 1\nligne ""2"""', "c"]) + "\n"
    assert guess_separator(content.encode(), "utf-8") == separator
    assert rows_of(content.encode())[1].cells[1].value == 'ligne 1\nligne "2"'


NUMBERS = [
    ("1 234,56", FRENCH, "1234.56"), ("1\u202f234,56", FRENCH, "1234.56"), ("1.234,56", FRENCH, "1234.56"),
    ("1,234.56", ENGLISH, "1234.56"), ("(1 234,5)", FRENCH, "-1234.5"), ("12-", FRENCH, "-12"), ("−3", FRENCH, "-3"),
    (",5", FRENCH, "0.5"), ("1.234", FRENCH, "1234"), ("1,234", ENGLISH, "1234"), ("1.234", ENGLISH, "1.234"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "by", "value"), NUMBERS)
def test_numbers(text: str, by: Conventions, value: str) -> None:
    assert as_number(text, by) == Decimal(value)


@pytest.mark.parametrize("text", ["1,2,3", "12 34", "1e5", "abc", "1.2.3,4", "", "9" * 40])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueRefused):
        as_number(text, FRENCH)


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("12,5 k€", Unit.ONE, "12500.00"),
        ("1,2 M€", Unit.ONE, "1200000.00"),
        ("€ 12", Unit.ONE, "12.00"),
        ("-12,50 €", Unit.ONE, "-12.50"),
        ("(1 200) €", Unit.ONE, "-1200.00"),
        ("(1 200 €)", Unit.ONE, "-1200.00"),
        (1.5, Unit.THOUSAND, "1500.00"),
        ("0,125", Unit.ONE, "0.13"),
        (0.1 + 0.2, Unit.ONE, "0.30"),
    ],
)
def test_amounts(raw: object, unit: Unit, value: str) -> None:
    assert as_money(raw, FRENCH, unit).value == Decimal(value)


def test_dates_by_their_convention() -> None:
    assert as_date("03/04/2026", FRENCH).value == date(2026, 4, 3)
    assert as_date("03/04/2026", ENGLISH).value == date(2026, 3, 4)
    for text in ("3-avr.-26", "2026-04-03", "3 avril 2026", "vendredi 3 avril 2026", "03/04/26 10:30", "46115"):
        assert as_date(text, FRENCH).value == date(2026, 4, 3), text
    assert as_date(46115, FRENCH).value == date(2026, 4, 3)
    assert as_date(46115 - 1462, Conventions(day_zero=MAC_DAY_ZERO)).value == date(2026, 4, 3)
    assert as_month("janv.-26", FRENCH).value == as_month("01/2026", FRENCH).value == date(2026, 1, 1)
    for text in ("31/02/2026", "13/13/2026", "hier", "12"):
        with pytest.raises(ValueRefused):
            as_date(text, FRENCH)


def test_durations_shares_and_booleans() -> None:
    written = ("3 j", "12 h", "1h30", "2 sem.", 1.5, "90 min", "3 jours?")
    minutes = [as_minutes(raw, FRENCH, Unit.DAY) for raw in written]
    assert minutes == [1260, 720, 90, 4200, 630, 90, 1260]
    assert as_minutes("2", FRENCH, Unit.HOUR) == 120
    assert as_share("80 %", FRENCH, Unit.SHARE) == as_share("80", FRENCH, Unit.PERCENT) == Decimal("0.8")
    assert as_share("0,8", FRENCH, Unit.SHARE) == as_share("0,8", FRENCH, None) == Decimal("0.8")
    assert [as_boolean(raw) for raw in ("oui", "NON", "x", True, 0, "vrai")] == [True, False, True, True, False, True]
    with pytest.raises(ValueRefused):
        as_minutes("-3 j", FRENCH, Unit.DAY)
    with pytest.raises(ValueRefused):
        as_boolean("peut-être")


def test_conventions_are_guessed() -> None:
    assert guess_conventions([["12/31/2026", "01/02/2026"], ["1,234.56", "12.5"]]) == (DateOrder.MONTH_FIRST, ".")
    assert guess_conventions([["31/12/2026"], ["1.234,56"]], french=False) == (DateOrder.DAY_FIRST, ",")
    assert guess_conventions([["1.234.567"]], french=False)[1] == ","


def test_headings_merged_twice_and_missing() -> None:
    content = b"Projet;2026;;2027;\nCode;Prevu;Reel;Prevu;Reel\nA;1;2;3;4\n"
    table = open_table(content)
    rows = list(table.rows(ReadingChoices(header_row=2, encoding="utf-8", separator=";")))
    texts = [heading.text for heading in headings_of(rows, 2)]
    assert texts == ["Code", "2026 – Prevu", "2026 – Reel", "2027 – Prevu", "2027 – Reel"]
    rows = list(table.rows(ReadingChoices(header_row=1, encoding="utf-8", separator=";")))
    assert len(headings_of(rows, 1)) == 5


def test_a_header_row_after_a_title_and_a_total_at_the_end() -> None:
    content = "Export du 12/03/2026\n\nCode projet;Nom du projet;Début\nA;Un;05/01/2026\nTotal;;\n".encode()
    table = open_table(content)
    assert guess_reading(table, is_known_heading).header_row == 3
    assert [is_total(row) for row in rows_of(content)][-1]


def test_a_workbook_of_1904_with_hidden_rows_and_120_columns() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["Code projet", "Nom du projet", "Début", *(f"Colonne {number}" for number in range(117))])
    sheet.append(["A", "Un", datetime(2026, 4, 3)])
    sheet.append(["B", "Deux", datetime(2026, 4, 4)])
    sheet.row_dimensions[3].hidden = True
    table = open_table(saved(book))
    reading = guess_reading(table, is_known_heading)
    rows = list(table.rows(reading))
    assert reading.header_row == 1 and table.day_zero == MAC_DAY_ZERO
    assert [row.hidden for row in rows] == [False, False, True]
    assert as_date(rows[1].cells[2].value, Conventions(day_zero=table.day_zero)).value == date(2026, 4, 3)
    assert len(headings_of(rows, 1)) == 120


def test_a_formula_without_its_result_is_told() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Code projet", "Nom du projet"])
    sheet.append(["A", "=1+1"])
    assert rows_of(saved(book))[1].cells[1].uncalculated


@pytest.mark.parametrize(
    ("headings", "target"),
    [
        ("Code projet;Nom du projet;Chef de projet;Sponsor", "projects"),
        ("Project code;Project name;Project manager;Start date", "projects"),
        ("Nom;E-mail;TJM;Direction", "people"),
        ("WBS;Tâche;Début;Fin;Durée", "tasks"),
        ("Task name;Duration;Start;Finish;% complete", "tasks"),
        ("Projet;Jalon;Date prévue;Date de référence", "milestones"),
        ("Projet;Risque;Probabilité;Impact", "risks"),
        ("Projet;Catégorie;Mois;Prévu;Réel", "budget"),
        ("Projet;Catégorie;janv.-26;févr.-26;mars-26", "budget"),
        ("Tâche;Personne;Affectation", "assignments"),
    ],
)
def test_the_target_is_guessed(headings: str, target: str) -> None:
    table = open_table(f"{headings}\n{';'.join('' for _one in headings.split(';'))}x\n".encode())
    rows = list(table.rows(guess_reading(table, is_known_heading)))
    samples = [ColumnSample(heading, []) for heading in headings_of(rows, 1)]
    assert guess_target(samples, FRENCH).key == target
    assert len(guess_columns(guess_target(samples, FRENCH), samples, FRENCH)) == len(samples)


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
HOSTILE = {
    "bomb": (_zip({"xl/workbook.xml": b" " * 200_000_000}), "zip_bomb"),
    "laughs": (_zip({"xl/workbook.xml": LAUGHS}), "hostile_xml"),
    "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_file"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
    "ods": (_zip({"mimetype": b"x", "content.xml": b"x"}), "other_office_file"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not_a_table"),
    "pdf": (b"%PDF-1.7 ...", "not_a_table"),
    "nul": (b"a;b\nc\0;d\n", "nul_bytes"),
    "empty": (b" \n ", "empty_file"),
    "too large": (b"a;b\n" * 5_100_000, "too_large"),
    "long cell": (b"a;b\n" + b"x" * 1_000_000 + b";c\n", "cell_too_long"),
    "open quote": (b'a;b\n"' + b"x;y\n" * 40_000, "cell_too_long"),
    "wide": (b";".join([b"x"] * 1_000_000) + b"\n1;2\n", "too_many_columns"),
    "long": (b"a;b\n" + b"1;2\n" * 50_100, "too_many_rows"),
    "cut": (_zip({"xl/workbook.xml": b"<x/>"})[:60], "damaged_file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(ImportRefused) as refused:
        table = open_table(content)
        list(table.rows(guess_reading(table, is_known_heading)))
    assert refused.value.problem.code == code


def test_macros_are_told_and_large_files_known_at_once() -> None:
    book = saved(Workbook())
    with_macros = io.BytesIO(book)
    with zipfile.ZipFile(with_macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert open_table(with_macros.getvalue()).has_macros and not open_table(book).has_macros
    assert is_large(b"a;b\n" * 1_000_000) and not is_large(b"a;b\n")
    assert not is_large(book)
    with pytest.raises(ImportRefused):
        is_large(b"a;b\n" * 10, TableLimits(bytes=10))
