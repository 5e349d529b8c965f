"""The workbook of a portfolio: what is read, and every error at its cell."""

import io
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from integrations.imports.domain.problem import ImportRefused, ProblemCode
from integrations.imports.domain.references import Known, KnownPerson, KnownPole
from integrations.imports.domain.rows import BudgetRow, MilestoneRow, PersonRow, ProjectRow
from integrations.imports.domain.sheets import SHEETS
from integrations.imports.domain.workbook import WorkbookData, WorkbookLimits, read_workbook

KNOWN = Known(
    project_codes=frozenset({"RGPD"}),
    poles=(KnownPole("IT", "IT et infrastructure"), KnownPole("SEC", "Sécurité et conformité")),
    people=(
        KnownPerson("Claire Martin", "claire@exemple.fr"),
        KnownPerson("Paul Roy"),
        KnownPerson("Paul Roy", "p@x.fr"),
    ),
)
PROJECT_HEADINGS = ["Code", "Nom", "Pôle", "Méthode", "Début", "Fin"]
VPN = ["VPN", "Accès distant", "IT", "agile", "05/01/2026", "30/09/2026"]
BUDGET_HEADINGS = ["Projet (code)", "Catégorie", "Nature", "Mois", "Prévu", "Réel"]
RISK_HEADINGS = ["Projet", "Référence", "Titre", "Probabilité", "Impact"]


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], *, complete: bool = True) -> bytes:
    """A workbook with these sheets; the expected ones that are not given are added empty."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for spec in SHEETS if complete else ():
        if not {spec.words.french, spec.words.english} & set(sheets):
            book.create_sheet(spec.words.french)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(sheets: Mapping[str, Sequence[Sequence[object]]], known: Known = KNOWN) -> WorkbookData:
    return read_workbook(xlsx(sheets), known)


def told(data: WorkbookData) -> list[str]:
    """Each problem as "cell code", with a question mark for a warning."""
    return [f"{one.where.cell} {one.code.value}{'' if one.is_error else '?'}" for one in data.problems]


def test_a_project_with_everything() -> None:
    data = read(
        {
            "Projets": [
                ["code", "NOM *", " pole ", "Méthode", "Phase", "Date de début", "Fin", "Sponsor", "Météo",
                 "Tendance", "Date du point", "Programme"],
                ["vpn", "Accès distant", "it et INFRASTRUCTURE", "Cycle en V", "realisation", datetime(2026, 1, 5),
                 "30 sept. 2026", "claire martin", "Orageux", "en baisse", "2026-03-02", "Modernisation"],
            ]
        }
    )  # fmt: skip
    assert told(data) == []
    assert data.projects == (
        ProjectRow(
            row=2,
            code="VPN",
            name="Accès distant",
            pole="IT",
            method="waterfall",
            phase="delivery",
            starts_on=date(2026, 1, 5),
            ends_on=date(2026, 9, 30),
            sponsor="claire@exemple.fr",
            weather="stormy",
            trend="down",
            reported_on=date(2026, 3, 2),
            programme="Modernisation",
        ),
    )


def test_the_other_sheets_and_english_names() -> None:
    data = read(
        {
            "Projects": [["Code", "Name", "Department", "Method", "Start", "End"], VPN],
            "Milestones": [["Project (code)", "Milestone", "Due date", "Owner"],
                           ["VPN", "Go-live", "Jun 15, 2026", "new@x.fr"]],
            "Budget": [BUDGET_HEADINGS, ["vpn", "Licences", "OPEX", "mars 2026", "1 234,56", None]],
            "Risks": [RISK_HEADINGS, ["RGPD", "R1", "Retard", 4, "5"]],
            "People": [["Name", "E-mail", "Department", "Daily rate", "Capacity (% FTE)"],
                       ["Nina New", "New@X.fr", "SEC", "€ 480", "80 %"]],
        }
    )  # fmt: skip
    assert told(data) == []
    assert data.ok and data.rows_read == 5
    assert data.milestones == (MilestoneRow(2, "VPN", "Go-live", date(2026, 6, 15), owner="new@x.fr"),)
    assert data.budget == (BudgetRow(2, "VPN", "licences", "opex", date(2026, 3, 1), planned=Decimal("1234.56")),)
    assert data.people == (
        PersonRow(2, "Nina New", "new@x.fr", "SEC", daily_rate=Decimal(480), capacity=Decimal("0.8")),
    )
    assert (data.risks[0].project, data.risks[0].probability, data.risks[0].impact) == ("RGPD", 4, 5)


def test_every_error_is_listed_at_its_cell() -> None:
    data = read(
        {
            "Projets": [
                PROJECT_HEADINGS,
                VPN,
                ["VPN", "Encore", "IT", "agile", "05/01/2026", "30/09/2026"],
                ["BAD CODE", None, "Cuisine", "agil", "31/02/2026", "n’importe quoi"],
                ["END", "Fin avant début", "SEC", "hybride", "05/01/2026", "04/01/2026"],
            ],
            "Budget": [
                BUDGET_HEADINGS,
                ["VPN", "Licences", "opex", "03/2026", "abc", None],
                ["VPN", "Licences", "opex", "03/2026", None, None],
                ["VNP", "Licences", "opex", "03/2026", 1, None],
                ["VPN", "Formation", "opex", "03/2026", "1,234", None],
                ["VPN", "formation", "Opex", "mars 2026", 5, None],
            ],
            "Risques": [RISK_HEADINGS, ["VPN", "R1", "Retard", 3, 7], ["VPN", "R2", "x" * 161, "3,5", 1]],
        }
    )
    assert told(data) == [
        "Projets!A3 duplicate_key",
        "Projets!A4 not_a_code",
        "Projets!B4 required",
        "Projets!D4 not_a_choice",
        "Projets!E4 impossible_date",
        "Projets!F4 not_a_date",
        "Projets!C4 unknown_pole",
        "Projets!F5 end_before_start",
        "Budget!E2 not_a_number",
        "Budget!E3 need_one_amount",
        "Budget!D3 duplicate_key",
        "Budget!A4 unknown_project",
        "Budget!E5 ambiguous_number?",
        "Budget!D6 duplicate_key",
        "Risques!E2 out_of_range",
        "Risques!C3 too_long",
        "Risques!D3 not_an_integer",
    ]
    by_code = {one.code: dict(one.params) for one in data.problems}
    assert by_code[ProblemCode.NOT_A_CHOICE]["suggestion"] == "Agile"
    assert by_code[ProblemCode.UNKNOWN_PROJECT] == {"heading": "Projet (code)", "value": "VNP", "suggestion": "VPN"}
    bounds = {"type": "integer", "low": "1", "high": "5"}
    assert by_code[ProblemCode.OUT_OF_RANGE] == {"heading": "Impact", "value": "7", **bounds}
    assert by_code[ProblemCode.DUPLICATE_KEY]["row"] == "5"
    assert [row.code for row in data.projects] == ["VPN"]
    assert [row.row for row in data.budget] == [5]
    assert not data.ok


def test_problems_name_headings_and_choices_in_the_language_of_the_reader() -> None:
    content = xlsx({"Projets": [PROJECT_HEADINGS, ["VPN", "Accès", "Cuisine", "agil", "05/01/2026", None]]})
    told_in_english = {one.code: one.params for one in read_workbook(content, KNOWN, language="en").problems}
    assert told_in_english[ProblemCode.NOT_A_CHOICE]["choices"] == "Agile, Waterfall, Hybrid"
    assert told_in_english[ProblemCode.REQUIRED]["heading"] == "End"
    assert told_in_english[ProblemCode.UNKNOWN_POLE]["heading"] == "Department"


def test_persons_are_found_by_name_or_address_and_doubts_are_errors() -> None:
    headings = [*PROJECT_HEADINGS, "Sponsor", "Chef de projet"]
    data = read(
        {
            "Projets": [headings, [*VPN, "Paul Roy", "Clara Martin"], ["B", *VPN[1:], "p@x.fr", "CLAIRE MARTIN"]],
        }
    )
    assert told(data) == ["Projets!G2 ambiguous_person", "Projets!H2 unknown_person"]
    assert data.problems[1].params["suggestion"] == "Claire Martin"
    assert (data.projects[0].sponsor, data.projects[0].manager) == ("p@x.fr", "claire@exemple.fr")


def test_sheets_and_columns() -> None:
    content = xlsx(
        {
            "Projets": [["Code", "Nom", "Pole", "Méthode", "Début", "Codes", "Code", "Couleur"], VPN],
            "Projects": [],
            "Jalon": [["Projet", "Jalon", "Prévue"]],
            "Risque 2026": [["?"]],
            "Mode d'emploi": [["lisez-moi"]],
        },
        complete=False,
    )
    data = read_workbook(content, KNOWN)
    assert sorted(told(data)) == [
        "Budget missing_sheet",
        "Personnes missing_sheet",
        "Projects duplicate_sheet",
        "Projets!1 missing_column",
        "Projets!F1 unknown_column?",
        "Projets!G1 duplicate_column",
        "Projets!H1 unknown_column?",
        "Risque 2026 unknown_sheet?",
        "Risques missing_sheet",
    ]
    suggestions = {one.where.cell: one.params.get("suggestion") for one in data.problems}
    assert suggestions["Risque 2026"] == "Risques"
    assert data.projects == ()


def test_a_sheet_without_headings_and_a_workbook_without_our_sheets() -> None:
    data = read({"Projets": [["liste"], ["a", "b"]]})
    assert told(data) == ["Projets!1 missing_headings"]
    with pytest.raises(ImportRefused) as caught:
        read_workbook(xlsx({"Feuil1": [["x"]]}, complete=False), KNOWN)
    assert caught.value.problem.code is ProblemCode.NO_KNOWN_SHEET


def test_titles_blank_rows_totals_and_far_away_blanks_are_tolerated() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Projets"
    sheet.append(["Portefeuille 2026"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["Code *", "Nom", "Pôle", "Méthode", "Début", "Fin", "Notes"])
    sheet.append(VPN)
    sheet.append([" ", "", None, "\u00a0"])
    sheet.append([None] * 6 + ["une note à côté"])
    sheet.append(["TOTAL", None, None, None, None, 12])
    sheet.append(["CRM", *VPN[1:]])
    sheet["XFD9"].number_format = "0.00"
    sheet["A40000"].number_format = "0.00"
    for spec in SHEETS[1:]:
        book.create_sheet(spec.words.french)
    book["Risques"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    data = read_workbook(stream.getvalue(), KNOWN)
    assert [(row.row, row.code) for row in data.projects] == [(4, "VPN"), (8, "CRM")]
    assert sorted(told(data)) == ["Projets!G3 unknown_column?", "Risques hidden_sheet?"]


def test_formulas_without_a_result_and_cells_in_error() -> None:
    data = read(
        {
            "Projets": [PROJECT_HEADINGS, VPN],
            "Budget": [
                BUDGET_HEADINGS,
                ["VPN", "Licences", "opex", "03/2026", "=1+1", None],
                ["VPN", "Licences", "opex", "04/2026", "#REF!", 12],
                [None, None, None, None, "=SUM(E2:E3)", None],
            ],
        }
    )
    assert told(data) == ["Budget!E2 formula_without_value", "Budget!E3 cell_error"]


def test_a_word_needs_its_weather() -> None:
    data = read({"Projets": [[*PROJECT_HEADINGS, "Météo", "Commentaire"], [*VPN, None, "Tout va bien"]]})
    assert told(data) == ["Projets!G2 required_with"]


def test_without_a_tenant_poles_are_kept_as_they_are() -> None:
    data = read_workbook(xlsx({"Projets": [PROJECT_HEADINGS, VPN]}))
    assert (data.projects[0].pole, data.ok) == ("IT", True)


def long_budget(projects: int) -> bytes:
    """A budget of 1 188 rows a project."""
    rows = [["Licences", "opex", date(2000 + n // 12 % 99, n % 12 + 1, 1), n, n] for n in range(1188)]
    codes = [f"P{n}" for n in range(projects)]
    return xlsx(
        {
            "Projets": [PROJECT_HEADINGS, *([code, *VPN[1:]] for code in codes)],
            "Budget": [BUDGET_HEADINGS, *([code, *row] for code in codes for row in rows)],
        }
    )


def test_ten_thousand_rows_in_seconds() -> None:
    content = long_budget(9)
    begun = time.perf_counter()
    data = read_workbook(content, KNOWN)
    assert (len(data.budget), told(data)) == (10_692, [])
    assert time.perf_counter() - begun < 30


def test_memory_is_that_of_the_rows() -> None:
    content = long_budget(1)
    tracemalloc.start()
    data = read_workbook(content, KNOWN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(data.budget) == 1188
    assert peak < 12_000_000


def test_too_many_rows_columns_and_problems() -> None:
    wide = xlsx({"Projets": [PROJECT_HEADINGS + ["x"] * 300, VPN]})
    many = xlsx({"Projets": [PROJECT_HEADINGS, *([[f"P{n}", *VPN[1:]] for n in range(20)])]})
    for content, limits, code in (
        (wide, WorkbookLimits(), ProblemCode.TOO_MANY_COLUMNS),
        (many, WorkbookLimits(rows=10), ProblemCode.TOO_MANY_ROWS),
    ):
        with pytest.raises(ImportRefused) as caught:
            read_workbook(content, KNOWN, limits)
        assert caught.value.problem.code is code
    wrong = xlsx({"Projets": [PROJECT_HEADINGS, *([[f"P{n}", None, "IT", "agile", 1, 2] for n in range(20)])]})
    data = read_workbook(wrong, KNOWN, WorkbookLimits(problems=5))
    assert (len(data.problems), data.problems_left_out) == (5, 55)


cells = (
    st.none() | st.text(max_size=8) | st.integers(-(10**6), 10**6) | st.dates() | st.booleans() | st.floats(width=32)
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, max_size=16), max_size=6))
def test_whatever_the_cells_only_problems_come_of_them(rows: list[list[object]]) -> None:
    book = Workbook()
    for spec in SHEETS:
        sheet = book.create_sheet(spec.words.french)
        sheet.append([column.words.french for column in spec.columns])
        for number, row in enumerate(rows, start=2):
            for index, value in enumerate(row, start=1):
                if isinstance(value, str):
                    value = "".join(char for char in value if char.isprintable())
                sheet.cell(number, index).value = value  # type: ignore[assignment]
    stream = io.BytesIO()
    book.save(stream)
    data = read_workbook(stream.getvalue(), KNOWN)
    assert all(one.where.sheet for one in data.problems)
