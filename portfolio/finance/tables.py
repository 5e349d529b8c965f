"""The grid of a project's budget for one measure, as the page draws it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.finance.domain.budget import MEASURES, Amounts
from portfolio.finance.models import BudgetLine
from portfolio.finance.queries import Grid


@dataclass(frozen=True, slots=True)
class ValueCell:
    """One amount; `line` is None where nothing was entered."""

    value: Decimal
    line: BudgetLine | None
    month: date
    category: str
    nature: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A category over the months; not `is_own`: a part of an envelope, which is not written here."""

    label: str
    cells: tuple[ValueCell, ...]
    total: Decimal
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class SumRow:
    """A sum by month: of a nature, or of a measure over all."""

    label: str
    values: tuple[Decimal, ...]
    total: Decimal
    key: str = ""


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Capex or opex."""

    rows: tuple[ValueRow, ...]
    sum: SumRow


@dataclass(frozen=True, slots=True)
class ValueTable:
    """`decimals` is 2 as soon as one amount has cents: what is shown adds up to what is shown."""

    months: tuple[date, ...]
    groups: tuple[ValueGroup, ...]
    sums: tuple[SumRow, ...]
    decimals: int


def value_table(grid: Grid, measure: str) -> ValueTable:
    """The grid for one of MEASURES, with the sums of every measure and the variance under it."""

    def of(amounts: Amounts, name: str = measure) -> Decimal:
        value: Decimal = getattr(amounts, name)
        return value

    groups = tuple(
        ValueGroup(
            rows=tuple(
                ValueRow(
                    label=row.label,
                    cells=tuple(
                        ValueCell(of(cell.amounts), cell.line, cell.month, cell.category, cell.nature)
                        for cell in row.cells
                    ),
                    total=of(row.amounts),
                    is_own=row.envelope is None,
                )
                for row in group.rows
            ),
            sum=SumRow(group.label, tuple(of(one) for one in group.by_month), of(group.amounts), group.nature),
        )
        for group in grid.groups
    )
    sums = tuple(
        SumRow("", tuple(of(one, name) for one in grid.by_month), of(grid.amounts, name), name)
        for name in (*MEASURES, "variance")
    )
    whole = all(amount == amount.to_integral_value() for line in grid.lines for amount in _values(line))
    return ValueTable(grid.months, groups, sums, 0 if whole else 2)


def _values(line: BudgetLine) -> tuple[Decimal, ...]:
    return tuple(getattr(line, name) for name in MEASURES)
