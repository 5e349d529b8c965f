"""A list, declared once. Rooms subclass `Table` and register it in `AppConfig.ready`:

    register(ProjectTable)

`Table(member)` is the list as one member sees it: its columns, and the rows that they may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.fields.forms import form_field
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of
from tech4value.tables.columns import Column
from tech4value.tables.custom import custom_columns
from tech4value.tables.filters import Filter
from tech4value.web.field_values import people_named

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ExtraFilter:
    """A filter that is no column's: `key` is its parameter."""

    key: str
    label: Text
    filter: Filter


class Table:
    """Subclasses give `key`, `label`, `permission`, `columns`, `rows` and `page_rows`; the rest is optional.

    `counted`: how many there are, under the title. `search`: the folded columns, or Fold expressions, that the quick
    search reads. `scope` is what the address fixes (a project's key), as JSON values: a job makes the same list again
    from it.
    """

    key: ClassVar[str]
    label: ClassVar[Text]
    permission: ClassVar[Permission]
    counted: ClassVar[Text] = ngettext_lazy("%(shown)s ligne", "%(shown)s lignes", "n")
    search: ClassVar[Sequence[Any]] = ()
    search_label: ClassVar[Text] = ""
    default_sort: ClassVar[str] = ""
    custom_target: ClassVar[str] = ""
    filters: ClassVar[Sequence[ExtraFilter]] = ()

    def __init__(self, member: Membership, scope: Mapping[str, str] | None = None) -> None:
        self.member = member
        self.scope = dict(scope or {})
        self.names: dict[str, str] = {}
        # Of the page, for cells that hold forms; a job has none.
        self.request: HttpRequest | None = None

    # --- what a room says

    def columns(self) -> Sequence[Column]:
        """The columns of the room, in order."""
        raise NotImplementedError

    def rows(self) -> QuerySet[Any]:
        """The rows that the member may see, with the annotations that sorts and filters read."""
        raise NotImplementedError

    def narrowed(self, rows: QuerySet[Any], given: Mapping[str, Any]) -> QuerySet[Any]:
        """What the list leaves out when the filters in force (`given`) do not ask for it."""
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        """The rows of these keys with all that cells read, in any order; a bounded number of statements."""
        return list(self.rows().filter(pk__in=keys))

    def address(self) -> str:
        """The page of the list, within the tenant."""
        raise NotImplementedError

    def row_class(self, row: Any) -> str:
        """A CSS class of the row; empty for none."""
        return ""

    def actions(self, row: Any) -> Any:
        """What can be done with a row, drawn in a last cell of its own; None for nothing. No file has it."""
        return None

    # --- bulk edit

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        """The fields that can be edited in bulk, by the name that `change` takes, custom ones left out."""
        return {}

    def may_change(self) -> bool:
        """Whether the member may change rows at all; each row is asked again by `demand`."""
        return False

    def demand(self, row: Any) -> None:
        """Raise PermissionDenied, with why when there is more to say than the role, unless the member may change
        `row`."""

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        """Change one row by the room's action; returns whether it differed. Refuses by an error."""
        raise NotImplementedError

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        """The rows to change, with what permissions read."""
        return list(self.rows().filter(pk__in=keys))

    def settle(self, actor: Actor, rows: Sequence[Model]) -> None:
        """What follows the changes of rows, or their undo (a plan is dated again)."""

    # --- what follows from it

    @cached_property
    def fields(self) -> list[FieldDefinition]:
        """The custom fields of the rows; one statement."""
        return fields_of(self.custom_target) if self.custom_target else []

    @cached_property
    def all_columns(self) -> dict[str, Column]:
        """The room's columns, then the custom ones, by key."""
        found = [*self.columns(), *custom_columns(self.fields, self.names)]
        return {column.key: column for column in found}

    @cached_property
    def all_filters(self) -> dict[str, tuple[str, Filter]]:
        """Every filter with its label, by key: those of no column first."""
        extra = {one.key: (str(one.label), one.filter) for one in self.filters}
        of_columns = {
            key: (str(column.label), column.filter)
            for key, column in self.all_columns.items()
            if column.filter is not None
        }
        return {**extra, **of_columns}

    def bulk_form_fields(self) -> dict[str, forms.Field]:
        """Every field of the bulk edit, custom ones included; none is required."""
        if not self.may_change():
            return {}
        found = dict(self.bulk_fields())
        for one in self.fields:
            found[one.form_name] = form_field(one, required=False)
        return found

    def read(self, keys: Sequence[UUID]) -> list[Any]:
        """The rows of these keys, in their order, ready to be drawn."""
        by_key = {row.pk: row for row in self.page_rows(keys)}
        rows = [by_key[key] for key in keys if key in by_key]
        if self.fields:
            self.names.update(people_named(self.fields, [row.custom_fields for row in rows]))
        return rows


_tables: dict[str, type[Table]] = {}


def register(*tables: type[Table]) -> None:
    """Declare lists; the same key registered twice is there once."""
    for table in tables:
        _tables[table.key] = table


def table_named(key: str) -> type[Table]:
    """Raises LookupError for an unknown list."""
    return _tables[key]


def tables() -> list[type[Table]]:
    """All of them."""
    return list(_tables.values())
