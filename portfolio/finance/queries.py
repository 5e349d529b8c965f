"""What budgets add up to. Each function is one query, whatever the number of projects, and sums in the database.

`projects` is a queryset of projects that the member may see with `budget.view`, or any iterable of projects.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import MEASURES, Amounts, add_months, month_range, total
from portfolio.finance.envelope_models import Envelope
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.projects.models import Project
from portfolio.timesheets.settings import time_settings
from tech4value.audit.origins import origins
from tech4value.figures import formats

Projects = Iterable[Project] | QuerySet[Any]
_SUMS = {f"sum_{name}": Sum(name) for name in MEASURES}


@dataclass(frozen=True, slots=True)
class Period:
    """Months, both ends included; an open end is None."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, month: date) -> bool:
        return (self.first is None or month >= self.first) and (self.last is None or month <= self.last)


ALWAYS = Period()


@dataclass(frozen=True, slots=True)
class MonthAmounts:
    """What one month (its first day) holds."""

    month: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class CategoryAmounts:
    """What one category and nature hold."""

    category: str
    nature: str
    amounts: Amounts

    @property
    def label(self) -> str:
        return str(Category(self.category).label)

    @property
    def nature_label(self) -> str:
        return str(Nature(self.nature).label)


def lines_of(projects: Projects, period: Period = ALWAYS, nature: str = "") -> QuerySet[Any]:
    """The live lines of projects, in a period, of a nature when given."""
    keys = projects.values("pk") if isinstance(projects, QuerySet) else [project.pk for project in projects]
    rows = BudgetLine.objects.filter(project_id__in=keys)
    if period.first is not None:
        rows = rows.filter(month__gte=period.first)
    if period.last is not None:
        rows = rows.filter(month__lte=period.last)
    if nature:
        rows = rows.filter(nature=nature)
    return rows.order_by()


def _amounts(row: dict[str, Any]) -> Amounts:
    return Amounts(**{name: row[f"sum_{name}"] for name in MEASURES})


def totals(projects: Projects, period: Period = ALWAYS, nature: str = "") -> dict[UUID, Amounts]:
    """What each project holds, by its key; a project without a line is absent."""
    rows = lines_of(projects, period, nature).values("project_id").annotate(**_SUMS)
    return {row["project_id"]: _amounts(row) for row in rows}


def by_month(projects: Projects, first: date, months: int, *, nature: str = "") -> tuple[MonthAmounts, ...]:
    """What each of `months` months from `first` holds, all projects together; a month without a line is zero."""
    if months < 1:
        return ()
    last = add_months(first, months - 1)
    rows = lines_of(projects, Period(first.replace(day=1), last), nature).values("month").annotate(**_SUMS)
    found = {row["month"]: _amounts(row) for row in rows}
    return tuple(MonthAmounts(month, found.get(month, Amounts())) for month in month_range(first, last))


def by_category(projects: Projects, period: Period = ALWAYS, nature: str = "") -> tuple[CategoryAmounts, ...]:
    """What each category and nature hold, capex first, in the order of the categories; empty ones are absent."""
    rows = lines_of(projects, period, nature).values("category", "nature").annotate(**_SUMS)
    found = [CategoryAmounts(row["category"], row["nature"], _amounts(row)) for row in rows]
    return tuple(sorted(found, key=lambda one: place_of(one.nature, one.category)))


def place_of(nature: str, category: str) -> tuple[int, int]:
    """Where a category stands in every table: capex before opex, then the order of the categories."""
    return Nature.values.index(nature), Category.values.index(category)


def place_label(category: str, nature: str) -> str:
    """« Licences (Capex) »."""
    return f"{Category(category).label} ({Nature(nature).label})"


@dataclass(frozen=True, slots=True)
class Extent:
    """From when to when there are lines, how many, and when they last changed."""

    first: date | None
    last: date | None
    count: int
    as_of: datetime | None

    @property
    def months(self) -> tuple[date, ...]:
        return () if self.first is None or self.last is None else month_range(self.first, self.last)


def extent(projects: Projects, period: Period = ALWAYS, nature: str = "") -> Extent:
    """The months that lines cover, and their freshness."""
    row = lines_of(projects, period, nature).aggregate(
        first=Min("month"), last=Max("month"), as_of=Max("updated_at"), count=Count("pk")
    )
    return Extent(row["first"], row["last"], row["count"], row["as_of"])


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the grid, or the empty place of one."""

    month: date
    category: str
    nature: str
    amounts: Amounts
    line: BudgetLine | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A category and nature over the months, and their sum: the project's own lines, or what it receives there of
    `envelope`."""

    category: str
    nature: str
    cells: tuple[Cell, ...]
    amounts: Amounts
    envelope: Envelope | None = None

    @property
    def label(self) -> str:
        label = str(Category(self.category).label)
        if self.envelope is None:
            return label
        return _("%(category)s · part de %(envelope)s") % {"category": label, "envelope": self.envelope.name}


