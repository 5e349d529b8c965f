"""What the address asks of a list: columns, order, filters, page. What cannot be read is said, and the rest works."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property as counted_once
from django.utils.translation import gettext as _

from tech4value.tables.columns import Column
from tech4value.tables.table import Table
from tech4value.tenancy.sort_keys import containing

PAGE_SIZE: Final = 50
# Beyond it, the count says « more than », and the last page is not offered.
MOST_COUNTED: Final = 20_000
SEARCH: Final = "q"
OWN: Final = frozenset({SEARCH, "sort", "columns", "page", "view"})
MOST_SORTS: Final = 3


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter in force: its chip, and the address without it."""

    key: str
    label: str
    words: str
    clear: str
    main: bool


class BoundedPaginator(Paginator):
    """Counts at most MOST_COUNTED rows."""

    @counted_once
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class TableState:
    """`query` is what is asked (the address, or a saved view); `form` holds the filters, bound."""

    def __init__(self, table: Table, query: QueryDict) -> None:
        self.table, self.query = table, query
        self.problems: list[str] = []
        self.form = self._form()

    # --- filters

    def _form(self) -> forms.Form:
        form = forms.Form(self.query, auto_id="filter_%s")
        if self.table.search:
            label = str(self.table.search_label) or _("Rechercher")
            form.fields[SEARCH] = forms.CharField(label=label, required=False, max_length=200)
        for key, (label, one) in self.table.all_filters.items():
            form.fields.update(one.fields(key, label))
        form.is_valid()
        for name, messages in form.errors.items():
            if name in form.fields:
                words = {"label": form.fields[name].label, "why": " ".join(str(one) for one in messages)}
                self.problems.append(
                    _("Le filtre « %(label)s » ne se lit pas, et n’est pas appliqué. %(why)s") % words
                )
        return form

    @cached_property
    def given(self) -> dict[str, dict[str, Any]]:
        """The checked values of each filter in force, by filter and parameter."""
        found: dict[str, dict[str, Any]] = {}
        for key, (label, one) in self.table.all_filters.items():
            values = {name: self.form.cleaned_data.get(name) for name in one.fields(key, label)}
            held = {name: value for name, value in values.items() if value not in (None, "", [], False)}
            if held:
                found[key] = held
        return found

    @property
    def words(self) -> str:
        """The quick search."""
        return self.query.get(SEARCH, "").strip()[:200]

    def active(self) -> list[ActiveFilter]:
        """The filters in force, as chips."""
        return [
            ActiveFilter(
                key,
                self.table.all_filters[key][0],
                self.table.all_filters[key][1].words(key, given, self.form),
                self.without(*given),
                self.table.all_filters[key][1].main,
            )
            for key, given in self.given.items()
        ]

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.given or self.words)

    def rows(self) -> QuerySet[Any]:
        """The rows that are asked for, in no order."""
        rows = self.table.narrowed(self.table.rows(), self.given)
        for key, given in self.given.items():
            rows = self.table.all_filters[key][1].apply(rows, key, given)
        if self.words and self.table.search:
            rows = containing(rows, self.table.search, self.words)
        return rows

    # --- columns and order

    @cached_property
    def columns(self) -> list[Column]:
        """The columns shown, in order; a list always keeps its fixed ones."""
        known = self.table.all_columns
        asked = [key for part in self.query.getlist("columns") for key in part.split(",") if key]
        if not asked:
            return [column for column in known.values() if column.shown]
        wrong = [key for key in asked if key not in known]
        if wrong:
            self.problems.append(_("La colonne « %(key)s » n’existe pas dans cette liste.") % {"key": wrong[0][:40]})
        chosen = [known[key] for key in dict.fromkeys(asked) if key in known]
        missing = [column for column in known.values() if column.fixed and column not in chosen]
        return [*missing, *chosen] or [column for column in known.values() if column.shown]

    @cached_property
    def sorts(self) -> list[tuple[Column, bool]]:
        """The columns that the list is sorted by, and whether downwards."""
        asked = ",".join(self.query.getlist("sort")).strip(",")
        return self._sorts(asked, tell=True) or self._sorts(self.table.default_sort, tell=False)

    def _sorts(self, asked: str, *, tell: bool) -> list[tuple[Column, bool]]:
        """Those of `asked` that the list knows; the others are told."""
        found: list[tuple[Column, bool]] = []
        for part in filter(None, asked.split(",")):
            column = self.table.all_columns.get(part.lstrip("-"))
            if column is None or column.sort is None:
                if tell:
                    self.problems.append(_("La liste ne se trie pas par « %(key)s ».") % {"key": part[:40]})
            elif all(column.key != other.key for other, _down in found):
                found.append((column, part.startswith("-")))
        return found[:MOST_SORTS]

    def ordered(self) -> QuerySet[Any]:
        """The rows that are asked for, in order; what has no value comes last."""
        orders: list[Any] = []
        for column, down in self.sorts:
            expression = column.expression
            orders.append(expression.desc(nulls_last=True) if down else expression.asc(nulls_last=True))
        return self.rows().order_by(*orders, "pk")

    def page(self, size: int = PAGE_SIZE) -> Page:
        """The page that is asked for, its `object_list` being rows ready to draw; a number out of range is the
        nearest page."""
        pages = BoundedPaginator(self.ordered().values_list("pk", flat=True), size)
        page = pages.get_page(self.query.get("page"))
        page.object_list = self.table.read(list(page.object_list))
        return page

    # --- addresses

    def url(self, **changes: str | None) -> str:
        """This list with some parameters changed; None removes one. The page is left."""
        query = self.query.copy()
        query.pop("page", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}"

    def without(self, *names: str) -> str:
        """This list without these parameters."""
        return self.url(**dict.fromkeys(names))

    def saved(self) -> str:
        """What a saved view keeps of the address."""
        query = self.query.copy()
        for name in ("page", "view"):
            query.pop(name, None)
        return query.urlencode()

    def parameters(self) -> Sequence[str]:
        """Every parameter of the list's filters."""
        return [*self.form.fields]
