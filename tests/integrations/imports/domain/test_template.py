"""The template is read back by the reader, in both languages."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from integrations.imports.domain.sheets import GUIDE, SHEETS
from integrations.imports.domain.template import write_template, write_workbook
from integrations.imports.domain.workbook import read_workbook

ROWS = {
    "projects": [
        {"code": "VPN", "name": "=Accès distant", "pole": "IT", "method": "waterfall", "phase": "rollout",
         "starts_on": date(2026, 1, 5), "ends_on": date(2026, 9, 30), "manager": "Nina New", "weather": "rainy",
         "trend": "flat", "comment": "http://exemple.fr", "reported_on": date(2026, 3, 2)},
    ],
    "milestones": [{"project": "VPN", "name": "Go", "due_on": date(2026, 6, 15), "owner": "nina@exemple.fr"}],
    "budget": [{"project": "VPN", "category": "hardware", "nature": "capex", "month": date(2026, 3, 1),
                "planned": Decimal("1234.56"), "actual": Decimal(0)}],
    "risks": [{"project": "VPN", "reference": "R1", "title": "Retard", "probability": 2, "impact": 5,
               "status": "treated"}],
    "people": [{"name": "Nina New", "email": "nina@exemple.fr", "pole": "IT", "daily_rate": Decimal(480),
                "capacity": Decimal("0.8"), "joined_on": date(2023, 9, 1)}],
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_empty_template_has_no_error_and_no_row(language: str) -> None:
    data = read_workbook(write_template(language))
    assert (data.problems, data.rows_read) == ((), 0)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_written_is_read_back(language: str) -> None:
    data = read_workbook(write_workbook(ROWS, language))
    assert data.problems == ()
    people = {"Nina New": "nina@exemple.fr"}
    for key, rows in ROWS.items():
        for found, written in zip(getattr(data, key), rows, strict=True):
            for field, value in written.items():
                expected = people.get(str(value), value) if field in ("manager", "owner") else value
                assert getattr(found, field) == expected, field


@pytest.mark.parametrize("language", ["fr", "en"])
def test_headings_have_hints_choices_and_stay_in_view(language: str) -> None:
    book = load_workbook(io.BytesIO(write_template(language)))
    assert book.sheetnames == [*(spec.words.in_language(language) for spec in SHEETS), GUIDE.in_language(language)]
    for spec in SHEETS:
        sheet = book[spec.words.in_language(language)]
        assert sheet.freeze_panes == "A2"
        assert all(sheet.cell(1, index).comment for index in range(1, len(spec.columns) + 1))
        lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        assert len(lists) == sum(bool(column.choices) for column in spec.columns)
    guide = book[GUIDE.in_language(language)]
    assert sum(1 for row in guide.iter_rows(min_row=9) if row[0].value) == sum(len(spec.columns) for spec in SHEETS)


def test_the_same_rows_give_the_same_bytes() -> None:
    assert write_workbook(ROWS, "fr") == write_workbook(ROWS, "fr")
