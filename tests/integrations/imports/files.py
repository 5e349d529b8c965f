"""Files for the tests of imports, and what the database holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.models import Model

from integrations.imports.domain.template import CellValue, write_workbook
from tech4value.audit.writing import field_value

SAMPLES = Path(__file__).parents[3] / "demo" / "samples"
MSPDI = Path(__file__).parents[3].parent / "shared" / "data" / "mspdi"
NOT_COMPARED = {"version", "created_at", "updated_at", "deleted_at", "seen_at"}


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
