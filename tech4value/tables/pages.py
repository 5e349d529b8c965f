"""A list as its page draws it: heads, cells, totals, views. In a number of statements that its rows do not change."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import Q, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString

from tech4value.accounts.http import MemberRequest
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.models import SavedView
from tech4value.tables.state import MOST_COUNTED, OWN, ActiveFilter, TableState
from tech4value.tables.table import Table
from tech4value.web.tags.filters import number
from tech4value.web.views import MemberView


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: `url` sorts by it alone, `more` after what the list is sorted by."""

    column: Column
    url: str
    more: str
    direction: str
    place: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its key and name for the box that selects it, its cells, and what can be done with it."""

    key: Any
    label: str
    css: str
    cells: list["Cell"]
    actions: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, as it is drawn. `tip`: the whole text, when its room may cut it; `rank`: see `Column`."""

    column: Column
    content: Any
    tip: str
    rank: int


class TablePage:
    """What the templates of `templates/tables` draw."""

    def __init__(self, table: Table, query: QueryDict) -> None:
        self.table = table
        self.views = list(
            SavedView.objects.filter(Q(owner=table.member) | Q(is_shared=True), table=table.key).select_related(
                "owner__user"
            )
        )
        self.applied: SavedView | None = None
        asked = {*query} - {"page"}
        if not asked:
            self.applied = next(
                (one for one in self.views if one.is_default and one.owner_id == table.member.pk), None
            )
            if self.applied is not None:
                page = query.get("page")
                query = QueryDict(self.applied.query, mutable=True)
                if page:
                    query["page"] = page
        elif query.get("view"):
            self.applied = next((one for one in self.views if str(one.pk) == query["view"]), None)
        self.state = TableState(table, query)

    @cached_property
    def page(self) -> Page:
        """The rows shown."""
        return self.state.page()

    @cached_property
    def count(self) -> int:
        """How many rows answer, up to MOST_COUNTED."""
        return int(self.page.paginator.count)

    @property
    def counted(self) -> str:
        """`count` in words: `301 projets`."""
        words: Any = self.table.counted
        return str(words % {"n": self.count, "shown": number(self.count)})

    @property
    def more_than(self) -> bool:
        """Whether there are more than were counted."""
        return self.count >= MOST_COUNTED

    @cached_property
    def any(self) -> bool:
        """Whether the list has rows at all, whatever the filters."""
        return bool(self.page.object_list) or self.table.rows().exists()

    @cached_property
    def selectable(self) -> bool:
        """Whether rows are selected: something can be changed in bulk."""
        return bool(self.table.bulk_form_fields())

    @cached_property
    def heads(self) -> list[Head]:
        """The heads of the columns shown."""
        # Numbered among the columns shown: a rank that nobody can see would leave a hole.
        shown = {column.key for column in self.state.columns}
        seen = [(column.key, down) for column, down in self.state.sorts if column.key in shown]
        sorts = {key: (place, down) for place, (key, down) in enumerate(seen, 1)}
        found = []
        for column in self.state.columns:
            place, down = sorts.get(column.key, (0, False))
            alone = f"-{column.key}" if place and not down else column.key
            others = [f"{'-' if desc else ''}{one.key}" for one, desc in self.state.sorts if one.key != column.key]
            found.append(
                Head(
                    column,
                    self.state.url(sort=alone) if column.sort is not None else "",
                    self.state.url(sort=",".join([*others, alone])) if column.sort is not None else "",
                    ("descending" if down else "ascending") if place else "",
                    place if len(sorts) > 1 else 0,
                )
            )
        return found

    @cached_property
    def lines(self) -> list[Line]:
        """The rows shown, drawn."""
        return [
            Line(
                row.pk,
                str(row),
                self.table.row_class(row),
                [self._cell(one, row) for one in self.state.columns],
                self.table.actions(row),
            )
            for row in self.page.object_list
        ]

    @property
    def acting(self) -> bool:
        """Whether something can be done with a row shown."""
        return any(line.actions is not None for line in self.lines)

    def _cell(self, column: Column, row: Any) -> Cell:
        content = column.cell(row)
        tip = content if column.kind is CellKind.TEXT and not isinstance(content, SafeString) else ""
        # Columns that somebody has chosen are shown on a phone too.
        rank = min(column.rank, 2) if "columns" in self.state.query else column.rank
        return Cell(column, content, tip, rank)

    @cached_property
    def totals(self) -> list[tuple[Column, str]] | None:
        """The sum of each column that has one, over all rows that answer; None without any. One statement."""
        summed = [column for column in self.state.columns if column.total is not None]
        if not summed or self.count < 2:
            return None
        sums = self.state.rows().order_by().aggregate(**{f"sum_{n}": Sum(one.total) for n, one in enumerate(summed)})
        words = {one.key: one.text(sums[f"sum_{n}"]) for n, one in enumerate(summed)}
        return [(column, words.get(column.key, "")) for column in self.state.columns]

    @cached_property
    def chips(self) -> list[ActiveFilter]:
        """The filters in force that have no chip of their own above the list."""
        return [one for one in self.state.active() if not one.main]

    @property
    def clear_url(self) -> str:
        """The list without filters."""
        return "?view=none" if self.applied else self.state.without(*self.state.parameters())

    @property
    def query(self) -> str:
        """What the list asks, for exports, bulk edits and views."""
        return self.state.saved()

    @property
    def others(self) -> list[tuple[str, str]]:
        """Parameters of the address that are the page's own, not the list's: kept by its forms."""
        known = {*self.state.parameters(), *OWN}
        return [(name, value) for name, values in self.state.query.lists() if name not in known for value in values]


class TableView(MemberView):
    """The page of a list. Subclasses give `table`, `template_name` and what else the template needs."""

    table: type[Table]
    template_name: str

    def scope(self) -> dict[str, str]:
        """What the address fixes."""
        return {}

    def context(self, listed: TablePage) -> dict[str, Any]:
        """What the template needs beside `list`."""
        return {}

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        table = self.table(request.member, self.scope())
        table.request = request
        listed = TablePage(table, request.GET)
        return render(request, self.template_name, {"list": listed, "page": listed.page, **self.context(listed)})
