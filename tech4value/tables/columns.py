"""Columns: what a list can show, sort, filter, total and export."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.figures import formats
from tech4value.tables.filters import Filter
from tech4value.tenancy.context import current_tenant
from tech4value.web.mentions import plain
from tech4value.web.tags import display


class CellKind(StrEnum):
    TEXT = "text"
    NAME = "name"
    PERSON = "person"
    DATE = "date"
    INSTANT = "instant"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    YES_NO = "yes_no"
    LINK = "link"


NUMERIC = frozenset({CellKind.NUMBER, CellKind.MONEY, CellKind.PERCENT})
EMPTY = SafeString('<span class="faint">–</span>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    `value`: the row's value, typed (an attribute's path, or a function); `html`: how the cell is drawn when its kind
    does not say; `url`: where the name leads (`panel`: opened beside the list); `sort`: an expression or a path;
    `rank`: 1 stays on a phone's first line, 2 is shown there under it, 3 is left out; `total`: summed under the list;
    `wraps`: a long text, shown whole on as many lines as it takes.
    """

    key: str
    label: str | Promise
    value: str | Callable[[Any], Any]
    kind: CellKind = CellKind.TEXT
    sort: Any = None
    filter: Filter | None = None
    shown: bool = True
    rank: int = 2
    total: Any = None
    currency: str = ""
    decimals: int = 0
    unit: str = ""
    html: Callable[[Any], Any] | None = None
    url: Callable[[Any], str] | None = None
    panel: bool = False
    title: Callable[[Any], str] | None = None
    fixed: bool = False
    wraps: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it is aligned to the right."""
        return self.kind in NUMERIC

    @property
    def expression(self) -> Any:
        """What it is sorted by."""
        return F(self.sort) if isinstance(self.sort, str) else self.sort

    def read(self, row: Any) -> Any:
        """The row's value; None for nothing."""
        if callable(self.value):
            return self.value(row)
        for name in self.value.split("__"):
            row = getattr(row, name, None)
            if row is None:
                return None
        return row

    def text(self, value: Any) -> str:
        """A value in words; empty for nothing."""
        if value is None or value == "":
            return ""
        language = get_language() or "fr"
        match self.kind:
            case CellKind.DATE:
                return formats.date_short(value, language)
            case CellKind.INSTANT:
                return formats.date_time(local(value), language)
            case CellKind.MONEY:
                return formats.money(value, self.currency or current_tenant().currency, language)
            case CellKind.NUMBER:
                words = formats.number(value, language, decimals=self.decimals)
                return f"{words}{formats.NBSP}{self.unit}" if self.unit else words
            case CellKind.PERCENT:
                return formats.percent(value, language, decimals=self.decimals)
            case CellKind.YES_NO:
                return _("oui") if value else _("non")
        return plain(str(value))

    def cell(self, row: Any) -> Any:
        """The cell's content."""
        if self.html is not None:
            drawn = self.html(row)
            return EMPTY if drawn in (None, "") else drawn
        value = self.read(row)
        if self.kind is CellKind.PERSON:
            return display.person(value) if value else EMPTY
        words = self.text(value)
        if not words:
            return EMPTY
        if self.kind is CellKind.LINK:
            return format_html('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>', value, words)
        address = self.url(row) if self.url else ""
        if not address:
            return words
        panel = format_html(' hx-get="{}" hx-target="#panel"', address) if self.panel else ""
        return format_html('<a href="{}"{} title="{}">{}</a>', address, panel, words, words)

    def exported(self, row: Any) -> Any:
        """The value in a file: text, a Decimal or int, a date, a datetime without zone, or None."""
        value = self.read(row)
        if value is None or value == "":
            return None
        if self.kind is CellKind.INSTANT:
            return local(value).replace(tzinfo=None)
        if self.kind in NUMERIC or (self.kind is CellKind.DATE and isinstance(value, date)):
            return Decimal(str(value)) if isinstance(value, float) else value
        return self.text(value)


def local(value: datetime) -> datetime:
    """An instant where the tenant is; a wall-clock time as it is."""
    return value if value.tzinfo is None else value.astimezone(ZoneInfo(current_tenant().time_zone))