@dataclass(frozen=True, slots=True)
class GridGroup:
    """The rows of a nature, their sum by month and in all."""

    nature: str
    rows: tuple[GridRow, ...]
    by_month: tuple[Amounts, ...]
    amounts: Amounts

    @property
    def label(self) -> str:
        return str(Nature(self.nature).label)


@dataclass(frozen=True, slots=True)
class Grid:
    """The budget of one project: categories down, months across; every sum is that of the lines shown."""

    months: tuple[date, ...]
    groups: tuple[GridGroup, ...]
    by_month: tuple[Amounts, ...]
    amounts: Amounts
    as_of: datetime | None
    lines: tuple[BudgetLine, ...] = field(repr=False)

    @property
    def by_category(self) -> tuple[CategoryAmounts, ...]:
        found: dict[tuple[str, str], Amounts] = {}
        for group in self.groups:
            for row in group.rows:
                place = row.category, row.nature
                found[place] = found.get(place, Amounts()) + row.amounts
        return tuple(CategoryAmounts(*place, amounts) for place, amounts in found.items())


def grid(project: Project, period: Period = ALWAYS, nature: str = "") -> Grid:
    """The whole budget of a project, or of a period; months without a line inside it are shown empty. One query."""
    lines = tuple(lines_of([project], period, nature).select_related("envelope").order_by("month"))
    months: tuple[date, ...] = ()
    if lines:
        months = month_range(period.first or lines[0].month, period.last or lines[-1].month)
    by_place = {(line.nature, line.category, line.envelope_id, line.month): line for line in lines}
    envelopes = {line.envelope_id: line.envelope for line in lines}
    groups = []
    for one in Nature.values:
        names = {(line.category, line.envelope_id) for line in lines if line.nature == one}
        rows = []
        for category, key in sorted(names, key=lambda name: _row_order(name[0], envelopes[name[1]])):
            cells = tuple(_cell(month, category, one, by_place.get((one, category, key, month))) for month in months)
            rows.append(GridRow(category, one, cells, total(cell.amounts for cell in cells), envelopes[key]))
        if rows:
            sums = tuple(total(row.cells[index].amounts for row in rows) for index in range(len(months)))
            groups.append(GridGroup(one, tuple(rows), sums, total(sums)))
    sums = tuple(total(group.by_month[index] for group in groups) for index in range(len(months)))
    return Grid(
        months=months,
        groups=tuple(groups),
        by_month=sums,
        amounts=total(sums),
        as_of=max((line.updated_at for line in lines), default=None),
        lines=lines,
    )


def _row_order(category: str, envelope: Envelope | None) -> tuple[int, str, str]:
    """The project's own lines of a category, then its parts of envelopes by name."""
    name = ("", "") if envelope is None else (envelope.sort_name, str(envelope.pk))
    return Category.values.index(category), *name


def _cell(month: date, category: str, nature: str, line: BudgetLine | None) -> Cell:
    return Cell(month, category, nature, amounts_of(line) if line else Amounts(), line)


def amounts_of(line: BudgetLine) -> Amounts:
    """The amounts of one line."""
    return Amounts(line.planned, line.committed, line.actual, line.forecast)


def sources_of(projects: Projects, period: Period = ALWAYS, nature: str = "") -> dict[UUID, str]:
    """Where each project's lines came from, in words: the imported files, the screen, the time that was spent. Three
    queries."""
    lines = lines_of(projects, period, nature)
    known = origins(lines.values("pk"))
    found: dict[UUID, set[str]] = {}
    since = time_settings().staff_costs_from
    rows = lines.values_list("pk", "project_id", "category", "month", "envelope__name")
    for key, project_id, category, month, envelope in rows:
        of_time = category == Category.STAFF and since is not None and month >= since
        typed = str(_("Temps et taux journaliers") if of_time else _("Saisi à l’écran"))
        source = envelope_source(envelope) if envelope else known.get(key, typed)
        found.setdefault(project_id, set()).add(source)
    return {project_id: ", ".join(sorted(names)) for project_id, names in found.items()}


def envelope_source(name: str) -> str:
    """Where a part of an envelope comes from."""
    return _("Enveloppe « %(envelope)s »") % {"envelope": name}


def month_name(month: date) -> str:
    """`mars 2026`, in the language of the page."""
    return formats.month(month, get_language() or "fr")
