"""How one table is imported: what the person has chosen, as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from integrations.imports.domain.conventions import Conventions, DateOrder, Unit
from integrations.imports.domain.table_targets import TargetSpec, target_named
from integrations.imports.domain.tables import ReadingChoices
from portfolio.people.queries import working_calendar
from portfolio.planning.domain.durations import day_minutes


@dataclass(frozen=True)
class ColumnChoice:
    """A column's field, and what its bare numbers count."""

    field: str
    unit: str = ""


@dataclass(frozen=True)
class TableSettings:
    """`columns` is by index in the file; `fixed` holds values for what no cell says; `key` finds the rows there are.

    `clear_empty`: a blank cell empties the field; otherwise the field stays. `create_unknown`: poles, programmes and
    persons whom nobody knows are made; otherwise they are errors.
    """

    reading: ReadingChoices = field(default_factory=ReadingChoices)
    target: str = "projects"
    project: str = ""
    columns: Mapping[int, ColumnChoice] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    date_order: str = DateOrder.DAY_FIRST
    decimal: str = ","
    clear_empty: bool = False
    create_unknown: bool = False

    @property
    def spec(self) -> TargetSpec:
        return target_named(self.target)

    def conventions(self, day_zero: date) -> Conventions:
        """How its values are written; a day of work is that of the tenant's calendar."""
        day = day_minutes(working_calendar(None))
        return Conventions(DateOrder(self.date_order), self.decimal, day_zero, day)

    def unit_of(self, index: int) -> Unit | None:
        chosen = self.columns[index].unit
        return Unit(chosen) if chosen else None

    def to_json(self) -> dict[str, Any]:
        """Read back by `from_json`."""
        return asdict(self) | {
            "columns": {str(index): asdict(choice) for index, choice in self.columns.items()},
            "key": list(self.key),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TableSettings":
        """Raises KeyError, TypeError or ValueError for what `to_json` has not written."""
        names = {"target", "project", "fixed", "date_order", "decimal", "clear_empty", "create_unknown"}
        return cls(
            reading=ReadingChoices(**data.get("reading", {})),
            columns={int(index): ColumnChoice(**choice) for index, choice in data.get("columns", {}).items()},
            key=tuple(data.get("key", ())),
            **{name: data[name] for name in names & data.keys()},
        )
