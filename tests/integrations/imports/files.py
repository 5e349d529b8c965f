"""Files for the tests of imports, and what the database holds."""

import io
import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Model
from openpyxl import Workbook

from integrations.imports.domain.template import CellValue, write_workbook
from tech4value.audit.writing import field_value

SAMPLES = Path(__file__).parents[3] / "demo" / "samples"
# Files that Microsoft Project wrote belong to others and are not part of this repository.
MSPDI = Path(os.environ.get("MSPDI_SAMPLES", Path(__file__).parents[3].parent / "shared" / "data" / "mspdi"))
# What follows from the plan is computed again with it, and is in no event.
FOLLOWING = {"total_float_minutes", "free_float_minutes", "is_critical", "conflicts", "stops_at", "resumes_at"}
NOT_COMPARED = {"version", "created_at", "updated_at", "deleted_at", "seen_at", *FOLLOWING}


def sample(name: str) -> bytes:
    """A file that ships with the project."""
    return (SAMPLES / name).read_bytes()


def workbook(**sheets: Sequence[Mapping[str, CellValue]]) -> bytes:
    """A workbook with these rows, by the keys of sheets and columns."""
    return write_workbook(sheets, "fr")


def dump(*models: type[Model]) -> dict[str, list[dict[str, Any]]]:
    """Every live row of these tables, field by field."""
    found = {}
    for model in models:
        fields = [field for field in model._meta.local_fields if field.name not in NOT_COMPARED]
        rows = [{field.name: field_value(row, field) for field in fields} for row in model.objects.order_by("pk")]
        found[model._meta.label] = rows
    return found


def large_portfolio(rows: int) -> bytes:
    """A workbook of about `rows` rows: projects, with their milestones, budget lines and risks."""
    projects, milestones, budget, risks = [], [], [], []
    for number in range(max(1, rows // 100)):
        code = f"P{number:04}"
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2027, 12, 31)}
        projects.append({"code": code, "name": f"Projet {number}", "pole": "IT", "method": "agile", **days})
        for index in range(10):
            milestones.append({"project": code, "name": f"Jalon {index}", "due_on": date(2026, 2 + index, 1)})
        for month in range(24):
            for category in ("staff", "services", "licences"):
                when = date(2026 + month // 12, month % 12 + 1, 1)
                amounts = {"planned": Decimal(1000 + month), "forecast": Decimal(1100)}
                budget.append({"project": code, "category": category, "nature": "opex", "month": when, **amounts})
        for index in range(17):
            risk = {"title": f"Risque {index}", "probability": 3, "impact": index % 5 + 1}
            risks.append({"project": code, "reference": f"R{index}", **risk})
    return workbook(projects=projects, milestones=milestones, budget=budget, risks=risks)


def strangers(rows: int) -> bytes:
    """A workbook without any of our sheets."""
    book = Workbook()
    for number in range(rows):
        book.worksheets[0].append([number, "rien"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
