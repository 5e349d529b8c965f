"""What a file would change: rows compared with what the organisation holds, whatever the file's form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from integrations.imports.domain.problem import ImportProblem
from integrations.imports.domain.sheets import SheetSpec
from integrations.imports.holdings import Holdings
from portfolio.people.models import Person
from portfolio.people.skill_words import written_skills

PLACES = {"daily_rate": Decimal("0.0001"), "capacity": Decimal("0.001"), "units": Decimal("0.001")}


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"


@dataclass(slots=True)
class RowChange:
    """One row: `values` are the fields to write (those that differ), `before` what they were, `target` the row there
    is. Persons are given by identity, poles and programmes by code or name. `status` is a report to publish."""

    sheet: str
    row: int
    key: str
    label: str
    target: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    project: str = ""  # the code that it belongs to

    @property
    def outcome(self) -> Outcome:
        if self.target is None:
            return Outcome.CREATE
        return Outcome.UPDATE if self.values or self.status else Outcome.SAME


@dataclass(kw_only=True)
class Changes:
    """Rows by sheet, in the file's order, every problem, and what must be made because rows name it."""

    holdings: Holdings
    problems: list[ImportProblem]
    rows: dict[str, list[RowChange]] = field(default_factory=dict)
    new_poles: dict[str, str] = field(default_factory=dict)  # folded name: name
    new_programmes: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the file can be imported."""
        return not any(problem.is_error for problem in self.problems)

    def of(self, sheet: SheetSpec, outcome: Outcome) -> list[RowChange]:
        """The rows of a sheet that have that outcome."""
        return [one for one in self.rows.get(sheet.key, ()) if one.outcome is outcome]


def fields_of(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """The row's values by field; a profile by its name, skills in one text."""
    values = {name: getattr(row, name) for name in names}
    if isinstance(row, Person):
        if row.profile is not None and "profile" in values:
            values["profile"] = row.profile.name
        if "skills" in values:
            values["skills"] = written_skills(row.skills.all())
    return values


def compare(change: RowChange, wanted: Mapping[str, Any], current: Mapping[str, Any] | None) -> None:
    """Keep what differs; a blank cell (None) leaves the field as it is."""
    for name, value in wanted.items():
        if value is None:
            continue
        if name in PLACES:
            value = value.quantize(PLACES[name])
        if current is None:
            change.values[name] = value
        elif not same(current[name], value):
            change.values[name], change.before[name] = value, current[name]


def same(current: Any, wanted: Any) -> bool:
    """Whether a cell says what the field says; the ends of lines and of texts do not count."""
    if isinstance(current, str) and isinstance(wanted, str):
        return current.replace("\r\n", "\n").strip() == wanted
    return bool(current == wanted)
